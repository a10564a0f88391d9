"""When members were last active: kept in memory and written now and then, so that no answer waits for it.

A member is written at most once in five minutes. What a killed process had not written yet is lost, and the member's
next act brings it back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from storage import activity
from storage.store import Busy, Store

COARSE = timedelta(minutes=5)
EVERY = 3.0  # seconds
AT_ONCE = 5_000
REMEMBERED = 100_000


class Activity:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._noted: OrderedDict[str, datetime] = OrderedDict()
        self._waiting: dict[str, None] = {}
        self._stopped = asyncio.Event()

    def seen(self, member: str) -> None:
        """Somebody did or looked at something."""
        now, noted = self._clock(), self._noted.get(member)
        if noted is not None and now - noted < COARSE:
            return
        self._noted[member] = now
        self._noted.move_to_end(member)
        self._waiting[member] = None
        if len(self._noted) > REMEMBERED:
            self._noted.popitem(last=False)

    async def flush(self) -> None:
        """Write what waits; where the database is busy, another time."""
        with contextlib.suppress(Busy):
            while some := list(islice(self._waiting, AT_ONCE)):
                async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
                    written = await activity.note(tx, some, entry=None)
                for member in some:
                    self._waiting.pop(member, None)
                for member in set(some).difference(written):
                    self._noted.pop(member, None)

    async def run(self) -> None:
        """Until it is stopped; what waits then is written first."""
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._stopped.wait()
            await self.flush()

    async def stop(self) -> None:
        self._stopped.set()
