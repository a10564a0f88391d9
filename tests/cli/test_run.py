import asyncio
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import clock
from handlers.house import database_version
from tests.cli.conftest import Command
from tests.cli.process import files_in, running
from tests.running import KEY, SECRET, TOKEN, environment, postgres_database, sqlite_url, workspace

SLACK = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
READY = {**SLACK, "USHER_SECRET_KEYS": KEY, "USHER_PORT": "0"}


async def test_run_serves_a_workspace_and_ends_on_sigterm(tmp_path: Path) -> None:
    async with workspace(clock=clock) as (slack, _mailbox):
        settings = environment(slack, database_url="sqlite+aiosqlite:///usher.db") | {"SLACK_APP_TOKEN": "xapp-1-A-2-b"}
        async with running(tmp_path, "run", **settings) as process:
            told = [await process.line(), await process.line()]
            slack.bot_url = told[1].split()[3]
            said = await slack.person("ada").type("/usher help")
            ready = await _status(f"{slack.bot_url}/readyz")
            ended = await process.end(signal.SIGTERM)

    assert told[0].startswith("SLACK_APP_TOKEN is not used yet")
    assert told[1].startswith("Usher listens on http://127.0.0.1:")
    assert "setup" in said.words
    assert ready == 200
    assert (ended.status, ended.out, "Traceback" in ended.err) == (0, "", False)
    assert "usher.db" in files_in(tmp_path)


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status


def test_run_refuses_to_start_without_the_slack_secrets_in_one_line_each(command: Command) -> None:
    ended = command("run")

    assert ended.status == 2
    assert [line.split()[0] for line in ended.lines] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    assert all("usher demo" in line for line in ended.lines)


def test_run_tells_every_wrong_setting_at_once_and_repeats_no_value(command: Command) -> None:
    wrong = {"USHER_PORT": "high", "USHER_PUBLIC_URL": "ftp://hunter2", "SLACK_BOT_TOKEN": "hunter2"}
    ended = command("run", **{**SLACK, **wrong})

    assert ended.status == 2
    assert {line.split()[0] for line in ended.lines} == set(wrong)
    assert "hunter2" not in ended.err + ended.out


def test_run_refuses_a_wrong_catalogue_with_file_key_and_reason(command: Command, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('title = "Ours"\nplans = 3\n')
    ended = command("run", **READY, USHER_CATALOGUE="ours.toml")

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert "ours.toml" in ended.lines[0]
    assert "plans" in ended.lines[0]


def test_run_refuses_a_database_of_another_version_and_names_the_way_out(command: Command, tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "usher.db")
    old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    old.execute("INSERT INTO alembic_version VALUES ('0000')")
    old.commit()
    old.close()
    ended = command("run", **READY)

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert "0000" in ended.lines[0]
    assert ended.lines[0].endswith("usher db upgrade")


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ("sqlite+aiosqlite:////no/such/folder/usher.db", "no folder /no/such/folder"),
        ("sqlite+aiosqlite:///notes.txt", "not a database"),
        ("postgresql+asyncpg://postgres:hunter2@127.0.0.1:1/usher", "USHER_DATABASE_URL"),
    ],
)
def test_run_says_why_it_cannot_use_a_database_without_its_password(
    command: Command, tmp_path: Path, database: str, words: str
) -> None:
    (tmp_path / "notes.txt").write_text("These are notes, and no database. " * 100)
    ended = command("run", **READY, USHER_DATABASE_URL=database)

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert words in ended.lines[0]
    assert "hunter2" not in ended.err


def test_run_says_which_address_is_taken(command: Command) -> None:
    ended = command("run", **{**READY, "USHER_HOST": "192.0.2.1"})

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert "192.0.2.1" in ended.lines[0]


@pytest.fixture(params=["sqlite", "postgres"])
def no_database_yet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with asyncio.Runner() as runner:
        database = postgres_database(migrated=False)
        url = runner.run(database.__aenter__())
        yield url
        runner.run(database.__aexit__(None, None, None))


def test_upgrade_makes_the_tables_once(command: Command, no_database_yet: str) -> None:
    settings = {"USHER_DATABASE_URL": no_database_yet, "USHER_SECRET_KEYS": KEY}
    first = command("db", "upgrade", **settings)
    second = command("db", "upgrade", **settings)
    found, needed = asyncio.run(database_version(no_database_yet))

    assert (first.status, second.status) == (0, 0)
    assert "was empty" in first.out
    assert "already" in second.out
    assert found == needed


def test_an_empty_postgres_is_not_served_but_sent_to_be_upgraded(command: Command) -> None:
    with asyncio.Runner() as runner:
        database = postgres_database(migrated=False)
        url = runner.run(database.__aenter__())
        ended = command("run", **READY, USHER_DATABASE_URL=url)
        runner.run(database.__aexit__(None, None, None))

    assert (ended.status, len(ended.lines)) == (2, 1)
    assert ended.lines[0].endswith("usher db upgrade")
