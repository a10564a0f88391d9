"""Every decision that a catalogue can come to, as text: ``python -m tests.decisions`` writes one file for each.

For each role in the organization and in the space, by how somebody stands to the thing, from the pure ``decide`` alone.
Whoever gets the same answers stands in the same line, so that a changed rule shows as a few changed lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from handlers.catalogue import Catalogue, load, shipped
from handlers.decision_types import Subject, Target
from handlers.decisions import decide
from handlers.holdings import ADDON, GROUP, RESOURCE, ROLE, Held
from tests.decision_tables import Combination, columns, grouped, permissions, shown

HOME = Path(__file__).parent / "data" / "decisions"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ME, SOMEBODY, PLACE, THING, TEAM = "me", "somebody", "place", "thing", "team"
NONE = "none"
ORGANIZATION, SPACE = Target("organization", "acme"), Target("space", "place", PLACE)
# How somebody stands to a resource, beside their role in its space.
TIES = ("unrelated", "own", "on the list", "group on the list")
MODES, LEVELS = ("full", "blacklist", "whitelist"), ("read", "write")
CHOICES = ("not selected", "default", "read", "write")


def given(kind: str, what: str, space: str = "") -> Held:
    return Held(kind, what, space, "person", SOMEBODY, None)


def member(who: Combination, *more: Held, **other: Any) -> Subject:
    """Somebody with a role in the organization, and perhaps one in the space that is asked about."""
    role, inside = (*who, NONE)[:2]
    held = [given(ROLE, role)] if role != NONE else []
    held += [given(ROLE, inside, PLACE)] if inside != NONE else []
    told: dict[str, Any] = {"status": "active", "listed": True} | other
    return Subject(id=ME, email="me@example.com", name="Me", held=(*held, *more), **told)


class Matrix:
    """All answers of one catalogue. The plan is the highest one, but where plans are what is asked about."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        required = catalogue.rules.organization_role_required
        self.roles = [*catalogue.organization, *([] if required else [NONE])]
        self.inside = [NONE, *catalogue.space]

    def text(self) -> str:
        parts = (
            self._nobody,
            self._organization,
            self._space,
            self._addons,
            self._kinds,
            self._datasets,
            self._features,
        )
        title = f"# {self.catalogue.title}: who may do what. Made by `python -m tests.decisions`; not to be edited."
        return "\n".join([title, *(line for part in parts for line in part())]) + "\n"

    def can(self, subject: Subject | None, target: Target, plan: str = "") -> tuple[str, ...]:
        """What of all that could be asked about the target is allowed."""
        catalogue, plan = self.catalogue, plan or self.catalogue.plans[-1]
        return tuple(
            action
            for action in self.actions(target.type)
            if decide(subject, action, target, catalogue=catalogue, plan=plan, now=NOW).allowed
        )

    def actions(self, sort: str) -> Sequence[str]:
        match sort:
            case "organization" | "space":
                return self.catalogue.permissions[sort]
            case "feature":
                return ("use",)
            case _:
                return self.catalogue.kinds[sort].actions

    # Who is not in ----------------------------------------------------------------------------------------------------

    def _nobody(self) -> Iterator[str]:
        """Whoever is not in may do nothing, whatever they were given (004-86, 004-92)."""
        top = member((self.catalogue.top.id,), given(RESOURCE, THING), given(GROUP, TEAM))
        yield "\n## not in, though with the highest role and on every list"
        absent = {
            "not a member": None,
            "no longer listed": replace(top, listed=False),
            "invited": replace(top, status="invited"),
            "deactivated": replace(top, status="deactivated"),
            "without any role": member((NONE,), given(RESOURCE, THING), given(GROUP, TEAM)),
        }
        for who, subject in absent.items():
            can = [f"{target.type} {action}" for target in self._targets() for action in self.can(subject, target)]
            yield f"{who}: {', '.join(can) or 'nothing'}"

    def _targets(self) -> Iterator[Target]:
        """Everything that can be asked about; resources are one's own, and a group is on their list."""
        yield from (ORGANIZATION, SPACE) if self.catalogue.space else (ORGANIZATION,)
        for kind in self.catalogue.kinds:
            yield Target(kind, "1", PLACE, THING, ME, frozenset({TEAM}))
        for toggle in self.catalogue.toggles:
            yield Target("feature", toggle)

    # The organization and its spaces ----------------------------------------------------------------------------------

    def _organization(self) -> Iterator[str]:
        yield "\n## organization, by role"
        yield from self._blocks(ORGANIZATION, [(role,) for role in self.roles], [self.roles])

    def _space(self) -> Iterator[str]:
        if self.catalogue.space:
            yield f"\n## {self.catalogue.words.space}, by role in the organization + role in it"
            dimensions = [self.roles, self.inside]
            yield from self._blocks(SPACE, product(*dimensions), dimensions)

    def _blocks(self, target: Target, who: Iterable[Combination], dimensions: list[list[str]]) -> Iterator[str]:
        found = {one: self.can(member(one), target) for one in who}
        for people, can in grouped(found, dimensions):
            yield people + ("" if can else ": nothing")
            yield from permissions(can, self.actions(target.type))

    def _addons(self) -> Iterator[str]:
        """Where each is held and where it is asked about, and who can then do what it opens, but not without it."""
        if not self.catalogue.addons:
            return
        yield "\n## add-ons"
        yield from (f"{addon.id}: {', '.join(sorted(addon.opens))}" for addon in self.catalogue.addons.values())
        levels = (ORGANIZATION, SPACE) if self.catalogue.space else (ORGANIZATION,)
        for holds, asked in product(levels, repeat=2):
            yield f"held in the {holds.type}, asked in the {asked.type}"
            found = {(one,): tuple(self._added(one, holds.space, asked)) for one in self.catalogue.addons}
            for addons, lines in grouped(found, [list(self.catalogue.addons)]):
                yield f"    {addons}: {'; '.join(lines) or 'nothing'}"

    def _added(self, addon: str, place: str, asked: Target) -> Iterator[str]:
        dimensions = [self.roles, self.inside if asked is SPACE or place else [NONE]]
        found = {who: self._adds(addon, who, place, asked) for who in product(*dimensions)}
        yield from (f"{how} for {people}" for people, how in grouped(found, dimensions) if how)

    def _adds(self, addon: str, who: Combination, place: str, asked: Target) -> str:
        before, after = self.can(member(who), asked), self.can(member(who, given(ADDON, addon, place)), asked)
        more = frozenset(after) - frozenset(before)
        return "all" if more == self.catalogue.addons[addon].opens else ", ".join(sorted(more))

    # Resources --------------------------------------------------------------------------------------------------------

    def _kinds(self) -> Iterator[str]:
        found = {(kind,): (self._head(kind), tuple(self._seen(kind))) for kind in self.catalogue.kinds}
        for kinds, (head, lines) in grouped(found, [list(self.catalogue.kinds)]):
            yield f"\n## {kinds}: {head}"
            yield from lines

    def _head(self, kind: str) -> str:
        found = self.catalogue.kinds[kind]
        return ", ".join(found.actions) + (", seen by its list alone" if found.seen_by == "list" else "")

    def _seen(self, kind: str) -> Iterator[str]:
        yield from self._placed(kind, "in no space, by role", "", [self.roles])
        if self.catalogue.space:
            words = f"in a {self.catalogue.words.space}, by role + role in it"
            yield from self._placed(kind, words, PLACE, [self.roles, self.inside])

    def _placed(self, kind: str, words: str, place: str, dimensions: list[list[str]]) -> Iterator[str]:
        found = {one: tuple(self._tied(one, tie, place, kind) for tie in TIES) for one in product(*dimensions)}
        yield from columns((words, *TIES), ((people, *row) for people, row in grouped(found, dimensions)))

    def _tied(self, who: Combination, tie: str, place: str, kind: str) -> str:
        on_it = {"on the list": [given(RESOURCE, THING)], "group on the list": [given(GROUP, TEAM)]}
        owner, groups = ME if tie == "own" else SOMEBODY, frozenset({TEAM} if tie == "group on the list" else ())
        target = Target(kind, "1", place, THING, owner, groups)
        held = on_it.get(tie, [])
        return shown(self.can(member(who, *held), target), self.actions(kind))

    # Dataset rules and features ---------------------------------------------------------------------------------------

    def _datasets(self) -> Iterator[str]:
        if rules := self.catalogue.datasets:
            yield from self._by_plan(lambda plan: self._dataset(rules.kind, plan))

    def _by_plan(self, part: Callable[[str], Iterator[str]]) -> Iterator[str]:
        """Once for all plans on which it is the same."""
        found = {(plan,): tuple(part(plan)) for plan in self.catalogue.plans}
        for plans, (head, *lines) in grouped(found, [self.catalogue.plans]):
            yield f"\n## on {plans} plan: {head}"
            yield from lines

    def _dataset(self, kind: str, plan: str) -> Iterator[str]:
        yield f"{kind}, on its list, every toggle on, by role + mode + level + selected as"
        dimensions = [self.roles, MODES, LEVELS, CHOICES]
        found = {one: shown(self._ruled(one, kind, plan), self.actions(kind)) for one in product(*dimensions)}
        for people, can in grouped(found, dimensions):
            yield can
            yield from (f"    {one}" for one in people.split("; "))

    def _ruled(self, ruled: Combination, kind: str, plan: str) -> tuple[str, ...]:
        role, mode, level, choice = ruled
        choices = {} if choice == CHOICES[0] else {THING: choice}
        toggles = dict.fromkeys(self.catalogue.toggles, True)
        subject = member((role,), given(RESOURCE, THING), mode=mode, level=level, choices=choices, toggles=toggles)
        return self.can(subject, Target(kind, "1", "", THING, SOMEBODY), plan)

    def _features(self) -> Iterator[str]:
        if self.catalogue.toggles:
            yield from self._by_plan(self._feature)

    def _feature(self, plan: str) -> Iterator[str]:
        yield "features, as the role has it / set on / set off"
        dimensions = [list(self.catalogue.toggles)]
        found = {(one,): tuple(self._set(role, one, plan) for role in self.roles) for one in self.catalogue.toggles}
        yield from columns((*self.roles, ""), ((*row, toggles) for toggles, row in grouped(found, dimensions)))

    def _set(self, role: str, toggle: str, plan: str) -> str:
        ways: list[dict[str, bool]] = [{}, {toggle: True}, {toggle: False}]
        on = [bool(self.can(member((role,), toggles=way), Target("feature", toggle), plan)) for way in ways]
        return " / ".join("on" if one else "off" for one in on)


def text(name: str) -> str:
    return Matrix(load(name)).text()


if __name__ == "__main__":
    HOME.mkdir(exist_ok=True)
    for name in shipped():
        (HOME / f"{name}.txt").write_text(text(name))
