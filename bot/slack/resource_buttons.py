"""The buttons on lists of resources and on a resource's card."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, opens, opens_about, show
from bot.slack.views import resources
from bot.slack.views.blocks import Message


async def listed(door: Door, visit: Visit, typed: str = "", after: str | None = None) -> Message:
    """All that the asker sees, or all of the kind that they name."""
    kind = visit.desk.catalogue.kind(typed)
    if typed and kind is None:
        return resources.unknown(visit.desk, typed)
    shown = await door.usher.queries.resources(visit.desk, kind.id if kind else "", after=after)
    return resources.page(visit.desk, shown)


async def one(door: Door, visit: Visit, typed: str, after: str | None = None) -> Message:
    """By ``KIND:NAME``, or by our own id."""
    found = await door.usher.queries.resource(visit.desk, typed, after=after)
    if isinstance(found, list):
        return resources.unknown(visit.desk, typed, found) if ":" in typed else resources.gone()
    return resources.card(visit.desk, found)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    kind = press.block.removeprefix("resources-page:")
    show(door, visit, press, await listed(door, visit, kind, press.value), replace=True)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await one(door, visit, press.value))


async def _turn_one(door: Door, visit: Visit, press: Press) -> None:
    resource = press.block.removeprefix("resource-page:")
    show(door, visit, press, await one(door, visit, resource, press.value), replace=True)


PRESSED: Mapping[str, Handler] = {
    ids.RESOURCE: _open,
    ids.RESOURCES_PAGE: _turn,
    ids.RESOURCES_BACK: _turn,
    ids.RESOURCE_PAGE: _turn_one,
    ids.RESOURCE_BACK: _turn_one,
    ids.RESOURCE_ADD: opens("add-resource"),
    ids.RESOURCE_SHARE: opens_about("share", "resource"),
    ids.RESOURCE_UNSHARE: opens_about("unshare", "resource"),
    ids.RESOURCE_NOTIFY: opens_about("notify", "resource"),
    ids.RESOURCE_REMOVE: opens_about("remove-resource", "resource"),
}
