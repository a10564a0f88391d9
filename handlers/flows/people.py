"""Finding whom a command names."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import finding, policy
from handlers.commands import (
    Actor,
    AddResource,
    Command,
    DeleteMember,
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
        case DeleteMember(person=one, heir=heir):
            return (one, heir) if heir else (one,)
        case _:
            one = getattr(command, "person", None)
            return (one,) if isinstance(one, Person) else ()


def acting(loaded: Sequence[MemberRecord], by: Actor) -> MemberRecord | None:
    """The member to whom the acting Slack account is tied."""
    if by.account is None:
        return None
    account = (by.account.team, by.account.user)
    return next((member for member in loaded if (member.team, member.slack_user) == account), None)


def find(work: Work, person: Person, *, field: str = "person", also_removed: bool = False) -> MemberRecord:
    """The one member that was named. Raises Refusal: unknown, or several of that name, who are told apart for those
    alone who may list people. ``also_removed``: those too who were removed from the organization."""
    try:
        return finding.find(work.loaded, person, field=field, also_removed=also_removed)
    except Refusal as refusal:
        if refusal.code != "ambiguous-person" or work.me is None or "list" in policy.permitted(work.facts):
            raise
        raise Refusal("ambiguous-person", field, person=person.typed, several=person.typed) from None


async def find_space(work: Work, named: str | None) -> SpaceRecord | None:
    """The space that was named; None where none was. Raises Refusal."""
    if not named:
        return None
    space = await spaces.find(work.tx.connection, work.organization, named)
    if space is None:
        raise Refusal("unknown-space", "space", space=named, place=work.facts.catalogue.words.space)
    return space
