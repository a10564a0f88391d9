"""`kill -9` in the middle of an import, at named points and at random ones: started again it ends whole, and nobody is
invited twice."""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.playground import Attachment, Message, Person
from storage.store import Store
from storage.tables import import_lines, imports, invitations, members
from tests.crashes.test_kill import complaints, trial
from tests.crashes.trial import LEASE, Trial
from tests.crashes.wire import Fuse

PEOPLE = 800
FATES = (
    Fuse("after-commit", 2),
    Fuse("before-commit", 3),
    Fuse("before-recording", 2),
    Fuse("after-commit", 5),
    Fuse("before-recording", 4),
)
PATIENCE = 60.0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.invariant(38, 40)
async def test_an_import_ends_whole_however_often_it_is_killed(database_url: str, tmp_path: Path) -> None:
    rng = Random(secrets.token_hex(4))  # noqa: S311 - it only chooses moments
    async with trial(database_url, tmp_path, rng) as bot, opened(database_url) as store:
        await bot.restart()
        grace, ada = bot.playground.person("grace"), bot.playground.person("ada")
        await prepares(bot, grace)
        before = len(await rows(store, invitations))
        await ada.press("Approve", on=card(bot))
        bot.shared.arm(FATES[0])
        for fate in (*FATES[1:], None):
            await dies(bot)
            await bot.restart()
            bot.shared.arm(fate)
            # What the dead one had leased is free again after a minute.
            bot.shared.skip(seconds=LEASE + 1)
            bot.life.wake()
        await until(lambda: told(grace, "Done."))
        (found,) = await rows(store, imports)
        assert (found["state"], found["dealt"], found["invited"]) == ("done", PEOPLE, PEOPLE)
        emails = {one["id"]: one["email"] for one in await rows(store, members)}
        invited = Counter(emails[one["member_id"]] for one in await rows(store, invitations))
        assert len(await rows(store, invitations)) == before + PEOPLE
        assert set(invited.values()) == {1}
        await until(lambda: bool(grace.files()))
        results = csv.DictReader(io.StringIO(grace.files()[-1].path.read_bytes().decode("utf-8-sig"), newline=""))
        assert Counter(row["result"] for row in results) == {"invited": PEOPLE}
        assert bot.kills.total() >= len(FATES)
        # One more at most for each time that it died between posting the message and recording where it stands.
        assert len([one for one in grace.dm() if one.text.startswith(("Inviting", "Done. 800"))]) <= 1 + len(FATES)
        async with asyncio.timeout(PATIENCE):
            while await rows(store, import_lines):  # noqa: ASYNC110 - no row tells
                await asyncio.sleep(0.1)
        assert not complaints(tmp_path / "log")


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Store]:
    store = Store(url)
    try:
        yield store
    finally:
        await store.close()


async def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    async with store.reading() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def prepares(bot: Trial, grace: Person) -> None:
    """A file of many, confirmed; it waits for an approval."""
    lines = "\n".join(f"p{number}@crowd.example,Person {number}" for number in range(PEOPLE))
    await grace.type("/usher import")
    file = Attachment("people.csv", f"email,name\n{lines}\n".encode())
    await grace.submit(file=file, role="organization:member")
    await until(lambda: bool(grace.modal and grace.modal.submit == f"Invite {PEOPLE} people"))
    await grace.submit()
    await until(lambda: bool(cards(bot)))


def cards(bot: Trial) -> list[Message]:

    found = bot.playground.world.messages("C0APPROVALS")
    return [one for one in found if "people.csv" in one.text and one.controls]


def card(bot: Trial) -> Message:
    return cards(bot)[-1]


def told(who: Person, words: str) -> bool:
    return any(one.text.startswith(words) and "people.csv" in one.text for one in who.dm())


async def dies(bot: Trial) -> None:
    """At its point; where that is not reached any more, all the same."""
    try:
        async with asyncio.timeout(5):
            await bot.life.end()
    except TimeoutError:
        bot.life.kill()
        await bot.life.end()
    bot.kills[bot.life.hit or "at random"] += 1


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110 - the playground tells nobody
            await asyncio.sleep(0.05)
