"""What the test and the bot's process share: one clock, and the point at which the bot is to die.

It lies in a mapped file, so that the test can move the clock and arm the bot without the bot taking part.
"""

from __future__ import annotations

import mmap
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import Struct

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
# The clock's zero on the machine's monotonic clock, seconds skipped, strikes left, index of the point.
_SHAPE = Struct("ddii")
POINTS = ("guess-counted", "code-spent", "before-commit", "after-commit", "before-recording")


@dataclass(frozen=True, slots=True)
class Fuse:
    """The bot dies when it reaches `point` for the `count`-th time."""

    point: str
    count: int


class Shared:
    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _SHAPE.size)

    @classmethod
    def made(cls, path: Path) -> Shared:
        path.write_bytes(_SHAPE.pack(time.monotonic(), 0.0, 0, 0))
        return cls(path)

    def clock(self) -> datetime:
        """Goes on by itself; the monotonic clock is the same in every process."""
        zero, skipped, _, _ = self._read()
        return START + timedelta(seconds=time.monotonic() - zero + skipped)

    def skip(self, **span: float) -> None:
        zero, skipped, left, point = self._read()
        self._write(zero, skipped + timedelta(**span).total_seconds(), left, point)

    def arm(self, fuse: Fuse | None) -> None:
        zero, skipped, _, _ = self._read()
        self._write(zero, skipped, fuse.count if fuse else 0, POINTS.index(fuse.point) if fuse else 0)

    def strikes(self, point: str) -> bool:
        """Whether this is the moment."""
        zero, skipped, left, armed = self._read()
        if left <= 0 or point != POINTS[armed]:
            return False
        self._write(zero, skipped, left - 1, armed)
        return left == 1

    def _read(self) -> tuple[float, float, int, int]:
        return _SHAPE.unpack_from(self._map)  # type: ignore[return-value] # the shape says so

    def _write(self, zero: float, skipped: float, left: int, point: int) -> None:
        _SHAPE.pack_into(self._map, 0, zero, skipped, left, point)
