"""What people are told unasked. The sentences are kept, so that a change of them is seen."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.wording.mails import Written, code_mail, invitation_mail
from bot.wording.notices import SENTENCES, SUBJECTS, invitation_offer, told, told_mail
from handlers import catalogue
from handlers.commands import Account, Named
from handlers.models import Recipient, ToldLetter
from handlers.notices import About, Told
from tests.delivery.office import PUBLIC, invitation, request_card

ABOUTS: tuple[About, ...] = get_args(About)
ADA = Recipient(Named("ada", "Ada", "ada@example.org", "U1ADA"), Account("T1", "U1ADA"), "ada@example.org", "UTC")
BEN = Named("ben", "Ben Okri", "ben@example.org", "U2BEN")
HOSTILE = (
    "<!channel> <@U9EVIL> <https://evil.example|here> *b* _i_ ~s~ `c` :wave: @here www.evil.example "
    "<script>alert(1)</script> \"'& \r\nBcc: x@example.org\u202e\u0000\x1b[31m =cmd()"
)


def letter(*, by: Named | None = BEN, card: bool = False, space: str | None = None) -> ToldLetter:
    asked = request_card(
        requester=ADA.member, target=ADA.member, change="request-access", decided_by=by, why="too much"
    )
    return ToldLetter(ADA, "Example Corp", catalogue.load("default"), by, BEN, asked if card else None, space)


def notice(about: About) -> Told:
    if about == "permissions-changed":
        return Told("ada", about, old="toggle:tags", new="addon:policy_editor,datasets")
    if about == "access-given":
        ends = datetime(2026, 12, 1, 18, tzinfo=UTC)
        return Told("ada", about, new="ticket_creator", ends=ends, asked="add-on")
    if about == "group-deleted":
        return Told("ada", about, old="Night shift")
    if "space" in about:
        return Told("ada", about, old="editor", space="s1")
    ends = datetime(2026, 12, 1, 18, tzinfo=UTC) if about == "role-changed" else None
    return Told("ada", about, old="member", new="admin", ends=ends)


@pytest.mark.parametrize("about", ABOUTS)
def test_everything_told_is_said_so(about: About, snapshot: SnapshotAssertion) -> None:
    given = letter(card=about.startswith("request"), space="Apollo" if "space" in about else None)
    if about.startswith("group-") or about in {"shared", "unshared"}:
        given = replace(given, thing="Night shift")
    if about == "changed-alone":
        given = replace(given, card=request_card(requester=BEN, target=Named("cleo", "Cleo", "cleo@example.org")))
    own = replace(given, subject=ADA.member) if about in {"role-changed", "access-ended"} else given

    mail = told_mail(notice(about), own)
    assert {"slack": told(notice(about), own)[0], "subject": mail.subject, "mail": mail.text} == snapshot


@pytest.mark.parametrize("about", ABOUTS)
def test_nothing_is_left_unsaid_where_little_is_known(about: About) -> None:
    """Whoever did it has left, the request cannot be read any more, and nobody is named."""
    bare = ToldLetter(ADA, "", catalogue.load("default"), None, None, None, None)
    for text in (told(Told("ada", about), bare)[0], told_mail(Told("ada", about), bare).text):
        assert "None" not in text
        assert len(text) > 20


def test_every_notice_has_its_sentence_and_its_subject() -> None:
    assert set(ABOUTS) == set(SENTENCES) == set(SUBJECTS)


def all_mails(text: str) -> list[Written]:
    named = Named("x", text, "x@example.org")
    told_by = replace(letter(by=named, card=True, space=text), organization=text)
    asked = replace(told_by.card or request_card(), reason=text, why=text, requester=named, space=text)
    mails = [told_mail(notice(about), replace(told_by, card=asked, subject=named)) for about in ABOUTS]
    offered = replace(invitation(), organization=text, to=named, invited_by=named, space=text)
    return [*mails, invitation_mail(offered, f"{PUBLIC}/x"), code_mail("12345678", text)]


@pytest.mark.invariant(43)
def test_hostile_text_makes_no_link_no_tag_and_no_header_in_any_mail() -> None:
    for mail in all_mails(HOSTILE):
        assert "\n" not in mail.subject
        for text in (mail.subject, mail.text, mail.html):
            assert not {"\u202e", "\x00", "\x1b"} & set(text)
        assert "<script" not in mail.html
        assert "evil.example" not in mail.text + mail.html
        assert all(link.startswith(PUBLIC) for link in re.findall(r"https?://[^\s\"<]*", mail.text + mail.html))


@pytest.mark.invariant(43)
def test_hostile_text_mentions_and_formats_nothing_in_slack() -> None:
    named = Named("x", HOSTILE, "x@example.org")
    hostile = replace(letter(by=named, card=True, space=HOSTILE), organization=HOSTILE, subject=named)
    said = [told(notice(about), hostile) for about in ABOUTS]
    said.append(invitation_offer(replace(invitation(), organization=HOSTILE, to=named, invited_by=named)))
    for text, blocks in said:
        assert "<!channel" not in text
        assert "<https" not in text
        assert "<@U9EVIL" not in text
        assert {block["type"] for block in blocks} <= {"rich_text", "actions"}


@pytest.mark.parametrize("length", [1, 5000])
def test_endless_text_still_fits(length: int) -> None:
    named = Named("x", "x" * length, "x@example.org")
    endless = replace(letter(by=named, card=True), organization="y" * length, subject=named)
    for about in ABOUTS:
        text, _ = told(notice(about), endless)
        assert len(text) <= 4000
        assert len(told_mail(notice(about), endless).subject) < 200


def test_a_plain_address_stays_as_it_is_so_that_it_can_be_copied() -> None:
    nameless = letter(by=Named("x", "", "zoe@mail.example.org"))

    assert "zoe@mail.example.org" in told_mail(notice("deactivated"), nameless).text


def test_what_holds_a_link_or_a_code_shows_neither() -> None:
    assert "12345678" not in repr(code_mail("12345678", "Corp"))
    assert "secret" not in repr(invitation_mail(invitation(), f"{PUBLIC}/secret"))
