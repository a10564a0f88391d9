"""Erasing an organization that was closed: every row of it, its audit chain included, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry
from storage.tables import audit, metadata, organizations, slack_accounts
from storage.transaction import Transaction

# Slack's accounts belong to the workspace; the organization that they act in stands beside them.
NOT_OF_ONE = frozenset({"organizations", "slack_accounts", "audit"})


async def closed_at(connection: AsyncConnection, organization: str) -> datetime | None:
    """None: it is open, or there is none."""
    found = select(organizations.c.closed_at).where(organizations.c.id == organization)
    return (await connection.execute(found)).scalar_one_or_none()


async def erase(tx: Transaction, organization: str, *, most: int, entry: AuditEntry) -> bool:
    """At most so many rows. True: nothing refers to the organization any more."""
    tx.note(entry)
    left = most
    for table, theirs in _of(organization):
        left -= await _erase_some(tx, table, theirs, left)
        if left <= 0:
            return False
    return True


async def forget(tx: Transaction, organization: str, *, entry: AuditEntry) -> None:
    """The last that is left: its own row."""
    tx.note(entry)
    acting = slack_accounts.c.organization_id == organization
    await tx.connection.execute(update(slack_accounts).where(acting).values(organization_id=None))
    await tx.connection.execute(delete(organizations).where(organizations.c.id == organization))


def _of(organization: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table that holds rows of one organization, those that others refer to last. Read from the tables
    themselves, so that none is ever forgotten."""
    for table in reversed(metadata.sorted_tables):
        if table.name not in NOT_OF_ONE and (theirs := belonging(table, organization)) is not None:
            yield table, theirs
    yield audit, audit.c.chain == organization


def belonging(table: Table, organization: str) -> ColumnElement[bool] | None:
    """What makes a row one of an organization: its own column, or whom or what it refers to. None: nothing does."""
    if "organization_id" in table.c:
        return table.c["organization_id"] == organization
    referring = [
        key.parent.in_(select(key.column).where(key.column.table.c["organization_id"] == organization))
        for key in table.foreign_keys
        if "organization_id" in key.column.table.c
    ]
    return or_(*referring) if referring else None


async def _erase_some(tx: Transaction, table: Table, theirs: ColumnElement[bool], most: int) -> int:
    """SQLite and PostgreSQL know no limit to a DELETE, so the rows are chosen by their keys."""
    keys = list(table.primary_key.columns) or list(table.columns)
    chosen = select(*keys).where(theirs).limit(most)
    which = keys[0].in_(chosen) if len(keys) == 1 else tuple_(*keys).in_(chosen)
    return (await tx.connection.execute(delete(table).where(which))).rowcount
