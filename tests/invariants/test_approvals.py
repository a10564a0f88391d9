"""Invariants 29 to 36: changes that wait."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.commands import (
    Actor,
    Approve,
    Approved,
    Cancel,
    CardPlace,
    ChangeRole,
    Deactivate,
    Deny,
    Done,
    ExpireRequest,
    Invite,
    Reactivate,
    Refused,
    RequestAccess,
    RoleChanged,
    Waiting,
)
from handlers.notices import CardPost, CardUpdate, Told
from storage import requests
from storage.tables import grants, members, votes
from tests.people import Org, Somebody, at_once, organization, result, told, why

TERMINAL = {"approved", "denied", "cancelled", "expired", "void"}


async def waiting(acme: Org) -> tuple[Somebody, Somebody, Somebody, str]:
    """Asker, approver, target, and a request that takes an approval without a code."""
    asker, approver, target = [await acme.member(role) for role in ("admin", "admin", "manager")]
    return asker, approver, target, await asker.asks(ChangeRole(target.person, "guest", reason="moving on"))


@pytest.mark.invariant(29)
async def test_a_request_ends_exactly_once_and_then_never_changes(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver, _, request = await waiting(acme)
    twin = await acme.replica()
    ends: list[Callable[[], Awaitable[Any]]] = []
    for at in (acme, twin):
        for _ in range(3):
            ends.append(lambda at=at: approver.at(at).does(Approve(request)))
            ends.append(lambda at=at: acme.founder.at(at).does(Deny(request, "no")))
            ends.append(lambda at=at: asker.at(at).does(Cancel(request)))
        ends.append(lambda at=at: at.system(ExpireRequest(request)))
    outcomes = await at_once(*ends)
    assert sum(one.result.kind != "noted" for one in outcomes if isinstance(one, Done)) == 1
    ended = await acme.request(request)
    assert ended["state"] in TERMINAL
    acme.clock.pass_by(days=4)
    again = [approver.does(Approve(request)), acme.founder.does(Deny(request, "no")), asker.does(Cancel(request))]
    assert [why(await one) for one in again] == ["request-ended"] * 3
    await acme.system(ExpireRequest(request))
    assert await acme.request(request) == ended


@pytest.mark.invariant(30)
async def test_an_approval_runs_once_however_many_press(database_url: str) -> None:
    acme = await organization(database_url)
    _, approver, target, request = await waiting(acme)
    twin = await acme.replica()
    pressing = [approver, acme.founder]
    presses = [
        lambda at=at, one=one: one.at(at).does(Approve(request))
        for _ in range(5)
        for at in (acme, twin)
        for one in pressing
    ]
    assert told(await at_once(*presses)) == ["approved"] + ["request-ended"] * 19
    assert len(await acme.audited("role.changed")) == 1
    given = [row for row in await acme.rows(grants) if row["member_id"] == target.id and row["ended_at"] is None]
    assert [row["what"] for row in given] == ["guest"]


@pytest.mark.invariant(30, 38)
async def test_a_press_that_slack_repeats_gets_the_same_answer(database_url: str) -> None:
    acme = await organization(database_url)
    _, _, target, _ = await waiting(acme)
    asker, approver = await acme.member("admin"), await acme.member("admin", factor=True)
    request = await asker.asks(ChangeRole(target.person, "admin"))
    twin = await acme.replica()
    acme.clock.next_step()
    code = approver.code
    presses = [
        lambda at=at: approver.at(at).does(Approve(request), code=code, delivery="one") for at in (acme, twin) * 2
    ]
    first, *others = await at_once(*presses)
    assert isinstance(result(first, Approved).result, RoleChanged)
    assert others == [first] * 3
    assert await approver.does(Approve(request), code=code, delivery="one") == first


Undoing = Callable[[Org, Somebody, Somebody, Somebody], Awaitable[Any]]
VOID: dict[str, tuple[Undoing, str]] = {
    "the asker was lowered": (lambda acme, asker, _, __: acme.operator(ChangeRole(asker.person, "member")), "may-not"),
    "the asker is gone from Slack": (lambda _, asker, __, ___: asker.slack_says(deleted=True), "not-for-guests"),
    "the asker became a Slack guest": (lambda _, asker, __, ___: asker.slack_says(guest=True), "not-for-guests"),
    "the target rose above the asker": (
        lambda acme, _, __, target: acme.operator(ChangeRole(target.person, "super_admin")),
        "may-not-act-on",
    ),
    "the old value changed": (
        lambda acme, _, __, target: acme.operator(ChangeRole(target.person, "member")),
        "changed-meanwhile",
    ),
    "somebody else did it": (
        lambda acme, _, __, target: acme.operator(ChangeRole(target.person, "guest")),
        "same-role",
    ),
}


@pytest.mark.invariant(31, 33)
@pytest.mark.parametrize(("undoing", "reason"), VOID.values(), ids=VOID.keys())
async def test_what_no_longer_holds_makes_the_request_void_and_is_told(
    database_url: str, undoing: Undoing, reason: str
) -> None:
    acme = await organization(database_url)
    asker, approver, target, request = await waiting(acme)
    await undoing(acme, asker, approver, target)
    before = await acme.rows(grants)
    outcome = await approver.does(Approve(request))
    assert why(outcome) == "request-void"
    assert isinstance(outcome, Refused)
    assert outcome.facts["why"] == reason
    assert await acme.state(request) == "void"
    assert await acme.rows(grants) == before
    assert [row["request"] for row in await acme.audited("request.void")] == [request]
    notices = await acme.notices()
    assert CardUpdate(request) in notices
    assert [one for one in notices if isinstance(one, Told) and one.about == "request-void" and one.to == asker.id]


@pytest.mark.invariant(31)
async def test_the_approvers_own_rights_are_read_when_they_press(database_url: str) -> None:
    acme = await organization(database_url)
    _, approver, _, request = await waiting(acme)
    await acme.operator(ChangeRole(approver.person, "member"))
    assert why(await approver.does(Approve(request))) == "may-not"
    await acme.operator(Deactivate(approver.person))
    assert why(await approver.does(Approve(request))) == "not-active"
    await acme.operator(Reactivate(approver.person))
    await acme.operator(ChangeRole(approver.person, "admin"))
    await approver.slack_says(guest=True)
    assert why(await approver.does(Approve(request))) == "not-for-guests"
    assert await acme.state(request) == "pending"


def _demand_codes(path: Path) -> None:
    line = 'changes = ["change-role"], when = ["lowers", "target manages members"], approvals = 1, code = false'
    path.write_text(path.read_text().replace(line, line.replace("false", "true")))


@pytest.mark.invariant(31)
async def test_a_rule_that_became_stricter_voids_what_was_asked_under_the_old_one(
    database_url: str, careful: str
) -> None:
    acme = await organization(database_url, catalogue=careful)
    asker, approver, _, request = await waiting(acme)
    _demand_codes(Path(careful))
    stricter = await acme.replica()
    assert why(await approver.at(stricter).does(Approve(request))) == "request-void"
    assert asker


@pytest.mark.invariant(32)
async def test_neither_asker_nor_target_approves_by_any_way(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    asker, _, target, request = await waiting(acme)
    second_account = await acme.stranger(asker.name, email=asker.email)
    assert why(await asker.approves(request)) == "own-request"
    assert why(await target.approves(request)) == "own-request"
    assert why(await second_account.does(Approve(request))) == "request-gone"
    for via in ("operator", "system"):
        by = Actor(via=via, organization=acme.id)
        assert why(await acme.usher.gate.perform(Approve(request), by=by)) in ("not-connected", "own-request")
    assert why(await target.does(Deny(request, "no"))) == "own-request"
    assert why(await target.does(Cancel(request))) == "own-request"
    assert await acme.state(request) == "pending"


@pytest.mark.invariant(32)
async def test_who_asks_for_another_is_no_approver_and_neither_is_the_other(database_url: str) -> None:
    acme = await organization(database_url)
    asker, receiver, approver = [await acme.member("admin") for _ in range(3)]
    await acme.operator(ChangeRole(receiver.person, "guest"))
    request = await asker.asks(RequestAccess("member", "they help us", person=receiver.person))
    await acme.operator(ChangeRole(receiver.person, "admin"))
    assert why(await asker.does(Approve(request))) in ("own-request", "request-void")
    await acme.operator(ChangeRole(receiver.person, "guest"))
    request = await asker.asks(RequestAccess("manager", "they help us", person=receiver.person))
    assert why(await asker.does(Approve(request))) == "own-request"
    assert why(await receiver.does(Approve(request))) == "own-request"
    assert why(await receiver.does(Deny(request, "no"))) == "own-request"
    assert why(await approver.does(Approve(request))) == "no-factor"
    assert told([await receiver.does(Cancel(request))]) == ["request-ended"]


@pytest.mark.invariant(33)
async def test_what_was_shown_is_what_runs(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver = await acme.member("admin"), await acme.member("admin")
    bob = await acme.member("manager", name="Bob")
    command = ChangeRole(bob.person, "member", lasts=timedelta(hours=2), reason="a quiet week")
    request = await asker.asks(command)
    card = await acme.usher.queries.card(request)
    assert card
    assert card.target
    shown = (card.target.id, card.old, card.new, card.reason, card.lasts)
    assert shown == (bob.id, "manager", "member", "a quiet week", timedelta(hours=2))
    acme.clock.pass_by(hours=5)
    changed = result(await approver.does(Approve(request)), Approved).result
    assert isinstance(changed, RoleChanged)
    assert (changed.member.id, changed.old, changed.new) == (bob.id, card.old, card.new)
    assert changed.ends == acme.clock() + timedelta(hours=2)


@pytest.mark.invariant(33)
async def test_a_list_of_addresses_runs_as_it_was_shown_or_not_at_all(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver = await acme.member("admin"), await acme.member("admin", factor=True)
    back = [await acme.invitation(f"{name}@example.com") for name in ("zoe", "amy")]
    for one in back:
        await acme.operator(Deactivate(type(asker.person)(id=await acme.member_of(one))))
    emails = ("zoe@example.com", "new@example.com", "amy@example.com")
    request = await asker.asks(Invite(emails, "admin"))
    assert told([await approver.approves(request)]) == ["approved"]
    request = await asker.asks(Invite(("one@example.com", "two@example.com"), "admin"))
    await acme.invitation("two@example.com", "guest")
    assert why(await approver.approves(request)) == "request-void"
    assert "one@example.com" not in {row["email"] for row in await acme.rows(members)}


@pytest.mark.invariant(34)
async def test_where_a_code_is_asked_for_nothing_runs_without_a_fresh_one(database_url: str) -> None:
    acme = await organization(database_url)
    asker, bare = await acme.member("admin"), await acme.member("admin")
    approver = await acme.member("admin", factor=True)
    member = await acme.member("member")
    request = await asker.asks(ChangeRole(member.person, "manager"))
    assert why(await approver.does(Approve(request))) == "code-needed"
    assert why(await bare.does(Approve(request))) == "no-factor"
    assert why(await bare.does(Approve(request), code="123456")) == "no-factor"
    code = approver.code
    acme.clock.pass_by(minutes=5)
    assert why(await approver.does(Approve(request), code=code)) == "code-wrong"
    assert await acme.state(request) == "pending"
    assert told([await approver.approves(request)]) == ["approved"]


@pytest.mark.invariant(15, 34)
async def test_a_code_is_not_spent_on_what_would_be_refused_anyway(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    asker = await acme.member("admin", factor=True)
    one, two = await acme.member("member"), await acme.member("member")
    first, second = [await asker.asks(ChangeRole(who.person, "manager")) for who in (one, two)]
    acme.clock.next_step()
    assert why(await asker.does(Approve(first), code=asker.code)) == "own-request"
    await acme.operator(ChangeRole(one.person, "guest"))
    founder = acme.founder
    assert why(await founder.does(Approve(first), code=founder.code)) == "request-void"
    assert told([await founder.does(Approve(second), code=founder.code)]) == ["approved"]


@pytest.mark.invariant(35)
async def test_a_press_counts_only_on_the_card_itself(database_url: str) -> None:
    acme = await organization(database_url)
    _, approver, _, request = await waiting(acme)
    asker, _, _, other = await waiting(acme)
    card, another = CardPlace("C1", "1.000001"), CardPlace("C1", "1.000002")
    async with acme.usher.store.transaction(acme.id, at=acme.clock()) as tx:
        await requests.posted(tx, request, [(card.channel, card.ts)], entry=None)
        await requests.posted(tx, other, [(another.channel, another.ts)], entry=None)
    for place in (CardPlace("C2", card.ts), CardPlace("C1", "9.9"), another):
        for command in (Approve(request), Deny(request, "no"), Cancel(request)):
            assert why(await approver.does(command, card=place)) == "not-the-card"
    assert told([await approver.does(Approve(request), card=card)]) == ["approved"]
    assert re.fullmatch(r"[0-9a-f]{32}", request)
    assert asker


@pytest.mark.invariant(36)
async def test_a_request_lives_as_long_as_the_catalogue_says(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver, _, request = await waiting(acme)
    acme.clock.pass_by(hours=72, seconds=-1)
    await acme.system(ExpireRequest(request))
    assert await acme.state(request) == "pending"
    acme.clock.pass_by(seconds=1)
    assert why(await approver.does(Deny(request, "no"))) == "request-ended"
    assert await acme.state(request) == "expired"
    ended = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "request-expired"]
    assert [(one.to, one.request) for one in ended] == [(asker.id, request)]


@pytest.mark.invariant(36)
async def test_cancelling_is_for_the_asker_and_for_who_may_deny(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver, target, first = await waiting(acme)
    outsider = await acme.member("member")
    assert why(await outsider.does(Cancel(first))) == "may-not"
    assert told([await asker.does(Cancel(first))]) == ["request-ended"]
    second = await asker.asks(ChangeRole(target.person, "guest"))
    assert told([await approver.does(Cancel(second))]) == ["request-ended"]
    assert [await acme.state(one) for one in (first, second)] == ["cancelled", "cancelled"]


@pytest.mark.invariant(30, 36)
async def test_two_approvals_take_two_people(database_url: str, careful: str) -> None:
    acme = await organization(database_url, catalogue=careful)
    asker, target, first, second = [await acme.member("admin") for _ in range(4)]
    request = await asker.asks(Deactivate(target.person))
    presses = [lambda: first.does(Approve(request)) for _ in range(10)]
    assert told(await at_once(*presses)) == ["already-voted"] * 9 + ["voted"]
    assert (await target.desk()).status == "active"
    assert told([await second.does(Approve(request))]) == ["approved"]
    assert len(await acme.rows(votes)) == 2


@pytest.mark.invariant(36)
async def test_where_fewer_people_exist_all_that_exist_are_asked(database_url: str, careful: str) -> None:
    acme = await organization(database_url, catalogue=careful)
    asker, target = await acme.member("admin"), await acme.member("admin")
    outcome = await asker.does(Deactivate(target.person))
    assert isinstance(outcome, Waiting)
    assert (outcome.approvals, [one.id for one in outcome.approvers]) == (1, [acme.founder.id])
    assert told([await acme.founder.does(Approve(outcome.request))]) == ["approved"]


# The lone way ---------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(32)
async def test_who_is_alone_decides_with_their_own_code_and_every_manager_is_told(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    manager, member = await acme.member("manager"), await acme.member("member")
    outcome = await acme.founder.does(ChangeRole(member.person, "admin"))
    assert isinstance(outcome, Waiting)
    assert outcome.on == "code"
    assert why(await acme.founder.does(Approve(outcome.request))) == "code-needed"
    changed = result(await acme.founder.approves(outcome.request), Approved).result
    assert isinstance(changed, RoleChanged)
    assert changed.alone
    alone = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "changed-alone"]
    assert [one.to for one in alone] == [manager.id]
    assert '"alone": true' in (await acme.audited("role.changed"))[0]["details"]


@pytest.mark.invariant(32)
async def test_the_lone_way_is_closed_when_somebody_appears_who_could_approve(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    member = await acme.member("member")
    change = ChangeRole(member.person, "admin")
    request = await acme.founder.asks(change)
    other = await acme.member("super_admin", factor=True)
    assert why(await acme.founder.approves(request)) == "own-request"
    assert why(await acme.founder.does(change)) == "already-asked"
    assert [card.id for card in await acme.usher.queries.waiting(await other.desk())] == [request]
    assert told([await other.approves(request)]) == ["approved"]


@pytest.mark.invariant(32)
async def test_the_lone_way_is_closed_upwards_for_oneself_and_without_a_factor(database_url: str) -> None:
    acme = await organization(database_url)
    member = await acme.member("member")
    assert why(await acme.founder.does(ChangeRole(member.person, "admin"))) == "no-factor"
    acme = await organization(database_url, workspace="T0BETA", factor=True)
    other = await acme.member("super_admin")
    assert why(await acme.founder.does(Deactivate(other.person))) == "nobody-approves"
    await acme.operator(Deactivate(other.person))
    assert why(await acme.founder.does(RequestAccess("owner", "mine", space=""))) == "unknown-role"


@pytest.mark.invariant(29, 37)
async def test_a_card_and_its_timer_go_out_with_the_request(database_url: str) -> None:
    acme = await organization(database_url)
    _, approver, _, request = await waiting(acme)
    assert CardPost(request) in await acme.notices()
    await approver.does(Deny(request, "not now"))
    card = await acme.usher.queries.card(request)
    assert card
    assert (card.state, card.why, card.decided_by and card.decided_by.id) == ("denied", "not now", approver.id)
