"""What may be asked about organizations, and about the software that may ask Usher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.commands.who import Person


@dataclass(frozen=True, slots=True)
class CreateOrganization:
    name: str
    catalogue: str = ""
    plan: str = ""
    kind: Literal["create-organization"] = "create-organization"


@dataclass(frozen=True, slots=True)
class UseOrganization:
    """From now on this person's commands in Slack act on that organization; an id, a slug or a name."""

    organization: str
    kind: Literal["use-organization"] = "use-organization"


@dataclass(frozen=True, slots=True)
class CloseOrganization:
    """``organization`` repeats the name or slug of the current one. Its data is kept for 30 days, and then erased."""

    organization: str
    reason: str = ""
    kind: Literal["close-organization"] = "close-organization"


@dataclass(frozen=True, slots=True)
class TransferOrganization:
    """The highest role goes to ``person``, and whoever hands it over takes the next one below."""

    person: Person
    reason: str = ""
    kind: Literal["transfer-organization"] = "transfer-organization"


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """None: left as it is. An empty ``approvals_channel`` or 0 ``invitation_days`` takes the setting back."""

    plan: str | None = None
    catalogue: str | None = None
    invitation_days: int | None = None
    approvals_channel: str | None = None
    follow_slack: bool | None = None
    kind: Literal["change-settings"] = "change-settings"


@dataclass(frozen=True, slots=True)
class PurgeOrganization:
    """The clock's own: 30 days after an organization was closed, its data is erased."""

    organization: str
    kind: Literal["purge-organization"] = "purge-organization"


@dataclass(frozen=True, slots=True)
class CreateToken:
    name: str
    kind: Literal["create-token"] = "create-token"


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """``token`` is its id or its name."""

    token: str
    kind: Literal["revoke-token"] = "revoke-token"


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    url: str
    kind: Literal["create-webhook"] = "create-webhook"


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    """``webhook`` is its id or its address."""

    webhook: str
    kind: Literal["delete-webhook"] = "delete-webhook"
