"""The buttons on lists of resources and on a resource's card."""

from collections.abc import Mapping

from bot.slack import ids, opening
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, OpenForm
from bot.slack.pressing import Handler, Press, open_view, opens, show
from bot.slack.views import resources
from bot.slack.views.blocks import Message
from handlers.resource_queries import kind_named


async def listed(door: Door, visit: Visit, typed: str = "", after: str | None = None) -> Message:
    """All that the asker sees, or all of the kind that they name."""
    kind = kind_named(visit.desk.catalogue, typed) if typed else ""
    if kind is None:
        return resources.unknown(visit.desk, typed)
    return resources.page(visit.desk, await door.usher.queries.resources(visit.desk, kind, after=after))


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


def _about(which: Form) -> Handler:
    """The form with this resource chosen already."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        asked = OpenForm(which, {"resource": press.value})
        view, typed = await opening.form(door, visit, asked)
        open_view(door, visit, press, view, opening.instead(which, asked.prefill, typed))

    return pressed


PRESSED: Mapping[str, Handler] = {
    ids.RESOURCE: _open,
    ids.RESOURCES_PAGE: _turn,
    ids.RESOURCES_BACK: _turn,
    ids.RESOURCE_PAGE: _turn_one,
    ids.RESOURCE_BACK: _turn_one,
    ids.RESOURCE_ADD: opens("add-resource"),
    ids.RESOURCE_SHARE: _about("share"),
    ids.RESOURCE_UNSHARE: _about("unshare"),
    ids.RESOURCE_NOTIFY: _about("notify"),
    ids.RESOURCE_REMOVE: _about("remove-resource"),
}
