"""The lists and cards that a command shows, by what was asked for."""

from collections.abc import Awaitable, Callable, Mapping

from bot.slack import (
    checking,
    grammar,
    group_buttons,
    holding,
    invitation_buttons,
    member_card,
    member_list,
    organization_buttons,
    resource_buttons,
    space_buttons,
)
from bot.slack.door import Door, Visit
from bot.slack.grammar import Show, Slash
from bot.slack.grammar.readings import Sight
from bot.slack.views import lists
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


async def _approvals(door: Door, visit: Visit, _: str) -> Message:
    return lists.approvals(visit.desk, await door.usher.queries.waiting(visit.desk))


async def _requests(door: Door, visit: Visit, _: str) -> Message:
    return lists.requests(visit.desk, await door.usher.queries.mine(visit.desk))


async def _organizations(door: Door, visit: Visit, _: str) -> Message:
    return await organization_buttons.listed(door, visit)


async def _me(_: Door, visit: Visit, __: str) -> Message:
    return lists.me(visit.desk)


SIGHTS: Mapping[Sight, About] = {
    "invitations": invitation_buttons.shown,
    "approvals": _approvals,
    "mine": holding.mine,
    "requests": _requests,
    "me": _me,
    "org": _organizations,
    "check": checking.shown,
    "members": member_list.listed,
    "member": member_card.one,
    "spaces": space_buttons.listed,
    "space": space_buttons.one,
    "groups": group_buttons.listed,
    "group": group_buttons.one,
    "resources": resource_buttons.listed,
    "resource": resource_buttons.one,
}
