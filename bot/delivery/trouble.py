"""How sending can fail, and when to try again.

| service | tries | pauses between them | over about |
|---|---|---|---|
| Slack | 100 | 1 s, doubling up to 15 min | a day |
| mail, and a webhook's receiver | 32 | 5 s, doubling up to 1 h | a day |
| Usher itself (timers, and what nobody foresaw) | 100 | 1 s, doubling up to 15 min | a day |

Each pause is shortened at random by up to half, so that what failed together does not come back together; what a
service asks for (`Retry-After`) is never shortened. A recovered service therefore hears from us within 15 minutes, or
an hour for mail: a mail server may hold a single address back for hours (grey-listing) and minds being asked often.
"""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.wording.clean import clean
from handlers.commands import CardPlace

# A service that asks for more is taken at its word up to here; beyond it, asking again costs less than a lost day.
LONGEST_ASKED_FOR: Final = timedelta(hours=1)
MOST_DOUBLINGS: Final = 20
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Schedule:
    first: timedelta
    longest: timedelta
    tries: int

    def pause(self, failed: int, *, asked_for: timedelta | None = None, luck: float = 1.0) -> timedelta | None:
        """After the `failed`-th failure (the first is 1); None: that was the last try. `luck` is from 0 to 1."""
        if failed >= self.tries:
            return None
        doubled = min(self.first * 2 ** min(failed - 1, MOST_DOUBLINGS), self.longest)
        shortened = doubled * (1 - _HALF * luck)
        return max(shortened, min(asked_for, LONGEST_ASKED_FOR)) if asked_for else shortened


SLACK: Final = Schedule(timedelta(seconds=1), timedelta(minutes=15), 100)
MAIL: Final = Schedule(timedelta(seconds=5), timedelta(hours=1), 32)
WEBHOOK: Final = Schedule(timedelta(seconds=5), timedelta(hours=1), 32)
HOUSE: Final = Schedule(timedelta(seconds=1), timedelta(minutes=15), 100)

# With a bad token or password nothing can be sent until somebody acts, so asking often only fills the log.
_REPAIR: Final = timedelta(minutes=5)


class Trouble(Exception):  # noqa: N818 - like a refusal it is an expected answer
    """`error` is kept with the parcel and shown to admins: words without any secret.

    `posted` are the cards that did arrive before the trouble; they must be recorded whatever follows. `code` is the
    service's own word for it, if it has one.
    """

    def __init__(self, error: str, *, code: str = "", posted: tuple[CardPlace, ...] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.code = code
        self.posted = posted


class NotNow(Trouble):
    """Try again. `asked_for`: not before that; `loud`: an operator has to repair something first."""

    def __init__(
        self,
        error: str,
        *,
        schedule: Schedule,
        asked_for: timedelta | None = None,
        loud: bool = False,
        code: str = "",
        posted: tuple[CardPlace, ...] = (),
    ) -> None:
        super().__init__(error, code=code, posted=posted)
        self.schedule = schedule
        self.asked_for = _REPAIR if loud and asked_for is None else asked_for
        self.loud = loud


class NoAnswer(NotNow):
    """The service itself failed, whatever it was asked: unreachable, too slow, or broken."""


class Never(Trouble):
    """Trying again cannot help: a dead letter at once."""


class Unreachable(Never):
    """This person, or this channel, cannot be reached this way; another way may do."""


def own_words(text: str) -> str:
    """A server's words, fit to be kept and shown; any address of the web in them may be a secret and is left out."""
    return clean(re.sub(r"\S*://\S*", "…", text), 300)


def luck() -> float:
    return random.random()  # noqa: S311 - it spreads tries in time and guards nothing
