"""What the database holds, read whole; and a journal of the outbox, whose rows go once they are delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain, tables
from storage.store import Store

# The journal is written by the database itself, so it holds what was committed and nothing else.
_JOURNAL = Table(
    "outbox_journal",
    MetaData(),
    Column("key", Text, primary_key=True),
    Column("kind", Text),
    Column("target", Text),
    Column("notice", Text),
    Column("created_at", tables.Moment),
    Column("attempts", Integer),
)
_SQLITE = (
    (
        "CREATE TRIGGER outbox_journal_new AFTER INSERT ON outbox BEGIN INSERT INTO outbox_journal"
        " VALUES (NEW.key, NEW.kind, NEW.target, NEW.notice, NEW.created_at, 0); END"
    ),
    (
        "CREATE TRIGGER outbox_journal_try AFTER UPDATE OF attempts ON outbox BEGIN"
        " UPDATE outbox_journal SET attempts = NEW.attempts WHERE key = NEW.key; END"
    ),
)
_POSTGRES = (
    (
        "CREATE FUNCTION outbox_journal_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO outbox_journal"
        " VALUES (NEW.key, NEW.kind, NEW.target, NEW.notice, NEW.created_at, 0); RETURN NEW; END $$"
    ),
    "CREATE TRIGGER outbox_journal_new AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_journal_new()",
    (
        "CREATE FUNCTION outbox_journal_try() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE outbox_journal SET attempts = NEW.attempts WHERE key = NEW.key; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER outbox_journal_try AFTER UPDATE OF attempts ON outbox"
        " FOR EACH ROW EXECUTE FUNCTION outbox_journal_try()"
    ),
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit record that was no refusal; `target` is a member's id."""

    seq: int
    at: datetime
    action: str
    target: str
    space: str
    request: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Posted:
    """One row that was ever committed to the outbox."""

    key: str
    kind: str
    target: str
    notice: Mapping[str, Any]
    at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything at one moment. Rows by their id, or key."""

    organization: str
    broken: Sequence[str]
    entries: Sequence[Entry]
    members: Mapping[str, Row]
    credentials: Mapping[str, Row]
    recovery_codes: Mapping[str, int]
    grants: Sequence[Row]
    requests: Mapping[str, Row]
    votes: Sequence[Row]
    invitations: Mapping[str, Row]
    ties: Mapping[str, Row]
    cards: Mapping[tuple[str, str], str]
    deliveries: Mapping[str, Row]
    outbox: Sequence[Row]
    journal: Sequence[Posted]

    def role(self, member: str, *, now: datetime) -> str | None:
        """The organization role in force."""
        own = [one for one in self.grants if one["member_id"] == member and one["space_id"] == "" and _live(one, now)]
        over = next((one for one in own if one["ends_at"]), None)
        return (over or own[0])["what"] if own else None

    def outcome(self, delivery: str) -> Mapping[str, Any] | None:
        row = self.deliveries.get(delivery)
        return json.loads(row["outcome"]) if row else None

    def member_of(self, email: str) -> Row | None:
        return next((one for one in self.members.values() if one["email"] == email), None)


def _live(grant: Row, now: datetime) -> bool:
    return grant["ended_at"] is None and (grant["ends_at"] is None or grant["ends_at"] > now)


async def keep_journal(store: Store) -> None:
    async with store.writer.begin() as connection:
        await connection.run_sync(_JOURNAL.metadata.create_all)
        for statement in _SQLITE if store.sqlite else _POSTGRES:
            await connection.execute(text(statement))


async def read(url: str) -> Ledger:
    """Opens the database for itself and closes it again: a connection left open would keep SQLite from recovering."""
    store = Store(url)
    try:
        async with store.reading() as connection:
            return await _read(connection)
    finally:
        await store.close()


async def first_of_each_target(store: Store) -> list[Row]:
    """What waits in the outbox and for nothing before it; timers wait for nobody."""
    waiting = select(tables.outbox).where(tables.outbox.c.state == "waiting").order_by(tables.outbox.c.id)
    async with store.reading() as connection:
        rows = [dict(row) for row in (await connection.execute(waiting)).mappings()]
    timers = [row for row in rows if row["kind"] == "timer"]
    return [*timers, *{row["target"]: row for row in reversed(rows) if row["kind"] != "timer"}.values()]


async def _read(connection: AsyncConnection) -> Ledger:
    async def rows(table: Any) -> list[Row]:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]

    [organization] = [row["id"] for row in await rows(tables.organizations)]
    chains = [wrong for name in (organization, chain.INSTANCE) if (wrong := await chain.broken(connection, name))]
    codes = await rows(tables.recovery_codes)
    return Ledger(
        organization=organization,
        broken=chains,
        entries=[
            _entry(row)
            for row in sorted(await rows(tables.audit), key=lambda row: row["seq"])
            if row["chain"] == organization and not row["refused"]
        ],
        members={row["id"]: row for row in await rows(tables.members)},
        credentials={row["member_id"]: row for row in await rows(tables.credentials)},
        recovery_codes={one["member_id"]: sum(c["member_id"] == one["member_id"] for c in codes) for one in codes},
        grants=await rows(tables.grants),
        requests={row["id"]: row for row in await rows(tables.requests)},
        votes=await rows(tables.votes),
        invitations={row["id"]: row for row in await rows(tables.invitations)},
        ties={row["slack_user"]: row for row in await rows(tables.ties)},
        cards={(row["channel"], row["ts"]): row["request_id"] for row in await rows(tables.cards)},
        deliveries={row["id"]: row for row in await rows(tables.deliveries)},
        outbox=await rows(tables.outbox),
        journal=[_posted(row) for row in await rows(_JOURNAL)],
    )


def _entry(row: Row) -> Entry:
    return Entry(
        seq=row["seq"],
        at=row["at"],
        action=row["action"],
        target=row["target"].removeprefix("member:"),
        space=row["scope"].removeprefix("space:"),
        request=row["request"],
        details=json.loads(row["details"]),
    )


def _posted(row: Row) -> Posted:
    return Posted(
        key=row["key"],
        kind=row["kind"],
        target=row["target"],
        notice=json.loads(row["notice"]),
        at=row["created_at"],
        attempts=row["attempts"],
    )
