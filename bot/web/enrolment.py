"""The steps that accepting an invitation and setting a password share; a `Manner` says what differs.

Opening a link changes nothing. The details are checked first, then the recovery codes are shown once, and only the last
button acts. Without a second factor there is nothing to show, so the details act at once.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from aiohttp import web
from markupsafe import Markup

from bot.web import forms, qr
from bot.web.forms import BadForm, Form
from bot.web.pages import Pages
from bot.wording import refusals
from bot.wording.common import role_title
from handlers.commands import Actor, Command, Done, Outcome, Refusal, RefusalCode, Refused
from handlers.house import Usher
from handlers.models import LinkPage
from handlers.proof import Offer, Prepared

Purpose = Literal["invitation", "setup"]
Answer = Callable[["Visit"], Awaitable[web.Response]]

# Whoever sent a field that was wrong gets the page again; a machine in between learns why it was not taken.
_WRONG_FIELD = 422
_STATUS: Mapping[RefusalCode, int] = MappingProxyType({"busy": 503, "codes-locked": 429})


@dataclass(frozen=True, slots=True)
class Visit:
    """One form as it was sent to the page of one link."""

    token: str = field(repr=False)
    form: Form

    def delivery(self, step: str, nonce: str) -> str:
        """The same form sent twice is one delivery. Bound to the token, so that nobody can name another's delivery."""
        return "web:" + hashlib.sha256(f"{step}\n{self.token}\n{nonce}".encode(errors="replace")).hexdigest()

    def actor(self) -> Actor:
        return Actor(via="link", link=self.token, delivery=self.delivery("finish", self.form.text("form")))


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between the pages; `named`: the form asks for a name."""

    purpose: Purpose
    named: bool
    finish: Callable[[str], Command]
    page: str
    dead: str
    done: str


class Enrolment:
    def __init__(self, usher: Usher, pages: Pages, manner: Manner, *, ours: str) -> None:
        self._usher = usher
        self._pages = pages
        self._manner = manner
        self._ours = ours
        self._steps: dict[str, Answer] = {"details": self._details, "skip": self._skip, "finish": self._finish}

    async def open(self, request: web.Request) -> web.Response:
        token = token_of(request)
        page = await self._usher.queries.link_page(self._manner.purpose, token)
        if page is None:
            return self.dead()
        return self._form(page, self._usher.enrolments.offer(page, token), name=page.name)

    async def send(self, request: web.Request) -> web.Response:
        form = await forms.read(request, ours=self._ours)
        step = self._steps.get(form.text("step"))
        if step is None:
            raise BadForm(400)
        return await step(Visit(token_of(request), form))

    def also(self, step: str, answer: Answer) -> None:
        """Lets a page take one step more than both have."""
        self._steps[step] = answer

    def dead(self) -> web.Response:
        """Expired, used, revoked, unknown and mangled links look alike, so a guess learns nothing."""
        return self._pages.show(self._manner.dead, status=404)

    async def _details(self, visit: Visit) -> web.Response:
        return await self._check(visit, skip=False)

    async def _skip(self, visit: Visit) -> web.Response:
        return await self._check(visit, skip=True)

    async def _check(self, visit: Visit, *, skip: bool) -> web.Response:
        page = await self._usher.queries.link_page(self._manner.purpose, visit.token)
        if page is None:
            return await self._act(visit, sealed="")
        try:
            prepared = await self._prepare(visit, skip=skip)
        except Refusal as refusal:
            return await self._refused(visit, Refused(refusal.code, refusal.field, refusal.facts))
        if not prepared.recovery_codes:
            return await self._act(visit, sealed=prepared.sealed)
        return self._pages.show("recovery.html", page=page, prepared=prepared, form=_nonce())

    async def _prepare(self, visit: Visit, *, skip: bool) -> Prepared:
        form = visit.form
        return await self._usher.enrolments.prepare(
            visit.token,
            purpose=self._manner.purpose,
            name=form.text("name") if self._manner.named else None,
            password=form.text("password"),
            offer=form.text("offer"),
            code=None if skip else form.text("code"),
            skip_factor=skip,
        )

    async def _finish(self, visit: Visit) -> web.Response:
        return await self._act(visit, sealed=visit.form.text("sealed"))

    async def _act(self, visit: Visit, *, sealed: str) -> web.Response:
        """A form sent twice finds its link dead; the gate knows the delivery and gives the first answer again."""
        outcome = await self._usher.gate.perform(self._manner.finish(sealed), by=visit.actor())
        if isinstance(outcome, Done):
            return self._pages.show(self._manner.done, result=outcome.result)
        if isinstance(outcome, Refused) and outcome.code == "busy" and visit.form.text("step") == "finish":
            return self._once_more(visit)
        return await self._refused(visit, outcome)

    def _once_more(self, visit: Visit) -> web.Response:
        """The recovery codes were shown and are written down by now, so the sealed form must not be lost."""
        return self._pages.show("busy.html", status=503, sealed=visit.form.text("sealed"), form=visit.form.text("form"))

    async def _refused(self, visit: Visit, outcome: Outcome) -> web.Response:
        page = await self._usher.queries.link_page(self._manner.purpose, visit.token)
        if page is None or not isinstance(outcome, Refused) or outcome.code == "link-dead":
            return self.dead()
        name = visit.form.text("name") or page.name
        same = None if outcome.code == "stale-form" else self._usher.enrolments.again(visit.form.text("offer"))
        if same is not None:
            return self._form(page, same, name=name, refused=outcome)
        stale = Refused("stale-form")  # its secret is lost, so whatever else is wrong, a new one has to be scanned
        return self._form(page, self._usher.enrolments.offer(page, visit.token), name=name, refused=stale)

    def _form(self, page: LinkPage, offer: Offer, *, name: str, refused: Refused | None = None) -> web.Response:
        return self._pages.show(
            self._manner.page,
            status=status_of(refused),
            page=page,
            role=role_title(page.catalogue, page.role, page.space) if page.role else None,
            offer=offer,
            picture=qr.image(offer.uri),
            name=name,
            form=_nonce(),
            field=refused.field if refused else None,
            stale=refused is not None and refused.code == "stale-form",
            said=Markup(refusals.reason_and_step(refused).html()) if refused else None,  # noqa: S704 - escapes facts
        )


def status_of(refused: Refused | None) -> int:
    return _STATUS.get(refused.code, _WRONG_FIELD) if refused else 200


def token_of(request: web.Request) -> str:
    """What stands in the address, whatever bytes it was made of."""
    return request.match_info["token"].encode(errors="replace").decode()


def _nonce() -> str:
    return secrets.token_urlsafe(16)
