"""*Check*: typed, from a form or a card, and what is chosen on its answer."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.explaining import explained
from bot.slack.grammar.mending import CAN_SEE
from bot.slack.member_card import named
from bot.slack.pressing import Handler, Press, opens_about, show
from bot.slack.views import answer
from bot.slack.views import checking as views
from bot.slack.views.blocks import Block, Message, modal
from bot.slack.views.fields import Filled
from bot.wording import checking as words
from handlers.checking import Checked, Unknown
from handlers.commands import Person, Refusal, Refused
from handlers.explaining import Topic
from handlers.models import Desk


async def shown(door: Door, visit: Visit, about: str) -> Message:
    """``about``: a person as typed, and after it perhaps what they cannot see."""
    typed, _, thing = about.partition(CAN_SEE)
    try:
        found = await door.usher.queries.check(visit.desk, named(typed))
    except Refusal as refusal:
        return answer.answer(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)
    if isinstance(found, Unknown):
        return views.unknown(found)
    return await _sees(door, visit, found, thing) if thing else views.card(visit.desk, found)


async def _sees(door: Door, visit: Visit, found: Checked, thing: str) -> Message:
    topic = _topic(visit.desk, thing)
    said = await explained(door, visit, topic, Person(id=found.card.member.id))
    groups = next(one for one in found.findings if one.code in ("groups", "no-groups"))
    told = words.line(groups, found, visit.desk.catalogue, visit.desk.timezone)
    return views.sees(said, told, found.card.member, edits="edit" in groups.mends)


def _topic(desk: Desk, thing: str) -> Topic:
    """Seeing is what every kind calls its first action."""
    sort, _, name = thing.partition(":")
    kind = desk.catalogue.kinds.get(sort)
    return Topic(kind.actions[0] if kind else "", sort, name)


async def page(door: Door, visit: Visit, form: Filled) -> Block:
    """Raises Unreadable."""
    return modal("Check", "answer", (await shown(door, visit, views.read(form))).blocks, submit="", close="Close")


async def _pressed(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await shown(door, visit, press.value), replace=press.on_top)


async def _chosen(door: Door, visit: Visit, press: Press) -> None:
    member = press.block.removeprefix(views.SEES)
    said = await shown(door, visit, f"{member}{CAN_SEE}{press.chosen}")
    show(door, visit, press, said, replace=press.on_top)


PRESSED: Mapping[str, Handler] = {
    ids.MEMBER_CHECK: _pressed,
    ids.CHECK_SEES: _chosen,
    ids.CHECK_ROLE: opens_about("change-role", "person"),
}
