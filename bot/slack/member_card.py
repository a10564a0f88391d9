"""A member's card: opened from a list or by its command, and everything that is pressed or chosen on it."""

import re
from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.grammar.lexer import is_address
from bot.slack.pressing import Handler, Press, open_view, opens_about, show, show_anew
from bot.slack.views import answer, member
from bot.slack.views.blocks import Message
from bot.slack.views.member import At
from bot.wording import outcomes
from bot.wording.phrase import NOTHING, Phrase
from handlers.commands import ChangeRole, Command, Person, Refusal, Refused, RemoveFromSpace

_ID = re.compile(r"[0-9a-f]{32}")
_MENTION = re.compile(r"<@([A-Z0-9]{2,40})(?:\|[^>]*)?>", re.ASCII)


def named(typed: str) -> Person:
    """Whom words name, as the grammar hands them on, or the value of a button."""
    if _ID.fullmatch(typed):
        return Person(id=typed)
    if mention := _MENTION.fullmatch(typed):
        return Person(slack=mention[1])
    return Person(email=typed) if is_address(typed) else Person(name=typed)


async def one(door: Door, visit: Visit, typed: str) -> Message:
    return await _card(door, visit, named(typed))


async def _card(door: Door, visit: Visit, who: Person, *, said: Phrase = NOTHING, drawn: int = 0) -> Message:
    try:
        found = await door.usher.queries.member(visit.desk, who)
    except Refusal as refusal:
        return answer.answer(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)
    return member.card(visit.desk, found, said=said, drawn=drawn)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await one(door, visit, press.value), replace=press.on_top)


async def _role_chosen(door: Door, visit: Visit, press: Press) -> None:
    at = At.load(press.block)
    await _do(door, visit, press, ChangeRole(Person(id=at.member), press.chosen, space=at.space))


async def _revoke(door: Door, visit: Visit, press: Press) -> None:
    await _do(door, visit, press, RemoveFromSpace(Person(id=At.load(press.block).member), press.value))


async def _do(door: Door, visit: Visit, press: Press, command: Command) -> None:
    """It acts at once; then the card says what came of it and shows how things stand, and a code that is missing is
    asked for."""
    outcome = await door.perform(command, visit)
    if view := await door.next_form(outcome, visit):
        open_view(door, visit, press, view, answer.answer(outcome, visit.reader))
    at = At.load(press.block)
    said = outcomes.said(outcome, visit.reader)
    drawing = _card(door, visit, Person(id=at.member), said=said, drawn=at.drawn + 1)
    await show_anew(door, visit, press, outcome, drawing)


PRESSED: Mapping[str, Handler] = {
    ids.MEMBER: _open,
    ids.MEMBER_ROLE: _role_chosen,
    ids.MEMBER_REVOKE: _revoke,
    ids.MEMBER_EDIT: opens_about("edit-member", "person"),
    ids.MEMBER_PERMISSIONS: opens_about("permissions", "person"),
    ids.MEMBER_DEACTIVATE: opens_about("deactivate", "person"),
    ids.MEMBER_REACTIVATE: opens_about("reactivate", "person"),
    ids.MEMBER_REMOVE: opens_about("remove-member", "person"),
    ids.MEMBER_DELETE: opens_about("delete-member", "person"),
    ids.MEMBER_DELETE_DATA: opens_about("delete-data", "person"),
    ids.MEMBER_RESET_PASSWORD: opens_about("reset-password", "person"),
    ids.MEMBER_RESET_FACTOR: opens_about("reset-2fa", "person"),
}
