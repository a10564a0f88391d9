"""What can be seen of organizations, for whoever stands before a door."""

from __future__ import annotations

from handlers import recataloguing
from handlers.commands import Refusal
from handlers.letters import Letters
from handlers.models import Desk, Status
from handlers.organization_models import OrganizationPage, OrganizationRow, Settings
from handlers.paging import PAGE, turn_of, turns
from handlers.recataloguing import Preview
from storage import affiliations, dead_letters, held, organizations
from storage.affiliations import Membership
from storage.records import OrganizationRecord
from storage.store import Connection


class OrganizationQueries(Letters):
    async def organizations(self, desk: Desk, workspace: str, *, after: str | None = None) -> OrganizationPage:
        """All that the account is tied to in this workspace, whatever became of it there."""
        turn = turn_of(after)
        account = (desk.account.team, desk.account.user)
        async with self._store.reading() as connection:
            found = await affiliations.page(connection, workspace, account, turn, limit=PAGE, now=self._clock())
        ids = [one.organization.id for one in found.rows]
        rows = tuple(self._membership(desk, one) for one in found.rows)
        return OrganizationPage(rows, turns(ids, turn, more=found.more))

    async def in_several(self, desk: Desk) -> bool:
        """Whether the account is tied to another organization of the workspace too."""
        if desk.organization is None:
            return False
        async with self._store.reading() as connection:
            return await affiliations.has_another(
                connection, desk.organization.id, (desk.account.team, desk.account.user)
            )

    def _membership(self, desk: Desk, one: Membership) -> OrganizationRow:
        organization, member = one.organization, one.member
        status: Status = "active" if member.status == "active" else "deactivated"
        return OrganizationRow(
            id=organization.id,
            name=organization.name,
            slug=organization.slug,
            catalogue=self._catalogue(organization),
            role=member.role(),
            status=status,
            current=desk.organization is not None and desk.organization.id == organization.id,
        )

    async def settings(self, desk: Desk) -> Settings | None:
        """None: they are not theirs to see."""
        async with self._store.reading() as connection:
            found = await self._managed(connection, desk)
            undelivered = await dead_letters.count(connection, found.id) if found else 0
        if found is None:
            return None
        return Settings(
            organization=found.name,
            catalogue=self._catalogue(found),
            plan=found.plan,
            invitation_days=found.invitation_days,
            approvals_channel=found.approvals_channel,
            follow_slack=found.follow_slack,
            undelivered=undelivered,
        )

    async def _managed(self, connection: Connection, desk: Desk) -> OrganizationRecord | None:
        if desk.organization is None or "settings" not in desk.may:
            return None
        return await organizations.find(connection, desk.organization.id)

    async def catalogue_preview(self, desk: Desk, catalogue: str) -> Preview | Refusal | None:
        """Who would gain and lose what in another catalogue, by counts; a Refusal: why it cannot be. None: it is no
        other catalogue, or not theirs to change."""
        new = self._house.catalogues.chosen(catalogue)
        async with self._store.reading() as connection:
            found = await self._managed(connection, desk)
            if found is None or new is None or new.name == found.catalogue:
                return None
            counted = await held.counted(connection, found.id, now=self._clock())
            heads = await held.lasting(connection, found.id, new.top.id)
        old = self._catalogue(found)
        try:
            recataloguing.check(old, new, counted, heads=heads)
        except Refusal as refusal:
            return refusal
        plan = recataloguing.plan_there(new, found.plan)
        return Preview(old, new, plan, recataloguing.shifts(old, new, counted))
