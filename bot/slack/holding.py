"""``/access mine``, ``extend`` and ``give-back``, and the buttons beside what somebody holds."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.grammar import HeldWhich
from bot.slack.pressing import Handler, Press, does, open_view, show
from bot.slack.views import answer, holding, request_access
from bot.slack.views.blocks import Message, message
from bot.slack.views.fields import EMPTY
from bot.wording.common import not_opened
from bot.wording.phrase import Phrase, Typed, say
from handlers.commands import Command, GiveBack, Refused, RequestAccess
from handlers.models import Access


async def mine(door: Door, visit: Visit, _: str) -> Message:
    return holding.mine(visit.desk, await door.usher.queries.held(visit.desk))


async def meant(door: Door, visit: Visit, asked: HeldWhich) -> Message | Command:
    """The command that the words come to, or what to say instead."""
    found = await door.usher.queries.holdings(visit.desk, asked.name, which=asked.what)
    match found:
        case [one]:
            return _longer(one, asked) if asked.what == "extend" else GiveBack(one.id)
        case []:
            return answer.nothing(_none_of(asked), say("`/access mine` shows all that you hold."))
        case _:
            return holding.which(visit.desk, found, asked.what)


def _longer(one: Access, asked: HeldWhich) -> RequestAccess:
    return RequestAccess(
        role=one.role,
        reason=asked.reason,
        space=one.place or None,
        lasts=asked.lasts,
        until=asked.until,
        asked=one.asked,
        extends=True,
    )


def _none_of(asked: HeldWhich) -> Phrase:
    what = "that ends by itself" if asked.what == "extend" else "that you can give back"
    if asked.name is None:
        return say(f"You hold nothing {what}.")
    return say(f"You hold nothing called “{{name}}” {what}.", name=Typed(asked.name, 80))


# Buttons --------------------------------------------------------------------------------------------------------------


async def _extend(door: Door, visit: Visit, press: Press) -> None:
    one = await door.usher.queries.one_held(visit.desk, press.value)
    if one is None or not one.extendable:
        show(door, visit, press, answer.answer(Refused("unknown-grant"), visit.reader))
        return
    what, channel = holding.called(visit.desk, one), visit.caller.channel or ""
    view = request_access.build_longer(one, what, EMPTY, channel=channel)
    said = not_opened(say("Type `/access extend NAME` instead."))
    open_view(door, visit, press, view, message(said))


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    after = None if press.value == holding.FIRST else press.value
    page = await door.usher.queries.held(visit.desk, after=after)
    show(door, visit, press, holding.mine(visit.desk, page), replace=True)


PRESSED: Mapping[str, Handler] = {
    ids.EXTEND: _extend,
    ids.GIVE_BACK: does(GiveBack),
    ids.HELD_PAGE: _turn,
    ids.HELD_BACK: _turn,
}
