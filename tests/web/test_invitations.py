"""The page of an invitation, from its link to the welcome."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.web import qr
from tests.web.browsing import Browser, Seen, code_for
from tests.web.world import ON_BOTH, World

GOOD = "plum bicycle harbour 41"


async def filled(browser: Browser, world: World, page: Seen, **typed: str) -> Seen:
    """Everything filled in rightly, but for what the test says."""
    return await browser.press(
        page, "details", **{"name": "Ada", "password": GOOD, "code": code_for(page, world.clock()), **typed}
    )


@ON_BOTH
@pytest.mark.seed("001-08", "001-09", "002-22", "004-16", "004-17", "004-18")
@pytest.mark.invariant(8)
async def test_who_fills_the_page_and_keeps_the_codes_has_joined(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited(role="member"))
    codes = await filled(browser, world, page)
    assert await world.status("ada@example.org") == "invited"

    welcome = await browser.press(codes, "finish")

    assert len(set(codes.recovery_codes)) == 10
    assert welcome.status == 200
    assert welcome.text.startswith("Done. Welcome to Example Corp", welcome.text.index("Done. Welcome"))
    assert await world.status("ada@example.org") == "active"


async def test_the_page_says_who_is_invited_to_what_before_anything_is_asked(world: World, browser: Browser) -> None:
    await world.enrol()
    page = await browser.open(await world.invited(role="manager", name="Ada Lovelace"))

    assert "Join Example Corp" in page.text
    assert "ada@example.org" in page.text
    assert "Manager" in page.text
    assert page.fields["name"] == "Ada Lovelace"


async def test_the_second_factor_can_be_left_for_later(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())

    welcome = await browser.press(page, "skip", name="Ada", password=GOOD)

    assert "/access me" in welcome.text
    assert await world.status("ada@example.org") == "active"


async def test_the_second_factor_cannot_be_skipped_by_who_will_manage_members(world: World, browser: Browser) -> None:
    await world.enrol()
    page = await browser.open(await world.invited(role="manager"))
    assert "skip" not in page.buttons

    refused = await browser.post(page.path, {**page.fields, "step": "skip", "name": "Ada", "password": GOOD})

    assert refused.status == 422
    assert await world.status("ada@example.org") == "invited"


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("name", {"name": " "}, "name"),
        ("name", {"name": "A" * 300}, "too long"),
        ("password", {"password": "short"}, "too short"),
        ("password", {"password": "plum bicycle " * 30}, "too long"),
        ("password", {"password": "password1"}, "password"),
        ("password", {"password": "abcdefghi"}, "easy to guess"),
        ("code", {"code": "000000"}, "isn't right"),
        ("code", {"code": "12 34"}, "isn't a code"),
        ("code", {"code": ""}, "one-time code"),
    ],
)
async def test_a_wrong_field_says_why_and_costs_nothing_else_that_was_typed(
    world: World, browser: Browser, field: str, typed: dict[str, str], reason: str
) -> None:
    page = await browser.open(await world.invited())

    again = await filled(browser, world, page, **typed)

    assert again.status == 422
    assert reason in again.said(field)
    assert again.input(field)["aria-invalid"] == "true"
    assert "autofocus" in again.input(field)
    assert f"{field}-said" in (again.input(field)["aria-describedby"] or "").split()
    assert again.fields["name"] == typed.get("name", "Ada")
    assert (again.key, again.picture) == (page.key, page.picture)
    assert (await browser.press(await filled(browser, world, again), "finish")).status == 200


@pytest.mark.invariant(3)
async def test_a_password_never_comes_back_with_a_page(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())

    again = await filled(browser, world, page, code="000000")
    codes = await filled(browser, world, page)

    assert again.input("password").get("value") is None
    assert GOOD not in again.html
    assert GOOD not in codes.html


async def test_a_refused_password_is_followed_by_advice(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())

    again = await filled(browser, world, page, password="abcdefghi")

    assert "add another word or two" in again.said("password")


async def test_every_opening_of_the_page_offers_another_key(world: World, browser: Browser) -> None:
    path = await world.invited()

    first, second = await browser.open(path), await browser.open(path)

    assert first.key != second.key


async def test_a_page_that_stood_open_too_long_shows_a_new_key_and_says_so(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())
    world.clock.pass_by(hours=2)

    again = await filled(browser, world, page)

    assert again.status == 422
    assert "new QR code" in again.text
    assert again.key != page.key
    assert (await browser.press(await filled(browser, world, again), "finish")).status == 200


async def test_the_picture_holds_the_key_that_stands_below_it(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())

    uri = next(values["href"] or "" for tag, values in page.tags if tag == "a")

    assert f"secret={page.key}" in uri
    assert page.picture == qr.image(uri)


@ON_BOTH
@pytest.mark.invariant(6)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_a_link_over_and_over_does_not_use_it_up(world: World, browser: Browser, method: str) -> None:
    path = await world.invited()
    for _ in range(3):
        assert (await browser.open(path, method=method)).status == 200

    page = await browser.open(path)

    assert (await browser.press(page, "skip", name="Ada", password=GOOD)).status == 200


@ON_BOTH
@pytest.mark.invariant(1)
async def test_of_twenty_acceptances_at_once_one_is_welcomed(world: World, browser: Browser) -> None:
    path = await world.invited()
    codes = [await filled(browser, world, await browser.open(path)) for _ in range(4)]
    forms = [{**codes[at % 4].fields, "form": f"another-{at}", "step": "finish"} for at in range(20)]

    answers = await asyncio.gather(*(browser.post(path, form) for form in forms))

    dead = await browser.open(path)
    assert sorted(answer.status for answer in answers) == [200] + [404] * 19
    assert {answer.html for answer in answers if answer.status == 404} == {dead.html}


@ON_BOTH
@pytest.mark.invariant(38)
async def test_the_last_form_sent_twice_gets_the_same_answer(world: World, browser: Browser) -> None:
    codes = await filled(browser, world, await browser.open(await world.invited()))

    first, second = await browser.press(codes, "finish"), await browser.press(codes, "finish")

    assert (second.status, second.html) == (first.status, first.html) == (200, first.html)


@ON_BOTH
@pytest.mark.invariant(38)
async def test_a_form_without_second_factor_sent_twice_gets_the_same_answer(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())
    typed = {"name": "Ada", "password": GOOD}

    first, second = await browser.press(page, "skip", **typed), await browser.press(page, "skip", **typed)
    at_once = await browser.open(await world.invited("bob@example.org"))
    third, fourth = await asyncio.gather(*(browser.press(at_once, "skip", **typed) for _ in range(2)))

    assert first.status == 200
    assert first.html == second.html
    assert third.status == 200
    assert third.html == fourth.html


@pytest.mark.invariant(1, 5)
async def test_a_form_of_one_link_does_not_open_another(world: World, browser: Browser) -> None:
    ada = await filled(browser, world, await browser.open(await world.invited()))
    bob = await world.invited("bob@example.org")

    answer = await browser.post(bob, {**ada.fields, "step": "finish"})

    assert answer.status != 200
    assert await world.status("bob@example.org") == "invited"


@pytest.mark.invariant(1)
async def test_a_stranger_with_the_nonce_of_somebody_else_learns_nothing(world: World, browser: Browser) -> None:
    ada = await browser.open(await world.invited())
    await browser.press(ada, "skip", name="Ada", password=GOOD)

    answer = await browser.post(f"{ada.path[:-4]}AAAA", {**ada.fields, "step": "skip", "password": GOOD})

    assert answer.status == 404


@pytest.mark.invariant(7)
async def test_fields_that_nobody_asked_for_change_nothing(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited(role="guest"))
    extra = {
        "email": "eve@example.org",
        "role": "super_admin",
        "organization": "other",
        "space": "Apollo",
        "status": "active",
        "invited_by": "eve",
        "verified": "1",
        "skip_factor": "1",
        "purpose": "setup",
        "kind": "deactivate",
    }

    await browser.press(await filled(browser, world, page, **extra), "finish", **extra)

    assert await world.status("eve@example.org") == "unknown"
    assert await world.status("ada@example.org") == "active"
    assert await world.holds("ada@example.org", "guest")


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Somebody else holds the only writer's lock."""
    with closing(sqlite3.connect(folder / "usher.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.invariant(8, 46)
async def test_a_locked_database_says_so_and_loses_nothing_that_was_prepared(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    page = await browser.open(await world.invited())
    browser.patient = False
    with locked(tmp_path):
        not_checked = await filled(browser, world, page)
    browser.patient = True
    codes = await filled(browser, world, not_checked)
    browser.patient = False
    with locked(tmp_path):
        not_kept = await browser.press(codes, "finish")
    browser.patient = True

    welcome = await browser.press(not_kept, "finish")

    assert (not_checked.status, not_checked.key) == (503, page.key)
    assert "busy" in not_checked.text
    assert (not_kept.status, welcome.status) == (503, 200)
    assert "recovery codes that you kept are still right" in not_kept.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;",
    "' autofocus onfocus='alert(1)",
]


@pytest.mark.invariant(43)
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_shown_as_the_text_it_is(world: World, browser: Browser, name: str) -> None:
    page = await browser.open(await world.invited())

    again = await filled(browser, world, page, name=name, code="000000")

    assert again.fields["name"] == name
    assert [tag for tag, _ in again.tags] == [
        tag for tag, _ in (await filled(browser, world, page, code="000000")).tags
    ]


@pytest.mark.invariant(43)
@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\x7f", "\u2028", "\ufeff"])
async def test_what_hides_or_reorders_text_never_reaches_a_page(world: World, browser: Browser, hidden: str) -> None:
    page = await browser.open(await world.invited())

    again = await filled(browser, world, page, name=f"Ada{hidden}nimda", code="000000")

    assert again.status == 422
    assert "nimda" in again.fields["name"]
    assert hidden not in again.html


async def test_five_hundred_wrong_codes_are_not_five_hundred_guesses(world: World, browser: Browser) -> None:
    page = await browser.open(await world.invited())
    for _ in range(10):
        assert (await filled(browser, world, page, code="000000")).status == 422

    locked = await filled(browser, world, page)

    assert locked.status == 429
    assert "15 minutes" in locked.text
