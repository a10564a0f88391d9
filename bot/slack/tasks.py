"""Work that goes on after Slack has its answer: kept, counted, logged when it fails, and awaited at shutdown."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import structlog

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

MOST = 1000
"""More than these at once means that Slack does not answer; what comes then is dropped rather than piled up."""


class Tasks:
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> bool:
        """False: too much is going on already, and the work was not begun."""
        if len(self._running) >= self._most:
            work.close()
            _log.error("too much waits for slack", name=name, running=len(self._running))
            return False
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return True

    def __len__(self) -> int:
        return len(self._running)

    async def close(self, within: timedelta) -> None:
        """Waits that long for what runs, also for what it starts meanwhile; then ends the rest."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                while self._running:
                    await asyncio.wait(set(self._running))
        except TimeoutError:
            _log.warning(
                "some work for slack was not finished", names=sorted(task.get_name() for task in self._running)
            )
        rest = set(self._running)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            # The message of an exception may hold what somebody typed, so only its kind is logged.
            _log.error("work after an answer failed", name=task.get_name(), failure=type(failure).__name__)
