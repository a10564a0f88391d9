"""What can be seen: read models that doors and delivery turn into Slack blocks, pages and mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.catalogue import Catalogue, Change
from handlers.commands import Account, Asked, Minted, Named
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
    "edit-member",
    "remove-member",
    "delete-member",
    "delete-data",
    "reset-password",
    "reset-2fa",
    "import",
]
InvitationState = Literal["pending", "accepted", "revoked", "expired"]
InvitationFilter = Literal["", "pending", "accepted", "revoked", "expired"]


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
    ``member`` None: not connected (``/access connect``). ``role`` is the effective organization role. ``lists_in``: the
    spaces whose people they may list, None: everybody; ``reaches``: the spaces they know of, None: all. ``timezone`` is
    Slack's, ``zone`` the member's own.
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
    lists_in: tuple[str, ...] | None = ()
    reaches: tuple[str, ...] | None = ()
    zone: str = ""


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
    "name",
    "timezone",
    "heir",
    "file",
    "follow-slack",
    "effects",  # what roles gain and lose by another catalogue
]


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One request as a card, a Home row and a code form show it; ids of roles, names of everything else.

    ``change`` tells which fields matter: invite (``emails``, ``new``), change-role and request-access (``target``,
    ``old``, ``new``, ``space``, ``lasts``/``until``), deactivate and reactivate (``target``). ``thing`` names the
    space, group, resource, organization or add-on that is meant (``sort``: the kind of a resource); what is renamed
    gets the name ``new``. ``people``, with ``others`` (groups and addresses), are who joins, leaves, stands on a list
    or owns what is added; ``becomes`` are settings or permissions and what they shall be. ``joined`` and ``left`` are
    the groups that whoever it is about gets into and out of. An import has the ``counts`` of people by role, in
    ``emails`` those whose role manages members or gives more than the requester holds, and how many ``more`` there are
    of groups and of these.
    ``why`` is the reason given with a denial, or what made the request void.
    ``lone``: nobody else may approve, so the requester's own code decides. ``apart``: the requester did or approved the
    other reset.
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
    apart: bool = False
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    more: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """``age``: how long ago somebody was invited; ``over``: how long ago it was accepted or revoked, or ran out."""

    id: str
    member: Named
    role: str
    space: str | None
    state: InvitationState
    invited_by: Named | None
    created: datetime
    expires: datetime
    age: timedelta = timedelta()
    over: timedelta | None = None


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Ten a page, newest first, of one ``state`` where one is asked for; ``counts`` are of all states, and of those in
    ``more`` there are at least so many.

    ``space`` None: of every place that the reader may invite to. ``next`` and ``previous`` are opaque keys, None where
    there is no such page.
    """

    rows: tuple[InvitationRow, ...]
    counts: tuple[tuple[InvitationState, int], ...]
    state: InvitationFilter = ""
    space: Choice | None = None
    next: str | None = None
    previous: str | None = None
    more: frozenset[InvitationState] = frozenset()

    @property
    def total(self) -> int:
        """Of the state that is asked for."""
        return sum(count for state, count in self.counts if self.state in ("", state))

    @property
    def exact(self) -> bool:
        """Whether ``total`` is all there are."""
        return not (self.more if self.state == "" else self.more & {self.state})

    def count(self, state: InvitationState) -> int:
        return next((count for one, count in self.counts if one == state), 0)


@dataclass(frozen=True, slots=True)
class Tallies:
    """How many listed members there are of each status, and active ones by their role in the organization, highest
    first; a role that nobody holds is missing. Empty for who may not list everybody."""

    statuses: tuple[tuple[Status, int], ...] = ()
    roles: tuple[tuple[str, int], ...] = ()


NO_TALLIES = Tallies()


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends soon: what ``member`` holds, or is ``invited`` to."""

    member: Named
    held: Access
    invited: bool


@dataclass(frozen=True, slots=True)
class Home:
    """The dashboard. ``soon``: what ends soon, of people whom they manage; ``spaces`` None: the catalogue has none.

    ``several``: they are in further organizations of this workspace.
    """

    desk: Desk
    access: tuple[Access, ...]
    mine: tuple[RequestCard, ...]
    waiting: tuple[RequestCard, ...]
    tallies: Tallies
    soon: tuple[Ending, ...]
    invitations: tuple[InvitationRow, ...]
    spaces: SpacePage | None = None
    more_access: bool = False
    several: bool = False
    undelivered: int = 0


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the holder of a living link may see before doing anything."""

    purpose: Literal["invitation", "setup", "reset", "reveal"]
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
class NewPasswordLetter:
    """The link to a new password, to the member alone. ``factor``: they have a second factor, which stays; ``old``: a
    password, which works until then."""

    to: Recipient
    organization: str
    link: Minted
    expires: datetime
    factor: bool
    old: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select: ``value`` is what a command takes; ``typed`` what names it in a typed one, where the label
    does not."""

    value: str
    label: str
    typed: str = ""


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
    offered: bool = False


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
