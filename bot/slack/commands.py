"""The slash commands: typed in full they act, left incomplete they open the form, mistyped they help."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.identity import Body
from bot.slack import asking, explaining, grammar, holding, opening, showing, space_forms, thing_forms
from bot.slack.door import Door, Visit
from bot.slack.grammar import (
    Act,
    AskFor,
    CancelWhich,
    Explain,
    FirstKnown,
    HeldWhich,
    OpenForm,
    Show,
    Slash,
    Unclear,
    WhoCan,
)
from bot.slack.views import answer, lists
from bot.slack.views.blocks import Message, message
from bot.wording.phrase import Phrase, Typed, say
from bot.wording.refusals import refused
from handlers.commands import Cancel, Command, Refused
from handlers.models import Desk, RequestCard

FIND: Mapping[str, thing_forms.Find] = {"space": space_forms.reached, "group": thing_forms.group}
SLASHES: tuple[Slash, ...] = ("/usher", "/access")


async def answered(door: Door, body: Body) -> Message | None:
    """What the asker reads; None: a form opens instead."""
    visit = await door.enter(body)
    if isinstance(visit, Refused):
        return message(refused(visit))
    slash: Slash = "/access" if body["command"] == "/access" else "/usher"
    reading = grammar.read(slash, str(body.get("text", "")), desk=visit.desk, now=door.usher.clock())
    if grammar.usable(reading, desk=visit.desk):
        return await _obeyed(door, visit, reading, slash)
    return answer.answer(why_not(reading, visit.desk), visit.reader)


async def _obeyed(  # noqa: PLR0911 - one line for each thing that can be meant
    door: Door, visit: Visit, reading: grammar.Reading, slash: Slash
) -> Message | None:
    match reading:
        case Act(command):
            return await _act(door, visit, command)
        case OpenForm():
            return await _open(door, visit, reading)
        case Show():
            return await showing.shown(door, visit, reading, slash)
        case CancelWhich(name):
            return await _cancel(door, visit, name)
        case Explain() | WhoCan():
            return await explaining.answered(door, visit, reading)
        case FirstKnown():
            return await _first_known(door, visit, reading)
        case AskFor():
            return await _come_to(door, visit, await asking.meant(door, visit, reading))
        case HeldWhich():
            return await _come_to(door, visit, await holding.meant(door, visit, reading))
        case Unclear(what, nearest, example):
            return answer.unclear(what, nearest, example)


def why_not(reading: grammar.Reading, desk: Desk) -> Refused:  # noqa: PLR0911 - one line for each reason
    """Why a form or a list is of no use to this person."""
    founding = isinstance(reading, OpenForm) and reading.form == "set-up"
    if founding:
        return Refused("organization-exists" if desk.organization else "not-workspace-admin")
    if desk.organization is None:
        return Refused("no-organization")
    if desk.member is None:
        return Refused("not-connected")
    if isinstance(reading, OpenForm) and reading.form == "connect":
        return Refused("already-connected")
    if desk.status != "active":
        return Refused("not-active", facts={"organization": desk.organization.name})
    words = desk.catalogue.words
    if grammar.about_spaces(reading) and not desk.catalogue.space:
        return Refused("no-spaces", facts={"kind": words.spaces})
    return Refused("may-not")


async def _come_to(door: Door, visit: Visit, found: Message | Command | OpenForm) -> Message | None:
    match found:
        case Message():
            return found
        case OpenForm():
            return await _open(door, visit, found)
        case _:
            return await _act(door, visit, found)


async def _first_known(door: Door, visit: Visit, asked: FirstKnown) -> Message | None:
    """The longest name that is known is meant; where none is, the form asks."""
    for name, meant in asked.acts:
        if await FIND[asked.what](door, visit, name):
            return await _come_to(door, visit, meant.command if isinstance(meant, Act) else meant)
    return await _open(door, visit, asked.otherwise)


async def _act(door: Door, visit: Visit, command: Command) -> Message:
    outcome = await door.perform(command, visit)
    if view := await door.next_form(outcome, visit):
        door.tasks.start(door.calls.open_if_possible(visit.caller.trigger, view), name="next form")
    return answer.answer(outcome, visit.reader)


async def _open(door: Door, visit: Visit, asked: OpenForm) -> Message | None:
    view, typed = await opening.form(door, visit, asked)
    instead = opening.instead(asked.form, asked.prefill, typed)
    started = door.tasks.start(opening.open_or_tell(door, visit, view, instead), name="form")
    return None if started else instead


async def _cancel(door: Door, visit: Visit, name: str | None) -> Message:
    waiting = [card for card in await door.usher.queries.mine(visit.desk) if card.state == "pending"]
    meant = [card for card in waiting if name is None or _is_named(card, name)]
    match meant:
        case [card]:
            return answer.answer(await door.perform(Cancel(card.id), visit), visit.reader)
        case []:
            return answer.nothing(_none_of(waiting, name), say("`/access requests` shows all that you asked for."))
        case _:
            return lists.which(visit.desk, meant)


def _is_named(card: RequestCard, name: str) -> bool:
    scope = "space" if card.space else "organization"
    role = card.catalogue.role(card.new, scope=scope) if card.new and card.asked == "role" else None
    names = {card.id, card.new or "", role.title if role else "", card.space or "", card.thing}
    return name.casefold() in {known.casefold() for known in names if known}


def _none_of(waiting: Sequence[RequestCard], name: str | None) -> Phrase:
    if not waiting or name is None:
        return say("None of your requests is waiting, so there is nothing to cancel.")
    return say("None of your waiting requests is called “{name}”.", name=Typed(name, 80))


async def listener(door: Door, ack: Any, body: Body) -> None:
    said = await answered(door, body)
    if said is None:
        await ack()
    else:
        await ack(response_type="ephemeral", **said.fields())
