"""Lists in pages, with Slack's cursors."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.errors import SlackError

LARGEST_PAGE = 1000


def page(items: Sequence[str], args: Arguments, *, kind: str, default: int) -> tuple[list[str], dict[str, Any]]:
    """One page of ids, and the `response_metadata` that leads on; the cursor names the first id of the next page."""
    limit = args.number("limit", default)
    if not 0 < limit <= LARGEST_PAGE:
        raise SlackError("invalid_limit")
    start = _start(items, args.text("cursor"), kind)
    following = items[start + limit : start + limit + 1]
    return list(items[start : start + limit]), {"next_cursor": _cursor(kind, following[0]) if following else ""}


def _cursor(kind: str, item: str) -> str:
    return base64.b64encode(f"{kind}:{item}".encode()).decode()


def _start(items: Sequence[str], cursor: str, kind: str) -> int:
    if not cursor:
        return 0
    try:
        named, _, item = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if named != kind or item not in items:
        raise SlackError("invalid_cursor")
    return items.index(item)
