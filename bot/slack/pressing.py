"""What every handler of a pressed button works with: the press, doing what it asks, and showing what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from bot.identity import Body
from bot.slack import opening
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, OpenForm
from bot.slack.views import answer
from bot.slack.views.blocks import Block, Message, modal
from handlers.commands import AcceptInSlack, Command, Done, Outcome

LONGEST_VALUE = 200
MOST_IN_VALUE = 2000


@dataclass(frozen=True, slots=True)
class Press:
    body: Body
    action: Body

    @property
    def value(self) -> str:
        """An id of ours; what is longer is none."""
        return str(self.action.get("value") or "")[:LONGEST_VALUE]

    @property
    def typed(self) -> str:
        """What somebody typed once, and a button carries on, such as the filters of a list."""
        return str(self.action.get("value") or "")[:MOST_IN_VALUE]

    @property
    def chosen(self) -> str:
        """The value of the option that was chosen in a select."""
        option = cast("Body", self.action.get("selected_option") or {})
        return str(option.get("value") or "")[:LONGEST_VALUE]

    @property
    def block(self) -> str:
        return str(self.action.get("block_id") or "")

    @property
    def view(self) -> str:
        return str(cast("Body", self.body.get("view") or {}).get("id") or "")

    @property
    def on_top(self) -> bool:
        """On a page above another one. Slack lays three upon each other; what is shown from here takes this one's
        place, so that a form finds room."""
        view = cast("Body", self.body.get("view") or {})
        return self.surface == "modal" and bool(view.get("previous_view_id"))

    @property
    def surface(self) -> str:
        """Where the button stands: `modal`, `home` or `message`."""
        view = cast("Body", self.body.get("view") or {})
        return str(view.get("type") or "message")


Handler = Callable[[Door, Visit, Press], Awaitable[None]]


# Showing --------------------------------------------------------------------------------------------------------------


def show(door: Door, visit: Visit, press: Press, said: Message, *, replace: bool = False) -> None:
    door.tasks.start(_say(door, visit, press, said, replace=replace), name="answer")


async def _say(door: Door, visit: Visit, press: Press, said: Message, *, replace: bool = False) -> None:
    """On a message ephemerally, elsewhere as a page of its own; and if that fails, by direct message."""
    caller = visit.caller
    if press.surface == "message":
        done = await door.calls.respond(caller.response_url, said, replace=replace)
    elif press.surface == "modal" and replace:
        done = await door.calls.update(press.view, page(said))
    else:
        done = await door.calls.open(caller.trigger, page(said), push=press.surface == "modal")
    if not done:
        await door.calls.tell(caller.account.user, said)


async def show_anew(
    door: Door, visit: Visit, press: Press, outcome: Outcome, drawing: Awaitable[Message | None]
) -> None:
    """What was pressed on is drawn anew after an act; where that fails, how the act ended stands in its place, for
    what was drawn before is no longer so."""
    drawn = await door.unless_busy(drawing)
    show(door, visit, press, drawn or answer.answer(outcome, visit.reader), replace=True)


def page(said: Message) -> Block:
    title = said.text.split(" ", maxsplit=1)[0].rstrip(".:")
    known = title if title in {"Done", "Waiting", "Refused", "Unclear"} else "Usher"
    return modal(known, "answer", said.blocks, submit="", close="Close")


def open_view(door: Door, visit: Visit, press: Press, view: Block, instead: Message) -> None:
    """On top of a form that is open already, for Slack opens no second one beside it."""
    on_top = press.surface == "modal"
    door.tasks.start(opening.open_or_tell(door, visit, view, instead, push=on_top), name="form")


def opens(which: Form) -> Handler:
    """The form as it opens where nothing was typed."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        open_view(door, visit, press, await opening.blank(door, visit, which), opening.instead(which, {}))

    return pressed


def opens_about(which: Form, field: str) -> Handler:
    """The form with what the button stands for chosen already, in that field."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        asked = OpenForm(which, {field: press.value})
        view, typed = await opening.form(door, visit, asked)
        open_view(door, visit, press, view, opening.instead(which, asked.prefill, typed))

    return pressed


# Doing ----------------------------------------------------------------------------------------------------------------


def does(command: Callable[[str], Command]) -> Handler:
    """``command`` is made from the button's value."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        await perform(door, visit, press, command(press.value))

    return pressed


async def perform(door: Door, visit: Visit, press: Press, command: Command) -> None:
    outcome = await door.perform(command, visit)
    if view := await door.next_form(outcome, visit):
        open_view(door, visit, press, view, answer.answer(outcome, visit.reader))
        return
    show(door, visit, press, answer.answer(outcome, visit.reader), replace=_settles(command, outcome))


def _settles(command: Command, outcome: Outcome) -> bool:
    """An offer that was accepted has done its work; every other message stays as it is."""
    return isinstance(command, AcceptInSlack) and isinstance(outcome, Done)
