"""What deciding knows of people and things, loaded at once: by the evaluation, and by flows in their transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast

from handlers.catalogue import Catalogue
from handlers.commands import Level, Mode, Override
from handlers.decisions import FEATURE, ORGANIZATION, SPACE, Decision, Held, Subject, Target, decide
from handlers.finding import is_address
from handlers.parts import Catalogues
from storage import decisions
from storage.decisions import Asked, Moments, PersonRecord, ThingRecord
from storage.members import folded
from storage.store import Connection


class Question(NamedTuple):
    """May the member with this e-mail address do this to that? Ids as other software writes them."""

    subject: str
    action: str
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Known:
    """An organization, and some of its people and things, as they were at one moment (``seq``)."""

    seq: int
    slug: str
    catalogue: Catalogue
    plan: str
    people: dict[str, Subject] = field(default_factory=dict[str, Subject])
    things: dict[tuple[str, str], Target] = field(default_factory=dict[tuple[str, str], Target])

    def subject(self, email: str) -> Subject | None:
        found = self.people.get(folded(email))
        return found if found is not None and is_address(found.email, email) else None

    def target(self, kind: str, named: str) -> Target | None:
        """Features, and what is of no kind that the catalogue knows, need no looking up."""
        if kind == ORGANIZATION:
            return Target(ORGANIZATION, named) if named == self.slug else None
        if kind == FEATURE or (kind != SPACE and kind not in self.catalogue.kinds):
            return Target(kind, named)
        return self.things.get((kind, named))

    def decide(self, question: Question, *, now: datetime) -> Decision:
        return self.decided(
            self.subject(question.subject), question.action, self.target(question.type, question.id), now=now
        )

    def decided(self, subject: Subject | None, action: str, target: Target | None, *, now: datetime) -> Decision:
        return decide(subject, action, target, catalogue=self.catalogue, plan=self.plan, now=now)


def asked(questions: Iterable[Question]) -> Asked:
    """What no database can hold is not asked for: a NUL, or half a surrogate pair."""
    questions = [one for one in questions if is_storable(one.subject) and is_storable(one.type) and is_storable(one.id)]
    things = [one for one in questions if one.type not in (ORGANIZATION, SPACE, FEATURE)]
    return Asked(
        emails=tuple({folded(one.subject) for one in questions}),
        spaces=tuple({one.id for one in questions if one.type == SPACE}),
        kinds=tuple({one.type for one in things}),
        outside=tuple({one.id for one in things}),
    )


def is_storable(text: str) -> bool:
    return "\0" not in text and (text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))


async def known(connection: Connection, organization: str, wanted: Asked, catalogues: Catalogues) -> Known | None:
    """None: there is no such organization (any more)."""
    found = await decisions.load(connection, organization, wanted)
    return _known(found, catalogues.named(found.catalogue)) if found else None


def _known(found: Moments, catalogue: Catalogue) -> Known:
    people = {one.folded: _subject(one) for one in found.people.values()}
    things = {(one.kind, one.outside): _target(one) for one in found.things.values()}
    things |= {(SPACE, slug): Target(SPACE, slug, space=place) for slug, place in found.spaces.items()}
    return Known(found.seq, found.slug, catalogue, found.plan, people, things)


def _subject(one: PersonRecord) -> Subject:
    """What stands in the tables was checked when it was written."""
    held = tuple(Held(h.kind, h.what, h.space, h.source, h.source_id, h.ends) for h in one.held)
    return Subject(
        id=one.id,
        email=one.email,
        name=one.name,
        status=one.status,
        listed=one.listed,
        held=held,
        mode=cast("Mode", one.mode),
        level=cast("Level", one.level),
        choices=cast("dict[str, Override]", one.choices),
        toggles=one.toggles,
    )


def _target(one: ThingRecord) -> Target:
    return Target(one.kind, one.outside, one.space, one.id, one.owner, frozenset(one.groups))
