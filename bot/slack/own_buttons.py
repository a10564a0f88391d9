"""What everybody presses about themselves: their profile, and a name that Slack offers."""

from collections.abc import Mapping

from bot.slack import edit_form, ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, open_view, show
from bot.slack.views import answer
from bot.slack.views.blocks import message
from bot.wording import member_card as words
from bot.wording.common import not_opened
from bot.wording.phrase import say
from handlers.commands import ChangeProfile, Done, Outcome, Refused


async def _profile(door: Door, visit: Visit, press: Press) -> None:
    instead = not_opened(say("Press Edit again, on `/access me`."))
    open_view(door, visit, press, await edit_form.profile(door, visit), message(instead))


async def _take_name(door: Door, visit: Visit, press: Press) -> None:
    """Only for the member who was told; the name is checked as if it had been typed."""
    meant = words.named_in(press.block)
    if visit.desk.member is None or visit.desk.member.id != meant:
        show(door, visit, press, message(words.NOT_THIS_MEMBERSHIP))
        return
    outcome = await door.perform(ChangeProfile(name=press.typed), visit)
    show(door, visit, press, answer.answer(outcome, visit.reader), replace=_settled(outcome))


def _settled(outcome: Outcome) -> bool:
    """The offer has done its work; where something went wrong it stays."""
    return isinstance(outcome, Done) or (isinstance(outcome, Refused) and outcome.code == "nothing-changes")


PRESSED: Mapping[str, Handler] = {ids.PROFILE: _profile, ids.TAKE_NAME: _take_name}
