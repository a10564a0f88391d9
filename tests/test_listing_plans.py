"""Which indexes the list of members goes along, and in how many statements: no table is ever read from end to end."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import checking, erasing, invitation_lists, listing, one_member, purge, recipients
from storage.listed import EVERYBODY, Narrow
from storage.listing_ways import BY_WORDS, IN_ORDER, Asked, Way, asked_values
from storage.paging import Turn
from storage.records import AuditEntry
from storage.tables import credentials, directory, grants, invitations, members, placed, slack_accounts, ties
from storage.transaction import Transaction
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
TABLES = (directory, placed, members, grants, invitations, credentials, slack_accounts, ties)
# With the names that they bear where a statement has one of them twice.
LARGE = {*(table.name for table in TABLES), "above", "inviters", "there"}
LEADING = {
    str(one.name): one.columns[0].name
    for table in TABLES
    for one in (
        *table.indexes,
        *(c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)),
    )
}


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
        house = House(people)
        await house.write(connection)
        account = {"team": "T0", "slack_user": "U0"}
        flags = dict.fromkeys(("deleted", "guest", "bot", "stranger", "workspace_admin"), False)
        known = {"workspace_id": "T0", "name": "Ana", "timezone": "UTC", "noted_at": NOW}
        await connection.execute(insert(slack_accounts).values(account | flags | known))
        tie = {"organization_id": house.id, "member_id": people[0].id, "created_at": NOW}
        await connection.execute(insert(ties).values(account | tie))
        if connection.dialect.name == "postgresql":
            await _seem_many(connection)
        event.listen(connection.engine.sync_engine, "before_cursor_execute", hear)
        yield connection, sent


async def _seem_many(connection: AsyncConnection) -> None:
    """Of few PostgreSQL would rather read all of the table, or of whatever index. It has no other statistics."""
    await connection.execute(text("SET LOCAL enable_seqscan = off"))
    many = text("UPDATE pg_class SET reltuples = 1000000, relpages = 2 WHERE relname = ANY(:names)")
    await connection.execute(many, {"names": [*(table.name for table in TABLES), *LEADING]})


async def plan(connection: AsyncConnection, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = (await connection.exec_driver_sql(f"{explain} {statement}", parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)


def read_whole(plan: str) -> list[str]:
    """The large tables that are gone through from end to end, with an index or without."""
    lines = [line.strip().removeprefix("->").strip() for line in plan.splitlines()]
    sqlite = [words[1] for words in map(str.split, lines) if words[:1] == ["SCAN"]]
    postgres = [
        found["table"] or found["bitmap"]
        for line, said in zip(lines, said_of_each(plan.splitlines()), strict=True)
        if (found := _SCAN.match(line)) and not narrowed(found["bitmap"] or found["index"] or "", said)
    ]
    return [one for one in [*sqlite, *postgres] if one in LARGE or one in LEADING]


_SCAN = re.compile(
    r"Bitmap Index Scan on (?P<bitmap>\w+)"
    r"|(?:Parallel )?(?:Seq|Index|Index Only) Scan(?: Backward)?(?: using (?P<index>\w+))? on (?P<table>\w+)"
)


def said_of_each(lines: list[str]) -> Iterator[str]:
    """What PostgreSQL says of each step, up to the next one."""
    for number in range(len(lines)):
        said = itertools.takewhile(lambda line: "(cost=" not in line, lines[number + 1 :])
        yield "\n".join(said)


def narrowed(index: str, said: str) -> bool:
    """By its leading column, without which all of an index is read; an index of words has no other."""
    condition = re.search(r"Index Cond: (.*)", said)
    return condition is not None and (
        index not in LEADING or re.search(rf"\b{LEADING[index]}\b", condition[1]) is not None
    )


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("turned", [False, True])
async def test_a_page_goes_along_the_index_that_is_meant_for_it(database_url: str, name: str, turned: bool) -> None:
    narrow, way, indexes = WAYS[name]
    async with looking(database_url) as (connection, sent):
        asked = Asked(listing.shape(connection, narrow), turned=turned)
        given = listing.values(NOWHERE, narrow, NOW) | asked_values(NOWHERE, Turn("y"), 26)
        await listing.rows_of(connection, asked, way, given)
        found = await plan(connection, *sent[0])
    # Which of two indexes is cheaper PostgreSQL knows only where it has statistics.
    meant = indexes if connection.dialect.name == "sqlite" or (way < 0 and not asked.among.bears) else ()
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


async def test_a_slack_account_is_found_by_its_address_and_forgotten_by_what_is_known_of_it(database_url: str) -> None:
    """In a workspace with a million accounts too, and while a member is deleted."""
    entry = AuditEntry(action="member.deleted", actor="system")
    async with looking(database_url) as (connection, sent):
        assert await checking.tied_by_address(connection, NOWHERE, "ana@x.example") is None
        await erasing.forget_accounts(
            Transaction(connection, at=NOW), "T0", "ana@x.example", {("T0", "U0")}, entry=entry
        )
        assert len(sent) == 3
        for one in list(sent):
            way = await plan(connection, *one)
            assert read_whole(way) == [], way
            assert "ix_slack_accounts_workspace" in way or "pk_slack_accounts" in way or "slack_user=?" in way, way
            if connection.dialect.name == "sqlite":  # PostgreSQL chooses by how many there are
                assert "slack_accounts USING INDEX ix_slack_accounts_workspace (workspace_id=?)" not in way
                assert "ties USING INDEX sqlite_autoindex_ties_1 (organization_id=?)" not in way


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


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT member_id FROM directory WHERE status = 'active' ORDER BY organization_id, called LIMIT 10",
        "SELECT count(*) FROM directory WHERE role = 'admin'",
        "SELECT count(*) FROM grants WHERE what = 'x' AND ended_at IS NULL",
        "SELECT * FROM grants AS above WHERE source = 'x'",
    ],
)
async def test_reading_all_of_an_index_would_be_seen(database_url: str, statement: str) -> None:
    async with looking(database_url) as (connection, _):
        assert read_whole(found := await plan(connection, statement, ())), found


def test_reading_a_table_by_several_processes_would_be_seen() -> None:
    parallel = """Gather  (cost=1000.00..9.00 rows=1 width=32)
  Workers Planned: 2
  ->  Parallel Seq Scan on directory  (cost=0.00..8.00 rows=1 width=32)
        Filter: (role = 'admin'::text)"""
    assert read_whole(parallel) == ["directory"]


# Invitations ----------------------------------------------------------------------------------------------------------

PROMISED = {None: "ix_invitations_list", ("one",): "ix_invitations_space", PLACES: ""}


@pytest.mark.parametrize("state", ["", invitation_lists.OPEN, *invitation_lists.STATES])
async def test_a_page_of_invitations_chooses_them_along_their_indexes_before_anything_else(
    database_url: str, state: str
) -> None:
    async with looking(database_url) as (connection, sent):
        for spaces, index in PROMISED.items():
            sent.clear()
            for turn in (Turn(), Turn(NOWHERE), Turn(NOWHERE, down=False)):
                asked = invitation_lists.Asked(NOWHERE, NOW, spaces, state)
                await invitation_lists.page(connection, asked, turn, limit=10)
                await invitation_lists.ids(connection, asked, until=NOW, limit=10)
            for one in list(sent):
                found = await plan(connection, *one)
                assert read_whole(found) == [], found
                assert index in found, found
                if index and state != "expired":
                    assert "ix_invitations_expires" not in found, "who waits stands there in another order"


async def test_invitations_are_counted_in_one_statement_along_their_indexes(database_url: str) -> None:
    async with looking(database_url) as (connection, sent):
        for spaces in PROMISED:
            await invitation_lists.counts(connection, invitation_lists.Asked(NOWHERE, NOW, spaces))
        assert len(sent) == len(PROMISED)
        for one in list(sent):
            found = await plan(connection, *one)
            assert read_whole(found) == [], found
            if connection.dialect.name == "sqlite":
                read = [line for line in found.splitlines() if line.startswith("SEARCH invitations")]
                assert len(read) == 5
                # It looks up in the table what a partial index says already.
                assert all("COVERING INDEX" in line or "ix_invitations_expires" in line for line in read), found
