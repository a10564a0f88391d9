"""`usher token`: made, listed and revoked at the command line, also while Usher serves the same database."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest

from handlers.commands import CreateToken, TokenMade
from storage.tables import tokens
from tests.cli.conftest import Command
from tests.cli.database import in_a_process, in_a_thread, settings
from tests.people import Org, closing, organization, result

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


@pytest.mark.invariant(3, 20)
async def test_a_token_is_made_listed_and_revoked_while_usher_serves(
    database_url: str, tmp_path: Path, command: Command
) -> None:
    acme = await organization(database_url)
    usher = in_a_thread(command, database_url)
    made = await in_a_process(tmp_path, database_url, "token", "create", "Dashboards")
    assert (made.status, made.err) == (0, "")
    *said, token = made.out.splitlines()
    actor = await acme.usher.tokens.actor(token)
    listed = await usher("token", "list")
    again = await usher("token", "create", "dashboards", "--organization", "acme")
    revoked = await usher("token", "revoke", "dashboards")
    none = await usher("token", "list")

    assert re.fullmatch(r"usher_[0-9a-f]{48}", token)
    assert said[0].startswith("Done. The token Dashboards is made.")
    assert actor
    assert (actor.via, actor.organization) == ("token", acme.id)
    [line] = listed.out.splitlines()
    assert line.split()[0] == actor.token
    assert line.endswith("Dashboards")
    assert (again.status, len(again.lines)) == (1, 1)
    assert again.err.startswith("Refused. There is a token of that name already. Choose another name")
    assert (revoked.status, revoked.out) == (0, "Done. The token Dashboards is revoked, and opens nothing any more.\n")
    assert none.out == "There is no token yet. Make one with: usher token create NAME\n"
    assert await acme.usher.tokens.actor(token) is None
    assert token not in await acme.dump() + listed.out + again.err + revoked.out
    assert [row["actor"] for row in await acme.audited("token.created")] == ["operator"]


async def test_a_token_is_made_although_another_process_keeps_the_lock_for_a_while(
    sqlite_url: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.gate.DEADLINE", 0.4)
    acme = await organization(sqlite_url)
    holding = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    making = asyncio.ensure_future(in_a_thread(command, sqlite_url)("token", "create", "Patient"))
    await asyncio.sleep(0.8)
    holding.execute("ROLLBACK")
    holding.close()
    made = await making

    assert (made.status, made.err) == (0, "")
    assert [row["name"] for row in await acme.rows(tokens)] == ["Patient"]


async def test_where_there_are_several_organizations_the_meant_one_is_named(sqlite_url: str, command: Command) -> None:
    acme = await organization(sqlite_url)
    other = await organization(sqlite_url, workspace="T0OTHER", beside=acme)
    first, second = [await _slug(one) for one in (acme, other)]
    usher = in_a_thread(command, sqlite_url)
    unsaid = await usher("token", "list")
    unknown = await usher("token", "create", "x", "--organization", "nowhere")
    named = await usher("token", "list", "--organization", second.upper())
    theirs = await usher("token", "revoke", "of T0ACME", "--organization", second)

    assert (unsaid.status, unsaid.lines) == (1, [f"Say which organization with --organization: {first} or {second}."])
    assert (unknown.status, unknown.lines) == (1, [f"There is no organization nowhere. Known: {first} or {second}."])
    assert named.out.splitlines()[0].endswith("of T0OTHER")
    assert theirs.status == 1
    assert theirs.lines == ["Refused. There is no such token. usher token list shows those that there are."]


async def _slug(org: Org) -> str:
    result(await org.operator(CreateToken(f"of {org.workspace}")), TokenMade)
    return {one.id: one.slug for one in await org.usher.queries.tenants()}[org.id]


def test_without_an_organization_or_a_database_it_says_where_to_begin(command: Command, sqlite_url: str) -> None:
    nothing = command("token", "create", "x", **settings("sqlite+aiosqlite:///none.db"))
    nobody = command("token", "create", "x", **settings(sqlite_url))

    assert [(one.status, len(one.lines)) for one in (nothing, nobody)] == [(1, 1), (1, 1)]
    assert "no database at none.db" in nothing.err
    assert "/usher setup" in nothing.err
    assert "/usher setup" in nobody.err
    assert not Path("none.db").exists()


def test_a_database_of_another_version_is_sent_to_be_upgraded(command: Command, tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "usher.db")
    old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    old.execute("INSERT INTO alembic_version VALUES ('0000')")
    old.commit()
    old.close()
    asked = (("token", "list"), ("webhook", "list"), ("audit", "verify"))
    ended = [command(*words, **settings("sqlite+aiosqlite:///usher.db")) for words in asked]

    assert [(one.status, len(one.lines)) for one in ended] == [(2, 1)] * 3
    assert all(one.lines[0].endswith("usher db upgrade") for one in ended)
