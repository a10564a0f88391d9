"""Which indexes the list of members goes along, and in how many statements: no table is ever read from end to end."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import checking, erasing, listing, one_member
from storage.listed import EVERYBODY, Narrow
from storage.listing_ways import BY_WORDS, IN_ORDER, Asked, Way, asked_values
from storage.paging import Turn
from storage.records import AuditEntry
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
LARGE = ("directory", "placed", "members", "grants", "invitations", "credentials", "slack_accounts", "ties")


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
            # Of so few it would rather read them all.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
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


async def test_a_slack_account_is_found_by_its_address_and_forgotten_by_what_is_known_of_it(database_url: str) -> None:
    """In a workspace with a million accounts too, and while a member is deleted."""
    entry = AuditEntry(action="member.deleted", actor="system")
    async with looking(database_url) as (connection, sent):
        assert await checking.tied_by_address(connection, NOWHERE, "ana@x.example") is None
        await erasing.forget_account(Transaction(connection, at=NOW), "T0", "ana@x.example", ("T0", "U0"), entry=entry)
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
