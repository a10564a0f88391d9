"""Invariants 23 and 24 under any sequence of commands by anybody, alone or several at once.

What the gate did is judged from its audit by a small model of its own, which knows the catalogue and nothing else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from handlers import policy
from handlers.catalogue import Role, load, shipped
from handlers.commands import (
    Actor,
    Approve,
    Cancel,
    ChangeRole,
    Command,
    Deactivate,
    Deny,
    Invite,
    Outcome,
    Reactivate,
    Refusal,
    RequestAccess,
)
from handlers.facts import Case, Facts
from handlers.house import Usher
from storage.records import MemberRecord, OrganizationRecord, RoleGrant
from storage.tables import requests
from tests.people import Clock, Org, Somebody, at_once, opened, organization

PEOPLE = ("super_admin", "admin", "admin", "manager", "member")  # beside the founder
ROLES = ("super_admin", "admin", "manager", "member", "guest")
CATALOGUE = load("default").organization
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Act:
    """What everybody tries at once. Numbers are places in the cast and among the roles and the waiting requests."""

    kind: str
    whom: int
    role: int
    request: int


KINDS = (*["change"] * 3, "deactivate", "reactivate", "request", "invite", *["agree"] * 3, "end")
ACTS = st.builds(
    Act,
    st.sampled_from(KINDS),
    st.sampled_from([0, 1, 0, 1, 2, 3, 4, 5]),
    st.integers(0, len(ROLES) - 1),
    st.integers(0, 5),
)


@dataclass
class Model:
    """Who holds which role, as the audit tells it."""

    roles: dict[str, str]
    active: set[str]
    faults: list[str] = field(default_factory=list[str])

    def read(self, record: dict[str, Any], request: dict[str, Any] | None) -> None:
        told = json.loads(record["details"])
        target = record["target"].removeprefix("member:")
        responsible = {told["approver"]} if "approver" in told else set[str]()
        if record["actor"] != "operator" and (request is None or request["change"] != "request-access"):
            responsible.add(record["actor"].removeprefix("member:"))
        match record["action"]:
            case "role.changed":
                self.judge(record, responsible, target, gives=told["new"], needs="members:role")
                self.roles[target] = told["new"]
            case "member.deactivated":
                self.judge(record, responsible, target, needs="members:deactivate")
                self.active.discard(target)
            case "member.reactivated":
                self.judge(record, responsible, target, needs="members:deactivate")
                self.active.add(target)
            case "member.invited":
                self.judge(record, responsible, target, gives=told["role"], needs="members:invite")
            case _:
                return
        if not any(self.roles.get(one) == "super_admin" for one in self.active):
            self.faults.append(f"{record['action']} lost the last holder")

    def judge(
        self, record: dict[str, Any], responsible: set[str], target: str, *, needs: str, gives: str | None = None
    ) -> None:
        for one in responsible:
            role: Role = CATALOGUE[self.roles[one]]
            old = self.roles.get(target)
            wrong = [
                one == target,
                one not in self.active,
                needs not in role.permissions,
                gives is not None and gives not in role.gives,
                old is not None and old not in role.acts_on,
            ]
            if any(wrong):
                self.faults.append(f"{record['action']} {record['details']} by a {role.id} on a {old}: {wrong}")
        if record["action"] in ("role.changed", "member.invited") and gives is not None:
            held = [CATALOGUE[self.roles[one]] for one in responsible]
            if held and all(load("default").lacks(role, CATALOGUE[gives]) for role in held):
                self.faults.append(f"{record['action']}: nobody who agreed holds what {gives} opens")


class Trial:
    """One Usher for all examples, and in it an organization for each."""

    def __init__(self, usher: Usher, clock: Clock, database_url: str) -> None:
        self.usher, self.clock, self.database_url = usher, clock, database_url

    async def run(self, acts: list[Act]) -> list[str]:
        base = Org(self.usher, self.clock, self.database_url, "", "default")
        org = await organization(self.database_url, workspace=f"T{next(_numbers)}", beside=base, factor=True)
        cast = [org.founder, *[await org.member(role, factor=role in ("super_admin", "admin")) for role in PEOPLE]]
        model = Model(
            {one.id: role for one, role in zip(cast, ("super_admin", *PEOPLE), strict=True)}, {one.id for one in cast}
        )
        start = max(row["seq"] for row in await org.audited())
        for act in acts:
            self.clock.next_step()
            waiting = [
                row["id"]
                for row in await org.rows(requests)
                if (row["organization_id"], row["state"]) == (org.id, "pending")
            ]
            await at_once(*self.tries(act, org, cast, waiting[act.request % len(waiting)] if waiting else "none"))
        asked = {row["id"]: row for row in await org.rows(requests)}
        for record in await org.audited():
            if record["seq"] > start:
                model.read(record, asked.get(record["request"]))
        for one in cast:
            desk = await one.desk()
            if (desk.role, desk.status == "active") != (model.roles[one.id], one.id in model.active):
                model.faults.append(f"the audit does not tell how a {model.roles[one.id]} became {desk.role}")
        return model.faults

    def tries(self, act: Act, org: Org, cast: list[Somebody], request: str) -> list[Callable[[], Awaitable[Outcome]]]:
        whom, role = cast[act.whom], ROLES[act.role]
        if act.kind == "agree":
            return [partial(one.does, Approve(request), code=one.code if one.secret else None) for one in cast]
        if act.kind == "end":
            return [partial(cast[act.whom].does, Deny(request, "no")), partial(cast[act.role].does, Cancel(request))]
        commands: dict[str, Command] = {
            "change": ChangeRole(whom.person, role),
            "deactivate": Deactivate(whom.person),
            "reactivate": Reactivate(whom.person),
            "request": RequestAccess(role, "because"),
        }
        # The weakest first, for what one did is there for nobody else to try; the operator only now and then.
        everybody = [one.does for one in reversed(cast)] + [org.operator] * (act.request < 3 and act.kind != "request")
        if act.kind == "invite":
            return [partial(does, Invite((f"x{next(_numbers)}@example.com",), role)) for does in everybody]
        return [partial(does, commands[act.kind]) for does in everybody]


@pytest.mark.invariant(23, 24, 26, 32)
def test_no_sequence_gives_more_than_the_catalogue_or_loses_the_last_holder(
    database_url: str, closing_by_hand: asyncio.Runner
) -> None:
    runner, clock = closing_by_hand, Clock()
    trial = Trial(runner.run(opened(database_url, clock)), clock, database_url)

    # Without shrinking: what a race brought about once need not come again, and each example takes a second.
    @settings(max_examples=8, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(ACTS, min_size=12, max_size=16))
    def holds(acts: list[Act]) -> None:
        assert runner.run(trial.run(acts)) == []

    holds()


def somebody(number: int, role: str | None) -> MemberRecord:
    moment = Clock().now
    grant = (RoleGrant("g", role, "", "person", moment, None),) if role else ()
    return MemberRecord(
        id=f"m{number}",
        organization="o",
        email=f"m{number}@example.com",
        name="",
        timezone="UTC",
        status="active",
        listed=True,
        epoch=0,
        team=None,
        slack_user=None,
        slack_good=False,
        slack_noted=None,
        has_password=False,
        has_factor=True,
        roles=grant,
    )


@pytest.mark.invariant(24, 25)
@pytest.mark.parametrize("name", shipped())
def test_one_table_answers_for_acting_and_for_approving_and_its_default_is_no(name: str) -> None:
    catalogue = load(name)
    nowhere = OrganizationRecord("o", "T", "o", "O", name, "", None, None, enforce_factor=False, seq=0, head="")
    needed = catalogue.needs["change-role"]
    for mine in (None, *catalogue.organization.values()):
        for theirs in (None, *catalogue.organization.values()):
            for new in catalogue.organization.values():
                me, target = somebody(1, mine and mine.id), somebody(2, theirs and theirs.id)
                facts = Facts(Clock().now, Actor(via="request"), nowhere, catalogue, me=me, target=target)
                case = Case("change-role", old=theirs, new=new)
                allowed = (
                    mine is not None
                    and needed in mine.permissions
                    and new.id in mine.gives
                    and (theirs is None or theirs.id in mine.acts_on)
                    and not new.exactly_one
                )
                assert allowed is not _refused(case, facts)
                approves = policy.may_approve(case, facts, excluded=frozenset()) is None
                assert approves is (allowed and mine is not None and not catalogue.lacks(mine, new))
                assert policy.may_approve(case, facts, excluded=frozenset({"m1"})) is not None


def _refused(case: Case, facts: Facts) -> bool:
    try:
        policy.check(case, facts)
    except Refusal:
        return True
    return False
