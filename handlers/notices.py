"""What follows a change: every message, mail and timer, as the row in the outbox keeps it.

A notice holds ids, never an address, a name, a link or a code: delivery looks these up when it sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handlers.commands import (
    Asked,
    EndGrant,
    Erase,
    ExpireInvitation,
    ExpireRequest,
    Filters,
    FollowSlack,
    ImportStep,
    PurgeOrganization,
    Spread,
)


@dataclass(frozen=True, slots=True)
class InvitationMail:
    invitation: str
    version: int
    kind: Literal["invitation-mail"] = "invitation-mail"


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """A direct message with an Accept button, where Slack vouches for the invited address."""

    invitation: str
    version: int
    kind: Literal["invitation-offer"] = "invitation-offer"


@dataclass(frozen=True, slots=True)
class CodeMail:
    """The mailed code of ``/access connect``; it is made from the row's id when it is sent."""

    proof: str
    kind: Literal["code-mail"] = "code-mail"


@dataclass(frozen=True, slots=True)
class CardPost:
    """Post the request's card where approvers see it; ``to`` names an approver who gets it by direct message."""

    request: str
    to: str | None = None
    kind: Literal["card-post"] = "card-post"


@dataclass(frozen=True, slots=True)
class CardUpdate:
    """Rewrite every posted card of the request as it stands now."""

    request: str
    kind: Literal["card-update"] = "card-update"


About = Literal[
    "role-changed",  # old, new, space, ends, by
    "access-ended",  # the time of what is `asked` is over: old, new (the role that returned), space
    "access-given",  # somebody asked for it on their behalf: asked, new, space, ends, by
    "deactivated",
    "reactivated",
    "request-approved",
    "request-denied",
    "request-expired",
    "request-cancelled",
    "request-void",
    "invitation-accepted",  # to who invited: subject
    "asked-again",  # to who invited: subject asks for a new link
    "changed-alone",  # to every manager: by made the change without a second person
    "codes-locked",  # ten wrong codes
    "factor-changed",  # a second factor or a password was set
    "account-connected",  # a Slack account was tied to this member
    "organization-closed",  # by; ends: when its data is erased
    "catalogue-changed",  # old, new: titles of catalogues; by
    "group-joined",  # group, by
    "group-left",  # group, by
    "group-deleted",  # old: the name of the group, for nothing else holds it any more; by
    "shared",  # resource, by: the reader is on its list
    "unshared",  # resource, by
    "removed-from-space",  # old: the role that ended; space, by
    "space-deleted",  # space, by
    "removed",  # from the organization: by, sealed
    "deleted",  # the account is deleted for good: by, sealed
    "data-deleted",  # by
    "edited",  # name, timezone or groups: by; new: which, with commas
    "password-reset",  # to the member, beside the link: by
    "factor-reset",  # to the member: by
    "left-slack",  # to every manager: subject was deactivated in Slack, and here too; old: why not, where not
    "back-in-slack",  # to every manager: subject is active in Slack again, but deactivated here
    "name-offered",  # to the member: Slack knows them by the name `new`
    "permissions-changed",  # by; new: `addon:ID`, `toggle:ID`, `datasets` with commas; old: what is gone; space
]


@dataclass(frozen=True, slots=True)
class Told:
    """Tell one member, by direct message or, where they have no Slack, by mail. Fields but ``about`` are ids."""

    to: str
    about: About
    by: str | None = None
    subject: str | None = None
    request: str | None = None
    old: str | None = None
    new: str | None = None
    space: str | None = None
    ends: datetime | None = None
    group: str | None = None
    asked: Asked = "role"
    resource: str | None = None
    # Whom to tell, where nothing else knows it any more: it opens for ``to`` alone, and goes with the row.
    sealed: str = ""
    also: Literal["", "mail"] = ""  # the same by mail too, beside the one that goes to Slack
    kind: Literal["told"] = "told"


@dataclass(frozen=True, slots=True)
class ResetLetter:
    """The link to a new password, to the member alone: by mail, else by direct message. ``link`` is the row's id."""

    link: str
    kind: Literal["reset-letter"] = "reset-letter"


@dataclass(frozen=True, slots=True)
class MembersFile:
    """``users.csv`` of what the filters show now, to whoever asked for it."""

    to: str
    filters: Filters
    kind: Literal["members-file"] = "members-file"


@dataclass(frozen=True, slots=True)
class ImportNews:
    """How far an import is, in one message that is rewritten; at its end also the file with a result for each line."""

    prepared: str
    last: bool = False
    kind: Literal["import-news"] = "import-news"


@dataclass(frozen=True, slots=True)
class ResourceNews:
    """What is told to one of those on a resource's list: to a member, or to the plain address of a ``share``."""

    resource: str
    text: str
    to: str | None = None
    share: str | None = None
    by: str | None = None
    kind: Literal["resource-news"] = "resource-news"


@dataclass(frozen=True, slots=True)
class Timer:
    """A command that the system performs when its row falls due."""

    command: Annotated[
        ExpireInvitation | ExpireRequest | EndGrant | Spread | PurgeOrganization | ImportStep | FollowSlack | Erase,
        Field(discriminator="kind"),
    ]
    kind: Literal["timer"] = "timer"


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """Tell other software of one audit record. Storage itself writes these rows, beside the record."""

    webhook: str
    entry: str
    kind: Literal["webhook-event"] = "webhook-event"


Notice = Annotated[
    InvitationMail
    | InvitationOffer
    | CodeMail
    | CardPost
    | CardUpdate
    | Told
    | ResetLetter
    | MembersFile
    | ImportNews
    | ResourceNews
    | Timer
    | WebhookEvent,
    Field(discriminator="kind"),
]
NOTICES: TypeAdapter[Notice] = TypeAdapter(Notice)
