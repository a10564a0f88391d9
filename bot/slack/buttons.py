"""Pressed buttons. A value is an opaque id; who pressed, and whether they may, is judged by the gate at that moment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from bot.identity import Body
from bot.slack import (
    checking,
    group_buttons,
    holding,
    ids,
    importing,
    invitation_buttons,
    leaving_buttons,
    letter_buttons,
    member_card,
    member_exports,
    member_list,
    organization_buttons,
    own_buttons,
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
from bot.wording.common import not_opened
from bot.wording.phrase import Phrase, say
from bot.wording.refusals import refused
from handlers.commands import (
    AcceptInSlack,
    Approve,
    Cancel,
    Deny,
    OpenSetup,
    Outcome,
    RefusalCode,
    Refused,
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
    """Judged at once; where only the code is missing its form opens, and all others hear why not."""
    outcome = await door.perform(Approve(press.value), visit, card=visit.caller.card)
    await _decided(door, visit, press, outcome, asking="code-needed")


async def _deny(door: Door, visit: Visit, press: Press) -> None:
    """The gate judges whoever pressed before it misses the reason, so who may not is refused, and audited, here."""
    outcome = await door.perform(Deny(press.value, ""), visit, card=visit.caller.card)
    await _decided(door, visit, press, outcome, asking="reason-needed")


async def _decided(door: Door, visit: Visit, press: Press, outcome: Outcome, *, asking: RefusalCode) -> None:
    missing = isinstance(outcome, Refused) and outcome.code == asking
    card = await door.usher.queries.card(press.value) if missing else None
    if card is None:
        show(door, visit, press, answer.answer(outcome, visit.reader))
        return
    zone, place = visit.desk.timezone, _place(visit, card)
    label, build = ("Approve", approve_code.build) if asking == "code-needed" else ("Deny", deny.build)
    open_view(door, visit, press, build(card, zone, place=place), message(_form_failed(label)))


def _place(visit: Visit, card: RequestCard) -> Meta:
    """The form keeps which card it was opened from, so that the gate can compare that too."""
    place = visit.caller.card
    return Meta(request=card.id, channel=place.channel, ts=place.ts) if place else Meta(request=card.id)


def _form_failed(button: str) -> Phrase:
    return not_opened(say(f"Press {button} again, or decide in `/usher approvals`."))


# Showing something else -----------------------------------------------------------------------------------------------


async def _me(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, lists.me(visit.desk))


PRESSED: Mapping[str, Handler] = {
    **holding.PRESSED,
    **member_list.PRESSED,
    **member_exports.PRESSED,
    **member_card.PRESSED,
    **own_buttons.PRESSED,
    **space_buttons.PRESSED,
    **group_buttons.PRESSED,
    **resource_buttons.PRESSED,
    **why_buttons.PRESSED,
    **checking.PRESSED,
    **organization_buttons.PRESSED,
    **leaving_buttons.PRESSED,
    **invitation_buttons.PRESSED,
    **letter_buttons.PRESSED,
    ids.ACCESS_MODE: permission_buttons.mode_chosen,
    ids.RESET_PERMISSIONS: permission_buttons.reset,
    ids.APPROVE: _only_on_the_card(_approve),
    ids.DENY: _only_on_the_card(_deny),
    ids.CANCEL: does(Cancel),
    ids.ACCEPT: does(AcceptInSlack),
    ids.CREDENTIALS: _credentials,
    ids.ME: _me,
    ids.SET_UP: opens("set-up"),
    ids.INVITE: opens("invite"),
    ids.IMPORT: opens("import"),
    **importing.PRESSED,
    ids.CHANGE_ROLE: opens("change-role"),
    ids.DEACTIVATE: opens("deactivate"),
    ids.REACTIVATE: opens("reactivate"),
    ids.REQUEST_ACCESS: opens("request-access"),
    ids.CONNECT: opens("connect"),
}
