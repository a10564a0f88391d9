"""What a kept change is judged by, built again from what was kept: the same case that its plan would make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from pydantic import ValidationError

from handlers import policy, recataloguing
from handlers.catalogue import Change
from handlers.commands import (
    COMMANDS,
    AddResource,
    Asked,
    ChangeRole,
    ChangeSettings,
    Command,
    DeleteMember,
    EditMember,
    Import,
    Invite,
    JoinGroup,
    LeaveGroup,
    RemoveResource,
    RequestAccess,
    SetPermissions,
    Share,
    Thing,
    Unshare,
)
from handlers.contents import people_in
from handlers.facts import Case, Facts
from handlers.parts import Catalogues
from handlers.resets_apart import OTHER, apart
from storage import names
from storage.records import MemberRecord, RequestRecord, ResourceRecord, SpaceRecord
from storage.store import Connection

# What somebody asks for, and the change that whoever decides must be able to make themselves.
COUNTS_AS: Mapping[Asked, Change] = {
    "role": "change-role",
    "add-on": "permissions",
    "group": "groups",
    "resource": "share",
}

# Between the ids of several spaces, where a request keeps them as the value that is new.
LEFT = ", "


def command_of(record: RequestRecord) -> Command | None:
    """None: a version of Usher kept it that this one does not understand."""
    try:
        return COMMANDS.validate_json(record.command)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Grounds:
    """The places and resources that requests are about, as they are now, and the catalogues there are."""

    catalogues: Catalogues
    spaces: Mapping[str, SpaceRecord]
    resources: Mapping[str, ResourceRecord]
    apart: Mapping[tuple[str, str], frozenset[str]]


async def grounds(
    connection: Connection,
    organization: str,
    records: Sequence[RequestRecord],
    catalogues: Catalogues,
    *,
    now: datetime,
) -> Grounds:
    """Of all these requests in three statements at most."""
    commands = [command for record in records if (command := command_of(record)) is not None]
    return Grounds(
        catalogues,
        await names.places(connection, organization, {one for record in records for one in _spaces_in(record)}),
        await names.resources_of(connection, organization, {one for c in commands if (one := _resource_in(c))}),
        await taking_no_part(connection, organization, records, now=now),
    )


async def taking_no_part(
    connection: Connection, organization: str, records: Sequence[RequestRecord], *, now: datetime
) -> dict[tuple[str, str], frozenset[str]]:
    """In the resets that these are, by member and kind."""
    resets = {(record.target, record.change) for record in records if record.target and record.change in OTHER}
    return await apart(connection, organization, resets, now=now)


def _spaces_in(record: RequestRecord) -> tuple[str, ...]:
    """Where it is, or what a deletion leaves to an heir."""
    return (record.space,) if record.space else _left(record)


def _left(record: RequestRecord) -> tuple[str, ...]:
    return tuple(record.new.split(LEFT)) if record.change == "delete-member" and record.new else ()


def _resource_in(command: Command) -> str:
    """``kind:outside id`` of the resource that somebody must be able to change."""
    match command:
        case (
            Share(resource=Thing() as one) | Unshare(resource=Thing() as one) | RemoveResource(resource=Thing() as one)
        ):
            return one.typed
        case AddResource(sort=sort, outside=outside):
            return f"{sort}:{outside}"
        case RequestAccess(asked="resource", role=one):
            return one
        case _:
            return ""


def case_of(
    record: RequestRecord, facts: Facts, known: Grounds, everybody: Mapping[str, MemberRecord]
) -> tuple[Case, Facts] | None:
    """None: nobody can decide what cannot be read, or has lost its place."""
    command = command_of(record)
    if command is None or (record.space and record.space not in known.spaces):
        return None
    placed = replace(facts, target=everybody.get(record.target or ""), space=known.spaces.get(record.space))
    heir = everybody.get(record.beneficiary or "") if isinstance(command, DeleteMember) else None
    return replace(_case(record, command, placed, known), heir=heir), placed


def _case(record: RequestRecord, command: Command, facts: Facts, known: Grounds) -> Case:
    roles = facts.catalogue.space if record.space else facts.catalogue.organization
    asked = command.asked if isinstance(command, RequestAccess) else "role"
    gives_role = isinstance(command, Invite | ChangeRole | RequestAccess) and asked == "role"
    remodel = known.catalogues.chosen(command.catalogue or "") if _remodels(command) else None
    return Case(
        change=_change(record, command),
        old=facts.role_here(facts.target),
        new=roles.get(record.new or "") if gives_role else None,
        rows=_rows(command),
        several=tuple(roles[one] for one in command.roles if one in roles) if isinstance(command, Import) else (),
        joins=_joins(command),
        own=record.requester in (record.beneficiary, record.target),
        opens=recataloguing.gains(facts.catalogue, remodel) if remodel else policy.opens(facts, _addons(command)),
        counts_as=COUNTS_AS[asked],
        people=frozenset(people_in(command)) if isinstance(command, _CONCERNING) else frozenset(),
        groups=frozenset(command.groups) if isinstance(command, Share) else frozenset(),
        resource=known.resources.get(_resource_in(command)),
        apart=known.apart.get((record.target or "", record.change), frozenset()),
        remodels=remodel is not None,
        left=tuple(known.spaces[one] for one in _left(record) if one in known.spaces),
    )


def _rows(command: Command) -> int:
    match command:
        case Invite(emails=emails):
            return len(emails)
        case Import(people=people):
            return people
        case _:
            return 1


def _joins(command: Command) -> bool:
    match command:
        case Invite(groups=groups):
            return bool(groups)
        case EditMember(joined=joined, left=left):
            return bool(joined or left)
        case Import(groups=groups):
            return bool(groups)
        case _:
            return False


# What concerns everybody whom it names, so that none of them decides about it.
_CONCERNING = (AddResource, JoinGroup, LeaveGroup, Share)


def _change(record: RequestRecord, command: Command) -> Change:
    """To register something again is to change what is there."""
    again = isinstance(command, AddResource) and record.old is not None
    return "remove-resource" if again else policy.change_named(record.change)


def _remodels(command: Command) -> TypeGuard[ChangeSettings]:
    return isinstance(command, ChangeSettings) and bool(command.catalogue)


def _addons(command: Command) -> tuple[str, ...]:
    """The add-ons that somebody is to have."""
    match command:
        case SetPermissions(addons=addons):
            return addons or ()
        case RequestAccess(asked="add-on", role=addon):
            return (addon,)
        case _:
            return ()
