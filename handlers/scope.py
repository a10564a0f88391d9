"""Which organization a command belongs to, found before its row is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.commands import (
    AcceptInSlack,
    AcceptOnWeb,
    Account,
    Actor,
    Approve,
    AskAgain,
    Cancel,
    Command,
    Connect,
    Deny,
    EndGrant,
    Erase,
    ExpireInvitation,
    ExpireRequest,
    FinishReset,
    FinishSetup,
    FollowSlack,
    ImportStep,
    NoteAccount,
    PurgeOrganization,
    Refusal,
    RefusalCode,
    Reveal,
    SetUp,
    Spread,
    StartConnecting,
    UseOrganization,
)
from handlers.finding import is_address
from handlers.keys import hashed
from storage import accounts, affiliations, grants, invitations, members, organizations, requests
from storage.accounts import Standing
from storage.members import Wanted, folded
from storage.records import OrganizationRecord
from storage.store import Connection, Store


@dataclass(frozen=True, slots=True)
class Scope:
    """``organization`` None: the instance's own row. ``standing`` is read for who acts without being a member yet."""

    organization: str | None
    standing: Standing | None = None


OfItsOwn = Spread | ImportStep | FollowSlack | Erase
OfARow = Approve | Deny | Cancel | ExpireRequest | ExpireInvitation | EndGrant


async def _owner(connection: Connection, command: OfARow) -> str | None:
    match command:
        case Approve() | Deny() | Cancel() | ExpireRequest():
            found = await requests.find(connection, command.request)
            return found.organization if found else None
        case ExpireInvitation():
            invitation = await invitations.find(connection, command.invitation)
            return invitation.organization if invitation else None
        case EndGrant():
            return await grants.organization_of(connection, command.grant)


class Scopes:
    """Reads only. An id of another organization gives the answer of one that does not exist (invariant 27)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, command: Command, by: Actor, *, now: datetime) -> Scope:
        """Raises Refusal."""
        match command:
            case NoteAccount() | PurgeOrganization() | Spread() | ImportStep() | FollowSlack() | Erase():
                return Scope(command.organization if isinstance(command, OfItsOwn) else None)
            case SetUp() | AcceptInSlack():
                return await self._unconnected(command, by, now=now)
            case AskAgain() | AcceptOnWeb() | FinishSetup() | FinishReset() | Reveal():
                return Scope(await self._of_link(command, by.link or ""))
            case StartConnecting() | Connect() | UseOrganization():
                return await self._of_several(command, by, now=now)
            case _:
                if (owner := await self._of_subject(command, by)) is not None:
                    return Scope(owner)
                return await self._current(by, now=now)

    async def _unconnected(self, command: SetUp | AcceptInSlack, by: Actor, *, now: datetime) -> Scope:
        standing = await self._standing(by, now=now)
        if isinstance(command, SetUp):
            return Scope(None, standing)
        async with self._store.reading() as connection:
            found = await invitations.find(connection, command.invitation)
            organization = await organizations.find(connection, found.organization) if found else None
        if found is None or organization is None or standing is None:
            raise Refusal("link-dead")
        if organization.workspace != standing.account.workspace:
            raise Refusal("link-dead")
        return Scope(organization.id, standing)

    async def _standing(self, by: Actor, *, now: datetime) -> Standing | None:
        if by.account is None:
            return None
        async with self._store.reading() as connection:
            return await accounts.standing(connection, by.account.team, by.account.user, now=now)

    async def _of_link(self, command: AskAgain | AcceptOnWeb | FinishSetup | FinishReset | Reveal, token: str) -> str:
        async with self._store.reading() as connection:
            if isinstance(command, FinishSetup | FinishReset | Reveal):
                found = await invitations.link_by_hash(connection, hashed(token))
            else:
                found = await invitations.by_hash(connection, hashed(token))
        if found is None:
            raise Refusal("link-dead")
        return found.organization

    async def _of_subject(self, command: Command, by: Actor) -> str | None:
        """The organization of the row that a command names; None: the command names none, or the actor's is known."""
        if not isinstance(command, OfARow):
            return by.organization
        async with self._store.reading() as connection:
            return await self._theirs(connection, await _owner(connection, command), by)

    async def _theirs(self, connection: Connection, organization: str | None, by: Actor) -> str:
        """A person acts on what belongs to an organization that they belong to."""
        if organization is None:
            raise Refusal("request-gone")
        if by.via == "slack" and by.account is not None and organization != by.organization:
            tied = await accounts.is_tied(connection, organization, by.account.team, by.account.user)
            if not tied:
                raise Refusal("request-gone")
        return organization

    async def _current(self, by: Actor, *, now: datetime) -> Scope:
        standing = await self._standing(by, now=now)
        if standing is None:
            raise Refusal("unknown-account")
        if standing.organization is None:
            raise Refusal("no-organization")
        return Scope(standing.organization.id, standing)

    async def _of_several(
        self, command: StartConnecting | Connect | UseOrganization, by: Actor, *, now: datetime
    ) -> Scope:
        """A workspace holds one organization or more; these name another one than the current, or find it."""
        if isinstance(command, UseOrganization):
            return await self._chosen(command, by, now=now)
        return await self._connecting(command, by, now=now)

    async def _connecting(self, command: StartConnecting | Connect, by: Actor, *, now: datetime) -> Scope:
        """Where the address is known and the account is nobody yet: the current organization, else another one."""
        scope = await self._current(by, now=now)
        standing = scope.standing
        if scope.organization is None or standing is None or by.account is None:
            return scope
        account = (by.account.team, by.account.user)
        async with self._store.reading() as connection:
            found = await affiliations.of_address(
                connection, standing.account.workspace, folded(command.email), account, current=scope.organization
            )
        return Scope(found or scope.organization, standing)

    async def _chosen(self, command: UseOrganization, by: Actor, *, now: datetime) -> Scope:
        """One of their own in this workspace, by its id, its slug, or else by its name."""
        standing, typed = await self._standing(by, now=now), command.organization
        if standing is None or by.account is None:
            raise Refusal("unknown-account")
        async with self._store.reading() as connection:
            theirs = await affiliations.of_account(
                connection, standing.account.workspace, by.account.team, by.account.user
            )
        told_apart = [one for one in theirs if typed == one.id or one.slug == folded(typed)]
        meant = told_apart or [one for one in theirs if folded(one.name) == folded(typed)]
        if not meant:
            raise Refusal("unknown-organization", "organization", organization=typed)
        return Scope(meant[0].id, standing)

    async def organization(
        self, connection: Connection, organization: str, *, closed: RefusalCode = "no-organization"
    ) -> OrganizationRecord:
        """Raises Refusal."""
        found = await organizations.find(connection, organization)
        if found is None:
            raise Refusal(closed)
        return found

    async def vouched_member(self, organization: str, account: Account, email: str, *, now: datetime) -> str | None:
        """The active member of an address, if Slack names it as this account's own and they have a factor."""
        async with self._store.reading() as connection:
            known = await accounts.find(connection, account.team, account.user)
            wanted = Wanted(emails=(folded(email),))
            found = await members.load(connection, organization, wanted, now=now)
        member = next((one for one in found if one.status == "active" and one.listed and one.has_factor), None)
        if known is None or member is None or not known.good or not is_address(member.email, known.email or ""):
            return None
        return member.id
