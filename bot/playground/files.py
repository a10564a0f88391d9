"""Files in the pretend Slack: who uploaded what, and where it is shown. Contents lie in a folder, never in memory."""

import mimetypes
import secrets
import tempfile
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.playground.errors import SlackError

Json = dict[str, Any]

LARGEST = 1024**3
"""Bytes of any file; what people choose in a form may be less, see `forms.LARGEST_CHOSEN`."""
CHUNK = 64 * 1024
PRETTY = {"csv": "CSV", "text": "Plain Text", "txt": "Plain Text", "zip": "Zip", "xlsx": "Excel Spreadsheet"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on somebody's own machine, which they choose in a form."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: str
    name: str
    title: str
    user: str
    created: int
    path: Path = field(repr=False)
    size: int = 0
    channels: frozenset[str] = frozenset()
    """Where it was shared."""

    @property
    def extension(self) -> str:
        return Path(self.name).suffix.removeprefix(".").casefold()

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def evolve(self, **changes: Any) -> "File":
        return replace(self, **changes)


@dataclass(slots=True)
class Upload:
    """What `files.getUploadURLExternal` has promised a place for."""

    file: File
    length: int
    arrived: bool = False


class Files:
    """`url` is where files are to be had, once the playground listens."""

    def __init__(self) -> None:
        self.url = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: dict[str, File] = {}
        self._uploads: dict[str, Upload] = {}

    def close(self) -> None:
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def put(self, file: File) -> File:
        self._files[file.id] = file
        return file

    def remove(self, file: File) -> None:
        self._files.pop(file.id, None)
        file.path.unlink(missing_ok=True)

    def made(self, name: str, user: str, now: float) -> File:
        """A file without contents, which nobody sees yet."""
        file_id = "F" + secrets.token_hex(5).upper()
        return File(id=file_id, name=name, title=name, user=user, created=int(now), path=self._place() / file_id)

    # ---- what the bot uploads, in three steps

    def promise(self, file: File, length: int) -> str:
        """The address to which the contents are to be sent."""
        ticket = secrets.token_urlsafe(24)
        self._uploads[ticket] = Upload(file, length)
        return f"{self.url}/upload/v1/{ticket}"

    def upload(self, ticket: str) -> Upload | None:
        return self._uploads.get(ticket)

    def finish(self, file_id: str) -> File:
        """Only once, as Slack documents it."""
        found = next(((key, one) for key, one in self._uploads.items() if one.file.id == file_id), None)
        if found is None:
            raise SlackError("file_not_found")
        ticket, upload = found
        if not upload.arrived:
            raise SlackError("file_update_failed")
        del self._uploads[ticket]
        return self.put(upload.file)

    def _place(self) -> Path:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="usher-playground-")
        return Path(self._folder.name)


async def written(file: File, chunks: AsyncIterable[bytes], *, most: int) -> File | None:
    """The file with these contents; None if there are more than `most` bytes of them."""
    size = 0
    with file.path.open("wb") as place:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                break
            place.write(chunk)
    if size > most:
        file.path.unlink()
        return None
    return file.evolve(size=size)


def read(file: File) -> Iterator[bytes]:
    with file.path.open("rb") as place:
        while chunk := place.read(CHUNK):
            yield chunk


def file_json(files: Files, team_id: str, file: File) -> Json:
    """docs.slack.dev/reference/objects/file-object, without what a preview would bring."""
    place = f"{files.url}/files-pri/{team_id}-{file.id}"
    name = quote(file.name.lower())
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.extension or "binary",
        "pretty_type": PRETTY.get(file.extension, file.extension.upper() or "Binary"),
        "user": file.user,
        "user_team": team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{place}/{name}",
        "url_private_download": f"{place}/download/{name}",
        "permalink": f"{files.url}/files/{file.user}/{file.id}/{name}",
        "channels": sorted(channel for channel in file.channels if channel.startswith("C")),
        "groups": sorted(channel for channel in file.channels if channel.startswith("G")),
        "ims": sorted(channel for channel in file.channels if channel.startswith("D")),
        "comments_count": 0,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }


def gone_json(file_id: str) -> Json:
    """What stays of a deleted file in the messages that showed it."""
    return {"id": file_id, "mode": "tombstone"}
