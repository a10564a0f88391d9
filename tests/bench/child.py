"""Processes that answer questions: one JSON line in, one JSON line out."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answers = Mapping[str, Callable[..., Awaitable[object]]]
ROOT = Path(__file__).parents[2]
LONGEST_LINE = 2**26


@dataclass(frozen=True, slots=True)
class Child:
    """The asking side. What the process logs goes to ``log``."""

    process: asyncio.subprocess.Process
    log: Path

    async def ask(self, question: str, **about: object) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([question, about]).encode() + b"\n")
        await self.process.stdin.drain()
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process ended before it answered {question!r}:\n{self.log.read_text()[-4000:]}")
        return json.loads(line)


@asynccontextmanager
async def started(
    module: str, *arguments: str, log: Path, environ: Mapping[str, str] | None = None
) -> AsyncGenerator[Child]:
    """Runs ``python -m module``; it ends when its input does."""
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=out,
            limit=LONGEST_LINE,
        )
        try:
            yield Child(process, log)
        finally:
            assert process.stdin
            process.stdin.close()
            await process.wait()


async def answering(answers: Answers) -> None:
    """The answering side, until nobody asks any more."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        question, about = json.loads(line)
        sys.stdout.write(json.dumps(await answers[question](**about)) + "\n")
        sys.stdout.flush()
