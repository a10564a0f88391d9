"""Looking at imports: the preview of one's own, how far one is, and what became of each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from handlers.commands import CardPlace, Import, Verdict
from handlers.import_lines import KEPT
from handlers.import_models import (
    ImportGuest,
    ImportLetter,
    ImportPeople,
    ImportPreview,
    ImportResult,
    ImportTrouble,
)
from handlers.letters import Letters, recipient
from handlers.models import Desk
from handlers.notices import ImportNews
from storage import groups, imports, organizations
from storage.imports import LineRecord
from storage.store import Connection

A_PAGE = 10
_LAST_KEY = "b"


class ImportQueries(Letters):
    async def import_preview(self, desk: Desk, prepared: str, *, page: str = "") -> ImportPreview | None:
        """None: it is not theirs, or cannot be confirmed any more. Nonsense for a page is the first."""
        if desk.organization is None or desk.member is None:
            return None
        async with self._store.reading() as connection:
            found = await imports.find(connection, prepared)
            if found is None or (found.organization, found.member) != (desk.organization.id, desk.member.id):
                return None
            if found.state != "ready" or found.created + KEPT <= self._clock():
                return None
            counts = await imports.counts(connection, prepared)
            turned = await _page(connection, prepared, page, invited=False)
        verdicts: tuple[Verdict, ...] = get_args(Verdict)
        return ImportPreview(
            id=found.id,
            file=found.file,
            lines=found.lines,
            counts=tuple((verdict, counts.get(verdict, 0)) for verdict in verdicts),
            troubles=tuple(_trouble(line) for line in turned.lines),
            next=turned.next,
            previous=turned.previous,
            ignored=found.ignored,
            guessed=found.guessed,
        )

    async def import_letter(self, notice: ImportNews) -> ImportLetter | None:
        """None: there is none any more."""
        async with self._store.reading() as connection:
            found = await imports.find(connection, notice.prepared)
            organization = await organizations.find(connection, found.organization) if found else None
            if found is None or organization is None:
                return None
            member = await self._member(connection, found.organization, found.member)
        return ImportLetter(
            id=found.id,
            to=recipient(member) if member and member.listed and member.status == "active" else None,
            catalogue=self._catalogue(organization),
            file=found.file,
            state=found.state,
            why=found.why,
            lines=found.lines,
            people=found.people,
            dealt=found.dealt,
            invited=found.invited,
            mailed=self._house.mail,
            place=CardPlace(found.channel, found.ts) if found.channel and found.ts else None,
            told=found.told,
        )

    async def import_results(self, prepared: str) -> list[ImportResult]:
        async with self._store.reading() as connection:
            found = await imports.lines(connection, prepared)
        return [
            ImportResult(one.line, one.email, one.name, one.role, one.result or "", one.verdict, one.why)
            for one in found
        ]


async def people_of(connection: Connection, request: str, command: Import, page: str) -> ImportPeople:
    """Whom a waiting import would invite; whether the asker may see them the caller has judged."""
    turned = await _page(connection, command.prepared, page, invited=True)
    joined = {group for line in turned.lines for group in line.groups}
    known = await groups.names(connection, sorted(joined)) if joined else {}
    guests = tuple(
        ImportGuest(one.line, one.email, one.name, one.role, tuple(known.get(it, it) for it in one.groups))
        for one in turned.lines
    )
    return ImportPeople(request, command.file, command.people, guests, turned.next, turned.previous)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: Sequence[LineRecord]
    next: str | None
    previous: str | None


async def _page(connection: Connection, prepared: str, page: str, *, invited: bool) -> _Page:
    """Nonsense for a page is the first."""
    after, before = _key(page)
    found = await imports.page(connection, prepared, invited=invited, after=after, before=before, limit=A_PAGE + 1)
    shown = found[:A_PAGE] if before is None else found[-A_PAGE:]
    more = len(found) > A_PAGE
    return _Page(
        shown,
        next=f"a{shown[-1].line}" if shown and (more or before is not None) else None,
        previous=f"{_LAST_KEY}{shown[0].line}" if shown and (after or (before is not None and more)) else None,
    )


def _trouble(line: LineRecord) -> ImportTrouble:
    return ImportTrouble(line.line, line.email, line.verdict, line.why)


def _key(page: str) -> tuple[int, int | None]:
    """After which line, or before which."""
    line = int(page[1:]) if page[1:].isascii() and page[1:].isdigit() and len(page) < 8 else 0  # noqa: PLR2004 - digits
    return (0, line) if page.startswith(_LAST_KEY) and line else (line, None)
