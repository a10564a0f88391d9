"""What every act in a Slack client starts from: what the person sees, and the addresses for the bot's answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.exchange import Response
from bot.playground.model import Control, Json, Message, User, View
from bot.playground.slack import Slack
from bot.playground.wire import Wire

Values = Mapping[str, Mapping[str, Any]]
"""Block id, action id, a plain value: text, an option, an id, a date; a list where several may be; None: empty."""

GONE = "This is no longer there."
INACTIVE = "This account is deactivated."


class Client:
    def __init__(self, slack: Slack, wire: Wire) -> None:
        self.world = slack.world
        self.wire = wire
        self._slack = slack
        self._suggested: dict[tuple[str, str], dict[tuple[str, str], Sequence[Json]]] = {}
        """Person and place, block and action: all options that the bot has offered there."""

    def _offered_in(self, user_id: str, on: Message | View) -> dict[tuple[str, str], Sequence[Json]]:
        return self._suggested.setdefault((user_id, on.ts if isinstance(on, Message) else on.id), {})

    def offered(self, user_id: str, on: Message | View, control: Control) -> Sequence[Json]:
        """What can be chosen in an external select by now."""
        return self._offered_in(user_id, on).get((control.block_id, control.action_id), ())

    def _current(self, user_id: str, on: Message | View) -> Message | View | None:
        if isinstance(on, Message):
            return self.world.message(on.channel, on.ts, user_id)
        view = self.world.view(on.id)
        return view if view and view.user == user_id else None

    def _answer_url(self, user: User, on: Message) -> str:
        response = Response(user.id, on.channel, self.world.now(), original=on.ts)
        return self._response_url("actions", response)

    def _response_url(self, kind: str, response: Response) -> str:
        return f"{self._slack.url}/{kind}/{self.world.team.id}/{self._slack.exchange.new_response(response)}"


def control_in(on: Message | View, block_id: str, action_id: str) -> Control | None:
    matching = (c for c in on.controls if (c.block_id, c.action_id) == (block_id, action_id))
    return next(matching, None)
