from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.trouble import HOUSE, LONGEST_ASKED_FOR, MAIL, SLACK, Schedule

SCHEDULES = st.sampled_from([SLACK, MAIL, HOUSE])
LUCK = st.floats(0, 1)


@given(SCHEDULES, st.integers(1, 200), LUCK)
def test_a_pause_is_never_longer_than_promised_and_ends_after_the_last_try(
    schedule: Schedule, failed: int, luck: float
) -> None:
    pause = schedule.pause(failed, luck=luck)

    assert (pause is None) == (failed >= schedule.tries)
    assert pause is None or schedule.first / 2 <= pause <= schedule.longest


@given(SCHEDULES, LUCK, st.integers(0, 10**6))
def test_what_a_service_asks_for_is_never_shortened(schedule: Schedule, luck: float, seconds: int) -> None:
    pause = schedule.pause(1, asked_for=timedelta(seconds=seconds), luck=luck)

    assert pause is not None
    assert pause >= min(timedelta(seconds=seconds), LONGEST_ASKED_FOR)


@pytest.mark.parametrize("schedule", [SLACK, MAIL, HOUSE])
def test_all_tries_together_take_about_a_day(schedule: Schedule) -> None:
    pauses = [schedule.pause(failed, luck=0.5) or timedelta() for failed in range(1, schedule.tries)]

    assert timedelta(hours=16) < sum(pauses, timedelta()) < timedelta(hours=30)


def test_two_that_failed_together_do_not_come_back_together() -> None:
    assert SLACK.pause(5, luck=0.1) != SLACK.pause(5, luck=0.9)
