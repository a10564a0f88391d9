"""What somebody holds and what each of it opens in one scope: the core of every judgement. Pure.

The gate asks it before it changes anything (``policy.held``), and so do the decisions for other software, ``why`` and
``who can`` (``decisions.decide``): one function decides (invariant 25).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Addon, Catalogue, Role
from storage.records import MemberRecord, RoleGrant

ROLE, ADDON, GROUP, RESOURCE = "role", "addon", "group", "resource"


@dataclass(frozen=True, slots=True)
class Held:
    """One grant of somebody; ``space`` '' is the organization, ``ends`` None is lasting."""

    kind: str
    what: str
    space: str
    source: str
    source_id: str | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Source:
    """One role or add-on, and what it opens in the scope that is asked about: nothing if it stands on other roles only.

    ``unasked``: it is held in the organization and counts in its spaces too. ``capped``: it was a higher role (K4).
    """

    held: Held
    opens: frozenset[str]
    role: Role | None = None
    addon: Addon | None = None
    unasked: bool = False
    capped: bool = False


def live(held: Iterable[Held], now: datetime) -> tuple[Held, ...]:
    """Expiry is judged at use (invariant 4)."""
    return tuple(one for one in held if one.ends is None or one.ends > now)


def of_member(member: MemberRecord) -> tuple[Held, ...]:
    """The roles and add-ons that a member was loaded with, which are live."""
    return (*(_held(ROLE, one) for one in member.roles), *(_held(ADDON, one) for one in member.addons))


def _held(kind: str, grant: RoleGrant) -> Held:
    return Held(kind, grant.what, grant.space, grant.source, None, grant.ends)


def role_in_force(held: Iterable[Held], place: str) -> Held | None:
    """A temporary role lies above the lasting one."""
    lasting = None
    for one in held:
        if one.kind == ROLE and one.space == place:
            if one.ends is not None:
                return one
            lasting = one
    return lasting


def organization_role(catalogue: Catalogue, held: Iterable[Held]) -> Role | None:
    found = role_in_force(held, "")
    return catalogue.organization.get(found.what) if found else None


def space_role(catalogue: Catalogue, held: Sequence[Held], space: str) -> Role | None:
    """The role in a space as far as it counts beside the one in the organization."""
    found = role_in_force(held, space)
    given = catalogue.space.get(found.what) if found else None
    return catalogue.capped(organization_role(catalogue, held), given)


def sources(catalogue: Catalogue, held: Sequence[Held], place: str) -> list[Source]:
    """All that somebody holds which counts in ``place`` ('': the organization). ``held`` is live."""
    if place:
        return _in_space(catalogue, held, place)
    mine, role = role_in_force(held, ""), organization_role(catalogue, held)
    found = [Source(mine, role.permissions | role.on_resources, role)] if mine and role else []
    return found + _addons(catalogue, held, "", role)


def _in_space(catalogue: Catalogue, held: Sequence[Held], space: str) -> list[Source]:
    """What reaches every space unasked, and what was given here."""
    found: list[Source] = []
    above, mine = role_in_force(held, ""), organization_role(catalogue, held)
    reaches = mine is not None and mine.reaches_every_space
    unasked = unasked_of(catalogue, mine)
    if above and (reaches or unasked):
        found.append(Source(above, unasked, mine, unasked=True))
    here, role = role_in_force(held, space), space_role(catalogue, held, space)
    if here and role:
        opens = role.permissions | role.on_resources
        found.append(Source(here, opens, role, capped=role.id != here.what))
    found += _addons(catalogue, held, space, role)
    return found + (_addons(catalogue, held, "", mine, unasked=True) if reaches else [])


def unasked_of(catalogue: Catalogue, mine: Role | None) -> frozenset[str]:
    """What a role of the organization opens in a space without being given there."""
    if mine is None:
        return frozenset()
    opens = mine.in_spaces | mine.on_resources if mine.reaches_every_space else frozenset[str]()
    # Whoever may delete every space of the organization may delete this one.
    deletes = catalogue.needs.get("delete-space") in mine.permissions
    return opens | {catalogue.space_needs["delete-space"]} if deletes else opens


def _addons(
    catalogue: Catalogue, held: Iterable[Held], place: str, role: Role | None, *, unasked: bool = False
) -> list[Source]:
    """Add-ons stand on top of certain roles only (003-26)."""
    found: list[Source] = []
    for one in held:
        addon = catalogue.addons.get(one.what) if one.kind == ADDON and one.space == place else None
        if addon is None:
            continue
        fits = role is not None and role.id in (addon.on_space if place else addon.on_organization)
        opens = addon.opens if fits else frozenset[str]()
        found.append(Source(one, opens, addon=addon, unasked=unasked))
    return found


def opened(found: Iterable[Source]) -> frozenset[str]:
    """Everything that the sources open together."""
    return frozenset[str]().union(*(one.opens for one in found))
