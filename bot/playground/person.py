"""One person at their Slack client: types, presses, fills in, sends. Tests speak through this; the page uses `Acts`."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from bot.playground.acts import Acts
from bot.playground.files import File
from bot.playground.finding import by_block, input_of, labels, wanted_in
from bot.playground.forms import CannotChooseError
from bot.playground.model import (
    Answer,
    Channel,
    Control,
    Json,
    Message,
    Option,
    Submission,
    User,
    View,
    find_control,
    plain,
)
from bot.playground.slack import Slack
from bot.playground.wire import FORM

PATIENCE = 1.0
"""Seconds that an act waits, after an empty ack, for what comes next; it goes on as soon as something is seen."""
SOON = 0.5
EXTERNAL = frozenset({"external_select", "multi_external_select"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees that an answer could change."""

    words: Mapping[tuple[str, str], str]
    """Channel and timestamp of what was said to them alone, or in answer to them; when it was last edited."""
    modals: frozenset[str]
    home: str
    source: str
    """When the pressed message was last edited."""

    def told(self) -> "Sight":
        """Without what changes beside the answer: the pressed message, and Home, which every act draws anew."""
        return replace(self, source="", home="")


class Person:
    def __init__(self, user_id: str, acts: Acts, slack: Slack) -> None:
        self.id = user_id
        self.patience = PATIENCE
        self._acts = acts
        self._slack = slack
        self._world = slack.world

    # ---- what the person sees

    @property
    def user(self) -> User:
        return self._world.users[self.id]

    @property
    def mention(self) -> str:
        """What Slack's client makes of this person's name when it is picked in a command."""
        return f"<@{self.id}|{self.user.name}>"

    @property
    def modal(self) -> View | None:
        """The topmost open form."""
        return next(reversed(self._world.modals(self.id)), None)

    @property
    def home(self) -> View | None:
        return self._world.home(self.id)

    def messages(self, channel: str | None = None) -> list[Message]:
        """Oldest first, ephemeral ones included; None: of all the person's channels."""
        channels = [self._channel(channel)] if channel else self._world.channels_of(self.id)
        seen = [message for channel in channels for message in self._world.messages(channel.id, self.id)]
        return sorted(seen, key=lambda message: message.ts)

    def dm(self) -> list[Message]:
        """The direct messages with the bot."""
        return self._world.messages(self._world.im_with(self.id).id, self.id)

    def files(self) -> list[File]:
        """Those in the direct messages with the bot, oldest first."""
        shown = [self._world.files.get(file_id) for message in self.dm() for file_id in message.files]
        return [file for file in shown if file]

    # ---- typing

    async def type(self, text: str, *, channel: str = "general") -> Answer:
        """`channel` by name or id; `dm` for the direct messages with the bot."""
        before = self._sight()
        return await self._settled(await self._acts.type(self.id, self._channel(channel).id, text), before)

    async def post(self, channel: str, text: str) -> Message:
        answer = await self._acts.type(self.id, self._channel(channel).id, " " + text if text.startswith("/") else text)
        if answer.message is None:
            raise CannotChooseError(answer.error or "The message was not posted.")
        return answer.message

    # ---- pressing

    async def press(
        self,
        label_or_action_id: str,
        *,
        on: Message | View | None = None,
        value: str | None = None,
        choose: Any = None,
        typed: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Presses a button, or chooses something in another control.

        Without `on`: the topmost form, else the newest message, else Home that holds such a control. `value` tells
        several alike apart; `choose` is what to choose; `typed` is what stands in the form's other fields by then.
        """
        where = on or self._holder(label_or_action_id, value)
        control = wanted_in(where.controls, label_or_action_id, value)
        if control is None:
            raise CannotChooseError(f"There is no {label_or_action_id!r} here; there is {labels(where.controls)}.")
        if control.type in EXTERNAL and choose is not None:
            await self._acts.suggest(self.id, where, control.block_id, control.action_id, str(choose))
        before = self._sight(source=where if isinstance(where, Message) else None)
        filled = await self._filled(where, typed) if isinstance(where, View) and typed else None
        answer = await self._acts.press(self.id, where, control.block_id, control.action_id, choose, typed=filled)
        return await self._settled(answer, before, where)

    def _holder(self, wanted: str, value: str | None) -> Message | View:
        places: list[Message | View] = [*reversed(self.messages()), *([self.home] if self.home else [])]
        for place in [self.modal] if self.modal else places:
            if wanted_in(place.controls, wanted, value):
                return place
        raise CannotChooseError(f"{self.user.name} sees no {wanted!r} to press.")

    # ---- forms

    async def submit(self, *, view: View | None = None, **values: Any) -> Submission:
        """Fills in the topmost form and sends it. Names are block ids, or labels with `_` for what is no letter.

        A file is given as an `Attachment`.
        """
        shown = view or self.modal
        if shown is None:
            raise CannotChooseError(f"{self.user.name} has no form open.")
        return await self._acts.submit(self.id, shown.id, await self._filled(shown, values))

    async def _filled(self, view: View, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        typed: dict[str, dict[str, Any]] = {}
        for name, raw in values.items():
            control = input_of(view, name)
            if control.type in EXTERNAL and raw is not None:
                await self._look_up(view, control, raw)
            if control.type == "file_input":
                raw = await self._acts.attached(self.id, raw)  # noqa: PLW2901 # the same thing, uploaded
            typed.setdefault(control.block_id, {})[control.action_id] = raw
        return typed

    async def _look_up(self, view: View, control: Control, raw: Any) -> None:
        texts = [raw] if isinstance(raw, str) else list(raw)
        for text in texts:
            known = self._acts.offered(self.id, view, control)
            if any(text in (option["value"], plain(option["text"])) for option in known):
                continue
            await self._acts.suggest(self.id, view, control.block_id, control.action_id, text)

    async def close(self, *, view: View | None = None) -> None:
        """Presses Cancel on the topmost form."""
        shown = view or self.modal
        if shown:
            await self._acts.close(self.id, shown.id)

    async def suggest(self, block_id: str, text: str, *, on: Message | View | None = None) -> list[Option]:
        """What the external select in this block offers; `block_id` may be a label or an action id too."""
        where = on or self.modal or self._holder(block_id, None)
        control = by_block(where.controls, block_id) or find_control(where.controls, block_id)
        if control is None:
            raise CannotChooseError(f"There is no {block_id!r} here; there is {labels(where.controls)}.")
        return await self._acts.suggest(self.id, where, control.block_id, control.action_id, text)

    # ---- Home and shortcuts

    async def open_home(self) -> View | None:
        """Home as the bot has published it after hearing that it was opened."""
        before = self._sight()
        await self._acts.open_home(self.id)
        await self._until(lambda: self._sight().home != before.home)
        return self.home

    async def shortcut(self, callback_id: str, *, message: Message | None = None) -> Answer:
        before = self._sight(source=message)
        return await self._settled(await self._acts.shortcut(self.id, callback_id, message), before, message)

    # ---- hostile tests

    async def raw(self, payload: Json | bytes, *, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Sends an interaction payload, or bytes as a form, signed; the bot's status (0: none) and body."""
        body = payload if isinstance(payload, bytes) else urlencode({"payload": json.dumps(payload)}).encode()
        reply = await self._acts.wire.send(body, content_type=FORM, headers=headers)
        return reply.status or 0, reply.text

    # ---- waiting

    async def wait_for(self, wanted: str | Callable[[Message], bool], timeout: float = 15.0) -> Message:  # noqa: ASYNC109 # the caller of a test knows best
        """The newest message that holds these words, or of which the predicate is true."""

        def matches(message: Message) -> bool:
            return wanted(message) if callable(wanted) else wanted in message.words

        found: list[Message] = []

        def look() -> bool:
            found[:] = [message for message in self.messages() if matches(message)]
            return bool(found)

        if not await self._until(look, timeout):
            seen = "\n---\n".join(message.words for message in self.messages()) or "nothing"
            raise TimeoutError(f"{self.user.name} waited {timeout} s for {wanted!r} and saw:\n{seen}")
        return found[-1]

    async def wait_for_modal(self, wanted: str = "", timeout: float = 15.0) -> View:  # noqa: ASYNC109 # likewise
        """The topmost form once it holds these words."""
        if not await self._until(lambda: self.modal is not None and wanted in self.modal.words, timeout):
            seen = self.modal.words if self.modal else "no form"
            raise TimeoutError(f"{self.user.name} waited {timeout} s for a form with {wanted!r} and saw {seen}")
        shown = self.modal
        assert shown is not None  # noqa: S101 # just seen
        return shown

    # ---- seeing what an act brought

    async def _settled(self, answer: Answer, before: Sight, source: Message | View | None = None) -> Answer:
        """After an empty ack: what the bot has said or opened for this person a moment later."""
        if answer.message or answer.error or not answer.trigger_id:
            return answer

        def seen() -> Sight:
            return self._sight(answer.response_url, source)

        await self._until(lambda: seen() != before)
        if seen().told() == before.told():
            # Only what stands beside the answer has changed so far; words to the person often follow at once.
            await self._until(lambda: seen().told() != before.told(), min(SOON, self.patience))
        return replace(answer, message=self._new_words(seen(), before), view=self._new_view(before))

    def _new_words(self, seen: Sight, before: Sight) -> Message | None:
        new = [place for place, version in seen.words.items() if before.words.get(place) != version]
        return self._world.message(*new[-1]) if new else None

    def _new_view(self, before: Sight) -> View | None:
        new = [view for view in self._world.modals(self.id) if view.hash not in before.modals]
        return new[-1] if new else None

    def _sight(self, response_url: str = "", source: Message | View | None = None) -> Sight:
        messages = [message for message in self.messages() if message.ephemeral_to]
        words = {(message.channel, message.ts): message.edited or "" for message in messages}
        response = self._slack.exchange.response(response_url.rpartition("/")[2])
        for ts in response.posted if response else ():
            message = self._world.message(response.channel, ts) if response else None
            if message:
                words[message.channel, ts] = message.edited or "posted"
        modals = frozenset(view.hash for view in self._world.modals(self.id))
        home = self.home.hash if self.home else ""
        current = self._world.message(source.channel, source.ts) if isinstance(source, Message) else None
        return Sight(words, modals, home, (current.edited or "") if current else "gone")

    async def _until(self, happened: Callable[[], bool], timeout: float | None = None) -> bool:  # noqa: ASYNC109 # likewise
        try:
            async with asyncio.timeout(self.patience if timeout is None else timeout):
                with self._world.subscribe() as ticks:
                    while not happened():
                        await anext(ticks)
        except TimeoutError:
            return happened()
        return True

    def _channel(self, name: str) -> Channel:
        if name in ("dm", "@usher"):
            return self._world.im_with(self.id)
        channel = self._world.channel_named(name)
        if channel is None:
            known = ", ".join(sorted(channel.name for channel in self._world.channels.values() if channel.kind != "im"))
            raise CannotChooseError(f"There is no channel {name!r}; there is {known}, and dm.")
        return channel
