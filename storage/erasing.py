"""Erasing somebody: what they owned, what is theirs alone, and what others wrote of them. A row without anything
personal stays, for what still refers to its id (X2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chain import INSTANCE
from storage.current import IS_OPEN
from storage.members import folded
from storage.records import AuditEntry
from storage.tables import (
    audit,
    credentials,
    dataset_choices,
    dataset_rules,
    deliveries,
    grants,
    groups,
    import_lines,
    invitations,
    links,
    mailings,
    members,
    outbox,
    proofs,
    recovery_codes,
    requests,
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
_ERASED: Mapping[str, None] = {"details": None, "salt": None}


# What somebody owns ---------------------------------------------------------------------------------------------------


def _owned(organization: str, member: str, kinds: Sequence[str]) -> ColumnElement[bool]:
    theirs = and_(resources.c.organization_id == organization, resources.c.owner_id == member)
    return and_(theirs, resources.c.kind.in_(kinds))


async def owned(connection: AsyncConnection, organization: str, member: str, kinds: Sequence[str]) -> int:
    """How many resources of these kinds somebody owns."""
    counted = select(func.count()).select_from(resources).where(_owned(organization, member, kinds))
    return int((await connection.execute(counted)).scalar_one())


async def some_owned(
    connection: AsyncConnection, organization: str, member: str, kinds: Sequence[str], *, limit: int
) -> list[tuple[str, str]]:
    """Kind and id in the product of some of them."""
    statement = select(resources.c.kind, resources.c.outside_id).where(_owned(organization, member, kinds))
    found = await connection.execute(statement.order_by(resources.c.kind, resources.c.outside_id).limit(limit))
    return [(row.kind, row.outside_id) for row in found]


async def unregister(
    tx: Transaction, organization: str, member: str, kinds: Sequence[str], *, most: int, entry: AuditEntry
) -> int:
    """Take out at most so many of what somebody owns, with its lists and with what others hold of it; how many it was.

    Chosen before, by their ids: within the other statements PostgreSQL makes a plan that takes seconds.
    """
    tx.note(entry)
    run = tx.connection.execute
    these = (await run(select(resources.c.id).where(_owned(organization, member, kinds)).limit(most))).scalars().all()
    if not these:
        return 0
    of_organization = and_(grants.c.organization_id == organization, grants.c.kind == RESOURCE, grants.c.space_id == "")
    held = and_(of_organization, grants.c.what.in_(these), grants.c.ended_at.is_(None))
    await run(update(grants).where(held).values(ended_at=tx.now))
    await run(delete(shares).where(shares.c.resource_id.in_(these)))
    await run(delete(dataset_choices).where(dataset_choices.c.resource_id.in_(these)))
    return (await run(delete(resources).where(resources.c.id.in_(these)))).rowcount


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
    await run(delete(shares).where(listed))
    of_here = select(import_rows.c.id).where(import_rows.c.organization_id == organization)
    lines = and_(import_lines.c.email_folded == folded(email), import_lines.c.import_id.in_(of_here))
    theirs = import_rows.c.id.in_(select(import_lines.c.import_id).where(lines))
    await run(update(import_rows).where(theirs).values(guessed=""))  # it may be their name
    blank = {"email": stone.name, "email_folded": "", "name": "", "verdict": "wrong", "why": "deleted since"}
    await run(update(import_lines).where(lines).values(**blank))


async def _unsend(tx: Transaction, member: str, listed: ColumnElement[bool]) -> None:
    """What was to be sent to them, and what could not be: there the server's words name the address."""
    about = [select(literal(f"{sort}:") + table.c.id).where(table.c.member_id == member) for sort, table in _LETTERS]
    news = select(literal("share:") + shares.c.id).where(listed)
    letters = (await tx.connection.execute(union_all(*about, news))).scalars().all()
    await tx.connection.execute(delete(outbox).where(outbox.c.target.in_((f"member:{member}", *letters))))


# What the outbox calls what goes to one mailbox, and whose it is.
_LETTERS = (("invitation-mail", invitations), ("invitation-offer", invitations), ("proof", proofs), ("link", links))


async def forget_account(
    tx: Transaction, workspace: str, email: str, account: tuple[str | None, str | None], *, entry: AuditEntry
) -> None:
    """What Slack said of them, and the instance's records of that; whoever still is somebody in another organization
    stays known, and Slack says it again of whoever comes back. ``account``: team and user that they were tied to."""
    tx.note(entry)
    tied = and_(ties.c.team == slack_accounts.c.team, ties.c.slack_user == slack_accounts.c.slack_user)
    elsewhere = select(ties.c.member_id).where(tied).exists()
    gone = delete(slack_accounts).where(slack_accounts.c.workspace_id == workspace, ~elsewhere)
    forgotten = gone.returning(slack_accounts.c.team, slack_accounts.c.slack_user)
    team, user = account
    # One after the other, each along an index: of both at once every account would be looked at.
    vouched = await tx.connection.execute(forgotten.where(slack_accounts.c.email_folded == folded(email)))
    own = and_(slack_accounts.c.team == (team or ""), slack_accounts.c.slack_user == (user or ""))
    rows = [*vouched, *await tx.connection.execute(forgotten.where(own))]
    targets = [f"slack:{row.team}/{row.slack_user}" for row in rows]
    if targets:
        said = and_(audit.c.chain == INSTANCE, audit.c.target.in_(targets))
        await tx.connection.execute(update(audit).where(said).values(_ERASED))


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


# What others wrote ----------------------------------------------------------------------------------------------------


def _theirs(member: str) -> Select[tuple[str]]:
    """The requests that are theirs or about them."""
    who = (requests.c.requester_id, requests.c.beneficiary_id, requests.c.target_id)
    return select(requests.c.id).where(or_(*(column == member for column in who)))


@dataclass(frozen=True, slots=True)
class Said:
    """The details of an audit record; ``about``: it belongs to a request that is theirs or about them."""

    seq: int
    details: str
    about: bool


async def silence(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """The details of every audit record about them; ids stay, and the chain verifies as before."""
    tx.note(entry)
    organization = tx.organization.id if tx.organization else ""
    there = and_(audit.c.chain == organization, audit.c.target == f"member:{member}")
    await tx.connection.execute(update(audit).where(there).values(_ERASED))


async def records_with(
    connection: AsyncConnection, chain: str, member: str, words: Sequence[str], *, after: int, until: int
) -> list[Said]:
    """The records of a stretch in whose details one of ``words`` stands, or that belong to a request of theirs."""
    found = [audit.c.details.icontains(_as_json(one), autoescape=True) for one in words]
    about = audit.c.request.in_(_theirs(member))
    stretch = and_(audit.c.chain == chain, audit.c.seq > after, audit.c.seq <= until, audit.c.details.is_not(None))
    statement = select(audit.c.seq, audit.c.details, about.label("about")).where(stretch, or_(about, *found))
    return [Said(row.seq, row.details, bool(row.about)) for row in await connection.execute(statement)]


async def silence_these(tx: Transaction, chain: str, seqs: Sequence[int], *, entry: AuditEntry) -> None:
    tx.note(entry)
    these = and_(audit.c.chain == chain, audit.c.seq.in_(seqs))
    await tx.connection.execute(update(audit).where(these).values(_ERASED))


def _as_json(text: str) -> str:
    """As it stands within JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of one request; ``about``: it is theirs or about them."""

    id: str
    about: bool
    command: str
    reason: str
    why: str
    old: str | None
    new: str | None


async def next_requests(
    connection: AsyncConnection, organization: str, member: str, *, after: str, most: int
) -> list[Kept]:
    own = requests.c.id.in_(_theirs(member)).label("about")
    columns = (requests.c.id, own, requests.c.command, requests.c.reason, requests.c.why)
    statement = (
        select(*columns, requests.c.old_value, requests.c.new_value)
        .where(requests.c.organization_id == organization, requests.c.id > after)
        .order_by(requests.c.id)
        .limit(most)
    )
    return [Kept(*row) for row in await connection.execute(statement)]


async def reword(tx: Transaction, request: Kept, *, entry: AuditEntry) -> None:
    tx.note(entry)
    values: Mapping[str, object] = {
        "command": request.command,
        "reason": request.reason,
        "why": request.why,
        "old_value": request.old,
        "new_value": request.new,
    }
    await tx.connection.execute(update(requests).where(requests.c.id == request.id).values(**values))


async def answers_with(connection: AsyncConnection, organization: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """The deliveries in whose answers one of ``words`` stands, and these answers; whose organization nobody wrote down
    may be theirs."""
    here = or_(deliveries.c.organization_id == organization, deliveries.c.organization_id.is_(None))
    found = or_(*(deliveries.c.outcome.icontains(_as_json(one), autoescape=True) for one in words))
    rows = await connection.execute(select(deliveries.c.id, deliveries.c.outcome).where(here, found))
    return [(row.id, row.outcome) for row in rows]


async def forget_answers(tx: Transaction, answers: Sequence[str], instead: str, *, entry: AuditEntry) -> None:
    """Should Slack deliver one of these once more, it is told no more than that it was dealt with."""
    tx.note(entry)
    one = update(deliveries).where(deliveries.c.id == bindparam("answer")).values(outcome=instead)
    await tx.connection.execute(one, [{"answer": answer} for answer in answers])
