"""What an upgrade makes of who is there already is what the database keeps from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.migrations import directory_in_postgres, directory_in_sqlite
from tests.listed_examples import EXAMPLES, PEOPLE
from tests.listed_pages import written
from tests.listed_people import House, Someone

KEPT = {
    "directory": "organization_id, member_id, called, words, status, factor, role",
    "placed": "organization_id, place, member_id, called, words, status, factor, role, there",
    "tallies": "organization_id, kind, what, count",
}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@given(people=PEOPLE, others=PEOPLE)
@settings(EXAMPLES, max_examples=20)
def test_an_upgrade_fills_the_directory_with_what_is_kept_through_every_change(
    database_url: str, runner: asyncio.Runner, people: list[Someone], others: list[Someone]
) -> None:
    beside = [replace(one, id=one.id[::-1], grants=[], promises=[]) for one in others]

    async def look() -> None:
        async with written(database_url, House(people), House(beside)) as connection:
            kept = await _rows(connection)
            await _fill_anew(connection)
            assert await _rows(connection) == kept
            if connection.dialect.name == "sqlite":
                check = "INSERT INTO directory_words (directory_words, rank) VALUES ('integrity-check', 1)"
                await connection.execute(text(check))

    runner.run(look())


async def _rows(connection: AsyncConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Whom nobody is counted for may have no row."""
    found = {
        table: sorted(tuple(row) for row in await connection.execute(text(f"SELECT {columns} FROM {table}")))  # noqa: S608
        for table, columns in KEPT.items()
    }
    return found | {"tallies": [row for row in found["tallies"] if row[-1]]}


async def _fill_anew(connection: AsyncConnection) -> None:
    """As migration 0004 does, while nothing else keeps them."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        for trigger in (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))).all():
            await connection.execute(text(f"DROP TRIGGER {trigger.name}"))
    else:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
    for table in KEPT:
        await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    statements = directory_in_sqlite.STATEMENTS if sqlite else directory_in_postgres.STATEMENTS
    filling = [one for one in statements if one.strip().startswith("INSERT") and "usermerge" not in one]
    assert len(filling) == 4 + sqlite
    for statement in filling:
        await connection.exec_driver_sql(statement)
