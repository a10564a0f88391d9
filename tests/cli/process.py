"""The command line as people meet it: a process of its own, in a folder of its own, with nothing in its environment."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


@dataclass(frozen=True, slots=True)
class Process:
    """One that goes on."""

    running: asyncio.subprocess.Process

    async def line(self) -> str:
        """The next line on standard output."""
        assert self.running.stdout
        async with asyncio.timeout(PATIENCE):
            return (await self.running.stdout.readline()).decode().rstrip("\n")

    async def end(self, by: signal.Signals = signal.SIGINT) -> Ended:
        self.running.send_signal(by)
        return await _ended(self.running)


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "USHER_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "TMPDIR": str(folder), **settings}


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def usher(folder: Path, *arguments: str, **settings: str) -> Ended:
    """Runs one command to its end."""
    return await _ended(await _started(folder, arguments, settings))


@asynccontextmanager
async def running(folder: Path, *arguments: str, **settings: str) -> AsyncGenerator[Process]:
    process = await _started(folder, arguments, settings)
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _started(folder: Path, arguments: tuple[str, ...], settings: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=environment(folder, settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _ended(process: asyncio.subprocess.Process) -> Ended:
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
