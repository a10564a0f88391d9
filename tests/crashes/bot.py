"""The test's hold on the bot's process: start it, wait until it serves, kill it, learn how it ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 60.0


@dataclass(slots=True)
class Life:
    """One bot from its start to its end. `hit`: the named point at which it killed itself."""

    pid: int
    url: str = ""
    hit: str | None = None
    status: int | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        return self.status is not None

    def kill(self) -> None:
        if not self.over:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wake(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGUSR1)

    async def end(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.over:
                await self.changed.wait()
                self.changed.clear()


class Bots:
    """Bots on one database, one after another."""

    def __init__(self, process: asyncio.subprocess.Process, environ: Mapping[str, str]) -> None:
        self._process = process
        self._environ = environ
        self._lives: asyncio.Queue[Life] = asyncio.Queue()
        self._life: Life | None = None
        self.loaded = asyncio.Event()

    async def start(self) -> tuple[Life, float]:
        """A bot that serves, or died of its fuse while it started; and the seconds until then."""
        began = time.monotonic()
        assert self._process.stdin
        self._process.stdin.write(json.dumps(dict(self._environ)).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            life = await self._lives.get()
            while not (life.url or life.over):
                await life.changed.wait()
                life.changed.clear()
            if not life.over:
                await self._ready(life)
        return life, time.monotonic() - began

    async def _ready(self, life: Life) -> None:
        async with aiohttp.ClientSession() as session:
            while not life.over:
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{life.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.01)

    async def listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "loaded" in said:
                self.loaded.set()
            elif "pid" in said:
                self._life = Life(said["pid"])
                self._lives.put_nowait(self._life)
            elif self._life:
                self._hear(self._life, said)

    def _hear(self, life: Life, said: Mapping[str, Any]) -> None:
        life.url = said.get("url", life.url)
        life.hit = said.get("hit", life.hit)
        life.status = said.get("ended", life.status)
        life.changed.set()


@asynccontextmanager
async def bots(environ: Mapping[str, str], *, shared: Path, log: Path) -> AsyncGenerator[Bots]:
    """`log` is where all of them write theirs."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.crashes.child",
            str(shared),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=Path(__file__).parents[2],
        )
    made = Bots(process, environ)
    listening = asyncio.create_task(made.listen())
    try:
        async with asyncio.timeout(PATIENCE):
            await made.loaded.wait()
        yield made
    finally:
        if process.stdin:
            process.stdin.close()
        await process.wait()
        await listening
