"""The bearer tokens of other software: what one looks like, and whose it is."""

from __future__ import annotations

import re
import secrets
from typing import Final

from handlers.commands import Actor, Refusal
from handlers.keys import hashed
from storage import tokens
from storage.store import Busy, Store

PREFIX: Final = "usher_"  # by which logs and the scanners of code hosts know one
BYTES: Final = 24
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * BYTES}}}")


def new_token() -> str:
    return PREFIX + secrets.token_hex(BYTES)


class Tokens:
    """Asks the database every time, so a revoked token opens nothing from the next request on, in every process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def actor(self, token: str) -> Actor | None:
        """Who acts by this token; None for every token that opens nothing. Raises Refusal: busy."""
        if not _SHAPE.fullmatch(token):
            return None
        try:
            async with self._store.reading() as connection:
                found = await tokens.by_hash(connection, hashed(token))
        except Busy:
            raise Refusal("busy") from None
        return Actor(via="token", organization=found.organization, token=found.id) if found else None
