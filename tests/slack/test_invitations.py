"""Inviting, and looking after invitations, through the doors of Slack."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground import Answer, Person
from tests.conftest import Settled
from tests.doors import Team, link_in, read, team


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


def labels(answer: Answer) -> list[str]:
    assert answer.message, answer.words
    return [control.label for control in answer.message.controls]


async def pressed(person: Person, label: str, answer: Answer) -> Answer:
    assert answer.message, answer.words
    return await person.press(label, on=answer.message)


async def narrowed(person: Person, listed: Answer, state: str) -> Answer:
    assert listed.message
    return await person.press("invitations_state", on=listed.message, choose=state)


def addresses(answer: Answer) -> list[str]:
    return re.findall(r"[a-z0-9.]+@example\.(?:com|net)", answer.text)


async def three_kinds(acme: Team) -> Person:
    """Two that are over, two that are open; ada has accepted or founded all else."""
    await acme.ada.type("/usher invite old1@example.net, old2@example.net as guest")
    await acme.bot.settle()
    await acme.bot.later(days=8)
    await acme.ada.type("/usher invite new1@example.net, new2@example.net as guest")
    await acme.bot.settle()
    return acme.ada


# The form -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-04", "003-37", "004-09", "004-10", "004-11", "000-11")
async def test_the_form_opens_from_home_needs_an_address_and_takes_a_name(acme: Team) -> None:
    home = await acme.grace.open_home()
    assert home
    opened = await acme.grace.press("Invite people", on=home)
    assert opened.view
    assert opened.view.title == "Invite people"
    inputs = {str(block["block_id"]): block for block in opened.view.blocks if block["type"] == "input"}
    required = [name for name, block in inputs.items() if not block.get("optional")]
    assert required == ["emails", "role"], "a role is chosen beside the only thing that must be typed"
    empty = await acme.grace.submit(role="Guest")
    assert "emails" in empty.errors
    done = await acme.grace.submit(emails="new@example.net", role="Guest", name="New Person")
    assert "Done. Invited new@example.net as Guest" in read(done, acme.grace)
    await acme.bot.settle()
    mail = await acme.bot.mailbox.wait_for(to="new@example.net")
    assert "/invitations/" in mail.text
    listed = await acme.grace.type("/usher invitations")
    assert "new@example.net (New Person), Guest · Pending, invited just now" in listed.text


@pytest.mark.seed("002-20", "004-12", "000-10")
async def test_only_roles_that_may_be_given_are_offered(acme: Team) -> None:
    opened = await acme.grace.type("/usher invite")
    assert opened.view
    role = next(block for block in opened.view.blocks if block.get("block_id") == "role")
    groups = role["element"]["option_groups"]
    offered = [option["text"]["text"] for option in groups[0]["options"]]
    assert offered == ["Admin", "Manager", "Member", "Guest"]


@pytest.mark.seed("004-13", "004-14", "001-05")
async def test_several_are_reviewed_before_they_are_sent_and_what_is_changed_is_reviewed_again(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher group create Design")
    await grace.type("/usher invite")
    typed = "a@example.net, linus@example.com, nonsense@, b@example.net"
    shown = await grace.submit(emails=typed, role="Guest", groups=["Design"])
    assert shown.view
    assert shown.view.title == "Review and send"
    assert "Nothing is sent yet. 2 people will be invited as Guest, into Design:" in shown.view.words
    assert "a@example.net and b@example.net" in shown.view.words
    assert "Left out, not an e-mail address: nonsense@" in shown.view.words
    assert "Left out, already a member: linus@example.com" in shown.view.words
    await acme.bot.settle()
    assert not [one for one in acme.bot.mailbox.messages if one.to.endswith("@example.net")]

    changed = await grace.submit(emails="a@example.net, c@example.net")
    assert changed.view
    assert "a@example.net and c@example.net" in changed.view.words, "what was not shown is shown first"
    done = await grace.submit()
    assert "Done. Invited a@example.net and c@example.net as Guest" in read(done, grace)
    await acme.bot.settle()
    assert {one.to for one in acme.bot.mailbox.messages} >= {"a@example.net", "c@example.net"}


async def test_one_person_is_invited_without_ado_and_what_can_invite_nobody_is_said_at_once(acme: Team) -> None:
    await acme.grace.type("/usher invite")
    wrong = await acme.grace.submit(emails="linus@example.com, mei@example.com", role="Guest")
    assert "already a member" in wrong.errors["emails"]
    done = await acme.grace.submit(emails="a@example.net A@example.net", role="Guest")
    assert "Done. Invited" in read(done, acme.grace)


@pytest.mark.seed("004-92", "002-22", "004-91")
async def test_who_is_invited_waits_and_is_active_by_the_link_alone(acme: Team) -> None:
    await acme.grace.type("/usher invite dana@example.com as guest")
    await acme.bot.settle()
    listed = await acme.grace.type("/usher invitations")
    assert "dana@example.com, Guest · Pending, invited just now" in listed.text
    assert await acme.status("dana") is None, "nobody acts before they accept"
    await acme.dana.press("Accept")
    assert await acme.status("dana") == "active"
    listed = await acme.grace.type("/usher invitations")
    assert re.search(r"dana@example\.com \(Dana Scott\), Guest · Accepted, .*accepted just now", listed.text)


# The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-07", "000-08", "003-41", "003-42")
async def test_the_list_says_what_became_of_each_and_when_and_is_filtered_in_place(acme: Team) -> None:
    ada = await three_kinds(acme)
    listed = await ada.type("/usher invitations")
    assert "Pending: 2, Expired: 2, Accepted: 3, Revoked: 0." in listed.text
    assert re.search(r"new1@example\.net, Guest · Pending, invited just now by .*, until 17 Mar 2026", listed.text)
    assert re.search(r"old1@example\.net, Guest · Expired, invited 8 days ago by .*, expired 1 day ago", listed.text)
    count = len(ada.messages())
    expired = await narrowed(ada, listed, "Expired (2)")
    assert expired.text.startswith("2 expired invitations, newest first.")
    assert sorted(addresses(expired)) == ["old1@example.net", "old2@example.net"]
    everything = await narrowed(ada, expired, "All (7)")
    assert everything.text.startswith("7 invitations, newest first.")
    assert len(ada.messages()) == count, "in place"
    typed = await ada.type("/usher invitations status:accepted")
    assert typed.text.startswith("3 accepted invitations")
    assert (await ada.type("/usher invitations revoked")).text.startswith("No revoked invitations.")
    assert "is no status of an invitation" in (await ada.type("/usher invitations status:lost")).text


async def test_the_filter_is_remembered_while_pages_are_turned(acme: Team) -> None:
    await acme.ada.type("/usher invite " + ", ".join(f"p{n:02}@example.net" for n in range(13)) + " as guest")
    listed = await narrowed(acme.ada, await acme.ada.type("/usher invitations"), "Pending (13)")
    second = await pressed(acme.ada, "Next", listed)
    assert second.text.startswith("3 of 13 pending invitations")
    assert not re.search("Accepted, ", second.text)
    first = await pressed(acme.ada, "Previous", second)
    assert sorted(addresses(first) + addresses(second)) == sorted(f"p{n:02}@example.net" for n in range(13))


async def test_the_filter_of_a_space_keeps_to_the_space(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    await acme.linus.type("/usher invite a@example.net as viewer to Apollo")
    await acme.ada.type("/usher invite b@example.net as guest")
    listed = await acme.linus.type("/usher invitations Apollo status:pending")
    assert listed.text.startswith("1 pending invitation to Apollo")
    wide = await narrowed(acme.linus, listed, "All (1)")
    assert addresses(wide) == ["a@example.net"]
    assert addresses(await acme.linus.type("/usher invitations")) == ["a@example.net"], "not theirs to see"


@pytest.mark.seed("001-12", "001-11", "001-10")
async def test_beside_the_pending_state_the_link_is_copied_by_who_may(acme: Team) -> None:
    await acme.ada.type("/usher invite a@example.net as guest")
    listed = await acme.ada.type("/usher invitations status:pending")
    assert "· Pending," in listed.text
    copied = await pressed(acme.ada, "Copy invite link", listed)
    assert copied.message
    assert copied.message.ephemeral_to == acme.ada.id
    assert link_in(copied.text)
    revoked = await pressed(acme.ada, "Revoke", listed)
    assert revoked.text.startswith("Done. The invitation of")
    assert "Copy invite link" not in labels(await acme.ada.type("/usher invitations status:revoked"))


@pytest.mark.seed("003-43", "004-94", "004-95", "004-96")
async def test_resending_says_that_earlier_links_are_dead_and_only_the_invited_are_offered_it(acme: Team) -> None:
    await acme.ada.type("/usher invite a@example.net as guest")
    await acme.bot.settle()
    first = link_in((await acme.bot.mailbox.wait_for(to="a@example.net")).text)
    listed = await acme.ada.type("/usher invitations status:pending")
    said = await pressed(acme.ada, "Resend", listed)
    assert "every earlier link is dead" in said.text
    await acme.bot.settle()
    mails = [one for one in acme.bot.mailbox.messages if one.to == "a@example.net"]
    assert len(mails) == 2
    assert link_in(mails[-1].text) != first
    assert await acme.bot.usher.queries.link_page("invitation", first) is None
    assert "Resend" not in labels(await acme.ada.type("/usher invitations status:accepted"))


# Many in one go -------------------------------------------------------------------------------------------------------


@pytest.mark.seed("003-43")
async def test_all_that_expired_are_resent_by_one_form_that_says_how_many(acme: Team) -> None:
    ada = await three_kinds(acme)
    listed = await ada.type("/usher invitations")
    form = (await pressed(ada, "Resend all that expired (2)", listed)).view
    assert form
    assert "Resend 2 expired invitations?" in form.words
    assert "every earlier link dies at once" in form.words
    done = read(await ada.submit(), ada)
    assert "Done. 2 invitations resent: the earlier links are dead." in done
    await acme.bot.settle()
    assert len([one for one in acme.bot.mailbox.messages if one.to == "old1@example.net"]) == 2
    assert (await ada.type("/usher invitations status:pending")).text.startswith("4 pending invitations")


@pytest.mark.seed("003-44")
async def test_all_pending_are_revoked_and_what_came_after_the_form_opened_stays(acme: Team) -> None:
    ada = await three_kinds(acme)
    listed = await ada.type("/usher invitations status:pending")
    assert "Resend all that expired" not in " ".join(labels(listed)), "of what the filter shows"
    form = (await pressed(ada, "Revoke all pending (2)", listed)).view
    assert form
    assert "Revoke 2 pending invitations?" in form.words
    acme.bot.clock.pass_by(minutes=1)
    await acme.grace.type("/usher invite later@example.net as guest")
    assert "Done. 2 invitations revoked" in read(await ada.submit(), ada)
    left = await ada.type("/usher invitations status:pending")
    assert addresses(left) == ["later@example.net"]


async def test_of_two_who_send_the_same_page_the_second_is_told_that_none_is_open(acme: Team) -> None:
    ada = await three_kinds(acme)
    for person in (ada, acme.grace):
        await pressed(person, "Revoke all pending (2)", await person.type("/usher invitations status:pending"))
    assert "Done. 2 invitations revoked" in read(await ada.submit(), ada)
    second = await acme.grace.submit()
    assert second.view
    assert second.view.title == "Refused"
    assert "Refused. These invitations are no longer open." in second.view.words


async def test_expired_ones_are_cleared_and_a_forged_page_changes_nothing(acme: Team) -> None:
    ada = await three_kinds(acme)
    listed = await ada.type("/usher invitations status:expired")
    form = (await pressed(ada, "Revoke all that expired (2)", listed)).view
    assert form
    assert "Done. 2 invitations revoked" in read(await ada.submit(), ada)
    assert "Refused. This invitation is no longer open." in read(await _again(ada), ada)


async def _again(person: Person) -> Answer:
    listed = await person.type("/usher invitations status:pending")
    form = await pressed(person, "Revoke all pending (2)", listed)
    assert form.view
    await person.submit()
    await person.close()
    await person.type("/usher invite new1@example.net as guest")
    return await person.press("Resend", on=listed.message)


async def test_some_are_ticked_and_each_answers_for_itself(acme: Team) -> None:
    ada = await three_kinds(acme)
    listed = await ada.type("/usher invitations")
    form = (await pressed(ada, "Choose several", listed)).view
    assert form
    none = await ada.submit(deed="Revoke")
    assert "Tick at least one" in none.errors["invitations-1"]
    ticked = ["old1@example.net", "new2@example.net"]
    chosen: dict[str, Any] = {"invitations-1": ticked, "deed": "Revoke"}
    assert "Done. 2 invitations revoked" in read(await ada.submit(**chosen), ada)
    await ada.close()
    left = await ada.type("/usher invitations status:revoked")
    assert sorted(addresses(left)) == ["new2@example.net", "old1@example.net"]


async def test_more_than_ten_are_ticked_in_parts_of_ten(acme: Team) -> None:
    await acme.ada.type("/usher invite " + ", ".join(f"p{n:02}@example.net" for n in range(23)) + " as guest")
    listed = await acme.ada.type("/usher invitations")
    form = (await pressed(acme.ada, "Choose several", listed)).view
    assert form
    parts = [block["element"]["options"] for block in form.blocks if str(block.get("block_id")).startswith("invit")]
    assert [len(part) for part in parts] == [10, 10, 3]


async def test_nobody_without_the_right_sees_or_changes_any(acme: Team) -> None:
    await acme.ada.type("/usher invite a@example.net, b@example.net as guest")
    listed = await acme.linus.type("/usher invitations")
    assert "@example.net" not in listed.text
    assert "Choose several" not in listed.words
