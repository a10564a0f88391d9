"""What can be seen of spaces: a page of them, the card of one, and who has access to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Change
from handlers.commands import Named
from handlers.paging import Turns


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is in a space.

    ``role`` is the one given there, until ``ends`` if it has an end; ``counts_as`` a lower one, where the role in the
    organization lets no more count (K4). ``reached_as``: the organization's role that reaches every space unasked.
    """

    role: str | None = None
    ends: datetime | None = None
    counts_as: str | None = None
    reached_as: str | None = None


@dataclass(frozen=True, slots=True)
class SpaceRow:
    id: str
    name: str
    slug: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class SpacePage:
    """Ten a page, by name."""

    rows: tuple[SpaceRow, ...]
    total: int
    turns: Turns


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """``may``: what the reader may change there. ``invitations`` None: not theirs to know."""

    id: str
    name: str
    slug: str
    standing: Standing
    people: int
    invitations: int | None
    resources: tuple[tuple[str, int], ...]
    may: frozenset[Change]


@dataclass(frozen=True, slots=True)
class AccessRow:
    """``roles``: those that the reader may give this person there, highest first; ``revocable``: may end it."""

    member: Named
    standing: Standing
    roles: tuple[str, ...] = ()
    revocable: bool = False


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Who has access: first those with a role in the space, then whoever reaches it by their role in the organization.

    ``addable``: the roles that the reader may give to somebody new, highest first.
    """

    id: str
    name: str
    rows: tuple[AccessRow, ...]
    addable: tuple[str, ...]
    turns: Turns
