"""Everything that may be asked of Usher, and every way it answers.

A command is an order in the words of ``PRODUCT.md``. It names people, spaces and roles as they were typed; the gate
finds what they mean inside the transaction that acts, and writes the found ids back before a command is kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

# Who asks -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """A Slack account: the team's (or, on Enterprise Grid, the enterprise's) id and the user's id in it."""

    team: str
    user: str


# request: whoever asked, when somebody else's approval runs what they asked for.
Via = Literal["slack", "link", "operator", "system", "request"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, through which door. Secrets never show in its ``repr``.

    ``delivery`` names the one delivery this act came with (Slack's trigger, view or event id, a form's nonce); the same
    delivery again gets the same answer. ``code`` is a one-time code typed for this act alone.
    """

    via: Via
    account: Account | None = None
    organization: str | None = None
    link: str | None = dataclasses.field(default=None, repr=False)
    delivery: str | None = None
    code: str | None = dataclasses.field(default=None, repr=False)
    channel: str | None = None
    card: CardPlace | None = None


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where a pressed message stands in Slack; compared with where the card was posted (invariant 35)."""

    channel: str
    ts: str


SYSTEM = Actor(via="system")


@dataclass(frozen=True, slots=True)
class Person:
    """A member as somebody named them: exactly one field is set."""

    id: str | None = None
    email: str | None = None
    slack: str | None = None
    name: str | None = None

    @property
    def typed(self) -> str:
        """The words to give back to whoever typed them."""
        return self.name or self.email or (f"<@{self.slack}>" if self.slack else "") or self.id or ""


# What may be asked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetUp:
    name: str
    catalogue: str
    plan: str
    kind: Literal["set-up"] = "set-up"


@dataclass(frozen=True, slots=True)
class StartConnecting:
    """Prove an address: a code is mailed to it unless the member's own second factor can prove it."""

    email: str
    kind: Literal["start-connecting"] = "start-connecting"


@dataclass(frozen=True, slots=True)
class Connect:
    email: str
    code: str = dataclasses.field(repr=False)
    kind: Literal["connect"] = "connect"


@dataclass(frozen=True, slots=True)
class OpenSetup:
    """A one-time link for the asker's own eyes: *Set password and second factor*."""

    kind: Literal["open-setup"] = "open-setup"


@dataclass(frozen=True, slots=True)
class FinishSetup:
    """What the ``/setup/TOKEN`` page sends last; ``sealed`` was made by ``Enrolments.prepare``."""

    sealed: str = dataclasses.field(repr=False)
    kind: Literal["finish-setup"] = "finish-setup"


@dataclass(frozen=True, slots=True)
class Invite:
    emails: tuple[str, ...]
    role: str
    space: str | None = None
    groups: tuple[str, ...] = ()
    name: str | None = None
    kind: Literal["invite"] = "invite"


@dataclass(frozen=True, slots=True)
class Resend:
    invitation: str
    kind: Literal["resend"] = "resend"


@dataclass(frozen=True, slots=True)
class Revoke:
    invitation: str
    kind: Literal["revoke"] = "revoke"


@dataclass(frozen=True, slots=True)
class CopyLink:
    invitation: str
    kind: Literal["copy-link"] = "copy-link"


@dataclass(frozen=True, slots=True)
class AcceptOnWeb:
    """What the ``/invitations/TOKEN`` page sends last; ``sealed`` was made by ``Enrolments.prepare``."""

    sealed: str = dataclasses.field(repr=False)
    kind: Literal["accept-on-web"] = "accept-on-web"


@dataclass(frozen=True, slots=True)
class AcceptInSlack:
    invitation: str
    kind: Literal["accept-in-slack"] = "accept-in-slack"


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The holder of a dead invitation link asks for a new one; its manager is told."""

    kind: Literal["ask-again"] = "ask-again"


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """``lasts`` counts from when the change runs; ``until`` is a moment; neither: lasting."""

    person: Person
    role: str
    space: str | None = None
    lasts: timedelta | None = None
    until: datetime | None = None
    reason: str = ""
    kind: Literal["change-role"] = "change-role"


@dataclass(frozen=True, slots=True)
class Deactivate:
    person: Person
    reason: str = ""
    kind: Literal["deactivate"] = "deactivate"


@dataclass(frozen=True, slots=True)
class Reactivate:
    person: Person
    reason: str = ""
    kind: Literal["reactivate"] = "reactivate"


@dataclass(frozen=True, slots=True)
class RequestAccess:
    """``person`` None: for oneself."""

    role: str
    reason: str
    space: str | None = None
    lasts: timedelta | None = None
    until: datetime | None = None
    person: Person | None = None
    kind: Literal["request-access"] = "request-access"


@dataclass(frozen=True, slots=True)
class Approve:
    request: str
    kind: Literal["approve"] = "approve"


@dataclass(frozen=True, slots=True)
class Deny:
    request: str
    reason: str
    kind: Literal["deny"] = "deny"


@dataclass(frozen=True, slots=True)
class Cancel:
    request: str
    kind: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class ExpireInvitation:
    invitation: str
    kind: Literal["expire-invitation"] = "expire-invitation"


@dataclass(frozen=True, slots=True)
class ExpireRequest:
    request: str
    kind: Literal["expire-request"] = "expire-request"


@dataclass(frozen=True, slots=True)
class EndGrant:
    grant: str
    kind: Literal["end-grant"] = "end-grant"


@dataclass(frozen=True, slots=True)
class NoteAccount:
    """What Slack says of an account right now (``users.info`` or ``user_change``)."""

    account: Account
    workspace: str
    name: str
    email: str | None
    timezone: str
    deleted: bool
    guest: bool
    bot: bool
    stranger: bool
    workspace_admin: bool
    kind: Literal["note-account"] = "note-account"


Command = Annotated[
    SetUp
    | StartConnecting
    | Connect
    | OpenSetup
    | FinishSetup
    | Invite
    | Resend
    | Revoke
    | CopyLink
    | AcceptOnWeb
    | AcceptInSlack
    | AskAgain
    | ChangeRole
    | Deactivate
    | Reactivate
    | RequestAccess
    | Approve
    | Deny
    | Cancel
    | ExpireInvitation
    | ExpireRequest
    | EndGrant
    | NoteAccount,
    Field(discriminator="kind"),
]
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)

# How Usher answers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A member as an answer shows them."""

    id: str
    name: str
    email: str
    slack: str | None = None


@dataclass(frozen=True, slots=True)
class Minted:
    """A one-time link that exists from now on. Its token is made when it is shown, and never kept."""

    purpose: Literal["invitation", "setup"]
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class IsSetUp:
    organization: str
    slug: str
    link: Minted
    kind: Literal["is-set-up"] = "is-set-up"


@dataclass(frozen=True, slots=True)
class CodeSent:
    """``by`` tells where the code comes from: the member's authenticator or the mail."""

    email: str
    by: Literal["authenticator", "mail"]
    kind: Literal["code-sent"] = "code-sent"


@dataclass(frozen=True, slots=True)
class Connected:
    organization: str
    member: Named
    kind: Literal["connected"] = "connected"


@dataclass(frozen=True, slots=True)
class LinkReady:
    """A link for the asker's own eyes."""

    link: Minted
    member: Named
    expires: datetime
    kind: Literal["link-ready"] = "link-ready"


@dataclass(frozen=True, slots=True)
class CredentialsSet:
    """A password is set; ``factor`` tells whether a second factor is set up too."""

    organization: str
    factor: bool
    kind: Literal["credentials-set"] = "credentials-set"


@dataclass(frozen=True, slots=True)
class NotInvited:
    """One address of a list that was not invited, and why."""

    email: str
    why: Literal["not-an-address", "already-member", "already-invited", "deactivated"]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """``mailed`` False: no mail is configured, so each needs its link copied."""

    people: tuple[Named, ...]
    left_out: tuple[NotInvited, ...]
    role: str
    space: str | None
    expires: datetime
    mailed: bool
    kind: Literal["invited"] = "invited"


@dataclass(frozen=True, slots=True)
class InvitationChanged:
    """An invitation was resent or revoked."""

    what: Literal["resent", "revoked", "expired"]
    member: Named
    mailed: bool
    kind: Literal["invitation-changed"] = "invitation-changed"


@dataclass(frozen=True, slots=True)
class Accepted:
    organization: str
    member: Named
    role: str
    factor: bool
    kind: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class AskedAgain:
    kind: Literal["asked-again"] = "asked-again"


@dataclass(frozen=True, slots=True)
class RoleChanged:
    member: Named
    old: str | None
    new: str | None
    space: str | None
    ends: datetime | None
    alone: bool = False
    kind: Literal["role-changed"] = "role-changed"


@dataclass(frozen=True, slots=True)
class StatusChanged:
    member: Named
    status: Literal["active", "deactivated"]
    alone: bool = False
    kind: Literal["status-changed"] = "status-changed"


@dataclass(frozen=True, slots=True)
class Voted:
    """An approval was counted; ``missing`` more are needed."""

    request: str
    missing: int
    kind: Literal["voted"] = "voted"


@dataclass(frozen=True, slots=True)
class Approved:
    """The last approval was given, and the change has run."""

    request: str
    result: Annotated[RoleChanged | StatusChanged | Invited, Field(discriminator="kind")]
    kind: Literal["approved"] = "approved"


@dataclass(frozen=True, slots=True)
class RequestEnded:
    request: str
    how: Literal["denied", "cancelled", "expired", "void"]
    why: str = ""
    kind: Literal["request-ended"] = "request-ended"


@dataclass(frozen=True, slots=True)
class Noted:
    """Something was recorded that nobody is told about; ``changed`` False: it was known already, or stale."""

    changed: bool = True
    kind: Literal["noted"] = "noted"


Result = Annotated[
    IsSetUp
    | CodeSent
    | Connected
    | LinkReady
    | CredentialsSet
    | Invited
    | InvitationChanged
    | Accepted
    | AskedAgain
    | RoleChanged
    | StatusChanged
    | Voted
    | Approved
    | RequestEnded
    | Noted,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Done:
    result: Result
    outcome: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The change is kept as ``request``. ``on`` code: only the asker's own one-time code is missing (the lone way)."""

    on: Literal["approval", "code"]
    request: str
    approvers: tuple[Named, ...] = ()
    approvals: int = 1
    code: bool = False
    outcome: Literal["waiting"] = "waiting"


RefusalCode = Literal[
    "busy",
    "unknown-account",  # Slack's word on this account is missing or too old: the door asks Slack and tries again
    "not-for-guests",  # Slack guests, bots, strangers, deleted accounts and other teams never act in Slack
    "not-connected",
    "already-connected",
    "no-organization",
    "already-set-up",
    "organization-exists",
    "not-workspace-admin",
    "not-active",
    "may-not",
    "may-not-give",
    "may-not-act-on",
    "not-on-oneself",
    "unknown-person",
    "ambiguous-person",
    "unknown-role",
    "unknown-space",
    "unknown-group",
    "unknown-catalogue",
    "unknown-plan",
    "not-offered",
    "no-addresses",
    "too-many-addresses",
    "nobody-invited",
    "name-for-many",
    "name-wrong",
    "reason-needed",
    "reason-too-long",
    "time-past",
    "time-too-far",
    "same-role",
    "same-status",
    "not-a-member",
    "never-accepted",
    "last-holder",
    "exactly-one",
    "at-most-viewer",
    "temporary-top",
    "invitation-gone",
    "link-dead",
    "address-not-vouched",
    "request-gone",
    "request-ended",
    "request-void",
    "own-request",
    "already-voted",
    "already-asked",
    "holds-already",
    "not-the-card",
    "no-mail",
    "nobody-approves",
    "no-factor",
    "code-needed",
    "code-wrong",
    "code-spent",
    "code-malformed",
    "codes-locked",
    "form-closed",
    "password-too-short",
    "password-too-long",
    "password-common",
    "password-weak",
    "password-wrong",
    "factor-needed",
    "stale-form",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """``field`` is the command's field that was wrong; ``facts`` are the words the sentence needs."""

    code: RefusalCode
    field: str | None = None
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    outcome: Literal["refused"] = "refused"


Outcome = Annotated[Done | Waiting | Refused, Field(discriminator="outcome")]
OUTCOMES: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised inside the gate; becomes ``Refused``, and the work of the transaction is undone."""

    def __init__(self, code: RefusalCode, /, field: str | None = None, **facts: str) -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.field = field
        self.facts = facts
