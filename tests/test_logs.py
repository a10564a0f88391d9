import asyncio
import enum
import io
import json
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import logs

MARK = "Zanzibar-418"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    with configured(stream, monkeypatch):
        yield stream


class configured:  # noqa: N801 - reads as a word of the test
    """Logging as in production, and afterwards as pytest left it."""

    def __init__(self, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stream, self.patch = stream, monkeypatch

    def __enter__(self) -> None:
        root = logging.getLogger()
        self.before = (root.handlers[:], root.level)
        for name in (*logs.QUIET, *logs.SILENT):
            self.patch.setattr(logging.getLogger(name), "level", logging.NOTSET)
            self.patch.setattr(logging.getLogger(name), "disabled", False)
        self.patch.setattr(sys, "excepthook", sys.excepthook)
        self.patch.setattr(threading, "excepthook", threading.excepthook)
        self.patch.setattr(logging, "raiseExceptions", True)
        root.handlers[:] = []
        logs.configure(stream=self.stream)

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.handlers[:], level = self.before
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()


def entries(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def log(**values: Any) -> None:
    structlog.get_logger("usher").info("something happened", **values)


def test_a_line_says_what_happened_where_and_when_in_utc(out: io.StringIO) -> None:
    log(member="m1", attempts=3)
    entry = entries(out)[0]
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "something happened",
        "level": "info",
        "logger": "usher",
        "member": "m1",
        "attempts": 3,
    }


TELLING = (
    "token bot_token code one_time_code Password secret secret_keys Authorization body raw_body cookie signature "
    "payload private_metadata response_url totp"
)


@pytest.mark.parametrize("key", TELLING.split())
def test_a_value_under_a_telling_name_is_dropped(out: io.StringIO, key: str) -> None:
    log(**{key: MARK}, inside={"deeper": [{key: MARK}]})
    assert MARK not in out.getvalue()
    assert entries(out)[0]["inside"] == {"deeper": [{key: logs.HIDDEN}]}


def test_a_status_code_is_no_secret(out: io.StringIO) -> None:
    log(status_code=404)
    assert entries(out)[0]["status_code"] == 404


SECRETS = [
    "xoxb-1234567890-abcdefABCDEF",
    "xoxe.xoxp-1-Mi0yLTEyMzQ",
    "xapp-1-A0123-456-abcdef",
    "https://usher.example.com/invitations/Q2hhbmdlTWU_-x",
    "https://usher.example.com/setup/Q2hhbmdlTWU_-x?next=1",
    "/reset/Q2hhbmdlTWU_-x",
    "GET /reveal/Q2hhbmdlTWU_-x HTTP/1.1",
    "postgresql+asyncpg://usher:Q2hhbmdlTWU@db/usher",
    "smtp://ada%40example.com:Q2hhbmdlTWU@mail",
    "https://hooks.slack.com/commands/T1/2/Q2hhbmdlTWU",
    "otpauth://totp/Usher:ada?secret=Q2hhbmdlTWU",
    "Authorization: Bearer Q2hhbmdlTWU",
    "v0=8f742231b10e8888abcd99deadbeef1234567890abcdef",
    'code: 123456 and {"code": "123456"}',
    "usher_8f742231b10e8888abcd99deadbeef1234567890abcdef12",
    "whsec_Q2hhbmdlTWU+Q2hhbmdlTWU/Q2hhbmdlTWU=",
]
LEAKS = ("abcdef", "Mi0yLTEyMzQ", "Q2hhbmdlTWU", "8f742231b10e8888", "123456")


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_in_the_middle_of_a_text_is_hidden(out: io.StringIO, text: str) -> None:
    log(said=f"before {text} after")
    structlog.get_logger("usher").info(f"before {text}")
    logging.getLogger("some.library").warning("before %s", text)
    assert len(entries(out)) == 3
    assert not [leak for leak in LEAKS if leak in out.getvalue().replace("1234567890", "")]
    assert entries(out)[0]["said"].startswith("before ")


def test_ordinary_words_stay(out: io.StringIO) -> None:
    text = "Ada <ada@example.com> asked for 123456 seats at 10:30; see /invitations and code review"
    log(said=text)
    assert entries(out)[0]["said"] == text


HOSTILE = "a\nb\r\x1b[2Jgone\x1b[0m\x00\u202eevil\u2028\u200b\ud800 {'level': 'critical'}"


@pytest.mark.invariant(42)
@pytest.mark.parametrize("make", [io.StringIO, Terminal])
def test_no_value_can_forge_a_line_or_command_a_terminal(
    make: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = make()
    with configured(out, monkeypatch):
        log(name=HOSTILE, inside={HOSTILE: [HOSTILE]})
        structlog.get_logger("usher").info(HOSTILE)
        logging.getLogger("some.library").warning(HOSTILE)
        structlog.get_logger("usher").error("could not", exc_info=ValueError(HOSTILE))
    assert len(out.getvalue().splitlines()) == 4
    ours = out.getvalue().replace("\x1b[", "") if make is Terminal else out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert not [sign for sign in "\x00\r\x1b\u202e\u2028\u200b\ud800" if sign in ours]


@given(st.text())
def test_whatever_is_typed_comes_out_as_one_visible_line(text: str) -> None:
    said = logs.scrub(None, "info", {"event": text})["event"]
    assert said.isprintable()


def fail() -> None:
    secret_local = MARK
    raise ValueError(f"wrong: {secret_local}\nand more of {secret_local}")


def test_an_error_tells_its_type_and_place_and_not_its_words(out: io.StringIO) -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise LookupError(MARK) from error
    except LookupError:
        structlog.get_logger("usher").exception("could not")
    entry = entries(out)[0]
    assert MARK not in out.getvalue()
    assert [line.split()[0] for line in entry["raised"]] == ["LookupError", "ValueError"]
    assert f"{__name__}:{fail.__code__.co_firstlineno + 2}" in entry["raised"][1]


def test_a_group_tells_each_of_its_errors(out: io.StringIO) -> None:
    group = ExceptionGroup(MARK, [ValueError(MARK), KeyError(MARK)])
    structlog.get_logger("usher").error("could not", exc_info=group)
    assert [line.split()[0] for line in entries(out)[0]["raised"]] == ["ExceptionGroup", "ValueError", "KeyError"]
    assert MARK not in out.getvalue()


def test_a_library_that_quotes_an_error_is_cut_short(out: io.StringIO) -> None:
    try:
        fail()
    except ValueError as error:
        logging.getLogger("slack_bolt.AsyncApp").exception(f"Failed to run listener (error: {error})")  # noqa: G004, TRY401
    entry = entries(out)[0]
    assert entry["event"].startswith("Failed to run listener (error: ")
    assert MARK not in out.getvalue()


async def test_a_task_nobody_waited_for_is_told_without_its_words(out: io.StringIO) -> None:
    async def break_down() -> None:
        fail()

    task = asyncio.create_task(break_down())
    await asyncio.sleep(0)
    del task
    assert entries(out)[0]["raised"][0].startswith("ValueError ")
    assert MARK not in out.getvalue()


def test_the_last_words_of_the_process_are_scrubbed_too(out: io.StringIO) -> None:
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [entry["level"] for entry in entries(out)] == ["critical"]
    assert MARK not in out.getvalue()


def test_chatty_libraries_say_only_what_went_wrong(out: io.StringIO) -> None:
    for name in ("slack_sdk.web.async_client", "slack_bolt.AsyncApp", "sqlalchemy.engine.Engine", "aiosqlite"):
        logging.getLogger(name).info(MARK)
    logging.getLogger("aiohttp.access").error(MARK)
    assert out.getvalue() == ""
    logging.getLogger("slack_sdk.web.async_client").warning("no answer")
    assert entries(out)[0]["logger"] == "slack_sdk.web.async_client"


def test_a_warning_becomes_a_line(out: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert entries(out)[0]["logger"] == "py.warnings"


class Colour(enum.Enum):
    RED = MARK


class Member:
    def __repr__(self) -> str:
        return MARK


def test_things_are_named_and_not_shown(out: io.StringIO) -> None:
    log(who=Member(), raw=MARK.encode(), kept=SecretStr(MARK), colour=Colour.RED, error=OSError(MARK), at=Path("a/b"))
    entry = entries(out)[0]
    assert MARK not in out.getvalue()
    assert (entry["who"], entry["raw"], entry["error"]) == ("<Member>", "<bytes>", "<OSError>")
    assert (entry["colour"], entry["at"]) == ("RED", "a/b")


def test_a_line_stays_short_whatever_is_put_into_it(out: io.StringIO) -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    log(long="x" * 10**6, many=list(range(10**5)), deep=deep)
    assert len(out.getvalue()) < 3000


def test_a_closed_pipe_does_not_stop_the_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    pipe = os.fdopen(writer, "w", buffering=1)
    with configured(pipe, monkeypatch):  # type: ignore[arg-type]
        log(still="here")
    with pytest.raises(BrokenPipeError):
        pipe.close()


def test_an_error_that_ends_a_thread_is_one_line_without_its_message(out: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(MARK)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    [line] = out.getvalue().splitlines()
    assert "ValueError" in line
    assert MARK not in line
