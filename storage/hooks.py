"""Each webhook gets a row in the outbox for each audit record, in the transaction that writes the record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import OutboxRecord, new_id
from storage.tables import webhooks

KIND = "webhook-event"

_LISTENING = (
    select(webhooks.c.id)
    .where(webhooks.c.organization_id == bindparam("organization"), webhooks.c.deleted_at.is_(None))
    .order_by(webhooks.c.created_at, webhooks.c.id)
)


async def rows(
    connection: AsyncConnection, organization: str, written: Sequence[str], *, due: datetime
) -> list[OutboxRecord]:
    """``written``: the ids of the records, oldest first. Each webhook is a target: it hears of them in order."""
    listening = (await connection.execute(_LISTENING, {"organization": organization})).scalars().all()
    return [
        OutboxRecord(
            kind=KIND,
            target=f"webhook:{webhook}",
            # In the form of handlers.notices.WebhookEvent.
            notice=json.dumps({"webhook": webhook, "entry": entry, "kind": KIND}),
            key=new_id(),
            due=due,
            organization=organization,
        )
        for entry in written
        for webhook in listening
    ]
