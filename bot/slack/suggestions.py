"""Options for the selects that search, while somebody types. Who may see nobody is shown nobody."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from bot.identity import Body
from bot.slack import ids
from bot.slack.door import Door, Visit
from bot.slack.views import (
    deactivate,
    edit_member,
    group_forms,
    leaving,
    parts,
    permissions,
    reactivate,
    request_access,
    resets,
    resource_forms,
    space_access,
    space_forms,
    why,
)
from bot.slack.views.blocks import options
from bot.slack.views.space_access import At
from handlers.commands import Refused
from handlers.models import Choice, Status
from handlers.zones import zones_like

LONGEST_SEARCH = 400
_OPTION = re.compile(r"[^()]*\(([^()\s]+@[^()\s]+)\)")
_ENDING = re.compile(r"\(([^()]+)\)$")
_STATUS: Mapping[str, Status] = {
    deactivate.CALLBACK: "active",
    reactivate.CALLBACK: "deactivated",
    resets.CALLBACK: "active",
    resets.FACTOR_CALLBACK: "active",
}

Search = Callable[[Door, Visit, Body], Awaitable[tuple[Choice, ...]]]


async def listener(door: Door, ack: Any, body: Body) -> None:
    visit = await door.enter(body)
    found = () if isinstance(visit, Refused) else await SEARCHES[str(body["action_id"])](door, visit, body)
    await ack(options=options(found))


async def _people(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    view = cast("Body", body.get("view") or {})
    if view.get("callback_id") == space_access.CALLBACK:
        return await door.usher.queries.people_to_add(visit.desk, At.load(view).space, _words(body))
    status = _STATUS.get(str(view.get("callback_id")))
    return await door.usher.queries.people(visit.desk, _words(body), status=status)


async def _active_people(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.people(visit.desk, _words(body), status="active")


async def _spaces(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    """For asking, all there are; for changing one, those that somebody reaches."""
    view = cast("Body", body.get("view") or {})
    if view.get("callback_id") in space_forms.CALLBACKS:
        return await door.usher.queries.reached_spaces(visit.desk, _words(body))
    return await door.usher.queries.spaces(visit.desk, _words(body))


async def _datasets(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    """An option that was pasted back, `Sales (ds-sales)`, is found by the id in it."""
    typed = str(body.get("value") or "")[:LONGEST_SEARCH].strip()
    found = await door.usher.queries.datasets(visit.desk, typed)
    pasted = _ENDING.search(typed)
    return found or (await door.usher.queries.datasets(visit.desk, pasted[1]) if pasted else ())


async def _groups(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.groups_like(visit.desk, _words(body))


async def _resources(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.resources_like(visit.desk, _words(body))


async def _things(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    """Of the kind that the block is for."""
    sort = str(body.get("block_id") or "").removeprefix(f"{why.THING}-")
    return await door.usher.queries.things(visit.desk, sort, _words(body))


async def _timezones(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    del door, visit
    return tuple(Choice(zone, zone) for zone in zones_like(str(body.get("value") or "")[:LONGEST_SEARCH]))


def _words(body: Body) -> str:
    """An option that was pasted back is found again: `Ada Lovelace (ada@example.org)`."""
    typed = str(body.get("value") or "")[:LONGEST_SEARCH].strip()
    pasted = _OPTION.fullmatch(typed)
    return pasted[1] if pasted else typed


async def _askable(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.askable(visit.desk, _words(body))


SEARCHES: Mapping[str, Search] = {
    parts.PERSON: _people,
    leaving.HEIR: _active_people,
    parts.SPACE: _spaces,
    request_access.ASKED: _askable,
    permissions.DATASETS: _datasets,
    why.THING: _things,
    group_forms.GROUP: _groups,
    group_forms.GROUPS: _groups,
    group_forms.PEOPLE: _people,
    resource_forms.RESOURCE: _resources,
    resource_forms.OWNER: _people,
    ids.CHECK_SEES: _resources,
    edit_member.TIMEZONE: _timezones,
}
