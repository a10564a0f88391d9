"""What could not be delivered, for whoever may change settings: no link and no code; addresses for who may list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from handlers import policy
from handlers.letters import Letters
from handlers.models import Desk
from handlers.notices import NOTICES, Notice
from handlers.paging import NO_TURNS, PAGE, Turns, turn_of, turns
from storage import dead_letters
from storage.dead_letters import Letter, Whom
from storage.store import Busy

# The fields of notices that say for whom one is.
_FOR = ("to", "invitation", "proof", "link", "prepared", "webhook")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """``to``: a name, an address that the reader may see, or the host of a webhook; empty: it says no more.

    ``why`` are the words of whoever refused it, as delivery kept them.
    """

    key: str
    kind: str
    to: str
    why: str
    tries: int
    age: timedelta
    tried: timedelta


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    """Ten a page, newest first."""

    rows: tuple[Undelivered, ...]
    total: int
    turns: Turns = NO_TURNS


class DeadLetterQueries(Letters):
    async def undelivered_count(self, desk: Desk) -> int:
        """0 for who may not see them."""
        if desk.organization is None or "settings" not in desk.may:
            return 0
        try:
            async with self._store.reading() as connection:
                return await dead_letters.count(connection, desk.organization.id)
        except Busy:
            return 0

    async def undelivered(self, desk: Desk, *, after: str | None = None) -> UndeliveredPage | None:
        """None: not theirs to see."""
        if desk.organization is None or "settings" not in desk.may:
            return None
        organization, turn = desk.organization.id, turn_of(after)
        async with self._store.reading() as connection:
            at = int(turn.at, 16) if turn.at else None
            rows, more = await dead_letters.page(connection, organization, at, down=turn.down, limit=PAGE)
            read = {row.key: _read(row) for row in rows}
            ids = [one for notice in read.values() for one in _whose(notice)]
            known = await dead_letters.whom(connection, organization, ids)
            total = await dead_letters.count(connection, organization)
        if not rows and turn.at:
            return await self.undelivered(desk)
        mine = desk.catalogue.organization.get(desk.role or "")
        lists = desk.catalogue.allows(mine, desk.catalogue.needs.get("list", policy.NOBODY))
        shown = tuple(_row(row, read[row.key], known, self._clock(), lists=lists) for row in rows)
        return UndeliveredPage(shown, total, turns([f"{row.number:032x}" for row in rows], turn, more=more))


def _read(row: Letter) -> Notice | None:
    """None: another version of Usher wrote it."""
    try:
        return NOTICES.validate_json(row.notice)
    except ValueError:
        return None


def _whose(notice: Notice | None) -> Iterator[str]:
    for field in _FOR:
        if isinstance(one := getattr(notice, field, None), str) and one:
            yield one


def _row(row: Letter, notice: Notice | None, known: Mapping[str, Whom], now: datetime, *, lists: bool) -> Undelivered:
    found = next((known[one] for one in _whose(notice) if one in known), Whom())
    host = urlsplit(found.url).hostname or ""
    return Undelivered(
        key=row.key,
        kind=row.kind,
        to=found.name or (found.email if lists else "") or host,
        why=row.error,
        tries=row.attempts,
        age=now - row.written,
        tried=now - row.tried,
    )
