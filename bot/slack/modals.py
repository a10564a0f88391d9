"""Sent forms. What is wrong is said under its field, and what was typed stays; the end is a page of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.identity import Body
from bot.slack import (
    checking,
    edit_form,
    explaining,
    importing,
    invitation_buttons,
    leaving_forms,
    organization_forms,
    permission_forms,
    space_forms,
)
from bot.slack.door import Door, Visit
from bot.slack.views import (
    answer,
    approve_code,
    change_role,
    connect,
    deactivate,
    deny,
    edit_member,
    group_forms,
    invitation_forms,
    invite,
    leaving,
    organizations,
    permissions,
    reactivate,
    request_access,
    resets,
    resource_forms,
    set_up,
    settings,
    space_access,
    why,
)
from bot.slack.views import checking as checking_views
from bot.slack.views import importing as importing_views
from bot.slack.views import space_forms as space_views
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Filled, Unreadable, filled
from bot.wording.clean import cut
from bot.wording.phrase import Phrase, say
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
        "no-spaces",
        "nobody-approves",
        "approved-other-reset",
        "stale-form",
        "import-gone",
        "import-empty",
        "import-others",
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    read: Callable[[Filled], Command]
    code: Callable[[Filled], str] | None = None
    """A one-time code that is typed beside the command, and never becomes part of it."""
    meant: Callable[[Door, Visit, Filled], Awaitable[Command]] | None = None
    """In place of ``read`` where what the form stands for has to be looked up."""
    leads: Callable[[Door, Visit, Filled], Awaitable[Block | None]] | None = None
    """A first page does nothing yet: it leads to the form that it asks something for. None: this page says it all."""
    goes_on: Callable[[Door, Visit, Body, Outcome], Awaitable[Block]] | None = None
    """What is shown after an act where the form does not end with it; None: how the act ended, and no more."""
    asks: bool = True
    """For a code that is missing, at once; else what goes on sees to it."""


@dataclass(frozen=True, slots=True)
class Look:
    """A form that asks a question and changes nothing; the answer is its last page."""

    shows: Callable[[Door, Visit, Filled], Awaitable[Block]]


FORMS: Mapping[str, Form | Look] = {
    set_up.CALLBACK: Form(set_up.read),
    invite.CALLBACK: Form(invite.read, leads=invitation_buttons.review),
    change_role.CALLBACK: Form(change_role.read),
    deactivate.CALLBACK: Form(deactivate.read),
    reactivate.CALLBACK: Form(reactivate.read),
    request_access.CALLBACK: Form(request_access.read),
    request_access.EXTEND_CALLBACK: Form(request_access.read_longer),
    connect.CALLBACK: Form(connect.read),
    connect.CODE_CALLBACK: Form(connect.read_code),
    approve_code.CALLBACK: Form(approve_code.read, approve_code.read_code),
    deny.CALLBACK: Form(deny.read),
    space_views.CREATE_CALLBACK: Form(space_views.read_create),
    space_views.RENAME_CALLBACK: Form(space_views.read_rename),
    space_views.DELETE_CALLBACK: Form(space_views.read_delete),
    space_views.REMOVE_CALLBACK: Form(space_views.read_remove),
    space_access.CALLBACK: Form(space_access.read, goes_on=space_forms.goes_on),
    group_forms.CREATE_CALLBACK: Form(group_forms.read_create),
    group_forms.RENAME_CALLBACK: Form(group_forms.read_rename),
    group_forms.DELETE_CALLBACK: Form(group_forms.read_delete),
    group_forms.JOIN_CALLBACK: Form(group_forms.read_join),
    group_forms.LEAVE_CALLBACK: Form(group_forms.read_leave),
    resource_forms.ADD_CALLBACK: Form(resource_forms.read_add),
    resource_forms.REMOVE_CALLBACK: Form(resource_forms.read_remove),
    resource_forms.SHARE_CALLBACK: Form(resource_forms.read_share),
    resource_forms.UNSHARE_CALLBACK: Form(resource_forms.read_unshare),
    resource_forms.NOTIFY_CALLBACK: Form(resource_forms.read_notify),
    permissions.PICK_CALLBACK: Form(permissions.read_pick, leads=permission_forms.next_page),
    permissions.CALLBACK: Form(permissions.read),
    organizations.CREATE_CALLBACK: Form(organizations.read_create),
    organizations.CLOSE_CALLBACK: Form(organizations.read_close),
    organizations.TRANSFER_CALLBACK: Form(organizations.read_transfer),
    settings.CALLBACK: Form(settings.read, leads=organization_forms.preview),
    invitation_forms.SEVERAL_CALLBACK: Form(invitation_forms.read_several),
    invitation_forms.ALL_CALLBACK: Form(invitation_forms.read_all, meant=invitation_buttons.all_meant),
    leaving.PICK_CALLBACK: Form(leaving.read_pick, leads=leaving_forms.next_page),
    leaving.REMOVE_CALLBACK: Form(leaving.read_remove),
    leaving.DELETE_CALLBACK: Form(leaving.read_delete),
    leaving.DATA_CALLBACK: Form(leaving.read_data),
    resets.CALLBACK: Form(resets.read_password),
    resets.FACTOR_CALLBACK: Form(resets.read_factor),
    checking_views.CALLBACK: Look(checking.page),
    edit_member.PICK_CALLBACK: Form(edit_member.read_pick, leads=edit_form.next_page),
    edit_member.CALLBACK: Form(edit_member.read_first, goes_on=edit_form.goes_on, asks=False),
    edit_member.PROFILE_CALLBACK: Form(edit_member.read_profile),
    importing_views.CALLBACK: Look(importing.submitted),
    importing_views.CONFIRM_CALLBACK: Form(importing_views.read),
    why.CALLBACK: Look(explaining.why_page),
    why.WHO_CALLBACK: Look(explaining.who_can_page),
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
    if sent.meta.request:
        visit = await door.there(visit, sent.meta.request)
    try:
        if isinstance(form, Look):
            return _page(await form.shows(door, visit, sent))
        command = await form.meant(door, visit, sent) if form.meant else form.read(sent)
        if form.leads and (leads := await form.leads(door, visit, sent)):
            return _page(leads)
    except Unreadable as unreadable:
        return _under(view, unreadable.wrong.field, unreadable.wrong.phrase)
    code = form.code(sent) if form.code else None
    outcome = await door.perform(command, visit, code=code, card=sent.meta.card, channel=sent.meta.channel)
    return await _shown(door, visit, view, outcome, form)


async def _shown(door: Door, visit: Visit, view: Body, outcome: Outcome, form: Form) -> dict[str, Any]:
    if isinstance(outcome, Refused) and outcome.code not in FINAL and _inputs(view):
        return _under(view, outcome.field, reason_and_step(outcome))
    if form.asks and (next_form := await door.next_form(outcome, visit)):
        return _page(next_form)
    if form.goes_on and not isinstance(outcome, Refused):
        return _page(
            await door.unless_busy(form.goes_on(door, visit, view, outcome)) or answer.page(outcome, visit.reader)
        )
    return _page(answer.page(outcome, visit.reader))


def _page(view: Block) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


def _inputs(view: Body) -> list[str]:
    return [str(block.get("block_id")) for block in cast("list[Body]", view["blocks"]) if block.get("type") == "input"]


def _under(view: Body, field: str | None, phrase: Phrase) -> dict[str, Any]:
    """Slack shows an error only under an input of that form; one of no field goes under the first."""
    inputs = _inputs(view)
    if not inputs:
        return _page(answer.page_of(say("Unclear. ") + phrase))
    parts = [name for name in inputs if field and name.startswith(f"{field}-")]
    place = field if field in inputs else next(iter((*parts, *inputs)))
    return {"response_action": "errors", "errors": {place: cut(phrase.plain(), LONGEST_ERROR)}}
