"""What the list of members is narrowed to, and what it shows of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

MOST_THERE = 20
"""In so many spaces the role of one member is told."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What every row must be; an empty field narrows nothing.

    ``words`` are folded, each must stand somewhere in the name or the address. ``role`` is a role's id: the one held
    in the organization (for who is invited: the one promised), or in ``space`` where ``in_space``. ``spaces``: whoever
    holds a role in one of these (or is invited to it); None: everybody.
    """

    words: tuple[str, ...] = ()
    role: str = ""
    in_space: bool = False
    status: str = ""
    factor: bool | None = None
    spaces: tuple[str, ...] | None = None
    group: str = ""


EVERYBODY = Narrow()


@dataclass(frozen=True, slots=True)
class Listed:
    """``role``: in the organization, for who is invited the promised one. ``there``: the role in each of the spaces
    that the list was narrowed to, by the names of these, in order; at most one more than ``MOST_THERE``. ``groups``:
    their names, in order."""

    id: str
    name: str
    email: str
    status: str
    role: str | None
    there: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    factor: bool
    active: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Found:
    """``more``: there are further rows in the direction that was taken."""

    rows: Sequence[Listed]
    more: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """``exact`` False: at least so many; nobody counts further, for it would take too long."""

    count: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Tallies:
    """Listed members by status, and active ones by the role that they hold for good in the organization."""

    statuses: dict[str, int] = field(default_factory=dict[str, int])
    roles: dict[str, int] = field(default_factory=dict[str, int])
