"""What delivery relies on in an outbox. The one in memory, which most tests here use, keeps the same contract."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.house import Usher, open_usher
from handlers.notices import NOTICES, Told
from handlers.post import Parcel
from storage.records import OutboxRecord
from tests.delivery.clock import Clock
from tests.delivery.office import office as opened
from tests.delivery.office import worker
from tests.delivery.outbox import Outbox
from tests.running import postgres_database, sqlite_url

KEY = b"k" * 32
SOON = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Office:
    """`posts` are two processes at the same outbox."""

    clock: Clock
    posts: list[Any]
    put: Callable[[str, str], Awaitable[None]]

    async def claimed(self, limit: int = 20, *, by: int = 0) -> dict[str, Parcel]:
        return {who(parcel): parcel for parcel in await self.posts[by].claim(limit)}


def who(parcel: Parcel) -> str:
    assert isinstance(parcel.notice, Told)
    return parcel.notice.to


@asynccontextmanager
async def in_memory() -> AsyncGenerator[Office]:
    clock = Clock()
    outbox = Outbox(clock)

    async def put(name: str, target: str) -> None:
        outbox.put(Told(name, "deactivated"), target=target)

    yield Office(clock, [outbox, outbox], put)


@asynccontextmanager
async def in_database(url: str) -> AsyncGenerator[Office]:
    clock = Clock()
    async with AsyncExitStack() as stack:
        ushers: list[Usher] = []
        for _ in range(2):
            usher = await open_usher(database_url=url, keys=[KEY], clock=clock)
            stack.push_async_callback(usher.close)
            ushers.append(usher)

        async def put(name: str, target: str) -> None:
            notice = NOTICES.dump_json(Told(name, "deactivated")).decode()
            async with ushers[0].store.transaction(None, at=clock(), lock=False) as tx:
                tx.post(OutboxRecord(kind="told", target=target, notice=notice, key=name, due=clock()))

        yield Office(clock, [usher.post for usher in ushers], put)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Office]:
    async with AsyncExitStack() as stack:
        match request.param:
            case "memory":
                yield await stack.enter_async_context(in_memory())
            case "sqlite":
                yield await stack.enter_async_context(in_database(sqlite_url(tmp_path)))
            case _:
                url = await stack.enter_async_context(postgres_database())
                yield await stack.enter_async_context(in_database(url))


async def test_a_parcel_is_claimed_once(office: Office) -> None:
    await office.put("a", "ada")

    assert list(await office.claimed()) == ["a"]
    assert await office.claimed() == {}
    assert await office.claimed(by=1) == {}


async def test_of_each_target_only_the_first_is_given_out_until_it_is_done(office: Office) -> None:
    for name, target in (("a1", "ada"), ("b1", "ben"), ("a2", "ada")):
        await office.put(name, target)

    first = await office.claimed()
    assert sorted(first) == ["a1", "b1"]
    assert await office.claimed() == {}

    await office.posts[0].sent(first["a1"])
    assert list(await office.claimed()) == ["a2"]


async def test_what_is_put_off_holds_its_target_back_until_then(office: Office) -> None:
    await office.put("a1", "ada")
    await office.put("a2", "ada")
    [first] = (await office.claimed()).values()
    await office.posts[0].later(first, error="busy", after=SOON)

    office.clock.pass_by(seconds=9)
    assert await office.claimed() == {}
    office.clock.pass_by(seconds=1)
    assert {name: parcel.attempts for name, parcel in (await office.claimed()).items()} == {"a1": 2}


async def test_a_dead_letter_holds_nobody_back_and_is_not_given_out_again(office: Office) -> None:
    await office.put("a1", "ada")
    await office.put("a2", "ada")
    [first] = (await office.claimed()).values()
    await office.posts[0].dead(first, error="gone")

    assert list(await office.claimed()) == ["a2"]
    office.clock.pass_by(days=30)
    assert list(await office.claimed()) == ["a2"]


async def test_the_first_try_is_number_one_and_the_key_stays_the_same(office: Office) -> None:
    await office.put("a", "ada")
    [first] = (await office.claimed()).values()
    await office.posts[0].later(first, error="busy", after=SOON)
    office.clock.pass_by(seconds=10)
    [second] = (await office.claimed()).values()

    assert (first.attempts, second.attempts) == (1, 2)
    assert first.key == second.key


async def test_a_parcel_whose_process_died_is_taken_over_within_a_minute(office: Office) -> None:
    await office.put("a", "ada")
    await office.claimed()

    office.clock.pass_by(seconds=59)
    assert await office.claimed(by=1) == {}
    office.clock.pass_by(seconds=1)
    assert list(await office.claimed(by=1)) == ["a"]


async def test_no_more_is_claimed_than_asked_for(office: Office) -> None:
    for number in range(5):
        await office.put(f"n{number}", f"target-{number}")

    assert len(await office.claimed(3)) == 3
    assert len(await office.claimed(3)) == 2


@pytest.mark.invariant(37)
async def test_of_many_that_claim_at_once_no_two_get_the_same(office: Office) -> None:
    for number in range(30):
        await office.put(f"n{number}", f"target-{number % 10}")
    got = [
        parcel
        for parcels in await asyncio.gather(*(office.posts[n % 2].claim(3) for n in range(20)))
        for parcel in parcels
    ]

    assert len({parcel.id for parcel in got}) == len(got) == 10
    assert len({parcel.target for parcel in got}) == 10


@pytest.mark.invariant(37)
async def test_two_workers_on_one_outbox_send_everything_once_and_in_order(office: Office) -> None:
    async with opened() as slack:
        for number in range(30):
            name = ("ada", "ben", "cleo")[number % 3]
            slack.shelf.told[f"{name}{number}"] = slack.letter(name, f"Org {number}")
            await office.put(f"{name}{number}", name)
        workers = [worker(office.clock, post, slack.shelf, slack.sender, None) for post in office.posts]
        await asyncio.gather(*(one.drain() for one in workers))

        for at, name in enumerate(("ada", "ben", "cleo")):
            numbers = [int(re.findall(r"Org (\d+)", message.text)[0]) for message in slack.heard(name)]
            assert numbers == list(range(at, 30, 3))


async def test_waiting_ends_when_something_is_due_and_not_before(office: Office) -> None:
    loop = asyncio.get_running_loop()
    await office.put("a1", "ada")
    await office.put("a2", "ada")
    [first] = (await office.claimed()).values()
    await office.posts[0].later(first, error="busy", after=timedelta(hours=1))
    await office.posts[0].wait(timedelta())  # what was put in wakes it once

    began = loop.time()
    await office.posts[0].wait(timedelta(seconds=0.3))
    if not isinstance(office.posts[0], Outbox):  # the one in memory may wake at any time
        assert loop.time() - began > 0.25
