"""How long, and until when."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.slack.grammar.phrase import Confused, said

LONGEST = timedelta(days=365)
_SHORTEST = timedelta(minutes=1)
# Longer than anybody may ask for; beyond it nothing is added up, as the sum could not be told.
_ENDLESS = timedelta(days=10**7)

_UNITS = {
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes"),
    timedelta(hours=1): ("h", "hr", "hrs", "hour", "hours"),
    timedelta(days=1): ("d", "day", "days"),
    timedelta(weeks=1): ("w", "week", "weeks"),
}
_UNIT = {name: unit for unit, names in _UNITS.items() for name in names}
_PART = re.compile(r"([0-9]{1,6}|an?\b) ?([a-z]+)(?: and | ?|$)", re.ASCII | re.IGNORECASE)
_SPELT = (("w", timedelta(weeks=1)), ("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))

_MOMENT = re.compile(
    r"(?:(?P<day>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|today|tomorrow)(?:$|T|,? (?:at )?))?(?P<time>[0-9]{1,2}:[0-9]{2})?",
    re.ASCII | re.IGNORECASE,
)
# A day without a time means that whole day.
_END_OF_DAY = time(23, 59)


def duration(text: str) -> timedelta | None:
    """None if it is none at all; of any length."""
    total = timedelta()
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part[2].casefold() not in _UNIT:
            return None
        count = int(part[1]) if part[1].isdigit() else 1
        total = min(total + count * _UNIT[part[2].casefold()], _ENDLESS)
        at = part.end()
    return total if text else None


def is_date(text: str) -> bool:
    """Whether it begins with a day of the calendar, so that it can be nothing but a moment."""
    found = _MOMENT.fullmatch(text)
    return found is not None and "-" in (found["day"] or "")


def lasting(text: str) -> timedelta:
    """Raises ``Confused`` for what is no duration, or one that nobody may ask for."""
    length = duration(text)
    if length is None:
        raise Confused(f"{said(text)} is not a duration. Durations look like `30m`, `8h`, `7d` or `2w`.")
    if not _SHORTEST <= length <= LONGEST:
        raise Confused(f"{said(text)} is not possible: a duration is at least one minute and at most 365 days.")
    return length


def spelt(length: timedelta) -> str:
    """The shortest way to type it: ``8h``, ``1w 2d``."""
    parts: list[str] = []
    for letter, unit in _SPELT:
        count, length = divmod(length, unit)
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts)


def until(text: str, *, now: datetime, timezone: str) -> datetime:
    """A moment in UTC. Raises ``Confused`` for what is none, is past or is too far away."""
    zone = _zone(timezone)
    local = _local(text, now.astimezone(zone))
    # The first and the last years of the calendar cannot even be told in another timezone.
    if local.year > now.year + 2:
        raise _too_far(text)
    moment = _in_zone(local, zone, now) if local.year > now.year - 2 else now
    if moment <= now:
        raise Confused(f"{said(text)} is past: it is {_clock(now.astimezone(zone))} now. Name a later moment.")
    if moment - now > LONGEST:
        raise _too_far(text)
    return moment


def written(moment: datetime, timezone: str) -> str:
    """As ``until`` reads it."""
    return _clock(moment.astimezone(_zone(timezone)))


def _local(text: str, here: datetime) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found is None or not text:
        raise Confused(f"{said(text)} is not a date. Dates look like `2026-12-01` or `2026-12-01 18:00`.")
    try:
        return datetime.combine(_day(found["day"], here), _time(found["time"]))
    except (ValueError, OverflowError):
        raise Confused(f"{said(text)} does not exist in the calendar or on the clock.") from None


def _day(text: str | None, here: datetime) -> datetime:
    match text.casefold() if text else "today":
        case "today":
            return here
        case "tomorrow":
            return here + timedelta(days=1)
        case iso:
            year, month, day = map(int, iso.split("-"))
            return datetime(year, month, day, tzinfo=here.tzinfo)


def _time(text: str | None) -> time:
    if text is None:
        return _END_OF_DAY
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def _in_zone(local: datetime, zone: tzinfo, now: datetime) -> datetime:
    """Where the clocks go back, a time comes twice: the first that is still ahead counts; so nobody holds too much.

    Where they go forward, a time is left out: it is counted on from before the change, so 2:30 becomes 3:30.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if first <= now < second else first


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _too_far(text: str) -> Confused:
    return Confused(f"{said(text)} is too far away: at most 365 days from now.")
