"""Every answer says in its first word how it stands, and every refusal what to do next."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import pytest

from bot.wording.outcomes import Reader, said
from bot.wording.refusals import REFUSALS, UNNAMED, next_step, reason_and_step, refused, why_void
from handlers.catalogue import load
from handlers.commands import (
    Accepted,
    Approved,
    Asked,
    AskedAgain,
    CodeSent,
    Connected,
    CredentialsReset,
    CredentialsSet,
    DataDeleted,
    Departed,
    Done,
    Exporting,
    GivenBack,
    GrantGiven,
    GroupChanged,
    Importing,
    ImportRead,
    InvitationChanged,
    InvitationsChanged,
    Invited,
    IsSetUp,
    LinkReady,
    MemberEdited,
    Minted,
    Named,
    Noted,
    NotInvited,
    OrganizationChanged,
    PasswordRevealed,
    PermissionsChanged,
    RefusalCode,
    Refused,
    Removed,
    RequestEnded,
    ResourceChanged,
    Result,
    RoleChanged,
    SentAgain,
    SpaceChanged,
    StatusChanged,
    TokenMade,
    TokenRevoked,
    Voted,
    Waiting,
    WebhookDeleted,
    WebhookMade,
)

CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)
ADA = Named("m1", "Ada", "ada@example.org", "U0ADA")
WHEN = datetime(2026, 12, 1, tzinfo=UTC)
LINK = Minted("setup", "i1", 1)
READER = Reader(load("default"), "Europe/Berlin", lambda minted: f"https://usher.example/{minted.purpose}/TOKEN")


def every_result() -> Iterator[Any]:
    yield IsSetUp("Acme", "acme", LINK)
    yield from (CodeSent("ada@example.org", by) for by in ("mail", "authenticator"))
    yield from (Connected("Acme", ADA, elsewhere) for elsewhere in (True, False))
    yield from (LinkReady(link, ADA, WHEN) for link in (LINK, Minted("invitation", "i1", 2), Minted("reset", "i1", 1)))
    yield from (CredentialsSet("Acme", factor) for factor in (True, False))
    yield from every_invited()
    yield from (
        InvitationChanged(what, ADA, mailed) for what in ("resent", "revoked", "expired") for mailed in (True, False)
    )
    for several in ((ADA,), (ADA,) * 1200):
        yield from (InvitationsChanged("resent", several, left, mailed=left == 0) for left in (0, 3))
        yield InvitationsChanged("revoked", several, 1, mailed=False)
    yield from (SentAgain(letters, left) for letters, left in ((1, 0), (200, 12)))
    yield from (Accepted("Acme", ADA, "member", factor, factor) for factor in (True, False))
    yield AskedAgain()
    yield from (
        RoleChanged(ADA, "member", new, None, ends, alone=alone)
        for new, ends, alone in (("admin", None, True), ("admin", WHEN, False), (None, None, False))
    )
    yield RoleChanged(ADA, None, "viewer", "Apollo", None)
    yield from (
        StatusChanged(ADA, status, alone=alone) for status in ("active", "deactivated") for alone in (True, False)
    )
    yield PermissionsChanged(ADA, reset=True, taken=("toggle:ai_chat",))
    yield PermissionsChanged(ADA, space="Apollo", given=("addon:sla_manager", "addon:gone"), datasets=True, alone=True)
    yield SpaceChanged("created", "Apollo", "apollo")
    yield SpaceChanged("renamed", "Apollo", "apollo", "Gemini")
    yield SpaceChanged("deleted", "Apollo", "apollo", alone=True)
    yield from (Removed(ADA, "Apollo", old) for old in ("owner", None))
    yield from every_organization_changed()
    yield from (TokenMade("t1", "Dashboards", "usher_secret"), TokenRevoked("Dashboards"))
    url = "https://product.example.com/usher"
    yield from (WebhookMade("w1", url, "whsec_secret"), WebhookDeleted(url))
    yield from every_thing_changed()
    yield from (Exporting(many, exact=exact) for many in (0, 1, 10_000) for exact in (True, False))
    for asked in get_args(Asked):
        yield GrantGiven(ADA, asked, "Sales", "Apollo", WHEN)
        yield GivenBack(asked, "Sales", None, "viewer")
    yield from (Voted("r1", missing) for missing in (1, 2))
    yield from (
        Approved("r1", result)
        for result in (RoleChanged(ADA, "member", "admin", None, None), StatusChanged(ADA, "active"), *every_invited())
    )
    yield from (RequestEnded("r1", how, "same-role") for how in ("denied", "cancelled", "expired", "void"))
    yield Noted()
    yield from every_departure()
    yield from every_edit()
    yield from every_reset()
    yield from every_import()


def every_edit() -> Iterator[MemberEdited]:
    yield MemberEdited(ADA, ("name", "timezone", "groups"), alone=True)
    yield MemberEdited(ADA, ("name",))
    yield MemberEdited(ADA, ("timezone",), own=True)


def every_departure() -> Iterator[Departed | DataDeleted]:
    yield from (Departed(ADA, "removed", alone=alone) for alone in (True, False))
    yield from (Departed(Named("m1", "Deleted member ABC123", ""), "deleted", count) for count in (0, 1, 3000))
    yield from (DataDeleted(ADA, count, own=own) for own in (True, False) for count in (1, 3000))


def every_import() -> Iterator[ImportRead | Importing]:
    yield ImportRead("i1", "people.csv", (("will-invite", 2), ("already-member", 1), ("wrong", 1200)))
    yield ImportRead("i1", "people.csv", ())
    yield from (Importing("begun", "people.csv", count, alone=alone) for count in (1, 9800) for alone in (True, False))
    yield Importing("dropped", "people.csv", 0)


def every_reset() -> Iterator[CredentialsReset | PasswordRevealed]:
    ways: tuple[Literal["mail", "direct-message", "both", "none"], ...] = ("mail", "direct-message", "both", "none")
    yield from (CredentialsReset(ADA, "password-link", way) for way in ways[:2])
    yield from (CredentialsReset(ADA, "password-generated", way) for way in ways[:2])
    yield from (CredentialsReset(ADA, "factor", way, alone=True) for way in ways)
    yield PasswordRevealed("Acme", ADA, factor=True, at=WHEN)


def every_organization_changed() -> Iterator[OrganizationChanged]:
    for link in (LINK, None):
        yield OrganizationChanged("created", "Acme", "acme", link=link)
    yield from (OrganizationChanged("used", "Acme", "acme"), OrganizationChanged("settings", "Acme", "acme"))
    yield from (OrganizationChanged("transferred", "Acme", "acme", member=who, alone=True) for who in (ADA, None))
    yield from (OrganizationChanged("closed", "Acme", "acme", gone=gone) for gone in (WHEN, None))


def every_thing_changed() -> Iterator[GroupChanged | ResourceChanged]:
    yield from (GroupChanged("created", "Design"), GroupChanged("deleted", "Design"))
    yield GroupChanged("renamed", "Art", old="Design")
    for many in (1, 3, 90):
        yield from (
            GroupChanged("joined", "Design", people=(ADA,) * many),
            GroupChanged("left", "D", None, (ADA,) * many),
        )
        yield ResourceChanged("shared", "image", "1", "Scan", ("Ada",) * many)
        yield ResourceChanged("unshared", "planet", "1", "Scan", ("Ada",) * many)
        yield ResourceChanged("notified", "image", "1", "Scan", told=many)
    yield from (ResourceChanged("added", "image", "1", "Scan"), ResourceChanged("changed", "image", "1", "Scan"))
    yield from (ResourceChanged("removed", "image", "1", "Scan"), ResourceChanged("notified", "image", "1", "Scan"))
    yield ResourceChanged("notified", "image", "1", "Scan", ("a@example.org",) * 20, told=3, missed=25)


def every_invited() -> Iterator[Invited]:
    left_out = tuple(
        NotInvited(f"{why}@example.org", why)
        for why in ("not-an-address", "already-member", "already-invited", "deactivated")
    )
    yield Invited((ADA,), (), "member", None, WHEN, mailed=True)
    yield Invited((ADA,) * 200, left_out * 60, "viewer", "Apollo", WHEN, mailed=False)


def test_every_kind_of_result_is_tried_here() -> None:
    kinds = set(get_args(get_args(Result)[0]))
    assert {type(result) for result in every_result()} == kinds


@pytest.mark.parametrize("result", list(every_result()), ids=lambda result: type(result).__name__)
def test_every_result_is_said_whole(result: Any) -> None:
    words = said(Done(result), READER).plain()
    first = "Refused" if isinstance(result, RequestEnded) and result.how == "void" else "Done"
    assert words.startswith(f"{first}. ")
    assert well_said(words)


@pytest.mark.parametrize("approvers", [(), (ADA,), (ADA,) * 9])
@pytest.mark.parametrize("approvals", [1, 2])
@pytest.mark.parametrize("on", ["approval", "code"])
def test_who_waits_reads_for_whom_and_what_next(on: Any, approvals: int, approvers: tuple[Named, ...]) -> None:
    words = said(Waiting(on, "r1", approvers, approvals, code=True), READER).plain()
    assert words.startswith("Waiting ")
    assert well_said(words)
    if approvers and on == "approval":
        assert "Ada" in words


def test_every_refusal_has_words() -> None:
    assert set(REFUSALS) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_says_why_and_what_to_do_next(code: RefusalCode) -> None:
    words = refused(Refused(code)).plain()
    assert words.startswith("Refused. ")
    assert next_step(Refused(code)).plain()
    assert well_said(words)
    assert well_said(reason_and_step(Refused(code)).plain())


@pytest.mark.parametrize("code", CODES)
@pytest.mark.invariant(43)
def test_the_facts_of_a_refusal_are_only_words(code: RefusalCode) -> None:
    hostile = dict.fromkeys(UNNAMED, "<!channel> {person} *x*")
    shown = refused(Refused(code, facts=hostile)).slack()
    assert "<!channel>" not in shown
    assert "*x*" not in shown


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("nobody-invited", "Resend"),
        ("nobody-invited", "/usher reactivate"),
        ("no-factor", "/access me"),
        ("not-connected", "/access connect"),
        ("no-organization", "/usher setup"),
        ("not-on-oneself", "/access request"),
    ],
)
def test_the_next_step_is_one_that_helps(code: RefusalCode, step: str) -> None:
    assert step in next_step(Refused(code)).plain()


def test_each_address_that_was_left_out_is_named_with_what_helps() -> None:
    left_out = (NotInvited("bob@example.org", "already-invited", "i2"), NotInvited("eve@example.org", "deactivated"))
    words = said(Done(Invited((ADA,), left_out, "member", None, WHEN, mailed=True)), READER).plain()
    assert "already invited: bob@example.org (Resend" in words
    assert "deactivated: eve@example.org (/usher reactivate" in words


def test_a_void_request_says_what_its_change_would_get_now() -> None:
    assert (
        why_void("last-holder").plain()
        == f"{UNNAMED['person']} is the last one with the role {UNNAMED['role']}, and there is always to be one."
    )
    assert why_void("somebody's own words").plain() == "somebody's own words"


@pytest.mark.invariant(3)
def test_a_one_time_link_is_shown_and_never_kept_in_a_repr() -> None:
    phrase = said(Done(LinkReady(LINK, ADA, WHEN)), READER)
    assert "https://usher.example/setup/TOKEN" in phrase.text()
    assert "TOKEN" not in repr(phrase)


@pytest.mark.invariant(3)
@pytest.mark.parametrize("made", [TokenMade("t1", "x", "usher_secret"), WebhookMade("w1", "https://x", "whsec_secret")])
def test_what_is_shown_once_stands_in_no_words_and_no_repr(made: TokenMade | WebhookMade) -> None:
    assert "secret" not in said(Done(made), READER).text().replace("Its secret", "") + repr(made).replace("secret=", "")


def well_said(words: str) -> bool:
    """Whole sentences: nothing left to be filled in, no doubled or missing blank, a full stop at the end."""
    odd = re.search(r"[{}]|  |\.\.|\s[.,]|None|[a-z][.][A-Z]", words)
    return odd is None and words.endswith((".", ")"))


def test_what_counts_as_well_said_is_strict_enough() -> None:
    assert not well_said("Done. {name} is in.")
    assert not well_said("Done. Ada  is in.")
    assert not well_said("Done. None is in.")
    assert dataclasses.is_dataclass(READER)
