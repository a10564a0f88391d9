"""The forms that end a membership, an account or its data: opened for whom they are about, else asking for whom."""

from collections.abc import Mapping
from dataclasses import replace

from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, Prefill
from bot.slack.views import answer, leaving
from bot.slack.views.blocks import Block
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording import leaving as words
from handlers.commands import Refusal, Refused
from handlers.leaving_queries import Ending
from handlers.models import Choice

ENDINGS: Mapping[Form, Ending] = {"remove-member": "remove", "delete-member": "delete", "delete-data": "delete-data"}
_SPELLED: Mapping[Form, str] = {"remove-member": "remove", "delete-member": "delete", "delete-data": "delete-data"}


async def opened(door: Door, visit: Visit, which: Form, known: Prefill, typed: Prefilled = EMPTY) -> Block:
    """Who may not do it, or not to them, is told why at once."""
    how, person = ENDINGS[which], typed.person or await _removed_before(door, visit, known)
    if person is None:
        return leaving.build_pick(how, typed)
    return await drawn(door, visit, person.value, how, replace(typed, note=EMPTY.note))


async def _removed_before(door: Door, visit: Visit, known: Prefill) -> Choice | None:
    said = known.get("person", "")
    return await door.usher.queries.leaver(visit.desk, said) if isinstance(said, str) and "@" in said else None


async def next_page(door: Door, visit: Visit, form: Filled) -> Block:
    """What follows the page that asks whom it is about."""
    typed = Prefilled(reason=form.text("reason"))
    return await drawn(door, visit, leaving.read_pick(form).person.id or "", leaving.how_of(form), typed)


async def drawn(door: Door, visit: Visit, person: str, how: Ending, typed: Prefilled = EMPTY) -> Block:
    try:
        return leaving.build(visit.desk, await door.usher.queries.departure(visit.desk, person, how), typed)
    except Refusal as refusal:
        return answer.page(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)


async def with_losses(door: Door, visit: Visit, typed: Prefilled) -> Prefilled:
    """The form that deactivates somebody says what they keep."""
    if typed.person is None or typed.note:
        return typed
    try:
        one = await door.usher.queries.departure(visit.desk, typed.person.value, "deactivate")
    except Refusal:  # sending it says why
        return typed
    return replace(typed, losses=tuple(words.lines(one, visit.desk.catalogue)))


def spelled(which: Form, person: str, reason: str) -> str:
    """The command to type where Slack opens no form."""
    return f"/usher {_SPELLED[which]} {person or 'PERSON'}{f' because {reason}' if reason else ''}"
