"""The form *Edit*, opened for whom it is about; what is changed in it becomes one command, or two."""

import secrets
from dataclasses import replace
from time import monotonic
from typing import Final

from bot.identity import Body
from bot.slack.door import Door, Visit
from bot.slack.views import answer, edit_member
from bot.slack.views.blocks import Block
from bot.slack.views.fields import EMPTY, Filled, Prefilled, filled
from bot.wording import member_card as words
from handlers.commands import ChangeRole, Outcome, Refusal, Refused

# Slack waits for three seconds, and each act may take as long as the gate's deadline, 2.3.
TIME_FOR_BOTH: Final = 0.5


async def opened(door: Door, visit: Visit, typed: Prefilled = EMPTY) -> Block:
    """For whom was named; else the page that asks who is meant. Who may not edit them is told why at once."""
    if typed.person is None or typed.note:
        return edit_member.build_pick(typed)
    return await _drawn(door, visit, typed.person.value)


async def next_page(door: Door, visit: Visit, form: Filled) -> Block:
    """What follows the page that asks who is meant."""
    return await _drawn(door, visit, edit_member.read_pick(form).person.id or "")


async def _drawn(door: Door, visit: Visit, member: str) -> Block:
    try:
        return edit_member.build(visit.desk, await door.usher.queries.editable(visit.desk, member))
    except Refusal as refusal:
        return answer.page(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)


async def goes_on(door: Door, visit: Visit, view: Body, outcome: Outcome) -> Block:
    """Where the role was changed too, that is done now, and the end page tells how both ended; if the first took so
    long that Slack would not wait for the second, it follows."""
    changes = edit_member.read(filled(view))
    if not (changes.role and changes.details):
        return await door.next_form(outcome, visit) or answer.page(outcome, visit.reader)
    if monotonic() - visit.began < TIME_FOR_BOTH:
        second = await door.perform(edit_member.role_of(changes), _after(visit))
        return answer.both(outcome, second, visit.reader)
    place = secrets.token_urlsafe(16)
    if not door.tasks.start(_follow(door, visit, outcome, edit_member.role_of(changes), place), name="role"):
        return answer.both(outcome, Refused("busy"), visit.reader)
    return answer.first_of_two(outcome, words.ROLE_FOLLOWS, visit.reader) | {"external_id": place}


async def _follow(door: Door, visit: Visit, first: Outcome, command: ChangeRole, place: str) -> None:
    """Slack has its answer, so how this ended is put in its place, or told where the page was closed."""
    second = await door.perform(command, _after(visit))
    if not await door.calls.put_in_place(place, answer.both(first, second, visit.reader)):
        await door.calls.tell(visit.caller.account.user, answer.answer(second, visit.reader))


def _after(visit: Visit) -> Visit:
    """A second act of one delivery is a delivery of its own: the same again gets the same two answers."""
    caller = visit.caller
    return replace(visit, caller=replace(caller, delivery=caller.delivery and f"{caller.delivery}:role"))


# One's own ------------------------------------------------------------------------------------------------------------


async def profile(door: Door, visit: Visit) -> Block:
    own = await door.usher.queries.profile(visit.desk)
    return (
        edit_member.build_profile(own.name, own.timezone)
        if own
        else answer.page(Refused("not-connected"), visit.reader)
    )
