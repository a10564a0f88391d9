"""A fresh database for every test, on SQLite and on PostgreSQL, copied from a migrated template."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
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


class Copies:
    """PostgreSQL waits for the disk when it makes a database and when it drops one. Threads of their own do so
    beforehand and afterwards, so that no test waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(2, "databases")
        self._next: dict[str, Future[str]] = {}
        self._dropped: list[Future[None]] = []

    def take(self, template: str) -> str:
        """The name of a new one."""
        made = self._next.pop(template, None) or self._thread.submit(_copy, template)
        self._next[template] = self._thread.submit(_copy, template)
        return made.result()

    def drop(self, name: str) -> None:
        self._dropped.append(self._thread.submit(_drop, name))

    def close(self) -> None:
        for made in self._next.values():
            self.drop(made.result())
        self._thread.shutdown()
        for one in self._dropped:
            one.result()


def _copy(template: str) -> str:
    name = f"usher_test_{secrets.token_hex(6)}"
    asyncio.run(run_on_postgres(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return name


def _drop(name: str) -> None:
    asyncio.run(run_on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@dataclass(frozen=True, slots=True)
class Templates:
    """Made once a session, copied for every test."""

    folder: Path
    copies: Copies = field(default_factory=Copies)

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
        name = self.copies.take(template)
        return postgres_url(name), lambda: self.copies.drop(name)

    def drop_postgres(self) -> None:
        self.copies.close()
        _drop(TEMPLATE)


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
