"""What storage hands out: frozen records, changed by copying, never a row and never a session."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as _field
from datetime import datetime


def new_id() -> str:
    """128 random bits in 32 hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    id: str
    workspace: str
    slug: str
    name: str
    catalogue: str
    plan: str
    approvals_channel: str | None
    invitation_days: int | None
    enforce_factor: bool
    seq: int
    head: str
    hooked: bool = False
    follow_slack: bool = True


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """``space`` '' is the organization; ``ends`` None is lasting."""

    id: str
    what: str
    space: str
    source: str
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A member with the roles and add-ons that are live at the moment of reading."""

    id: str
    organization: str
    email: str
    name: str
    timezone: str
    status: str
    listed: bool
    epoch: int
    team: str | None
    slack_user: str | None
    slack_good: bool
    slack_noted: datetime | None
    has_password: bool
    has_factor: bool
    roles: tuple[RoleGrant, ...] = ()
    addons: tuple[RoleGrant, ...] = ()
    deleted: bool = False  # only a pseudonym is left

    def lasting(self, space: str = "") -> RoleGrant | None:
        return next((grant for grant in self.roles if grant.space == space and grant.ends is None), None)

    def temporary(self, space: str = "") -> RoleGrant | None:
        return next((grant for grant in self.roles if grant.space == space and grant.ends is not None), None)

    def role(self, space: str = "") -> str | None:
        """The role in force: a temporary one lies above the lasting one."""
        grant = self.temporary(space) or self.lasting(space)
        return grant.what if grant else None


@dataclass(frozen=True, slots=True)
class SlackAccountRecord:
    team: str
    user: str
    workspace: str
    name: str
    email: str | None
    timezone: str
    deleted: bool
    guest: bool
    bot: bool
    stranger: bool
    workspace_admin: bool
    noted: datetime
    organization: str | None

    @property
    def good(self) -> bool:
        """Only a full account of this workspace acts (SLACK.md, invariant 28)."""
        return not (self.deleted or self.guest or self.bot or self.stranger)


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    id: str
    organization: str
    member: str
    role: str
    space: str
    groups: tuple[str, ...]
    state: str
    invited_by: str | None
    version: int
    link_hash: str
    created: datetime
    expires: datetime
    offered: int = 0


@dataclass(frozen=True, slots=True)
class LinkRecord:
    id: str
    organization: str
    member: str
    purpose: str
    version: int
    epoch: int
    link_hash: str
    expires: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    id: str
    organization: str
    slug: str
    name: str
    approvals_channel: str | None
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class GroupRecord:
    id: str
    organization: str
    name: str


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """``kind`` and ``outside`` are the product's; ``space`` '' is none."""

    id: str
    organization: str
    kind: str
    outside: str
    name: str
    space: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """``space`` '' is the organization. ``command`` is JSON of ``command_version``."""

    id: str
    organization: str
    change: str
    requester: str
    beneficiary: str | None
    target: str | None
    space: str
    old: str | None
    new: str | None
    reason: str
    state: str
    approvals: int
    code: bool
    lone: bool
    channel: str | None
    command: str
    command_version: int
    created: datetime
    expires: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    why: str = ""

    @property
    def about(self) -> str:
        """On whom it is, as the audit has it (invariant 40): an heir or whoever gains is somebody else."""
        return self.target or self.beneficiary or ""


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    member: str
    password_hash: str | None = _field(repr=False)
    factor_sealed: bytes | None = _field(repr=False)
    last_step: int
    last_delivery: str | None
    guesses: int


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """A mailed code that is being waited for; the code itself is made from ``id`` and never kept."""

    id: str
    organization: str
    member: str
    team: str
    slack_user: str
    expires: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token that opens something; what it is nobody knows but its holder."""

    id: str
    organization: str
    name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act as the audit keeps it. Ids are opaque; ``details`` may hold names and reasons, never a secret."""

    action: str
    actor: str
    target: str = ""
    scope: str = ""
    request: str = ""
    refused: bool = False
    details: Mapping[str, object] = _field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class WebhookRecord:
    id: str
    organization: str
    url: str = _field(repr=False)  # it may hold a secret of the product's
    secret_sealed: bytes = _field(repr=False)
    created: datetime


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record of the audit as it was read back; ``details`` are empty where they were erased."""

    id: str
    at: datetime
    action: str
    actor: str
    target: str
    scope: str
    request: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A row of the outbox. ``target`` orders: the rows of one target leave one after another."""

    kind: str
    target: str
    notice: str
    key: str
    due: datetime
    organization: str | None = None
    id: int = 0
    attempts: int = 0
    state: str = "waiting"
    error: str | None = None
