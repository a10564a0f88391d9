"""Every way Usher answers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from handlers.commands.people import Asked
from handlers.commands.who import Named


@dataclass(frozen=True, slots=True)
class Minted:
    """A one-time link that exists from now on. Its token is made when it is shown, and never kept."""

    purpose: Literal["invitation", "setup", "reset", "reveal"]
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
    """``elsewhere``: whoever connected still acts in another organization."""

    organization: str
    member: Named
    elsewhere: bool = False
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
    """``elsewhere``: whoever accepted still acts in another organization."""

    organization: str
    member: Named
    role: str
    factor: bool
    elsewhere: bool = False
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
class SpaceChanged:
    """``old``: the name before it was renamed."""

    what: Literal["created", "renamed", "deleted"]
    space: str
    slug: str
    old: str | None = None
    alone: bool = False
    kind: Literal["space-changed"] = "space-changed"


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody's membership of a space has ended."""

    member: Named
    space: str
    old: str | None
    alone: bool = False
    kind: Literal["removed"] = "removed"


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """``people``: who joined or left."""

    what: Literal["created", "renamed", "deleted", "joined", "left"]
    group: str
    old: str | None = None
    people: tuple[Named, ...] = ()
    kind: Literal["group-changed"] = "group-changed"


@dataclass(frozen=True, slots=True)
class ResourceChanged:
    """``sort`` is the resource's kind, ``outside`` its id in the product; ``who``: people, addresses, groups by name.

    Notified: how many are told, and how many are missed because only a mail could reach them, and none is sent here;
    ``who`` are some of these.
    """

    what: Literal["added", "changed", "removed", "shared", "unshared", "notified"]
    sort: str
    outside: str
    name: str
    who: tuple[str, ...] = ()
    told: int = 0
    missed: int = 0
    kind: Literal["resource-changed"] = "resource-changed"


@dataclass(frozen=True, slots=True)
class PermissionsChanged:
    """``given`` and ``taken``: `addon:ID` and `toggle:ID`; ``datasets``: the rules for them have changed."""

    member: Named
    reset: bool = False
    space: str | None = None
    given: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    datasets: bool = False
    alone: bool = False
    kind: Literal["permissions-changed"] = "permissions-changed"


@dataclass(frozen=True, slots=True)
class GrantGiven:
    """Something other than a role was given; ``what`` is its name."""

    member: Named
    asked: Asked
    what: str
    space: str | None = None
    ends: datetime | None = None
    kind: Literal["grant-given"] = "grant-given"


@dataclass(frozen=True, slots=True)
class GivenBack:
    """``what`` is the name of what is not held any more; ``returns_to``: the role that lay below it."""

    asked: Asked
    what: str
    space: str | None = None
    returns_to: str | None = None
    kind: Literal["given-back"] = "given-back"


@dataclass(frozen=True, slots=True)
class OrganizationChanged:
    """``member``: who now holds the highest role, after a transfer. ``gone``: when a closed one's data is erased."""

    what: Literal["created", "used", "closed", "transferred", "settings"]
    organization: str
    slug: str
    link: Minted | None = None
    member: Named | None = None
    gone: datetime | None = None
    alone: bool = False
    kind: Literal["organization-changed"] = "organization-changed"


@dataclass(frozen=True, slots=True)
class MemberEdited:
    """``changed``: `name`, `timezone`, `groups`; ``own``: by the member themselves."""

    member: Named
    changed: tuple[Literal["name", "timezone", "groups"], ...]
    own: bool = False
    alone: bool = False
    kind: Literal["member-edited"] = "member-edited"


@dataclass(frozen=True, slots=True)
class Departed:
    """``resources``: how many were unregistered with the account that was deleted. A deleted one's name is gone."""

    member: Named
    how: Literal["removed", "deleted"]
    resources: int = 0
    alone: bool = False
    kind: Literal["departed"] = "departed"


@dataclass(frozen=True, slots=True)
class DataDeleted:
    member: Named
    resources: int
    own: bool = False
    alone: bool = False
    kind: Literal["data-deleted"] = "data-deleted"


@dataclass(frozen=True, slots=True)
class CredentialsReset:
    """``way``: how the link to what is new reaches the member; where a factor was reset, how they are told."""

    member: Named
    what: Literal["password-link", "password-generated", "factor"]
    way: Literal["mail", "direct-message", "both", "none"]
    alone: bool = False
    kind: Literal["credentials-reset"] = "credentials-reset"


@dataclass(frozen=True, slots=True)
class PasswordRevealed:
    """The new password counts since ``at``; the page that made it shows it, and no other."""

    organization: str
    member: Named
    factor: bool
    at: datetime
    kind: Literal["password-revealed"] = "password-revealed"


@dataclass(frozen=True, slots=True)
class InvitationsChanged:
    """Several at once. ``left``: how many of those that were named could not be changed any more."""

    what: Literal["resent", "revoked"]
    people: tuple[Named, ...]
    left: int
    mailed: bool
    kind: Literal["invitations-changed"] = "invitations-changed"


@dataclass(frozen=True, slots=True)
class Exporting:
    """The file is on its way to the asker's direct messages. ``exact`` False: of more ``members`` than that."""

    members: int
    exact: bool = True
    kind: Literal["exporting"] = "exporting"


Verdict = Literal["will-invite", "already-member", "already-invited", "deactivated", "wrong"]


@dataclass(frozen=True, slots=True)
class ImportRead:
    """What would become of the lines of a file: how many of each verdict. Nothing has happened yet."""

    id: str
    file: str
    counts: tuple[tuple[Verdict, int], ...]
    kind: Literal["import-read"] = "import-read"


@dataclass(frozen=True, slots=True)
class Importing:
    """An import has begun (or was dropped); how far it is, one message tells."""

    what: Literal["begun", "dropped"]
    file: str
    people: int
    alone: bool = False
    kind: Literal["importing"] = "importing"


@dataclass(frozen=True, slots=True)
class SentAgain:
    """``left``: how many more there are."""

    letters: int = 1
    left: int = 0
    kind: Literal["sent-again"] = "sent-again"


@dataclass(frozen=True, slots=True)
class TokenMade:
    """``token`` is shown once, and only its hash is kept."""

    id: str
    name: str
    token: str = dataclasses.field(repr=False)
    kind: Literal["token-made"] = "token-made"


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    name: str
    kind: Literal["token-revoked"] = "token-revoked"


@dataclass(frozen=True, slots=True)
class WebhookMade:
    """``secret`` is shown once; products check signatures with it (Standard Webhooks)."""

    id: str
    url: str
    secret: str = dataclasses.field(repr=False)
    kind: Literal["webhook-made"] = "webhook-made"


@dataclass(frozen=True, slots=True)
class WebhookDeleted:
    url: str
    kind: Literal["webhook-deleted"] = "webhook-deleted"


@dataclass(frozen=True, slots=True)
class Voted:
    """An approval was counted; ``missing`` more are needed."""

    request: str
    missing: int
    kind: Literal["voted"] = "voted"


# What a change that waited can come to.
Ran = (
    RoleChanged
    | StatusChanged
    | Invited
    | SpaceChanged
    | Removed
    | GroupChanged
    | ResourceChanged
    | PermissionsChanged
    | GrantGiven
    | OrganizationChanged
    | MemberEdited
    | Departed
    | DataDeleted
    | CredentialsReset
    | Importing
)


@dataclass(frozen=True, slots=True)
class Approved:
    """The last approval was given, and the change has run."""

    request: str
    result: Annotated[Ran, Field(discriminator="kind")]
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
