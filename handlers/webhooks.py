"""What other software is told of a change: the secret it can check that with, and what the message says."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from storage.records import AuditRecord

PREFIX: Final = "whsec_"
BYTES: Final = 32


def new_secret() -> bytes:
    return secrets.token_bytes(BYTES)


def shown(secret: bytes) -> str:
    """As the libraries of Standard Webhooks take it."""
    return PREFIX + base64.b64encode(secret).decode()


def sealed_to(webhook: str) -> str:
    """What the sealed secret of a webhook opens for, and for nothing else."""
    return f"webhook/{webhook}"


@dataclass(frozen=True, slots=True)
class WebhookLetter:
    """One event for one webhook, as things are at this moment. ``secret`` None: none of our keys opens it any more."""

    webhook: str
    organization: str
    url: str = field(repr=False)
    secret: bytes | None = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)


# Details that are a member's id.
_WHO: Final = ("approver",)


def members_in(record: AuditRecord) -> frozenset[str]:
    """The ids of the members whom a record names."""
    named = (record.actor.partition(":"), record.target.partition(":"))
    detailed = (record.details.get(key) for key in _WHO)
    return frozenset(id_ for sort, _, id_ in named if sort == "member") | {str(id_) for id_ in detailed if id_}


def body_of(record: AuditRecord, organization: str, emails: Mapping[str, str]) -> dict[str, Any]:
    """``emails`` are those of the members that are still there; of who was erased only the id is left."""
    return {
        "type": record.action,
        "timestamp": _written(record.at),
        "data": {
            "id": record.id,
            "organization": organization,
            "actor": _named(record.actor, emails),
            "target": _named(record.target, emails),
            "scope": record.scope or None,
            "request": record.request or None,
            "details": {key: _detail(key, value, emails) for key, value in record.details.items()},
        },
    }


def _named(who: str, emails: Mapping[str, str]) -> object:
    sort, _, id_ = who.partition(":")
    return _member(id_, emails) if sort == "member" else who or None


def _detail(key: str, value: object, emails: Mapping[str, str]) -> object:
    return _member(str(value), emails) if key in _WHO and value else value


def _member(id_: str, emails: Mapping[str, str]) -> dict[str, str]:
    return {"id": id_, "email": emails[id_]} if emails.get(id_) else {"id": id_}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
