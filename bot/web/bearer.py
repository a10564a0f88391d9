"""Other software before a door: the token in its `Authorization` header (RFC 6750), and what a wrong one gets."""

from typing import Final

from aiohttp import web

from handlers.commands import Actor
from handlers.house import Usher

_CHALLENGE: Final = 'Bearer realm="Usher"'
_SAID: Final = "The bearer token is missing or wrong. Make one with: usher token create NAME"


async def token_of(request: web.Request, usher: Usher) -> Actor | None:
    """None for whatever is no live token, alike for all; answer `unauthorized()` then. Raises Refusal: busy."""
    token = shown(request)
    return await usher.tokens.actor(token) if token is not None else None


def shown(request: web.Request) -> str | None:
    """The token itself, whatever it opens; None where there is not exactly one."""
    given = request.headers.getall("Authorization", [])
    if len(given) != 1:
        return None
    scheme, _, token = given[0].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def unauthorized() -> web.Response:
    return web.json_response({"error": _SAID}, status=401, headers={"WWW-Authenticate": _CHALLENGE})
