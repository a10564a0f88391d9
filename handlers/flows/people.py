"""Finding whom a command names."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.commands import (
    Actor,
    AddResource,
    Command,
    Invite,
    JoinGroup,
    LeaveGroup,
    Person,
    Refusal,
    Share,
    Unshare,
)
from handlers.flows.work import Work
from storage import spaces
from storage.members import Wanted, folded
from storage.records import MemberRecord, SpaceRecord


def wanted_by(command: Command, by: Actor, *, ids: tuple[str, ...] = ()) -> Wanted:
    """Everybody a command names, and who acts: loaded together, in one statement."""
    named = _named(command)
    listed = command.emails if isinstance(command, Invite | Share | Unshare) else ()
    emails = (*listed, *(one.email or "" for one in named))
    return Wanted(
        ids=(*ids, *(one.id for one in named if one.id)),
        emails=tuple(folded(email) for email in emails if email.strip()),
        account=(by.account.team, by.account.user) if by.account else None,
        slack_users=tuple(one.slack for one in named if one.slack),
        names=tuple(folded(one.name) for one in named if one.name),
    )


def _named(command: Command) -> tuple[Person, ...]:
    """Whatever the fields are called in which a command names people."""
    match command:
        case JoinGroup(people=several) | LeaveGroup(people=several) | Share(people=several) | Unshare(people=several):
            return several
        case AddResource(owner=one):
            return (one,) if one else ()
        case _:
            one = getattr(command, "person", None)
            return (one,) if isinstance(one, Person) else ()


def acting(loaded: Sequence[MemberRecord], by: Actor) -> MemberRecord | None:
    """The member to whom the acting Slack account is tied."""
    if by.account is None:
        return None
    account = (by.account.team, by.account.user)
    return next((member for member in loaded if (member.team, member.slack_user) == account), None)


def is_meant(member: MemberRecord, person: Person) -> bool:
    """Whether a loaded member is one that ``person`` names."""
    if person.id:
        return member.id == person.id
    if person.email:
        return folded(member.email) == folded(person.email)
    if person.slack:
        return member.slack_user == person.slack
    name, typed = folded(member.name), folded(person.name or "")
    return name == typed or name.startswith(f"{typed} ")


def find(work: Work, person: Person, *, field: str = "person") -> MemberRecord:
    """The one member that was named. Raises Refusal: unknown, or several of that name."""
    found = [member for member in work.loaded if member.listed and is_meant(member, person)]
    exact = [member for member in found if person.name and folded(member.name) == folded(person.name)]
    found = exact or found
    if not found:
        raise Refusal("unknown-person", field, person=person.typed)
    if len(found) > 1:
        several = ", ".join(f"{member.name} ({member.email})" for member in found[:5])
        raise Refusal("ambiguous-person", field, person=person.typed, several=several)
    return found[0]


async def find_space(work: Work, named: str | None) -> SpaceRecord | None:
    """The space that was named; None where none was. Raises Refusal."""
    if not named:
        return None
    space = await spaces.find(work.tx.connection, work.organization, named)
    if space is None:
        raise Refusal("unknown-space", "space", space=named)
    return space
