"""Erasing somebody: what they owned and what is theirs alone. A row without anything personal stays, for what still
refers to its id (X2). What others wrote of them is in ``mentions``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chain import INSTANCE
from storage.current import IS_OPEN
from storage.members import folded
from storage.mentions import ERASED
from storage.records import AuditEntry
from storage.tables import (
    audit,
    credentials,
    dataset_choices,
    dataset_rules,
    grants,
    groups,
    guesses,
    import_lines,
    invitations,
    links,
    mailings,
    members,
    outbox,
    proofs,
    recovery_codes,
    resources,
    shares,
    slack_accounts,
    spaces,
    ties,
    toggles,
)
from storage.tables import imports as import_rows
from storage.transaction import Transaction

RESOURCE, EMAIL = "resource", "email"
_BY_SLACK = "slack:"


# What somebody owns ---------------------------------------------------------------------------------------------------


def _owned(organization: str, member: str, kinds: Sequence[str]) -> ColumnElement[bool]:
    theirs = and_(resources.c.organization_id == organization, resources.c.owner_id == member)
    return and_(theirs, resources.c.kind.in_(kinds))


async def owned(connection: AsyncConnection, organization: str, member: str, kinds: Sequence[str]) -> int:
    """How many resources of these kinds somebody owns."""
    counted = select(func.count()).select_from(resources).where(_owned(organization, member, kinds))
    return int((await connection.execute(counted)).scalar_one())


@dataclass(frozen=True, slots=True)
class Owned:
    """``kind`` and ``outside``: as the product knows it."""

    id: str
    kind: str
    outside: str


async def some_owned(
    connection: AsyncConnection, organization: str, member: str, kinds: Sequence[str], *, until: datetime, most: int
) -> list[Owned]:
    """Some of the resources that were registered until then."""
    there = and_(_owned(organization, member, kinds), resources.c.created_at <= until)
    found = await connection.execute(
        select(resources.c.id, resources.c.kind, resources.c.outside_id).where(there).limit(most)
    )
    return sorted((Owned(*row) for row in found), key=lambda one: (one.kind, one.outside))


async def unregister(tx: Transaction, organization: str, these: Sequence[str], *, entry: AuditEntry) -> None:
    """Take these out with their lists and with what others hold of them.

    By their ids: chosen within the other statements, PostgreSQL makes a plan that takes seconds.
    """
    tx.note(entry)
    run = tx.connection.execute
    of_organization = and_(grants.c.organization_id == organization, grants.c.kind == RESOURCE, grants.c.space_id == "")
    held = and_(of_organization, grants.c.what.in_(these), grants.c.ended_at.is_(None))
    await run(update(grants).where(held).values(ended_at=tx.now))
    await run(delete(shares).where(shares.c.resource_id.in_(these)))
    await run(delete(dataset_choices).where(dataset_choices.c.resource_id.in_(these)))
    await run(delete(resources).where(resources.c.id.in_(these)))


# The account ----------------------------------------------------------------------------------------------------------


async def leave(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """Unlisted, and everything ends that somebody has in hand or was given; what they own and who they are stays."""
    tx.note(entry)
    run = tx.connection.execute
    gone = {"status": "deactivated", "listed": False, "epoch": members.c.epoch + 1}
    await run(update(members).where(members.c.id == member).values(**gone))
    await run(update(grants).where(grants.c.member_id == member, grants.c.ended_at.is_(None)).values(ended_at=tx.now))
    revoked = {"state": "revoked", "ended_at": tx.now}
    await run(update(invitations).where(invitations.c.member_id == member, IS_OPEN).values(**revoked))
    for table in (dataset_choices, dataset_rules, toggles, ties):
        await run(delete(table).where(table.c.member_id == member))
    for table in (links, proofs):
        unused = and_(table.c.member_id == member, table.c.used_at.is_(None))
        await run(update(table).where(unused).values(used_at=tx.now))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """``address`` is none that anybody can have, so that the one they had is free."""

    member: str
    name: str
    address: str


async def bury(tx: Transaction, stone: Tombstone, email: str, *, entry: AuditEntry) -> None:
    """Nothing of who they were is left in what is theirs; ``email`` is theirs until now."""
    tx.note(entry)
    run, member = tx.connection.execute, stone.member
    values = {"name": stone.name, "name_folded": folded(stone.name), "timezone": "UTC", "active_at": None}
    values |= {"email": stone.address, "email_folded": folded(stone.address), "deleted_at": tx.now}
    # First of all, so that whoever is about to note something of theirs waits, and then finds nobody.
    await run(update(members).where(members.c.id == member).values(**values))
    organization = tx.organization.id if tx.organization else ""
    listed = and_(shares.c.organization_id == organization, shares.c.kind == EMAIL, shares.c.what == folded(email))
    await _unsend(tx, member, listed)
    for table in (recovery_codes, credentials, proofs, links, mailings):
        await run(delete(table).where(table.c.member_id == member))
    # Which names were offered to them: whoever knows the member's id could guess at what stands there.
    await run(delete(guesses).where(guesses.c.id.startswith(f"name/{member}/")))
    await run(delete(shares).where(listed))
    of_here = select(import_rows.c.id).where(import_rows.c.organization_id == organization)
    lines = and_(import_lines.c.email_folded == folded(email), import_lines.c.import_id.in_(of_here))
    theirs = import_rows.c.id.in_(select(import_lines.c.import_id).where(lines))
    await run(update(import_rows).where(theirs).values(guessed=""))  # it may be their name
    blank = {"email": stone.name, "email_folded": "", "name": "", "verdict": "wrong", "why": "deleted since"}
    await run(update(import_lines).where(lines).values(**blank))


_TYING = ("account.connected", "invitation.accepted", "organization.set-up")


async def accounts_of(connection: AsyncConnection, organization: str, member: str) -> set[tuple[str, str]]:
    """Team and user of every Slack account that tied itself to them. A tie ends when they are removed; the record of
    who made it stays."""
    about = and_(audit.c.chain == organization, audit.c.target == f"member:{member}", audit.c.refused.is_(False))
    tying = and_(about, audit.c.action.in_(_TYING), audit.c.actor.startswith(_BY_SLACK))
    actors = (await connection.execute(select(audit.c.actor).where(tying).distinct())).scalars()
    named = (actor.removeprefix(_BY_SLACK).partition("/") for actor in actors)
    return {(team, user) for team, _, user in named}


async def _unsend(tx: Transaction, member: str, listed: ColumnElement[bool]) -> None:
    """What was to be sent to them, and what could not be: there the server's words name the address."""
    about = [select(literal(f"{sort}:") + table.c.id).where(table.c.member_id == member) for sort, table in _LETTERS]
    news = select(literal("share:") + shares.c.id).where(listed)
    letters = (await tx.connection.execute(union_all(*about, news))).scalars().all()
    await tx.connection.execute(delete(outbox).where(outbox.c.target.in_((f"member:{member}", *letters))))


# What the outbox calls what goes to one mailbox, and whose it is.
_LETTERS = (("invitation-mail", invitations), ("invitation-offer", invitations), ("proof", proofs), ("link", links))


async def forget_accounts(
    tx: Transaction, workspace: str, email: str, accounts: Collection[tuple[str, str]], *, entry: AuditEntry
) -> None:
    """What Slack said of them, and the instance's records of that; whoever still is somebody in another organization
    stays known, and Slack says it again of whoever comes back. ``accounts``: team and user of
    each that was theirs."""
    tx.note(entry)
    tied = and_(ties.c.team == slack_accounts.c.team, ties.c.slack_user == slack_accounts.c.slack_user)
    elsewhere = select(ties.c.member_id).where(tied).exists()
    gone = delete(slack_accounts).where(slack_accounts.c.workspace_id == workspace, ~elsewhere)
    forgotten = gone.returning(slack_accounts.c.team, slack_accounts.c.slack_user)
    # One after the other, each along an index: of all at once every account would be looked at.
    theirs = [slack_accounts.c.email_folded == folded(email)]
    theirs += [and_(slack_accounts.c.team == team, slack_accounts.c.slack_user == user) for team, user in accounts]
    rows = [row for one in theirs for row in await tx.connection.execute(forgotten.where(one))]
    targets = [f"{_BY_SLACK}{row.team}/{row.slack_user}" for row in rows]
    if targets:
        said = and_(audit.c.chain == INSTANCE, audit.c.target.in_(targets))
        await tx.connection.execute(update(audit).where(said).values(ERASED))


async def is_called_so(connection: AsyncConnection, organization: str, member: str, name: str) -> bool:
    """Whether another member, a group or a space goes by this name."""
    called = [
        select(members.c.id).where(
            members.c.organization_id == organization, members.c.name_folded == folded(name), members.c.id != member
        ),
        *(
            select(table.c.id).where(table.c.organization_id == organization, table.c.name_folded == folded(name))
            for table in (groups, spaces)
        ),
    ]
    return bool((await connection.execute(select(or_(*(one.exists() for one in called))))).scalar_one())
