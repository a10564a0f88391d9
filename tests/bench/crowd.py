"""An organization as large as asked, the same every time: who holds what, and what can be asked about it.

Images and tasks are seen by roles alone, so that other engines can be given an equal policy; datasets and dashboards by
owners, lists and groups too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Table, insert

from handlers.asked import Question
from handlers.catalogue import Catalogue
from storage.records import AuditEntry
from storage.store import Store
from storage.tables import grants, groups, members, resources, shares, spaces

KINDS, BY_ROLE = ("image", "task", "dataset", "dashboard"), ("image", "task")
GROUPS, TOGETHER = 100, 5000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Crowd:
    members: int
    spaces: int
    resources: int

    # Who holds what ---------------------------------------------------------------------------------------------------

    def email(self, number: int) -> str:
        return f"m{number}@crowd.example"

    def role(self, number: int) -> str:
        if number % 1000 == 0:
            return "admin"
        return "guest" if number % 7 == 0 else "member"

    def inside(self, number: int) -> Sequence[tuple[int, str]]:
        """Two spaces, and the role in each; beside guest nobody is given more than viewer (K4)."""
        most = "viewer" if self.role(number) == "guest" else "editor"
        return ((number * 7) % self.spaces, "viewer"), ((number * 13 + 1) % self.spaces, most)

    def kind(self, number: int) -> str:
        return KINDS[number % len(KINDS)]

    def place(self, number: int) -> int:
        return (number // len(KINDS)) % self.spaces

    # What is asked ----------------------------------------------------------------------------------------------------

    def questions(
        self, catalogue: Catalogue, count: int, *, kinds: Sequence[str] = KINDS, seed: int = 1
    ) -> list[Question]:
        """Every second one about something in a space that its subject has a role in."""
        random = Random(seed)  # noqa: S311 - the same every time
        return [self._question(catalogue, random, kinds, near=number % 2 == 0) for number in range(count)]

    def _question(self, catalogue: Catalogue, random: Random, kinds: Sequence[str], *, near: bool) -> Question:
        one, kind = random.randrange(self.members), random.choice(kinds)
        at = KINDS.index(kind) + len(KINDS) * random.randrange(self.resources // len(KINDS))
        if near:
            place, _ = self.inside(one)[random.randrange(2)]
            at = KINDS.index(kind) + len(KINDS) * place
        return Question(self.email(one), random.choice(catalogue.kinds[kind].actions), kind, str(at))

    # Rows -------------------------------------------------------------------------------------------------------------

    async def seed(self, store: Store, organization: str, now: datetime) -> None:
        """As the gate would have written it, but for the audit and what follows a change."""
        rows = _Rows(self, organization, now)
        parts: Sequence[tuple[Table, Iterator[Row]]] = (
            (spaces, rows.spaces()),
            (groups, rows.groups()),
            (members, rows.members()),
            (resources, rows.resources()),
            (shares, rows.shares()),
            (grants, rows.grants()),
        )
        async with store.transaction(organization, at=now) as tx:
            tx.note(AuditEntry(action="crowd.seeded", actor="operator"))
            for table, found in parts:
                while some := list(islice(found, TOGETHER)):
                    await tx.connection.execute(insert(table), some)


@dataclass(frozen=True, slots=True)
class _Rows:
    crowd: Crowd
    organization: str
    now: datetime

    def _row(self, sort: str, number: int, **more: Any) -> Row:
        return {"id": _id(sort, number), "organization_id": self.organization, "created_at": self.now, **more}

    def _named(self, sort: str, number: int, **more: Any) -> Row:
        name = f"{sort} {number}"
        return self._row(sort, number, name=name, name_folded=name, **more)

    def spaces(self) -> Iterator[Row]:
        return (self._named("space", number, slug=f"space-{number}") for number in range(self.crowd.spaces))

    def groups(self) -> Iterator[Row]:
        return (self._named("group", number) for number in range(GROUPS))

    def members(self) -> Iterator[Row]:
        for number in range(self.crowd.members):
            email = self.crowd.email(number)
            yield self._named(
                "member", number, email=email, email_folded=email, timezone="UTC", status="active", listed=True, epoch=0
            )

    def resources(self) -> Iterator[Row]:
        for number in range(self.crowd.resources):
            kind = self.crowd.kind(number)
            owner = None if kind in BY_ROLE else _id("member", number * 3 % self.crowd.members)
            place = _id("space", self.crowd.place(number))
            yield self._named("thing", number, kind=kind, outside_id=str(number), space_id=place, owner_id=owner)

    def shares(self) -> Iterator[Row]:
        for number in range(self.crowd.resources):
            if self.crowd.kind(number) not in BY_ROLE:
                thing, group = _id("thing", number), _id("group", number % GROUPS)
                yield self._row("share", number, resource_id=thing, kind="group", what=group, name="")

    def grants(self) -> Iterator[Row]:
        numbers = iter(range(10**9))
        for one in range(self.crowd.members):
            yield self._grant(next(numbers), one, "role", self.crowd.role(one))
            for place, role in dict(self.crowd.inside(one)).items():
                yield self._grant(next(numbers), one, "role", role, _id("space", place))
            yield self._grant(next(numbers), one, "group", _id("group", one % GROUPS))
        for number in range(self.crowd.resources):
            if self.crowd.kind(number) not in BY_ROLE:
                one = number * 11 % self.crowd.members
                yield self._grant(next(numbers), one, "resource", _id("thing", number))

    def _grant(self, number: int, member: int, kind: str, what: str, space: str = "") -> Row:
        return {
            "id": _id("grant", number),
            "organization_id": self.organization,
            "member_id": _id("member", member),
            "kind": kind,
            "what": what,
            "space_id": space,
            "source": "operator",
            "starts_at": self.now,
        }


_SORTS = ("space", "group", "member", "thing", "share", "grant")


def _id(sort: str, number: int) -> str:
    return f"{_SORTS.index(sort) + 1:04x}{number:028x}"
