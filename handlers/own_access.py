"""What somebody holds themselves: whether it rests, and whether they may keep it longer or give it back. Pure."""

from __future__ import annotations

from handlers.catalogue import Addon, Catalogue, Role
from handlers.commands import Asked, RefusalCode
from storage.own_grants import GrantRecord
from storage.records import MemberRecord

# How the kinds of grants are called where people ask for them.
ASKED: dict[str, Asked] = {"role": "role", "addon": "add-on", "group": "group", "resource": "resource"}
KINDS: dict[Asked, str] = {asked: kind for kind, asked in ASKED.items()}


def role_of(catalogue: Catalogue, role: str, place: str) -> Role | None:
    return (catalogue.space if place else catalogue.organization).get(role)


def role_in_force(catalogue: Catalogue, member: MemberRecord, place: str) -> Role | None:
    """In a space as far as the role in the organization lets it count (K4)."""
    mine = catalogue.organization.get(member.role() or "")
    if not place:
        return mine
    return catalogue.capped(mine, catalogue.space.get(member.role(place) or ""))


def fits(addon: Addon, role: Role | None, place: str) -> bool:
    """An add-on goes on certain roles; on any other it rests (003-26)."""
    return role is not None and role.id in (addon.on_space if place else addon.on_organization)


def rests(catalogue: Catalogue, member: MemberRecord, grant: GrantRecord) -> bool:
    addon = catalogue.addons.get(grant.what) if grant.kind == "addon" else None
    return addon is not None and not fits(addon, role_in_force(catalogue, member, grant.space), grant.space)


def keeps(catalogue: Catalogue, member: MemberRecord, grant: GrantRecord) -> RefusalCode | None:
    """Why somebody can't give back what they hold; None: they can.

    A role for a while that is lower than what lies below was given to take something away, and own groups are changed
    by others (D1): nobody ends these for themselves.
    """
    match grant.kind:
        case "role" if grant.ends is None:
            return None if grant.space else "keeps-role"
        case "role":
            below = member.lasting(grant.space)
            under = role_of(catalogue, below.what, grant.space) if below else None
            above = role_of(catalogue, grant.what, grant.space)
            raises = under is not None and (above is None or under.rank > above.rank)
            return "not-on-oneself" if raises else None
        case "group":
            return None if grant.source == "request" else "not-on-oneself"
        case _:
            return None


def extendable(grant: GrantRecord) -> bool:
    return grant.ends is not None and grant.kind in ASKED
