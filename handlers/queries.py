"""Read models for doors and delivery: each is one or two SELECTs that take no lock."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from handlers import listing, policy
from handlers.access_queries import AccessQueries
from handlers.cases import command_of
from handlers.catalogue import Catalogue
from handlers.checking import CheckQueries
from handlers.commands import SYSTEM, Account, CardPlace, Import, Named
from handlers.dead_letter_queries import DeadLetterQueries
from handlers.exports import ExportQueries
from handlers.facts import Facts, named
from handlers.home_queries import HomeQueries
from handlers.import_models import ImportPeople
from handlers.import_queries import ImportQueries, people_of
from handlers.invitation_queries import InvitationQueries
from handlers.leaving_queries import LeavingQueries
from handlers.letters import recipient
from handlers.member_card import MemberCards
from handlers.member_queries import MemberQueries
from handlers.models import (
    Choice,
    Desk,
    Home,
    Organization,
    Recipient,
    RequestCard,
    Status,
)
from handlers.organization_queries import OrganizationQueries
from handlers.permission_queries import PermissionQueries
from handlers.reach import spaces_of
from handlers.software_queries import SoftwareQueries
from handlers.space_queries import SpaceQueries
from handlers.thing_queries import ThingQueries
from handlers.why_queries import WhyQueries
from storage import accounts, directory, members, organizations, requests, schema, spaces
from storage.accounts import Standing
from storage.members import Wanted
from storage.records import MemberRecord, OrganizationRecord
from storage.store import Busy, Connection, alive

STALE = timedelta(hours=1)


class Queries(
    CheckQueries,
    AccessQueries,
    DeadLetterQueries,
    ExportQueries,
    HomeQueries,
    ImportQueries,
    InvitationQueries,
    LeavingQueries,
    MemberQueries,
    OrganizationQueries,
    SpaceQueries,
    SoftwareQueries,
    PermissionQueries,
    ThingQueries,
    WhyQueries,
    MemberCards,
):
    """Everything that can be seen."""

    async def ready(self) -> bool:
        """Whether the database answers and has the schema that this Usher needs."""
        try:
            return await alive(self._store) and await schema.version(self._store) == schema.newest()
        except Busy:
            return False

    # Who stands before a door -----------------------------------------------------------------------------------------

    async def desk(self, account: Account, workspace: str) -> Desk:
        """Raises Busy never: a database that does not answer looks like an account that is not known yet."""
        try:
            async with self._store.reading() as connection:
                found = await accounts.standing(connection, account.team, account.user, now=self._clock())
        except Busy:
            found = None
        if found is None:
            return self._stranger(account)
        return self._desk(account, found, workspace)

    async def desk_there(self, desk: Desk, request: str, workspace: str) -> Desk:
        """Before a request of another organization: as who the account is tied to in that one. Else the same desk."""
        account = desk.account
        async with self._store.reading() as connection:
            record = await requests.find(connection, request)
            if record is None or (desk.organization is not None and record.organization == desk.organization.id):
                return desk
            found = await accounts.standing(
                connection, account.team, account.user, now=self._clock(), organization=record.organization
            )
        return self._desk(account, found, workspace) if found and found.member else desk

    async def tied(self, desk: Desk, account: Account) -> Named | None:
        """Who somebody's Slack account is in the organization of the desk, wherever they act themselves."""
        if desk.organization is None:
            return None
        async with self._store.reading() as connection:
            found = await accounts.standing(
                connection, account.team, account.user, now=self._clock(), organization=desk.organization.id
            )
        return named(found.member) if found and found.member else None

    def _stranger(self, account: Account) -> Desk:
        return Desk(
            account=account,
            standing="unknown",
            workspace_admin=False,
            email=None,
            name="",
            timezone="UTC",
            organization=None,
            catalogue=self._house.catalogues.default,
            member=None,
            status=None,
            role=None,
            has_password=False,
            has_factor=False,
            may=frozenset(),
        )

    def _desk(self, account: Account, found: Standing, workspace: str) -> Desk:
        member, organization, known = found.member, found.organization, found.account
        catalogue = self._catalogue(organization)
        facts = self._facts(organization, catalogue, member) if organization else None
        active = member if member and member.status == "active" else None
        return Desk(
            account=account,
            standing=self._standing(found, workspace),
            workspace_admin=known.workspace_admin,
            email=known.email,
            name=known.name,
            timezone=known.timezone,
            organization=_shown(organization) if organization else None,
            catalogue=catalogue,
            member=named(member) if member else None,
            status=_status(member.status) if member else None,
            role=member.role() if member else None,
            has_password=bool(member and member.has_password),
            has_factor=bool(member and member.has_factor),
            may=policy.permitted(facts) if facts else frozenset(),
            zone=member.timezone if member else "",
            lists_in=listing.lists_in(facts, active) if facts and active else (),
            reaches=spaces_of(facts, active) if facts and active else (),
        )

    def _standing(self, found: Standing, workspace: str) -> Literal["good", "unknown", "outsider"]:
        known = found.account
        if known.workspace != workspace:
            return "outsider"
        if known.noted < self._clock() - STALE:
            return "unknown"
        return "good" if known.good else "outsider"

    def _facts(self, organization: OrganizationRecord, catalogue: Catalogue, member: MemberRecord | None) -> Facts:
        return Facts(self._clock(), SYSTEM, organization, catalogue, me=member)

    async def _me(self, connection: Connection, desk: Desk) -> MemberRecord | None:
        if desk.member is None or desk.organization is None:
            return None
        wanted = Wanted(ids=(desk.member.id,))
        found = await members.load(connection, desk.organization.id, wanted, now=self._clock())
        return found[0] if found else None

    # Requests ---------------------------------------------------------------------------------------------------------

    async def places(self, request: str) -> tuple[CardPlace, ...]:
        async with self._store.reading() as connection:
            return tuple(CardPlace(channel, ts) for channel, ts in await requests.places(connection, request))

    async def may_decide(self, desk: Desk, request: str) -> bool:
        return any(card.id == request for card in await self.waiting(desk))

    async def import_people(self, desk: Desk, request: str, *, page: str = "") -> ImportPeople | None:
        """None: it is no import that this person could decide now."""
        if not await self.may_decide(desk, request):
            return None
        async with self._store.reading() as connection:
            record = await requests.find(connection, request)
            command = command_of(record) if record else None
            return await people_of(connection, request, command, page) if isinstance(command, Import) else None

    async def waiting(self, desk: Desk) -> tuple[RequestCard, ...]:
        """What this person could decide now; their own lone requests, which only wait for their code, included."""
        if desk.organization is None or desk.member is None:
            return ()
        async with self._store.reading() as connection:
            me = await self._me(connection, desk)
            organization = await organizations.find(connection, desk.organization.id)
            if me is None or organization is None or me.status != "active":
                return ()
            pending = await requests.pending(connection, desk.organization.id)
            facts = self._facts(organization, desk.catalogue, me)
            mine = await self._cards.decidable(connection, pending, facts)
            return tuple(await self._cards.of(connection, mine, now=self._clock()))

    async def mine(self, desk: Desk) -> tuple[RequestCard, ...]:
        if desk.organization is None or desk.member is None:
            return ()
        async with self._store.reading() as connection:
            rows = await requests.of_requester(connection, desk.organization.id, desk.member.id)
            return tuple(await self._cards.of(connection, rows, now=self._clock()))

    async def approvers(self, request: str) -> tuple[Recipient, ...]:
        """Who could decide a request, space owners first where it is a person's own."""
        async with self._store.reading() as connection:
            record = await requests.find(connection, request)
            organization = await organizations.find(connection, record.organization) if record else None
            if record is None or organization is None:
                return ()
            facts = self._facts(organization, self._catalogue(organization), None)
            found = await self._cards.deciders(connection, record, facts)
            return tuple(recipient(member) for member in found)

    # Home -------------------------------------------------------------------------------------------------------------

    async def home(self, desk: Desk) -> Home:
        page = await self.invitations(desk) if "invite" in desk.may else None
        held = await self.held(desk)
        return Home(
            desk=desk,
            access=held.rows,
            more_access=held.next is not None,
            mine=await self.mine(desk),
            waiting=await self.waiting(desk),
            tallies=await self.tallies(desk),
            soon=await self.soon(desk),
            invitations=tuple(row for row in page.rows if row.state in ("pending", "expired"))[:5] if page else (),
            spaces=await self.space_page(desk) if desk.catalogue.space else None,
            several=await self.in_several(desk),
            undelivered=await self.undelivered_count(desk),
        )

    # People and spaces ------------------------------------------------------------------------------------------------

    async def people(self, desk: Desk, words: str, *, status: Status | None = None) -> tuple[Choice, ...]:
        """Members whose name or address begins with ``words``; only for who may list them.

        Whoever may do so in a space finds there whom they could let in: those who are active.
        """
        if desk.organization is None or "list" not in desk.may:
            return ()
        mine, needed = desk.catalogue.organization.get(desk.role or ""), desk.catalogue.needs.get("list", policy.NOBODY)
        if not desk.catalogue.allows(mine, needed):
            if status not in (None, "active"):
                return ()
            status = "active"
        async with self._store.reading() as connection:
            found = await directory.beginning(connection, desk.organization.id, words, status=status)
        return tuple(Choice(one.id, f"{one.name} ({one.email})" if one.name else one.email) for one in found)

    async def spaces(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """Spaces whose name begins with ``words``, by their slugs' ids; whoever is a member may ask for any."""
        if desk.organization is None or desk.status != "active":
            return ()
        async with self._store.reading() as connection:
            found = await spaces.like(connection, desk.organization.id, words)
        return tuple(Choice(one, name) for one, name in found)


def _shown(record: OrganizationRecord) -> Organization:
    return Organization(record.id, record.name, record.slug, record.plan, record.approvals_channel)


def _status(text: str) -> Status:
    match text:
        case "invited" | "active":
            return text
        case _:
            return "deactivated"
