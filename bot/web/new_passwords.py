"""`/reset/TOKEN`: a new password of one's own choice. `/reveal/TOKEN`: a generated one, shown once."""

import secrets

from aiohttp import web
from markupsafe import Markup

from bot.web import forms
from bot.web.enrolment import Visit, status_of, token_of
from bot.web.forms import BadForm
from bot.web.pages import Pages
from bot.wording import refusals
from handlers.commands import (
    CredentialsSet,
    Done,
    FinishReset,
    Outcome,
    PasswordRevealed,
    Refusal,
    RefusalCode,
    Refused,
    Reveal,
)
from handlers.house import Usher
from handlers.models import LinkPage

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
        return await self._form(token_of(request))

    async def send(self, request: web.Request) -> web.Response:
        """A browser shows the answer to the last of two presses, so each has to show the password that counts."""
        visit = await _sent(request, ours=self._ours)
        seed = visit.form.text("form")
        try:
            password = self._usher.new_passwords.generated(visit.token, seed)
        except Refusal as refusal:
            return await self._form(visit.token, refusal.code)
        match await self._reveal(visit, password):
            case Done(PasswordRevealed() as result) if self._usher.new_passwords.shown(result.at):
                return self._pages.show("revealed.html", result=result, password=password)
            case Refused(code="busy"):
                return self._show(await self._page(visit.token), seed, "busy")
            case _:
                return _dead(self._pages)

    async def _reveal(self, visit: Visit, password: str) -> Outcome:
        """A form sent twice finds its link dead; the gate knows the delivery and gives the first answer again."""
        page = await self._page(visit.token)
        sealed = await self._usher.new_passwords.revealed(visit.token, password) if page else ""
        return await self._usher.gate.perform(Reveal(sealed), by=visit.actor())

    async def _page(self, token: str) -> LinkPage | None:
        return await self._usher.queries.link_page("reveal", token)

    async def _form(self, token: str, refused: RefusalCode | None = None) -> web.Response:
        page = await self._page(token)
        return self._show(page, self._usher.new_passwords.seed(token), refused) if page else _dead(self._pages)

    def _show(self, page: LinkPage | None, seed: str, refused: RefusalCode | None) -> web.Response:
        """Without its page a link is spent, perhaps by this very form: sent again, it shows what it made."""
        status = status_of(Refused(refused) if refused else None)
        return self._pages.show("reveal.html", status=status, page=page, form=seed, refused=refused)
