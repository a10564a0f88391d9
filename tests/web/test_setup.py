"""The page on which a member sets a password and a second factor."""

import pytest

from handlers.commands import Account, Actor, CodeSent, Connect, Connected, LinkReady, OpenSetup, StartConnecting
from handlers.house import open_usher
from handlers.notices import CodeMail
from tests.web.browsing import Browser, code_for
from tests.web.test_invitations import GOOD
from tests.web.world import ROOT, WORKSPACE, World, done, insist, see

ADA = Account(WORKSPACE, "U0ADA")
ADA_EMAIL = "ada@example.org"


@pytest.mark.seed("001-36")
async def test_the_first_member_sets_a_password_and_a_second_factor(world: World, browser: Browser) -> None:
    page = await browser.open(world.setup_path)
    codes = await browser.press(page, "details", password=GOOD, code=code_for(page, world.clock()))

    answer = await browser.press(codes, "finish")

    desk = await world.usher.queries.desk(ROOT, WORKSPACE)
    assert "name" not in page.fields
    assert len(codes.recovery_codes) == 10
    assert "Done. Your password and second factor are set." in answer.text
    assert (desk.has_password, desk.has_factor) == (True, True)


@pytest.mark.invariant(18)
async def test_a_page_that_is_left_changes_nothing(world: World, browser: Browser) -> None:
    page = await browser.open(world.setup_path)

    await browser.press(page, "details", password=GOOD, code=code_for(page, world.clock()))

    desk = await world.usher.queries.desk(ROOT, WORKSPACE)
    assert (desk.has_password, desk.has_factor) == (False, False)
    assert (await browser.open(world.setup_path)).status == 200


@pytest.mark.invariant(1)
async def test_the_link_works_once(world: World, browser: Browser) -> None:
    page = await browser.open(world.setup_path)
    codes = await browser.press(page, "details", password=GOOD, code=code_for(page, world.clock()))
    await browser.press(codes, "finish")

    again = await browser.open(world.setup_path)

    assert again.status == 404
    assert again.html == (await browser.open("/setup/none-at-all")).html


@pytest.mark.invariant(18)
async def test_who_has_a_password_proves_it_and_sets_only_the_second_factor(
    world: World, browser: Browser, world_url: str
) -> None:
    page = await browser.open(await world.invited(ADA_EMAIL))
    await browser.press(page, "skip", name="Ada", password=GOOD)
    page = await browser.open(await setup_link_of_ada(world, world_url))
    code = code_for(page, world.clock())

    wrong = await browser.press(page, "details", password="not my password", code=code)
    codes = await browser.press(wrong, "details", password=GOOD, code=code)
    answer = await browser.press(codes, "finish")

    assert "skip" not in page.buttons
    assert page.input("password")["autocomplete"] == "current-password"
    assert "isn't your password" in wrong.said("password")
    assert len(codes.recovery_codes) == 10
    assert answer.text.count("Done.") == 1


async def setup_link_of_ada(world: World, url: str) -> str:
    """Ada connects by a mailed code and asks for her link, in a deployment that has mail."""
    usher = await open_usher(database_url=url, keys=[bytes(32)], mail=True, clock=world.clock)
    await see(usher, ADA, email=ADA_EMAIL)
    by = Actor(via="slack", account=ADA)
    done(await insist(usher, StartConnecting(ADA_EMAIL), by=by), CodeSent)
    notices = [parcel.notice for parcel in await usher.post.claim(100)]
    mails = [await usher.queries.code_mail(notice) for notice in notices if isinstance(notice, CodeMail)]
    assert mails[0]
    done(await insist(usher, Connect(ADA_EMAIL, mails[0][1]), by=by), Connected)
    ready = done(await insist(usher, OpenSetup(), by=by), LinkReady)
    await usher.close()
    return world.usher.enrolments.path(ready.link)


async def test_nobody_is_asked_for_on_a_members_dead_link(browser: Browser) -> None:
    answer = await browser.post("/setup/none-at-all", {"step": "ask"})

    assert answer.status == 400
