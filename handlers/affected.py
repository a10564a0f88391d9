"""What a change is about beside what it says: all that its target holds, and what an heir comes to hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handlers.catalogue import Role
from handlers.catalogue_words import MANAGING
from handlers.facts import Case, Facts
from storage.records import RoleGrant


def parts(case: Case, facts: Facts) -> Iterator[tuple[Case, Facts]]:
    """A change, and the changes that it brings about: what an heir gets, they get as if it were given to them."""
    yield case, facts
    yield from inherited(case, facts)


def inherited(case: Case, facts: Facts) -> Iterator[tuple[Case, Facts]]:
    """One change of a role in each space that is left to an heir."""
    top = facts.catalogue.space_top
    for space in case.left if case.heir and top else ():
        there = replace(facts, target=case.heir, space=space)
        yield Case("change-role", old=there.space_role(case.heir), new=top), there


def roles(case: Case, facts: Facts) -> list[Role]:
    """The target's, also one that lies below a temporary one: it returns."""
    catalogue, held = facts.catalogue, facts.target.roles if facts.target else ()
    known = [
        (catalogue.space if grant.space else catalogue.organization).get(grant.what)
        for grant in _touched(case, facts, held)
    ]
    return [role for role in (*known, case.old) if role]


def managing(case: Case, facts: Facts) -> bool:
    """Whether the target manages members by anything of theirs."""
    catalogue, held = facts.catalogue, facts.target.addons if facts.target else ()
    addons = [catalogue.addons.get(grant.what) for grant in _touched(case, facts, held)]
    by_addon = any(one.opens & MANAGING for one in addons if one)
    return by_addon or any(map(catalogue.manages_members, roles(case, facts)))


def _touched(case: Case, facts: Facts, held: Sequence[RoleGrant]) -> list[RoleGrant]:
    """Another role is about what is held in one place; everything else is done to the whole person."""
    whole = facts.space is None and case.change != "change-role"
    return [grant for grant in held if whole or grant.space == facts.place]
