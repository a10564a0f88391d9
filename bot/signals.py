"""The process's way to hear that it should end."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_signal() -> Generator[asyncio.Event]:
    """Set at the first Ctrl-C or SIGTERM. The second ends the process the hard way, for whoever cannot wait."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        stop.set()
        forget()

    def forget() -> None:
        for one in SIGNALS:
            loop.remove_signal_handler(one)

    for one in SIGNALS:
        loop.add_signal_handler(one, told)
    try:
        yield stop
    finally:
        forget()
