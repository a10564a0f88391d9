"""What a kept command says, as its card shows it: names in place of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handlers.catalogue import Catalogue
from handlers.commands import (
    AddResource,
    Asked,
    ChangeSettings,
    CloseOrganization,
    Command,
    CreateGroup,
    CreateOrganization,
    CreateSpace,
    DeleteGroup,
    DeleteMember,
    DeleteSpace,
    EditMember,
    Import,
    Invite,
    JoinGroup,
    LeaveGroup,
    Named,
    Person,
    RemoveResource,
    RenameGroup,
    RenameSpace,
    RequestAccess,
    SetPermissions,
    Share,
    Thing,
    TransferOrganization,
    Unshare,
)
from handlers.models import Becoming

Becomes = tuple[tuple[Becoming, str], ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the ids in commands stand for. What is gone keeps its id."""

    catalogue: Catalogue
    organization: str
    people: Mapping[str, Named]
    things: Mapping[str, str]

    def thing(self, id_: str, otherwise: str | None = None) -> str:
        return self.things.get(id_) or otherwise or id_

    def of(self, people: tuple[Person, ...]) -> tuple[Named, ...]:
        return tuple(self.people[one.id] for one in people if one.id and one.id in self.people)

    def of_groups(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted((self.thing(one) for one in ids), key=str.casefold))

    def sort(self, kind: str) -> str:
        known = self.catalogue.kinds.get(kind)
        return known.title if known else kind

    def addons(self, ids: tuple[str, ...]) -> str:
        known = self.catalogue.addons
        return ", ".join(known[one].title if one in known else one for one in ids)

    def toggles(self, ids: tuple[str, ...]) -> str:
        known = self.catalogue.toggles
        return ", ".join(known[one].title if one in known else one for one in ids)


@dataclass(frozen=True, slots=True)
class Contents:
    """The fields of a card that come from the command alone; ``new`` None: as the request keeps it."""

    emails: tuple[str, ...] = ()
    asked: Asked = "role"
    extends: bool = False
    thing: str = ""
    sort: str = ""
    people: tuple[Named, ...] = ()
    others: tuple[str, ...] = ()
    becomes: Becomes = ()
    new: str | None = None
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    more: tuple[int, int] = (0, 0)


def people_in(command: Command) -> Iterator[str]:
    """The ids of members whom a kept command names beside its target."""
    match command:
        case JoinGroup(people=people) | LeaveGroup(people=people) | Share(people=people) | Unshare(people=people):
            yield from (one.id for one in people if one.id)
        case AddResource(owner=Person(id=owner)) | DeleteMember(heir=Person(id=owner)) if owner:
            yield owner
        case _:
            return


def things_in(command: Command) -> Iterator[str]:
    """The ids of spaces, groups and resources that a kept command names."""
    match command:
        case RenameSpace(space=one) | DeleteSpace(space=one) | AddResource(space=str(one)):
            yield one
        case RenameGroup(group=one) | DeleteGroup(group=one) | JoinGroup(group=one) | LeaveGroup(group=one):
            yield one
        case Share(resource=resource, groups=groups) | Unshare(resource=resource, groups=groups):
            yield from (*_keys(resource), *groups)
        case RemoveResource(resource=resource):
            yield from _keys(resource)
        case SetPermissions(datasets=datasets, overrides=overrides):
            yield from (*datasets, *(one for one, _ in overrides))
        case RequestAccess(asked="group" | "resource", role=one):
            yield one
        case EditMember(joined=joined, left=left):
            yield from (*joined, *left)
        case Invite(groups=groups) | Import(groups=groups):
            yield from groups
        case _:
            return


def _keys(resource: Thing) -> tuple[str, str]:
    """A resource is kept by its id, or by its kind and its id in the product."""
    return resource.named, resource.typed


def contents(command: Command, names: Names, *, old: str | None) -> Contents:  # noqa: C901, PLR0911 - one line for each kind
    """``old``: what the request keeps as the value before, which names what is gone by now."""
    match command:
        case Invite():
            return _of_invitation(command, names)
        case RequestAccess():
            return _asked(command, names, old)
        case CreateSpace(name=name) | CreateGroup(name=name):
            return Contents(thing=name)
        case RenameSpace(space=one, name=name) | RenameGroup(group=one, name=name):
            return Contents(thing=names.thing(one, old), new=name)
        case DeleteSpace(space=one) | DeleteGroup(group=one):
            return Contents(thing=names.thing(one, old))
        case JoinGroup(people=people, group=one) | LeaveGroup(people=people, group=one):
            return Contents(thing=names.thing(one, old), people=names.of(people))
        case AddResource() | RemoveResource() | Share() | Unshare():
            return _of_resource(command, names, old)
        case SetPermissions():
            return Contents(becomes=_permissions(command, names))
        case EditMember() | DeleteMember() | Import():
            return _of_directory(command, names)
        case ChangeSettings() | CreateOrganization() | CloseOrganization() | TransferOrganization():
            return _of_organization(command, names)
        case _:
            return Contents()


def _asked(command: RequestAccess, names: Names, old: str | None) -> Contents:
    match command.asked:
        case "role":
            return Contents(extends=command.extends)
        case "add-on":
            return Contents(asked="add-on", extends=command.extends, thing=names.addons((command.role,)))
        case "group":
            return Contents(asked="group", extends=command.extends, thing=names.thing(command.role, old))
        case "resource":
            kind, _, outside = command.role.partition(":")
            thing = names.thing(command.role, outside)
            return Contents(asked="resource", extends=command.extends, thing=thing, sort=names.sort(kind))


def _of_resource(command: AddResource | RemoveResource | Share | Unshare, names: Names, old: str | None) -> Contents:
    match command:
        case AddResource(sort=sort, name=name):
            owner = names.of((command.owner,) if command.owner else ())
            return Contents(thing=name, sort=names.sort(sort), people=owner)
        case RemoveResource(resource=resource):
            return Contents(thing=_named(resource, names, old), sort=names.sort(resource.sort))
        case Share(resource=resource) | Unshare(resource=resource):
            groups = tuple(names.thing(one) for one in command.groups)
            return Contents(
                thing=_named(resource, names, old),
                sort=names.sort(resource.sort),
                people=names.of(command.people),
                others=(*groups, *command.emails),
            )


def _named(resource: Thing, names: Names, old: str | None) -> str:
    known = (names.things.get(key) for key in _keys(resource))
    return next((name for name in known if name), old or resource.named)


def _permissions(command: SetPermissions, names: Names) -> Becomes:
    """All that will be as the form showed it; what is left as it is, is not said."""
    overridden = dict(command.overrides)
    datasets = (names.thing(one) + _level(overridden.get(one)) for one in command.datasets)
    said: dict[Becoming, str | None] = {
        "add-ons": None if command.addons is None else names.addons(command.addons) or "none",
        "mode": command.mode,
        "level": command.level,
        "datasets": ", ".join(datasets),
        "on": names.toggles(command.on),
        "off": names.toggles(command.off),
    }
    return tuple((what, value) for what, value in said.items() if value)


def _level(override: str | None) -> str:
    return f" ({override})" if override and override != "default" else ""


def _of_invitation(command: Invite, names: Names) -> Contents:
    named: Becomes = (("name", command.name),) if command.name else ()
    return Contents(emails=command.emails, becomes=named, joined=names.of_groups(command.groups))


def _of_organization(
    command: ChangeSettings | CreateOrganization | CloseOrganization | TransferOrganization, names: Names
) -> Contents:
    match command:
        case ChangeSettings():
            return Contents(becomes=_settings(command))
        case CreateOrganization(name=name, catalogue=catalogue, plan=plan):
            said: dict[Becoming, str] = {"catalogue": catalogue, "plan": plan}
            return Contents(thing=name, becomes=tuple((what, value) for what, value in said.items() if value))
        case CloseOrganization() | TransferOrganization():
            return Contents(thing=names.organization)


def _of_directory(command: EditMember | DeleteMember | Import, names: Names) -> Contents:
    match command:
        case EditMember(name=name, timezone=zone, joined=joined, left=left):
            said: dict[Becoming, str | None] = {"name": name, "timezone": zone}
            becomes: Becomes = tuple((what, value) for what, value in said.items() if value)
            return Contents(becomes=becomes, joined=names.of_groups(joined), left=names.of_groups(left))
        case DeleteMember(heir=heir):
            return Contents(people=names.of((heir,) if heir else ()))
        case Import():
            return Contents(
                emails=command.raised,
                becomes=(("file", command.file),),
                joined=names.of_groups(command.groups),
                counts=tuple(zip(command.roles, command.each, strict=True)),
                more=(command.more_groups, command.more_raised),
            )


def _settings(command: ChangeSettings) -> Becomes:
    days = command.invitation_days
    said: dict[Becoming, str | None] = {
        "plan": command.plan,
        "catalogue": command.catalogue,
        "invitation-days": None if days is None else str(days or "the catalogue's own"),
        "follow-slack": None if command.follow_slack is None else "yes" if command.follow_slack else "no",
        "approvals-channel": None if command.approvals_channel is None else command.approvals_channel or "none",
    }
    return tuple((what, value) for what, value in said.items() if value is not None)
