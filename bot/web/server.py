"""The HTTP server around the pages: what it logs, and what it answers to those who do not speak HTTP well.

Aiohttp answers a malformed request by itself, past every handler, naming its version and repeating the input in answer
and log. A one-time link's token stands in the request line, so neither is left to it.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from bot.web.security import put_on

ROUTE = web.RequestKey("route", str)
# Set on what is answered so often that a line each would cost more than the answer and drown the others.
UNNOTED = web.RequestKey("unnoted", bool)

# Nobody waits longer for an answer, and whoever stops a process kills it after half a minute at most.
LONGEST_GOODBYE = 10.0

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


async def note_route(request: web.Request, _response: web.StreamResponse) -> None:
    """A signal of the application: the access log may name the route, `/invitations/{token}`, but never the path."""
    resource = request.match_info.route.resource
    request[ROUTE] = resource.canonical if resource else "unknown"


class AccessLog(AbstractAccessLogger):
    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        if request.get(UNNOTED, False):
            return
        _log.info(
            "web.request",
            method=request.method if request.method in _METHODS else "other",
            route=request.get(ROUTE, "unknown"),
            status=response.status,
            milliseconds=round(time * 1000, 1),
        )


class _Connection(web.RequestHandler):
    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, str], manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._headers = headers

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats the input
    ) -> web.StreamResponse:
        _log.info("web.malformed", status=status, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer had begun already.")
        response = web.Response(status=status, text=f"{HTTPStatus(status).phrase}\n")
        put_on(response, self._headers)
        response.headers["Server"] = "Usher"  # no signal follows that could take aiohttp's own name out
        response.force_close()
        return response

    def log_exception(self, *_args: Any, **about: Any) -> None:
        _log.error("web.broken", error=type(about.get("exc_info")).__name__)


class _Server(web.Server):
    def __init__(self, headers: Mapping[str, str], like: web.Server, options: Mapping[str, Any]) -> None:
        super().__init__(like.request_handler, request_factory=like.request_factory)
        self._headers = headers
        self._options = options

    def __call__(self) -> web.RequestHandler:
        return _Connection(self._headers, self, loop=self._loop, **self._options)


class Runner(web.AppRunner):
    """Runs the application of `web_app`; `headers` are those that every response carries."""

    def __init__(self, app: web.Application, *, headers: Mapping[str, str]) -> None:
        # A packed body is refused by every door, so nobody needs aiohttp to unpack one.
        super().__init__(app, shutdown_timeout=LONGEST_GOODBYE)
        self._headers = headers

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(self._headers, made, {"access_log_class": AccessLog, "auto_decompress": False})
