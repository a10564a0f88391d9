"""When members were last active: written coarsely, beside the answers and never before them (004-08)."""

import asyncio
from datetime import datetime

import pytest

from handlers import activity
from handlers.activity import Activity
from storage.tables import members
from tests.people import Blocker, Org, closing, organization
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def active(acme: Org) -> dict[str, datetime | None]:
    return {row["id"]: row["active_at"] for row in await acme.rows(members)}


async def test_a_thousand_looks_of_a_few_people_are_one_write(database_url: str) -> None:
    acme = await organization(database_url)
    people = [await acme.member("member") for _ in range(3)]
    lately = Activity(acme.usher.store, acme.clock)
    with counting(acme.usher.store, beside=True) as counted:
        for _ in range(1000):
            for somebody in people:
                lately.seen(somebody.id)
        assert counted.written == []
        await lately.flush()
        await lately.flush()
    assert len(counted.written) == 1, counted.written
    found = await active(acme)
    assert {found[one.id] for one in people} == {acme.clock()}
    assert await acme.chain_is_broken() is None


async def test_a_member_is_written_once_in_five_minutes(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("member")
    lately, first = Activity(acme.usher.store, acme.clock), acme.clock()
    for seconds, written in ((0, first), (299, first), (1, None)):
        acme.clock.pass_by(seconds=seconds)
        lately.seen(ada.id)
        await lately.flush()
        assert (await active(acme))[ada.id] == (written or acme.clock())


async def test_who_is_no_longer_active_is_not_marked_and_an_older_look_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("member")
    invited = await acme.member_of(await acme.invitation("new@example.com"))
    late, early = Activity(acme.usher.store, acme.clock), Activity(acme.usher.store, lambda: first)
    first = acme.clock()
    acme.clock.pass_by(minutes=10)
    late.seen(ada.id)
    await late.flush()
    early.seen(ada.id)
    early.seen(invited)
    early.seen("0" * 32)
    await early.flush()
    found = await active(acme)
    assert (found[ada.id], found[invited]) == (acme.clock(), None)


async def test_a_busy_database_is_tried_again_and_what_waits_is_written_at_the_end(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    ada = await acme.member("member")
    lately = Activity(acme.usher.store, acme.clock)
    blocker = Blocker(acme)
    lately.seen(ada.id)
    blocker.take_file()
    await lately.flush()
    blocker.let_go()
    assert (await active(acme))[ada.id] is None
    running = asyncio.create_task(lately.run())
    await asyncio.sleep(0)
    await lately.stop()
    await asyncio.wait_for(running, activity.EVERY)
    assert (await active(acme))[ada.id] == acme.clock()


async def test_memory_is_bounded(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = await organization(sqlite_url)
    monkeypatch.setattr(activity, "REMEMBERED", 3)
    lately = Activity(acme.usher.store, acme.clock)
    for number in range(20):
        lately.seen(f"{number:032}")
    assert list(vars(lately)["_noted"]) == [f"{number:032}" for number in (17, 18, 19)]
