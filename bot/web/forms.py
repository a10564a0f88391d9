"""Reads a posted form, or says why not. What a stranger sends is bounded in bytes, fields and time."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from bot.web.security import sent_by_us

LIMIT_BYTES = 64 * 1024
LIMIT_FIELDS = 32
LIMIT_SECONDS = 10.0

_CONTENT_TYPE = re.compile(
    r"application/x-www-form-urlencoded(?:\s*;\s*charset=(?:utf-8|\"utf-8\"))?", re.ASCII | re.IGNORECASE
)


class BadForm(Exception):  # noqa: N818 - an answer to whoever sent it, not a fault of ours
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that nobody asks for are never looked at, so nothing can be set by adding one."""

    _fields: dict[str, str] = field(repr=False)

    def text(self, name: str) -> str:
        return self._fields.get(name, "")


async def read(request: web.Request, *, ours: str) -> Form:
    if not sent_by_us(request.headers, ours=ours):
        raise BadForm(403)
    _check_type(request)
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            raw = await _body(request)
    except TimeoutError:
        raise BadForm(408) from None
    return _parsed(raw)


def _check_type(request: web.Request) -> None:
    types = request.headers.getall("Content-Type", [])
    if len(types) != 1 or not _CONTENT_TYPE.fullmatch(types[0].strip()):
        raise BadForm(415)
    if "Content-Encoding" in request.headers:
        # Aiohttp would unpack it by itself, and a small body may become a huge one.
        raise BadForm(415)
    if (request.content_length or 0) > LIMIT_BYTES:
        raise BadForm(413)


async def _body(request: web.Request) -> bytes:
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > LIMIT_BYTES:
            raise BadForm(413)
    return bytes(raw)


def _parsed(raw: bytes) -> Form:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=LIMIT_FIELDS,
        )
    except ValueError:
        raise BadForm(400) from None
    # Two values of one name are read differently by different readers, which is how checks are passed by.
    if any(count > 1 for count in Counter(name for name, _ in pairs).values()):
        raise BadForm(400)
    return Form(dict(pairs))
