"""Keys of pages: opaque to whoever carries them, and nonsense is the first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.paging import Turn

PAGE = 10
_KEY = re.compile(r"([ab])~([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Turns:
    """The keys of the pages on either side; None where there is no such page."""

    next: str | None = None
    previous: str | None = None


NO_TURNS = Turns()


def turn_of(key: str | None) -> Turn:
    found = _KEY.fullmatch(key or "")
    return Turn(found[2], down=found[1] == "a") if found else Turn()


def turns(ids: Sequence[str], turn: Turn, *, more: bool) -> Turns:
    """``ids`` are those of the rows that are shown, ``more`` tells of further ones in the direction that was taken."""
    if not ids:
        return Turns()
    down = more if turn.down else True
    up = turn.at is not None if turn.down else more
    return Turns(f"a~{ids[-1]}" if down else None, f"b~{ids[0]}" if up else None)
