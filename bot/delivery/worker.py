"""The worker: takes what is due from the outbox, sends it, records what became of it, and never dies.

At least once: a parcel is leased, sent, then recorded. When the process is killed between the last two, the lease runs
out and the parcel is sent again, here or by another replica. The outbox hands out the first parcel of each receiver
alone, so what goes to one receiver stays in order while receivers are served side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.errands import Errands
from bot.delivery.fuse import Sleep
from bot.delivery.mail import MailSender
from bot.delivery.slack import SlackSender
from bot.delivery.trouble import HOUSE, Never, NotNow, Trouble, luck
from handlers.house import Usher
from handlers.post import Parcel

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

# Never more is claimed than can be sent at once: a parcel that waits here would wait on its lease.
SIDE_BY_SIDE: Final = 8
# Ends before the outbox's lease of 60 s does, recording included, so that nobody else sends it meanwhile.
DEADLINE: Final = 45.0
LOOK_AGAIN: Final = timedelta(seconds=2)
GRACE: Final = 5.0
LONGEST_STORM: Final = 30.0
RECORDINGS: Final = 5


class Delivery:
    def __init__(
        self,
        usher: Usher,
        *,
        slack: SlackSender,
        mail: MailSender | None,
        clock: Callable[[], datetime],
        public_url: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._post = usher.post
        self._mail = mail
        self._errands = Errands(usher, slack=slack, mail=mail, clock=clock, public_url=public_url)
        self._sleep = sleep
        self._stopping = asyncio.Event()
        # Whoever finds nothing due must know that nobody else is just taking it.
        self._taking = asyncio.Lock()
        self._flying: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until it is cancelled or stopped. What is being sent then gets a moment to end and be recorded."""
        storm = 1.0
        try:
            while not self._stopping.is_set():
                try:
                    if not await self._take():
                        await self._rest()
                    storm = 1.0
                except Exception as error:  # noqa: BLE001 - whatever befalls the outbox, the worker goes on
                    _log.error("the outbox cannot be read", error=type(error).__name__)
                    await self._sleep(storm)
                    storm = min(storm * 2, LONGEST_STORM)
        finally:
            await self._land()

    async def drain(self) -> None:
        """Until nothing is due any more: for tests, and for a last round before the end."""
        while await self._take() or self._flying:
            if self._flying:
                await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Takes nothing more, and ends what is being sent: recorded, or left to its lease."""
        self._stopping.set()
        await self._land()

    async def _take(self) -> bool:
        """False: nothing is due that is not being sent already."""
        free = SIDE_BY_SIDE - len(self._flying)
        if free <= 0:  # two may have taken at once
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            return True
        async with self._taking:
            parcels = await self._post.claim(free)
            for parcel in parcels:
                task = asyncio.create_task(self._handle(parcel))
                self._flying.add(task)
                task.add_done_callback(self._landed)
        return bool(parcels)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a parcel was left to its lease", error=type(error).__name__, at=_where(error))

    async def _rest(self) -> None:
        """Until something new is due, something sent frees the next for its receiver, or it is time to stop."""
        waits = [asyncio.create_task(self._post.wait(LOOK_AGAIN)), asyncio.create_task(self._stopping.wait())]
        try:
            await asyncio.wait({*waits, *self._flying}, return_when=asyncio.FIRST_COMPLETED)
            if waits[0].done():
                await waits[0]
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.wait(waits)

    async def _land(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, timeout=GRACE)
        for task in tuple(self._sending):
            task.cancel()
        # What is being recorded is never cut short: it was sent, and must not be sent again.
        await asyncio.gather(*self._flying, return_exceptions=True)
        await self._errands.close()

    # ---- one parcel

    async def _handle(self, parcel: Parcel) -> None:
        record = await self._send(parcel)
        for _ in range(RECORDINGS):
            try:
                return await record()
            except Exception as error:  # noqa: BLE001 - the database may be busy; what was sent must not be sent again
                _log.error("what became of a parcel was not recorded", **_about(parcel), error=type(error).__name__)
                await self._sleep(1)
        return None

    async def _send(self, parcel: Parcel) -> Callable[[], Awaitable[None]]:
        """Sends it, and says how to record what became of it."""
        task = asyncio.current_task()
        assert task  # noqa: S101 - it is only called within a task of `_take`
        self._sending.add(task)
        try:
            async with asyncio.timeout(DEADLINE):
                posted = await self._errands.run(parcel)
        except Trouble as trouble:
            return self._after(parcel, trouble)
        except Exception as error:  # noqa: BLE001 - one parcel's surprise must not end the worker
            _log.error("a parcel failed unexpectedly", **_about(parcel), error=type(error).__name__, at=_where(error))
            return self._after(parcel, NotNow(f"Usher failed ({type(error).__name__}).", schedule=HOUSE))
        finally:
            self._sending.discard(task)
        mailed = self._mailed(parcel)
        return lambda: self._post.sent(parcel, posted=posted, mailed=mailed)

    def _mailed(self, parcel: Parcel) -> bool:
        return self._mail is not None and self._mail.tried(parcel.key)

    def _after(self, parcel: Parcel, trouble: Trouble) -> Callable[[], Awaitable[None]]:
        mailed = self._mailed(parcel)
        match trouble:
            case NotNow() if pause := trouble.schedule.pause(parcel.attempts, asked_for=trouble.asked_for, luck=luck()):
                log = _log.error if trouble.loud else _log.info
                log(
                    "a parcel is tried again", **_about(parcel), why=trouble.error, seconds=round(pause.total_seconds())
                )
                return lambda: self._post.later(
                    parcel, error=trouble.error, after=pause, posted=trouble.posted, mailed=mailed
                )
            case _:
                _log.warning("a parcel cannot be delivered", **_about(parcel), why=trouble.error)
                given_up = "" if isinstance(trouble, Never) else f" Given up after {parcel.attempts} tries."
                return lambda: self._post.dead(
                    parcel, error=trouble.error + given_up, posted=trouble.posted, mailed=mailed
                )


def _about(parcel: Parcel) -> dict[str, object]:
    return {"parcel": parcel.id, "kind": parcel.notice.kind, "tries": parcel.attempts}


def _where(error: BaseException) -> str:
    """File and line, for a traceback would show the values in it."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{last.tb_lineno}" if last else ""
