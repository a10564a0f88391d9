"""What Slack tells of accounts without being asked: somebody came, changed or left."""

from typing import Any, cast

from bot.identity import Body, delivery_of
from bot.slack.door import Door
from handlers.commands import Account


class NotTaken(Exception):  # noqa: N818 - it asks Slack to come again, and is no fault
    """Whoever left must not stay in because the database was busy just then."""


async def account_changed(door: Door, ack: Any, body: Body) -> None:
    """`user_change` and `team_join` carry the whole user object."""
    user = cast("Body", cast("Body", body["event"]).get("user") or {})
    installed = await door.identity.installed()
    user_id = str(user.get("id") or "")
    if installed and user_id and body.get("team_id") == installed.team:
        account = Account(installed.enterprise or installed.team, user_id)
        if not await door.identity.note(user, account, installed.team, delivery=delivery_of(body)):
            raise NotTaken
    await ack()
