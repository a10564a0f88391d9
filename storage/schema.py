"""The schema's version, and how a database gets there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage.store import Store


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def newest() -> str:
    """The version that this Usher needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "a release without migrations cannot be built"  # noqa: S101 - a broken build, not input
    return head


async def version(store: Store) -> str | None:
    """The version that the database has; None for an empty one."""
    async with store.reading() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def is_empty(store: Store) -> bool:
    async with store.reading() as connection:
        return await connection.run_sync(lambda sync: not inspect(sync).get_table_names())


async def upgrade(store: Store, *, to: str = "head") -> None:
    """Bring the database to the newest version (or, to try an upgrade, to an older one), in one transaction.

    On SQLite foreign keys are off meanwhile: rebuilding a parent table would delete its children otherwise.
    """
    async with store.writer.connect() as connection:
        await connection.run_sync(_upgrade, to)
        await connection.commit()
    await store.writer.dispose()


def _upgrade(connection: Connection, to: str) -> None:
    if connection.dialect.name == "postgresql":
        # Two processes may start at once; the second waits, however long it takes, and then finds nothing to do.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(7304921)"))
    else:
        # This pragma does nothing inside a transaction, so it goes past SQLAlchemy's begin.
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
