"""Which indexes the list of members goes along, and in how many statements: no table is ever read from end to end."""
# ruff: noqa: S608 - SQL that is made of parts written here

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import listing, one_member, purge, recipients
from storage.listed import EVERYBODY, Narrow
from storage.listing_ways import BY_WORDS, IN_ORDER, Asked, Way, asked_values
from storage.paging import Turn
from storage.store import Store
from storage.tables import grants
from tests.listed_pages import writing
from tests.listed_people import NOW, Grant, House, Promise, Someone

PLACES = ("one", "other")
WAYS: dict[str, tuple[Narrow, Way, tuple[str, ...]]] = {
    "everybody": (EVERYBODY, IN_ORDER, ("ix_directory_called",)),
    "status": (Narrow(status="invited"), IN_ORDER, ("ix_directory_status",)),
    "factor": (Narrow(factor=False), IN_ORDER, ("ix_directory_factor",)),
    "words in order": (Narrow(words=("ana",)), IN_ORDER, ("ix_directory_called",)),
    "words": (Narrow(words=("ana", "b")), BY_WORDS, ("words",)),
    "role": (Narrow(role="admin"), 0, ("ix_directory_role",)),
    "role in order": (Narrow(role="admin"), IN_ORDER, ("ix_directory_called",)),
    "group": (Narrow(group="g"), 0, ("ix_placed_called",)),
    "space": (Narrow(spaces=("one",)), 0, ("ix_placed_called",)),
    "space and group": (Narrow(spaces=("one",), group="g"), 1, ("ix_placed_called",)),
    "role in one space": (Narrow(role="editor", in_space=True, spaces=("one",)), 0, ("ix_placed_called",)),
    "words in a group": (Narrow(words=("ana",), group="g"), 0, ("ix_placed_called",)),
    "spaces": (Narrow(spaces=PLACES), 0, ("ix_grants_what", "ix_invitations_role")),
    "role in space": (
        Narrow(role="editor", in_space=True, spaces=PLACES),
        0,
        ("ix_grants_what", "ix_invitations_role"),
    ),
    "spaces in order": (Narrow(spaces=PLACES), IN_ORDER, ("ix_directory_called",)),
}
NOWHERE = "ab" * 16
LARGE = ("directory", "placed", "members", "grants", "invitations", "credentials")


@asynccontextmanager
async def looking(database_url: str) -> AsyncGenerator[tuple[AsyncConnection, list[tuple[str, Any]]]]:
    """A connection, and everything that was sent over it."""
    sent = list[tuple[str, Any]]()

    def hear(*heard: Any) -> None:
        sent.append(heard[2:4])

    async with writing(database_url) as connection:
        people = [Someone(f"Ana {n}", f"a{n}@x.example", "active", True, False, n % 2 == 0, [], []) for n in range(40)]
        people[0].grants = [Grant("role", 0, -1, "lasting"), Grant("group", 0, -1, "lasting")]
        people[1].promises = [Promise(0, 0, "pending")]
        await House(people).write(connection)
        if connection.dialect.name == "postgresql":
            # So few it would rather read all of, and sort.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_sort = off"))
        event.listen(connection.engine.sync_engine, "before_cursor_execute", hear)
        yield connection, sent


async def plan(connection: AsyncConnection, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = (await connection.exec_driver_sql(f"{explain} {statement}", parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)


def read_whole(plan: str) -> list[str]:
    """The large tables that are gone through without an index that narrows."""
    lines = [line.strip().removeprefix("->").split() for line in plan.splitlines()]
    scanned = [line[1] for line in lines if line[:1] == ["SCAN"] and "USING" not in line]
    return [one for one in [*scanned, *(line[3] for line in lines if line[:2] == ["Seq", "Scan"])] if one in LARGE]


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("turned", [False, True])
async def test_a_page_goes_along_the_index_that_is_meant_for_it(database_url: str, name: str, turned: bool) -> None:
    narrow, way, indexes = WAYS[name]
    async with looking(database_url) as (connection, sent):
        asked = Asked(listing.shape(connection, narrow), turned=turned)
        given = listing.values(NOWHERE, narrow, NOW) | asked_values(NOWHERE, Turn("y"), 26)
        await listing.rows_of(connection, asked, way, given)
        found = await plan(connection, *sent[0])
    # Which of two indexes is cheaper PostgreSQL knows only when there are many.
    meant = indexes if connection.dialect.name == "sqlite" or way < 0 else ()
    assert [one for one in meant if one not in found] == [], found
    if way >= len(asked.among.places()) and not asked.among.bears and connection.dialect.name == "sqlite":
        assert "SEARCH directory USING INDEX sqlite_autoindex_directory_1 (member_id=?)" in found
    assert read_whole(found) == [], found


@pytest.mark.parametrize("name", WAYS)
async def test_a_list_with_its_count_takes_three_statements_and_each_an_index(database_url: str, name: str) -> None:
    narrow, _, _ = WAYS[name]
    async with looking(database_url) as (connection, sent):
        await listing.page(connection, NOWHERE, narrow, Turn(), now=NOW, limit=25)
        await listing.count(connection, NOWHERE, narrow, now=NOW)
        assert len(sent) <= 3
        for one in list(sent):
            found = await plan(connection, *one)
            assert read_whole(found) == [], found


async def test_an_export_asks_which_way_once(database_url: str) -> None:
    async with looking(database_url) as (connection, sent):
        row = (await connection.execute(text("SELECT organization_id FROM directory"))).scalars().first()
        sent.clear()
        for narrow in (EVERYBODY, Narrow(words=("ana",))):
            some = [rows async for rows in listing.everybody(connection, str(row), narrow, now=NOW, at_once=10)]
            assert [len(rows) for rows in some] == [10, 10, 10, 10]
        assert len(sent) <= 5 + 6


async def test_a_card_is_found_by_its_member(database_url: str) -> None:
    """Of an organization with a million members too, so nothing is gone through but what is about one."""
    async with looking(database_url) as (connection, sent):
        found = await one_member.about(connection, NOWHERE, ["nobody"], now=NOW)
        assert (found, len(sent)) == ({}, 1)
        way = await plan(connection, *sent[0])
        assert read_whole(way) == [], way
        if connection.dialect.name == "sqlite":  # PostgreSQL chooses by how many there are
            assert "organization_id=?" not in way


async def test_tallies_are_read_by_their_key(database_url: str) -> None:
    async with looking(database_url) as (connection, sent):
        await listing.tallies(connection, NOWHERE)
        assert len(sent) == 1
        assert "tallies" in (found := await plan(connection, *sent[0]))
        assert "SCAN" not in found
        assert "Seq Scan" not in found


async def test_grants_that_ended_and_those_of_one_organization_are_found_by_what_they_are(database_url: str) -> None:
    """By whoever tells the people of a group that is gone, and by whoever erases what is left of an organization."""
    async with looking(database_url) as (connection, sent):
        await recipients.former_members(connection, NOWHERE, "g", ended=NOW, after="", limit=9)
        belonging = purge.belonging(grants, NOWHERE)
        assert belonging is not None
        await connection.execute(select(grants.c.id).where(belonging).limit(9))
        for one in list(sent):
            found = await plan(connection, *one)
            assert "ix_grants_what" in found, found
            assert read_whole(found) == [], found


# Keeping it -----------------------------------------------------------------------------------------------------------

FEW, MANY = 300, 6_000
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
