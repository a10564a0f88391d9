"""The button *Export*: of what the list shows, or of everybody."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.grammar import filtering
from bot.slack.grammar.phrase import Confused
from bot.slack.pressing import Handler, Press, perform, show
from bot.slack.views import answer
from handlers.commands import Export


async def _export(door: Door, visit: Visit, press: Press) -> None:
    """`value`: the filters of the list, as it was shown; a catalogue may have been changed since."""
    try:
        filters = filtering.read(press.typed, visit.desk)
    except Confused as confused:
        show(door, visit, press, answer.unclear(confused.what, confused.nearest, "/usher export"))
        return
    await perform(door, visit, press, Export(filters))


PRESSED: Mapping[str, Handler] = {ids.MEMBERS_EXPORT: _export, ids.EXPORT: _export}
