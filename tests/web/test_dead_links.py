"""A link that is dead, for whatever reason, looks like every other one."""

from collections.abc import Awaitable, Callable

import pytest

from handlers.notices import Told
from tests.web.browsing import OURS, Browser, Seen
from tests.web.test_invitations import GOOD
from tests.web.world import World

Dead = Callable[[World, Browser], Awaitable[str]]


async def expired(world: World, _browser: Browser) -> str:
    path = await world.invited()
    world.clock.pass_by(days=7, seconds=1)
    return path


async def used(world: World, browser: Browser) -> str:
    path = await world.invited()
    await browser.press(await browser.open(path), "skip", name="Ada", password=GOOD)
    return path


async def revoked(world: World, _browser: Browser) -> str:
    invitation = await world.invite()
    path = await world.link(invitation)
    await world.revoke(invitation)
    return path


async def replaced(world: World, _browser: Browser) -> str:
    invitation = await world.invite()
    path = await world.link(invitation)
    await world.resend(invitation)
    return path


async def unknown(_world: World, _browser: Browser) -> str:
    return f"/invitations/{'A' * 43}"


async def mangled(world: World, _browser: Browser) -> str:
    return (await world.invited())[:-3]


async def split(world: World, _browser: Browser) -> str:
    path = await world.invited()
    return f"{path[:30]}/{path[30:]}"


async def strange(_world: World, _browser: Browser) -> str:
    return "/invitations/%00%F0%9F%92%A9%ff%3Cscript%3E"


async def empty(_world: World, _browser: Browser) -> str:
    return "/invitations/"


async def of_another_purpose(world: World, _browser: Browser) -> str:
    return world.setup_path.replace("/setup/", "/invitations/")


REASONS = [expired, used, revoked, replaced, unknown, mangled, split, strange, empty, of_another_purpose]


def looks(page: Seen) -> tuple[int, dict[str, str], str]:
    return page.status, {name: value for name, value in page.headers.items() if name != "Date"}, page.html


@pytest.mark.invariant(1, 2, 4, 5)
@pytest.mark.seed("004-96")
@pytest.mark.parametrize("dead", REASONS)
async def test_a_dead_link_shows_the_one_neutral_page(world: World, browser: Browser, dead: Dead) -> None:
    neutral = await browser.open("/invitations/none-at-all")

    page = await browser.open(await dead(world, browser))

    assert looks(page) == looks(neutral)
    assert page.status == 404
    assert page.buttons == ["ask"]


@pytest.mark.invariant(1, 2, 4, 5)
@pytest.mark.parametrize("dead", REASONS)
@pytest.mark.parametrize("step", ["details", "skip", "finish"])
async def test_a_form_sent_to_a_dead_link_gets_the_neutral_page_too(
    world: World, browser: Browser, dead: Dead, step: str
) -> None:
    before = await browser.open(await world.invited("bob@example.org"))
    neutral = await browser.open("/invitations/none-at-all")

    page = await browser.post(
        await dead(world, browser), {**before.fields, "step": step, "name": "Eve", "password": GOOD, "sealed": "x"}
    )

    assert looks(page) == looks(neutral)


@pytest.mark.parametrize("dead", REASONS)
async def test_asking_for_a_new_one_is_thanked_alike_whatever_stands_behind_the_link(
    world: World, browser: Browser, dead: Dead
) -> None:
    thanks = await browser.post("/invitations/none-at-all", {"step": "ask"})

    page = await browser.press(await browser.open(await dead(world, browser)), "ask")

    assert looks(page) == looks(thanks)
    assert page.status == 200


async def test_whoever_invited_is_told_once_however_often_the_button_is_pressed(world: World, browser: Browser) -> None:
    page = await browser.open(await expired(world, browser))

    for _ in range(3):
        await browser.press(page, "ask")

    told = [parcel.notice for parcel in await world.usher.post.claim(100) if isinstance(parcel.notice, Told)]
    assert [notice.about for notice in told].count("asked-again") == 1


@pytest.mark.invariant(5)
async def test_an_invitation_does_not_open_the_page_of_a_member(world: World, browser: Browser) -> None:
    path = await world.invited()

    page = await browser.open(path.replace("/invitations/", "/setup/"))
    posted = await browser.post(page.path, {"step": "skip", "password": GOOD}, OURS)

    assert looks(page) == looks(posted) == looks(await browser.open("/setup/none-at-all"))
    assert "/access me" in page.text
