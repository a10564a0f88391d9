"""A fresh database for every test, on SQLite and on PostgreSQL, copied from a migrated template."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from handlers.house import upgrade_database

POSTGRES = os.environ.get("USHER_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
TEMPLATE = f"usher_template_{os.getpid()}"


def postgres_url(database: str) -> str:
    return f"{POSTGRES.rsplit('/', 1)[0]}/{database}"


async def run_on_postgres(*statements: str) -> None:
    driver: Any = asyncpg
    connection = await driver.connect(POSTGRES.replace("+asyncpg", ""))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Templates:
    """Made once a session, copied for every test."""

    folder: Path

    def make_sqlite(self) -> None:
        asyncio.run(upgrade_database(f"sqlite+aiosqlite:///{self.folder / 'template.db'}"))

    def copy_sqlite(self, to: Path, name: str = "template") -> str:
        shutil.copy(self.folder / f"{name}.db", to / "usher.db")
        return f"sqlite+aiosqlite:///{to / 'usher.db'}"

    def keep_sqlite(self, name: str) -> str:
        """The address of one more template, to be filled by the caller."""
        shutil.copy(self.folder / "template.db", self.folder / f"{name}.db")
        return f"sqlite+aiosqlite:///{self.folder / name}.db"

    def make_postgres(self) -> None:
        asyncio.run(run_on_postgres(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}"))
        asyncio.run(upgrade_database(postgres_url(TEMPLATE)))

    def copy_postgres(self, template: str = TEMPLATE) -> tuple[str, Callable[[], None]]:
        name = f"usher_test_{secrets.token_hex(6)}"
        asyncio.run(run_on_postgres(f"CREATE DATABASE {name} TEMPLATE {template}"))

        def drop() -> None:
            asyncio.run(run_on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

        return postgres_url(name), drop

    def drop_postgres(self) -> None:
        asyncio.run(run_on_postgres(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)"))


def postgres_answers() -> bool:
    try:
        asyncio.run(run_on_postgres("SELECT 1"))
    except (OSError, asyncpg.PostgresError):
        return False
    return True


def need_postgres() -> None:
    """Where CI=true a missing server is a failure, never a skip."""
    if postgres_answers():
        return
    words = f"no PostgreSQL answers at {POSTGRES}; set USHER_TEST_POSTGRES"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)
