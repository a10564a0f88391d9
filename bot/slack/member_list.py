"""The list of members: shown, and turned in place."""

from __future__ import annotations

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.grammar import filtering
from bot.slack.grammar.phrase import Confused
from bot.slack.pressing import Handler, Press, show
from bot.slack.views import answer, members
from bot.slack.views.blocks import Message
from handlers.commands import Filters, Refusal, Refused


async def listed(door: Door, visit: Visit, asked: str = "", after: str | None = None) -> Message:
    """``asked``: canonical filters, as the grammar or a button of ours has them."""
    try:
        filters = filtering.read(asked, visit.desk)
    except Confused:  # the catalogue is another one by now
        filters = Filters()
    found = await door.usher.queries.members(visit.desk, filters, after=after)
    if isinstance(found, Refusal):
        return answer.answer(Refused(found.code, found.field, found.facts), visit.reader)
    return members.page(visit.desk, found)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    after, asked = members.turned_to(press.typed)
    show(door, visit, press, await listed(door, visit, asked, after), replace=True)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await listed(door, visit))


PRESSED: Mapping[str, Handler] = {
    ids.MEMBERS: _open,
    ids.MEMBERS_PAGE: _turn,
    ids.MEMBERS_BACK: _turn,
}
