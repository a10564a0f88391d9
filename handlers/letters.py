"""Reading for the holders of links, and for delivery: link pages, letters and mailed codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from handlers import traces
from handlers.cards import Cards
from handlers.catalogue import Catalogue
from handlers.commands import Account, Minted, Refusal
from handlers.facts import named
from handlers.keys import hashed
from handlers.models import InvitationLetter, LinkPage, NewPasswordLetter, Recipient, RequestCard, ToldLetter
from handlers.new_passwords import Purpose, lives
from handlers.notices import CodeMail, InvitationMail, InvitationOffer, ResetLetter, Told
from handlers.parts import House
from storage import credentials, directory, invitations, members, names, organizations, requests, spaces
from storage.members import Wanted
from storage.records import InvitationRecord, MemberRecord, OrganizationRecord
from storage.store import Busy, Connection, Store


class Letters:
    """What queries share, and everything that is read without anybody standing before a door."""

    def __init__(self, store: Store, house: House, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._cards = Cards(house)

    def _catalogue(self, organization: OrganizationRecord | None) -> Catalogue:
        return self._house.catalogues.named(organization.catalogue) if organization else self._house.catalogues.default

    async def card(self, request: str) -> RequestCard | None:
        async with self._store.reading() as connection:
            record = await requests.find(connection, request)
            if record is None:
                return None
            return next(iter(await self._cards.of(connection, [record], now=self._clock())), None)

    async def link_page(
        self, purpose: Literal["invitation", "setup", "reset", "reveal"], token: str
    ) -> LinkPage | None:
        """None for every way a link can be dead. Reading it changes nothing (invariant 6). Raises Refusal: busy."""
        try:
            async with self._store.reading() as connection:
                if purpose == "invitation":
                    return await self._invitation_page(connection, hashed(token))
                if purpose == "setup":
                    return await self._setup_page(connection, hashed(token))
                return await self._password_page(connection, purpose, hashed(token))
        except Busy:
            raise Refusal("busy") from None

    async def _invitation_page(self, connection: Connection, link_hash: str) -> LinkPage | None:
        found = await invitations.by_hash(connection, link_hash)
        if found is None or found.state != "pending" or found.expires <= self._clock():
            return None
        member = await self._member(connection, found.organization, found.member)
        organization = await organizations.find(connection, found.organization)
        if member is None or organization is None or member.status != "invited" or not member.listed:
            return None
        catalogue = self._catalogue(organization)
        role = (catalogue.space if found.space else catalogue.organization).get(found.role)
        places = await spaces.names(connection, [found.space] if found.space else [])
        return LinkPage(
            purpose="invitation",
            organization=organization.name,
            email=member.email,
            name=member.name,
            role=found.role,
            space=places.get(found.space),
            catalogue=catalogue,
            factor_required=organization.enforce_factor or catalogue.manages_members(role),
            factor_present=False,
        )

    async def _setup_page(self, connection: Connection, link_hash: str) -> LinkPage | None:
        link = await invitations.link_by_hash(connection, link_hash)
        if link is None or link.purpose != "setup" or link.used is not None or link.expires <= self._clock():
            return None
        member = await self._member(connection, link.organization, link.member)
        organization = await organizations.find(connection, link.organization)
        if member is None or organization is None or member.status != "active" or member.epoch != link.epoch:
            return None
        if member.has_factor:
            return None
        catalogue = self._catalogue(organization)
        role = catalogue.organization.get(member.role() or "")
        return LinkPage(
            purpose="setup",
            organization=organization.name,
            email=member.email,
            name=member.name,
            role=member.role(),
            space=None,
            catalogue=catalogue,
            factor_required=organization.enforce_factor or catalogue.manages_members(role),
            factor_present=member.has_factor,
            password_present=member.has_password,
        )

    async def _password_page(self, connection: Connection, purpose: Purpose, link_hash: str) -> LinkPage | None:
        link = await invitations.link_by_hash(connection, link_hash)
        member = await self._member(connection, link.organization, link.member) if link else None
        organization = await organizations.find(connection, link.organization) if link else None
        if member is None or organization is None or not lives(link, purpose, member, now=self._clock()):
            return None
        return LinkPage(
            purpose=purpose,
            organization=organization.name,
            email=member.email,
            name=member.name,
            role=member.role(),
            space=None,
            catalogue=self._catalogue(organization),
            factor_required=False,
            factor_present=member.has_factor,
            password_present=member.has_password,
        )

    async def reset_letter(self, notice: ResetLetter) -> NewPasswordLetter | None:
        """None once the link was used, replaced, or is over."""
        async with self._store.reading() as connection:
            link = await invitations.find_link(connection, notice.link)
            member = await self._member(connection, link.organization, link.member) if link else None
            organization = await organizations.find(connection, link.organization) if link else None
        if link is None or member is None or organization is None:
            return None
        purpose: Purpose = "reveal" if link.purpose == "reveal" else "reset"
        if not lives(link, purpose, member, now=self._clock()):
            return None
        minted = Minted(purpose, link.id, link.version)
        return NewPasswordLetter(
            to=recipient(member),
            organization=organization.name,
            link=minted,
            expires=link.expires,
            factor=member.has_factor,
            old=member.has_password,
        )

    async def _member(self, connection: Connection, organization: str, member: str) -> MemberRecord | None:
        found = await members.load(connection, organization, Wanted(ids=(member,)), now=self._clock())
        return found[0] if found else None

    async def invitation_letter(self, notice: InvitationMail | InvitationOffer) -> InvitationLetter | None:
        async with self._store.reading() as connection:
            found = await invitations.find(connection, notice.invitation)
            organization = await organizations.find(connection, found.organization) if found else None
            if found is None or organization is None:
                return None
            ids = tuple(one for one in (found.member, found.invited_by) if one)
            loaded = await members.load(connection, organization.id, Wanted(ids=ids), now=self._clock())
            places = await spaces.names(connection, [found.space] if found.space else [])
        people = {one.id: named(one) for one in loaded}
        if found.member not in people:
            return None
        return InvitationLetter(
            invitation=found.id,
            version=found.version,
            state=state_of(found, self._clock()),
            organization=organization.name,
            catalogue=self._catalogue(organization),
            to=people[found.member],
            role=found.role,
            space=places.get(found.space),
            invited_by=people.get(found.invited_by or ""),
            expires=found.expires,
            offered=found.offered >= found.version,
        )

    async def told_letter(self, notice: Told) -> ToldLetter:
        async with self._store.reading() as connection:
            owner = await directory.organization_of(connection, notice.to)
            organization = await organizations.find_even_closed(connection, owner) if owner else None
            if organization is None:
                return ToldLetter(None, "", self._house.catalogues.default, None, None, None, None)
            ids = tuple(one for one in (notice.to, notice.by, notice.subject) if one)
            loaded = await members.load(connection, organization.id, Wanted(ids=ids), now=self._clock())
            places = await spaces.names(connection, [notice.space] if notice.space else [])
            things = await names.of_things(connection, organization.id, _things(notice))
        people = {one.id: one for one in loaded}
        to = people.get(notice.to)
        by, subject = people.get(notice.by or ""), people.get(notice.subject or "")
        return ToldLetter(
            to=self._reached(notice, to),
            organization=organization.name,
            catalogue=self._catalogue(organization),
            by=named(by) if by else None,
            subject=named(subject) if subject else None,
            card=await self.card(notice.request) if notice.request else None,
            space=places.get(notice.space or ""),
            thing=next((things[one] for one in _things(notice) if one in things), ""),
        )

    def _reached(self, notice: Told, to: MemberRecord | None) -> Recipient | None:
        """Whoever is gone is told that alone of which the notice itself knows where it goes."""
        parted = traces.opened(notice.sealed, notice.to, self._house.keyring)
        if parted is not None:
            return parted.recipient
        return recipient(to) if to and to.listed else None

    async def code_mail(self, notice: CodeMail) -> tuple[str, str, str] | None:
        """Address, eight digits, organization; None: used, replaced or too old by now."""
        async with self._store.reading() as connection:
            proof = await credentials.find_proof(connection, notice.proof)
            if proof is None or proof.used is not None or proof.expires <= self._clock():
                return None
            organization = await organizations.find(connection, proof.organization)
            member = await self._member(connection, proof.organization, proof.member)
        if organization is None or member is None or member.status != "active":
            return None
        return member.email, self._house.keyring.mailed_code(proof.id)[0], organization.name


def _things(notice: Told) -> list[str]:
    """The ids of the group or resource that it is about."""
    if notice.group or notice.resource:
        return [notice.group or notice.resource or ""]
    return [one for one in (notice.new, notice.old) if one] if notice.asked in ("group", "resource") else []


def state_of(record: InvitationRecord, now: datetime) -> Literal["pending", "accepted", "revoked", "expired"]:
    """Expiry is judged when looked at (invariant 4)."""
    match record.state:
        case "pending":
            return "expired" if record.expires <= now else "pending"
        case "accepted" | "revoked":
            return record.state
        case _:
            return "expired"


def recipient(member: MemberRecord) -> Recipient:
    tied = member.team is not None and member.slack_user is not None and member.slack_good
    account = Account(member.team or "", member.slack_user or "") if tied else None
    return Recipient(named(member), account, member.email, member.timezone)
