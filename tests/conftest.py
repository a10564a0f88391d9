"""Fixtures that every test may use."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from handlers import gate
from tests.databases import Templates, need_postgres
from tests.doors import Kept, settle_team

pytest_plugins = ["tests.seeds_plugin"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no core is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


_TESTS_BETWEEN = 50
_done = 0


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """What thousands of tests leave behind is looked through between two of them, and once: a collection that meets
    all of it in the middle of a test stops everybody there for seconds, longer than Slack waits for an answer."""
    global _done  # noqa: PLW0603 - counted over the whole run
    _done += 1
    if _done % _TESTS_BETWEEN == 0:
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs tests side by side may be slower than any that serves people. Where the deadline itself is
    tried, the test is marked ``real_deadline``."""
    if request.node.get_closest_marker("real_deadline") is None:
        monkeypatch.setattr(gate, "DEADLINE", 12.0)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def sqlite_template(templates: Templates) -> Templates:
    templates.make_sqlite()
    return templates


@pytest.fixture(scope="session")
def postgres_template(templates: Templates) -> Iterator[Templates]:
    need_postgres()
    templates.make_postgres()
    yield templates
    templates.drop_postgres()


@pytest.fixture
def sqlite_url(sqlite_template: Templates, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    return sqlite_template.copy_sqlite(tmp_path)


@pytest.fixture
def postgres_url(postgres_template: Templates) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database, dropped after the test."""
    url, drop = postgres_template.copy_postgres()
    yield url
    drop()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@dataclass(frozen=True, slots=True)
class Settled:
    """A database of a test's own, in which a team was settled (``tests.doors.team`` opens it)."""

    url: str
    kept: Kept


@pytest.fixture(scope="session")
def sqlite_team(sqlite_template: Templates) -> Kept:
    return asyncio.run(settle_team(sqlite_template.keep_sqlite("team")))


@pytest.fixture(scope="session")
def postgres_team(postgres_template: Templates) -> Iterator[Settled]:
    url, drop = postgres_template.copy_postgres()
    yield Settled(url, asyncio.run(settle_team(url)))
    drop()


@pytest.fixture
def sqlite_settled(sqlite_template: Templates, sqlite_team: Kept, tmp_path: Path) -> Settled:
    return Settled(sqlite_template.copy_sqlite(tmp_path, "team"), sqlite_team)


@pytest.fixture
def postgres_settled(postgres_template: Templates, postgres_team: Settled) -> Iterator[Settled]:
    url, drop = postgres_template.copy_postgres(postgres_team.url.rpartition("/")[2])
    yield Settled(url, postgres_team.kept)
    drop()


@pytest.fixture(params=["sqlite", "postgres"])
def settled(request: pytest.FixtureRequest) -> Settled:
    """The same test on both databases, with ada, grace, linus and mei in place."""
    found: Settled = request.getfixturevalue(f"{request.param}_settled")
    return found
