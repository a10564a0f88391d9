"""The arguments of a Web API call, from wherever they came: JSON, form, or query."""

import json
from collections.abc import Mapping
from typing import Any, cast

from aiohttp import web

from bot.playground.errors import SlackError
from bot.playground.schema import problem

JSON_IN_FORMS = frozenset({"blocks", "attachments", "view", "metadata", "files"})
TRUE = frozenset({"1", "true", "True", "t", "on"})


class Arguments(dict[str, Any]):
    def text(self, name: str, default: str = "") -> str:
        value = self.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        value = self.get(name)
        if value is None or value == "":
            raise SlackError("invalid_arguments", [problem(f"missing required field: {name}", "")])
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name)
        return default if value is None else value is True or str(value) in TRUE

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments", [problem("must provide an integer", f"/{name}")]) from None


async def arguments_of(request: web.Request) -> Arguments:
    given = Arguments(_unpacked(request.query))
    if request.method == "POST" and request.can_read_body:
        given.update(await _body(request))
    return given


async def _body(request: web.Request) -> Mapping[str, Any]:
    match request.content_type:
        case "application/json":
            return _object(await request.read())
        case "application/x-www-form-urlencoded" | "multipart/form-data":
            return _unpacked(await request.post())
        case _:
            raise SlackError("invalid_post_type" if await request.read() else "invalid_arguments")


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return unpacked_json(cast("dict[str, Any]", body))


def _unpacked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return unpacked_json({key: value for key, value in fields.items() if isinstance(value, str)})


def unpacked_json(fields: dict[str, Any]) -> dict[str, Any]:
    """Blocks and views may arrive as JSON inside a string, even in a JSON body."""
    return {key: _parsed(value) if key in JSON_IN_FORMS else value for key, value in fields.items()}


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
