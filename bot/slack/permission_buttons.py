"""What is pressed in the form *Permissions*: another access mode draws it anew, a button goes back to the role."""

from typing import cast

from bot.identity import Body
from bot.slack.door import Door, Visit
from bot.slack.pressing import Press, show
from bot.slack.views import answer, permissions
from bot.slack.views.blocks import Block
from bot.slack.views.fields import filled
from handlers.commands import Person, Refusal, Refused, ResetPermissions
from handlers.permission_queries import Sheet


async def mode_chosen(door: Door, visit: Visit, press: Press) -> None:
    """All that was chosen stays; what the form was first drawn from is remembered, and compared when it is sent."""
    view = cast("Body", press.body.get("view") or {})
    form = filled(view)
    try:
        sheet: Sheet = await door.usher.queries.permissions(visit.desk, form.meta.person, space=form.meta.space or None)
    except Refusal as refusal:
        said = answer.answer(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)
        show(door, visit, press, said, replace=True)
        return
    drawn = permissions.build(sheet, permissions.as_typed(form, sheet), mark=form.meta.mark)
    door.tasks.start(_redraw(door, press, drawn), name="drawing anew")


async def _redraw(door: Door, press: Press, view: Block) -> None:
    """Without the hash of what was seen: of two choices in a row the later one is to win, not the first."""
    await door.calls.update(press.view, view)


async def reset(door: Door, visit: Visit, press: Press) -> None:
    outcome = await door.perform(ResetPermissions(Person(id=press.value)), visit)
    show(door, visit, press, answer.answer(outcome, visit.reader), replace=True)
