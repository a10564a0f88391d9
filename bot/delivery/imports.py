"""How far an import is, in one message that is rewritten, and at its end a file with what became of each line."""

import tempfile
from datetime import timedelta
from typing import Final

from bot.delivery.slack import SlackSender
from bot.delivery.slack_errors import NO_FILES
from bot.delivery.trouble import Never, Trouble
from bot.slack.views.blocks import clean_lines, rich
from bot.spreadsheets import rows_in
from bot.wording.exports import not_taken
from bot.wording.importing import RESULT_COLUMNS, RESULTS, WITHOUT_RESULTS, news, result_row
from bot.wording.phrase import together
from handlers.commands import Account, CardPlace
from handlers.house import Usher
from handlers.import_models import ImportLetter
from handlers.models import Recipient
from handlers.notices import ImportNews

Places = tuple[CardPlace, ...]
SELDOM: Final = timedelta(seconds=1)


class Imports:
    def __init__(self, usher: Usher, *, slack: SlackSender) -> None:
        self._queries = usher.queries
        self._clock = usher.clock
        self._slack = slack

    async def tell(self, notice: ImportNews) -> Places:
        """Where it was told; not told at all if that was less than a second ago and more is to come."""
        letter = await self._queries.import_letter(notice)
        match letter:
            case ImportLetter(to=Recipient(account=Account() as account)):
                pass
            case _:
                return ()
        if not notice.last and (letter.state != "running" or self._told_just_now(letter)):
            return ()
        place = await self._say(letter, account.user)
        if notice.last:
            await self._send_results(letter, place)
        return (place,)

    def _told_just_now(self, letter: ImportLetter) -> bool:
        return letter.told is not None and self._clock() - letter.told < SELDOM

    async def _say(self, letter: ImportLetter, user: str) -> CardPlace:
        lines = news(letter)
        text = clean_lines(together(lines, between="\n").text())
        if letter.place and await self._slack.rewrite(letter.place, text, [rich(*lines)]):
            return letter.place
        return await self._slack.post(await self._slack.direct(user), text, [rich(*lines)])

    async def _send_results(self, letter: ImportLetter, place: CardPlace) -> None:
        with tempfile.TemporaryFile() as file:
            with rows_in(file) as rows:
                rows.write([RESULT_COLUMNS])
                rows.write(result_row(one, letter.catalogue) for one in await self._queries.import_results(letter.id))
            try:
                await self._slack.upload(place.channel, RESULTS, file, text=f"{RESULTS}: what became of each line.")
            except Trouble as trouble:
                trouble.posted = (place,)
                if not (isinstance(trouble, Never) and trouble.code in NO_FILES):
                    raise
                said = not_taken(RESULTS, NO_FILES[trouble.code], WITHOUT_RESULTS)
                await self._slack.post(place.channel, said.text(), [rich(said)])
