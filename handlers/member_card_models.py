"""One member as their card shows them, and as the form that edits them begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.commands import Named
from handlers.deeds import Deed
from handlers.models import CardChange, Choice, InvitationState, Status
from handlers.space_models import Standing


@dataclass(frozen=True, slots=True)
class Whole:
    """What only those see who may list everybody in the organization. ``role`` is what is held, or promised;
    ``gives``: the roles that the viewer may give them. ``deeds``: what else they may do to them."""

    role: str | None
    ends: datetime | None
    returns_to: str | None
    gives: tuple[str, ...]
    factor: bool
    groups: tuple[tuple[str, datetime | None], ...]
    active: datetime | None
    timezone: str
    tied: bool
    owns: int
    things: tuple[tuple[str, str, datetime], ...]
    """Access to resources that ends: kind, name, when."""


@dataclass(frozen=True, slots=True)
class There:
    """A role in a space: given there, or promised. ``gives`` as above; ``revocable``: it can be ended."""

    id: str
    name: str
    standing: Standing
    gives: tuple[str, ...]
    revocable: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """An add-on; ``space`` None: in the organization."""

    addon: str
    space: str | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation that waits, or has expired and can be sent again; ``manageable`` by the viewer."""

    id: str
    role: str
    space: str | None
    state: InvitationState
    expires: datetime
    manageable: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """A request by them, or about them."""

    id: str
    change: CardChange
    old: str | None
    new: str | None
    space: str | None
    by: Named
    about: Named | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class MemberCard:
    """``whole`` None: the viewer sees what concerns the spaces whose people they may list, and nothing else.

    ``now``: when it was looked at.
    """

    member: Named
    status: Status
    whole: Whole | None
    spaces: tuple[There, ...]
    more_spaces: int
    addons: tuple[Addition, ...]
    invited_by: Named | None
    invited_at: datetime | None
    invitations: tuple[Pending, ...]
    requests: tuple[Waits, ...]
    deeds: frozenset[Deed]
    now: datetime
    more_invitations: int = 0


@dataclass(frozen=True, slots=True)
class Editable:
    """What the form *Edit* begins with. ``groups`` None: not for the viewer to change, or not yet theirs to have."""

    member: Named
    name: str
    timezone: str
    role: str | None
    gives: tuple[str, ...]
    groups: tuple[Choice, ...] | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What everybody may change of themselves."""

    name: str
    timezone: str
