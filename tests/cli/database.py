"""The command line on a database on which an Usher of the test's own is at work."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.cli.conftest import Command
from tests.cli.process import Ended, usher
from tests.people import KEYS

SECRET_KEYS = base64.urlsafe_b64encode(KEYS[0]).decode()


def settings(database_url: str) -> dict[str, str]:
    return {"USHER_DATABASE_URL": database_url, "USHER_SECRET_KEYS": SECRET_KEYS}


async def in_a_process(folder: Path, database_url: str, *arguments: str) -> Ended:
    return await usher(folder, *arguments, **settings(database_url))


def in_a_thread(command: Command, database_url: str) -> Callable[..., Awaitable[Ended]]:
    """Quicker than a process, and beside an Usher in this one."""

    def run(*arguments: str) -> Awaitable[Ended]:
        return asyncio.to_thread(command, *arguments, **settings(database_url))

    return run
