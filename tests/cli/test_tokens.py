"""`usher token`: made, listed and revoked at the command line, also while Usher serves the same database."""

import asyncio
import base64
import re
import sqlite3
from pathlib import Path

import pytest

from handlers.commands import Actor
from tests.cli.process import Ended, usher
from tests.people import KEYS, Org, closing, organization

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

SECRET_KEYS = base64.urlsafe_b64encode(KEYS[0]).decode()


async def run(folder: Path, database_url: str, *arguments: str) -> Ended:
    return await usher(folder, *arguments, USHER_DATABASE_URL=database_url, USHER_SECRET_KEYS=SECRET_KEYS)


async def whose(org: Org, token: str) -> Actor | None:
    return await org.usher.tokens.actor(token)


async def test_a_token_is_made_listed_and_revoked_while_usher_serves(database_url: str, tmp_path: Path) -> None:
    acme = await organization(database_url)
    made = await run(tmp_path, database_url, "token", "create", "Dashboards")
    assert made.status == 0, made.err
    token = made.out.splitlines()[-1]
    actor = await whose(acme, token)
    listed, again, revoked = await asyncio.gather(
        run(tmp_path, database_url, "token", "list"),
        run(tmp_path, database_url, "token", "create", "dashboards", "--organization", "acme"),
        run(tmp_path, database_url, "token", "revoke", "Dashboards", "--organization", "acme"),
    )

    assert (made.status, made.err) == (0, "")
    assert re.fullmatch(r"usher_[0-9a-f]{48}", token)
    assert actor
    assert (actor.via, actor.organization) == ("token", acme.id)
    assert (again.status, listed.status, revoked.status) == (1, 0, 0)
