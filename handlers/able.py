"""What the actor could do to one person, judged as the gate will judge it; nothing is offered that it would refuse."""

from __future__ import annotations

from handlers import policy
from handlers.catalogue import Change, Role
from handlers.catalogue_words import MANAGING
from handlers.commands import Refusal
from handlers.facts import Case, Facts
from handlers.space_models import Standing
from storage.records import MemberRecord


def may(case: Case, facts: Facts) -> bool:
    try:
        policy.check(case, facts)
    except Refusal:
        return False
    return True


def manages(facts: Facts) -> bool:
    """Whether somebody looks after the target: lists everybody, and may do to them something that manages members. To
    look after oneself it is enough to manage others."""
    me, target = facts.me, facts.target
    if me is None or "list" not in policy.permitted(facts) or not policy.holds(facts, me, "list"):
        return False
    changes: list[Change] = [change for change, needed in facts.catalogue.needs.items() if needed in MANAGING]
    if target is None or target.id == me.id:
        return any(policy.holds(facts, me, change) for change in changes)
    role = facts.organization_role(target)
    return any(may(Case(change, old=role), facts) for change in changes)


def givable(facts: Facts, old: Role | None) -> tuple[str, ...]:
    """The roles that ``facts.me`` could give the target in the scope of the facts, highest first; to nobody in
    particular where there is no target. ``old``: what the target holds there, or is promised."""
    catalogue = facts.catalogue
    known = catalogue.space if facts.space else catalogue.organization
    theirs = facts.organization_role(facts.target)
    return tuple(
        role.id
        for role in known.values()
        if not role.exactly_one
        and (facts.space is None or catalogue.capped(theirs, role) is role)
        and may(Case("change-role", old=old, new=role), facts)
    )


def standing(facts: Facts, member: MemberRecord) -> Standing:
    """Who somebody is in the space of the facts."""
    mine, given = facts.organization_role(member), facts.space_role(member)
    counts = facts.catalogue.capped(mine, given)
    above = member.temporary(facts.place)
    return Standing(
        role=given.id if given else None,
        ends=above.ends if above else None,
        counts_as=counts.id if counts and counts is not given else None,
        reached_as=mine.id if mine and mine.reaches_every_space else None,
    )
