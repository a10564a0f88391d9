"""What may be asked about spaces, groups, resources, and what one member may do in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.commands.who import Person


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource as ``KIND:NAME``: ``sort`` is its kind, ``named`` its id in the product, or a name that is unique."""

    sort: str
    named: str

    @property
    def typed(self) -> str:
        return f"{self.sort}:{self.named}"


@dataclass(frozen=True, slots=True)
class CreateSpace:
    name: str
    kind: Literal["create-space"] = "create-space"


@dataclass(frozen=True, slots=True)
class RenameSpace:
    space: str
    name: str
    kind: Literal["rename-space"] = "rename-space"


@dataclass(frozen=True, slots=True)
class DeleteSpace:
    """Ends everybody's access to it; what products registered in it stays registered, outside any space."""

    space: str
    kind: Literal["delete-space"] = "delete-space"


@dataclass(frozen=True, slots=True)
class RemoveFromSpace:
    person: Person
    space: str
    reason: str = ""
    kind: Literal["remove-from-space"] = "remove-from-space"


@dataclass(frozen=True, slots=True)
class CreateGroup:
    name: str
    kind: Literal["create-group"] = "create-group"


@dataclass(frozen=True, slots=True)
class RenameGroup:
    group: str
    name: str
    kind: Literal["rename-group"] = "rename-group"


@dataclass(frozen=True, slots=True)
class DeleteGroup:
    group: str
    kind: Literal["delete-group"] = "delete-group"


@dataclass(frozen=True, slots=True)
class JoinGroup:
    people: tuple[Person, ...]
    group: str
    kind: Literal["join-group"] = "join-group"


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    people: tuple[Person, ...]
    group: str
    kind: Literal["leave-group"] = "leave-group"


@dataclass(frozen=True, slots=True)
class AddResource:
    """Registers a resource, or changes the one of that ``sort`` and ``outside`` id; what is None stays as it is."""

    sort: str
    outside: str
    name: str
    space: str | None = None
    owner: Person | None = None
    kind: Literal["add-resource"] = "add-resource"


@dataclass(frozen=True, slots=True)
class RemoveResource:
    resource: Thing
    kind: Literal["remove-resource"] = "remove-resource"


@dataclass(frozen=True, slots=True)
class Share:
    """Puts people, groups or plain addresses on a resource's list (002-24, 002-27)."""

    resource: Thing
    people: tuple[Person, ...] = ()
    emails: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kind: Literal["share"] = "share"


@dataclass(frozen=True, slots=True)
class Unshare:
    resource: Thing
    people: tuple[Person, ...] = ()
    emails: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kind: Literal["unshare"] = "unshare"


@dataclass(frozen=True, slots=True)
class Notify:
    """Tells everybody on a resource's list, whatever their role (002-26)."""

    resource: Thing
    text: str
    kind: Literal["notify"] = "notify"


@dataclass(frozen=True, slots=True)
class Spread:
    """Usher's own: what concerns many people is told to the next of them, and so on until all have been told.

    ``subject`` is the id of a resource, a group or a member, ``named`` its name or why not, ``at`` when it happened,
    ``by`` the member who did it. ``after`` is the row that was told last.
    """

    organization: str
    news: Literal["resource-news", "group-deleted", "left-slack", "back-in-slack"]
    subject: str
    named: str
    at: datetime
    by: str | None = None
    text: str = ""
    after: str = ""
    kind: Literal["spread"] = "spread"


Mode = Literal["full", "blacklist", "whitelist"]
Level = Literal["read", "write"]
Override = Literal["default", "read", "write"]


@dataclass(frozen=True, slots=True)
class SetPermissions:
    """All that the form *Permissions* shows for one member, as it shall be from now on.

    ``addons`` None: left as they are; they belong to ``space``, or to the organization. ``mode`` None: dataset rules
    are left as they are; ``datasets`` are the ids of the selected resources, ``overrides`` pairs of such an id and an
    override. ``on`` and ``off`` are toggles that are to be so; those named in neither are left as they are. ``seen``
    is the mark of what the form was drawn from, so that nobody undoes unseen what somebody else has just set.
    """

    person: Person
    space: str | None = None
    addons: tuple[str, ...] | None = None
    mode: Mode | None = None
    level: Level | None = None
    datasets: tuple[str, ...] = ()
    overrides: tuple[tuple[str, Override], ...] = ()
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    reason: str = ""
    seen: str = ""
    kind: Literal["set-permissions"] = "set-permissions"


@dataclass(frozen=True, slots=True)
class ResetPermissions:
    """*Reset to Role Defaults*: no toggle is set otherwise any more (004-60)."""

    person: Person
    kind: Literal["reset-permissions"] = "reset-permissions"
