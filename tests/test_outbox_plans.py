"""What is due is found soon however much waits, also before the database has counted how much that is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert

from storage import outbox
from storage.store import Store
from storage.tables import outbox as table
from tests.test_listing_plans import plan

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MANY = 20_000


async def test_what_is_due_is_compared_with_what_waits_for_the_same_target_alone(database_url: str) -> None:
    rows = [
        {"kind": "invitation-mail", "target": f"to {n}", "notice": "{}", "key": f"key {n}", "state": "waiting"}
        | {"created_at": NOW, "due_at": NOW}
        for n in range(MANY)
    ]
    sent = list[tuple[str, Any]]()
    store = Store(database_url)
    try:
        async with store.transaction(None, at=NOW, lock=False) as tx:
            await tx.connection.execute(insert(table), rows)
        async with store.reading() as connection:
            event.listen(store.reader.sync_engine, "before_cursor_execute", lambda *heard: sent.append(heard[2:4]))
            assert await outbox.is_due(connection, now=NOW)
            await outbox.next_due(connection, now=NOW)
            for one in list(sent):
                way = await plan(connection, *one)
                beside = [line for line in way.splitlines() if "earlier" in line or "ix_outbox_target" in line]
                assert any("ix_outbox_target" in line for line in beside), way
                assert not any("Seq Scan" in line or "SCAN earlier" in line for line in beside), way
                # Each part reads what is due once, and never once more for each of its rows.
                assert "BitmapAnd" not in way, way
    finally:
        await store.close()
