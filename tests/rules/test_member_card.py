"""The card of a member: who sees what of whom, and that it offers what the gate would let them do, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

import pytest

from handlers.catalogue import Catalogue, load, shipped
from handlers.commands import (
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    Deactivate,
    DeleteData,
    DeleteMember,
    EditMember,
    JoinGroup,
    Person,
    Reactivate,
    Refusal,
    RefusalCode,
    RemoveFromSpace,
    RemoveMember,
    RequestAccess,
    ResetFactor,
    ResetPassword,
    SetPermissions,
)
from handlers.deeds import Deed
from handlers.gate import planned
from handlers.member_card_models import MemberCard
from storage.transaction import Transaction
from tests.people import Org, Somebody, closing, organization
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

# What the gate says to whoever may not; all else that it refuses it would refuse to anybody.
MAY_NOT: frozenset[RefusalCode] = frozenset(
    {"may-not", "may-not-act-on", "not-on-oneself", "may-not-give", "exactly-one", "not-offered"}
)
# One sample of each change that a button on the card leads to; looking is no change.
SENT: Mapping[Deed, Callable[[Person], Command]] = {
    "edit": lambda who: EditMember(who, name="Somebody Else"),
    "permissions": lambda who: SetPermissions(who, addons=()),
    "reset-password": ResetPassword,
    "reset-2fa": ResetFactor,
    "deactivate": Deactivate,
    "reactivate": Reactivate,
    "remove": RemoveMember,
    "delete-data": DeleteData,
    "delete": DeleteMember,
}
# Where there is nothing to change, whoever it is: no settings to set, no factor, no data, the same status already.
NOTHING_THERE: frozenset[RefusalCode] = frozenset(
    {
        "nothing-changes",
        "same-status",
        "not-a-member",
        "no-factor-set",
        "nothing-owned",
        "nothing-to-reset",
        "never-accepted",
        "stale-form",
    }
)


async def refused(org: Org, by: Somebody, command: Command) -> RefusalCode | None:
    """What the gate would refuse it with before anything is kept or done; None: it would not."""
    gate = cast("Any", org.usher.gate)
    attempt = type("Try", (), {"command": command, "by": by.actor(), "proven": None})()
    async with org.usher.store.reading() as connection:
        tx = Transaction(connection, at=org.clock())
        record = await gate._scopes.organization(connection, org.id, closed="request-gone")
        try:
            await planned(command, await gate._work(attempt, tx, record))
        except Refusal as refusal:
            return refusal.code
    return None


async def card(by: Somebody, of: Person) -> MemberCard:
    return await by.org.usher.queries.member(await by.desk(), of)


def actors(catalogue: Catalogue) -> list[str]:
    return [role.id for role in catalogue.organization.values() if not role.exactly_one]


async def people(org: Org, catalogue: Catalogue) -> dict[str, Somebody]:
    """Of each role somebody who is enrolled; exactly one holds the highest of some catalogues: the founder."""
    found = {role: await org.member(role, factor=True) for role in actors(catalogue)}
    return {role.id: found.get(role.id, org.founder) for role in catalogue.organization.values()}


async def targets(org: Org, catalogue: Catalogue) -> dict[tuple[str, str], Person]:
    """By role and status; the active ones own something of every kind, and have a second factor."""
    found: dict[tuple[str, str], Person] = {(catalogue.top.id, "active"): org.founder.person}
    for role in actors(catalogue):
        active, gone = await org.member(role, factor=True), await org.member(role)
        invited = await org.invitation(f"{role}@invited.example", role)
        await org.operator(Deactivate(gone.person))
        found |= {(role, "active"): active.person, (role, "deactivated"): gone.person}
        found[role, "invited"] = Person(id=await org.member_of(invited))
        for kind in catalogue.kinds:
            await org.operator(AddResource(kind, f"{role}-{kind}", f"{role} {kind}", owner=active.person))
    return found


@pytest.mark.invariant(24, 25)
@pytest.mark.seed("002-21")
@pytest.mark.parametrize("catalogue", shipped())
async def test_a_card_offers_what_the_gate_would_let_happen_and_nothing_else(sqlite_url: str, catalogue: str) -> None:
    rules = load(catalogue)
    org = await organization(sqlite_url, catalogue=catalogue, factor=True)
    by_role, everybody = await people(org, rules), await targets(org, rules)
    wrong: list[str] = []
    offered = 0
    for actor, by in by_role.items():
        for (role, status), target in everybody.items():
            if target.id == by.id:
                continue
            found = await _compared(org, by, target)
            offered += found[0]
            wrong += [f"{actor} on {status} {role}: {what}" for what in found[1]]
    assert not wrong, "\n".join(wrong)
    assert offered


async def _compared(org: Org, by: Somebody, target: Person) -> tuple[int, list[str]]:
    """How much was offered, and where the card and the gate do not agree."""
    try:
        shown = await card(by, target)
    except Refusal:  # they may list nobody
        return 0, []
    wrong: list[str] = []
    for deed, sent in SENT.items():
        code = await refused(org, by, sent(target))
        if code == "nothing-changes":  # what there is to set, the form of permissions knows
            code = None if deed in shown.deeds else code
        expected = code not in MAY_NOT | NOTHING_THERE
        if (deed in shown.deeds) != expected:
            wrong.append(f"{deed} is {'offered' if deed in shown.deeds else 'not offered'}, the gate: {code}")
    for one in org_roles(org):
        code = await refused(org, by, ChangeRole(target, one))
        expected = code not in MAY_NOT | NOTHING_THERE | {"invitation-gone"}
        offered = shown.whole is not None and one in shown.whole.gives
        if offered != expected:
            wrong.append(f"the role {one} is {'offered' if offered else 'not offered'}, the gate: {code}")
    return len(shown.deeds), wrong


# Who sees what --------------------------------------------------------------------------------------------------------


async def test_a_card_takes_few_statements(database_url: str, record_property: Callable[[str, object], None]) -> None:
    org = await organization(database_url)
    ada, bob = await org.member("admin"), await org.member("member", name="Bob")
    await org.makes_spaces(*(f"Space {number}" for number in range(5)))
    for number in range(5):
        await org.operator(ChangeRole(bob.person, "editor", f"Space {number}"))
    desk = await ada.desk()
    for who in (bob.person, Person(name="Bob"), Person(email=bob.email), Person(slack=bob.account.user)):
        with counting(org.usher.store) as counted:
            shown = await org.usher.queries.member(desk, who)
        assert shown.member.id == bob.id
        record_property("card", len(counted.read))
        assert len(counted.read) <= 3, "\n\n".join(counted.read)
    with counting(org.usher.store) as counted:
        await org.usher.queries.editable(desk, bob.id)
    assert len(counted.read) <= 3


async def unknown(by: Somebody, who: Person) -> RefusalCode:
    with pytest.raises(Refusal) as refusal:
        await card(by, who)
    return refusal.value.code


@pytest.mark.invariant(27)
async def test_whoever_is_elsewhere_gone_or_nobody_is_unknown_alike(database_url: str) -> None:
    org = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=org)
    ada, gone, erased = await org.member("super_admin"), await org.member("member"), await org.member("member")
    stranger = await other.member("member", name="Zelda")
    await org.operator(RemoveMember(gone.person))
    await org.operator(DeleteMember(erased.person))
    named = [stranger.person, Person(name="Zelda"), Person(email=stranger.email), Person(slack=stranger.account.user)]
    for who in (*named, gone.person, erased.person, Person(id="0" * 32), Person(name="Nobody"), Person(name="")):
        assert await unknown(ada, who) == "unknown-person"


async def test_several_of_one_name_are_told_apart_by_their_addresses(database_url: str) -> None:
    org = await organization(database_url)
    ada = await org.member("admin")
    one, two = await org.member("member", name="Sam"), await org.member("member", name="Sam")
    with pytest.raises(Refusal) as refusal:
        await card(ada, Person(name="sam"))
    assert refusal.value.code == "ambiguous-person"
    assert all(email in refusal.value.facts["several"] for email in (one.email, two.email))
    assert (await card(ada, Person(email=one.email))).member.id == one.id


@pytest.mark.invariant(27)
@pytest.mark.seed("003-45")
async def test_who_lists_only_in_a_space_sees_what_concerns_that_space(database_url: str) -> None:
    """An owner of Apollo who is a plain member of the organization."""
    org = await organization(database_url)
    await org.makes_spaces("Apollo", "Gemini")
    owner, both = await org.member("member"), await org.member("manager", name="Both")
    elsewhere = await org.member("member", name="Elsewhere")
    await org.operator(ChangeRole(owner.person, "owner", "Apollo"))
    for space in ("Apollo", "Gemini"):
        await org.operator(ChangeRole(both.person, "editor", space))
    await org.operator(ChangeRole(elsewhere.person, "viewer", "Gemini"))
    coming = await org.invitation("coming@example.com", "viewer", space="Apollo")
    seen = await card(owner, both.person)
    assert (seen.whole, [there.name for there in seen.spaces], seen.deeds) == (None, ["Apollo"], frozenset())
    assert seen.spaces[0].gives == ("owner", "editor", "viewer")
    assert seen.spaces[0].revocable
    assert await unknown(owner, elsewhere.person) == "unknown-person"
    assert await unknown(owner, Person(name="Elsewhere")) == "unknown-person"
    invited = await card(owner, Person(id=await org.member_of(coming)))
    assert [(row.role, row.space, row.manageable) for row in invited.invitations] == [("viewer", "Apollo", True)]
    manager = await org.member("admin")
    assert [there.name for there in (await card(manager, both.person)).spaces] == ["Apollo", "Gemini"]
    # Whoever ends it there sees nothing of them any more.
    await owner.does(RemoveFromSpace(both.person, "Apollo"))
    assert await unknown(owner, both.person) == "unknown-person"


async def test_who_may_list_nobody_sees_no_card(database_url: str) -> None:
    org = await organization(database_url)
    plain, other = await org.member("member"), await org.member("member")
    assert await unknown(plain, other.person) == "unknown-person"


async def test_a_card_shows_what_ends_what_waits_and_who_invited(database_url: str) -> None:
    org = await organization(database_url)
    await org.makes_spaces("Apollo")
    ada, bob = await org.member("super_admin"), await org.member("member", name="Bob")
    asked = await bob.asks(RequestAccess("manager", "I help out"))
    await ada.does(CreateGroup("Sales"))
    await ada.does(JoinGroup((bob.person,), "Sales"))
    await ada.does(ChangeRole(bob.person, "guest", lasts=timedelta(hours=2)))
    await org.operator(AddResource("image", "i-1", "One", owner=bob.person))
    shown = await card(ada, bob.person)
    assert shown.whole is not None
    ends = org.clock() + timedelta(hours=2)
    assert (shown.whole.role, shown.whole.ends, shown.whole.returns_to) == ("guest", ends, "member")
    assert (shown.whole.groups[0][0], shown.whole.owns, shown.whole.tied) == ("Sales", 1, True)
    assert [(row.id, row.change, row.new, row.by.id) for row in shown.requests] == [
        (asked, "request-access", "manager", bob.id)
    ]
    org.clock.pass_by(hours=72)
    later = await card(ada, bob.person)
    assert later.whole is not None
    assert (later.whole.role, later.whole.ends, later.requests) == ("member", None, ())


async def test_whom_a_request_is_against_does_not_read_of_it_on_a_card(database_url: str) -> None:
    """Whoever decides is told; the one who is to lose something hears of it then."""
    org = await organization(database_url)
    ada, grace, hal = [await org.member(role) for role in ("admin", "admin", "super_admin")]
    asked = await ada.asks(Deactivate(grace.person))
    assert [row.id for row in (await card(hal, ada.person)).requests] == [asked]
    assert [row.id for row in (await card(hal, grace.person)).requests] == [asked]
    assert (await card(grace, ada.person)).requests == ()


def org_roles(org: Org) -> list[str]:
    return list(load(org.catalogue).organization)
