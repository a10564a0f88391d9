"""The list of members, for whoever stands before a door: only those whom they may list."""

from __future__ import annotations

from typing import cast

from handlers import listing
from handlers.commands import Filters, Refusal
from handlers.letters import Letters
from handlers.listing import Sought, Viewer
from handlers.member_models import MemberPage, MemberRow
from handlers.models import Desk, Status
from handlers.paging import PAGE, turn_of, turns
from storage import listing as stored
from storage.listed import MOST_THERE, Counted, Found, Listed
from storage.paging import Turn
from storage.store import Connection


class MemberQueries(Letters):
    async def members(self, desk: Desk, filters: Filters, *, after: str | None = None) -> MemberPage | Refusal:
        """Ten a page, by name (004-02 to 004-08). ``after`` is an opaque key; nonsense is the first page.

        Three statements at most, for the desk knows already whom somebody may list.
        """
        if desk.organization is None or desk.status != "active":
            return Refusal("may-not", change="list")
        asking = Viewer(desk.organization.id, desk.catalogue, desk.lists_in, desk.reaches)
        async with self._store.reading() as connection:
            try:
                sought = await listing.sought(connection, asking, filters)
            except Refusal as refusal:
                return refusal
            return await self._page(connection, asking, sought, turn_of(after))

    async def _page(self, connection: Connection, asking: Viewer, sought: Sought, turn: Turn) -> MemberPage:
        now, narrow = self._clock(), sought.narrow
        found = await stored.page(connection, asking.organization, narrow, turn, now=now, limit=PAGE)
        if not found.rows and turn.at is not None:
            return await self._page(connection, asking, sought, Turn())
        counted = _all_of_them(found, turn) or await stored.count(connection, asking.organization, narrow, now=now)
        return MemberPage(
            rows=tuple(row_of(asking, sought, one) for one in found.rows),
            total=max(counted.count, len(found.rows)),
            exact=counted.exact,
            turns=turns([one.id for one in found.rows], turn, more=found.more),
            filters=sought.filters,
            role=sought.role,
            everybody=asking.lists is None,
            now=now,
        )


def _all_of_them(found: Found, turn: Turn) -> Counted | None:
    """The first page needs no counting where nothing comes after it."""
    return Counted(len(found.rows)) if turn.at is None and not found.more else None


def row_of(asking: Viewer, sought: Sought, one: Listed) -> MemberRow:
    """Of a member of one's spaces, their roles there are what one may know."""
    spaces, whole = sought.narrow.spaces, asking.lists is None
    in_space, several = spaces is not None and len(spaces) == 1, spaces is not None and len(spaces) > 1
    first = next((role for _, role in one.there), None)
    return MemberRow(
        id=one.id,
        name=one.name,
        email=one.email,
        role=one.role if spaces is None else first if in_space else None,
        in_space=in_space,
        status=cast("Status", one.status),
        whole=whole,
        groups=one.groups if whole else (),
        factor=whole and one.factor,
        active=one.active if whole else None,
        timezone=one.timezone if whole else "",
        there=one.there[:MOST_THERE] if several else (),
        elsewhere=several and len(one.there) > MOST_THERE,
    )
