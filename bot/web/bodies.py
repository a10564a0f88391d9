"""Reads a JSON object that other software has sent, or says what is wrong with it. Bounded in bytes and time."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from aiohttp import web

LIMIT_BYTES: Final = 64 * 1024
LIMIT_SECONDS: Final = 10.0

Object = Mapping[str, Any]

_CONTENT_TYPE = re.compile(r"application/json(?:\s*;\s*charset=(?:utf-8|\"utf-8\"))?", re.ASCII | re.IGNORECASE)


class BadBody(Exception):  # noqa: N818 - an answer to whoever sent it, not a fault of ours
    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


async def read_object(request: web.Request) -> Object:
    """Raises BadBody."""
    _check_head(request)
    if request.content.is_eof():  # it has come whole already, as short ones do
        raw = request.content.read_nowait()
        return _parsed(raw) if len(raw) <= LIMIT_BYTES else _too_long()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            raw = await _body(request)
    except TimeoutError:
        raise BadBody(408, "The body did not arrive in time.") from None
    return _parsed(raw)


def _check_head(request: web.Request) -> None:
    types = request.headers.getall("Content-Type", [])
    if len(types) != 1 or not _CONTENT_TYPE.fullmatch(types[0].strip()):
        raise BadBody(415, "The content type must be application/json.")
    if "Content-Encoding" in request.headers:
        # A small packed body may become a huge one.
        raise BadBody(415, "A packed body is not read; send it as it is.")
    if (request.content_length or 0) > LIMIT_BYTES:
        _too_long()


async def _body(request: web.Request) -> bytes:
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > LIMIT_BYTES:
            _too_long()
    return bytes(raw)


def _too_long() -> NoReturn:
    raise BadBody(413, f"The body is longer than {LIMIT_BYTES} bytes.")


def _parsed(raw: bytes) -> Object:
    try:
        found = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):
        # What the parser says repeats what was sent, and nobody needs to see that again.
        raise BadBody(400, "The body is not JSON, or one name stands twice in an object of it.") from None
    if not isinstance(found, dict):
        raise BadBody(400, "The body must be a JSON object.")
    return found  # pyright: ignore[reportUnknownVariableType] # whatever stands in it is looked at before it is used


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values of one name are read differently by different readers, which is how checks are passed by."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(named: str) -> NoReturn:
    raise ValueError(named)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


# The parts of a body; each raises BadBody, naming the place -----------------------------------------------------------


def part(found: Object, name: str, at: str = "") -> Object:
    """An object that must be there."""
    inner = found.get(name)
    if not isinstance(inner, dict):
        raise BadBody(400, f"{at}{name} is missing." if inner is None else f"{at}{name} must be an object.")
    return inner  # pyright: ignore[reportUnknownVariableType]


def optional(found: Object, name: str, at: str = "") -> Object | None:
    return None if found.get(name) is None else part(found, name, at)


def text(found: Object, name: str, at: str = "") -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise BadBody(400, f"{at}{name} is missing." if value is None else f"{at}{name} must be a string.")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadBody(400, f"{at}{name} is not text: half of a surrogate pair stands in it.")
    return value
