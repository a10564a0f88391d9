"""What is pressed and chosen around *why* and *who can*: another kind draws the form anew, a button turns the page."""

from collections.abc import Mapping
from typing import cast

from bot.identity import Body
from bot.slack import explaining, ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, show
from bot.slack.views import parts, why
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Prefilled, filled


async def sort_chosen(door: Door, visit: Visit, press: Press) -> None:
    """Whom it is about stays."""
    view = cast("Body", press.body.get("view") or {})
    form = filled(view)
    build = why.build if view.get("callback_id") == why.CALLBACK else why.build_who
    drawn = build(visit.desk, why.Draft(form.choice(why.SORT)), Prefilled(person=form.chosen(parts.PERSON)))
    door.tasks.start(_redraw(door, press, drawn), name="drawing anew")


async def _redraw(door: Door, press: Press, view: Block) -> None:
    await door.calls.update(press.view, view)


async def turn_page(door: Door, visit: Visit, press: Press) -> None:
    """The key is an address, which may be longer than other values."""
    topic = why.topic_of(press.block)
    if topic is None:
        return
    after = None if press.value == why.FIRST else str(press.action.get("value") or "")
    show(door, visit, press, await explaining.holders(door, visit, topic, after=after), replace=True)


PRESSED: Mapping[str, Handler] = {
    ids.WHY_SORT: sort_chosen,
    ids.WHO_CAN_PAGE: turn_page,
    ids.WHO_CAN_FIRST: turn_page,
}
