"""Organizations of a few made-up people: as rows of a database, and as plain Python that says who should be listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.listed import Listed, Narrow
from storage.members import folded
from storage.records import new_id
from storage.tables import credentials, grants, groups, invitations, members, organizations, spaces, workspaces

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STATUSES, ROLES, GROUPS, SPACES = ("invited", "active", "deactivated"), ("admin", "member"), 2, 2
ENDS = {"ended": (-9, -5), "over": (None, -1), "for now": (None, 5), "lasting": (None, None)}


@dataclass(slots=True)
class Grant:
    """``kind``: role or group; ``what``, ``place``: which of the roles, groups and spaces (-1: the organization)."""

    kind: str
    what: int
    place: int
    ends: str
    id: str = field(default_factory=new_id)

    @property
    def live(self) -> bool:
        return self.ends in {"for now", "lasting"}


@dataclass(slots=True)
class Promise:
    role: int
    place: int
    state: str
    id: str = field(default_factory=new_id)


@dataclass(slots=True)
class Someone:
    name: str
    email: str
    status: str
    listed: bool
    deleted: bool
    factor: bool | None
    grants: list[Grant]
    promises: list[Promise]
    id: str = field(default_factory=new_id)

    def role(self, place: int) -> str | None:
        """In force there, or promised."""
        if self.status == "invited":
            return next(
                (ROLES[one.role] for one in self.promises if one.place == place and one.state != "revoked"), None
            )
        here = [one for one in self.grants if one.kind == "role" and one.place == place and one.live]
        return next((ROLES[one.what] for one in sorted(here, key=lambda one: one.ends)), None)

    def is_lasting(self) -> str | None:
        lasting = (one for one in self.grants if one.kind == "role" and one.place == -1 and one.ends == "lasting")
        return next((ROLES[one.what] for one in lasting), None)

    def within(self) -> set[int]:
        return {one.what for one in self.grants if one.kind == "group" and one.live}


@dataclass(slots=True)
class House:
    """One organization. Its first letters are those of another one, so that their numbers share a range."""

    people: list[Someone]
    id: str = field(default_factory=lambda: "ab" + new_id()[2:])
    groups: Sequence[str] = field(default_factory=lambda: [new_id() for _ in range(GROUPS)])
    spaces: Sequence[str] = field(default_factory=lambda: [new_id() for _ in range(SPACES)])

    # What is listed ---------------------------------------------------------------------------------------------------

    def shown(self) -> list[Someone]:
        """In order."""
        those = [one for one in self.people if one.listed and not one.deleted]
        return sorted(those, key=lambda one: (folded(one.name) or folded(one.email), one.id))

    def among(self, narrow: Narrow) -> list[Listed]:
        return [self._row(one, narrow) for one in self.shown() if self._is(one, narrow)]

    def _is(self, one: Someone, narrow: Narrow) -> bool:
        places = None if narrow.spaces is None else [self.spaces.index(place) for place in narrow.spaces]
        inside = [one.role(place) for place in (range(SPACES) if places is None else places)]
        return all((
            all(_says(one, word) for word in narrow.words),
            narrow.status in {"", one.status},
            narrow.factor is None or bool(one.factor) is narrow.factor,
            narrow.in_space or not narrow.role or one.role(-1) == narrow.role,
            places is None or any(inside) if not narrow.in_space else narrow.role in inside,
            not narrow.group or self.groups.index(narrow.group) in one.within(),
        ))  # fmt: skip

    def _row(self, one: Someone, narrow: Narrow) -> Listed:
        inside = [
            (f"Space {at}", one.role(at)) for at, place in enumerate(self.spaces) if place in (narrow.spaces or ())
        ]
        return Listed(
            id=one.id,
            name=one.name,
            email=one.email,
            status=one.status,
            role=one.role(-1),
            there=tuple((space, role) for space, role in inside if role is not None),
            groups=tuple(f"Group {number}" for number in sorted(one.within())),
            factor=bool(one.factor),
            active=None,
            timezone="UTC",
        )

    def tallies(self) -> tuple[dict[str, int], dict[str, int]]:
        statuses, roles = dict[str, int](), dict[str, int]()
        for one in self.shown():
            statuses[one.status] = statuses.get(one.status, 0) + 1
            if one.status == "active" and (role := one.is_lasting()):
                roles[role] = roles.get(role, 0) + 1
        return statuses, roles

    # Rows -------------------------------------------------------------------------------------------------------------

    async def write(self, connection: AsyncConnection) -> None:
        own = {"organization_id": self.id, "created_at": NOW}
        place = {"id": f"T{self.id}", "created_at": NOW}
        await connection.execute(insert(workspaces).values(place))
        organization = {"id": self.id, "workspace_id": place["id"], "slug": self.id, "name": "A", "created_at": NOW}
        await connection.execute(
            insert(organizations).values(organization | {"catalogue": "", "plan": "", "seq": 0, "head": ""})
        )
        for table, word, ids in ((groups, "Group", self.groups), (spaces, "Space", self.spaces)):
            for number, one in enumerate(ids):
                named = {"id": one, "name": f"{word} {number}", "name_folded": f"{word} {number}".casefold(), **own}
                await connection.execute(insert(table).values(named | ({"slug": one} if table is spaces else {})))
        for one in self.people:
            await self.enter(connection, one)

    async def enter(self, connection: AsyncConnection, one: Someone) -> None:
        row = {"id": one.id, "organization_id": self.id, "epoch": 0, "created_at": NOW, "timezone": "UTC"}
        await connection.execute(insert(members).values(row | self._said(one)))
        await self.follow(connection, one)

    def _said(self, one: Someone) -> dict[str, Any]:
        return {
            "email": one.email,
            "email_folded": folded(one.email),
            "name": one.name,
            "name_folded": folded(one.name),
            "status": one.status,
            "listed": one.listed,
            "deleted_at": NOW if one.deleted else None,
        }

    async def follow(self, connection: AsyncConnection, one: Someone) -> None:
        """What hangs on a member is made anew."""
        for table in (credentials, grants, invitations):
            await connection.execute(delete(table).where(table.c.member_id == one.id))
        if one.factor is not None:
            row = {"member_id": one.id, "last_step": 0, "guesses": 0}
            await connection.execute(insert(credentials).values(row))
            await connection.execute(
                update(credentials)
                .where(credentials.c.member_id == one.id)
                .values(factor_at=NOW if one.factor else None)
            )
        for grant in one.grants:
            await connection.execute(insert(grants).values(self._grant(one, grant)))
        for promise in one.promises:
            await connection.execute(insert(invitations).values(self._promise(one, promise)))

    def _place(self, place: int) -> str:
        return "" if place == -1 else self.spaces[place]

    def _grant(self, one: Someone, grant: Grant) -> dict[str, Any]:
        ended, ends = ENDS[grant.ends]
        return {
            "id": grant.id,
            "organization_id": self.id,
            "member_id": one.id,
            "kind": grant.kind,
            "what": ROLES[grant.what] if grant.kind == "role" else self.groups[grant.what],
            "space_id": self._place(grant.place),
            "source": "operator",
            "starts_at": NOW - timedelta(days=10),
            "ends_at": None if ends is None else NOW + timedelta(days=ends),
            "ended_at": None if ended is None else NOW + timedelta(days=ended),
        }

    def _promise(self, one: Someone, promise: Promise) -> dict[str, Any]:
        return {
            "id": promise.id,
            "organization_id": self.id,
            "member_id": one.id,
            "role": ROLES[promise.role],
            "space_id": self._place(promise.place),
            "groups": [],
            "state": promise.state,
            "version": 1,
            "link_hash": promise.id,
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        }

    async def change(self, connection: AsyncConnection, at: int, new: Someone) -> None:
        """Somebody becomes like ``new``, in place."""
        old = self.people[at]
        new.id, new.email = old.id, old.email
        self.people[at] = new
        await connection.execute(update(members).where(members.c.id == new.id).values(self._said(new)))
        await self.follow(connection, new)

    async def end_grants(self, connection: AsyncConnection) -> None:
        """Everybody's."""
        ours = grants.c.organization_id == self.id
        await connection.execute(update(grants).where(ours).values(ended_at=NOW - timedelta(days=1)))
        for grant in (grant for one in self.people for grant in one.grants):
            grant.ends = "ended"

    async def end_promises(self, connection: AsyncConnection) -> None:
        ours = invitations.c.organization_id == self.id
        await connection.execute(update(invitations).where(ours).values(state="revoked"))
        for promise in (promise for one in self.people for promise in one.promises):
            promise.state = "revoked"

    async def lose(self, connection: AsyncConnection, at: int) -> None:
        """Somebody leaves without a trace."""
        one = self.people.pop(at)
        for table in (credentials, grants, invitations):
            await connection.execute(delete(table).where(table.c.member_id == one.id))
        await connection.execute(delete(members).where(members.c.id == one.id))


def _says(one: Someone, word: str) -> bool:
    """A short word only where one begins."""
    said = f"  {folded(one.name).replace(' ', '  ')}  {folded(one.email)}"
    return word.rjust(3) in said


def someone(name: str, email: str) -> Someone:
    return Someone(name, email, "active", True, False, None, [], [])
