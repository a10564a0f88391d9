"""What people do while the bot may die at any moment: each act keeps how it was answered and how to send it again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
from pyotp import parse_uri
from pyotp.totp import TOTP

from bot.identity import delivery_of
from bot.playground import Delivery, Message, Person, Playground, Reply
from bot.playground.forms import CannotChooseError
from bot.playground.mailbox import Mail
from bot.playground.model import plain, texts
from bot.web.enrolment import Visit
from bot.web.forms import Form
from tests.crashes.wire import Shared
from tests.web.browsing import Browser, Seen, code_for

PATIENCE = 0.5
ROOM = "random"
PASSWORD = "correct horse battery staple"
TAKEN = ("Done", "Waiting")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing sent to the bot. `said` is empty where no answer came; `code` is what was typed as a one-time code."""

    who: str
    what: str
    key: str
    said: str
    again: Callable[[], Awaitable[str]] = field(repr=False)
    code: str = field(default="", repr=False)
    anew: Callable[[], Awaitable[Act | None]] | None = field(default=None, repr=False)
    """Another act with the same code."""

    @property
    def taken(self) -> bool:
        return self.said.startswith(TAKEN)


class People:
    """`acts` are those of this round."""

    def __init__(self, playground: Playground, shared: Shared, mails: list[Mail]) -> None:
        self.acts: list[Act] = []
        self._playground = playground
        self._shared = shared
        self._mails = mails
        self._phones: dict[str, TOTP] = {}

    def phone(self, handle: str, uri: str) -> None:
        self._phones[handle] = cast("TOTP", parse_uri(uri))

    def code(self, handle: str) -> str:
        return self._phones[handle].at(self._shared.clock())

    def step(self, act: Act) -> int:
        """The time step of the code that was typed not long ago."""
        phone, now = self._phones[act.who], self._shared.clock()
        last = phone.timecode(now)
        return next(step for step in range(last, last - 20, -1) if phone.generate_otp(step) == act.code)

    def person(self, handle: str) -> Person:
        person = self._playground.person(handle)
        person.patience = PATIENCE
        return person

    # ---- in Slack

    async def type(self, handle: str, text: str) -> Act:
        person = self.person(handle)
        before = self._last(person)
        answer = await person.type(text, channel=ROOM)
        assert self._last(person) is not before, answer.error
        return self._kept(person, text, answer.words if answer.message else "")

    async def press(self, handle: str, button: str, on: Message) -> Act | None:
        """None: the button is not there any more."""
        person = self.person(handle)
        try:
            answer = await person.press(button, on=on)
        except CannotChooseError:
            return None
        return self._kept(person, f"press {button}", answer.words if answer.message else "")

    async def alone(self, handle: str, text: str, *, code: str) -> Act | None:
        """Types what only one's own code decides, and gives the code in the form that opens."""
        act = await self.type(handle, text)
        if not act.said.startswith("Waiting"):
            return None
        return await self._submit(handle, {"code": code}, anew=lambda: self.alone(handle, text, code=code))

    async def approve(self, handle: str, card: Message, *, code: str) -> Act | None:
        """Without a code where none is asked for."""
        act = await self.press(handle, "Approve", card)
        if act is None or act.said:
            return act
        return await self._submit(handle, {"code": code}, anew=lambda: self.approve(handle, card, code=code))

    async def deny(self, handle: str, card: Message, reason: str) -> Act | None:
        act = await self.press(handle, "Deny", card)
        return await self._submit(handle, {"reason": reason}) if act and not act.said else act

    async def _submit(
        self, handle: str, values: Mapping[str, str], *, anew: Callable[[], Awaitable[Act | None]] | None = None
    ) -> Act | None:
        """Sends the form that is open; None: none is."""
        person = self.person(handle)
        try:
            view = await person.wait_for_modal(timeout=PATIENCE)
            sent = await person.submit(view=view, **values)
        except (TimeoutError, CannotChooseError):
            return None
        said = " ".join(sent.errors.values()) or (sent.view.words if sent.view and not sent.error else "")
        await person.close()
        return self._kept(person, f"submit {view.callback_id}", said, code=values.get("code", ""), anew=anew)

    def _kept(
        self,
        person: Person,
        what: str,
        said: str,
        *,
        code: str = "",
        anew: Callable[[], Awaitable[Act | None]] | None = None,
    ) -> Act:
        sent = self._last(person)
        assert sent
        key = delivery_of(sent.payload) or ""
        act = Act(person.user.name, what, key, said, lambda: self._again(sent), code, anew)
        self.acts.append(act)
        return act

    def _last(self, person: Person) -> Delivery | None:
        """What their client sent last."""
        return next((one for one in reversed(self._playground.wire.deliveries) if _sender(one) == person.id), None)

    async def _again(self, sent: Delivery) -> str:
        self._shared.skip(seconds=1)  # the same bytes with the same signature would be a replay
        return _words(await self._playground.wire.again(sent))

    # ---- on the web

    async def accept(self, mail: Mail, *, factor: bool) -> Act | None:
        """From the link in the mail to the last page; None: it was not there, or the bot died before the last step."""
        with suppress(aiohttp.ClientError):
            async with self._browser() as session:
                browser = Browser(session, self._playground.bot_url)
                page = await browser.open(path_of(mail))
                if page.status != 200:
                    return None
                button, body = "skip", {**page.fields, "name": "New Comer", "password": PASSWORD}
                if factor:
                    code = code_for(page, self._shared.clock())
                    page = await browser.press(page, "details", **{**body, "code": code})
                    button, body = "finish", page.fields
            return await self._finish(mail, page, {**body, "step": button})
        return None

    def _browser(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self._playground.bot_url)

    async def _finish(self, mail: Mail, page: Seen, body: Mapping[str, str]) -> Act:
        async def send() -> str:
            try:
                async with self._browser() as session:
                    seen = await Browser(session, self._playground.bot_url).post(page.path, body)
            except aiohttp.ClientError:
                return ""
            return f"Done. {seen.text}" if seen.status == 200 else f"Refused. {seen.text}"

        key = Visit(page.path.rpartition("/")[2], Form({})).delivery("finish", body["form"])
        act = Act(mail.to, "accept on the web", key, await send(), send)
        self.acts.append(act)
        return act

    async def opens(self, mail: Mail) -> bool:
        """Whether the link in a mail leads to a page on which it can be accepted."""
        async with self._browser() as session:
            return (await Browser(session, self._playground.bot_url).open(path_of(mail))).status == 200


def path_of(mail: Mail) -> str:
    [link] = [link for link in mail.links if "/invitations/" in link]
    return link[link.index("/invitations/") :]


def _sender(sent: Delivery) -> str:
    user = sent.payload.get("user") or sent.payload.get("user_id")
    return str(cast("dict[str, str]", user)["id"] if isinstance(user, dict) else user)


def _words(reply: Reply) -> str:
    """What an answer says, as the person's client shows it."""
    body: dict[str, Any] = json.loads(reply.text) if reply.text else {}
    if "view" in body:
        return "\n".join([plain(body["view"]["title"]), *texts(body["view"]["blocks"])])
    if "errors" in body:
        return " ".join(body["errors"].values())
    return "\n".join([str(body.get("text", "")), *texts(body.get("blocks", ()))])
