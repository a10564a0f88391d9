"""Which of the members that were loaded is the one that somebody named."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.commands import Person, Refusal
from storage.members import Wanted, folded
from storage.records import MemberRecord


def wanted(person: Person, team: str) -> Wanted:
    """Everybody who could be meant; ``team``: whose users a mention names."""
    return Wanted(
        ids=(person.id,) if person.id else (),
        emails=(folded(person.email),) if person.email else (),
        account=(team, person.slack) if person.slack else None,
        names=(folded(person.name),) if person.name else (),
    )


def is_address(kept: str, given: str) -> bool:
    """Whether both are one address, in whatever letter case. Names may be told apart more loosely: `ß` and `ss`, say,
    are letters of different domains, and whoever owns the one must not be taken for somebody of the other."""
    return _lowered(kept) == _lowered(given)


def _lowered(address: str) -> str:
    """Only letters that are the other case of each other: neither ligatures nor signs that merely look alike."""
    return "".join(low if (low := letter.lower()).upper() == letter else letter for letter in address.strip())


def is_meant(member: MemberRecord, person: Person) -> bool:
    """Whether a loaded member is one that ``person`` names."""
    if person.id:
        return member.id == person.id
    if person.email:
        return is_address(member.email, person.email)
    if person.slack:
        return member.slack_user == person.slack
    name, typed = folded(member.name), folded(person.name or "")
    return name == typed or name.startswith(f"{typed} ")


def find(
    loaded: Sequence[MemberRecord], person: Person, *, field: str = "person", also_removed: bool = False
) -> MemberRecord:
    """The one member that was named. Raises Refusal: unknown, or several of that name."""
    there = [member for member in loaded if member.listed or (also_removed and not member.deleted)]
    found = [member for member in there if is_meant(member, person)]
    exact = [member for member in found if person.name and folded(member.name) == folded(person.name)]
    found = exact or found
    if not found:
        raise Refusal("unknown-person", field, person=person.typed)
    if len(found) > 1:
        several = ", ".join(f"{member.name} ({member.email})" for member in found[:5])
        raise Refusal("ambiguous-person", field, person=person.typed, several=several)
    return found[0]
