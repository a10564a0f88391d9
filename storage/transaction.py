"""One write transaction, as flows see it: it collects what must be written last, and writes it in one go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain, hooks
from storage.records import AuditEntry, OrganizationRecord, OutboxRecord
from storage.tables import deliveries, outbox

_POST, _ANSWER = insert(outbox), insert(deliveries)


class Transaction:
    """``organization`` is the locked row, None for the instance's own acts."""

    def __init__(self, connection: AsyncConnection, *, at: datetime, once: str | None = None) -> None:
        self.connection = connection
        self.now = at
        self.organization: OrganizationRecord | None = None
        self.head = chain.Head(chain.INSTANCE, 0, "")
        self.answering = False
        self._once = once
        self._outcome: str | None = None
        self._entries: list[AuditEntry] = []
        self._rows: list[OutboxRecord] = []
        self._wakes = False

    @property
    def posted(self) -> bool:
        """Whether delivery has something to look for."""
        return bool(self._rows) or self._wakes

    def wake(self) -> None:
        """Rows that lie in the outbox already fall due by this transaction."""
        self._wakes = True

    def note(self, entry: AuditEntry) -> None:
        """Keep the audit entry of a write; several writes of one act share one entry object, kept once."""
        if not any(entry is other for other in self._entries):
            self._entries.append(entry)

    def post(self, *rows: OutboxRecord) -> None:
        """Put rows into the outbox; they leave only if this transaction commits."""
        self._rows.extend(rows)

    def answered(self, outcome: str) -> None:
        """Store ``outcome`` for the delivery, so that the same delivery again gets the same answer."""
        self._outcome = outcome

    async def turn_page(self) -> None:
        """Write what was noted so far into the chain that it belongs to, before another one is taken."""
        if not self._entries:
            return
        written = await chain.append(self, self._entries)
        self._entries = []
        if self.organization and self.organization.hooked and written:
            listening = await hooks.rows(self.connection, self.organization.id, written, due=self.now)
            self._rows.extend(listening)

    async def flush(self) -> None:
        await self.turn_page()
        if self._rows:
            await self.connection.execute(_POST, [_outbox_row(row, self.now) for row in self._rows])
        if self._once and self._outcome is not None:
            self.answering = True
            whose = self.organization.id if self.organization else None
            row = {"id": self._once, "organization_id": whose, "outcome": self._outcome, "at": self.now}
            await self.connection.execute(_ANSWER, row)
            self.answering = False


def _outbox_row(row: OutboxRecord, now: datetime) -> dict[str, object]:
    return {
        "organization_id": row.organization,
        "kind": row.kind,
        "target": row.target,
        "notice": row.notice,
        "key": row.key,
        "created_at": now,
        "due_at": row.due,
        "state": row.state,
    }
