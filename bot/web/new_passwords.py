"""`/reset/TOKEN`: a new password of one's own choice. `/reveal/TOKEN`: a generated one, shown once."""

import secrets

from aiohttp import web
from markupsafe import Markup

from bot.web import forms
from bot.web.enrolment import Visit, status_of, token_of
from bot.web.forms import BadForm
from bot.web.pages import Pages
from bot.wording import refusals
from handlers.commands import Actor, CredentialsSet, Done, FinishReset, Outcome, Refusal, Refused, Reveal
from handlers.house import Usher

RESET = "/reset/{token:.*}"
REVEAL = "/reveal/{token:.*}"


def routes(usher: Usher, pages: Pages, *, ours: str) -> list[web.RouteDef]:
    reset, reveal = Reset(usher, pages, ours=ours), Reveals(usher, pages, ours=ours)
    return [
        web.get(RESET, reset.open),
        web.post(RESET, reset.send),
        web.get(REVEAL, reveal.open),
        web.post(REVEAL, reveal.send),
    ]


def _dead(pages: Pages) -> web.Response:
    """Expired, used, replaced, unknown and mangled links look alike, so a guess learns nothing."""
    return pages.show("new_password_dead.html", status=404)


async def _sent(request: web.Request, *, ours: str) -> Visit:
    """Raises BadForm."""
    form = await forms.read(request, ours=ours)
    if form.text("step") != "finish":
        raise BadForm(400)
    return Visit(token_of(request), form)


class Reset:
    def __init__(self, usher: Usher, pages: Pages, *, ours: str) -> None:
        self._usher = usher
        self._pages = pages
        self._ours = ours

    async def open(self, request: web.Request) -> web.Response:
        return await self._form(token_of(request))

    async def send(self, request: web.Request) -> web.Response:
        visit = await _sent(request, ours=self._ours)
        outcome = await self._set(visit)
        if isinstance(outcome, Done) and isinstance(outcome.result, CredentialsSet):
            return self._pages.show("reset_done.html", result=outcome.result)
        refused = outcome if isinstance(outcome, Refused) else Refused("link-dead")
        return _dead(self._pages) if refused.code == "link-dead" else await self._form(visit.token, refused)

    async def _set(self, visit: Visit) -> Outcome:
        """A form sent twice finds its link dead; the gate knows the delivery and gives the first answer again."""
        page = await self._usher.queries.link_page("reset", visit.token)
        if page is None:
            return await self._usher.gate.perform(FinishReset(""), by=visit.actor())
        try:
            sealed = await self._usher.new_passwords.chosen(page, visit.token, visit.form.text("password"))
        except Refusal as refusal:
            return Refused(refusal.code, refusal.field, refusal.facts)
        return await self._usher.gate.perform(FinishReset(sealed), by=visit.actor())

    async def _form(self, token: str, refused: Refused | None = None) -> web.Response:
        page = await self._usher.queries.link_page("reset", token)
        if page is None:
            return _dead(self._pages)
        return self._pages.show(
            "reset.html",
            status=status_of(refused),
            page=page,
            form=secrets.token_urlsafe(16),
            field=refused.field if refused else None,
            said=Markup(refusals.reason_and_step(refused).html()) if refused else None,  # noqa: S704 - escapes facts
        )


class Reveals:
    def __init__(self, usher: Usher, pages: Pages, *, ours: str) -> None:
        self._usher = usher
        self._pages = pages
        self._ours = ours

    async def open(self, request: web.Request) -> web.Response:
        page = await self._usher.queries.link_page("reveal", token_of(request))
        return self._pages.show("reveal.html", page=page, busy=False) if page else _dead(self._pages)

    async def send(self, request: web.Request) -> web.Response:
        """Every sending is an act of its own: the answer to an earlier one would show a password that never counted."""
        visit = await _sent(request, ours=self._ours)
        page = await self._usher.queries.link_page("reveal", visit.token)
        if page is None:
            return _dead(self._pages)
        made = await self._usher.new_passwords.generated(visit.token)
        outcome = await self._usher.gate.perform(Reveal(made.sealed), by=Actor(via="link", link=visit.token))
        match outcome:
            case Done():
                return self._pages.show("revealed.html", page=page, password=made.password)
            case Refused(code="busy"):
                return self._pages.show("reveal.html", status=status_of(outcome), page=page, busy=True)
            case _:
                return _dead(self._pages)
