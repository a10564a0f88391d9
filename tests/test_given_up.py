"""A connection that is given up while it opens is no error in the log; everything else that nobody catches is."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import asyncpg
import pytest

from bot.serving import forgive_given_up

MOMENTS = 12
"""So many turns of the loop, and one more each time, pass before the asker gives up."""


async def test_a_connection_given_up_at_any_moment_is_no_error(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []

    def listening(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        told.append(context.get("exception"))
        forgive_given_up(loop, context)

    asyncio.get_running_loop().set_exception_handler(listening)
    for moment in range(MOMENTS):
        await _give_up_after(postgres_url.replace("+asyncpg", ""), moment)
        if told:
            break
    assert any(isinstance(one, ConnectionError) for one in told), "no attempt was given up where asyncpg minds"
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_what_else_nobody_caught_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(forgive_given_up)
    loop.create_future().set_exception(ValueError("unseen"))
    gc.collect()
    assert [one.levelname for one in caplog.records] == ["ERROR"]


async def _give_up_after(url: str, moment: int) -> None:
    driver: Any = asyncpg  # which tells the type checker nothing of what it returns
    opening: asyncio.Task[Any] = asyncio.create_task(driver.connect(url))
    for turn in range(moment):
        await asyncio.sleep(0.0002 if turn > 4 else 0)
    opening.cancel()
    try:
        connection = await opening
    except asyncio.CancelledError:
        pass
    else:
        await connection.close()
    await asyncio.sleep(0.01)
    del opening
    gc.collect()
