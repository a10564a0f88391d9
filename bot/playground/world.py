"""The state of the pretend Slack and the one place that changes it. Every change wakes those who watch."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from bot.playground.faults import Faults
from bot.playground.files import Files
from bot.playground.model import App, Channel, Json, Message, Team, User, View

REMEMBERED_CALLS = 5000


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API or of a response_url, without its token."""

    method: str
    args: Json
    answer: Json = field(repr=False)
    status: int
    at: datetime


class Ticks:
    """Yields the world's version after every change; changes that come close together are told once."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._woken = asyncio.Event()
        self._seen = world.version

    def wake(self) -> None:
        self._woken.set()

    def __enter__(self) -> Self:
        self._world.watch(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._world.unwatch(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        while self._seen == self._world.version:
            self._woken.clear()
            await self._woken.wait()
        self._seen = self._world.version
        return self._seen


class World:
    def __init__(
        self, *, team: Team, app: App, users: Iterable[User], channels: Iterable[Channel], clock: Callable[[], datetime]
    ) -> None:
        self.team = team
        self.app = app
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.clock = clock
        self.faults = Faults()
        self.files = Files()
        self.calls: deque[Call] = deque(maxlen=REMEMBERED_CALLS)
        self.version = 0
        self._messages: dict[str, dict[str, Message]] = {}
        self._homes: dict[str, View] = {}
        self._modals: dict[str, list[View]] = {}
        self._watchers: set[Ticks] = set()
        self._last_tick = 0

    # ---- watching

    def subscribe(self) -> Ticks:
        """`with world.subscribe() as ticks: async for version in ticks: …`; what changes after the `with` is told."""
        return Ticks(self)

    def watch(self, ticks: Ticks) -> None:
        self._watchers.add(ticks)

    def unwatch(self, ticks: Ticks) -> None:
        self._watchers.discard(ticks)

    def changed(self) -> None:
        self.version += 1
        for ticks in self._watchers:
            ticks.wake()

    # ---- time

    def now(self) -> float:
        return self.clock().timestamp()

    def next_ts(self) -> str:
        """A message timestamp, unique and rising even when the clock stands still."""
        self._last_tick = max(self._last_tick + 1, round(self.now() * 1_000_000))
        return f"{self._last_tick // 1_000_000}.{self._last_tick % 1_000_000:06d}"

    # ---- people and channels

    def user_named(self, name: str) -> User | None:
        """By id, `@handle`, handle, or e-mail address."""
        wanted = name.removeprefix("@").casefold()
        if not wanted:
            return None
        return self.users.get(name) or next(
            (user for user in self.users.values() if wanted in (user.name.casefold(), (user.email or "").casefold())),
            None,
        )

    def user_by_email(self, email: str) -> User | None:
        wanted = email.strip().casefold()
        found = (user for user in self.users.values() if user.email and user.email.casefold() == wanted)
        return next(found, None)

    def put_user(self, user: User) -> None:
        self.users[user.id] = user
        self.changed()

    def channel_named(self, name: str) -> Channel | None:
        """By id or by name, with or without `#`."""
        wanted = name.removeprefix("#").casefold()
        return self.channels.get(name) or next(
            (
                channel
                for channel in self.channels.values()
                if channel.name.casefold() == wanted and channel.kind != "im"
            ),
            None,
        )

    def put_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.changed()

    def im_with(self, user_id: str) -> Channel:
        """The direct messages between that person and the app, opened if need be."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            members = frozenset({user_id, self.app.bot_user_id})
            created = int(self.now())
            self.put_channel(
                Channel(id=channel_id, name="directmessage", kind="im", created=created, members=members, user=user_id)
            )
        return self.channels[channel_id]

    def channels_of(self, user_id: str) -> list[Channel]:
        """Those the person is in, the direct messages with the app last."""
        mine = [channel for channel in self.channels.values() if user_id in channel.members]
        return sorted(mine, key=lambda channel: (channel.kind == "im", channel.name))

    # ---- messages

    def messages(self, channel_id: str, viewer: str | None = None) -> list[Message]:
        """Oldest first; for a viewer, with what only they see, and only where they are a member."""
        channel = self.channels.get(channel_id)
        if channel is None or (viewer is not None and viewer not in channel.members):
            return []
        return [message for message in self._messages.get(channel_id, {}).values() if _visible(message, viewer)]

    def message(self, channel_id: str, ts: str, viewer: str | None = None) -> Message | None:
        channel, message = self.channels.get(channel_id), self._messages.get(channel_id, {}).get(ts)
        if message is None or (viewer is not None and channel is not None and viewer not in channel.members):
            return None
        return message if _visible(message, viewer) else None

    def put_message(self, message: Message) -> Message:
        self._messages.setdefault(message.channel, {})[message.ts] = message
        self.changed()
        return message

    def remove_message(self, channel_id: str, ts: str) -> None:
        self._messages.get(channel_id, {}).pop(ts, None)
        self.changed()

    # ---- views

    def home(self, user_id: str) -> View | None:
        return self._homes.get(user_id)

    def put_home(self, view: View) -> None:
        self._homes[view.user] = view
        self.changed()

    def modals(self, user_id: str) -> list[View]:
        """The stack of open forms, the topmost last."""
        return list(self._modals.get(user_id, ()))

    def view(self, view_id: str) -> View | None:
        return next((view for view in self._all_views() if view.id == view_id), None)

    def view_with_external_id(self, external_id: str) -> View | None:
        return next((view for view in self._all_views() if view.external_id == external_id), None)

    def push_modal(self, view: View) -> None:
        self._modals.setdefault(view.user, []).append(view)
        self.changed()

    def replace_view(self, view: View) -> None:
        if view.type == "home":
            self._homes[view.user] = view
        else:
            stack = self._modals.get(view.user, [])
            stack[:] = [view if other.id == view.id else other for other in stack]
        self.changed()

    def pop_modal(self, view: View) -> None:
        """Takes that form, and whatever lies on it, off its owner's stack."""
        stack = self._modals.get(view.user, [])
        ids = [other.id for other in stack]
        if view.id in ids:
            del stack[ids.index(view.id) :]
            self.changed()

    def clear_modals(self, user_id: str) -> None:
        if self._modals.pop(user_id, None):
            self.changed()

    def _all_views(self) -> list[View]:
        return [*self._homes.values(), *(view for stack in self._modals.values() for view in stack)]

    # ---- the recorder

    def record(self, method: str, args: dict[str, Any], answer: Json, status: int = 200) -> None:
        told = {key: value for key, value in args.items() if key != "token"}
        self.calls.append(Call(method, told, answer, status, self.clock()))

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]


def _visible(message: Message, viewer: str | None) -> bool:
    return viewer is None or message.ephemeral_to in (None, viewer)
