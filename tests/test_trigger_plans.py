"""What keeps the directory costs the same among few and among many, however PostgreSQL planned it at first."""
# ruff: noqa: S608 - SQL that is made of parts written here

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.store import Store
from tests.listed_people import Grant, House, Promise, Someone
from tests.test_listing_plans import TABLES

FEW, MANY = 300, 6_000
LARGE = tuple(table.name for table in TABLES)
_BLOCKS = """
    SELECT relname, heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0)
    FROM pg_statio_user_tables
"""


async def _blocks(connection: AsyncConnection) -> dict[str, int]:
    """How many were read so far, by table."""
    await connection.commit()
    await connection.execute(text("SELECT pg_stat_force_next_flush()"))
    await connection.commit()
    return {str(row[0]): int(row[1]) for row in await connection.execute(text(_BLOCKS))}


def _settled(number: int) -> Someone:
    """Holds everything that the directory looks at."""
    held = [Grant("role", 0, -1, "lasting"), Grant("role", 1, 0, "lasting"), Grant("group", 0, -1, "lasting")]
    return Someone(f"Ana {number}", f"a{number}@x.example", "active", True, False, True, held, [])


async def test_another_member_costs_the_same_among_many_though_there_were_none_when_it_was_planned(
    postgres_url: str,
) -> None:
    """PostgreSQL keeps the plans of its triggers for as long as a connection lives."""
    house = House([_settled(number) for number in range(8)])
    costs = list[dict[str, int]]()
    store = Store(postgres_url)
    try:
        async with store.writer.connect() as connection:
            await house.write(connection)
            await connection.commit()
            for first, last in ((1, FEW), (FEW + 1, MANY)):
                await _let_in(postgres_url, house, first, last)
                before = await _blocks(connection)
                for one in map(_settled, range(last, last + 8)):
                    await house.enter(connection, one)
                    await house.follow(connection, replace(one, promises=[Promise(0, 0, "pending")]))
                after = await _blocks(connection)
                costs.append({table: after[table] - before[table] for table in LARGE})
    finally:
        await store.close()
    assert [table for table in LARGE if costs[1][table] > 1.5 * costs[0][table]] == [], costs


async def _let_in(url: str, house: House, first: int, last: int) -> None:
    """As if they had come one after another, over a connection of their own: leaving triggers out forgets plans."""
    given = {"o": house.id, "space": house.spaces[0], "group": house.groups[0], "first": first, "last": last}
    store = Store(url)
    async with store.writer.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in MORE:
            await connection.execute(text(statement), {name: given[name] for name in given if f":{name} " in statement})
    await store.close()


_NUMBERED = "FROM generate_series(CAST( :first AS integer), CAST( :last AS integer)) AS n"
_ID = "md5(n::text)"
MORE = (
    f"""
    INSERT INTO members (id, organization_id, email, email_folded, name, name_folded, timezone, status, created_at)
    SELECT {_ID}, :o , n || '@x', n || '@x', 'B' || n, 'b' || n, 'UTC', 'active', now() {_NUMBERED}
    """,
    f"""
    INSERT INTO directory (organization_id, member_id, called, words, status, factor, role)
    SELECT :o , {_ID}, 'b' || n, 'b' || n, 'active', false, 'member' {_NUMBERED}
    """,
    f"""
    INSERT INTO grants (id, organization_id, member_id, kind, what, space_id, source, starts_at)
    SELECT kind || space_id || {_ID}, :o , {_ID}, kind, what, space_id, 'operator', now() {_NUMBERED}, (
        VALUES ('role', 'member', ''), ('role', 'member', CAST( :space AS text)), ('group', CAST( :group AS text), '')
    ) AS held (kind, what, space_id)
    """,
    f"""
    INSERT INTO placed (organization_id, place, member_id, called, words, status, factor, role, there)
    SELECT :o , place, {_ID}, 'b' || n, 'b' || n, 'active', false, 'member', '' {_NUMBERED}, (
        VALUES (CAST( :space AS text)), (CAST( :group AS text))
    ) AS places (place)
    """,
    f"""
    INSERT INTO invitations (id, organization_id, member_id, role, groups, state, version, link_hash, created_at,
        expires_at)
    SELECT {_ID}, :o , {_ID}, 'member', '[]', 'accepted', 1, {_ID}, now(), now() {_NUMBERED}
    """,
    f"INSERT INTO credentials (member_id) SELECT {_ID} {_NUMBERED}",
)
