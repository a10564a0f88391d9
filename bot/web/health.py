"""Whether the process lives, and whether it can serve. Anybody may ask, so nobody learns more than that."""

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from handlers.house import Usher

_PATIENCE = 2.0

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def routes(usher: Usher, also: Callable[[], bool]) -> list[web.RouteDef]:
    """`also` says whether all else that serving needs is there."""

    async def readyz(_request: web.Request) -> web.Response:
        ready = also() and await _ready(usher)
        return web.json_response({"status": "ready" if ready else "unavailable"}, status=200 if ready else 503)

    return [web.get("/healthz", _healthz), web.get("/readyz", readyz)]


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(usher: Usher) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await usher.queries.ready()
    except Exception as error:  # noqa: BLE001 - whatever keeps us from knowing keeps us from serving
        _log.warning("web.not-ready", error=type(error).__name__)
        return False
