"""The secret keys of an Usher on SQLite: made once, in a file beside the database that only its owner can read."""

import base64
import contextlib
import os
import secrets
import stat
from pathlib import Path

from pydantic import SecretBytes

from bot.setting_values import KEY_BYTES, secret_keys

OWNER_ONLY = 0o600
OTHERS = 0o077
MOST_BYTES = 10_000


class KeyFileError(Exception):
    """Says what is wrong with the file and what to do."""


def path_for(database: Path) -> Path:
    return database.with_suffix(".keys")


def read_or_make(database: Path) -> tuple[SecretBytes, ...]:
    """The keys, newest first. Of several processes that start at once, one makes the file and all read it."""
    path = path_for(database)
    try:
        if not path.exists():
            _refuse_orphan(database, path)
            _make(path)
        return secret_keys(_read(path))
    except OSError as error:
        raise KeyFileError(f"{path} can't be used ({error.strerror}). Check the folder and its rights.") from error
    except ValueError as error:
        raise KeyFileError(f"{path} {error}") from None


def _refuse_orphan(database: Path, path: Path) -> None:
    # With a new key nobody's second factor could be read any more; that must not happen silently.
    if database.exists() and database.stat().st_size and not path.exists():
        raise KeyFileError(
            f"{path} is missing, and {database} is encrypted with it. Put the file back from your backup, "
            "or set USHER_SECRET_KEYS; to start anew, move the database away."
        )


def _make(path: Path) -> None:
    """Written beside its place and linked into it, so that no reader ever sees half a key and no second key wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        _flush(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    # A link could point the keys at a file that somebody else can write.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_mode & OTHERS or about.st_uid != os.geteuid():
            raise ValueError(f"can be read by others. Make it yours alone: chmod 600 {path.name}")
        return file.read(MOST_BYTES).decode("ascii", errors="replace").strip()
