"""Whatever a test opens is closed after it, and all of them share one PostgreSQL database that is emptied before each:
making one takes longer than most of these tests do."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage.tables import metadata
from tests.databases import Templates
from tests.people import close_all, closing

__all__ = ["closing"]

TABLES = [table.name for table in reversed(metadata.sorted_tables) if table.name != "instance"]
EMPTY = "; ".join([*(f"DELETE FROM {name}" for name in TABLES), "UPDATE instance SET seq = 0, head = ''"])  # noqa: S608


@pytest.fixture(autouse=True)
def close_everything(closing: None) -> None:
    """For every test here."""


@pytest.fixture(scope="session")
def shared_postgres(postgres_template: Templates) -> Iterator[str]:
    url, drop = postgres_template.copy_postgres()
    yield url
    drop()


@pytest.fixture
def postgres_url(shared_postgres: str) -> str:
    asyncio.run(_emptied(shared_postgres))
    return shared_postgres


async def _emptied(url: str) -> None:
    driver: Any = asyncpg  # which tells the type checker nothing of what it returns
    connection = await driver.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()


@pytest.fixture
def careful(tmp_path: Path) -> str:
    """The path of a catalogue like the default one, that takes two approvals to deactivate whoever manages members."""
    text = (Path(__file__).parents[2] / "handlers/catalogues/default.toml").read_text()
    line = 'changes = ["deactivate", "remove"], when = ["target manages members"], approvals = 1'
    assert line in text
    path = tmp_path / "careful.toml"
    path.write_text(text.replace(line, line.replace("= 1", "= 2")))
    return str(path)


@pytest.fixture
def closing_by_hand() -> Iterator[asyncio.Runner]:
    """For tests that are no coroutines themselves; `closing` has no loop of theirs to close on."""
    with asyncio.Runner() as runner:
        yield runner
        runner.run(close_all())
