"""An organization with its first super admin, made by the commands that people send, and its pages on a socket."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web
from pyotp.totp import TOTP

from bot.web.app import runner, web_app
from handlers.commands import (
    SYSTEM,
    Account,
    Actor,
    Approve,
    Approved,
    ChangeRole,
    Command,
    CopyLink,
    CredentialsSet,
    Deactivate,
    Done,
    FinishSetup,
    Invite,
    Invited,
    IsSetUp,
    LinkReady,
    NoteAccount,
    Noted,
    Outcome,
    Person,
    Refused,
    Resend,
    Revoke,
    SetUp,
    Waiting,
)
from handlers.house import Usher
from tests.running import Clock
from tests.web.browsing import Browser

WORKSPACE = "T0SPACE"
ROOT = Account(WORKSPACE, "U0ROOT")
PUBLIC = "http://usher.example.org"

R = TypeVar("R")


ON_BOTH = pytest.mark.parametrize("world_url", ["sqlite", "postgres"], indirect=True)


@dataclass(frozen=True, slots=True)
class World:
    usher: Usher
    clock: Clock
    organization: str
    setup_path: str
    deliveries: "count[int]"
    keys: list[str] = field(default_factory=list[str], repr=False)

    async def perform(self, command: Command, *, code: str | None = None) -> Outcome:
        await see(self.usher, ROOT)
        delivery = f"test-{next(self.deliveries)}"
        by = Actor(via="slack", account=ROOT, organization=self.organization, delivery=delivery, code=code)
        return await insist(self.usher, command, by=by)

    async def invite(self, email: str = "ada@example.org", role: str = "member", name: str | None = None) -> str:
        """The invitation's id."""
        outcome = await self.perform(Invite((email,), role, name=name))
        if isinstance(outcome, Waiting):
            done(await self.perform(Approve(outcome.request), code=self.code()), Approved)
        else:
            done(outcome, Invited)
        desk = await self.usher.queries.desk(ROOT, WORKSPACE)
        rows = (await self.usher.queries.invitations(desk)).rows
        return next(row.id for row in rows if row.member.email == email and row.state == "pending")

    async def enrol(self) -> None:
        """The super admin sets a password and a second factor, so that they can invite who will manage members."""
        token = self.setup_path.rpartition("/")[2]
        page = await self.usher.queries.link_page("setup", token)
        assert page
        offer = self.usher.enrolments.offer(page, token)
        self.keys.append(offer.secret)
        prepared = await self.usher.enrolments.prepare(
            token,
            purpose="setup",
            name=None,
            password="plum bicycle harbour 41",
            offer=offer.sealed,
            code=self.code(),
            skip_factor=False,
        )
        by = Actor(via="link", link=token, delivery=f"test-{next(self.deliveries)}")
        done(await insist(self.usher, FinishSetup(prepared.sealed), by=by), CredentialsSet)
        self.clock.pass_by(seconds=30)

    def code(self) -> str:
        """What the super admin's authenticator shows."""
        return TOTP(self.keys[-1]).at(self.clock())

    async def link(self, invitation: str) -> str:
        """Where Copy invite link leads."""
        ready = done(await self.perform(CopyLink(invitation)), LinkReady)
        return self.usher.enrolments.path(ready.link)

    async def invited(self, email: str = "ada@example.org", role: str = "member", name: str | None = None) -> str:
        """The path of a living link."""
        return await self.link(await self.invite(email, role, name))

    async def revoke(self, invitation: str) -> None:
        assert isinstance(await self.perform(Revoke(invitation)), Done)

    async def resend(self, invitation: str) -> None:
        assert isinstance(await self.perform(Resend(invitation)), Done)

    async def deactivate(self, email: str) -> None:
        assert isinstance(await self.perform(Deactivate(Person(email=email))), Done)

    async def holds(self, email: str, role: str) -> bool:
        outcome = await self.perform(ChangeRole(Person(email=email), role))
        return isinstance(outcome, Refused) and outcome.code == "same-role"

    async def status(self, email: str) -> str:
        desk = await self.usher.queries.desk(ROOT, WORKSPACE)
        for status in ("invited", "active", "deactivated"):
            if await self.usher.queries.people(desk, email, status=status):
                return status
        return "unknown"


async def insist(usher: Usher, command: Command, *, by: Actor) -> Outcome:
    """Asks again for as long as the answer is that Usher is busy: the machine that runs the tests may be."""
    outcome = await usher.gate.perform(command, by=by)
    while isinstance(outcome, Refused) and outcome.code == "busy":
        outcome = await usher.gate.perform(command, by=by)
    return outcome


def done(outcome: Outcome, kind: type[R]) -> R:
    assert isinstance(outcome, Done), outcome
    assert isinstance(outcome.result, kind), outcome
    return outcome.result


async def see(usher: Usher, account: Account, *, email: str = "root@example.org") -> None:
    note = NoteAccount(
        account=account,
        workspace=WORKSPACE,
        name="Root",
        email=email,
        timezone="UTC",
        deleted=False,
        guest=False,
        bot=False,
        stranger=False,
        workspace_admin=True,
    )
    done(await insist(usher, note, by=SYSTEM), Noted)


async def settle(usher: Usher, clock: Clock, *, catalogue: str = "default", plan: str = "starship") -> World:
    await see(usher, ROOT)
    by = Actor(via="slack", account=ROOT, delivery="test-setup")
    made = done(await insist(usher, SetUp("Example Corp", catalogue, plan), by=by), IsSetUp)
    desk = await usher.queries.desk(ROOT, WORKSPACE)
    assert desk.organization
    return World(usher, clock, desk.organization.id, usher.enrolments.path(made.link), count())


@asynccontextmanager
async def served(app: web.Application, *, public_url: str = PUBLIC) -> AsyncGenerator[str]:
    """The address of the pages on a real socket, behind the same runner as in production."""
    running = runner(app, public_url=public_url)
    await running.setup()
    site = web.TCPSite(running, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{running.addresses[0][1]}"
    finally:
        await running.cleanup()


@asynccontextmanager
async def browsing(usher: Usher, *, public_url: str = PUBLIC) -> AsyncGenerator[Browser]:
    async with (
        served(web_app(usher, public_url=public_url, slack=None), public_url=public_url) as address,
        aiohttp.ClientSession(address) as session,
    ):
        yield Browser(session, address)
