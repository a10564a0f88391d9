"""The outbox as delivery sees it: claim what is due, record what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, RowMapping, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.hints import unindexed
from storage.records import OutboxRecord
from storage.tables import Moment, deliveries, outbox
from storage.transaction import Transaction

TIMER = "timer"


def _record(row: RowMapping) -> OutboxRecord:
    return OutboxRecord(
        id=row["id"],
        organization=row["organization_id"],
        kind=row["kind"],
        target=row["target"],
        notice=row["notice"],
        key=row["key"],
        due=row["due_at"],
        attempts=row["attempts"],
        state=row["state"],
        error=row["error"],
    )


def _first_of_its_target() -> ColumnElement[bool]:
    """Nothing earlier waits for the same target. Timers wait for nobody.

    Without fresh statistics PostgreSQL would read all that waits for each row that waits, not only its target's.
    """
    earlier = outbox.alias("earlier")
    waits = unindexed(earlier.c.state) == "waiting"
    same = (earlier.c.target == outbox.c.target, earlier.c.id < outbox.c.id, waits)
    return or_(outbox.c.kind == TIMER, ~select(earlier.c.id).where(*same).exists())


_NOW = bindparam("now", type_=Moment)
_WAITING = outbox.c.state == "waiting"
_CLAIMABLE = (
    select(outbox.c.id)
    .where(
        _WAITING,
        outbox.c.due_at <= _NOW,
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _NOW),
        _first_of_its_target(),
    )
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most", type_=Integer))
)
_CLAIM = _CLAIMABLE.with_for_update(skip_locked=True)
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until", type_=Moment), attempts=outbox.c.attempts + 1)
    .returning(*outbox.c)
)


async def is_due(connection: AsyncConnection, *, now: datetime) -> bool:
    """Whether there is a row to claim, found without a lock."""
    return (await connection.execute(_CLAIMABLE, {"now": now, "most": 1})).first() is not None


async def claim(tx: Transaction, *, limit: int, lease: timedelta) -> list[OutboxRecord]:
    """Lease due rows, for each target its first undone one alone, so that they leave in order.

    Replicas pass each other: PostgreSQL skips rows that another one is claiming; SQLite has one writer anyway.
    A row whose lease ran out belonged to a process that died, and is claimed again.
    """
    ids = (await tx.connection.execute(_CLAIM, {"now": tx.now, "most": limit})).scalars().all()
    if not ids:
        return []
    leased = await tx.connection.execute(_LEASE, {"ids": ids, "until": tx.now + lease})
    return sorted((_record(row) for row in leased.mappings().all()), key=lambda record: record.id)


# What became of a row is recorded by its key: SQLite gives the id of a deleted row to a new one, and whoever was late
# to record would otherwise take away a notice that nobody has sent.


_DONE = delete(outbox).where(outbox.c.key == bindparam("key"))


async def done(tx: Transaction, key: str) -> None:
    """What was delivered needs no row any more."""
    await tx.connection.execute(_DONE, {"key": key})


async def later(tx: Transaction, key: str, *, due: datetime, error: str) -> None:
    values = {"due_at": due, "leased_until": None, "error": error}
    await tx.connection.execute(update(outbox).where(outbox.c.key == key).values(**values))


async def dead(tx: Transaction, key: str, *, error: str) -> None:
    """Kept, for admins to see and to send again; it no longer holds up its target."""
    values = {"state": "dead", "leased_until": None, "error": error}
    await tx.connection.execute(update(outbox).where(outbox.c.key == key).values(**values))


# Each reads the index of what is due from its beginning; the many timers of later days are not looked at.
_FIRST_FREE = (
    select(outbox.c.due_at)
    .where(_WAITING, outbox.c.leased_until.is_(None), _first_of_its_target())
    .order_by(outbox.c.due_at)
    .limit(1)
)
_FIRST_BACK = (
    select(outbox.c.leased_until)
    .where(_WAITING, outbox.c.due_at <= _NOW, outbox.c.leased_until.is_not(None), _first_of_its_target())
    .order_by(outbox.c.leased_until)
    .limit(1)
)
_NEXT = select(_FIRST_FREE.scalar_subquery(), _FIRST_BACK.scalar_subquery())


async def next_due(connection: AsyncConnection, *, now: datetime) -> datetime | None:
    """When the next row may be claimed; None: nothing waits. What stands behind another one cannot be claimed yet."""
    free, back = (await connection.execute(_NEXT, {"now": now})).one()
    return min((when for when in (free, back) if when is not None), default=None)


async def waiting(connection: AsyncConnection, *, besides: Sequence[str] = (TIMER,)) -> int:
    """How many rows wait to be sent, timers apart."""
    open_rows = and_(outbox.c.state == "waiting", outbox.c.kind.not_in(besides))
    return int((await connection.execute(select(func.count()).select_from(outbox).where(open_rows))).scalar_one())


async def answer_to(connection: AsyncConnection, delivery: str) -> str | None:
    """The stored outcome of a delivery that was answered before."""
    found = select(deliveries.c.outcome).where(deliveries.c.id == delivery)
    return (await connection.execute(found)).scalar_one_or_none()


async def forget_answers(tx: Transaction, *, before: datetime) -> int:
    """Slack repeats a delivery for minutes, not for days."""
    return (await tx.connection.execute(delete(deliveries).where(deliveries.c.at < before))).rowcount
