"""Every flow passes the same scenarios through every door that has it, on both databases."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.playground import Message, Person
from bot.playground.model import View
from handlers.models import RequestCard
from tests import doors
from tests.conftest import Settled
from tests.doors import NotOfferedError, Team, Verb, settle_team, team
from tests.running import Running, running_usher


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        yield found


def through(table: doors.Doors) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", [pytest.param(verb, id=name) for name, verb in table.items()])


async def pending(acme: Team, name: str = "linus") -> tuple[RequestCard, ...]:
    mine = await acme.bot.usher.queries.mine(await acme.desk(name))
    return tuple(card for card in mine if card.state == "pending")


# Setting up, coming in, connecting ------------------------------------------------------------------------------------


@through(doors.SET_UP)
@pytest.mark.seed("001-36")
async def test_whoever_sets_up_is_at_once_active_with_the_highest_role(database_url: str, door: Verb) -> None:
    async with running_usher(database_url=database_url) as bot:
        said = await door(bot.person("ada"), name="Acme")
        assert "Done" in said
        desk = await bot.usher.queries.desk(bot.account("ada"), bot.playground.world.team.id)
        assert (desk.role, desk.status) == ("super_admin", "active")


@through(doors.SET_UP)
async def test_nobody_but_a_workspace_admin_sets_up(database_url: str, door: Verb) -> None:
    async with running_usher(database_url=database_url) as bot:
        try:
            said = await door(bot.person("linus"), name="Acme")
        except NotOfferedError:
            said = "Refused"
        assert "Refused" in said
        desk = await bot.usher.queries.desk(bot.account("linus"), bot.playground.world.team.id)
        assert desk.organization is None


@pytest.mark.parametrize("door", [pytest.param(verb, id=name) for name, verb in doors.ACCEPT.items()])
@pytest.mark.seed("001-08", "003-38", "004-16", "004-17", "004-18")
async def test_whoever_accepts_is_active_with_the_invited_role_and_the_inviter_is_told(
    settled: Settled, door: Callable[[Running, Person], Awaitable[str]]
) -> None:
    async with team(settled.url, settled.kept) as acme:
        await acme.grace.type("/usher invite dana@example.com as guest")
        await acme.bot.settle()
        said = await door(acme.bot, acme.dana)
        assert "Acme" in said
        await acme.bot.settle()
        assert "accepted your invitation" in acme.grace.dm()[-1].text
        found = await acme.bot.usher.queries.people(await acme.desk("grace"), "dana@example.com", status="active")
        assert len(found) == 1


@through(doors.CONNECT)
@pytest.mark.invariant(28)
async def test_an_account_is_tied_only_by_the_code_that_was_mailed_to_the_member(settled: Settled, door: Verb) -> None:
    async with team(settled.url, settled.kept) as acme:
        await acme.grace.type("/usher invite dana@example.com as guest")
        await acme.bot.settle()
        await doors.accept_on_web(acme.bot, acme.dana)
        assert (await acme.eve.type("/access mine")).text.startswith("Refused")
        await door(acme.eve, email="dana@example.com")
        await acme.bot.settle()
        wrong = await acme.eve.submit(code="12345678")
        assert wrong.errors
        mail = await acme.bot.mailbox.wait_for(to="dana@example.com", subject="code")
        code = re.search(r"\b\d{8}\b", mail.text)
        assert code
        done = await acme.eve.submit(code=code[0])
        assert "Done" in doors.read(done, acme.eve)
        assert (await acme.desk("eve")).member is not None


# Inviting -------------------------------------------------------------------------------------------------------------


@through(doors.INVITE)
@pytest.mark.seed("000-09", "000-10", "001-05", "001-07", "001-09", "004-15")
async def test_several_addresses_are_invited_at_once_each_once_and_each_gets_a_mail(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, emails="new@example.org, NEW@Example.org, other@example.org", role="Guest")
    assert "Done" in said
    assert "new@example.org" in said.lower()
    await acme.bot.settle()
    rows = (await acme.bot.usher.queries.invitations(await acme.desk("grace"))).rows
    waiting = sorted(row.member.email.lower() for row in rows if row.state == "pending")
    assert waiting == ["new@example.org", "other@example.org"]
    assert (
        sorted(mail.to.lower() for mail in acme.bot.mailbox.messages if "invit" in mail.subject.lower())[-2:] == waiting
    )


@through(doors.INVITE)
async def test_an_address_that_is_in_already_is_named_and_nothing_changes(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, emails="linus@example.com", role="Guest")
    assert "linus@example.com" in said
    assert "already" in said
    assert "Done" not in said
    assert await acme.role("linus") == "member"


@through(doors.INVITE)
@pytest.mark.seed("001-06")
async def test_what_is_no_address_is_given_back(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, emails="nonsense@", role="Guest")
    assert "nonsense@" in said
    assert "Done" not in said


@through(doors.INVITE)
@pytest.mark.seed("001-48")
@pytest.mark.invariant(24, 25)
async def test_who_may_not_invite_is_told_or_never_offered_it(acme: Team, door: Verb) -> None:
    try:
        said = await door(acme.linus, emails="friend@example.org", role="Guest")
    except NotOfferedError:
        said = "Refused"
    assert "Refused" in said
    assert (await acme.bot.usher.queries.invitations(await acme.desk("ada"))).rows[
        0
    ].member.email != "friend@example.org"


@through(doors.INVITE)
async def test_inviting_somebody_who_will_manage_members_waits_for_a_second_person(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, emails="boss@example.org", role="Admin")
    assert "Waiting" in said
    assert [card.emails for card in await pending(acme, "grace")] == [("boss@example.org",)]


# Changing a role ------------------------------------------------------------------------------------------------------


@through(doors.CHANGE_ROLE)
@pytest.mark.seed("004-22", "004-23", "000-06")
async def test_a_changed_role_is_in_force_at_once_and_the_person_is_told(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, target=acme.linus, role="Guest")
    assert "Done" in said
    assert await acme.role("linus") == "guest"
    await acme.bot.settle()
    assert "Guest" in acme.linus.dm()[-1].words


@through(doors.CHANGE_ROLE)
async def test_a_role_for_a_while_ends_and_what_lay_below_returns(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, target=acme.linus, role="Guest", lasts="8h")
    assert "Done" in said
    assert await acme.role("linus") == "guest"
    await acme.bot.later(hours=8, seconds=1)
    assert await acme.role("linus") == "member"


@through(doors.CHANGE_ROLE)
async def test_a_raise_to_manage_members_waits_and_the_card_is_rewritten_once_it_has_run(
    acme: Team, door: Verb
) -> None:
    said = await door(acme.grace, target=acme.linus, role="Manager")
    assert "Waiting" in said
    assert await acme.role("linus") == "member"
    await acme.bot.settle()
    card = acme.ada.dm()[-1]
    assert {control.label for control in card.controls} == {"Approve", "Deny"}
    await acme.ada.press("Approve", on=card)
    done = await acme.ada.submit(code=acme.code("ada"))
    assert "Done" in doors.read(done, acme.ada)
    assert await acme.role("linus") == "manager"
    await acme.bot.settle()
    assert not acme.ada.dm()[-1].controls


@through(doors.CHANGE_ROLE)
@pytest.mark.seed("004-118")
@pytest.mark.invariant(24)
async def test_nobody_changes_their_own_role(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, target=acme.grace, role="Member")
    assert "Done" not in said
    assert await acme.role("grace") == "admin"


@through(doors.CHANGE_ROLE)
@pytest.mark.seed("001-41")
@pytest.mark.invariant(24)
async def test_nobody_gives_what_their_role_does_not_give(acme: Team, door: Verb) -> None:
    try:
        said = await door(acme.grace, target=acme.linus, role="super_admin")
    except (NotOfferedError, Exception) as error:  # noqa: BLE001 - a form that does not even offer the role is right too
        said = f"Refused {error}"
    assert "Refused" in said or "may" in said
    assert await acme.role("linus") == "member"


@through(doors.CHANGE_ROLE)
@pytest.mark.invariant(23)
async def test_the_last_holder_of_the_highest_role_cannot_be_lowered(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, target=acme.ada, role="Member")
    assert "Done" not in said
    assert await acme.role("ada") == "super_admin"


# Deactivating and reactivating ----------------------------------------------------------------------------------------


@through(doors.DEACTIVATE)
@pytest.mark.seed("004-85", "004-86")
@pytest.mark.invariant(20)
async def test_whoever_is_deactivated_can_do_nothing_from_the_next_word_on(acme: Team, door: Verb) -> None:
    await acme.linus.type("/access request manager because I look after newcomers")
    said = await door(acme.grace, target=acme.linus, reason="left")
    assert "Done" in said
    assert await acme.status("linus") == "deactivated"
    assert (await acme.linus.type("/access mine")).words.startswith("Refused")
    assert not await pending(acme)


@through(doors.DEACTIVATE)
@pytest.mark.invariant(23)
async def test_the_last_holder_of_the_highest_role_cannot_be_deactivated(acme: Team, door: Verb) -> None:
    said = await door(acme.grace, target=acme.ada)
    assert "Done" not in said
    assert await acme.status("ada") == "active"


@through(doors.DEACTIVATE)
async def test_deactivating_who_manages_members_waits_for_a_second_person(acme: Team, door: Verb) -> None:
    """Nobody else may approve it here, so ada's own code would decide."""
    said = await door(acme.ada, target=acme.grace)
    assert "Done" not in said
    assert await acme.status("grace") == "active"


@through(doors.REACTIVATE)
@pytest.mark.seed("004-87")
async def test_whoever_is_reactivated_has_their_role_back(acme: Team, door: Verb) -> None:
    await acme.grace.type("/usher deactivate linus@example.com")
    said = await door(acme.grace, target=acme.linus)
    assert "Done" in said
    assert await acme.status("linus") == "active"
    assert await acme.role("linus") == "member"


# Asking for access ----------------------------------------------------------------------------------------------------


@through(doors.REQUEST)
async def test_a_request_waits_and_its_card_goes_where_it_was_asked_or_to_whoever_may_decide(
    acme: Team, door: Verb
) -> None:
    said = await door(acme.linus, role="Manager", reason="I look after *newcomers* <!channel>")
    assert "Waiting" in said
    assert await acme.role("linus") == "member"
    await acme.bot.settle()
    card = await acme.grace.wait_for(lambda message: bool(message.controls))
    assert "Manager" in card.words
    assert "newcomers" in card.words


@through(doors.REQUEST)
async def test_a_request_without_a_reason_is_given_back(acme: Team, door: Verb) -> None:
    said = await door(acme.linus, role="Manager", reason="")
    assert "Waiting" not in said
    assert not await pending(acme)


@through(doors.REQUEST)
async def test_asking_for_what_one_holds_is_answered(acme: Team, door: Verb) -> None:
    said = await door(acme.linus, role="Member", reason="just to be sure")
    assert "Waiting" not in said
    assert not await pending(acme)


# Deciding -------------------------------------------------------------------------------------------------------------


async def _asked(acme: Team) -> None:
    await acme.linus.type("/access request manager because I look after newcomers")
    await acme.bot.settle()


@through(doors.APPROVE)
@pytest.mark.invariant(30, 34)
async def test_an_approval_with_a_code_runs_the_change_once_and_tells_the_asker(acme: Team, door: Verb) -> None:
    await _asked(acme)
    said = await door(acme.grace, code=acme.code("grace"))
    assert "Done" in said
    assert await acme.role("linus") == "manager"
    await acme.bot.settle()
    assert "Manager" in acme.linus.dm()[-1].words
    cards = [one for one in acme.grace.messages("general") if not one.ephemeral_to]
    assert not [control for one in cards for control in one.controls]


@through(doors.APPROVE)
@pytest.mark.invariant(11)
async def test_a_wrong_code_approves_nothing(acme: Team, door: Verb) -> None:
    await _asked(acme)
    said = await door(acme.grace, code="000000")
    assert "Done" not in said
    assert "code" in said
    assert await acme.role("linus") == "member"


@through(doors.APPROVE)
@pytest.mark.invariant(25, 32)
async def test_whoever_could_not_make_the_change_cannot_approve_it(acme: Team, door: Verb) -> None:
    await _asked(acme)
    try:
        said = await door(acme.mei, code="123456")
    except NotOfferedError:
        said = "Refused"
    assert "Refused" in said
    assert await acme.role("linus") == "member"


@through(doors.APPROVE)
@pytest.mark.invariant(32)
async def test_whoever_asked_cannot_approve(acme: Team, door: Verb) -> None:
    await _asked(acme)
    try:
        said = await door(acme.linus, code="123456")
    except NotOfferedError:
        said = "Refused"
    assert "Refused" in said
    assert await acme.role("linus") == "member"


@through(doors.DENY)
async def test_a_denial_ends_the_request_and_the_asker_reads_the_reason(acme: Team, door: Verb) -> None:
    await _asked(acme)
    said = await door(acme.grace, reason="Not this week")
    assert "Done" in said
    assert not await pending(acme)
    await acme.bot.settle()
    assert "Not this week" in acme.linus.dm()[-1].words
    assert await acme.role("linus") == "member"


@through(doors.DENY)
async def test_a_denial_without_a_reason_is_given_back(acme: Team, door: Verb) -> None:
    await _asked(acme)
    said = await door(acme.grace, reason=" ")
    assert "Done" not in said
    assert await pending(acme)


@through(doors.CANCEL)
@pytest.mark.invariant(36)
async def test_whoever_asked_can_cancel(acme: Team, door: Verb) -> None:
    await _asked(acme)
    said = await door(acme.linus)
    assert "Done" in said
    assert not await pending(acme)


# Keeping for longer, and giving back ----------------------------------------------------------------------------------


async def _in_sales(acme: Team) -> None:
    """Linus asked to be in a group for a while."""
    await acme.ada.type("/usher group create Sales")
    await acme.linus.type("/access request group Sales for 4h because I sell")
    await acme.bot.settle()
    assert "Done" in doors.read(await acme.grace.press("Approve", on=await _card(acme)), acme.grace)
    await acme.grace.close()


async def _card(acme: Team) -> Message:
    return await acme.grace.wait_for(lambda message: "Approve" in {one.label for one in message.controls})


async def _groups(acme: Team) -> list[str]:
    held = await acme.bot.usher.queries.access(await acme.desk("linus"))
    return [one.thing for one in held if one.asked == "group"]


@through(doors.EXTEND)
async def test_what_is_held_for_a_while_is_kept_longer_once_somebody_else_approves(acme: Team, door: Verb) -> None:
    await _in_sales(acme)
    said = await door(acme.linus, lasts="8h")
    assert "Waiting" in said
    await acme.bot.settle()
    await acme.grace.press("Approve", on=await _card(acme))
    await acme.bot.later(hours=4, seconds=1)
    assert await _groups(acme) == ["Sales"]
    await acme.bot.later(hours=4)
    assert await _groups(acme) == []


@through(doors.GIVE_BACK)
async def test_what_was_asked_for_is_given_back_at_once(acme: Team, door: Verb) -> None:
    await _in_sales(acme)
    said = await door(acme.linus)
    assert "Done" in said
    assert await _groups(acme) == []


# Looking after invitations --------------------------------------------------------------------------------------------


async def _invited(acme: Team) -> str:
    await acme.grace.type("/usher invite new@example.org as guest")
    await acme.bot.settle()
    return doors.link_in((await acme.bot.mailbox.wait_for(to="new@example.org")).text)


@through(doors.RESEND)
@pytest.mark.seed("003-43", "004-95", "004-96")
@pytest.mark.invariant(2)
async def test_resending_kills_the_earlier_link_and_mails_a_new_one(acme: Team, door: Verb) -> None:
    earlier = await _invited(acme)
    said = await door(acme.grace)
    assert "Done" in said
    await acme.bot.settle()
    newer = doors.link_in(acme.bot.mailbox.messages[-1].text)
    assert newer != earlier
    assert await acme.bot.usher.queries.link_page("invitation", earlier) is None
    assert await acme.bot.usher.queries.link_page("invitation", newer) is not None


@through(doors.REVOKE)
@pytest.mark.seed("003-44")
@pytest.mark.invariant(2)
async def test_revoking_kills_the_link(acme: Team, door: Verb) -> None:
    link = await _invited(acme)
    assert "Done" in await door(acme.grace)
    assert await acme.bot.usher.queries.link_page("invitation", link) is None


@through(doors.COPY_LINK)
@pytest.mark.seed("001-11")
@pytest.mark.invariant(2)
async def test_a_copied_link_works_and_the_mailed_one_is_dead(acme: Team, door: Verb) -> None:
    mailed = await _invited(acme)
    said = await door(acme.grace)
    copied = doors.link_in(_raw(said, acme))
    assert await acme.bot.usher.queries.link_page("invitation", mailed) is None
    assert await acme.bot.usher.queries.link_page("invitation", copied) is not None


def _raw(said: str, acme: Team) -> str:
    """The link is in what only grace sees: the ephemeral message or the page over Home."""
    if "/invitations/" in said:
        return said
    seen: list[View] = [acme.grace.modal] if acme.grace.modal else []
    texts = [str(one.blocks) for one in seen] + [str(one.blocks) for one in acme.grace.messages()]
    return next(text for text in reversed(texts) if re.search("/invitations/", text))


# The flows in other catalogues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("catalogue", ["automation", "mondoo"])
async def test_the_flows_run_in_every_catalogue(database_url: str, catalogue: str) -> None:
    kept = await settle_team(database_url, catalogue)
    async with team(database_url, kept, catalogue) as acme:
        cast = acme.cast
        assert await acme.role("ada") == cast.top
        assert await acme.role("grace") == cast.managing
        said = doors.read(await acme.grace.type(f"/usher invite new@example.org as {cast.plain}"), acme.grace)
        assert said.startswith("Done"), said
        await acme.linus.type(f"/access request {cast.managing} because I look after newcomers")
        await acme.bot.settle()
        name = "ada" if catalogue == "mondoo" else "grace"
        approver = acme.bot.person(name)
        denied = await doors.DENY["home"](approver, reason="Not now")
        assert "Done" in denied, denied
        again = await acme.linus.type(f"/access request {cast.managing} because I still do")
        assert again.text.startswith("Waiting"), again.text
        await acme.bot.settle()
        approved = await doors.APPROVE["home"](approver, code=acme.code(name))
        assert "Done" in approved, approved
        assert await acme.role("linus") == cast.managing
        gone = doors.read(await acme.grace.type("/usher deactivate mei@example.com"), acme.grace)
        assert gone.startswith("Done"), gone
        assert (await acme.mei.type("/access mine")).words.startswith("Refused")
        back = doors.read(await acme.grace.type("/usher reactivate mei@example.com"), acme.grace)
        assert back.startswith("Done"), back
