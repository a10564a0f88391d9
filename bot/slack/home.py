"""App Home, published whenever somebody opens it."""

from typing import Any, cast

from bot.identity import Body
from bot.slack.door import Door
from bot.slack.views import home
from handlers.commands import Refused


async def opened(door: Door, ack: Any, body: Body) -> None:
    event = cast("Body", body["event"])
    if event.get("tab", "home") == "home":
        caller = await door.identity.caller(body)
        if isinstance(caller, Refused):
            door.tasks.start(_closed(door, str(event.get("user") or ""), caller), name="home")
        else:
            door.tasks.start(door.homes.open(caller), name="home")
    await ack()


async def _closed(door: Door, user: str, refusal: Refused) -> None:
    await door.calls.publish(user, home.closed(refusal))
