"""The members as a file, as delivery makes it: who may have it is looked at again when it is made."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from handlers import listing, policy
from handlers.commands import Actor, Refusal
from handlers.facts import Case, Facts
from handlers.letters import Letters, recipient
from handlers.listing import Viewer
from handlers.member_models import MemberRow, MembersSheet, SheetKept
from handlers.member_queries import row_of
from handlers.models import Recipient
from handlers.notices import MembersFile
from storage import directory, organizations
from storage import listing as stored
from storage.records import MemberRecord, OrganizationRecord
from storage.store import Connection

AT_ONCE = 500


def viewer(facts: Facts) -> Viewer:
    """Whose rows somebody may have as a file: everybody's, or those of the spaces that they look after.

    Raises Refusal.
    """
    asking = listing.viewer(facts)
    if asking.lists is None:
        policy.check(Case("export"), replace(facts, space=None, target=None))
    elif not asking.lists or policy.is_closed(facts.catalogue, "export"):
        raise Refusal("may-not", change="export")
    return asking


class ExportQueries(Letters):
    async def members_sheet(self, notice: MembersFile) -> MembersSheet | SheetKept | None:
        """None: whoever asked cannot be told anything any more."""
        async with self._store.reading() as connection:
            owner = await directory.organization_of(connection, notice.to)
            organization = await organizations.find(connection, owner) if owner else None
            me = await self._member(connection, organization.id, notice.to) if organization else None
            to = recipient(me) if me else None
            if organization is None or me is None or to is None or to.account is None:
                return None
            return await self._sheet(connection, notice, organization, me, to)

    async def _sheet(
        self,
        connection: Connection,
        notice: MembersFile,
        organization: OrganizationRecord,
        me: MemberRecord,
        to: Recipient,
    ) -> MembersSheet | SheetKept:
        catalogue, by = self._catalogue(organization), Actor(via="slack", account=to.account)
        facts = Facts(self._clock(), by, organization, catalogue, me=me)
        if not me.listed:
            return SheetKept(to, organization.name, gone=False)
        try:
            asking = viewer(facts)
            sought = await listing.sought(connection, asking, notice.filters)
        except Refusal as refusal:
            return SheetKept(to, organization.name, gone=refusal.code.startswith("unknown-"))
        return MembersSheet(to, catalogue, organization.name, listing.shown_to(asking), asking, sought)

    async def sheet_rows(self, sheet: MembersSheet) -> AsyncGenerator[list[MemberRow]]:
        """In the list's order, some at a time."""
        asking, sought = sheet.asking, sheet.sought
        async with self._store.reading() as connection:
            found = stored.everybody(connection, asking.organization, sought.narrow, now=self._clock(), at_once=AT_ONCE)
            async for rows in found:
                yield [row_of(asking, sought, one) for one in rows]
