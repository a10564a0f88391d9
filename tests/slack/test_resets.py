"""Resets through the doors of Slack: the form with its warning, the card of a request, the letters, what follows."""

import re
from collections.abc import AsyncIterator
from tempfile import TemporaryDirectory

import aiohttp
import pytest

from handlers.commands import Actor, ChangeRole, Done, LinkReady, OpenSetup, Person
from tests.conftest import Settled
from tests.doors import CASTS, Team, in_select, read, settle_team, team
from tests.running import Clock, running_usher
from tests.web.browsing import Browser, Seen

LINK = re.compile(r"http://\S+/(reset|reveal|setup)/[\w-]{43}")
NEW = "orchard lantern 77 velvet"


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def resets(acme: Team, who: str, whom: str, verb: str = "reset-password") -> str:
    """By the form that the command opens."""
    person = acme.__getattr__(who)
    opened = await person.type(f"/usher {verb} @{whom} because it was lost")
    assert opened.view, opened.words
    said = read(await person.submit(), person)
    await person.close()
    return said


async def mails(acme: Team, email: str) -> list[str]:
    await acme.bot.settle()
    return [mail.text for mail in acme.bot.mailbox.messages if mail.to == email]


async def opened_link(text: str, button: str = "", **typed: str) -> Seen:
    """The page behind the link of a letter, and what comes of its button."""
    found = LINK.search(text)
    assert found, text
    address, _, path = found[0].partition(f"/{found[1]}/")
    async with aiohttp.ClientSession(address) as session:
        browser = Browser(session, address)
        page = await browser.open(f"/{found[1]}/{path}")
        return await browser.press(page, button, **typed) if button else page


# By link --------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-17", "004-99", "004-123", "004-16")
async def test_an_admin_resets_a_password_and_the_member_chooses_a_new_one_by_mail(acme: Team) -> None:
    opened = await acme.grace.type("/usher reset-password @linus")
    assert opened.view
    assert "They get a link to choose a new password" in opened.view.words
    assert "You never see a password" in opened.view.words
    said = read(await acme.grace.submit(reason="forgot it"), acme.grace)
    assert said.split()[0] == "Done"
    assert "by mail" in said
    assert not LINK.search(said)
    letter = (await mails(acme, "linus@example.com"))[-1]
    assert "works once, until" in letter
    told = acme.linus.dm()[-1].text
    assert "reset your password in Acme" in told
    assert not LINK.search(told)
    done = await opened_link(letter, "finish", password=NEW)
    assert "Done. Your new password works from now on." in done.text
    assert (await acme.desk("linus")).has_password
    await acme.bot.settle()
    assert "A password or second factor was set for you" in acme.linus.dm()[-1].text


async def test_left_incomplete_the_form_asks_for_whom_and_offers_only_who_is_active(acme: Team) -> None:
    await acme.grace.type("/usher deactivate @mei")
    opened = await acme.grace.type("/usher reset-password")
    assert opened.view
    offered = [option.text for option in await acme.grace.suggest("person", "")]
    assert in_select(acme.linus) in offered
    assert in_select(acme.mei) not in offered
    said = read(await acme.grace.submit(person=in_select(acme.linus)), acme.grace)
    assert "gets a link to choose a new password" in said


async def test_who_may_not_reset_is_told_so_and_nobody_resets_their_own(acme: Team) -> None:
    assert "Refused" in (await acme.linus.type("/usher reset-password @mei")).text
    assert "reset-password" not in (await acme.linus.type("/usher help")).text
    assert "reset-2fa" in (await acme.grace.type("/usher help")).text
    own = await resets(acme, "grace", "grace")
    assert "Nobody changes their own role, status or access" in own


# Generated ------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-17", "001-18", "001-19")
async def test_a_new_password_is_assigned_after_a_warning_and_shown_to_the_member_alone() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/usher.db"
        async with team(url, await settle_team(url, "imaging"), "imaging") as acme:
            opened = await acme.grace.type("/usher reset-password @linus")
            assert opened.view
            assert "A new password will be assigned to them" in opened.view.words
            assert "cannot be undone" in opened.view.words
            assert not (await acme.desk("linus")).has_password
            said = read(await acme.grace.submit(), acme.grace)
            assert "no longer works" in said
            letter = (await mails(acme, "linus@example.com"))[-1]
            page = await opened_link(letter)
            assert not (await acme.desk("linus")).has_password
            shown = await opened_link(letter, "finish")
            generated = shown.text_of("new-password")
            assert len(generated) == 23
            assert (await acme.desk("linus")).has_password
            assert (await opened_link(letter)).status == 404
            everything = [m.text for name in ("ada", "grace", "linus") for m in acme.__getattr__(name).messages()]
            assert generated not in " ".join([*everything, *(await mails(acme, "linus@example.com")), page.html])


async def test_without_mail_the_link_comes_by_direct_message(sqlite_settled: Settled) -> None:
    clock = Clock(sqlite_settled.kept.now)
    async with running_usher(database_url=sqlite_settled.url, mail=False, clock=clock) as bot:
        acme = Team(bot, CASTS["default"], dict(sqlite_settled.kept.phones))
        assert "by direct message" in await resets(acme, "grace", "linus")
        await bot.settle()
        letter = next(one.text for one in acme.linus.dm() if LINK.search(one.text))
        assert "Done." in (await opened_link(letter, "finish", password=NEW)).text


# The second factor ----------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-104", "004-105", "004-134", "004-102")
@pytest.mark.invariant(17)
async def test_who_lost_the_phone_is_reset_by_approval_and_sets_up_a_new_factor(acme: Team) -> None:
    """Grace manages members, so somebody else approves with a code: here Mei, who is made an admin first."""
    mei = await admin(acme, "mei")
    opened = await acme.ada.type("/usher reset-2fa @grace because her phone is lost")
    assert opened.view
    assert "Their authenticator and recovery codes stop working here at once" in opened.view.words
    said = read(await acme.ada.submit(), acme.ada)
    assert said.split()[0] == "Waiting"
    await acme.ada.close()
    await acme.bot.settle()
    card = acme.mei.dm()[-1]
    assert "wants to reset the second factor of" in card.words
    await acme.mei.press("Approve", on=card)
    assert "her phone is lost" in (acme.mei.modal.words if acme.mei.modal else "")
    read(await acme.mei.submit(code=acme.code(mei)), acme.mei)
    await acme.mei.close()
    await acme.bot.settle()
    assert not (await acme.desk("grace")).has_factor
    assert (await acme.desk("grace")).has_password
    assert "reset your second factor in Acme" in acme.grace.dm()[-1].text
    assert "Your second factor for Acme was reset" in [one.subject for one in acme.bot.mailbox.messages][-1]
    me = (await acme.grace.type("/access me")).message
    assert me
    assert "2FA: Disabled" in me.text
    link = await acme.grace.press("Set password and second factor", on=me)
    page = await opened_link(str(link.message.blocks if link.message else link.view))
    assert "Set your second factor" in page.text


async def admin(acme: Team, name: str) -> str:
    """Made an admin by the operator, with a phone."""
    desk = await acme.desk(name)
    assert desk.organization
    assert desk.member
    by = Actor(via="operator", organization=desk.organization.id)
    gate = acme.bot.usher.gate
    assert isinstance(await gate.perform(ChangeRole(Person(id=desk.member.id), "admin"), by=by), Done)
    made = await gate.perform(OpenSetup(), by=acme.by(name))
    assert isinstance(made, Done)
    assert isinstance(made.result, LinkReady)
    await acme.enrol(name, made.result.link)
    return name


@pytest.mark.invariant(17)
async def test_who_approved_the_one_reset_is_refused_the_other_in_slack(acme: Team) -> None:
    await admin(acme, "mei")
    await admin(acme, "linus")
    for verb in ("reset-password", "reset-2fa"):
        assert "Waiting" in await resets(acme, "ada", "grace", verb)
    listed = (await acme.mei.type("/usher approvals")).message
    assert listed
    both = [control for control in listed.controls if control.label == "Approve"]
    assert len(both) == 2
    await acme.mei.press("Approve", on=listed, value=both[0].value)
    assert "Done" in read(await acme.mei.submit(code=acme.code("mei")), acme.mei)
    await acme.mei.close()
    again = await acme.mei.press("Approve", on=listed, value=both[1].value)
    assert "password and second factor together take two people" in (
        again.text or (again.view.words if again.view else "")
    )
    await acme.mei.close()
    left = (await acme.mei.type("/usher approvals")).message
    assert left
    assert "Approve" not in {control.label for control in left.controls}
    others = (await acme.linus.type("/usher approvals")).message
    assert others
    await acme.linus.press("Approve", on=others)
    assert "Done" in read(await acme.linus.submit(code=acme.code("linus")), acme.linus)
