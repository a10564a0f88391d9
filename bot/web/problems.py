"""A calm page for everything that goes wrong, and nothing of anybody's input in the log."""

import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.web.forms import BadForm
from bot.web.pages import Pages
from handlers.commands import Refusal

_FIRST_ERROR = 400
_DEEPEST = 12

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    title: str
    text: str


_UNREADABLE = Problem(
    "Refused: this form could not be read", "Nothing was changed. Open the link again and fill the form once more."
)
_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        403: Problem(
            "Refused: this form came from another site",
            "Nothing was changed. Open the link from your mail or from Slack, and send the form that it shows.",
        ),
        404: Problem(
            "There is no such page", "Check the address. A link from a mail may have been cut off at the end of a line."
        ),
        405: Problem(
            "This page cannot be used like that", "Nothing was changed. Open it in a browser, and use what it shows."
        ),
        408: Problem(
            "Refused: the form did not arrive in time", "Nothing was changed. Check your connection and send it again."
        ),
        413: Problem(
            "Refused: this is more than the form can hold",
            "Nothing was changed. Shorten what you typed and send it again.",
        ),
        503: Problem("Refused: Usher is busy just now", "Nothing was changed. Try again in a moment."),
        500: Problem(
            "Something went wrong here",
            "It is our fault, not yours. Try again in a minute; if it stays, tell your admin.",
        ),
    }
)


def middleware(pages: Pages) -> Middleware:
    @web.middleware
    async def calmly(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal:
            return _page(pages, 503)  # only a database that does not answer keeps a page from being read
        except BadForm as bad:
            return _page(pages, bad.status)
        except web.HTTPException as answer:
            if answer.status < _FIRST_ERROR:
                raise
            return _page(pages, answer.status, allow=answer.headers.get("Allow"))
        except Exception as error:  # noqa: BLE001 - whatever it is, a person waits for an answer
            return _page(pages, 500, reference=remember(error))

    return calmly


def _page(pages: Pages, status: int, *, allow: str | None = None, reference: str | None = None) -> web.Response:
    response = pages.show(
        "problem.html", status=status, problem=_PROBLEMS.get(status, _UNREADABLE), reference=reference
    )
    if allow:
        response.headers["Allow"] = allow
    return response


def remember(error: Exception) -> str:
    """Logs where it happened. The error's own words and the frames' variables may hold what a person typed."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    where = " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in frames)
    _log.error("web.broken", reference=reference, error=type(error).__name__, where=where)
    return reference
