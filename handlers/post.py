"""The outbox as delivery sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from handlers.commands import CardPlace
from handlers.notices import (
    NOTICES,
    CardPost,
    CodeMail,
    ImportNews,
    InvitationMail,
    InvitationOffer,
    Notice,
    ResetLetter,
    Told,
)
from handlers.together import Together
from storage import imports, invitations, mailings, outbox, requests
from storage.records import OutboxRecord
from storage.store import Busy, Store
from storage.transaction import Transaction
from storage.wakeup import Wakeup

LEASE = timedelta(seconds=60)
ANSWERS_KEPT = timedelta(days=2)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row on its way. ``key`` stays the same however often it is sent."""

    id: int
    organization: str | None
    notice: Notice
    target: str
    attempts: int
    key: str


class Post:
    """Every change here is short and touches one row, so several processes share one outbox."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._wakeup = Wakeup(store)
        self._together = Together(store, clock)

    async def claim(self, limit: int = 20) -> list[Parcel]:
        """Due rows, the first undone one of each target, leased for a minute."""
        # Commands wait while the lock for writing is held, so it is taken only when there is something to lease.
        async with self._store.reading() as connection:
            if not await outbox.is_due(connection, now=self._clock()):
                return []
        async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
            rows = await outbox.claim(tx, limit=limit, lease=LEASE)
        return [parcel for row in rows if (parcel := await self._opened(row)) is not None]

    async def _opened(self, row: OutboxRecord) -> Parcel | None:
        """A row that this version cannot read is put aside, and holds nobody up."""
        try:
            notice = NOTICES.validate_json(row.notice)
        except ValueError:
            log.warning("outbox-unreadable", row=row.id, kind=row.kind)
            async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
                await outbox.dead(tx, row.key, error="written by another version of Usher")
            return None
        return Parcel(row.id, row.organization, notice, row.target, row.attempts, row.key)

    async def sent(self, parcel: Parcel, *, posted: Sequence[CardPlace] = (), mailed: bool = False) -> None:
        """Record where cards were posted and forget the row, in one transaction."""
        self._store.reached("before-recording")

        async def record(tx: Transaction) -> None:
            await _remember(tx, parcel, posted)
            await _note_mail(tx, parcel, "sent" if mailed else None)
            if isinstance(parcel.notice, ImportNews) and parcel.notice.last:
                await imports.forget(tx, parcel.notice.prepared, entry=None)
            await outbox.done(tx, parcel.key)

        await self._together.write(record)
        self._store.wakened.set()

    async def later(
        self,
        parcel: Parcel,
        *,
        error: str,
        after: timedelta,
        posted: Sequence[CardPlace] = (),
        mailed: bool = False,
    ) -> None:
        async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
            await _remember(tx, parcel, posted)
            await _note_mail(tx, parcel, "later" if mailed else None, error)
            await outbox.later(tx, parcel.key, due=self._clock() + after, error=error)

    async def dead(self, parcel: Parcel, *, error: str, posted: Sequence[CardPlace] = (), mailed: bool = False) -> None:
        """Put aside, for admins to see; but what holds where somebody was who is gone goes with its last try."""
        if isinstance(parcel.notice, Told) and parcel.notice.sealed:
            await self.sent(parcel, posted=posted)
            return
        async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
            await _remember(tx, parcel, posted)
            await _note_mail(tx, parcel, "dead" if mailed else None, error)
            await outbox.dead(tx, parcel.key, error=error)
        self._store.wakened.set()

    async def wait(self, at_most: timedelta) -> None:
        """Until a row may be due, or the time is over: whichever comes first."""
        with contextlib.suppress(Busy):
            async with self._store.reading() as connection:
                due = await outbox.next_due(connection, now=self._clock())
            if due is not None:
                at_most = min(at_most, max(due - self._clock(), timedelta()))
        await self._wakeup.wait(at_most.total_seconds())

    async def waiting(self) -> int:
        """How many rows are still to be sent, timers apart."""
        async with self._store.reading() as connection:
            return await outbox.waiting(connection)

    async def tidy(self) -> None:
        """Forget answers to deliveries that Slack will not repeat any more."""
        with contextlib.suppress(Busy):
            async with self._store.transaction(None, at=self._clock(), lock=False) as tx:
                await outbox.forget_answers(tx, before=self._clock() - ANSWERS_KEPT)

    async def close(self) -> None:
        await self._wakeup.close()


async def _remember(tx: Transaction, parcel: Parcel, posted: Sequence[CardPlace]) -> None:
    """Where cards were posted, also when others of the same parcel were not: a press on them must count."""
    places = [(place.channel, place.ts) for place in posted]
    match parcel.notice:
        case CardPost(request=request) if places:
            await requests.posted(tx, request, places, entry=None)
        case InvitationOffer(invitation=invitation, version=version) if places:
            await invitations.offered(tx, invitation, version, entry=None)
        case ImportNews(prepared=prepared) if places:
            await imports.told(tx, prepared, places[-1], entry=None)
        case _:
            pass


async def _note_mail(tx: Transaction, parcel: Parcel, state: str | None, error: str | None = None) -> None:
    """For whoever asks why a mail did not arrive. ``state`` None: it was no mail."""
    match parcel.notice:
        case _ if state is None:
            return
        case InvitationMail(invitation=about):
            what = "invitation"
        case ResetLetter(link=about):
            what = "reset"
        case CodeMail(proof=about):
            what = "code"
        case Told(to=about, sealed=""):
            what = "told"
        case _:
            return
    await mailings.note(tx, what, about, state, error, entry=None)
