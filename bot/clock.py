"""The one clock of a running Usher; everything else is given it."""

from datetime import UTC, datetime


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is that clock
