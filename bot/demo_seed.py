"""Furnishes the demo's organization with the commands that people send, so that audit and outbox are as they would be.

It happens in the past of the demo, on a clock of its own: so it looks lived in, and no code that a phone shows at the
start is spent already.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Final, TypeVar

from pyotp.totp import TOTP

from bot.demo_cast import GRACE, KATHERINE, LINUS, MEMBERS, PENDING, SPACES, TEAM, parts
from bot.identity import Identity
from bot.playground import Person, PersonSpec, Playground
from bot.serving import CannotStart
from handlers.catalogue import Catalogue
from handlers.commands import (
    AcceptInSlack,
    Account,
    Actor,
    Approve,
    ChangeRole,
    Command,
    CreateSpace,
    Done,
    FinishSetup,
    Invite,
    IsSetUp,
    LinkReady,
    Minted,
    OpenSetup,
    Outcome,
    RequestAccess,
    SetUp,
    Waiting,
)
from handlers.commands import Person as Named
from handlers.house import Usher
from handlers.models import Desk

SINCE: Final = timedelta(days=2)
REST: Final = timedelta(minutes=40)
"""Between two acts: long enough that each one-time code is a new one."""
ASKED: Final = timedelta(minutes=12)

R = TypeVar("R")
Phones = Callable[[str, str], None]
"""Told the handle and the `otpauth:` link of everybody who sets up a second factor."""


class SeedClock:
    """Stands still within an act."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Seed:
    def __init__(
        self, usher: Usher, identity: Identity, playground: Playground, clock: SeedClock, phones: Phones
    ) -> None:
        self._usher = usher
        self._identity = identity
        self._playground = playground
        self._clock = clock
        self._phones = phones
        self._secrets: dict[str, str] = {}
        self._organization: str | None = None
        self._acts = count()

    async def furnish(self, catalogue: Catalogue) -> None:
        end, self._clock.now = self._clock.now, self._clock.now - SINCE
        play = parts(catalogue)
        founded = _result(await self._do("ada", SetUp(TEAM, "", "")), IsSetUp)
        await self._enrol("ada", founded.link)
        await self._welcome([GRACE], play.approver.id)
        await self._enrol("grace", _result(await self._do("grace", OpenSetup()), LinkReady).link)
        await self._welcome(MEMBERS, play.member.id)
        if catalogue.space:
            await self._open_spaces(next(iter(catalogue.space)))
        await self._do("ada", Invite((PENDING,), play.member.id))
        self._clock.now = end - ASKED
        asked = RequestAccess(play.asked.id, "I look after new colleagues while Grace travels.")
        await self._do(KATHERINE.name, asked)

    async def _welcome(self, newcomers: Sequence[PersonSpec], role: str) -> None:
        await self._do("ada", Invite(tuple(str(newcomer.email) for newcomer in newcomers), role))
        rows = (await self._usher.queries.invitations(await self._desk("ada"))).rows
        waiting = {row.member.email: row.id for row in rows if row.state == "pending"}
        for newcomer in newcomers:
            await self._do(newcomer.name, AcceptInSlack(waiting[str(newcomer.email)]))

    async def _open_spaces(self, role: str) -> None:
        for name in SPACES:
            await self._do("ada", CreateSpace(name))
        linus = Named(slack=self._playground.person(LINUS.name).id)
        await self._do("ada", ChangeRole(linus, role, space=SPACES[0], reason="Linus built it."))

    async def _enrol(self, handle: str, link: Minted) -> None:
        """Password and second factor, as the page behind the link sets them."""
        token = self._usher.enrolments.path(link).rpartition("/")[2]
        page = await self._usher.queries.link_page("setup", token)
        if page is None:
            raise LookupError("The set-up link is dead.")
        offer = self._usher.enrolments.offer(page, token)
        self._secrets[handle] = offer.secret
        prepared = await self._usher.enrolments.prepare(
            token,
            purpose="setup",
            name=None,
            password=secrets.token_urlsafe(16),
            offer=offer.sealed,
            code=self._code(handle),
            skip_factor=False,
        )
        by = Actor(via="link", link=token, delivery=self._delivery())
        _demand(await self._usher.gate.perform(FinishSetup(prepared.sealed), by=by))
        self._phones(handle, offer.uri)
        self._clock.now += REST

    # ---- one act of one person

    async def _do(self, handle: str, command: Command) -> Outcome:
        """What needs only the asker's own code gets it: nobody else is there yet who could approve."""
        outcome = await self._act(handle, command)
        if isinstance(outcome, Waiting) and outcome.on == "code":
            outcome = await self._act(handle, Approve(outcome.request), code=self._code(handle))
        _demand(outcome)
        self._clock.now += REST
        return outcome

    async def _act(self, handle: str, command: Command, *, code: str | None = None) -> Outcome:
        account = self._account(handle)
        # What Slack says of an account is good for an hour, and more than that may have passed.
        await self._identity.refresh(account, self._playground.world.team.id)
        self._organization = self._organization or await self._found()
        by = Actor(
            via="slack",
            account=account,
            organization=self._organization,
            delivery=self._delivery(),
            code=code,
            channel=self._general(),
        )
        return await self._usher.gate.perform(command, by=by)

    async def _found(self) -> str | None:
        desk = await self._desk("ada")
        return desk.organization.id if desk.organization else None

    async def _desk(self, handle: str) -> Desk:
        return await self._usher.queries.desk(self._account(handle), self._playground.world.team.id)

    def _account(self, handle: str) -> Account:
        person: Person = self._playground.person(handle)
        return Account(self._playground.world.team.id, person.id)

    def _general(self) -> str:
        general = self._playground.world.channel_named("general")
        return general.id if general else ""

    def _code(self, handle: str) -> str:
        return TOTP(self._secrets[handle]).at(self._clock())

    def _delivery(self) -> str:
        return f"demo:{next(self._acts)}"


def _demand(outcome: Outcome) -> None:
    if not isinstance(outcome, Done | Waiting):
        raise CannotStart(
            f"The demo can't play with this catalogue ({outcome.code}). Start it without people: usher demo --empty"
        )


def _result(outcome: Outcome, kind: type[R]) -> R:
    if not (isinstance(outcome, Done) and isinstance(outcome.result, kind)):
        raise TypeError(f"The demo expected {kind.__name__}.")
    return outcome.result
