"""What goes on after Slack has its answer is finished, bounded, and tells no secret when it fails."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.slack.tasks import Tasks

SOON = timedelta(seconds=5)


async def test_what_was_begun_is_finished_before_the_end_and_so_is_what_that_began() -> None:
    tasks, done = Tasks(), list[str]()

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0.01)
        tasks.start(second(), name="second")
        done.append("first")

    tasks.start(first(), name="first")
    await tasks.close(SOON)
    assert done == ["first", "second"]
    assert len(tasks) == 0


async def test_the_end_does_not_wait_for_ever() -> None:
    tasks, ended = Tasks(), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.start(endless(), name="endless")
    await tasks.close(timedelta(seconds=0.05))
    assert ended.is_set()


@pytest.mark.invariant(3)
async def test_a_failure_is_logged_by_its_kind_alone() -> None:
    tasks = Tasks()

    async def failing() -> None:
        raise ValueError("123456")

    with capture_logs() as logs:
        tasks.start(failing(), name="failing")
        await tasks.close(SOON)
        await asyncio.sleep(0)
    assert [log["failure"] for log in logs] == ["ValueError"]
    assert "123456" not in str(logs)


@pytest.mark.invariant(45)
async def test_more_than_the_limit_is_refused_rather_than_piled_up() -> None:
    tasks, gate = Tasks(most=1), asyncio.Event()

    async def waiting() -> None:
        await gate.wait()

    assert tasks.start(waiting(), name="one")
    assert not tasks.start(waiting(), name="two")
    gate.set()
    await tasks.close(SOON)
