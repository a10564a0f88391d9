"""The buttons on lists of groups and on a group's card."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, opens, opens_about, show
from bot.slack.views import groups
from bot.slack.views.blocks import Message


async def listed(door: Door, visit: Visit, after: str = "") -> Message:
    return groups.page(visit.desk, await door.usher.queries.groups(visit.desk, after=after))


async def one(door: Door, visit: Visit, named: str, after: str | None = None) -> Message:
    found = await door.usher.queries.group(visit.desk, named, after=after)
    return groups.card(visit.desk, found) if found else groups.unknown(visit.desk, named)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await listed(door, visit, press.value), replace=True)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await one(door, visit, press.value))


async def _turn_one(door: Door, visit: Visit, press: Press) -> None:
    group = press.block.removeprefix("group-page:")
    show(door, visit, press, await one(door, visit, group, press.value), replace=True)


PRESSED: Mapping[str, Handler] = {
    ids.GROUP: _open,
    ids.GROUPS_PAGE: _turn,
    ids.GROUPS_BACK: _turn,
    ids.GROUP_PAGE: _turn_one,
    ids.GROUP_BACK: _turn_one,
    ids.GROUP_CREATE: opens("create-group"),
    ids.GROUP_ADD: opens_about("join-group", "group"),
    ids.GROUP_REMOVE: opens_about("leave-group", "group"),
    ids.GROUP_RENAME: opens_about("rename-group", "group"),
    ids.GROUP_DELETE: opens_about("delete-group", "group"),
}
