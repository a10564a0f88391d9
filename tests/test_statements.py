"""How many statements a command costs: through a thread or a network, each one is a wait.

BEGIN and COMMIT are not counted. The transaction is counted on the writer, everything read before it on the reader.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from handlers.commands import (
    Approve,
    Cancel,
    ChangeRole,
    Command,
    CopyLink,
    Deactivate,
    DeleteMember,
    Export,
    Filters,
    Invite,
    Person,
    RequestAccess,
    Resend,
    ResendSeveral,
    ResetFactor,
    ResetPassword,
    Revoke,
    RevokeSeveral,
)
from storage.records import new_id
from storage.store import Store
from storage.tables import cards, requests
from tests.people import Org, Somebody, closing, organization, told

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

# Who was active is written every three seconds, beside all commands.
BESIDE = ("UPDATE MEMBERS SET ACTIVE_AT",)
NO_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Counted:
    written: list[str] = field(default_factory=list[str])
    read: list[str] = field(default_factory=list[str])


@contextmanager
def counting(store: Store, *, beside: bool = False) -> Generator[Counted]:
    """On PostgreSQL both engines may be the same one; what stands in a transaction is told apart by its connection."""
    counted, left_out = Counted(), NO_STATEMENTS if beside else (*NO_STATEMENTS, *BESIDE)

    def into(kept: list[str]) -> Callable[..., None]:
        def heard(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if not statement.lstrip().upper().startswith(left_out):
                kept.append(statement)

        return heard

    engines = ((store.writer.sync_engine, into(counted.written)), (store.reader.sync_engine, into(counted.read)))
    for engine, heard in engines:
        event.listen(engine, "before_cursor_execute", heard)
    yield counted
    for engine, heard in engines:
        event.remove(engine, "before_cursor_execute", heard)


async def cast(acme: Org) -> tuple[Somebody, dict[str, tuple[Command, str, int]]]:
    """An admin, and for each simple change the command, how it ends, and the most statements it may take."""
    ada = await acme.member("admin")
    bob, cleo, dora = [await acme.member("member") for _ in range(3)]
    gus, eve = await acme.member("guest"), await acme.member("member", factor=True)
    finn = await acme.member("member", factor=True)
    names = ("one", "two", "three", "four", "five")
    one, two, three, four, five = [await acme.invitation(f"{name}@example.com") for name in names]
    await acme.member("admin")
    waiting = await dora.asks(RequestAccess("guest", "enough"))
    return ada, {
        "invite": (Invite(("new@example.com",), "member"), "invited", 8),
        "invite twenty": (Invite(tuple(f"x{n}@example.com" for n in range(20)), "member"), "invited", 8),
        "resend": (Resend(one), "invitation-changed", 8),
        "revoke": (Revoke(two), "invitation-changed", 8),
        "copy link": (CopyLink(three), "link-ready", 8),
        "raise": (ChangeRole(gus.person, "member"), "role-changed", 8),
        "lower": (ChangeRole(bob.person, "guest"), "role-changed", 8),
        "deactivate": (Deactivate(cleo.person), "status-changed", 8),
        "reset a password": (ResetPassword(eve.person), "credentials-reset", 8),
        # Besides the factor its recovery codes, links, sessions and approvals go; and who did the other reset is asked.
        "reset a second factor": (ResetFactor(finn.person), "credentials-reset", 10),
        "export": (Export(Filters("example", role="guest")), "exporting", 8),
        "ask to change a role": (ChangeRole(bob.person, "manager"), "waiting-approval", 8),
        "resend several": (ResendSeveral((four, five)), "invitations-changed", 10),
        "revoke several": (RevokeSeveral((four, five)), "invitations-changed", 10),
        "approve": (Approve(waiting), "approved", 14),
    }


async def test_a_simple_change_takes_few_statements(
    database_url: str, record_property: Callable[[str, object], None]
) -> None:
    acme = await organization(database_url)
    ada, commands = await cast(acme)
    for name, (command, ends, most) in commands.items():
        read = 1 if isinstance(command, Approve) else 0
        with counting(acme.usher.store) as counted:
            assert told([await ada.does(command)]) == [ends]
        record_property(name, f"{len(counted.written)} written, {len(counted.read)} read before")
        assert len(counted.written) <= most, "\n\n".join([name, *counted.written])
        assert len(counted.read) <= read, "\n\n".join([name, *counted.read])


async def test_a_look_takes_few_statements(database_url: str, record_property: Callable[[str, object], None]) -> None:
    acme = await organization(database_url)
    ada, _ = await cast(acme)
    queries, desk = acme.usher.queries, await ada.desk()
    [asked] = [row["id"] for row in await acme.rows(requests)]
    looks: dict[str, tuple[Callable[[], Awaitable[object]], int]] = {
        "desk": (ada.desk, 2),
        "access": (lambda: queries.access(desk), 2),
        "invitations": (lambda: queries.invitations(desk), 3),
        "undelivered": (lambda: queries.undelivered(desk), 3),
        # On PostgreSQL one more, to see which way is shorter.
        "people": (lambda: queries.people(desk, "a"), 2),
        "spaces": (lambda: queries.spaces(desk, "a"), 1),
        # What the card of a member shows, in three, and what is known besides.
        "check": (lambda: queries.check(desk, Person(id=desk.member.id if desk.member else "")), 4),
        # These three show requests with everybody in them; each asks for requests, votes, people and places by itself.
        "mine": (lambda: queries.mine(desk), 4),
        "card": (lambda: queries.card(asked), 4),
        "waiting": (lambda: queries.waiting(desk), 8),
    }
    for name, (look, most) in looks.items():
        with counting(acme.usher.store) as counted:
            assert await look() is not None
        record_property(name, len(counted.read))
        assert len(counted.read) <= most, "\n\n".join([name, *counted.read])


async def test_deleting_somebody_who_asked_for_much_costs_no_more_for_it(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss = await acme.member("admin", factor=True)
    costs: list[int] = []
    for many in (1, 40):
        bob = await acme.member()
        await asked_for(acme, bob, many)
        request = await boss.asks(DeleteMember(bob.person))
        with counting(acme.usher.store) as counted:
            assert told([await acme.founder.approves(request)]) == ["approved"]
        costs.append(len(counted.written))
    assert costs[0] == costs[1]


async def asked_for(acme: Org, one: Somebody, many: int) -> None:
    """So many requests of theirs that have ended, each with its card."""
    first = await one.asks(RequestAccess("manager", "please"))
    await one.does(Cancel(first))
    kept = await acme.request(first)
    ids = [first, *(new_id() for _ in range(many - 1))]
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        if ids[1:]:
            await tx.connection.execute(requests.insert(), [{**kept, "id": id_} for id_ in ids[1:]])
        await tx.connection.execute(cards.insert(), [{"channel": "C1", "ts": id_, "request_id": id_} for id_ in ids])
