"""Sent forms. What is wrong is said under its field, and what was typed stays; the end is a page of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.identity import Body
from bot.slack import permission_forms
from bot.slack.door import Door, Visit
from bot.slack.views import (
    answer,
    approve_code,
    change_role,
    connect,
    deactivate,
    deny,
    invite,
    permissions,
    reactivate,
    request_access,
    set_up,
)
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Filled, Unreadable, filled
from bot.wording.clean import cut
from bot.wording.phrase import Phrase
from bot.wording.refusals import reason_and_step, refused
from handlers.commands import Command, Outcome, RefusalCode, Refused

LONGEST_ERROR = 500

# Another try in the same form would end the same way.
FINAL: frozenset[RefusalCode] = frozenset(
    {
        "form-closed",
        "codes-locked",
        "no-factor",
        "request-gone",
        "request-ended",
        "request-void",
        "own-request",
        "already-voted",
        "not-the-card",
        "not-connected",
        "not-active",
        "not-for-guests",
        "no-organization",
        "already-set-up",
        "organization-exists",
        "already-connected",
        "not-workspace-admin",
        "may-not",
        "nobody-approves",
        "stale-form",
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    read: Callable[[Filled], Command]
    code: Callable[[Filled], str] | None = None
    """A one-time code that is typed beside the command, and never becomes part of it."""
    leads: Callable[[Door, Visit, Filled], Awaitable[Block]] | None = None
    """A first page does nothing yet: it leads to the form that it asks something for."""


FORMS: Mapping[str, Form] = {
    set_up.CALLBACK: Form(set_up.read),
    invite.CALLBACK: Form(invite.read),
    change_role.CALLBACK: Form(change_role.read),
    deactivate.CALLBACK: Form(deactivate.read),
    reactivate.CALLBACK: Form(reactivate.read),
    request_access.CALLBACK: Form(request_access.read),
    connect.CALLBACK: Form(connect.read),
    connect.CODE_CALLBACK: Form(connect.read_code),
    approve_code.CALLBACK: Form(approve_code.read, approve_code.read_code),
    deny.CALLBACK: Form(deny.read),
    permissions.PICK_CALLBACK: Form(permissions.read_pick, leads=permission_forms.next_page),
    permissions.CALLBACK: Form(permissions.read),
}


async def listener(door: Door, ack: Any, body: Body) -> None:
    await ack(await answered(door, body))


async def answered(door: Door, body: Body) -> dict[str, Any]:
    """Slack's response action."""
    visit = await door.enter(body)
    if isinstance(visit, Refused):
        return _page(answer.page_of(refused(visit)))
    view = cast("Body", body["view"])
    sent, form = filled(view), FORMS[str(view["callback_id"])]
    try:
        command = form.read(sent)
        if form.leads:
            return _page(await form.leads(door, visit, sent))
    except Unreadable as unreadable:
        return _under(view, unreadable.wrong.field, unreadable.wrong.phrase)
    code = form.code(sent) if form.code else None
    outcome = await door.perform(command, visit, code=code, card=sent.meta.card, channel=sent.meta.channel)
    return await _shown(door, visit, view, outcome)


async def _shown(door: Door, visit: Visit, view: Body, outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Refused) and outcome.code not in FINAL:
        return _under(view, outcome.field, reason_and_step(outcome))
    return _page(await door.next_form(outcome, visit) or answer.page(outcome, visit.reader))


def _page(view: Block) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


def _under(view: Body, field: str | None, phrase: Phrase) -> dict[str, Any]:
    """Slack shows an error only under an input of that form; one of no field goes under the first."""
    inputs = [
        str(block.get("block_id")) for block in cast("list[Body]", view["blocks"]) if block.get("type") == "input"
    ]
    if not inputs:
        return _page(answer.page_of(phrase))
    parts = [name for name in inputs if field and name.startswith(f"{field}-")]
    place = field if field in inputs else next(iter((*parts, *inputs)))
    return {"response_action": "errors", "errors": {place: cut(phrase.plain(), LONGEST_ERROR)}}
