"""The migrations make what `storage/tables.py` says, on both databases, however often and by however many at once."""

import asyncio
import secrets
import subprocess
import sys
from functools import partial
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, select, text

from bot.database import DatabaseTrouble, explained
from bot.setting_values import Database
from handlers.house import SchemaMismatch, database_version, upgrade_database
from storage import schema
from storage.members import folded
from storage.store import Store
from storage.tables import metadata, slack_accounts
from tests import databases
from tests.databases import need_postgres, run_on_postgres
from tests.people import Clock, closing, opened, organization

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


# What SQLAlchemy has no words for: the index of words of either database, with the tables that it is made of on SQLite.
ONLY_THERE = {
    "sqlite": [f"directory_words{part}" for part in ("", "_config", "_data", "_idx")],
    "postgresql": ["ix_directory_words"],
}


def differences(connection: Connection) -> list[Any]:
    aside = ONLY_THERE[connection.dialect.name]

    def counts(one: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return not (reflected and compared is None and name in aside)

    opts = {"compare_type": True, "compare_server_default": False, "include_object": counts}
    return compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)


async def test_the_migrated_schema_is_the_one_that_the_tables_describe(database_url: str) -> None:
    store = Store(database_url)
    try:
        async with store.writer.connect() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await store.close()


async def test_a_difference_would_be_seen(database_url: str) -> None:
    store = Store(database_url)
    try:
        async with store.writer.connect() as connection:
            await connection.execute(text("ALTER TABLE members ADD COLUMN surprise TEXT"))
            await connection.execute(text("DROP INDEX ix_members_name"))
            found = await connection.run_sync(differences)
            await connection.rollback()
    finally:
        await store.close()
    assert sorted(one[0] for one in found) == ["add_index", "remove_column"]


async def test_a_database_of_another_version_is_refused_with_both_versions(database_url: str) -> None:
    store = Store(database_url)
    async with store.writer.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.commit()
    await store.close()
    with pytest.raises(SchemaMismatch) as raised:
        await opened(database_url, Clock())
    assert raised.value.found == "9999"
    assert await database_version(database_url) == ("9999", raised.value.needed)


async def test_upgrading_again_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    before = await acme.dump()
    found, newest = await upgrade_database(database_url)
    assert found == newest
    assert await acme.dump() == before


async def test_addresses_in_slack_are_folded_as_they_are_from_then_on(database_url: str) -> None:
    store = Store(await emptied(database_url))
    said = {"U1": "Ana@Acme.example", "U2": "ÖZGE@straße.example", "U3": None, "U4": "two  Words@acme.example"}
    columns = "team, slack_user, workspace_id, name, email, timezone, deleted, guest, bot, stranger, workspace_admin"
    new = f"INSERT INTO slack_accounts ({columns}, noted_at) VALUES ('T', :user, 'T', '', :email, 'UTC', "  # noqa: S608
    new += "false, false, false, false, false, '2026-03-02 00:00:00')"
    try:
        await schema.upgrade(store, to="0003")
        async with store.writer.connect() as connection:
            await connection.execute(text(new), [{"user": user, "email": email} for user, email in said.items()])
            await connection.commit()
        await schema.upgrade(store)
        async with store.reading() as connection:
            rows = await connection.execute(select(slack_accounts.c.slack_user, slack_accounts.c.email_folded))
            found = {row.slack_user: row.email_folded for row in rows}
    finally:
        await store.close()
    assert found == {user: email and folded(email) for user, email in said.items()}


async def emptied(database_url: str) -> str:
    """An empty database in its place."""
    if database_url.startswith("sqlite"):
        return database_url.replace("usher.db", "older.db")
    name = database_url.rpartition("/")[2]
    await run_on_postgres(f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    return database_url


async def test_an_empty_postgres_database_is_not_made_without_being_asked(postgres_url: str) -> None:
    await emptied(postgres_url)
    with pytest.raises(SchemaMismatch) as raised:
        await opened(postgres_url, Clock())
    assert raised.value.found is None


async def test_whoever_may_not_make_the_extension_is_told_what_to_do() -> None:
    await asyncio.to_thread(need_postgres)
    name = f"usher_test_{secrets.token_hex(6)}"
    url = databases.postgres_url(name)
    await run_on_postgres(f"CREATE DATABASE {name}", f"CREATE ROLE {name}")
    try:
        driver: Any = asyncpg
        owner = await driver.connect(url.replace("+asyncpg", ""))
        await owner.execute(f"GRANT CREATE ON SCHEMA public TO {name}; ALTER DATABASE {name} SET ROLE {name}")
        await owner.close()
        with pytest.raises(DatabaseTrouble) as raised, explained(Database(SecretStr(url), file=None)):
            await upgrade_database(url)
        assert "CREATE EXTENSION pg_trgm" in str(raised.value)
        assert (await database_version(url))[0] is None
    finally:
        await run_on_postgres(f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}")


async def test_two_upgrades_of_one_postgres_database_at_once_both_succeed() -> None:
    await asyncio.to_thread(need_postgres)
    name = f"usher_test_{secrets.token_hex(6)}"
    await run_on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    url = databases.postgres_url(name)
    code = "import asyncio, sys, handlers.house as house; asyncio.run(house.upgrade_database(sys.argv[1]))"
    start = partial(asyncio.create_subprocess_exec, sys.executable, "-c", code, url, stderr=subprocess.PIPE)
    try:
        both = [await start(), await start()]
        ended = [await one.communicate() for one in both]
        assert [one.returncode for one in both] == [0, 0], ended
        found, needed = await database_version(url)
        assert found == needed
    finally:
        await run_on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
