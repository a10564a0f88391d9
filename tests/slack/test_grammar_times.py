from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.grammar import Act, Unclear, read
from handlers.commands import ChangeRole
from tests.slack.desks import NOW, desk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def change(words: str, *, timezone: str = "Europe/Berlin", now: datetime = NOW) -> ChangeRole:
    found = read("/usher", f"role <@U0BOB> manager {words}", desk=desk(timezone=timezone), now=now)
    assert isinstance(found, Act), found
    assert isinstance(found.command, ChangeRole)
    return found.command


def complaint(words: str, *, timezone: str = "Europe/Berlin", now: datetime = NOW) -> str:
    found = read("/usher", f"role <@U0BOB> manager {words}", desk=desk(timezone=timezone), now=now)
    assert isinstance(found, Unclear), found
    return found.what


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("for 30m", timedelta(minutes=30)),
        ("for 8h", 8 * HOUR),
        ("for 8H", 8 * HOUR),
        ("for 7d", 7 * DAY),
        ("for 2w", 14 * DAY),
        ("for 365d", 365 * DAY),
        ("for 8 hours", 8 * HOUR),
        ("for 2 Days", 2 * DAY),
        ("for an hour", HOUR),
        ("for a week", 7 * DAY),
        ("for 45 minutes", timedelta(minutes=45)),
        ("for 1d12h", 36 * HOUR),
        ("for 1 day and 12 hours", 36 * HOUR),
        ("“for” 8h", None),
        ("8h", 8 * HOUR),
        ("2 days", 2 * DAY),
    ],
)
def test_a_duration_is_understood(words: str, length: timedelta | None) -> None:
    if length is None:
        assert "was not understood" in complaint(words)
    else:
        assert change(words).lasts == length


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("for 8", "“8” is not a duration"),
        ("for 8x", "“8x” is not a duration. Durations look like `30m`, `8h`, `7d` or `2w`."),
        ("for 1.5h", "“1.5h” is not a duration"),
        ("for -8h", "“-8h” is not a duration"),
        ("for ٨h", "“٨h” is not a duration"),
        ("for ever", "“ever” is not a duration"),
        ("for 8h please", "“8h please” is not a duration"),
        ("for 0m", "at least one minute and at most 365 days"),
        ("for 366d", "at most 365 days"),
        ("for 53w", "at most 365 days"),
        (f"for {'999999w ' * 2000}", "at most 365 days"),
        (f"for {'9' * 5000}w", "is not a duration"),
    ],
)
def test_a_wrong_duration_says_how_durations_look(words: str, what: str) -> None:
    assert what in complaint(words)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("until 2026-12-01 18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("until 2026-12-01T18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("until 2026-12-01, 18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("until 2026-12-01 at 18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("until “2026-12-01 18:00”", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("until 2026-12-1 9:30", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        # A day without a time means that whole day.
        ("until 2026-12-01", datetime(2026, 12, 1, 22, 59, tzinfo=UTC)),
        ("until 2026-11-21", datetime(2026, 11, 21, 22, 59, tzinfo=UTC)),
        ("until Today", datetime(2026, 11, 21, 22, 59, tzinfo=UTC)),
        ("until tomorrow", datetime(2026, 11, 22, 22, 59, tzinfo=UTC)),
        ("until tomorrow 12:00", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("until 20:00", datetime(2026, 11, 21, 19, tzinfo=UTC)),
        ("2026-12-01", datetime(2026, 12, 1, 22, 59, tzinfo=UTC)),
        ("until 2027-07-01 12:00", datetime(2027, 7, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_understood_in_the_timezone_of_who_typed_it(words: str, moment: datetime) -> None:
    assert change(words).until == moment


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("until 2026-11-20", "“2026-11-20” is past: it is 2026-11-21 19:00 now. Name a later moment."),
        ("until 2026-11-21 19:00", "is past"),
        ("until 18:59", "is past"),
        ("until 0001-01-01", "is past"),
        ("until 2027-11-22", "at most 365 days from now"),
        ("until 9999-12-31 23:59", "at most 365 days from now"),
        ("until 2026-02-30", "does not exist in the calendar"),
        ("until 0000-01-01", "does not exist in the calendar"),
        ("until 2026-12-01 24:00", "does not exist in the calendar or on the clock"),
        ("until Friday", "“Friday” is not a date. Dates look like `2026-12-01` or `2026-12-01 18:00`."),
        ("until 1.12.2026", "is not a date"),
        ("until 12/01/2026", "is not a date"),
        ("until 2026-12-01 18:00 sharp", "is not a date"),
        ("until 8h", "is not a date"),
        ("for 8h until 2026-12-01", "either how long or until when"),
        ("8h until 2026-12-01", "either how long or until when"),
        ("8h for 9h", "either how long or until when"),
        ("2026-12-01 for 8h", "either how long or until when"),
    ],
)
def test_a_wrong_date_says_what_to_do(words: str, what: str) -> None:
    assert what in complaint(words)


def test_a_time_that_comes_twice_is_the_first_so_that_nobody_holds_too_much() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert change("until 2026-10-25 02:30", now=before).until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_between_the_two_it_is_the_second_which_is_still_ahead() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert change("until 2026-10-25 02:30", now=between).until == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_leave_out_is_counted_on_from_before() -> None:
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert change("until 2027-03-28 02:30", now=before).until == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_day_begins_and_ends_where_its_typist_lives() -> None:
    assert change("until today", timezone="Pacific/Auckland").until == datetime(2026, 11, 22, 10, 59, tzinfo=UTC)


@pytest.mark.parametrize("timezone", ["", "Nowhere/At All", "../../etc/passwd", "Europe", "\x00", "x" * 5000])
def test_an_unknown_timezone_is_read_as_utc(timezone: str) -> None:
    assert change("until 2026-12-01 18:00", timezone=timezone).until == datetime(2026, 12, 1, 18, tzinfo=UTC)
