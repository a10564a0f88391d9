"""Small writes that happen side by side share one transaction, and so one commit and one turn of the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from storage.store import Store
from storage.transaction import Transaction

Change = Callable[[Transaction], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Waiting:
    change: Change
    written: bool = field(default=False)


class Together:
    """While one transaction is written, whoever comes meanwhile waits, and all of these share the next one."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def write(self, change: Change) -> None:
        """Returns when it is committed; raises what kept it from being written."""
        mine = _Waiting(change)
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not mine.written:
                    await self._with_others(mine)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    async def _with_others(self, mine: _Waiting) -> None:
        """Only the own failure is raised here: the others are still waiting, and each tries it by itself then."""
        everybody = list(self._waiting)
        try:
            await self._write(everybody)
        except Exception:
            if len(everybody) == 1:
                raise
            # It may be the fault of another one's change.
            await self._write([mine])

    async def _write(self, these: list[_Waiting]) -> None:
        async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
            for one in these:
                await one.change(tx)
        for one in these:
            one.written = True
        self._waiting = [one for one in self._waiting if not one.written]
