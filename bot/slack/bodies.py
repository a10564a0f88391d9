"""What Slack posts, decoded once and checked for shape: nothing behind the guard meets a body it cannot read."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn, cast
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from bot.slack.shapes import COMMAND, EVENT, INTERACTION, SSL_CHECK

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

# Slack's deepest bodies (rich text inside a message inside an event) nest about 15 levels.
MAX_DEPTH = 48
# A slash command has 13 fields; Slack adds one now and then.
MAX_FIELDS = 40

_BADLY_ESCAPED = re.compile(rb"%(?![0-9A-Fa-f]{2})|[\x00-\x20\x7f-\xff]")


class Malformed(Exception):  # noqa: N818 - it names what the body is, and is answered, never shown
    """Carries one word for the log; a parser's error holds the body, so it is never the cause of this one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(raw: bytes, content_type: str) -> dict[str, Any]:
    """The one reading of a body; raises Malformed."""
    body = _event(raw) if content_type == JSON else _form(raw)
    _bound(body)
    return body


def _event(raw: bytes) -> dict[str, Any]:
    body = _json_object(_text(raw))
    _fits(EVENT, body)
    return body


def _form(raw: bytes) -> dict[str, Any]:
    fields = _fields(raw)
    if "payload" in fields:
        return _interaction(fields)
    _fits(SSL_CHECK if "ssl_check" in fields else COMMAND, fields)
    return fields


def _interaction(fields: Mapping[str, str]) -> dict[str, Any]:
    if len(fields) != 1:
        raise Malformed("fields")
    body = _json_object(fields["payload"])
    _fits(INTERACTION, body)
    return body


def _fields(raw: bytes) -> dict[str, Any]:
    """The form's fields, each of them once (a second value for one name is how two readers are made to disagree)."""
    if _BADLY_ESCAPED.search(raw):
        raise Malformed("escapes")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise Malformed("form") from None
    return _unique(pairs)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("encoding") from None


def _json_object(text: str) -> dict[str, Any]:
    try:
        body: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("json") from None
    if not isinstance(body, dict):
        raise Malformed("object")
    return cast("dict[str, Any]", body)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("repeated")
    return fields


def _no_constant(_name: str) -> NoReturn:
    raise Malformed("json")


def _bound(body: dict[str, Any]) -> None:
    """Refuses what a database or an encoder behind us would choke on: deep nesting, NUL, lone surrogates."""
    waiting: list[tuple[object, int]] = [(body, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _storable(value)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise Malformed("depth")
            inside = cast("dict[str, object] | list[object]", value)
            parts = [*inside.keys(), *inside.values()] if isinstance(inside, dict) else inside
            waiting.extend((part, depth + 1) for part in parts)


def _storable(text: str) -> None:
    if "\x00" in text:
        raise Malformed("text")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Malformed("text") from None


def _fits(shape: TypeAdapter[Any], body: object) -> None:
    try:
        shape.validate_python(body, strict=True)
    except ValidationError:
        raise Malformed("shape") from None
