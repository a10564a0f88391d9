"""Files that take longer to write than one try to send them may last: each is written on while its parcel waits.

None has a name on the disk, so nothing of it stays there when the process ends, however it ends.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO, Final

from bot.delivery.trouble import HOUSE, NotNow

# Of a try's 45 seconds; the others are for sending.
PATIENCE: Final = 10.0
# Longer than the longest pause between two tries; whoever does not come back by then is served elsewhere.
KEPT: Final = 20 * 60.0

Write = Callable[[IO[bytes]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Draft:
    """`rows` were written to `file`."""

    file: IO[bytes]
    rows: int


@dataclass(slots=True)
class _Writing:
    """`about`: what it is of; a file of anything else is begun anew."""

    about: object
    file: IO[bytes]
    task: asyncio.Task[Draft]


class Drafts:
    def __init__(self, *, patience: float = PATIENCE, kept: float = KEPT) -> None:
        self._patience = patience
        self._kept = kept
        self._writing: dict[str, _Writing] = {}
        # Each keeps a connection to the database while it is written, and commands need some too.
        self._one_at_a_time = asyncio.Semaphore(1)

    async def written(self, key: str, about: object, write: Write) -> Draft:
        """NotNow while it is being written; asking again goes on with the same file. `forget` it once it is used."""
        found = self._writing.get(key)
        if found and (found.about != about or (found.task.done() and _failed(found.task))):
            self.forget(key)
            found = None
        if found is None:
            found = self._begin(key, about, write)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(found.task)
        except TimeoutError:
            raise NotNow("The file is still being written.", schedule=HOUSE) from None

    def _begin(self, key: str, about: object, write: Write) -> _Writing:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed once nobody writes any more and it is forgotten
        task = asyncio.create_task(self._write(file, write))
        begun = self._writing[key] = _Writing(about, file, task)
        task.add_done_callback(lambda _: asyncio.get_running_loop().call_later(self._kept, self._drop, key, begun))
        return begun

    async def _write(self, file: IO[bytes], write: Write) -> Draft:
        async with self._one_at_a_time:
            return Draft(file, await write(file))

    def forget(self, key: str) -> None:
        if key in self._writing:
            self._drop(key, self._writing[key])

    def _drop(self, key: str, writing: _Writing) -> None:
        if self._writing.get(key) is writing:
            del self._writing[key]
        if writing.task.done():
            writing.file.close()
        else:
            writing.task.add_done_callback(lambda _: writing.file.close())
            writing.task.cancel()

    async def close(self) -> None:
        tasks = [one.task for one in self._writing.values()]
        for key in list(self._writing):
            self.forget(key)
        await asyncio.gather(*tasks, return_exceptions=True)


def _failed(task: asyncio.Task[Draft]) -> bool:
    return task.cancelled() or task.exception() is not None
