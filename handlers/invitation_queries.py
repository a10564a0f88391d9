"""What can be seen of invitations, for whoever may invite: those of the organization, or of their spaces alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers import inviting, policy
from handlers.commands import Invite, Named
from handlers.letters import Letters, state_of
from handlers.models import Choice, Desk, InvitationFilter, InvitationPage, InvitationRow, InvitationState
from handlers.paging import PAGE, turn_of, turns
from storage import invitation_lists, members, spaces
from storage.invitation_lists import Asked
from storage.members import Wanted, folded
from storage.paging import Turn
from storage.store import Connection

_NONE = InvitationPage((), (), "", None)
STATES: tuple[InvitationState, ...] = ("pending", "expired", "accepted", "revoked")


class InvitationQueries(Letters):
    async def invitations(
        self, desk: Desk, *, after: str | None = None, space: str | None = None, state: InvitationFilter = ""
    ) -> InvitationPage:
        """Ten a page, newest first. ``after`` is an opaque key of an earlier page; nonsense is the first page."""
        turn = turn_of(after)
        async with self._store.reading() as connection:
            asked, place = await self._asked(connection, desk, space, state)
            if asked is None:
                return replace(_NONE, state=state)
            rows, more = await invitation_lists.page(connection, asked, turn, limit=PAGE)
            if not rows and turn.at is not None:
                turn = Turn()
                rows, more = await invitation_lists.page(connection, asked, turn, limit=PAGE)
            counted = await invitation_lists.counts(connection, asked)
        around = turns([row.invitation.id for row in rows], turn, more=more)
        return InvitationPage(
            rows=tuple(self._row(row) for row in rows),
            counts=tuple((one, counted[one].count) for one in STATES),
            more=frozenset(one for one in STATES if not counted[one].exact),
            state=state,
            space=place,
            next=around.next,
            previous=around.previous,
        )

    async def open_invitations(
        self, desk: Desk, *, space: str | None, state: InvitationFilter, most: int
    ) -> tuple[InvitationRow, ...]:
        """The newest that can still be resent or revoked."""
        narrowed = state if state in ("pending", "expired") else invitation_lists.OPEN
        async with self._store.reading() as connection:
            asked, _ = await self._asked(connection, desk, space, narrowed)
            rows = (await invitation_lists.page(connection, asked, Turn(), limit=most))[0] if asked else []
        return tuple(self._row(row) for row in rows)

    async def invitations_in(
        self, desk: Desk, *, space: str | None, state: InvitationFilter, until: datetime, most: int
    ) -> Sequence[str]:
        """The ids of those that were in that state at ``until`` and still are, newest first."""
        async with self._store.reading() as connection:
            asked, _ = await self._asked(connection, desk, space, state)
            if asked is None:
                return ()
            # What ran out since then was not among those that were shown as expired.
            then = replace(asked, now=until) if state == "expired" else asked
            return await invitation_lists.ids(connection, then, until=until, limit=most)

    async def invite_preview(self, desk: Desk, command: Invite) -> inviting.Sorted:
        """What would become of each address; only for who may invite."""
        addresses = tuple(folded(email) for email in command.emails[: inviting.MOST_ADDRESSES] if email.strip())
        if desk.organization is None or "invite" not in desk.may:
            return inviting.Sorted((), (), ())
        async with self._store.reading() as connection:
            loaded = await members.load(connection, desk.organization.id, Wanted(emails=addresses), now=self._clock())
        return inviting.sort(command.emails[: inviting.MOST_ADDRESSES], loaded)

    async def _asked(
        self, connection: Connection, desk: Desk, space: str | None, state: str
    ) -> tuple[Asked | None, Choice | None]:
        """None: nothing is theirs to see."""
        if desk.organization is None or "invite" not in desk.may:
            return None, None
        organization = desk.organization.id
        place = await spaces.find(connection, organization, space) if space else None
        scope = await self._invites_to(connection, desk)
        if space:
            reached = place is not None and (scope is None or place.id in scope)
            if place is None or not reached:
                return None, None
            scope = (place.id,)
        asked = Asked(organization, self._clock(), scope, state)
        return asked, Choice(place.id, place.name) if place else None

    async def _invites_to(self, connection: Connection, desk: Desk) -> tuple[str, ...] | None:
        """The spaces whose invitations somebody manages; None: those of the whole organization."""
        catalogue = desk.catalogue
        mine = catalogue.organization.get(desk.role or "")
        if catalogue.allows(mine, catalogue.needs.get("invite", policy.NOBODY)):
            return None
        here = desk.organization
        me = await self._member(connection, here.id, desk.member.id) if here and desk.member else None
        needed = catalogue.space_needs.get("invite", policy.NOBODY)
        inside = {grant.space: catalogue.space.get(me.role(grant.space) or "") for grant in me.roles} if me else {}
        return tuple(one for one, role in inside.items() if one and needed in catalogue.in_space(mine, role))

    def _row(self, row: invitation_lists.Row) -> InvitationRow:
        one, now = row.invitation, self._clock()
        inviter = Named(*row.inviter) if row.inviter else None
        state = state_of(one, now)
        ended = one.expires if state == "expired" else row.ended
        return InvitationRow(
            id=one.id,
            member=Named(one.member, row.name or row.email, row.email),
            role=one.role,
            space=row.space,
            state=state,
            invited_by=inviter,
            created=one.created,
            expires=one.expires,
            age=now - one.created,
            over=now - ended if ended and state != "pending" else None,
        )
