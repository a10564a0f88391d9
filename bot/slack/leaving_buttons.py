"""The buttons by which somebody ends what is their own."""

from collections.abc import Mapping

from bot.slack import ids, leaving_forms
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form
from bot.slack.pressing import Handler, Press, open_view
from bot.slack.views.blocks import message
from bot.wording.common import not_opened
from bot.wording.phrase import say

_NOT_OPENED = not_opened(say("Press the button again."))


def _own(which: Form) -> Handler:
    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        member = visit.desk.member
        view = await leaving_forms.drawn(door, visit, member.id if member else "", leaving_forms.ENDINGS[which])
        open_view(door, visit, press, view, message(_NOT_OPENED))

    return pressed


PRESSED: Mapping[str, Handler] = {
    ids.DELETE_MY_DATA: _own("delete-data"),
    ids.DELETE_ME: _own("delete-member"),
}
