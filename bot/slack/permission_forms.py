"""The form *Permissions*, opened for whom it is about."""

from bot.slack.door import Door, Visit
from bot.slack.views import answer, permissions
from bot.slack.views.blocks import Block
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from handlers.commands import Refusal, Refused


async def opened(door: Door, visit: Visit, typed: Prefilled = EMPTY) -> Block:
    """For whom was named; else the page that asks whose permissions. Who may not read them is told why at once."""
    if typed.person is None or typed.note:
        return permissions.build_pick(visit.desk, typed)
    return await _drawn(door, visit, typed.person.value, typed.space.value if typed.space else None)


async def next_page(door: Door, visit: Visit, form: Filled) -> Block:
    """What follows the page that asks whose permissions."""
    chosen = permissions.read_pick(form)
    return await _drawn(door, visit, chosen.person.id or "", chosen.space)


async def _drawn(door: Door, visit: Visit, member: str, space: str | None) -> Block:
    try:
        return permissions.build(await door.usher.queries.permissions(visit.desk, member, space=space))
    except Refusal as refusal:
        return answer.page(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)
