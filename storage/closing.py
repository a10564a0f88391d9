"""Closing an organization: in a few statements all that anybody holds in hand dies, and its data is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, literal, select, update

from storage.current import IS_OPEN
from storage.records import AuditEntry, OutboxRecord
from storage.tables import (
    Moment,
    invitations,
    links,
    members,
    organizations,
    outbox,
    proofs,
    requests,
    slack_accounts,
    ties,
    tokens,
    webhooks,
)
from storage.transaction import Transaction

# What a closed organization still says: how its cards ended, and what its people are told.
STILL_SAID = ("card-update", "told")
# Stands in a notice where each row's own id comes.
HERE = "0" * 32


async def close(tx: Transaction, organization: str, *, entry: AuditEntry) -> None:
    """No door finds it any more, and no link, session, token or webhook of it works."""
    tx.note(entry)
    run = tx.connection.execute
    await run(update(organizations).where(organizations.c.id == organization).values(closed_at=tx.now, hooked=False))
    own = members.c.organization_id == organization
    await run(update(members).where(own).values(epoch=members.c.epoch + 1))
    for table, ended in ((links, "used_at"), (proofs, "used_at"), (tokens, "revoked_at"), (webhooks, "deleted_at")):
        open_ones = and_(table.c.organization_id == organization, table.c[ended].is_(None))
        await run(update(table).where(open_ones).values({ended: tx.now}))
    waiting = and_(invitations.c.organization_id == organization, IS_OPEN)
    await run(update(invitations).where(waiting).values(state="revoked", ended_at=tx.now))
    silenced = and_(outbox.c.organization_id == organization, outbox.c.kind.not_in(STILL_SAID))
    await run(delete(outbox).where(silenced))


async def void_requests(
    tx: Transaction, organization: str, notice: OutboxRecord, *, why: str, entry: AuditEntry
) -> int:
    """End what still waits for approval, and rewrite its cards; ``notice`` holds `HERE` for each request's id."""
    tx.note(entry)
    pending = and_(requests.c.organization_id == organization, requests.c.state == "pending")
    await _post_for_each(tx, notice, requests, pending)
    ended = update(requests).where(pending).values(state="void", decided_at=tx.now, why=why)
    return (await tx.connection.execute(ended)).rowcount


async def tell_everybody(
    tx: Transaction, organization: str, notice: OutboxRecord, *, besides: tuple[str, ...], entry: AuditEntry
) -> None:
    """A row for every active member, made by the database itself; ``notice`` holds `HERE` for each one's id."""
    tx.note(entry)
    own = and_(members.c.organization_id == organization, members.c.status == "active", members.c.listed.is_(True))
    await _post_for_each(tx, notice, members, and_(own, members.c.id.not_in(besides)))


async def send_elsewhere(tx: Transaction, organization: str, *, entry: AuditEntry) -> None:
    """Whoever acted in it acts in another organization of theirs from now on; else in the oldest of the workspace, as
    somebody new does; else nowhere."""
    tx.note(entry)
    theirs = and_(
        ties.c.organization_id == organizations.c.id,
        ties.c.team == slack_accounts.c.team,
        ties.c.slack_user == slack_accounts.c.slack_user,
    )
    oldest = (
        select(organizations.c.id)
        .where(
            organizations.c.workspace_id == slack_accounts.c.workspace_id,
            organizations.c.closed_at.is_(None),
            organizations.c.id != organization,
        )
        .order_by(organizations.c.created_at, organizations.c.id)
        .limit(1)
    )
    of_theirs = oldest.where(select(ties.c.member_id).where(theirs).correlate(organizations, slack_accounts).exists())
    another = func.coalesce(
        of_theirs.correlate(slack_accounts).scalar_subquery(), oldest.correlate(slack_accounts).scalar_subquery()
    )
    here = slack_accounts.c.organization_id == organization
    await tx.connection.execute(update(slack_accounts).where(here).values(organization_id=another))


async def _post_for_each(tx: Transaction, notice: OutboxRecord, table: Table, which: ColumnElement[bool]) -> None:
    """One row for each row of ``table``, with its id in place of `HERE`; none of them passes through this process."""
    id_ = table.c["id"]
    columns: dict[str, ColumnElement[Any]] = {
        "organization_id": literal(notice.organization),
        "kind": literal(notice.kind),
        "target": func.replace(literal(notice.target), HERE, id_),
        "notice": func.replace(literal(notice.notice), HERE, id_),
        "key": literal(f"{notice.key}:") + id_,
        "created_at": literal(tx.now, Moment),
        "due_at": literal(notice.due, Moment),
        "state": literal(notice.state),
    }
    rows = select(*columns.values()).select_from(table).where(which)
    await tx.connection.execute(insert(outbox).from_select(list(columns), rows))
