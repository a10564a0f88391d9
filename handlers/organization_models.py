"""What can be seen of organizations: one's own, and the settings of the one that somebody acts in."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.catalogue import Catalogue
from handlers.models import Status
from handlers.paging import NO_TURNS, Turns


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """``current``: the one in which commands act. ``role`` is an id of ``catalogue``."""

    id: str
    name: str
    slug: str
    catalogue: Catalogue
    role: str | None
    status: Status
    current: bool


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """Ten a page, by slug."""

    rows: tuple[OrganizationRow, ...]
    turns: Turns = NO_TURNS


@dataclass(frozen=True, slots=True)
class Settings:
    """As they are now. ``invitation_days`` None: as long as the catalogue says."""

    organization: str
    catalogue: Catalogue
    plan: str
    invitation_days: int | None
    approvals_channel: str | None
    follow_slack: bool = True
    undelivered: int = 0
