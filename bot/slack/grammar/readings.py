"""What a typed command turns out to mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from handlers.commands import Command, Person, RequestAccess
from handlers.explaining import Topic

Slash = Literal["/usher", "/access"]
Form = Literal[
    "set-up",
    "invite",
    "change-role",
    "deactivate",
    "reactivate",
    "request-access",
    "connect",
    "permissions",
    "create-space",
    "rename-space",
    "delete-space",
    "remove-from-space",
    "create-group",
    "rename-group",
    "delete-group",
    "join-group",
    "leave-group",
    "add-resource",
    "remove-resource",
    "share",
    "unshare",
    "notify",
    "why",
    "who-can",
    "settings",
    "org-create",
    "org-close",
    "org-transfer",
    "edit-member",
    "remove-member",
    "delete-member",
    "delete-data",
    "reset-password",
    "reset-2fa",
    "check",
    "import",
]
Sight = Literal[
    "help",
    "invitations",
    "approvals",
    "mine",
    "requests",
    "me",
    "org",
    "spaces",
    "space",
    "groups",
    "group",
    "resources",
    "resource",
    "members",
    "member",
    "check",
]
Prefill = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Act:
    command: Command


@dataclass(frozen=True, slots=True)
class OpenForm:
    """``prefill``: the command's field names with what was understood.

    ``role`` is an id, ``person`` is ``Person.typed``, ``lasts`` is canonical (``1d 12h``), ``until`` is
    ``2026-12-01 18:00`` in the typist's timezone, ``emails`` and ``groups`` are tuples.
    """

    form: Form
    prefill: Prefill = field(default_factory=dict[str, str | tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Show:
    """``about``, as typed: the verb that help was asked for, the space whose invitations are meant, the group, the kind
    of resources, or the resource as KIND:NAME."""

    what: Sight
    about: str | None = None


@dataclass(frozen=True, slots=True)
class CancelWhich:
    """``name``: a request's id or the title of the role it asks for, as typed; None: the only one that is waiting."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """``what`` is whole sentences, ``nearest`` a command or a role's title. Plain text: not escaped for Slack yet."""

    what: str
    nearest: str | None
    example: str


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """Names that nothing keeps apart: what goes with the first of them that is known is meant, else the form opens."""

    what: Literal["group", "space"]
    acts: tuple[tuple[str, Act | OpenForm], ...]
    otherwise: OpenForm


@dataclass(frozen=True, slots=True)
class Explain:
    """Why somebody can do something or cannot; ``person`` None: the asker."""

    topic: Topic
    person: Person | None


@dataclass(frozen=True, slots=True)
class WhoCan:
    topic: Topic


@dataclass(frozen=True, slots=True)
class AskFor:
    """A name that no catalogue knows: ``request`` asks for the group of that name; a space's opens the form.

    ``what`` and ``nearest`` are said where there is neither.
    """

    name: str
    request: RequestAccess
    form: OpenForm
    what: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class HeldWhich:
    """What is held is to be kept for longer, or given back; ``name`` None: the only thing that can be."""

    what: Literal["extend", "give-back"]
    name: str | None
    lasts: timedelta | None = None
    until: datetime | None = None
    reason: str = ""


Reading = Act | AskFor | HeldWhich | OpenForm | Show | CancelWhich | FirstKnown | Explain | WhoCan | Unclear


@dataclass(frozen=True, slots=True)
class HelpLine:
    usage: str
    about: str
    example: str
