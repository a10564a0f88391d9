"""Pressed buttons. A value is an opaque id; who pressed, and whether they may, is judged by the gate at that moment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from bot.identity import Body
from bot.slack import (
    group_buttons,
    ids,
    organization_buttons,
    permission_buttons,
    resource_buttons,
    space_buttons,
    why_buttons,
)
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, does, open_view, opens, perform, show
from bot.slack.views import answer, approve_code, deny, lists
from bot.slack.views.blocks import message
from bot.slack.views.fields import Meta
from bot.wording.phrase import Phrase, say
from bot.wording.refusals import refused
from handlers.commands import (
    AcceptInSlack,
    Approve,
    Cancel,
    CopyLink,
    OpenSetup,
    RefusalCode,
    Refused,
    Resend,
    Revoke,
)
from handlers.models import RequestCard

# A post is recorded within its lease; younger ones may still be on their way into the database.
RECORDED_BY_THEN = timedelta(minutes=2)


async def listener(door: Door, ack: Any, body: Body) -> None:
    """Performs first and then answers Slack; what is said goes out after that."""
    press = Press(body, cast("list[Body]", body["actions"])[0])
    visit = await door.enter(body)
    if isinstance(visit, Refused):
        door.tasks.start(_turn_away(door, press, refused(visit)), name="turned away")
    else:
        await PRESSED[str(press.action["action_id"])](door, visit, press)
    await ack()


async def _turn_away(door: Door, press: Press, phrase: Phrase) -> None:
    """Nobody whom we know: an answer where they pressed, and never a message sent to them."""
    url, trigger = press.body.get("response_url"), press.body.get("trigger_id")
    if not await door.calls.respond(url, message(phrase)):
        await door.calls.open(trigger, answer.page_of(phrase), push=press.surface == "modal")


# Doing ----------------------------------------------------------------------------------------------------------------


async def _credentials(door: Door, visit: Visit, press: Press) -> None:
    await perform(door, visit, press, OpenSetup())


async def _is_stray(door: Door, visit: Visit, press: Press) -> bool:
    """A card that Slack posted and Usher died before recording: a second, recorded one was posted since."""
    place = visit.caller.card
    if place is None or place in await door.usher.queries.places(press.value):
        return False
    return float(place.ts) < (door.usher.clock() - RECORDED_BY_THEN).timestamp()


def _only_on_the_card(handler: Handler) -> Handler:
    """Pressing on a stray card rewrites it, so that nobody presses there again."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        visit = await door.there(visit, press.value)
        if await _is_stray(door, visit, press):
            show(door, visit, press, answer.answer(Refused("not-the-card"), visit.reader), replace=True)
            return
        await handler(door, visit, press)

    return pressed


async def _approve(door: Door, visit: Visit, press: Press) -> None:
    """Where a code is needed the form opens, for whoever may decide; all others hear from the gate why not."""
    card = await door.usher.queries.card(press.value)
    if card and card.code and await _asks_for_code(door, visit, card):
        view = approve_code.build(card, visit.desk.timezone, place=_place(visit, card))
        open_view(door, visit, press, view, message(_form_failed("Approve")))
        return
    await perform(door, visit, press, Approve(press.value))


async def _asks_for_code(door: Door, visit: Visit, card: RequestCard) -> bool:
    return (
        card.state == "pending" and visit.desk.has_factor and await door.usher.queries.may_decide(visit.desk, card.id)
    )


async def _deny(door: Door, visit: Visit, press: Press) -> None:
    card = await door.usher.queries.card(press.value)
    why = await _why_not(door, visit, card)
    if card is None or why:
        show(door, visit, press, answer.answer(Refused(why or "request-gone"), visit.reader))
        return
    view = deny.build(card, visit.desk.timezone, place=_place(visit, card))
    open_view(door, visit, press, view, message(_form_failed("Deny")))


async def _why_not(door: Door, visit: Visit, card: RequestCard | None) -> RefusalCode | None:
    """Why nobody need be asked for a reason; the gate judges again when the form is sent."""
    desk = visit.desk
    if desk.member is None:
        return "not-connected"
    if card is None:
        return "request-gone"
    if card.state != "pending":
        return "request-ended"
    if await door.usher.queries.may_decide(desk, card.id):
        return None
    return "own-request" if card.requester.id == desk.member.id else "may-not"


def _place(visit: Visit, card: RequestCard) -> Meta:
    """The form keeps which card it was opened from, so that the gate can compare that too."""
    place = visit.caller.card
    return Meta(request=card.id, channel=place.channel, ts=place.ts) if place else Meta(request=card.id)


def _form_failed(button: str) -> Phrase:
    return say("Unclear. Slack did not open the form, and nothing was changed. ") + say(
        f"Press {button} again, or decide in `/usher approvals`."
    )


# Showing something else -----------------------------------------------------------------------------------------------


async def _turn_page(door: Door, visit: Visit, press: Press) -> None:
    space = press.block.removeprefix("page:") or None
    after = None if press.value == lists.FIRST else press.value
    page = await door.usher.queries.invitations(visit.desk, after=after, space=space)
    show(door, visit, press, lists.invitations(visit.desk, page, space=space), replace=True)


async def _invitations(door: Door, visit: Visit, press: Press) -> None:
    page = await door.usher.queries.invitations(visit.desk)
    show(door, visit, press, lists.invitations(visit.desk, page))


async def _me(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, lists.me(visit.desk))


PRESSED: Mapping[str, Handler] = {
    **space_buttons.PRESSED,
    **group_buttons.PRESSED,
    **resource_buttons.PRESSED,
    **why_buttons.PRESSED,
    **organization_buttons.PRESSED,
    ids.ACCESS_MODE: permission_buttons.mode_chosen,
    ids.RESET_PERMISSIONS: permission_buttons.reset,
    ids.APPROVE: _only_on_the_card(_approve),
    ids.DENY: _only_on_the_card(_deny),
    ids.CANCEL: does(Cancel),
    ids.ACCEPT: does(AcceptInSlack),
    ids.RESEND: does(Resend),
    ids.REVOKE: does(Revoke),
    ids.COPY_LINK: does(CopyLink),
    ids.CREDENTIALS: _credentials,
    ids.INVITATIONS: _invitations,
    ids.INVITATIONS_PAGE: _turn_page,
    ids.INVITATIONS_BACK: _turn_page,
    ids.ME: _me,
    ids.SET_UP: opens("set-up"),
    ids.INVITE: opens("invite"),
    ids.CHANGE_ROLE: opens("change-role"),
    ids.DEACTIVATE: opens("deactivate"),
    ids.REACTIVATE: opens("reactivate"),
    ids.REQUEST_ACCESS: opens("request-access"),
    ids.CONNECT: opens("connect"),
}
