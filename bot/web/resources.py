"""Products register what they have, take it out again, and tell everybody on its list (``PRODUCT.md``)."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from bot.web import bearer, problems
from bot.web.bodies import BadBody, Object, read_object
from bot.wording.refusals import reason_and_step, why
from handlers.commands import (
    Actor,
    AddResource,
    Command,
    Done,
    Notify,
    Person,
    Refusal,
    RefusalCode,
    Refused,
    RemoveResource,
    ResourceChanged,
    Thing,
)
from handlers.house import Usher

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_KEY: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
LONGEST_PLACE: Final = 320

# Whatever else is refused is a mistake in what was sent.
_STATUS: Final[Mapping[RefusalCode, int]] = {
    "unknown-space": 404,
    "no-spaces": 404,
    "unknown-person": 404,
    "unknown-resource": 404,
    "no-organization": 401,
    "may-not": 403,
    "busy": 503,
}
# How the fields are called out there.
_FIELDS: Final[Mapping[str, str]] = {"sort": "kind", "outside": "id", "resource": "id", "person": "owner"}

# What to do next is said of people in Slack; only these say it of what was sent.
_HELPFUL: Final[frozenset[RefusalCode]] = frozenset({"unknown-kind", "id-wrong", "name-wrong", "text-wrong", "busy"})

Making = Callable[[web.Request], Awaitable[Command]]
Showing = Callable[[ResourceChanged], web.Response]


class Wrong(Exception):  # noqa: N818 - an answer to whoever sent it
    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field
        self.said = said


def routes(usher: Usher) -> list[web.RouteDef]:
    of_one = "/api/resources/{kind}/{id}"
    return [
        web.post("/api/resources", _guarded(usher, _adding, _added)),
        web.delete(of_one, _guarded(usher, _removing, _removed)),
        web.post(f"{of_one}/notify", _guarded(usher, _notifying, _notified)),
    ]


def _guarded(usher: Usher, make: Making, show: Showing) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Whose token is it, and what is asked; the gate does it, or says why not."""

    async def answered(request: web.Request) -> web.Response:  # noqa: PLR0911 - one line for each way it can end
        try:
            by = await bearer.token_of(request, usher)
            if by is None:
                return bearer.unauthorized()
            command = await make(request)
            outcome = await usher.gate.perform(command, by=_once(request, by, command))
        except Wrong as wrong:
            return _error(400, wrong.said, wrong.field)
        except BadBody as bad:
            return _error(bad.status, bad.said)
        except Refusal as refusal:
            return _refused(Refused(refusal.code, refusal.field, refusal.facts))
        except Exception as error:  # noqa: BLE001 - whatever it is, a product waits for an answer
            return _error(500, f"Something went wrong here. Tell whoever runs Usher: {problems.remember(error)}.")
        match outcome:
            case Done(ResourceChanged() as result):
                return show(result)
            case Refused():
                return _refused(outcome)
            case _:
                return _error(500, "Something went wrong here: this was kept for somebody's approval.")

    return answered


def _once(request: web.Request, by: Actor, command: Command) -> Actor:
    """The same key with the same request is the same act, however often it arrives. Raises Wrong."""
    given = request.headers.getall(_KEY, [])
    if not given:
        return by
    [key, *more] = given
    if more or not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Wrong(_KEY, f"{_KEY} must be one header of printable ASCII, at most {LONGEST_KEY} characters.")
    said = hashlib.sha256("\0".join((key, by.token or "", repr(command))).encode()).hexdigest()
    return replace(by, delivery=f"api/{by.organization}/{said}")


# What is asked --------------------------------------------------------------------------------------------------------


async def _adding(request: web.Request) -> AddResource:
    body = await read_object(request)
    owner = _place(body, "owner")
    return AddResource(
        sort=_text(body, "kind"),
        outside=_text(body, "id"),
        name=_text(body, "name"),
        space=_place(body, "space"),
        owner=Person(email=owner) if owner else None,
    )


async def _removing(request: web.Request) -> RemoveResource:
    return RemoveResource(_thing(request))


async def _notifying(request: web.Request) -> Notify:
    body = await read_object(request)
    return Notify(_thing(request), _text(body, "text"))


def _thing(request: web.Request) -> Thing:
    """What cannot be shown is no resource's id, so it is not even looked for."""
    kind, named = request.match_info["kind"], request.match_info["id"]
    if not (kind.isprintable() and named.isprintable()):
        raise Refusal("unknown-resource", "resource")
    return Thing(kind, named)


def _text(body: Object, name: str) -> str:
    """Raises Wrong."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Wrong(name, f"{name} is missing." if value is None else f"{name} must be a string.")
    return value


def _place(body: Object, name: str) -> str | None:
    """A slug or an address; None where there is none. Raises Wrong."""
    if body.get(name) is None:
        return None
    value = _text(body, name)
    if not value.strip() or len(value) > LONGEST_PLACE or not value.isprintable():
        raise Wrong(name, f"{name} is empty, too long, or holds characters that cannot be shown.")
    return value


# What is answered -----------------------------------------------------------------------------------------------------


def _added(result: ResourceChanged) -> web.Response:
    said = {"kind": result.sort, "id": result.outside, "name": result.name}
    return _answer(201 if result.what == "added" else 200, said)


def _removed(_result: ResourceChanged) -> web.Response:
    return web.Response(status=204)


def _notified(result: ResourceChanged) -> web.Response:
    """Some of those whom only a mail could reach are named, where none is sent."""
    return _answer(202, {"told": result.told, "not_reached": result.missed, "addresses": list(result.who)})


def _refused(refused: Refused) -> web.Response:
    status = _STATUS.get(refused.code, 400)
    if refused.code == "unknown-kind" and refused.field == "resource":
        status = 404
    if status == 401:  # noqa: PLR2004 - HTTP's own number; the organization was closed meanwhile
        return bearer.unauthorized()
    field = _FIELDS.get(refused.field or "", refused.field or "")
    said = reason_and_step(refused) if refused.code in _HELPFUL else why(refused)
    return _error(status, said.plain(), field)


def _error(status: int, said: str, field: str = "") -> web.Response:
    answer = _answer(status, {"error": said} | ({"field": field} if field else {}))
    if status == 503:  # noqa: PLR2004 - HTTP's own number
        answer.headers["Retry-After"] = "1"
    return answer


def _answer(status: int, said: Mapping[str, Any]) -> web.Response:
    return web.Response(status=status, body=json.dumps(said, ensure_ascii=False).encode(), headers=_JSON)
