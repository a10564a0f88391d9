"""What an interaction lets the bot do afterwards: open a form once, soon; answer a few times, for a while."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.errors import SlackError
from bot.playground.schema import problem

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5
FORGOTTEN_AFTER = 60 * 60
"""Long enough to still tell what has expired from what was invented."""


@dataclass(slots=True)
class Trigger:
    user: str
    made: float
    in_modal: bool
    """Whether it came from inside a form, as pushing demands."""
    view_id: str | None = None
    """The form it was exchanged for."""


@dataclass(slots=True)
class Response:
    """Where an answer to one interaction goes. `original` is the message that it may replace or delete."""

    user: str
    channel: str
    made: float
    original: str | None = None
    original_is_ephemeral: bool = True
    uses: int = 0
    posted: list[str] = field(default_factory=list[str])


class Exchange:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, Response] = {}

    def new_trigger(self, user: str, *, in_modal: bool = False) -> str:
        self._forget_old()
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, self._now(), in_modal)
        return trigger_id

    def spendable(self, trigger_id: str) -> Trigger:
        """The trigger, if it may still be exchanged; it is spent only by setting its `view_id`."""
        if trigger_id.count(".") < 2:  # noqa: PLR2004 # three parts, two dots
            raise SlackError("invalid_arguments", [problem("invalid `trigger_id`", "/trigger_id")])
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.view_id is not None:
            raise SlackError("exchanged_trigger_id")
        if self._now() - trigger.made > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        return trigger

    def view_of(self, trigger_id: str) -> str | None:
        trigger = self._triggers.get(trigger_id)
        return trigger.view_id if trigger else None

    def new_response(self, response: Response) -> str:
        """Its key: the last part of a response_url."""
        key = secrets.token_urlsafe(18)
        self._responses[key] = response
        return key

    def response(self, key: str) -> Response | None:
        return self._responses.get(key)

    def use(self, key: str) -> Response:
        response = self._responses.get(key)
        if response is None:
            raise SlackError("invalid_url")
        if self._now() - response.made > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        response.uses += 1
        return response

    def _forget_old(self) -> None:
        for kept in (self._triggers, self._responses):
            while kept and next(iter(kept.values())).made < self._now() - FORGOTTEN_AFTER:
                del kept[next(iter(kept))]
