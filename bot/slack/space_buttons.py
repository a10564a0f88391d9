"""The buttons on lists of spaces and on a space's card, and everything that is pressed or chosen in *Manage access*."""

from collections.abc import Mapping
from typing import cast

from bot.identity import Body
from bot.slack import ids, space_forms
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, open_view, opens, opens_about, show
from bot.slack.space_forms import access
from bot.slack.views import answer, space_access, spaces
from bot.slack.views.blocks import Message, message
from bot.slack.views.space_access import At
from bot.wording import outcomes
from bot.wording.phrase import NOTHING, Phrase
from handlers.commands import ChangeRole, Command, Person, RemoveFromSpace


async def listed(door: Door, visit: Visit, words: str = "", after: str | None = None) -> Message:
    shown = await door.usher.queries.space_page(visit.desk, words=words, after=after)
    return spaces.page(visit.desk, shown, words=words)


async def one(door: Door, visit: Visit, named: str) -> Message:
    found = await door.usher.queries.space(visit.desk, named)
    return spaces.card(visit.desk, found) if found else spaces.unknown(visit.desk, named)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    shown = await listed(door, visit, spaces.words_of(press.block), press.value)
    show(door, visit, press, shown, replace=True)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await one(door, visit, press.value))


# Manage access --------------------------------------------------------------------------------------------------------


async def _manage(door: Door, visit: Visit, press: Press) -> None:
    view = await access(door, visit, At(press.value))
    found = await space_forms.reached(door, visit, press.value)
    instead = message(space_access.instead(visit.desk, found.label if found else ""))
    open_view(door, visit, press, view, instead)


def _shown(press: Press) -> Body:
    return cast("Body", press.body.get("view") or {})


async def _role_chosen(door: Door, visit: Visit, press: Press) -> None:
    at = At.load(_shown(press))
    member = space_access.member_of(press.block)
    await _do(door, visit, press, ChangeRole(Person(id=member), press.chosen, space=at.space))


async def _revoke(door: Door, visit: Visit, press: Press) -> None:
    at = At.load(_shown(press))
    await _do(door, visit, press, RemoveFromSpace(Person(id=press.value), at.space))


async def _do(door: Door, visit: Visit, press: Press, command: Command) -> None:
    """It acts at once; then the form shows what came of it, or asks for the code that is missing."""
    outcome = await door.perform(command, visit)
    if view := await door.next_form(outcome, visit):
        open_view(door, visit, press, view, answer.answer(outcome, visit.reader))
    at, said = At.load(_shown(press)).again(), outcomes.said(outcome, visit.reader)
    door.tasks.start(_redraw(door, visit, press, at, said), name="manage access")


async def _turn_access(door: Door, visit: Visit, press: Press) -> None:
    at = At.load(_shown(press)).turned(press.value)
    door.tasks.start(_redraw(door, visit, press, at), name="manage access")


async def _search(door: Door, visit: Visit, press: Press) -> None:
    at = At.load(_shown(press)).searching(" ".join(press.value.split()))
    door.tasks.start(_redraw(door, visit, press, at), name="manage access")


async def _redraw(door: Door, visit: Visit, press: Press, at: At, said: Phrase = NOTHING) -> None:
    """Where somebody was quicker than Slack, the form is drawn once more, as things stand by then."""
    seen = str(_shown(press).get("hash") or "")
    for hash_ in (seen, ""):
        drawn = await door.unless_busy(access(door, visit, at, said=said))
        if drawn and await door.calls.update(press.view, drawn, seen=hash_):
            return
    if said:
        await door.calls.tell(visit.caller.account.user, message(said))


PRESSED: Mapping[str, Handler] = {
    ids.SPACE: _open,
    ids.SPACES_PAGE: _turn,
    ids.SPACES_BACK: _turn,
    ids.SPACE_CREATE: opens("create-space"),
    ids.SPACE_INVITE: opens_about("invite", "space"),
    ids.SPACE_RENAME: opens_about("rename-space", "space"),
    ids.SPACE_DELETE: opens_about("delete-space", "space"),
    ids.SPACE_ACCESS: _manage,
    ids.ACCESS_ROLE: _role_chosen,
    ids.ACCESS_REVOKE: _revoke,
    ids.ACCESS_PAGE: _turn_access,
    ids.ACCESS_BACK: _turn_access,
    ids.ACCESS_SEARCH: _search,
}
