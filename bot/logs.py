"""Logs: one line for each happening, in UTC, without secrets, and nothing in a value can pass for a second line.

Whatever arrives, from our code or from a library, passes the same scrubbing just before it is written.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from itertools import islice
from pathlib import PurePath
from traceback import walk_tb
from types import TracebackType
from typing import TextIO, cast
from uuid import UUID

import structlog
from structlog.typing import EventDict, WrappedLogger

HIDDEN = "[hidden]"
LONGEST = 1000
MOST_PARTS = 50
DEEPEST = 6
INNERMOST_FRAMES = 12
LONGEST_CHAIN = 5

# Below WARNING these write request bodies, tokens, SQL values or mails; web paths hold one-time links.
QUIET = (
    "slack_bolt",
    "slack_sdk",
    "aiohttp",
    "aiosqlite",
    "sqlalchemy",
    "aiosmtplib",
    "mail.log",
    "asyncio",
    "alembic",
)
SILENT = ("aiohttp.access",)

_SECRET_KEY = re.compile(
    r"(?:.*_)?(?:tokens?|codes?|passwords?|passphrase|secrets?|secret_keys?|authorization|cookies?|body|payload|"
    r"signature|otp|totp|private_metadata|response_urls?)",
    re.IGNORECASE,
)
_HARMLESS_KEYS = frozenset({"status_code", "exit_code", "error_code"})

_SECRET_TEXT = (
    (re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+"), r"\1-" + HIDDEN),
    (re.compile(r"\b(usher_|whsec_)[\w+/=-]{8,}"), r"\1" + HIDDEN),
    (re.compile(r"/(invitations|setup|reset|reveal)/[^\s/?#\"'<>]+"), rf"/\1/{HIDDEN}"),
    (re.compile(r"(?<=://)[^\s/@\"'<>]+@"), f"{HIDDEN}@"),
    (re.compile(r"https://hooks\.slack(?:-gov)?\.com/[^\s\"'<>]+"), HIDDEN),
    (re.compile(r"\botpauth:[^\s\"'<>]+"), HIDDEN),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\bv0=[0-9a-f]{16,}"), f"v0={HIDDEN}"),
    (re.compile(r"\b((?:one[- ]time )?code)(\W{1,4})\d{6}\b", re.IGNORECASE), rf"\1\2{HIDDEN}"),
)


def configure(*, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """JSON lines, or on a terminal coloured ones. Replaces every handler of the process."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(pretty=out.isatty()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(capture=True)
    # A closed log pipe is no reason to stop serving.
    logging.raiseExceptions = False
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in SILENT:
        logging.getLogger(name).disabled = True
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_COMMON, _for_stdlib],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    sys.excepthook = _last_words
    threading.excepthook = _last_words_of_a_thread


def _formatter(*, pretty: bool) -> logging.Formatter:
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_COMMON,
        processors=[explain, structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub, renderer],
    )


_for_stdlib = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
_COMMON: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def _last_words(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger(__name__).critical("stopped by an error", exc_info=(kind, error, trail))


def _last_words_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    structlog.get_logger(__name__).error("a thread was stopped by an error", exc_info=ended.exc_value)


def explain(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """An exception as its type and where it happened: its message and its locals may hold what people typed."""
    error = _error_of(entry.pop("exc_info", None))
    entry.pop("stack_info", None)
    if error is None:
        return entry
    entry["raised"] = [_place(one) for one in _chain(error)]
    if not entry.get("_from_structlog", True):
        entry["event"] = _without_message(str(entry["event"]), error)
    return entry


def _error_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, tuple):
        exc_info = cast("tuple[object, ...]", exc_info)[1]
    if isinstance(exc_info, BaseException):
        return exc_info
    return sys.exception() if exc_info is True else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting = [error]
    for _ in range(LONGEST_CHAIN):
        if not waiting:
            return
        one = waiting.pop(0)
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(cast("BaseExceptionGroup[BaseException]", one).exceptions)
        follows = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        waiting.extend([follows] if follows else [])


def _place(error: BaseException) -> str:
    frames = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)]
    return " ".join([type(error).__qualname__, *reversed(frames[-INNERMOST_FRAMES:])])


def _without_message(text: str, error: BaseException) -> str:
    """Libraries write the message of an exception into their own (Bolt: "Failed to run listener (error: …)")."""
    first_line = text.partition("\n")[0]
    for one in _chain(error):
        for said in (repr(one), str(one)):
            first_line = first_line.replace(said.partition("\n")[0] or "\n", HIDDEN)
    return first_line


def scrub(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    return {_plain(key): _value(str(key), value, DEEPEST) for key, value in entry.items()}


def _value(key: str, value: object, depth: int) -> object:
    if _SECRET_KEY.fullmatch(key) and key not in _HARMLESS_KEYS:
        return HIDDEN
    if isinstance(value, Enum):
        return _plain(value.name)
    if isinstance(value, str | PurePath | UUID | date):
        return _plain(str(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    # The repr of anything else could show anything, so only what it is gets said.
    return _parts(value, depth - 1) if depth and _is_nested(value) else f"<{type(value).__qualname__}>"


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple | set | frozenset)


def _parts(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        items = islice(cast("Mapping[object, object]", value).items(), MOST_PARTS)
        return {_plain(str(name)): _value(str(name), part, depth) for name, part in items}
    return [_value("", part, depth) for part in islice(cast("Iterable[object]", value), MOST_PARTS)]


def _plain(text: str) -> str:
    text = text[: 4 * LONGEST]
    for pattern, instead in _SECRET_TEXT:
        text = pattern.sub(instead, text)
    visible = text if text.isprintable() else "".join(map(_visible, text))
    return visible if len(visible) <= LONGEST else visible[:LONGEST] + "…"


def _visible(sign: str) -> str:
    """Line ends, terminal commands, and the marks that reverse or hide what a reader sees, written out."""
    return sign if sign.isprintable() else f"\\u{ord(sign):04x}"
