"""What may be asked about people: inviting, roles, status, requests, and one's own credentials."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.commands.who import Account, Person

Asked = Literal["role", "add-on", "group", "resource"]


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
    """``person`` None: for oneself.

    ``role`` names what is ``asked`` for: a role, an add-on, a group, or a resource as ``KIND:NAME``. ``extends``: what
    is held until some moment is to be held for longer.
    """

    role: str
    reason: str
    space: str | None = None
    lasts: timedelta | None = None
    until: datetime | None = None
    person: Person | None = None
    asked: Asked = "role"
    extends: bool = False
    kind: Literal["request-access"] = "request-access"


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A person ends what they hold themselves; ``grant`` is its id."""

    grant: str
    kind: Literal["give-back"] = "give-back"


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
