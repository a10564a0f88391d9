"""`/invitations/TOKEN`: accepting an invitation with a name, a password and a second factor."""

from aiohttp import web

from bot.web.enrolment import Enrolment, Manner, Visit
from bot.web.pages import Pages
from handlers.commands import AcceptOnWeb, Actor, AskAgain
from handlers.house import Usher

# A link that was mangled on its way may have got a slash in it, and deserves the same page.
PATH = "/invitations/{token:.*}"


def routes(usher: Usher, pages: Pages, *, ours: str) -> list[web.RouteDef]:
    manner = Manner(
        purpose="invitation",
        named=True,
        finish=AcceptOnWeb,
        page="invitation.html",
        dead="invitation_dead.html",
        done="invitation_done.html",
    )
    enrolment = Enrolment(usher, pages, manner, ours=ours)

    async def ask_again(visit: Visit) -> web.Response:
        # Once a day and link: the page of a dead link holds nothing that could tell two forms apart, nor two links.
        delivery = visit.delivery("ask", usher.clock().date().isoformat())
        await usher.gate.perform(AskAgain(), by=Actor(via="link", link=visit.token, delivery=delivery))
        return pages.show("invitation_asked.html")

    enrolment.also("ask", ask_again)
    return [web.get(PATH, enrolment.open), web.post(PATH, enrolment.send)]
