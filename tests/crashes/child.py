"""The real bot in a process of its own, on a clock that the test moves, and with a point at which it kills itself.

Started once, it loads everything and then forks one bot for each line of settings that it reads: starting Python and
importing what the bot needs takes longer than all else in a round, and has nothing to do with what a crash leaves
behind. What it tells is one JSON object a line.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import logs, settings
from bot.serving import serving
from tests.crashes.wire import Shared


def main() -> None:
    shared = Shared(Path(sys.argv[1]))
    logs.configure()
    gc.freeze()
    _tell(loaded=True)
    while line := os.read(0, 65536):
        pid = os.fork()
        if pid == 0:
            _tell(pid=os.getpid())
            asyncio.run(_live(json.loads(line), shared))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        _tell(ended=os.waitstatus_to_exitcode(status))


async def _live(environ: Mapping[str, str], shared: Shared) -> None:
    def reached(point: str) -> None:
        if shared.strikes(point):
            _tell(hit=point)
            os.kill(os.getpid(), signal.SIGKILL)

    loop = asyncio.get_running_loop()
    loop.add_reader(0, os._exit, 1)  # the test is gone
    async with serving(settings.load(environ, slack_required=True), clock=shared.clock, reached=reached) as bot:
        # Moving the clock makes things due without anybody having written anything.
        loop.add_signal_handler(signal.SIGUSR1, bot.usher.store.wakened.set)
        _tell(url=bot.url)
        await asyncio.Event().wait()


def _tell(**said: object) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    main()
