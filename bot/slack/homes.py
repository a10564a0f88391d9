"""Publishes App Home: when somebody opens it, and after what they did, if they have it open these days."""

from collections import OrderedDict

from bot.identity import Caller, Identity
from bot.slack.calls import Calls
from bot.slack.views import home
from bot.slack.views.blocks import Block
from handlers.commands import Refused
from handlers.house import Usher

REMEMBERED = 10_000


class Homes:
    """Who never opened Home needs no fresh one: it is published when they do."""

    def __init__(self, usher: Usher, identity: Identity, calls: Calls) -> None:
        self._usher = usher
        self._identity = identity
        self._calls = calls
        self._opened: OrderedDict[str, None] = OrderedDict()

    async def open(self, caller: Caller) -> None:
        user = caller.account.user
        self._opened[user] = None
        self._opened.move_to_end(user)
        if len(self._opened) > REMEMBERED:
            self._opened.popitem(last=False)
        await self._publish(caller)

    async def refresh(self, caller: Caller) -> None:
        if caller.account.user in self._opened:
            await self._publish(caller)

    async def _publish(self, caller: Caller) -> None:
        await self._calls.publish(caller.account.user, await self._view(caller))

    async def _view(self, caller: Caller) -> Block:
        desk = await self._identity.desk(caller)
        if isinstance(desk, Refused):
            return home.closed(desk)
        return home.build(await self._usher.queries.home(desk))
