"""The doors in Slack, with the same verbs: whoever tests a flow says what, and every door that has it does it.

Each verb takes who acts and the flow's words, and gives back what they then read.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from pyotp.totp import TOTP

from bot.playground import Answer, Person
from bot.playground.model import Submission
from handlers.commands import (
    AcceptInSlack,
    Actor,
    Approve,
    ChangeRole,
    Done,
    FinishSetup,
    Invite,
    IsSetUp,
    LinkReady,
    Minted,
    NoteAccount,
    OpenSetup,
    SetUp,
    Waiting,
)
from handlers.commands import Person as Someone
from handlers.models import Desk
from handlers.proof import RECOVERY_CODES
from tests.running import Clock, Running, running_usher
from tests.web.browsing import Browser, code_for


@dataclass(frozen=True, slots=True)
class Cast:
    """The roles that a catalogue gives the same parts to."""

    top: str
    managing: str
    plain: str
    other: str  # what a plain member can be made without anybody's approval; the same as plain where there is none


CASTS = {
    "default": Cast("super_admin", "admin", "member", "guest"),
    "imaging": Cast("super_admin", "admin", "member", "guest"),
    "automation": Cast("root", "manager", "user", "viewer"),
    "mondoo": Cast("owner", "editor", "viewer", "viewer"),
}
PATIENCE = 10.0  # seconds that somebody waits for an answer, on a machine that has other things to do
MEMBERS = {"grace": "managing", "linus": "plain", "mei": "plain"}


@dataclass(slots=True)
class Team:
    """An organization with ada at the top, grace who manages, linus and mei who do not; ada and grace have phones."""

    bot: Running
    cast: Cast
    phones: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def __getattr__(self, name: str) -> Person:
        person = self.bot.person(name)
        person.patience = PATIENCE
        return person

    def by(self, name: str) -> Actor:
        return Actor(via="slack", account=self.bot.account(name))

    def code(self, name: str) -> str:
        """What the phone shows; time goes on before, for a code serves once."""
        self.bot.clock.pass_by(seconds=30)
        return TOTP(self.phones[name]).at(self.bot.clock())

    async def desk(self, name: str) -> Desk:
        return await self.bot.usher.queries.desk(self.bot.account(name), self.bot.playground.world.team.id)

    async def role(self, name: str) -> str | None:
        return (await self.desk(name)).role

    async def status(self, name: str) -> str | None:
        return (await self.desk(name)).status

    async def enrol(self, name: str, minted: Minted) -> None:
        """Password and second factor, as the page behind the link sets them."""
        usher = self.bot.usher
        token = usher.enrolments.path(minted).rpartition("/")[2]
        page = await usher.queries.link_page("setup", token)
        assert page
        offer = usher.enrolments.offer(page, token)
        self.phones[name] = offer.secret
        prepared = await usher.enrolments.prepare(
            token,
            purpose="setup",
            name=None,
            password="a long enough phrase, truly",
            offer=offer.sealed,
            code=self.code(name),
            skip_factor=False,
        )
        outcome = await usher.gate.perform(FinishSetup(prepared.sealed), by=Actor(via="link", link=token))
        assert isinstance(outcome, Done), outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes with a database in which a team was settled once, to be copied for every test."""

    phones: dict[str, str] = field(repr=False)
    now: datetime


async def settle_team(database_url: str, catalogue: str = "default") -> Kept:
    """Put the people in place, everything through the gate's own commands."""
    async with running_usher(database_url=database_url, catalogue=catalogue) as bot:
        found = Team(bot, CASTS[catalogue])
        for name in ("ada", *MEMBERS, "gus", "olga"):
            await _known(bot, name)
        outcome = await bot.usher.gate.perform(SetUp("Acme", catalogue, ""), by=found.by("ada"))
        assert isinstance(outcome, Done), outcome
        assert isinstance(outcome.result, IsSetUp)
        await found.enrol("ada", outcome.result.link)
        for name in MEMBERS:
            await _join(found, name)
        await _raise(found, "grace")
        await bot.settle()
        return Kept(found.phones, bot.clock.now)


@asynccontextmanager
async def team(database_url: str, kept: Kept, catalogue: str = "default") -> AsyncGenerator[Team]:
    """The whole bot on a database in which a team was settled."""
    clock = Clock(kept.now)
    async with running_usher(database_url=database_url, catalogue=catalogue, clock=clock) as bot:
        yield Team(bot, CASTS[catalogue], dict(kept.phones))


async def _known(bot: Running, name: str) -> None:
    user = bot.person(name).user
    ours = user.team_id == bot.playground.world.team.id
    note = NoteAccount(
        account=bot.account(name),
        workspace=bot.playground.world.team.id,
        name=user.real_name,
        email=user.email,
        timezone=user.tz,
        deleted=False,
        guest=user.is_restricted,
        bot=False,
        stranger=not ours,
        workspace_admin=user.is_owner,
    )
    assert isinstance(await bot.usher.gate.perform(note, by=Actor(via="system")), Done)


async def _join(team_: Team, name: str) -> None:
    usher, email = team_.bot.usher, team_.bot.person(name).user.email or ""
    assert isinstance(await usher.gate.perform(Invite((email,), team_.cast.plain), by=team_.by("ada")), Done)
    rows = (await usher.queries.invitations(await team_.desk("ada"))).rows
    accepted = AcceptInSlack(next(row.id for row in rows if row.member.email == email))
    assert isinstance(await usher.gate.perform(accepted, by=team_.by(name)), Done)


async def _raise(team_: Team, name: str) -> None:
    """Nobody else may approve yet, so ada's own code does."""
    gate, email = team_.bot.usher.gate, team_.bot.person(name).user.email
    waiting = await gate.perform(ChangeRole(Someone(email=email), team_.cast.managing), by=team_.by("ada"))
    assert isinstance(waiting, Waiting), waiting
    account, code = team_.bot.account("ada"), team_.code("ada")
    by = Actor(via="slack", account=account, code=code, delivery=f"raise/{name}")
    assert isinstance(await gate.perform(Approve(waiting.request), by=by), Done)
    made = await gate.perform(OpenSetup(), by=team_.by(name))
    assert isinstance(made, Done)
    assert isinstance(made.result, LinkReady)
    await team_.enrol(name, made.result.link)


# What somebody reads --------------------------------------------------------------------------------------------------


def read(answer: Answer | Submission, person: Person) -> str:
    """The words of an answer: a message, a form's last page, or what the form complains about."""
    if isinstance(answer, Submission):
        if answer.errors:
            return "; ".join(answer.errors.values())
        return answer.view.words if answer.view else "closed"
    if answer.view is not None:
        return answer.view.words
    return answer.words or (person.modal.words if person.modal else "")


def in_select(target: Person) -> str:
    """How a select of people shows somebody."""
    return f"{target.user.real_name} ({target.user.email})"


class NotOfferedError(AssertionError):
    """The door does not show this person the button or form at all."""


async def _press(person: Person, label: str, value: str | None = None) -> Answer:
    home = await person.open_home()
    if home is None or label not in {control.label for control in home.controls}:
        raise NotOfferedError(label)
    return await person.press(label, on=home, value=value)


async def _filled(who: Person, opened: Answer, **values: Any) -> str:
    """Fill the form that should have opened; whoever is refused reads why instead."""
    form = opened.view or who.modal
    if form is None or not form.submit:
        words = read(opened, who)
        await who.close()
        return words
    chosen: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    return read(await who.submit(**chosen), who)


Verb = Callable[..., Awaitable[str]]
Doors = dict[str, Verb]


# Inviting -------------------------------------------------------------------------------------------------------------


async def invite_by_slash(person: Person, *, emails: str, role: str) -> str:
    return read(await person.type(f"/usher invite {emails} as {role}"), person)


async def reviewed(person: Person, opened: Answer, *, emails: str, role: str) -> str:
    """Several are shown before they are invited; the page that shows them is sent as it stands."""
    words = await _filled(person, opened, emails=emails, role=role)
    return read(await person.submit(), person) if "Nothing is sent yet." in words else words


async def invite_by_form(person: Person, *, emails: str, role: str) -> str:
    return await reviewed(person, await person.type("/usher invite"), emails=emails, role=role)


async def invite_from_home(person: Person, *, emails: str, role: str) -> str:
    return await reviewed(person, await _press(person, "Invite people"), emails=emails, role=role)


async def invite_by_shortcut(person: Person, *, emails: str, role: str) -> str:
    return await reviewed(person, await person.shortcut("invite_people"), emails=emails, role=role)


INVITE: Doors = {
    "slash": invite_by_slash,
    "form": invite_by_form,
    "home": invite_from_home,
    "shortcut": invite_by_shortcut,
}

# Changing a role ------------------------------------------------------------------------------------------------------


async def change_by_slash(person: Person, *, target: Person, role: str, lasts: str | None = None) -> str:
    for_while = f" for {lasts}" if lasts else ""
    return read(await person.type(f"/usher role @{target.user.name} {role}{for_while}"), person)


async def change_by_form(person: Person, *, target: Person, role: str, lasts: str | None = None) -> str:
    opened = await person.type("/usher role")
    return await _filled(person, opened, person=in_select(target), role=role, lasts=lasts)


async def change_from_home(person: Person, *, target: Person, role: str, lasts: str | None = None) -> str:
    opened = await _press(person, "Change role")
    return await _filled(person, opened, person=in_select(target), role=role, lasts=lasts)


async def change_for_an_author(person: Person, *, target: Person, role: str, lasts: str | None = None) -> str:
    message = await target.post("general", "I cannot open the report")
    opened = await person.shortcut("give_author_access", message=message)
    return await _filled(person, opened, role=role, lasts=lasts)


CHANGE_ROLE: Doors = {
    "slash": change_by_slash,
    "form": change_by_form,
    "home": change_from_home,
    "author": change_for_an_author,
}

# Deactivating and reactivating ----------------------------------------------------------------------------------------


def _ends(verb: str, label: str) -> Doors:
    async def by_slash(person: Person, *, target: Person, reason: str = "") -> str:
        because = f" because {reason}" if reason else ""
        return read(await person.type(f"/usher {verb} {target.user.email}{because}"), person)

    async def by_form(person: Person, *, target: Person, reason: str = "") -> str:
        opened = await person.type(f"/usher {verb}")
        return await _filled(person, opened, person=in_select(target), reason=reason or None)

    async def from_home(person: Person, *, target: Person, reason: str = "") -> str:
        opened = await _press(person, label)
        return await _filled(person, opened, person=in_select(target), reason=reason or None)

    return {"slash": by_slash, "form": by_form, "home": from_home}


DEACTIVATE = _ends("deactivate", "Deactivate")
REACTIVATE = _ends("reactivate", "Reactivate")

# Asking for access ----------------------------------------------------------------------------------------------------


async def ask_by_slash(person: Person, *, role: str, reason: str) -> str:
    return read(await person.type(f"/access request {role} because {reason}"), person)


async def ask_by_form(person: Person, *, role: str, reason: str) -> str:
    return await _filled(person, await person.type("/access request"), role=role, reason=reason or None)


async def ask_from_home(person: Person, *, role: str, reason: str) -> str:
    return await _filled(person, await _press(person, "Request access"), role=role, reason=reason or None)


async def ask_by_shortcut(person: Person, *, role: str, reason: str) -> str:
    return await _filled(person, await person.shortcut("request_access"), role=role, reason=reason or None)


REQUEST: Doors = {"slash": ask_by_slash, "form": ask_by_form, "home": ask_from_home, "shortcut": ask_by_shortcut}

# Deciding -------------------------------------------------------------------------------------------------------------


async def _on_card(person: Person, label: str) -> Answer:
    return await person.press(label, on=await person.wait_for(lambda message: bool(message.controls)))


async def _in_list(person: Person, label: str) -> Answer:
    listed = (await person.type("/usher approvals")).message
    assert listed
    if label not in {control.label for control in listed.controls}:
        raise NotOfferedError(label)
    return await person.press(label, on=listed)


async def _on_home(person: Person, label: str) -> Answer:
    return await _press(person, label)


_PLACES: dict[str, Callable[[Person, str], Awaitable[Answer]]] = {
    "card": _on_card,
    "approvals": _in_list,
    "home": _on_home,
}


def _decides(place: Callable[[Person, str], Awaitable[Answer]], label: str) -> Verb:
    async def decide(person: Person, **values: str) -> str:
        return await _filled(person, await place(person, label), **values)

    return decide


APPROVE: Doors = {name: _decides(place, "Approve") for name, place in _PLACES.items()}
DENY: Doors = {name: _decides(place, "Deny") for name, place in _PLACES.items()}

# Cancelling -----------------------------------------------------------------------------------------------------------


async def cancel_by_slash(person: Person) -> str:
    return read(await person.type("/access cancel"), person)


async def cancel_in_list(person: Person) -> str:
    listed = (await person.type("/access requests")).message
    assert listed
    return read(await person.press("Cancel", on=listed), person)


async def cancel_from_home(person: Person) -> str:
    return read(await _press(person, "Cancel"), person)


CANCEL: Doors = {"slash": cancel_by_slash, "requests": cancel_in_list, "home": cancel_from_home}

# Keeping for longer, and giving back ----------------------------------------------------------------------------------


async def _held_in_list(person: Person, label: str) -> Answer:
    listed = (await person.type("/access mine")).message
    assert listed
    return await person.press(label, on=listed)


async def extend_by_slash(person: Person, *, lasts: str) -> str:
    return read(await person.type(f"/access extend for {lasts}"), person)


async def extend_in_list(person: Person, *, lasts: str) -> str:
    return await _filled(person, await _held_in_list(person, "Extend"), lasts=lasts)


async def extend_from_home(person: Person, *, lasts: str) -> str:
    return await _filled(person, await _press(person, "Extend"), lasts=lasts)


EXTEND: Doors = {"slash": extend_by_slash, "mine": extend_in_list, "home": extend_from_home}


async def give_back_by_slash(person: Person) -> str:
    return read(await person.type("/access give-back"), person)


async def give_back_in_list(person: Person) -> str:
    return read(await _held_in_list(person, "Give back"), person)


async def give_back_from_home(person: Person) -> str:
    return read(await _press(person, "Give back"), person)


GIVE_BACK: Doors = {"slash": give_back_by_slash, "mine": give_back_in_list, "home": give_back_from_home}

# Looking after invitations --------------------------------------------------------------------------------------------


def _on_invitation(label: str) -> Doors:
    async def in_list(person: Person) -> str:
        listed = (await person.type("/usher invitations")).message
        assert listed
        return read(await person.press(label, on=listed), person)

    async def from_home(person: Person) -> str:
        return read(await _press(person, label), person)

    return {"list": in_list, "home": from_home}


RESEND = _on_invitation("Resend")
REVOKE = _on_invitation("Revoke")
COPY_LINK = _on_invitation("Copy invite link")


def link_in(words: str) -> str:
    """The token of the invitation link in what somebody reads."""
    found = re.search(r"/invitations/([A-Za-z0-9_-]+)", words)
    assert found, words
    return found[1]


# Setting up, coming in, connecting ------------------------------------------------------------------------------------


async def set_up_by_slash(person: Person, *, name: str) -> str:
    return await _filled(person, await person.type("/usher setup"), name=name)


async def set_up_from_home(person: Person, *, name: str) -> str:
    return await _filled(person, await _press(person, "Set up"), name=name)


SET_UP: Doors = {"slash": set_up_by_slash, "home": set_up_from_home}


async def start_connecting_by_slash(person: Person, *, email: str) -> str:
    return await _filled(person, await person.type("/access connect"), email=email)


async def start_connecting_from_home(person: Person, *, email: str) -> str:
    return await _filled(person, await _press(person, "Connect"), email=email)


CONNECT: Doors = {"slash": start_connecting_by_slash, "home": start_connecting_from_home}


async def accept_by_button(bot: Running, person: Person) -> str:
    del bot
    offer = await person.wait_for(lambda message: "Accept" in {control.label for control in message.controls})
    return read(await person.press("Accept", on=offer), person)


async def accept_on_web(bot: Running, person: Person) -> str:
    """The page behind the mailed link: name, password, set-up key, recovery codes, and the button that ends it."""
    mail = await bot.mailbox.wait_for(to=person.user.email or "")
    async with aiohttp.ClientSession(bot.url) as session:
        browser = Browser(session, bot.url)
        page = await browser.open(f"/invitations/{link_in(mail.text)}")
        typed = {"name": person.user.real_name, "password": "a long enough phrase, truly"}
        codes = await browser.press(page, "details", code=code_for(page, bot.clock()), **typed)
        assert len(codes.recovery_codes) == RECOVERY_CODES, codes.text
        return (await browser.press(codes, "finish")).text


ACCEPT: dict[str, Callable[[Running, Person], Awaitable[str]]] = {"button": accept_by_button, "web": accept_on_web}
