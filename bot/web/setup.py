"""`/setup/TOKEN`: a password and a second factor for somebody who is a member already."""

from aiohttp import web

from bot.web.enrolment import Enrolment, Manner
from bot.web.pages import Pages
from handlers.commands import FinishSetup
from handlers.house import Usher

PATH = "/setup/{token:.*}"


def routes(usher: Usher, pages: Pages, *, ours: str) -> list[web.RouteDef]:
    manner = Manner(
        purpose="setup",
        named=False,
        finish=FinishSetup,
        page="setup.html",
        dead="setup_dead.html",
        done="setup_done.html",
    )
    enrolment = Enrolment(usher, pages, manner, ours=ours)
    return [web.get(PATH, enrolment.open), web.post(PATH, enrolment.send)]
