"""Files in the client: one of the person's own is uploaded for a form, one that was shared with them is fetched."""

from collections.abc import AsyncIterable
from typing import Any

from bot.playground.client import Client
from bot.playground.files import Attachment, File, written
from bot.playground.forms import LARGEST_CHOSEN


class FileActs(Client):
    async def attach(self, user_id: str, name: str, chunks: AsyncIterable[bytes]) -> File | None:
        """Held by this person for a form that is open; None if it is larger than a form takes."""
        files = self.world.files
        file = await written(files.made(name, user_id, self.world.now()), chunks, most=LARGEST_CHOSEN)
        return files.put(file) if file else None

    def file_for(self, user_id: str, file_id: str) -> File | None:
        """What this person may open: their own, and what was shared where they are."""
        file = self.world.files.get(file_id)
        if file is None:
            return None
        shown = (self.world.channels[channel].members for channel in file.channels)
        return file if file.user == user_id or any(user_id in members for members in shown) else None

    async def attached(self, user_id: str, raw: Any) -> Any:
        """`raw`, with every `Attachment` in it uploaded and replaced by its id."""
        if isinstance(raw, Attachment):
            file = await self.attach(user_id, raw.name, _whole(raw.content))
            # Slack's client says so before it uploads anything; here the form says it, of a file that is too large.
            return file.id if file else self._too_large(user_id, raw).id
        if isinstance(raw, list | tuple):
            return [await self.attached(user_id, one) for one in raw]  # pyright: ignore[reportUnknownVariableType] # whatever a test gives
        return raw

    def _too_large(self, user_id: str, raw: Attachment) -> File:
        file = self.world.files.made(raw.name, user_id, self.world.now())
        file.path.touch()
        return self.world.files.put(file.evolve(size=len(raw.content)))


async def _whole(content: bytes) -> AsyncIterable[bytes]:
    yield content
