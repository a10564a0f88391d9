"""The lists and cards that a command shows, by what was asked for."""

from collections.abc import Awaitable, Callable, Mapping

from bot.slack import (
    grammar,
    group_buttons,
    holding,
    organization_buttons,
    resource_buttons,
    space_buttons,
    space_forms,
)
from bot.slack.door import Door, Visit
from bot.slack.grammar import Show, Slash
from bot.slack.grammar.readings import Sight
from bot.slack.views import lists, spaces
from bot.slack.views.blocks import Message
from bot.wording.phrase import say
from handlers.models import Desk

About = Callable[[Door, Visit, str], Awaitable[Message]]


async def shown(door: Door, visit: Visit, asked: Show, slash: Slash) -> Message:
    if asked.what == "help":
        return _help(visit.desk, slash, asked.about)
    return await SIGHTS[asked.what](door, visit, asked.about or "")


def _help(desk: Desk, slash: Slash, about: str | None) -> Message:
    lines = grammar.help_lines(slash, desk=desk, verb=about)
    other = "/access" if slash == "/usher" else "/usher"
    intro = (
        say("You can type this; left incomplete, it opens a form.")
        if about
        else say(f"What you can do with {slash} here; what is incomplete opens a form. `{other} help` lists the rest.")
    )
    return lists.help_(lines, intro)


async def _invitations(door: Door, visit: Visit, space: str) -> Message:
    if space and await space_forms.reached(door, visit, space) is None:
        return spaces.unknown(visit.desk, space)
    page = await door.usher.queries.invitations(visit.desk, space=space or None)
    return lists.invitations(visit.desk, page, space=space or None)


async def _approvals(door: Door, visit: Visit, _: str) -> Message:
    return lists.approvals(visit.desk, await door.usher.queries.waiting(visit.desk))


async def _requests(door: Door, visit: Visit, _: str) -> Message:
    return lists.requests(visit.desk, await door.usher.queries.mine(visit.desk))


async def _organizations(door: Door, visit: Visit, _: str) -> Message:
    return await organization_buttons.listed(door, visit)


async def _me(_: Door, visit: Visit, __: str) -> Message:
    return lists.me(visit.desk)


SIGHTS: Mapping[Sight, About] = {
    "invitations": _invitations,
    "approvals": _approvals,
    "mine": holding.mine,
    "requests": _requests,
    "me": _me,
    "org": _organizations,
    "spaces": space_buttons.listed,
    "space": space_buttons.one,
    "groups": group_buttons.listed,
    "group": group_buttons.one,
    "resources": resource_buttons.listed,
    "resource": resource_buttons.one,
}
