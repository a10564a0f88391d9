"""What happens in a workspace while nobody types: accounts change, people join, the bot's address is verified."""

from typing import Any

from bot.playground.cast import user_of
from bot.playground.model import Json, PersonSpec, User
from bot.playground.shapes import user_json
from bot.playground.slack import Slack
from bot.playground.wire import OK, Wire


class Office:
    def __init__(self, slack: Slack, wire: Wire) -> None:
        self._slack, self._wire, self._world = slack, wire, slack.world

    async def change(self, name: str, **changes: Any) -> User:
        """As an administrator would (`deleted=True`, `is_restricted=True`, `email=…`); the bot hears user_change."""
        user = self._known(name).evolve(updated=int(self._world.now()), **changes)
        self._world.put_user(user)
        await self._wire.event({"type": "user_change", "user": self._told(user), "cache_ts": int(self._world.now())})
        return user

    async def join(self, spec: PersonSpec) -> User:
        """Somebody new in the workspace, in its public channels; the bot hears team_join."""
        user = user_of(spec, self._world.team.id, self._world.clock())
        self._world.put_user(user)
        for channel in list(self._world.channels.values()):
            if channel.kind == "public" and not user.is_guest:
                self._world.put_channel(channel.evolve(members=channel.members | {user.id}))
        await self._wire.event({"type": "team_join", "user": self._told(user), "cache_ts": int(self._world.now())})
        return user

    def _told(self, user: User) -> Json:
        return user_json(self._world, user, with_email=self._slack.holds("users:read.email"))

    async def verify_url(self, challenge: str = "a-challenge") -> bool:
        """Whether the bot echoes the challenge, as Slack demands when the address is entered."""
        reply = await self._wire.challenge(challenge)
        return reply.status == OK and challenge in reply.text

    def _known(self, name: str) -> User:
        user = self._world.user_named(name)
        if user is None:
            raise KeyError(f"There is nobody called {name!r} in the playground.")
        return user
