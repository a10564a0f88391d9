"""What can be seen of many members: a page of the list, and what Home counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Catalogue
from handlers.commands import Filters
from handlers.listing import Sought, Viewer
from handlers.models import Recipient, Status
from handlers.paging import Turns


@dataclass(frozen=True, slots=True)
class MemberRow:
    """``role``: the one in the organization, or ``in_space`` the one in the only space that the list is narrowed to;
    for who is invited the promised one. ``there``: where it is narrowed to several spaces, the role in each of them, by
    the names of these; ``elsewhere``: there are more. ``whole`` False: groups, second factor and activity are not the
    reader's to see."""

    id: str
    name: str
    email: str
    role: str | None
    in_space: bool
    status: Status
    whole: bool
    groups: tuple[str, ...] = ()
    factor: bool = False
    active: datetime | None = None
    timezone: str = ""
    there: tuple[tuple[str, str], ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Ten a page, by name. ``total`` counts all that the filters show, ``exact`` False: at least so many.

    ``filters`` are as they were understood, by the names that things really have; ``role`` is the title of theirs.
    ``now``: when it was looked at.
    """

    rows: tuple[MemberRow, ...]
    total: int
    exact: bool
    turns: Turns
    filters: Filters
    role: str
    everybody: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class MembersSheet:
    """``users.csv`` as ``to`` may have it now; ``asking`` and ``sought`` say whose rows these are."""

    to: Recipient
    catalogue: Catalogue
    organization: str
    columns: tuple[str, ...]
    asking: Viewer
    sought: Sought


@dataclass(frozen=True, slots=True)
class SheetKept:
    """It is not sent: its asker may not have it any more, or (``gone``) what it was narrowed to is not there."""

    to: Recipient
    organization: str
    gone: bool
