"""A fault of ours: what is logged of it, and what is said to whoever waits."""

import structlog

from bot.wording.phrase import Phrase, say
from bot.wording.refusals import refused
from handlers.commands import Refused
from handlers.queries import Busy

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

_SOMETHING_WRONG = say(
    "Unclear. Something went wrong in Usher, and it isn't certain whether this was done. "
    "Look on Usher's Home, then try again; if it goes on, tell whoever runs Usher."
)


def logged(error: Exception) -> Phrase:
    """Only its kind is logged, for its message may hold what was typed."""
    _log.error("a listener failed", failure=type(error).__name__, where=_where(error))
    return said(error)


def said(error: Exception) -> Phrase:
    return refused(Refused("busy")) if isinstance(error, Busy) else _SOMETHING_WRONG


def _where(error: BaseException) -> str:
    """The innermost line of ours, without any value."""
    traceback, found = error.__traceback__, ""
    while traceback:
        code = traceback.tb_frame.f_code
        found = f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found
