"""Keeps one broken service from holding up the others, and Slack from being asked too fast."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from datetime import timedelta
from typing import Final

from bot.delivery.trouble import NoAnswer, NotNow, Schedule, Trouble

Ticks = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

GAP: Final = 1.0
PATIENCE: Final = 5.0
CALM: Final = 60.0
MOST_KEYS: Final = 1000


class Fuse:
    """While a service does not answer, one parcel at a time tries it and the others are put off at once.

    Otherwise every place in the worker would sit in that service's timeouts, and what goes elsewhere would wait.
    """

    def __init__(self, service: str, schedule: Schedule) -> None:
        self._service = service
        self._schedule = schedule
        self._blown = False
        self._trying = 0

    @contextlib.contextmanager
    def trying(self) -> Generator[None]:
        if self._blown and self._trying:
            raise NotNow(f"{self._service} does not answer.", schedule=self._schedule)
        self._trying += 1
        try:
            yield
            self._blown = False
        except NoAnswer:
            self._blown = True
            raise
        except Trouble:
            self._blown = False
            raise
        finally:
            self._trying -= 1


class Pace:
    """About one message a second in a channel, but only after Slack's first 429 there.

    Slack lets short bursts through, and most channels never see more than a few messages. Pacing from the beginning
    would make every burst slow to avoid what seldom happens; pacing after a 429 makes it happen once. A channel that
    was calm for a minute is free again.
    """

    def __init__(self, *, schedule: Schedule, ticks: Ticks, sleep: Sleep = asyncio.sleep) -> None:
        self._schedule = schedule
        self._ticks = ticks
        self._sleep = sleep
        self._free_at: dict[str, float] = {}

    async def turn(self, key: str) -> None:
        """Waits for this channel's turn; a long wait is put off, since others could use the place meanwhile."""
        free_at = self._free_at.get(key)
        now = self._ticks()
        if free_at is None or free_at + CALM < now:
            self._free_at.pop(key, None)
            return
        if free_at - now > PATIENCE:
            asked_for = timedelta(seconds=free_at - now)
            raise NotNow("Slack asked us to slow down.", schedule=self._schedule, asked_for=asked_for)
        self._free_at[key] = max(free_at, now) + GAP
        await self._sleep(max(free_at - now, 0))

    def slow_down(self, key: str, seconds: float) -> None:
        self._forget_calm_ones()
        self._free_at[key] = max(self._free_at.get(key, 0), self._ticks() + seconds)

    def _forget_calm_ones(self) -> None:
        if len(self._free_at) >= MOST_KEYS:
            now = self._ticks()
            self._free_at = {key: at for key, at in self._free_at.items() if at + CALM >= now}
