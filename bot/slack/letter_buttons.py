"""The page of what could not be delivered, and sending it again."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, show, show_anew
from bot.slack.views import answer, dead_letters
from bot.slack.views.blocks import Message
from bot.wording import outcomes
from bot.wording.phrase import NOTHING, Phrase
from handlers.commands import Refused, SendAgain


async def _page(door: Door, visit: Visit, *, after: str | None = None, said: Phrase = NOTHING) -> Message:
    found = await door.usher.queries.undelivered(visit.desk, after=after)
    return dead_letters.page(found, said) if found else answer.answer(Refused("may-not"), visit.reader)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await _page(door, visit))


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await _page(door, visit, after=press.value), replace=True)


async def _again(door: Door, visit: Visit, press: Press) -> None:
    """The page is drawn anew, for what is on its way is no longer among the undelivered."""
    letter = "" if press.value == dead_letters.EVERYTHING else press.value
    outcome = await door.perform(SendAgain(letter), visit)
    await show_anew(door, visit, press, outcome, _page(door, visit, said=outcomes.said(outcome, visit.reader)))


PRESSED: Mapping[str, Handler] = {
    ids.LETTERS: _open,
    ids.LETTERS_PAGE: _turn,
    ids.LETTERS_BACK: _turn,
    ids.LETTER_AGAIN: _again,
    ids.LETTERS_AGAIN: _again,
}
