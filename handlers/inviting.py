"""Telling a typed list of addresses apart by what can be done with each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.commands import NotInvited
from handlers.emails import checked_address
from storage.members import folded
from storage.records import MemberRecord

MOST_ADDRESSES = 200


@dataclass(frozen=True, slots=True)
class Sorted:
    """Each address once: new here, of somebody who may come back, and what is left out."""

    fresh: tuple[str, ...]
    returning: tuple[MemberRecord, ...]
    left_out: tuple[NotInvited, ...]

    @property
    def invited(self) -> tuple[str, ...]:
        return (*self.fresh, *(member.email for member in self.returning))


def sort(typed: Iterable[str], loaded: Sequence[MemberRecord]) -> Sorted:
    """``loaded`` are those of the addresses that are known here."""
    checked = {folded(email): checked_address(email) for email in typed if email.strip()}
    valid = {folded(address): address for address in checked.values() if address}
    of_address = {folded(member.email): member for member in loaded}
    known = {key: of_address[key] for key in valid if key in of_address}
    wrong = [NotInvited(email, "not-an-address") for email, address in checked.items() if not address]
    taken = [NotInvited(m.email, why, m.id) for m in known.values() if (why := why_not(m))]
    return Sorted(
        fresh=tuple(address for key, address in valid.items() if key not in known),
        returning=tuple(member for member in known.values() if not why_not(member)),
        left_out=(*wrong, *taken),
    )


def why_not(member: MemberRecord) -> Literal["already-member", "already-invited", "deactivated"] | None:
    """Why a known address is not invited again; None: they left, or never came, and may come back (X2)."""
    if not member.listed or (member.status == "deactivated" and not member.roles):
        return None
    match member.status:
        case "active":
            return "already-member"
        case "invited":
            return "already-invited"
        case _:
            return "deactivated"
