"""Organizations and people for tests, made by the gate's own commands on a clock that tests move.

`acme = await organization(database_url)`, `ada = await acme.member("admin", factor=True)`,
`await ada.does(Deactivate(bob.person))`, `await grace.approves(request)`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Literal, Self, TypeVar

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from pyotp.totp import TOTP
from sqlalchemy import Table, make_url, select

from handlers import passwords
from handlers.commands import (
    SYSTEM,
    AcceptInSlack,
    AcceptOnWeb,
    Account,
    Actor,
    Approve,
    CardPlace,
    Command,
    CreateSpace,
    Done,
    FinishSetup,
    Invite,
    Invited,
    IsSetUp,
    LinkReady,
    Minted,
    NoteAccount,
    OpenSetup,
    Outcome,
    Person,
    Refused,
    SetUp,
    SpaceChanged,
    Waiting,
)
from handlers.house import Usher, open_usher
from handlers.models import Desk
from handlers.notices import NOTICES, Notice
from handlers.proof import Prepared
from storage.chain import INSTANCE, broken
from storage.tables import audit, invitations, metadata, outbox, requests

KEYS = (b"k" * 32,)
PASSWORD = "correct horse battery staple"
STEP = 30  # seconds that a one-time code lasts (RFC 6238)
NAMES = ("Ada", "Bob", "Cleo", "Dora", "Eve", "Finn", "Gil", "Hana", "Ivo", "Jun", "Kim", "Lea", "Max", "Nora", "Olaf")

R = TypeVar("R")
_open: list[Usher] = []


@pytest_asyncio.fixture
async def closing(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
    """Close every Usher that the test opened. Hashes are the same with their lightest settings: no test here is about
    how dear a guess is, and every one makes people."""
    monkeypatch.setattr(passwords, "RECOVERY_COST", 2)
    monkeypatch.setattr(passwords, "PasswordHasher", _light_hasher)
    yield
    await close_all()


async def close_all() -> None:
    while _open:
        await _open.pop().close()


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)

    def next_step(self) -> None:
        """To where every authenticator shows a new code."""
        self.now += timedelta(seconds=STEP - self.now.timestamp() % STEP)


def _light_hasher(**settings: int) -> PasswordHasher:
    del settings
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _nothing(point: str) -> None:
    del point


async def opened(
    database_url: str,
    clock: Callable[[], datetime],
    *,
    catalogue: str = "default",
    mail: bool = True,
    reached: Callable[[str], None] | None = None,
    keys: Sequence[bytes] = KEYS,
) -> Usher:
    usher = await open_usher(
        database_url=database_url, keys=keys, clock=clock, catalogue=catalogue, mail=mail, reached=reached or _nothing
    )
    _open.append(usher)
    return usher


async def organization(
    database_url: str,
    *,
    catalogue: str = "default",
    factor: bool = False,
    mail: bool = True,
    workspace: str = "T0ACME",
    beside: Org | None = None,
    clock: Clock | None = None,
) -> Org:
    """A fresh organization with its founder; ``beside``: in the same Usher as another one."""
    clock = beside.clock if beside else clock or Clock()
    usher = beside.usher if beside else await opened(database_url, clock, catalogue=catalogue, mail=mail)
    org = Org(usher, clock, database_url, workspace, catalogue)
    founder = await org.stranger("Root", email=f"root@{workspace.lower()}.example", workspace_admin=True)
    made = result(await founder.does(SetUp("Acme", "" if "/" in catalogue else catalogue, "")), IsSetUp)
    desk = await founder.desk()
    assert desk.organization
    assert desk.member
    org = replace(org, id=desk.organization.id)
    founder = replace(founder, org=org, id=desk.member.id)
    if factor:
        founder = await founder.enrols(org.token(made.link))
    return replace(org, first=founder)


_numbers = count(1)
_people: defaultdict[str, Iterator[int]] = defaultdict(partial(count, 1))
"""By database: a test meets the same people under the same names whatever ran before it."""


@dataclass(frozen=True, slots=True)
class Org:
    """``id`` is empty until it is set up."""

    usher: Usher
    clock: Clock
    database_url: str
    workspace: str
    catalogue: str
    id: str = ""
    first: Somebody | None = None

    @property
    def founder(self) -> Somebody:
        """Holds the highest role."""
        assert self.first
        return replace(self.first, org=self)

    # People -----------------------------------------------------------------------------------------------------------

    async def stranger(self, name: str = "", *, email: str | None = None, **said: bool) -> Somebody:
        """A Slack account that is tied to nobody; ``said`` is what else Slack says of it."""
        number = next(_people[self.database_url])
        name = name or NAMES[number % len(NAMES)]
        email = email or f"{name.lower()}.{number}@{self.workspace.lower()}.example"
        somebody = Somebody(self, Account(self.workspace, f"U{number:05}"), name, email)
        await somebody.slack_says(**said)
        return somebody

    async def member(
        self,
        role: str = "member",
        *,
        name: str = "",
        factor: bool = False,
        space: str | None = None,
        email: str | None = None,
    ) -> Somebody:
        """Invited by the operator, and in by the button in Slack."""
        somebody = await self.stranger(name, email=email)
        invitation = await self.invitation(somebody.email, role, space=space)
        return await self.joined(somebody, invitation, factor=factor)

    async def joined(self, somebody: Somebody, invitation: str, *, factor: bool = False) -> Somebody:
        assert isinstance(await somebody.does(AcceptInSlack(invitation)), Done)
        somebody = replace(somebody, id=await self.member_of(invitation))
        return await somebody.enrolled() if factor else somebody

    async def webmember(self, role: str = "member", *, email: str = "", factor: bool = False) -> Somebody:
        """In by the page, tied to no Slack account; acts by nothing but links."""
        email = email or f"web{next(_people[self.database_url])}@{self.workspace.lower()}.example"
        invitation = await self.invitation(email, role)
        prepared, secret = await self.prepared(self.token_of(await self.row(invitation)), factor=factor)
        outcome = await self.accepts(self.token_of(await self.row(invitation)), prepared)
        assert isinstance(outcome, Done), outcome
        return Somebody(self, Account("", ""), "Web", email, await self.member_of(invitation), secret)

    # Invitations ------------------------------------------------------------------------------------------------------

    async def invitation(
        self, email: str, role: str = "member", *, space: str | None = None, by: Somebody | None = None
    ) -> str:
        """The id of a new invitation; by the operator, who waits for nobody, unless told otherwise."""
        command = Invite((email,), role, space=space)
        outcome = await (by.does(command) if by else self.operator(command))
        member = result(outcome, Invited).people[0].id
        rows = [row for row in await self.rows(invitations) if row["member_id"] == member]
        return next(row["id"] for row in rows if row["state"] == "pending")

    async def row(self, invitation: str) -> dict[str, Any]:
        return next(row for row in await self.rows(invitations) if row["id"] == invitation)

    async def member_of(self, invitation: str) -> str:
        return (await self.row(invitation))["member_id"]

    def token(self, minted: Minted) -> str:
        return self.usher.enrolments.path(minted).rpartition("/")[2]

    def token_of(self, invitation: dict[str, Any]) -> str:
        return self.token(Minted("invitation", invitation["id"], invitation["version"]))

    async def link(self, invitation: str) -> str:
        """The token that the mail of an invitation leads to now."""
        return self.token_of(await self.row(invitation))

    async def prepared(
        self,
        token: str,
        *,
        factor: bool = False,
        name: str | None = "Webber",
        purpose: Literal["invitation", "setup"] = "invitation",
        password: str = PASSWORD,
    ) -> tuple[Prepared, str | None]:
        """What the page of a link comes to before its last button, with the secret of the second factor."""
        page = await self.usher.queries.link_page(purpose, token)
        assert page is not None, "the link is dead"
        offer = self.usher.enrolments.offer(page, token)
        code = TOTP(offer.secret).at(self.clock()) if factor else None
        prepared = await self.usher.enrolments.prepare(
            token,
            purpose=purpose,
            name=name if purpose == "invitation" else None,
            password=password,
            offer=offer.sealed,
            code=code,
            skip_factor=not factor,
        )
        return prepared, offer.secret if factor else None

    async def accepts(self, token: str, prepared: Prepared, *, delivery: str | None = None) -> Outcome:
        return await self.usher.gate.perform(AcceptOnWeb(prepared.sealed), by=by_link(token, delivery))

    # Others who act ---------------------------------------------------------------------------------------------------

    async def operator(self, command: Command) -> Outcome:
        return await self.usher.gate.perform(command, by=Actor(via="operator", organization=self.id))

    async def makes_spaces(self, *names: str) -> None:
        """Owned by nobody yet."""
        for name in names:
            result(await self.operator(CreateSpace(name)), SpaceChanged)

    async def system(self, command: Command) -> Outcome:
        return await self.usher.gate.perform(command, by=SYSTEM)

    async def fires_timers(self) -> list[Outcome]:
        """Perform what timers have fallen due, as delivery does."""
        due = [row for row in await self.rows(outbox) if row["kind"] == "timer" and row["due_at"] <= self.clock()]
        notices: list[Any] = [NOTICES.validate_json(row["notice"]) for row in due]
        return [await self.system(notice.command) for notice in notices]

    async def replica(self, *, reached: Callable[[str], None] | None = None) -> Org:
        """Another Usher on the same database."""
        usher = await opened(self.database_url, self.clock, catalogue=self.catalogue, reached=reached)
        return replace(self, usher=usher)

    # Looking ----------------------------------------------------------------------------------------------------------

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        async with self.usher.store.reading() as connection:
            found = await connection.execute(select(table))
            return [dict(row) for row in found.mappings().all()]

    async def request(self, request: str) -> dict[str, Any]:
        return next(row for row in await self.rows(requests) if row["id"] == request)

    async def state(self, request: str) -> str:
        return (await self.request(request))["state"]

    async def notices(self) -> list[Notice]:
        """Everything in the outbox, oldest first."""
        return [NOTICES.validate_json(row["notice"]) for row in sorted(await self.rows(outbox), key=lambda r: r["id"])]

    async def audited(self, action: str = "", *, refused: bool = False) -> list[dict[str, Any]]:
        """The records of this organization, oldest first."""
        found = [row for row in await self.rows(audit) if row["chain"] == self.id and row["refused"] is refused]
        return sorted((row for row in found if action in ("", row["action"])), key=lambda row: row["seq"])

    async def chain_is_broken(self) -> str | None:
        async with self.usher.store.reading() as connection:
            return await broken(connection, self.id) or await broken(connection, INSTANCE)

    async def dump(self) -> str:
        """Every cell of every table as text."""
        rows = [row for table in metadata.sorted_tables for row in await self.rows(table)]
        return "\n".join(str(cell) for row in rows for cell in row.values())


@dataclass(frozen=True, slots=True)
class Somebody:
    """A Slack account, and the member it is tied to if there is one. ``secret`` lies in their authenticator."""

    org: Org
    account: Account
    name: str
    email: str
    id: str = ""
    secret: str | None = field(default=None, repr=False)

    @property
    def person(self) -> Person:
        return Person(id=self.id)

    @property
    def code(self) -> str:
        """What the authenticator shows now."""
        assert self.secret
        return TOTP(self.secret).at(self.org.clock())

    def actor(self, **more: Any) -> Actor:
        return Actor(via="slack", account=self.account, organization=self.org.id if self.id else None, **more)

    def at(self, org: Org) -> Somebody:
        """The same person before another replica."""
        return replace(self, org=org)

    async def does(
        self,
        command: Command,
        *,
        code: str | None = None,
        delivery: str | None = None,
        card: CardPlace | None = None,
        channel: str | None = None,
    ) -> Outcome:
        delivery = delivery or f"delivery-{next(_numbers)}"
        by = self.actor(code=code, delivery=delivery, card=card, channel=channel)
        return await self.org.usher.gate.perform(command, by=by)

    async def asks(self, command: Command) -> str:
        """The id of the request that the command waits as."""
        return waits(await self.does(command))

    async def approves(self, request: str, **more: Any) -> Outcome:
        """With a fresh code if they have a second factor."""
        if self.secret is None:
            return await self.does(Approve(request), **more)
        self.org.clock.next_step()
        return await self.does(Approve(request), code=self.code, **more)

    async def desk(self) -> Desk:
        return await self.org.usher.queries.desk(self.account, self.org.workspace)

    async def enrolled(self) -> Somebody:
        """With a password and a second factor, by the link of `/access me`."""
        return await self.enrols(self.org.token(await self.opens_setup()))

    async def opens_setup(self) -> Minted:
        return result(await self.does(OpenSetup()), LinkReady).link

    async def enrols(self, token: str) -> Somebody:
        prepared, secret = await self.org.prepared(token, factor=True, purpose="setup")
        outcome = await self.org.usher.gate.perform(FinishSetup(prepared.sealed), by=by_link(token))
        assert isinstance(outcome, Done), outcome
        return replace(self, secret=secret)

    async def slack_says(self, **said: Any) -> None:
        """What Slack says of the account from now on; a full account of this workspace unless told otherwise."""
        note = NoteAccount(
            account=self.account,
            workspace=self.org.workspace,
            name=self.name,
            email=self.email,
            timezone="UTC",
            deleted=False,
            guest=False,
            bot=False,
            stranger=False,
            workspace_admin=False,
        )
        note = replace(note, **said)
        assert isinstance(await self.org.usher.gate.perform(note, by=SYSTEM), Done)


def by_link(token: str, delivery: str | None = None) -> Actor:
    return Actor(via="link", link=token, delivery=delivery or f"form-{next(_numbers)}")


# Outcomes -------------------------------------------------------------------------------------------------------------


def result(outcome: Outcome, kind: type[R]) -> R:
    assert isinstance(outcome, Done), outcome
    assert isinstance(outcome.result, kind), outcome
    return outcome.result


def waits(outcome: Outcome) -> str:
    assert isinstance(outcome, Waiting), outcome
    return outcome.request


def why(outcome: Outcome) -> str:
    """The code of a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """Each as one word, sorted: the code of a refusal, or the kind of result."""
    return sorted(_word(outcome) for outcome in outcomes)


def _word(outcome: Outcome) -> str:
    match outcome:
        case Done(result=what):
            return what.kind
        case Waiting(on=on):
            return f"waiting-{on}"
        case Refused(code=code):
            return code


async def at_once(*acts: Callable[[], Awaitable[Outcome]]) -> list[Outcome]:
    """All at once. Who hears *busy* on a slow machine tries again, as people do; nothing has happened until then."""
    outcomes = list(await asyncio.gather(*(act() for act in acts)))
    for place, act in enumerate(acts):
        while isinstance(found := outcomes[place], Refused) and found.code == "busy":
            outcomes[place] = await act()
    return outcomes


class Blocker:
    """Holds what a command of the organization has to wait for: on SQLite, from `point` on, the file's one writer; on
    PostgreSQL, all the while, the organization's row."""

    def __init__(self, org: Org, point: str = "code-spent") -> None:
        self._org = org
        self._point = point
        self._sqlite: sqlite3.Connection | None = None
        self._stack = AsyncExitStack()

    def reached(self, point: str) -> None:
        if point == self._point:
            self.take_file()

    def take_file(self) -> None:
        if self._org.usher.store.sqlite and self._sqlite is None:
            self._sqlite = sqlite3.connect(make_url(self._org.database_url).database or "", isolation_level=None)
            self._sqlite.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        if self._sqlite is not None:
            self._sqlite.close()
            self._sqlite = None

    async def __aenter__(self) -> Self:
        store = self._org.usher.store
        if not store.sqlite:
            await self._stack.enter_async_context(store.transaction(self._org.id, at=self._org.clock()))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let_go()
        await self._stack.aclose()
