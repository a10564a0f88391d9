"""What Home shows to those who manage members: how many there are, and what ends soon."""

from __future__ import annotations

from datetime import timedelta

from handlers.commands import Named
from handlers.invitation_queries import InvitationQueries
from handlers.models import NO_TALLIES, Access, Desk, Ending, Tallies
from handlers.own_access import ASKED
from storage import listing, soon
from storage.store import Connection

ACCESS_SOON, INVITATIONS_SOON = timedelta(days=7), timedelta(days=2)
MOST_SOON = 8


class HomeQueries(InvitationQueries):
    async def tallies(self, desk: Desk) -> Tallies:
        """Who may list those of one space only is told nothing of how many members there are."""
        if desk.organization is None or desk.lists_in is not None or desk.status != "active":
            return NO_TALLIES
        async with self._store.reading() as connection:
            found = await listing.tallies(connection, desk.organization.id)
        known = desk.catalogue.organization
        roles = [*known, *sorted(set(found.roles) - set(known))]
        return Tallies(
            statuses=tuple((one, found.statuses.get(one, 0)) for one in ("active", "invited", "deactivated")),
            roles=tuple((role, found.roles[role]) for role in roles if found.roles.get(role)),
        )

    async def soon(self, desk: Desk) -> tuple[Ending, ...]:
        """What ends soon, of people whom somebody manages, the first first."""
        if desk.organization is None or desk.member is None or desk.status != "active":
            return ()
        async with self._store.reading() as connection:
            found = [*await self._access_ending(connection, desk), *await self._invitations_ending(connection, desk)]
        return tuple(map(_ending, sorted(found, key=lambda one: one.ends)[:MOST_SOON]))

    async def _access_ending(self, connection: Connection, desk: Desk) -> list[soon.Ending]:
        mine = desk.catalogue.organization.get(desk.role or "")
        manages = desk.catalogue.manages_members(mine) if desk.lists_in is None else bool(desk.lists_in)
        if not manages or desk.organization is None or desk.member is None:
            return []
        now = self._clock()
        return await soon.access(
            connection,
            desk.organization.id,
            now=now,
            until=now + ACCESS_SOON,
            within=desk.lists_in,
            acts_on=mine.acts_on if mine else (),
            besides=desk.member.id,
            limit=MOST_SOON,
        )

    async def _invitations_ending(self, connection: Connection, desk: Desk) -> list[soon.Ending]:
        if "invite" not in desk.may or desk.organization is None:
            return []
        now, scope = self._clock(), await self._invites_to(connection, desk)
        return await soon.promised(
            connection, desk.organization.id, now=now, until=now + INVITATIONS_SOON, within=scope, limit=MOST_SOON
        )


def _ending(one: soon.Ending) -> Ending:
    held = Access(
        role=one.what,
        space=one.space,
        ends=one.ends,
        source="person",
        id=one.id,
        asked=ASKED.get(one.kind, "role"),
        thing=one.thing,
        place=one.place,
    )
    member = Named(one.member, one.name or one.email, one.email)
    return Ending(member, held, invited=one.kind == "invitation")
