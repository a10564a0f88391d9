"""Options for the selects that search, while somebody types. Who may see nobody is shown nobody."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from bot.identity import Body
from bot.slack.door import Door, Visit
from bot.slack.views import deactivate, parts, permissions, reactivate
from bot.slack.views.blocks import options
from handlers.commands import Refused
from handlers.models import Choice, Status

LONGEST_SEARCH = 400
_OPTION = re.compile(r"[^()]*\(([^()\s]+@[^()\s]+)\)")
_STATUS: Mapping[str, Status] = {deactivate.CALLBACK: "active", reactivate.CALLBACK: "deactivated"}

Search = Callable[[Door, Visit, Body], Awaitable[tuple[Choice, ...]]]


async def listener(door: Door, ack: Any, body: Body) -> None:
    visit = await door.enter(body)
    found = () if isinstance(visit, Refused) else await SEARCHES[str(body["action_id"])](door, visit, body)
    await ack(options=options(found))


async def _people(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    view = cast("Body", body.get("view") or {})
    status = _STATUS.get(str(view.get("callback_id")))
    return await door.usher.queries.people(visit.desk, _words(body), status=status)


async def _spaces(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.spaces(visit.desk, _words(body))


async def _datasets(door: Door, visit: Visit, body: Body) -> tuple[Choice, ...]:
    return await door.usher.queries.datasets(visit.desk, _words(body))


def _words(body: Body) -> str:
    """An option that was pasted back is found again: `Ada Lovelace (ada@example.org)`."""
    typed = str(body.get("value") or "")[:LONGEST_SEARCH].strip()
    pasted = _OPTION.fullmatch(typed)
    return pasted[1] if pasted else typed


SEARCHES: Mapping[str, Search] = {parts.PERSON: _people, parts.SPACE: _spaces, permissions.DATASETS: _datasets}
