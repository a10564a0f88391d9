"""Keeps the playground to this machine: it listens on loopback only, and pages of other sites cannot act on it."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def require_loopback(host: str) -> None:
    """ValueError for an address that others could reach."""
    if not is_loopback(host):
        raise ValueError(f"The playground listens on this machine only; {host!r} is not loopback. Use 127.0.0.1.")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses foreign names (DNS rebinding) and, on requests that act, foreign origins (forged requests)."""
    if not _ours(request.headers.get("Host", ""), request):
        raise web.HTTPMisdirectedRequest(text="The playground answers only to its own address.\n")
    if request.method in ACTING and _foreign_origin(request):
        raise web.HTTPForbidden(text="The playground takes acts only from its own page.\n")
    return await handler(request)


def _ours(netloc: str, request: web.Request) -> bool:
    try:
        parts = urlsplit(f"//{netloc}")
        port = parts.port
    except ValueError:
        return False
    return is_loopback(parts.hostname or "") and (port or 80) == _port_of(request)


def _port_of(request: web.Request) -> int | None:
    sockname = request.transport.get_extra_info("sockname") if request.transport else None
    return sockname[1] if sockname else None


def _foreign_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return True
    return origin is not None and origin != f"http://{request.headers.get('Host')}"
