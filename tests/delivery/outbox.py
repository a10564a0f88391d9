"""An outbox in memory that keeps the contract of handlers.post.Post."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from handlers.commands import CardPlace
from handlers.notices import Notice
from handlers.post import Parcel
from tests.delivery.clock import Clock

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Row:
    parcel: Parcel
    due: datetime
    leased: datetime | None = None
    state: Literal["waiting", "sent", "dead"] = "waiting"
    error: str = ""
    posted: tuple[CardPlace, ...] = ()


class Outbox:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.rows: dict[int, Row] = {}

    def put(self, notice: Notice, *, target: str, key: str = "") -> int:
        number = len(self.rows) + 1
        parcel = Parcel(number, "org", notice, target, 0, key or f"key-{number}")
        self.rows[number] = Row(parcel, self._clock())
        return number

    async def claim(self, limit: int = 20) -> list[Parcel]:
        await asyncio.sleep(0)
        first: dict[str, Row] = {}
        for row in self.rows.values():
            if row.state == "waiting":
                first.setdefault(row.parcel.target, row)
        now = self._clock()
        due = [row for row in first.values() if row.due <= now and (row.leased is None or row.leased <= now)]
        return [self._lease(row) for row in due[:limit]]

    def _lease(self, row: Row) -> Parcel:
        parcel = replace(row.parcel, attempts=row.parcel.attempts + 1)
        self.rows[parcel.id] = replace(row, parcel=parcel, leased=self._clock() + LEASE)
        return parcel

    async def sent(self, parcel: Parcel, *, posted: Sequence[CardPlace] = (), mailed: bool = False) -> None:
        del mailed
        self._end(parcel, "sent", "", posted)

    async def later(
        self,
        parcel: Parcel,
        *,
        error: str,
        after: timedelta,
        posted: Sequence[CardPlace] = (),
        mailed: bool = False,
    ) -> None:
        del mailed
        self._end(parcel, "waiting", error, posted)
        self.rows[parcel.id] = replace(self.rows[parcel.id], due=self._clock() + after)

    async def dead(self, parcel: Parcel, *, error: str, posted: Sequence[CardPlace] = (), mailed: bool = False) -> None:
        del mailed
        self._end(parcel, "dead", error, posted)

    def _end(
        self,
        parcel: Parcel,
        state: Literal["waiting", "sent", "dead"],
        error: str,
        posted: Sequence[CardPlace],
    ) -> None:
        row = self.rows[parcel.id]
        places = (*row.posted, *posted)
        self.rows[parcel.id] = replace(row, state=state, error=error, leased=None, posted=places)

    async def wait(self, at_most: timedelta) -> None:
        await asyncio.sleep(min(at_most.total_seconds(), 0.01))
