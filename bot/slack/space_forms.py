"""What forms about spaces begin with, the command to type instead, and how *Manage access* goes on."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.identity import Body
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, Prefill
from bot.slack.views import answer, space_access, space_forms
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Prefilled
from bot.slack.views.space_access import At
from bot.wording import outcomes, spaces
from bot.wording.phrase import NOTHING, Phrase
from handlers.commands import Outcome, Refusal, Refused
from handlers.models import Choice, Desk

BUILD: Mapping[Form, Callable[[Desk, Prefilled], Block]] = {
    "create-space": space_forms.build_create,
    "rename-space": space_forms.build_rename,
    "delete-space": space_forms.build_delete,
    "remove-from-space": space_forms.build_remove,
}


async def with_losses(door: Door, visit: Visit, typed: Prefilled) -> Prefilled:
    """The form that deletes a space says what goes with it."""
    if typed.space is None:
        return typed
    card = await door.usher.queries.space(visit.desk, typed.space.value)
    return replace(typed, note=spaces.losses(visit.desk.catalogue, card)) if card else typed


async def reached(door: Door, visit: Visit, typed: str) -> Choice | None:
    """The one space of somebody's own that the words name."""
    found = await door.usher.queries.space(visit.desk, typed)
    return Choice(found.id, found.name) if found else None


def spelled(which: Form, known: Prefill, typed: Prefilled, person: str) -> str:
    """`known` may hold ids, which nobody can type: what was found is named."""
    said = known.get("space", "")
    space = _quoted(typed.space.label if typed.space else said if isinstance(said, str) else "") or "NAME"
    match which:
        case "create-space":
            return f"/usher space create {typed.name or 'NAME'}"
        case "rename-space":
            return f"/usher space rename {space} to {_quoted(typed.name) or 'NEW'}"
        case "delete-space":
            return f"/usher space delete {space}"
        case _:
            because = f" because {typed.reason}" if typed.reason else ""
            return f"/usher remove {_quoted(person) or 'PERSON'} from {space}{because}"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


# Manage access --------------------------------------------------------------------------------------------------------


async def access(door: Door, visit: Visit, at: At, *, said: Phrase = NOTHING) -> Block:
    """The form as things stand now; who may not see it reads why."""
    page = await door.usher.queries.space_access(visit.desk, at.space, words=at.words, after=at.after or None)
    if isinstance(page, Refusal):
        return answer.page(Refused(page.code, page.field, page.facts), visit.reader)
    return space_access.build(visit.desk, page, at, said=said)


async def goes_on(door: Door, visit: Visit, view: Body, outcome: Outcome) -> Block:
    """After somebody was added, the same form says so and shows who has access now."""
    return await access(door, visit, At.load(view).again(), said=outcomes.said(outcome, visit.reader))
