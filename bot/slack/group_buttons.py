"""The buttons on lists of groups and on a group's card."""

from collections.abc import Mapping

from bot.slack import ids, opening
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, OpenForm
from bot.slack.pressing import Handler, Press, open_view, opens, show
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


def _about(which: Form) -> Handler:
    """The form with this group chosen already."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        asked = OpenForm(which, {"group": press.value})
        view, typed = await opening.form(door, visit, asked)
        open_view(door, visit, press, view, opening.instead(which, asked.prefill, typed))

    return pressed


PRESSED: Mapping[str, Handler] = {
    ids.GROUP: _open,
    ids.GROUPS_PAGE: _turn,
    ids.GROUPS_BACK: _turn,
    ids.GROUP_PAGE: _turn_one,
    ids.GROUP_BACK: _turn_one,
    ids.GROUP_CREATE: opens("create-group"),
    ids.GROUP_ADD: _about("join-group"),
    ids.GROUP_REMOVE: _about("leave-group"),
    ids.GROUP_RENAME: _about("rename-group"),
    ids.GROUP_DELETE: _about("delete-group"),
}
