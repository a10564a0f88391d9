"""Which spaces and resources somebody sees, as far as that follows from their roles; who is on a list, storage looks
up. Pure.

The same rule as the decisions' (``decisions.decide``), as a condition for a search: a list of thousands is not decided
one by one. Whoever may change resources sees those too that only a list shows, so that there is a way to the list.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import policy
from handlers.catalogue import Change
from handlers.facts import Facts
from storage.records import MemberRecord, SpaceRecord
from storage.resources import Reach, Sight

CHANGING: tuple[Change, ...] = ("add-resource", "remove-resource", "share")
EVERYTHING = Sight()


def sight(facts: Facts) -> Sight:
    """The operator, the system and other software see all that there is."""
    me = facts.me
    if me is None:
        return EVERYTHING
    role = facts.organization_role(me)
    reaches = role.reaches if role else frozenset[str]()
    places = [place for grant in me.roles if (place := grant.space)]
    inside = tuple(place for place in dict.fromkeys(places) if me.role(place) in facts.catalogue.space)
    everywhere = Reach("everything" in reaches, "all-spaces" in reaches, inside, "own" in reaches)
    return Sight(
        member=me.id,
        organization=facts.organization.id,
        reach=everywhere,
        managed=_managed(facts, me, everywhere),
        list_kinds=tuple(kind.id for kind in facts.catalogue.kinds.values() if kind.seen_by == "list"),
    )


def spaces_of(facts: Facts, member: MemberRecord | None) -> tuple[str, ...] | None:
    """The spaces somebody has access to; None: all, also those made later (X11)."""
    mine = facts.organization_role(member)
    if member is None or (mine and mine.reaches_every_space):
        return None
    return tuple({grant.space for grant in member.roles if grant.space and grant.what in facts.catalogue.space})


def _managed(facts: Facts, me: MemberRecord, reach: Reach) -> Reach:
    """What of it they may change in some way."""
    outside = replace(facts, space=None)
    changes = any(policy.holds(outside, me, change) for change in CHANGING)
    return Reach(
        everything=reach.everything and changes,
        spaces=tuple(place for place in reach.spaces if any(_holds_in(facts, me, place, c) for c in CHANGING)),
        own=changes,
    )


def _holds_in(facts: Facts, me: MemberRecord, place: str, change: Change) -> bool:
    inside = SpaceRecord(place, facts.organization.id, "", "", None)
    return policy.holds(replace(facts, space=inside), me, change)


def changes_all(facts: Facts) -> bool:
    """Outside spaces, whoever does not reach everything acts on their own alone (001-45)."""
    if facts.me is None:
        return True
    role = facts.organization_role(facts.me)
    return role is not None and "everything" in role.reaches
