"""What can be seen of an import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Catalogue
from handlers.commands import CardPlace, Verdict
from handlers.models import Recipient


@dataclass(frozen=True, slots=True)
class ImportTrouble:
    """A line of which nobody would be invited. ``why`` is a code, with what it is about behind a colon."""

    line: int
    email: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """``next`` and ``previous`` are keys of pages of ``troubles``; None: there is no such page."""

    id: str
    file: str
    lines: int
    counts: tuple[tuple[Verdict, int], ...]
    troubles: tuple[ImportTrouble, ...]
    next: str | None
    previous: str | None
    ignored: tuple[str, ...]
    guessed: str

    @property
    def people(self) -> int:
        return dict(self.counts).get("will-invite", 0)


@dataclass(frozen=True, slots=True)
class ImportGuest:
    """Somebody who would be invited; ``role`` is an id, ``groups`` are names."""

    line: int
    email: str
    name: str
    role: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPeople:
    """Whom a waiting import would invite, for whoever may decide it. ``next`` and ``previous`` are keys of pages."""

    request: str
    file: str
    people: int
    guests: tuple[ImportGuest, ...]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class ImportLetter:
    """How far an import is, for whoever confirmed it; ``to`` None: they are here no more. ``place``: where they were
    told before, ``told``: when."""

    id: str
    to: Recipient | None
    catalogue: Catalogue
    file: str
    state: str
    why: str
    lines: int
    people: int
    dealt: int
    invited: int
    mailed: bool
    place: CardPlace | None
    told: datetime | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """``result`` '': it did not come to that."""

    line: int
    email: str
    name: str
    role: str
    result: str
    verdict: str
    why: str
