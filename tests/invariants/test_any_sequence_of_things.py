"""Invariants 23 and 24 under any sequence of commands about spaces, groups, resources, permissions and requests.

Nothing is known here of how a flow works: what everybody can do is asked before and after each act, of the same
decisions that other software is given, and compared.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from handlers.asked import Question
from handlers.catalogue import load
from handlers.commands import (
    AddResource,
    Approve,
    Asked,
    Cancel,
    ChangeRole,
    Command,
    CreateGroup,
    CreateSpace,
    Deactivate,
    DeleteData,
    DeleteGroup,
    DeleteMember,
    DeleteSpace,
    Deny,
    Done,
    GiveBack,
    JoinGroup,
    LeaveGroup,
    Outcome,
    Person,
    Reactivate,
    RemoveFromSpace,
    RemoveMember,
    RemoveResource,
    RequestAccess,
    ResetPermissions,
    SetPermissions,
    Share,
    Thing,
    TransferOrganization,
    Unshare,
)
from handlers.house import Usher
from storage.tables import grants, members, requests, resources, spaces, votes
from tests.people import Clock, Org, Somebody, opened, organization

CATALOGUE = load("default")
PEOPLE = ("admin", "manager", "member", "member", "guest")  # beside the founder
ROLES, INSIDE = tuple(CATALOGUE.organization), tuple(CATALOGUE.space)
SPACES, GROUPS, THINGS = ("Apollo", "Borea"), ("Design", "Sales"), ("1", "2")
ADDONS, TOGGLES = ("ticket_manager", "policy_editor"), ("ai_chat", "dashboards_widgets")
OWNED: tuple[str, ...] = ("image", "dataset", "dashboard")
_numbers = count(1)

Question_ = tuple[str, str, str]  # action, type, id


@dataclass(frozen=True, slots=True)
class Step:
    """Numbers are places in the cast and in the lists of what there is."""

    kind: str
    who: int
    whom: int
    what: int
    more: int


GIVING = ("role-inside", "role-inside", "add-on", "share", "join", "role", "agree", "agree", "agree")
ASKING = ("ask-role", "ask-inside", "ask-inside", "ask-add-on", "ask-group", "ask-thing", "give-back")
TAKING = ("remove", "leave", "unshare", "no-add-on", "reset", "deny", "cancel", "deactivate", "reactivate", "later")
GOING = ("delete-data", "remove-member", "delete-member")
RARE = (
    *GOING,
    "space",
    "thing",
    "group",
    "toggle",
    "datasets",
    "transfer",
    "delete-space",
    "delete-group",
    "remove-thing",
)
STEPS = st.builds(
    Step,
    st.sampled_from((*GIVING, *GIVING, *ASKING, *TAKING, *RARE)),
    st.sampled_from((0, 0, 0, 1, 1, 2, 3, 3, 4, 5)),
    st.integers(0, 5),
    st.integers(0, 59),
    st.integers(0, 59),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the numbers of a step stand for."""

    step: Step
    whom: Person
    other: Person

    @property
    def space(self) -> str:
        return SPACES[self.step.what % 2]

    @property
    def group(self) -> str:
        return GROUPS[self.step.what % 2]

    @property
    def thing(self) -> Thing:
        return Thing(OWNED[self.step.what % len(OWNED)], THINGS[self.step.more % 2])

    @property
    def role(self) -> str:
        return ROLES[self.step.what % len(ROLES)]

    @property
    def inside(self) -> str:
        return INSIDE[self.step.more % len(INSIDE)]

    @property
    def addon(self) -> str:
        return ADDONS[self.step.more % 2]

    @property
    def toggle(self) -> str:
        return TOGGLES[self.step.more % 2]

    @property
    def lasts(self) -> timedelta | None:
        return timedelta(hours=8) if self.step.more % 2 else None

    @property
    def odd(self) -> bool:
        return self.step.what % 2 == 1

    def asks(self, asked: Asked, what: str, space: str | None = None) -> RequestAccess:
        whom = self.whom if self.step.more % 5 == 0 else None
        return RequestAccess(what, "because", space, lasts=self.lasts, person=whom, asked=asked)


COMMANDS: Mapping[str, Callable[[Words], Command]] = {
    "space": lambda it: CreateSpace(it.space),
    "thing": lambda it: AddResource(it.thing.sort, it.thing.named, "Thing", it.space if it.odd else None, it.whom),
    "share": lambda it: Share(it.thing, people=(it.whom,)) if it.odd else Share(it.thing, groups=(it.group,)),
    "unshare": lambda it: Unshare(it.thing, people=(it.whom,)),
    "role-inside": lambda it: ChangeRole(it.whom, it.inside, it.space, lasts=it.lasts),
    "role": lambda it: ChangeRole(it.whom, it.role, lasts=it.lasts),
    "add-on": lambda it: SetPermissions(it.whom, it.space, addons=(it.addon,)),
    "no-add-on": lambda it: SetPermissions(it.whom, it.space, addons=()),
    "toggle": lambda it: (
        SetPermissions(it.whom, on=(it.toggle,)) if it.odd else SetPermissions(it.whom, off=(it.toggle,))
    ),
    "datasets": lambda it: SetPermissions(it.whom, mode="blacklist" if it.odd else "full", level="read"),
    "reset": lambda it: ResetPermissions(it.whom),
    "group": lambda it: CreateGroup(it.group),
    "join": lambda it: JoinGroup((it.whom,), it.group),
    "leave": lambda it: LeaveGroup((it.whom,), it.group),
    "remove": lambda it: RemoveFromSpace(it.whom, it.space),
    "delete-space": lambda it: DeleteSpace(it.space),
    "delete-group": lambda it: DeleteGroup(it.group),
    "remove-thing": lambda it: RemoveResource(it.thing),
    "transfer": lambda it: TransferOrganization(it.whom),
    "deactivate": lambda it: Deactivate(it.whom),
    "reactivate": lambda it: Reactivate(it.whom),
    "delete-data": lambda it: DeleteData(it.whom),
    "remove-member": lambda it: RemoveMember(it.whom),
    "delete-member": lambda it: DeleteMember(it.whom, it.other if it.odd else None),
    "ask-role": lambda it: it.asks("role", it.role),
    "ask-inside": lambda it: it.asks("role", it.inside, it.space),
    "ask-add-on": lambda it: it.asks("add-on", it.addon, it.space),
    "ask-group": lambda it: it.asks("group", it.group),
    "ask-thing": lambda it: it.asks("resource", it.thing.typed),
}
# What each of a new organization begins with, so that there is something to do with.
BEGIN: tuple[tuple[int, Command], ...] = (
    (0, CreateSpace("Apollo")),
    (3, CreateSpace("Borea")),
    (0, CreateGroup("Design")),
    (1, AddResource("image", "1", "Image", "Apollo")),
    (1, AddResource("dataset", "2", "Sales")),
)


@dataclass(frozen=True, slots=True)
class World:
    org: Org
    cast: list[Somebody]

    # What somebody does -----------------------------------------------------------------------------------------------

    async def command(self, step: Step) -> Command:
        if step.kind == "give-back":
            return GiveBack(await self.grant(self.cast[step.who], step.what))
        if step.kind in ("agree", "deny", "cancel"):
            return await self.about_request(step)
        return COMMANDS[step.kind](
            Words(step, self.cast[step.whom].person, self.cast[step.more % len(self.cast)].person)
        )

    async def grant(self, one: Somebody, place: int) -> str:
        held = [row["id"] for row in await self.org.rows(grants) if row["member_id"] == one.id and not row["ended_at"]]
        return held[place % len(held)] if held else "none"

    async def about_request(self, step: Step) -> Command:
        pending = [row["id"] for row in await self.org.rows(requests) if row["organization_id"] == self.org.id]
        waiting = [one for one in pending if await self.org.state(one) == "pending"]
        chosen = waiting[step.what % len(waiting)] if waiting else "none"
        return {"agree": Approve(chosen), "deny": Deny(chosen, "no")}.get(step.kind) or Cancel(chosen)

    async def act(self, step: Step) -> Outcome | None:
        """None: time passed, and what fell due was done."""
        if step.kind == "later":
            self.org.clock.pass_by(hours=9)
            await self.org.fires_timers()
            return None
        one, command = self.cast[step.who], await self.command(step)
        if isinstance(command, Approve):
            return await one.approves(command.request)
        return await one.does(command)

    # What everybody can do --------------------------------------------------------------------------------------------

    async def can(self) -> Mapping[str, frozenset[Question_]]:
        """All that is allowed about what there is, by member."""
        asked = [(action, "organization", "") for action in CATALOGUE.permissions["organization"]]
        asked += [
            (action, "space", row["slug"])
            for row in await self.live_spaces()
            for action in CATALOGUE.permissions["space"]
        ]
        asked += [
            (action, row["kind"], row["outside_id"])
            for row in await self.org.rows(resources)
            if row["organization_id"] == self.org.id
            for action in CATALOGUE.kinds[row["kind"]].actions
        ]
        asked += [("use", "feature", toggle) for toggle in TOGGLES]
        slug = await self.slug()
        questions = [
            Question(one.email, action, sort, named or slug) for one in self.cast for action, sort, named in asked
        ]
        decided = await self.org.usher.evaluation.decide(self.org.id, questions)
        answers = zip((one for one in self.cast for _ in asked), asked * len(self.cast), decided, strict=True)
        found: dict[str, set[Question_]] = {one.id: set() for one in self.cast}
        for one, question, decision in answers:
            if decision.allowed:
                found[one.id].add(question)
        return {one: frozenset(can) for one, can in found.items()}

    async def slug(self) -> str:
        desk = await self.org.founder.desk()
        assert desk.organization
        return desk.organization.slug

    async def without_owner(self) -> list[str]:
        """The organization, if nobody active heads it for good, and the spaces whose owners are gone (I2, I5).

        Whoever is deactivated still owns a space, and comes back to it.
        """
        held = [row for row in await self.org.rows(grants) if (row["kind"], row["ended_at"]) == ("role", None)]
        active = {row["id"] for row in await self.org.rows(members) if row["status"] == "active"}
        lasting = [row for row in held if row["ends_at"] is None and row["organization_id"] == self.org.id]
        heads = {row["member_id"] for row in lasting if (row["space_id"], row["what"]) == ("", CATALOGUE.top.id)}
        owned = {row["space_id"] for row in lasting if row["space_id"] and row["what"] == INSIDE[0]}
        left = [row["name"] for row in await self.live_spaces() if row["id"] not in owned]
        return left if heads & active else [*left, "the organization"]

    async def live_spaces(self) -> list[dict[str, Any]]:
        mine = [row for row in await self.org.rows(spaces) if row["organization_id"] == self.org.id]
        return [row for row in mine if row["deleted_at"] is None]


class Trial:
    """One Usher for all examples, and in it an organization for each."""

    def __init__(self, usher: Usher, clock: Clock, database_url: str) -> None:
        self.usher, self.clock, self.database_url = usher, clock, database_url

    async def run(self, steps: list[Step]) -> list[str]:
        base = Org(self.usher, self.clock, self.database_url, "", "default")
        org = await organization(self.database_url, workspace=f"T{next(_numbers)}", beside=base, factor=True)
        cast = [org.founder, *[await org.member(role, factor=role == "admin") for role in PEOPLE]]
        world = World(org, cast)
        for who, command in BEGIN:
            assert isinstance(outcome := await cast[who].does(command), Done), outcome
        before, faults = await world.can(), list[str]()
        for step in steps:
            outcome = await world.act(step)
            if isinstance(outcome, Done) or outcome is None:
                after = await world.can()
                faults += await self.judged(world, step, outcome, before, after)
                before = after
            if faults:
                return [*faults, str(outcome)]
        return []

    async def judged(
        self,
        world: World,
        step: Step,
        outcome: Outcome | None,
        before: Mapping[str, frozenset[Question_]],
        after: Mapping[str, frozenset[Question_]],
    ) -> list[str]:
        faults = [f"{step}: {name} has no owner" for name in await world.without_owner()]
        if outcome is None:
            return faults
        me = world.cast[step.who].id
        there = frozenset[tuple[str, str]]().union(
            *({(sort, named) for _, sort, named in can} for can in before.values())
        )
        gained = {
            one: frozenset(question for question in can - before[one] if question[1:] in there)
            for one, can in after.items()
        }
        if gained[me]:
            faults.append(f"{step}: raised themselves by {sorted(gained[me])}")
        judges = {me, *await self.agreed(world, step)}
        for one, more in gained.items():
            opened_ = {question for question in more if question[1] in ("organization", "space")}
            if step.kind != "reactivate" and opened_ and not any(opened_ <= before[judge] for judge in judges):
                faults.append(f"{step}: {one} got {sorted(opened_)}, which nobody who agreed holds")
        return faults

    async def agreed(self, world: World, step: Step) -> set[str]:
        """Who asked for what was just approved, and who approved it."""
        if step.kind != "agree":
            return set()
        asked = [row for row in await world.org.rows(requests) if row["organization_id"] == world.org.id]
        done = [row for row in asked if row["decided_at"] == world.org.clock()]
        approved = {
            row["member_id"] for row in await world.org.rows(votes) if row["request_id"] in {r["id"] for r in done}
        }
        return approved | {row["requester_id"] for row in done}


@pytest.mark.invariant(23, 24, 25, 32)
def test_no_sequence_raises_oneself_or_gives_what_nobody_who_agreed_holds(
    database_url: str, closing_by_hand: asyncio.Runner
) -> None:
    runner, clock = closing_by_hand, Clock()
    trial = Trial(runner.run(opened(database_url, clock)), clock, database_url)

    @settings(max_examples=6, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(STEPS, min_size=40, max_size=50))
    def holds(steps: list[Step]) -> None:
        assert runner.run(trial.run(steps)) == []

    holds()
