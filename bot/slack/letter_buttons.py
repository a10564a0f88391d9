"""The page of what could not be delivered, and sending it again."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, show
from bot.slack.views import answer, dead_letters
from bot.wording import outcomes
from bot.wording.phrase import NOTHING, Phrase
from handlers.commands import Refused, SendAgain


async def _show(
    door: Door, visit: Visit, press: Press, *, after: str | None = None, said: Phrase = NOTHING, replace: bool = True
) -> None:
    found = await door.usher.queries.undelivered(visit.desk, after=after)
    shown = dead_letters.page(found, said) if found else answer.answer(Refused("may-not"), visit.reader)
    show(door, visit, press, shown, replace=replace)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    await _show(door, visit, press, replace=False)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    await _show(door, visit, press, after=press.value)


async def _again(door: Door, visit: Visit, press: Press) -> None:
    """The page is drawn anew, for what is on its way is no longer among the undelivered."""
    letter = "" if press.value == dead_letters.EVERYTHING else press.value
    outcome = await door.perform(SendAgain(letter), visit)
    await _show(door, visit, press, said=outcomes.said(outcome, visit.reader))


PRESSED: Mapping[str, Handler] = {
    ids.LETTERS: _open,
    ids.LETTERS_PAGE: _turn,
    ids.LETTERS_BACK: _turn,
    ids.LETTER_AGAIN: _again,
    ids.LETTERS_AGAIN: _again,
}
