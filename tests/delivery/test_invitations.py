"""Invitations and codes: to whom they go, and what makes them stale."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack import ids
from handlers.models import InvitationLetter
from handlers.notices import CodeMail, InvitationMail, InvitationOffer
from tests.delivery.office import CODE, LINK_TOKEN, PUBLIC, Office, invitation
from tests.delivery.office import office as opened

STALE = [
    invitation(version=2),
    invitation(state="accepted"),
    invitation(state="revoked"),
    invitation(state="expired"),
    invitation(expires=invitation().expires - timedelta(days=7)),
    None,
]


def offer(office: Office, to: str, **changes: object) -> int:
    office.shelf.letters["inv"] = invitation(to, **changes)
    return office.put(InvitationOffer("inv", 1))


async def test_an_invitation_mail_leads_to_our_own_page_in_text_and_html(office: Office) -> None:
    office.shelf.letters["inv"] = invitation("zoe")
    office.put(InvitationMail("inv", 1))
    await office.deliver()

    [mail] = office.mailbox.messages
    link = f"{PUBLIC}/invitations/{LINK_TOKEN}-inv-1"
    assert mail.links == (link,)
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert mail.subject == "Ben Okri invites you to Example Corp"
    assert "as Member" in mail.text
    assert "9 Mar 2026, 12:00" in mail.text


@pytest.mark.parametrize("letter", STALE)
async def test_a_stale_invitation_is_neither_mailed_nor_offered(
    office: Office, letter: InvitationLetter | None
) -> None:
    if letter:
        office.shelf.letters["inv"] = letter
    rows = [office.put(InvitationMail("inv", 1)), office.put(InvitationOffer("inv", 1))]
    await office.deliver()

    assert [office.row(row).state for row in rows] == ["sent", "sent"]
    assert office.mailbox.messages == []
    assert office.heard("ada") == []


async def test_a_person_of_the_workspace_is_offered_one_button_that_holds_the_id_alone(office: Office) -> None:
    offer(office, "ada")
    await office.deliver()

    [message] = office.heard("ada")
    [button] = message.controls
    assert (button.action_id, button.label, button.value) == (ids.ACCEPT, "Accept", "inv")
    assert message.text.startswith("Ben Okri invites you to Example Corp as Member.")


@pytest.mark.parametrize("who", ["gus", "rob", "dan", "olga", "nobody"])
async def test_guests_bots_strangers_and_those_who_left_are_offered_nothing(office: Office, who: str) -> None:
    row = offer(office, who)
    await office.deliver()

    assert office.row(row).state == "sent"
    assert office.calls("chat.postMessage") == 0


async def test_letter_case_of_an_address_makes_no_difference(office: Office) -> None:
    user = office.slack.world.user_named("ada")
    assert user
    office.slack.world.put_user(user.evolve(email="Ada@Example.org"))
    offer(office, "ada")
    await office.deliver()

    assert len(office.heard("ada")) == 1


async def test_without_mail_an_invitation_mail_is_nothing_to_do() -> None:
    async with opened(mail=False) as office:
        office.shelf.letters["inv"] = invitation("zoe")
        office.shelf.codes["proof"] = ("zoe@example.org", CODE, "Example Corp")
        rows = [office.put(InvitationMail("inv", 1)), office.put(CodeMail("proof"))]
        await office.deliver()

        assert [office.row(row).state for row in rows] == ["sent", "sent"]


async def test_a_code_is_mailed_to_the_address_that_it_proves_and_stays_out_of_the_subject(office: Office) -> None:
    office.shelf.codes["proof"] = ("zoe@example.org", CODE, "Example Corp")
    office.put(CodeMail("proof"))
    await office.deliver()

    [mail] = office.mailbox.messages
    assert mail.to == "zoe@example.org"
    assert CODE in mail.text
    assert CODE in mail.html
    assert CODE not in mail.subject


async def test_a_code_that_was_used_meanwhile_is_not_mailed(office: Office) -> None:
    row = office.put(CodeMail("proof"))
    await office.deliver()

    assert office.row(row).state == "sent"
    assert office.mailbox.messages == []


@pytest.mark.invariant(43)
async def test_a_hostile_inviter_cannot_dress_an_invitation(office: Office) -> None:
    evil = "<!channel> <https://evil.example|*Slack*> https://evil.example/x\r\nBcc: b@example.org <b>&amp;"
    hostile = invitation("ada", organization=evil, space=None)
    assert hostile.invited_by
    office.shelf.letters["inv"] = replace(hostile, invited_by=replace(hostile.invited_by, name=evil))
    office.put(InvitationOffer("inv", 1))
    office.put(InvitationMail("inv", 1))
    await office.deliver()

    [message], [mail] = office.heard("ada"), office.mailbox.messages
    assert "<!" not in message.text
    assert "<https" not in message.text
    assert mail.links == (f"{PUBLIC}/invitations/{LINK_TOKEN}-inv-1",)
    assert "<b>" not in mail.html
    assert "\n" not in mail.subject
