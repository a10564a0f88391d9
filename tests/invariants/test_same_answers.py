"""One function decides (invariant 25): the pure decision, the library, other software over HTTP and *why* agree.

The people and things of each catalogue are made by the gate; what they should be able to do is read from the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random

import pytest

from handlers import policy
from handlers.asked import Question
from handlers.catalogue import Catalogue, load, shipped
from handlers.commands import (
    SYSTEM,
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    CreateSpace,
    Done,
    JoinGroup,
    Share,
    Thing,
)
from handlers.decision_types import Target
from handlers.explaining import Topic
from handlers.facts import Facts
from handlers.holdings import GROUP, RESOURCE, Held
from storage.records import MemberRecord, OrganizationRecord, RoleGrant, SpaceRecord
from tests.asking import Product, asking
from tests.decisions import ME, NONE, NOW, ORGANIZATION, PLACE, SOMEBODY, SPACE, TEAM, THING, Matrix, given, member
from tests.people import Org, Somebody, organization

PEOPLE, CELLS = 7, 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A question, and the pure decision's answer to it. ``named`` '' is the organization."""

    who: Somebody
    action: str
    sort: str
    named: str
    allowed: bool

    @property
    def question(self) -> tuple[str, str, str, str]:
        return self.who.email, self.action, self.sort, self.named


@dataclass(frozen=True, slots=True)
class Cast:
    org: Org
    matrix: Matrix
    people: list[tuple[Somebody, tuple[str, str]]]

    async def does(self, command: Command) -> None:
        outcome = await self.org.operator(command)
        assert isinstance(outcome, Done), outcome

    # What is there ----------------------------------------------------------------------------------------------------

    async def things(self) -> None:
        """Of every kind, in no space and in the space: one unrelated, one on whose list they are, theirs, and so on."""
        everybody = tuple(one.person for one, _ in self.people)
        await self.does(CreateGroup("Team"))
        await self.does(JoinGroup(everybody, "Team"))
        for kind, place in product(self.matrix.catalogue.kinds, self.places):
            for tie in ("unrelated", "listed", "grouped"):
                await self.does(AddResource(kind, f"{tie}-{place}", f"{tie} {place}", place or None))
            await self.does(Share(Thing(kind, f"listed-{place}"), people=everybody))
            await self.does(Share(Thing(kind, f"grouped-{place}"), groups=("Team",)))
            for one, _ in self.people:
                await self.does(AddResource(kind, f"{one.id}-{place}", "theirs", place or None, one.person))

    @property
    def places(self) -> list[str]:
        return ["", "Apollo"] if self.matrix.catalogue.space else [""]

    # What can be asked ------------------------------------------------------------------------------------------------

    def cells(self, plan: str) -> Iterator[Cell]:
        for one, roles in self.people:
            for named, target, held in self._targets(one):
                can = self.matrix.can(member(roles, *held), target, plan)
                for action in self.matrix.actions(target.type):
                    yield Cell(one, action, target.type, named, action in can)

    def _targets(self, one: Somebody) -> Iterator[tuple[str, Target, list[Held]]]:
        yield "", ORGANIZATION, []
        if self.matrix.catalogue.space:
            yield "apollo", SPACE, []
        for toggle in self.matrix.catalogue.toggles:
            yield toggle, Target("feature", toggle), []
        for kind, place in product(self.matrix.catalogue.kinds, self.places):
            plain = Target(kind, "1", PLACE if place else "", THING, SOMEBODY)
            yield f"unrelated-{place}", plain, []
            yield f"{one.id}-{place}", replace(plain, owner=ME), []
            yield f"listed-{place}", plain, [given(RESOURCE, THING)]
            yield f"grouped-{place}", replace(plain, groups=frozenset({TEAM})), [given(GROUP, TEAM)]


async def cast(org: Org, random: Random) -> Cast:
    """Somebody of every role, and some who have one in the space too."""
    catalogue = load(org.catalogue)
    matrix = Matrix(catalogue)
    if catalogue.space:
        assert isinstance(await org.operator(CreateSpace("Apollo")), Done)
    inside = list(product(matrix.roles, catalogue.space))
    chosen = [(role, NONE) for role in matrix.roles if role != NONE] + random.sample(inside, min(PEOPLE, len(inside)))
    people = [(await _joined(org, catalogue, *roles), roles) for roles in chosen if roles != (catalogue.top.id, NONE)]
    return Cast(org, matrix, [(org.founder, (catalogue.top.id, NONE)), *people])


async def _joined(org: Org, catalogue: Catalogue, role: str, inside: str) -> Somebody:
    if role == NONE:
        return await org.member(inside, space="Apollo")
    one = await org.member(role)
    if inside != NONE:
        # Beside a role that allows no more than viewer, more than that is not given at all (K4).
        capped = catalogue.capped(catalogue.organization[role], catalogue.space[inside])
        assert capped
        outcome = await org.operator(ChangeRole(one.person, capped.id, "Apollo"))
        assert isinstance(outcome, Done), outcome
    return one


@pytest.mark.invariant(25)
@pytest.mark.parametrize("name", shipped())
async def test_every_door_gives_the_answer_of_the_matrix(database_url: str, name: str) -> None:
    org = await organization(database_url, catalogue=name)
    random = Random(name)  # noqa: S311 - the same sample every time
    found = await cast(org, random)
    await found.things()
    desk = await org.founder.desk()
    assert desk.organization
    cells = list(found.cells(desk.organization.plan))
    slug = desk.organization.slug
    assert {cell.allowed for cell in cells} == {True, False}
    questions = [Question(*cell.question[:3], cell.named or slug) for cell in cells]
    decided = await org.usher.evaluation.decide(org.id, questions)
    assert [cell.question for cell, one in zip(cells, decided, strict=True) if one.allowed is not cell.allowed] == []
    some = random.sample(cells, min(CELLS, len(cells)))
    async with asking(org) as software:
        assert [cell.question for cell in some if await _by_http(software, cell) is not cell.allowed] == []
    assert [cell.question for cell in some if await _by_why(org, cell) is not cell.allowed] == []


async def _by_http(software: Product, cell: Cell) -> bool:
    return await software.may(*cell.question)


async def _by_why(org: Org, cell: Cell) -> bool:
    """As the founder asks about others, and everybody about themselves."""
    topic = Topic(cell.action, cell.sort, cell.named)
    own = await org.usher.queries.why(await cell.who.desk(), topic, None, org.usher.evaluation)
    asked = await org.usher.queries.why(await org.founder.desk(), topic, cell.who.person, org.usher.evaluation)
    assert own.decision == asked.decision
    return asked.decision.allowed


@pytest.mark.invariant(25)
@pytest.mark.parametrize("name", shipped())
def test_the_gate_holds_a_permission_where_the_decision_allows_it(name: str) -> None:
    """For every change, by role in the organization and in the space."""
    matrix = Matrix(load(name))
    catalogue = matrix.catalogue
    nowhere = OrganizationRecord("o", "T", "acme", "Acme", name, "", None, None, enforce_factor=False, seq=0, head="")
    for roles in product(matrix.roles, matrix.inside):
        me = _record(roles)
        whole = Facts(NOW, SYSTEM, nowhere, catalogue, me=me)
        can = matrix.can(member(roles), ORGANIZATION)
        assert all(policy.holds(whole, me, change) is (needed in can) for change, needed in catalogue.needs.items())
        if not catalogue.space:
            continue
        inside, here = (
            replace(whole, space=SpaceRecord(PLACE, "o", "place", "Place", None)),
            matrix.can(member(roles), SPACE),
        )
        for change, needed in catalogue.space_needs.items():
            everywhere = change == "delete-space" and catalogue.needs["delete-space"] in can
            assert policy.holds(inside, me, change) is (needed in here or everywhere), (roles, change)


def _record(roles: tuple[str, str]) -> MemberRecord:
    grants = [RoleGrant("g", what, space, "person", NOW, None) for what, space in zip(roles, ("", PLACE), strict=True)]
    return MemberRecord(
        id=ME,
        organization="o",
        email="me@example.com",
        name="Me",
        timezone="UTC",
        status="active",
        listed=True,
        epoch=0,
        team=None,
        slack_user=None,
        slack_good=False,
        slack_noted=None,
        has_password=False,
        has_factor=False,
        roles=tuple(one for one in grants if one.what != NONE),
    )
