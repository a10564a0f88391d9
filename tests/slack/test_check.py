"""*Check* through the doors of Slack: every way in which somebody can be kept out is made, and found."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pyotp.totp import TOTP

from bot.playground import Answer
from bot.playground.mailbox import NO_SUCH_PERSON, TRY_LATER
from handlers.commands import (
    Actor,
    AddResource,
    Approve,
    ChangeRole,
    Command,
    CreateGroup,
    Done,
    JoinGroup,
    Person,
    ResetFactor,
    Share,
    Thing,
)
from storage import checking
from storage.tables import credentials, slack_accounts
from tests.conftest import Settled
from tests.doors import Team, read, team
from tests.people import closing, organization

__all__ = ["closing"]


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def checks(acme: Team, whom: str, who: str = "ada") -> Answer:
    return await acme.__getattr__(who).type(f"/usher check {whom}")


def line(answer: Answer, words: str) -> str:
    """The one line with these words."""
    found = [one for one in answer.text.splitlines() if words in one]
    assert len(found) == 1, answer.text
    return found[0]


def buttons(answer: Answer) -> list[str]:
    assert answer.message, answer.words
    return [one.label for one in answer.message.controls]


async def by_operator(acme: Team, command: Command) -> None:
    organization = (await acme.desk("ada")).organization
    assert organization
    by = Actor(via="operator", organization=organization.id)
    outcome = await acme.bot.usher.gate.perform(command, by=by)
    assert isinstance(outcome, Done), outcome


async def member(acme: Team, name: str) -> Person:
    found = (await acme.desk(name)).member
    assert found
    return Person(id=found.id)


async def is_set(acme: Team, name: str, **values: Any) -> None:
    """What the database holds of somebody's credentials is made so."""
    one = await member(acme, name)
    async with acme.bot.usher.store.transaction(None, at=acme.bot.clock(), lock=False) as tx:
        await tx.connection.execute(credentials.update().where(credentials.c.member_id == one.id).values(**values))


# Who is meant, and who may ask ----------------------------------------------------------------------------------------


@pytest.mark.seed("004-121")
async def test_an_address_that_nobody_has_leads_to_the_nearest(acme: Team) -> None:
    answer = await checks(acme, "linuss@example.com")
    assert line(answer, "Nobody here is called “linuss@example.com”").startswith("Refused.")
    assert "`/usher invite linuss@example.com as ROLE`" in answer.text
    assert "Perhaps Linus Pauling, linus@example.com?" in answer.text
    card = await acme.ada.press("Check Linus Pauling", on=answer.message)
    assert "The address is linus@example.com" in card.text


@pytest.mark.seed("004-121")
async def test_the_address_of_their_slack_account_leads_to_who_has_another_one_here(acme: Team) -> None:
    async with acme.bot.usher.store.transaction(None, at=acme.bot.clock(), lock=False) as tx:
        theirs = slack_accounts.update().where(slack_accounts.c.slack_user == acme.linus.id)
        await tx.connection.execute(theirs.values(email="Pauling@example.net", email_folded="pauling@example.net"))
    answer = await checks(acme, "pauling@example.net")
    assert "in Slack; here theirs is linus@example.com" in answer.text
    card = await checks(acme, "linus@example.com")
    assert "another address, Pauling@example.net" in line(card, "Slack account")


@pytest.mark.usefixtures("closing")
async def test_the_address_of_a_slack_account_is_found_in_whatever_letters_and_in_its_workspace_alone(
    database_url: str,
) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    bob = await acme.member()
    await bob.slack_says(email="ÖZGE@acme.example")
    async with acme.usher.store.reading() as connection:
        found = [await checking.tied_by_address(connection, one.id, "Özge@Acme.example") for one in (acme, other)]
    assert found == [bob.id, None]


async def test_a_slack_account_that_is_tied_to_nobody_is_said_to_be_so(acme: Team) -> None:
    answer = await checks(acme, "@dana")
    assert answer.text.startswith("Refused. This Slack account is not tied to a member")
    assert "/access connect" in answer.text
    assert "`/usher invite EMAIL as ROLE`" in answer.text
    await acme.dana.type("/access mine")
    assert "`/usher invite dana@example.com as ROLE`" in (await checks(acme, "@dana")).text


async def test_who_is_only_named_is_not_to_be_invited_by_that_name(acme: Team) -> None:
    answer = await checks(acme, "Nobody")
    assert answer.text.startswith("Refused. Nobody here is called “Nobody”.")
    assert "`/usher invite EMAIL as ROLE`" in answer.text


async def test_only_who_manages_members_may_ask_and_only_of_whom_they_may_act_on(acme: Team) -> None:
    assert "Refused" in (await checks(acme, "@mei", who="linus")).text
    assert "linus@example.com" not in (await checks(acme, "linuss@example.com", who="linus")).text
    assert "Refused" in (await checks(acme, "@ada", who="grace")).text
    assert "Check of" in (await checks(acme, "@mei", who="grace")).text
    assert "check" not in (await acme.linus.type("/usher help")).text


async def test_without_a_name_a_form_asks_for_whom(acme: Team) -> None:
    opened = await acme.grace.type("/usher check")
    assert opened.view
    assert "Nothing is changed" in opened.view.words
    said = read(await acme.grace.submit(person="Linus Pauling (linus@example.com)"), acme.grace)
    assert "The address is linus@example.com" in said


async def test_on_home_a_form_finds_room_upon_list_card_and_check(acme: Team) -> None:
    await acme.ada.press("Members", on=await acme.ada.open_home())
    mei = (await member(acme, "mei")).id
    for label in ("Open card", "Check", "Open card", "Check"):
        await acme.ada.press(label, on=acme.ada.modal, value=mei)
    assert acme.ada.modal
    assert "Check of" in acme.ada.modal.words
    await acme.ada.press("Reset password", on=acme.ada.modal)
    assert acme.ada.modal.title == "Reset password"
    for _ in range(2):
        await acme.ada.close()
    assert acme.ada.modal
    assert "by name." in acme.ada.modal.words


# Signing in -----------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-121", "004-122")
async def test_somebody_deactivated_is_found_and_the_button_reactivates_them(acme: Team) -> None:
    assert line(await checks(acme, "@mei"), "is active").startswith("✓")
    await acme.grace.type("/usher deactivate @mei")
    answer = await checks(acme, "mei@example.com", who="grace")
    assert line(answer, "deactivated").startswith("✗")
    assert "1 thing is wrong" in answer.text
    form = await acme.grace.press("Reactivate", on=answer.message)
    assert form.view
    assert "Done" in read(await acme.grace.submit(), acme.grace)
    assert await acme.status("mei") == "active"


@pytest.mark.seed("004-123")
async def test_a_password_is_reset_from_the_check(acme: Team) -> None:
    answer = await checks(acme, "@linus", who="grace")
    assert line(answer, "password is set").startswith("–")
    form = await acme.grace.press("Reset password", on=answer.message)
    assert form.view
    assert form.view.title == "Reset password"
    assert "gets a link to choose a new password" in read(await acme.grace.submit(), acme.grace)
    await acme.grace.close()
    await acme.bot.settle()
    again = await checks(acme, "@linus", who="grace")
    assert "is on its way to them" in again.text
    assert "a link to a new password, was handed over" in line(again, "The last mail")
    assert not re.search(r"[\w-]{43}", again.text)


@pytest.mark.seed("004-124")
async def test_ten_wrong_codes_are_found_with_the_time_when_the_lock_ends(acme: Team) -> None:
    await is_set(acme, "grace", guesses=10, guesses_since=acme.bot.clock())
    answer = await checks(acme, "@grace")
    assert line(answer, "Locked out").startswith("✗")
    acme.bot.clock.pass_by(minutes=15, seconds=1)
    assert line(await checks(acme, "@grace"), "Not locked out").startswith("✓")


@pytest.mark.seed("004-124", "004-132")
@pytest.mark.parametrize(("late", "said"), [(-240, "4 minutes ahead"), (300, "5 minutes behind")])
async def test_a_phone_whose_clock_is_wrong_is_found_by_the_code_it_gave(acme: Team, late: int, said: str) -> None:
    """The code is refused as every wrong one is."""
    await acme.ada.type("/usher role @linus manager")
    assert "not known" in line(await checks(acme, "@grace"), "phone’s clock")
    acme.bot.clock.pass_by(seconds=600)
    request = next(one for one in await acme.bot.usher.queries.waiting(await acme.desk("grace"))).id
    shown = TOTP(acme.phones["grace"]).at(int(acme.bot.clock().timestamp()) - late)
    refused = await decides(acme, "grace", request, shown)
    assert refused == await decides(acme, "grace", request, "000000")
    answer = await checks(acme, "@grace")
    assert line(answer, "phone’s clock").startswith("✗")
    assert said in line(answer, "phone’s clock")
    assert "automatic time" in line(answer, "phone’s clock")
    assert await decides(acme, "grace", request, acme.code("grace")) == "done"
    assert line(await checks(acme, "@grace"), "phone’s clock").startswith("✓")


async def decides(acme: Team, name: str, request: str, code: str) -> str:
    by = Actor(via="slack", account=acme.bot.account(name), code=code)
    outcome = await acme.bot.usher.gate.perform(Approve(request), by=by)
    return "done" if isinstance(outcome, Done) else getattr(outcome, "code", "")


@pytest.mark.seed("004-133", "004-134", "004-100", "004-101")
async def test_recovery_codes_and_the_second_factor_are_counted_and_reset_from_here(acme: Team) -> None:
    answer = await checks(acme, "@grace")
    assert "10 recovery codes left" in answer.text
    form = await acme.ada.press("Reset 2FA", on=answer.message)
    assert form.view
    assert form.view.title == "Reset 2FA"
    await acme.ada.close()
    await by_operator(acme, ResetFactor(await member(acme, "grace")))
    after = await checks(acme, "@grace")
    assert line(after, "second factor").startswith("✗")
    assert "here they need one" in after.text
    assert "Reset 2FA" not in buttons(after)


# The invitation, and mail ---------------------------------------------------------------------------------------------


@pytest.mark.seed("004-128", "004-129", "004-130", "004-131")
async def test_an_invitation_that_did_not_arrive_is_resent_from_the_check(acme: Team) -> None:
    await acme.grace.type("/usher invite dana@example.com as member")
    await acme.bot.settle()
    answer = await checks(acme, "dana@example.com", who="grace")
    assert line(answer, "have not accepted").startswith("–")
    assert line(answer, "invitation is open until").startswith("✓")
    assert line(answer, "The last mail").startswith("✓")
    assert "look in the spam folder" in answer.text
    assert {"Resend", "Copy invite link"} <= set(buttons(answer))
    assert "Done" in read(await acme.grace.press("Resend", on=answer.message), acme.grace)
    await acme.bot.later(minutes=1)
    again = await checks(acme, "dana@example.com", who="grace")
    assert "sent anew once: only the newest link works" in again.text
    acme.bot.clock.pass_by(days=8)
    expired = await checks(acme, "dana@example.com", who="grace")
    assert line(expired, "has expired: ").startswith("✗")
    linked = await acme.grace.press("Copy invite link", on=expired.message)
    assert "Only you see it" in read(linked, acme.grace)


@pytest.mark.seed("004-131")
async def test_a_mailbox_that_does_not_exist_is_found_with_the_servers_own_words(acme: Team) -> None:
    acme.bot.mailbox.fail_next(NO_SUCH_PERSON)
    await acme.grace.type("/usher invite nobody@example.com as member")
    await acme.bot.settle()
    answer = await checks(acme, "nobody@example.com", who="grace")
    assert line(answer, "could not be delivered").startswith("✗")
    assert "550" in line(answer, "could not be delivered")


@pytest.mark.seed("004-131")
async def test_a_mail_server_that_takes_it_later_is_waited_for_and_then_it_is_sent(acme: Team) -> None:
    acme.bot.mailbox.fail_next(TRY_LATER)
    await acme.grace.type("/usher invite nobody@example.com as member")
    await acme.bot.settle()
    assert line(await checks(acme, "nobody@example.com"), "is tried again").startswith("–")
    await acme.bot.later(minutes=10)
    assert line(await checks(acme, "nobody@example.com"), "was handed over").startswith("✓")


# Seeing something -----------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-125", "004-126", "004-127")
async def test_why_somebody_cannot_see_a_dashboard_is_said_with_their_groups(acme: Team) -> None:
    dashboard = next(one for one in (await acme.desk("ada")).catalogue.kinds.values() if one.id == "dashboard")
    await by_operator(acme, AddResource(dashboard.id, "sales", "Sales"))
    await by_operator(acme, CreateGroup("Readers"))
    await by_operator(acme, CreateGroup("Others"))
    await by_operator(acme, Share(Thing(dashboard.id, "sales"), groups=("Readers",)))
    await by_operator(acme, JoinGroup((await member(acme, "linus"),), "Others"))
    asked = "@linus can see dashboard:sales"
    no = await checks(acme, asked, who="grace")
    assert no.text.startswith("No. ")
    assert "Only its list shows a dashboard" in no.text
    assert "They are in Others." in no.text
    await by_operator(acme, JoinGroup((await member(acme, "linus"),), "Readers"))
    yes = await checks(acme, asked, who="grace")
    assert yes.text.startswith("Yes. ")
    assert "Readers is on its list" in yes.text
    card = await checks(acme, "@linus", who="grace")
    assert card.message
    chosen = await acme.grace.press("check_sees", on=card.message, choose="dashboard:sales")
    assert "Readers is on its list" in read(chosen, acme.grace)


@pytest.mark.seed("004-125", "004-127")
async def test_role_and_groups_are_named_with_the_buttons_that_change_them(acme: Team) -> None:
    answer = await checks(acme, "@linus", who="grace")
    assert line(answer, "Their role is Member").startswith("✓")
    assert line(answer, "They are in no group").startswith("–")
    form = await acme.grace.press("Change role", on=answer.message)
    assert form.view
    assert form.view.title == "Change a role"
    await acme.grace.close()
    await by_operator(acme, ChangeRole(await member(acme, "linus"), "guest"))
    assert "Their role is Guest" in (await checks(acme, "@linus", who="grace")).text


async def test_what_is_not_a_thing_to_see_is_unclear(acme: Team) -> None:
    assert "Unclear" in (await checks(acme, "@linus can see")).text
    assert "Unclear" in (await checks(acme, "@linus can see spaceship:x")).text
    gone = await checks(acme, "@linus can see dashboard:none")
    assert "Refused" in gone.text
