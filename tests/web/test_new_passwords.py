"""The pages of a reset: choosing a new password, and being shown a generated one, once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table

from handlers.commands import CredentialsReset, Minted, Person, ResetPassword
from handlers.house import open_usher
from handlers.new_passwords import Purpose
from storage.tables import credentials, links
from tests.running import Clock
from tests.web.browsing import Browser, Seen, code_for
from tests.web.test_invitations import GOOD
from tests.web.world import World, browsing, done, settle

NEW = "orchard lantern 77 velvet"
EMAIL = "ada@example.org"
PURPOSES: tuple[Purpose, ...] = ("reset", "reveal")
Ways = tuple[World, Browser, Purpose]
EACH = pytest.mark.parametrize("ways", PURPOSES, indirect=True)


async def rows(world: World, table: Table) -> list[dict[str, Any]]:
    async with world.usher.store.reading() as connection:
        found = await connection.execute(table.select())
        return [dict(row) for row in found.mappings().all()]


async def joins(world: World, browser: Browser) -> None:
    """Ada is in, by the page, with a password and a second factor."""
    page = await browser.open(await world.invited(EMAIL))
    codes = await browser.press(page, "details", name="Ada", password=GOOD, code=code_for(page, world.clock()))
    assert (await browser.press(codes, "finish")).status == 200


async def reset(world: World, purpose: Purpose) -> str:
    """The path of a living link; `reveal`: as a catalogue that generates would have it."""
    done(await world.perform(ResetPassword(Person(email=EMAIL))), CredentialsReset)
    newest = (await rows(world, links))[-1]
    assert newest["purpose"] == purpose
    return world.usher.enrolments.path(Minted(purpose, newest["id"], 1))


@pytest.fixture
async def ways(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Ways]:
    """A world whose catalogue resets by this way, a browser on it, and the purpose of the link."""
    purpose: Purpose = request.param
    clock = Clock()
    usher = await open_usher(
        database_url=sqlite_url,
        keys=[bytes(32)],
        mail=True,
        clock=clock,
    )
    catalogue, plan = ("imaging", "") if purpose == "reveal" else ("default", "starship")
    try:
        world = await settle(usher, clock, catalogue=catalogue, plan=plan)
        async with browsing(usher) as browser:
            await joins(world, browser)
            yield world, browser, purpose
    finally:
        await usher.close()


async def works(world: World, typed: str) -> bool:
    """Whether a password is the one that counts now, for Ada who is the only one that has any."""
    hashes = [str(row["password_hash"]) for row in await rows(world, credentials) if row["password_hash"]]
    return any([await world.usher.passwords.verify(one, typed) for one in hashes])


async def send(browser: Browser, page: Seen) -> Seen:
    return await browser.press(page, "finish", **({"password": NEW} if "password" in page.fields else {}))


# Choosing -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ways", ["reset"], indirect=True)
@pytest.mark.seed("004-16")
async def test_a_new_password_is_chosen_and_the_old_one_works_until_then(ways: Ways) -> None:
    world, browser, purpose = ways
    page = await browser.open(await reset(world, purpose))
    assert EMAIL in page.text
    assert "until then your present password works" in page.text
    assert await works(world, GOOD)
    answer = await send(browser, page)
    assert "Done. Your new password works from now on." in answer.text
    assert (await works(world, NEW), await works(world, GOOD)) == (True, False)


@pytest.mark.parametrize("ways", ["reset"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "reason"), [("short", "too short"), ("password1", "password"), ("ada@example.org", "tried first")]
)
async def test_a_password_that_is_easy_to_guess_is_refused_and_the_link_still_works(
    ways: Ways, typed: str, reason: str
) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    refused = await browser.press(await browser.open(path), "finish", password=typed)
    assert refused.status == 422
    assert reason in refused.said("password")
    assert refused.fields["password"] == ""
    assert await works(world, GOOD)
    assert (await send(browser, refused)).status == 200


@pytest.mark.parametrize("ways", ["reset"], indirect=True)
@pytest.mark.invariant(38)
async def test_the_same_form_twice_gets_the_same_answer(ways: Ways) -> None:
    world, browser, purpose = ways
    page = await browser.open(await reset(world, purpose))
    first, second = await send(browser, page), await send(browser, page)
    assert (first.status, second.status) == (200, 200)
    assert first.html == second.html


# Revealing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ways", ["reveal"], indirect=True)
@pytest.mark.seed("001-18", "001-19")
async def test_a_generated_password_is_shown_once_and_counts(ways: Ways) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    assert not await works(world, GOOD)
    page = await browser.open(path)
    assert "shown once, to you alone" in page.text
    shown = await send(browser, page)
    assert shown.headers["Cache-Control"] == "no-store"
    assert await works(world, new_password(shown))
    assert (await browser.open(path)).status == 404


@pytest.mark.parametrize("ways", ["reveal"], indirect=True)
@pytest.mark.invariant(38)
async def test_the_same_page_twice_shows_the_same_password_for_a_few_minutes(ways: Ways) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    page, other = await browser.open(path), await browser.open(path)
    first = await send(browser, page)
    world.clock.pass_by(minutes=4, seconds=59)
    second = await send(browser, page)
    assert first.html == second.html
    assert await works(world, new_password(second))
    assert (await send(browser, other)).status == 404
    world.clock.pass_by(seconds=1)
    late = await send(browser, page)
    assert (late.status, new_password(late)) == (404, "")
    assert await works(world, new_password(second))


@pytest.mark.parametrize("ways", ["reveal"], indirect=True)
@pytest.mark.invariant(5)
async def test_a_page_with_a_part_of_another_one_makes_no_password_and_may_be_sent_again(ways: Ways) -> None:
    world, browser, purpose = ways
    before = await browser.open(await reset(world, purpose))
    path = await reset(world, purpose)
    for form in (before.fields["form"], "", "mangled"):
        refused = await browser.post(path, {"step": "finish", "form": form})
        assert refused.status == 422
        assert "Press the button once more." in refused.text
    assert await works(world, new_password(await send(browser, refused)))


def new_password(page: Seen) -> str:
    """What can be selected as one plain text."""
    return page.text_of("new-password")


@pytest.mark.parametrize("ways", ["reveal"], indirect=True)
@pytest.mark.invariant(1)
async def test_a_page_that_is_sent_twenty_times_at_once_shows_the_password_that_counts(ways: Ways) -> None:
    world, browser, purpose = ways
    page = await browser.open(await reset(world, purpose))
    answers = await asyncio.gather(*(send(browser, page) for _ in range(20)))
    assert {one.status for one in answers} == {200}
    shown = {new_password(one) for one in answers}
    assert len(shown) == 1
    assert await works(world, shown.pop())


# Both -----------------------------------------------------------------------------------------------------------------


@EACH
@pytest.mark.invariant(1)
async def test_of_twenty_pages_sent_at_once_one_works(ways: Ways) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    pages = [await browser.open(path) for _ in range(20)]
    answers = await asyncio.gather(*(send(browser, page) for page in pages))
    dead = await browser.open(f"/{purpose}/none-at-all")
    assert sorted(one.status for one in answers) == [200] + [404] * 19
    assert {one.html for one in answers if one.status == 404} == {dead.html}


@EACH
@pytest.mark.invariant(1, 2, 4, 5)
async def test_a_dead_link_shows_the_one_neutral_page(ways: Ways) -> None:
    world, browser, purpose = ways
    neutral = await browser.open(f"/{purpose}/none-at-all")
    replaced = await reset(world, purpose)
    living = await reset(world, purpose)
    other = "reveal" if purpose == "reset" else "reset"
    strange = [replaced, living[:-2], living.replace(f"/{purpose}/", f"/{other}/"), f"/{purpose}/%00%ff%3Cscript%3E"]
    setup = [living.replace(f"/{purpose}/", "/setup/"), living.replace(f"/{purpose}/", "/invitations/")]
    for path in strange:
        page = await browser.open(path)
        assert (page.status, page.html) == (404, neutral.html), path
        sent = await browser.post(path, {"step": "finish", "password": NEW})
        assert (sent.status, sent.html) == (404, neutral.html), path
    assert [(await browser.open(path)).status for path in setup] == [404, 404]
    world.clock.pass_by(days=1, seconds=1)
    assert (await browser.open(living)).html == neutral.html


@EACH
@pytest.mark.invariant(6)
async def test_looking_at_a_link_changes_nothing(ways: Ways) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    before = await rows(world, credentials), await rows(world, links)
    for method in ("GET", "HEAD"):
        for _ in range(3):
            assert (await browser.open(path, method=method)).status == 200
    assert (await rows(world, credentials), await rows(world, links)) == before
    assert (await send(browser, await browser.open(path))).status == 200


@EACH
@pytest.mark.invariant(7)
async def test_nothing_else_that_is_sent_counts(ways: Ways) -> None:
    world, browser, purpose = ways
    page = await browser.open(await reset(world, purpose))
    sent = {"password": NEW, "email": "eve@example.org", "member": "x", "role": "admin", "must_change": "false"}
    assert (await browser.post(page.path, {**page.fields, **sent, "step": "finish"})).status == 200
    assert await world.status(EMAIL) == "active"
    assert not await world.holds(EMAIL, "admin")


@EACH
async def test_a_form_of_another_site_or_without_its_step_is_no_form(ways: Ways) -> None:
    world, browser, purpose = ways
    path = await reset(world, purpose)
    foreign = await browser.post(path, {"step": "finish", "password": NEW}, {"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert (await browser.post(path, {"step": "skip", "password": NEW})).status == 400
    assert (await browser.open(path)).status == 200


@EACH
@pytest.mark.invariant(17)
async def test_the_second_factor_stays_and_the_page_says_so(ways: Ways) -> None:
    world, browser, purpose = ways
    before = [row["factor_sealed"] for row in await rows(world, credentials)]
    page = await browser.open(await reset(world, purpose))
    answer = await send(browser, page)
    assert "Your second factor stays as it is" in answer.text
    assert before == [row["factor_sealed"] for row in await rows(world, credentials)]
