"""Webhooks, and the audit records that they tell of."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, Update, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, AuditRecord, WebhookRecord
from storage.tables import audit, members, organizations, webhooks
from storage.transaction import Transaction

_LIVE = webhooks.c.deleted_at.is_(None)


def _record(row: RowMapping) -> WebhookRecord:
    return WebhookRecord(row["id"], row["organization_id"], row["url"], row["secret_sealed"], row["created_at"])


async def live(connection: AsyncConnection, organization: str) -> Sequence[WebhookRecord]:
    """An organization's webhooks, oldest first: as many as there are products that listen."""
    theirs = select(webhooks).where(webhooks.c.organization_id == organization, _LIVE)
    found = await connection.execute(theirs.order_by(webhooks.c.created_at, webhooks.c.id))
    return [_record(row) for row in found.mappings()]


async def find(connection: AsyncConnection, webhook: str) -> tuple[WebhookRecord, str] | None:
    """A live webhook and the slug of its organization."""
    statement = (
        select(webhooks, organizations.c.slug)
        .join(organizations, organizations.c.id == webhooks.c.organization_id)
        .where(webhooks.c.id == webhook, _LIVE)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return (_record(row), row["slug"]) if row else None


async def add(tx: Transaction, webhook: WebhookRecord, *, entry: AuditEntry) -> None:
    """The first thing it hears of is its own making, so that whoever listens sees at once whether it works."""
    tx.note(entry)
    if tx.organization is not None:
        tx.organization = replace(tx.organization, hooked=True)
    await tx.connection.execute(
        insert(webhooks).values(
            id=webhook.id,
            organization_id=webhook.organization,
            url=webhook.url,
            secret_sealed=webhook.secret_sealed,
            created_at=webhook.created,
        )
    )
    await tx.connection.execute(_hooked(webhook.organization))


async def delete(tx: Transaction, webhook: WebhookRecord, *, entry: AuditEntry) -> None:
    """What waits for it in the outbox is stale from now on."""
    tx.note(entry)
    await tx.connection.execute(update(webhooks).where(webhooks.c.id == webhook.id, _LIVE).values(deleted_at=tx.now))
    await tx.connection.execute(_hooked(webhook.organization))


def _hooked(organization: str) -> Update:
    """The organization's own mark whether anybody listens, as its webhooks are now."""
    listening = exists().where(webhooks.c.organization_id == organization, _LIVE)
    return update(organizations).where(organizations.c.id == organization).values(hooked=listening)


async def told(connection: AsyncConnection, entry: str) -> AuditRecord | None:
    """The audit record that a webhook tells of."""
    row = (await connection.execute(select(audit).where(audit.c.id == entry))).mappings().one_or_none()
    if row is None:
        return None
    return AuditRecord(
        id=row["id"],
        at=row["at"],
        action=row["action"],
        actor=row["actor"],
        target=row["target"],
        scope=row["scope"],
        request=row["request"],
        details=json.loads(row["details"]) if row["details"] else {},
    )


async def emails(connection: AsyncConnection, organization: str, ids: Collection[str]) -> dict[str, str]:
    """The address of each of these members that is still there."""
    if not ids:
        return {}
    theirs = select(members.c.id, members.c.email).where(
        members.c.organization_id == organization, members.c.id.in_(ids), members.c.deleted_at.is_(None)
    )
    return {row.id: row.email for row in await connection.execute(theirs)}
