"""The shortcuts: two everywhere, one on a message. Each opens a form that a command opens too."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from bot.identity import Body
from bot.slack import opening
from bot.slack.commands import why_not
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, OpenForm, usable
from bot.slack.views import answer
from bot.slack.views.blocks import message
from bot.slack.views.fields import EMPTY, Prefilled
from bot.wording.phrase import Phrase, Who, say
from bot.wording.refusals import refused
from handlers.commands import Refused

Shortcut = Callable[[Door, Visit, Body], Awaitable[None]]


async def listener(door: Door, ack: Any, body: Body) -> None:
    visit = await door.enter(body)
    if isinstance(visit, Refused):
        door.tasks.start(_turn_away(door, body, refused(visit)), name="turned away")
    else:
        await SHORTCUTS[str(body["callback_id"])](door, visit, body)
    await ack()


def _open(door: Door, visit: Visit, which: Form, typed: Prefilled = EMPTY) -> None:
    asked = OpenForm(which)
    allowed = usable(asked, desk=visit.desk)
    said = opening.instead(which, {}, typed) if allowed else answer.answer(why_not(asked, visit.desk), visit.reader)
    view = opening.build(visit, which, typed) if allowed else answer.page(why_not(asked, visit.desk), visit.reader)
    door.tasks.start(opening.open_or_tell(door, visit, view, said), name="form")


async def _invite_people(door: Door, visit: Visit, body: Body) -> None:
    del body
    _open(door, visit, "invite")


async def _request_access(door: Door, visit: Visit, body: Body) -> None:
    del body
    _open(door, visit, "request-access")


async def _give_author_access(door: Door, visit: Visit, body: Body) -> None:
    """Whoever may change roles gives one; everybody else asks for one on the author's behalf."""
    author = str(cast("Body", body.get("message") or {}).get("user") or "")
    who = await opening.of_slack(door, visit, author) if author else None
    member = visit.desk.member
    if who is None and usable(OpenForm("request-access"), desk=visit.desk):
        door.tasks.start(_turn_away(door, body, _no_member(author)), name="no member")
        return
    own = bool(member and who and who.value == member.id)
    which: Form = "change-role" if "change-role" in visit.desk.may and not own else "request-access"
    _open(door, visit, which, EMPTY if own else replace(EMPTY, person=who))


def _no_member(author: str) -> Phrase:
    if not author:
        return say("Refused. An app wrote this message, and an app holds no role. Choose a message of a person.")
    return say(
        "Refused. {author} isn't a member here yet. Invite them with `/usher invite`, or ask whoever may invite.",
        author=Who("The author", author),
    )


async def _turn_away(door: Door, body: Body, phrase: Phrase) -> None:
    if not await door.calls.open(body.get("trigger_id"), answer.page_of(phrase)):
        await door.calls.respond(body.get("response_url"), message(phrase))


SHORTCUTS: Mapping[str, Shortcut] = {
    "invite_people": _invite_people,
    "request_access": _request_access,
    "give_author_access": _give_author_access,
}
