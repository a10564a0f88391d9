"""Waking delivery: in the process where the row was written, and on PostgreSQL in every other one too."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import asyncpg

from storage.store import Store

CHANNEL = "usher_outbox"


class Wakeup:
    """``wait`` returns early when a row was put into the outbox. Losing the listener only costs promptness."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listener: Any = None

    async def wait(self, seconds: float) -> None:
        if not self._store.sqlite:
            await self._listen()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._store.wakened.wait(), seconds)
        self._store.wakened.clear()

    async def _listen(self) -> None:
        if self._listener is not None and not self._listener.is_closed():
            return
        url = self._store.writer.url.set(drivername="postgresql")
        with contextlib.suppress(OSError, asyncpg.PostgresError, TimeoutError):
            driver: Any = asyncpg  # which tells the type checker nothing of what it returns
            self._listener = await driver.connect(url.render_as_string(hide_password=False), timeout=2)
            await self._listener.add_listener(CHANNEL, self._heard)

    def _heard(self, *_: object) -> None:
        self._store.wakened.set()

    async def close(self) -> None:
        if self._listener is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, TimeoutError):
                await self._listener.close(timeout=2)
