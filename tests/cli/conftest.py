import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.__main__ import main
from tests.cli.process import Ended

Command = Callable[..., Ended]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs one command to its end within this process, in a folder of its own and with these settings alone."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("SLACK_", "USHER_")):
            monkeypatch.delenv(name)

    def run(*arguments: str, **settings: str) -> Ended:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    with _logging_as_it_was(monkeypatch):
        yield run


@contextlib.contextmanager
def _logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    for name in (*logs.QUIET, *logs.SILENT):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    # Else the first configuration would close the handlers of pytest.
    root.handlers[:] = []
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
