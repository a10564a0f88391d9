"""Who can, and what can somebody: the same decision, put to all whom the catalogue does not rule out at once.

The database picks candidates by what they hold, some at a time and in order; ``decide`` has the last word on each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.asked import Asked, Known, Question, is_storable, known
from handlers.catalogue import Catalogue, Role
from handlers.decisions import FEATURE, ORGANIZATION, SPACE, USE, Subject, Target
from handlers.holdings import GROUP, RESOURCE, ROLE, unasked_of
from handlers.parts import Catalogues
from storage import decision_search
from storage.decision_search import Clause, Seen
from storage.members import folded
from storage.store import Connection

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Found:
    """``next``: what to go on after, None at the end. ``subjects``: the people themselves, if they were looked for."""

    ids: tuple[str, ...]
    next: str | None = None
    subjects: tuple[Subject, ...] = ()


NOTHING = Found(())


@dataclass(frozen=True, slots=True)
class Search:
    """Goes on ``after`` this key."""

    connection: Connection
    organization: str
    catalogues: Catalogues
    question: Question
    after: str
    limit: int
    now: datetime

    async def load(self, wanted: Asked) -> Known | None:
        return await known(self.connection, self.organization, wanted, self.catalogues)

    def page(self, found: Sequence[str], keys: Sequence[str]) -> Found:
        """``found`` holds one more than asked for, if there is more."""
        more = [self.after, *keys][self.limit] if len(found) > self.limit else None
        return Found(tuple(found[: self.limit]), more)


async def subjects(search: Search, facts: Known) -> Found:
    """By folded address."""
    question = search.question
    target = facts.target(question.type, question.id)
    if target is None or not is_storable(search.after):
        return NOTHING
    clauses, after, found = _clauses(facts.catalogue, question.action, target), search.after, list[Subject]()
    while True:
        ids = await decision_search.people_after(
            search.connection, search.organization, clauses, after=after, limit=_BATCH
        )
        loaded = await search.load(Asked(members=tuple(ids))) if ids else None
        if loaded is None:
            break
        people = _in_order(ids, loaded.people)
        allowed = [one for one in people if loaded.decided(one, question.action, target, now=search.now).allowed]
        found += allowed
        if len(ids) < _BATCH or len(found) > search.limit:
            break
        after = folded(people[-1].email) if people else after
    page = search.page([one.email for one in found], [folded(one.email) for one in found])
    return Found(page.ids, page.next, tuple(found[: search.limit]))


def _in_order(ids: Sequence[str], people: Mapping[str, Subject]) -> list[Subject]:
    by_id = {one.id: one for one in people.values()}
    return [by_id[one] for one in ids if one in by_id]


async def resources(search: Search, facts: Known) -> Found:
    """By their ids."""
    question, subject = search.question, facts.subject(search.question.subject)
    if subject is None or not is_storable(search.after):
        return NOTHING
    if question.type == SPACE:
        return await _spaces(search, subject)
    if question.type in facts.catalogue.kinds:
        return await _things(search, facts.catalogue, subject)
    names = {ORGANIZATION: [facts.slug], FEATURE: sorted(facts.catalogue.toggles)}.get(question.type, [])
    targets = [Target(question.type, name) for name in names if name > search.after]
    allowed = [one.id for one in targets if facts.decided(subject, question.action, one, now=search.now).allowed]
    return search.page(allowed, allowed)


async def _spaces(search: Search, subject: Subject) -> Found:
    after, found = search.after, list[str]()
    while len(found) <= search.limit:
        slugs = await decision_search.slugs_after(search.connection, search.organization, after=after, limit=_BATCH)
        loaded = await search.load(Asked(members=(subject.id,), spaces=tuple(slugs))) if slugs else None
        if loaded is None:
            break
        found += _allowed(search, loaded, slugs)
        after = slugs[-1]
        if len(slugs) < _BATCH:
            break
    return search.page(found, found)


async def _things(search: Search, catalogue: Catalogue, subject: Subject) -> Found:
    seen, kind = _seen(catalogue, subject, search.question.type), search.question.type
    after, found = search.after, list[str]()
    while len(found) <= search.limit:
        names = await decision_search.things_after(
            search.connection, search.organization, kind, seen, after=after, limit=_BATCH
        )
        wanted = Asked(members=(subject.id,), kinds=(kind,), outside=tuple(names))
        loaded = await search.load(wanted) if names else None
        if loaded is None:
            break
        found += _allowed(search, loaded, names)
        after = names[-1]
        if len(names) < _BATCH:
            break
    return search.page(found, found)


def _allowed(search: Search, loaded: Known, names: Sequence[str]) -> list[str]:
    questions = [search.question._replace(id=name) for name in names]
    return [one.id for one in questions if loaded.decide(one, now=search.now).allowed]


def actions(facts: Known, question: Question, *, now: datetime) -> list[str]:
    catalogue = facts.catalogue
    match question.type:
        case "organization" | "space":
            names = catalogue.permissions[question.type]
        case "feature":
            names = (USE,)
        case kind:
            names = catalogue.kinds[kind].actions if kind in catalogue.kinds else ()
    return [name for name in names if facts.decide(question._replace(action=name), now=now).allowed]


# What must be held at least ------------------------------------------------------------------------------------------


def _clauses(catalogue: Catalogue, action: str, target: Target) -> list[Clause]:
    if target.type == FEATURE:
        toggle = catalogue.toggles.get(target.id)
        return [Clause(roles=toggle.on_for | toggle.settable_for if toggle else frozenset())]
    if target.type in (ORGANIZATION, SPACE):
        return [_opening(catalogue, action, target.space)]
    if target.type not in catalogue.kinds:
        return [Clause()]
    return [_opening(catalogue, f"{target.type}:{action}", target.space), _seeing(catalogue, target)]


def _opening(catalogue: Catalogue, permission: str, space: str) -> Clause:
    """Roles and add-ons that could open it. A space role counts as any below it, where it is capped (K4)."""
    openers = [one for one in catalogue.space.values() if permission in one.permissions | one.on_resources]
    lowest = min((one.rank for one in openers), default=None)
    return Clause(
        roles=frozenset(r.id for r in catalogue.organization.values() if permission in _all_of(catalogue, r)),
        addons=frozenset(one.id for one in catalogue.addons.values() if permission in one.opens),
        space=space,
        space_roles=frozenset(one.id for one in catalogue.space.values() if lowest is not None and one.rank >= lowest)
        if space
        else frozenset(),
    )


def _all_of(catalogue: Catalogue, role: Role) -> frozenset[str]:
    return role.permissions | role.on_resources | unasked_of(catalogue, role)


def _seeing(catalogue: Catalogue, target: Target) -> Clause:
    by_reach = catalogue.kinds[target.type].seen_by != "list"
    reaching = {"everything", "all-spaces"} if target.space else {"everything"}
    roles = [one.id for one in catalogue.organization.values() if one.reaches & reaching]
    return Clause(
        roles=frozenset(roles) if by_reach else frozenset(),
        space=target.space,
        space_roles=frozenset(catalogue.space) if by_reach and target.space else frozenset(),
        owner=target.owner if by_reach else None,
        resource=target.resource,
        groups=target.groups,
    )


def _seen(catalogue: Catalogue, subject: Subject, kind: str) -> Seen:
    """By all that they hold, also what has run out: less would be wrong, more costs a look."""
    by_reach = catalogue.kinds[kind].seen_by != "list"
    roles = [one for one in subject.held if one.kind == ROLE]
    mine = [catalogue.organization.get(one.what) for one in roles if not one.space]
    return Seen(
        owner=subject.id if by_reach else "",
        spaces=frozenset(one.space for one in roles if one.space and by_reach),
        resources=frozenset(one.what for one in subject.held if one.kind == RESOURCE),
        groups=frozenset(one.what for one in subject.held if one.kind == GROUP),
        everything=by_reach and any(one is not None and one.reaches_every_space for one in mine),
    )
