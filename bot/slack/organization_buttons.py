"""The buttons on the list of one's own organizations."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, does, opens, show
from bot.slack.views import organizations
from bot.slack.views.blocks import Message
from handlers.commands import UseOrganization


async def listed(door: Door, visit: Visit, after: str | None = None) -> Message:
    found = await door.usher.queries.organizations(visit.desk, visit.caller.workspace, after=after)
    return organizations.page(found)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await listed(door, visit, press.value), replace=True)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await listed(door, visit))


PRESSED: Mapping[str, Handler] = {
    ids.ORGS: _open,
    ids.ORG_USE: does(UseOrganization),
    ids.ORGS_PAGE: _turn,
    ids.ORGS_BACK: _turn,
    ids.SETTINGS: opens("settings"),
}
