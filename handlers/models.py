"""What can be seen: read models that doors and delivery turn into Slack blocks, pages and mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.catalogue import Catalogue, Change
from handlers.commands import Account, Asked, Named
from handlers.space_models import SpacePage

Status = Literal["invited", "active", "deactivated"]
RequestState = Literal["pending", "approved", "denied", "expired", "cancelled", "void"]
CardChange = Literal[
    "invite",
    "change-role",
    "request-access",
    "deactivate",
    "reactivate",
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
    "set-permissions",
    "reset-permissions",
    "create-organization",
    "close-organization",
    "transfer-organization",
    "change-settings",
]
InvitationState = Literal["pending", "accepted", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str
    slug: str
    plan: str
    approvals_channel: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who stands before a door in Slack, as far as a door needs to know to read what they typed.

    ``standing`` unknown: what Slack says of this account is missing or older than an hour, so ask Slack, perform
    ``NoteAccount`` and look again. ``organization`` None: the workspace has none yet (``/usher setup``).
    ``member`` None: not connected (``/access connect``). ``role`` is the effective organization role.
    """

    account: Account
    standing: Literal["good", "unknown", "outsider"]
    workspace_admin: bool
    email: str | None
    name: str
    timezone: str
    organization: Organization | None
    catalogue: Catalogue
    member: Named | None
    status: Status | None
    role: str | None
    has_password: bool
    has_factor: bool
    may: frozenset[Change]


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that somebody holds; ``space`` None: in the organization. ``ends`` None: lasting.

    ``role`` is the id of what is ``asked``: a role, an add-on, a group or a resource; ``thing`` names a group or
    resource (``sort``: its kind). ``rests``: an add-on that goes on another role than the one that is held there.
    ``id`` is the grant's, and ``place`` that of the space.
    """

    role: str
    space: str | None
    ends: datetime | None
    source: Literal["setup", "invitation", "person", "request", "operator"]
    returns_to: str | None = None
    id: str = ""
    asked: Asked = "role"
    thing: str = ""
    sort: str = ""
    place: str = ""
    rests: bool = False
    extendable: bool = False
    returnable: bool = False


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Ten a page; roles first, then add-ons, groups and resources. The keys are opaque."""

    rows: tuple[Access, ...]
    next: str | None = None
    previous: str | None = None


Becoming = Literal[
    "add-ons",
    "mode",
    "level",
    "datasets",
    "on",
    "off",
    "plan",
    "catalogue",
    "invitation-days",
    "approvals-channel",
    "effects",  # what roles gain and lose by another catalogue
]


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One request as a card, a Home row and a code form show it; ids of roles, names of everything else.

    ``change`` tells which fields matter: invite (``emails``, ``new``), change-role and request-access (``target``,
    ``old``, ``new``, ``space``, ``lasts``/``until``), deactivate and reactivate (``target``). ``thing`` names the
    space, group, resource, organization or add-on that is meant (``sort``: the kind of a resource); what is renamed
    gets the name ``new``. ``people``, with ``others`` (groups and addresses), are who joins, leaves, stands on a list
    or owns what is added; ``becomes`` are settings or permissions and what they shall be.
    ``why`` is the reason given with a denial, or what made the request void.
    ``lone``: nobody else may approve, so the requester's own code decides.
    """

    id: str
    organization: str
    catalogue: Catalogue
    change: CardChange
    state: RequestState
    requester: Named
    target: Named | None
    emails: tuple[str, ...]
    old: str | None
    new: str | None
    space: str | None
    lasts: timedelta | None
    until: datetime | None
    reason: str
    approvals: int
    votes: tuple[Named, ...]
    code: bool
    lone: bool
    created: datetime
    expires: datetime
    decided_by: Named | None
    decided_at: datetime | None
    why: str
    channel: str | None = None
    asked: Asked = "role"
    extends: bool = False
    thing: str = ""
    sort: str = ""
    people: tuple[Named, ...] = ()
    others: tuple[str, ...] = ()
    becomes: tuple[tuple[Becoming, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InvitationRow:
    id: str
    member: Named
    role: str
    space: str | None
    state: InvitationState
    invited_by: Named | None
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Ten a page, newest first; ``next`` and ``previous`` are opaque keys, None where there is no such page."""

    rows: tuple[InvitationRow, ...]
    total: int
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """The dashboard. ``counts`` is empty for who may not list members; ``spaces`` None: the catalogue has none.

    ``several``: they are in further organizations of this workspace.
    """

    desk: Desk
    access: tuple[Access, ...]
    mine: tuple[RequestCard, ...]
    waiting: tuple[RequestCard, ...]
    counts: tuple[tuple[Status, int], ...]
    invitations: tuple[InvitationRow, ...]
    spaces: SpacePage | None = None
    more_access: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the holder of a living link may see before doing anything."""

    purpose: Literal["invitation", "setup"]
    organization: str
    email: str
    name: str
    role: str | None
    space: str | None
    catalogue: Catalogue
    factor_required: bool
    factor_present: bool
    password_present: bool = False  # then the page asks for the present password and sets only the factor


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select: ``value`` is what a command takes."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one member can be told something, best first: Slack, else mail."""

    member: Named
    account: Account | None
    email: str
    timezone: str


@dataclass(frozen=True, slots=True)
class InvitationLetter:
    """An invitation as a mail or a Slack offer tells it."""

    invitation: str
    version: int
    state: InvitationState
    organization: str
    catalogue: Catalogue
    to: Named
    role: str
    space: str | None
    invited_by: Named | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class NewsLetter:
    """What a product tells one of those on a list: a member ``to``, or nobody here at the plain address ``email``."""

    to: Recipient | None
    email: str
    organization: str
    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ToldLetter:
    """A notice with all it needs to be said; ``to`` None: nobody is there to be told any more."""

    to: Recipient | None
    organization: str
    catalogue: Catalogue
    by: Named | None
    subject: Named | None
    card: RequestCard | None
    space: str | None
    thing: str = ""  # the name of the group or resource that was given or has ended
