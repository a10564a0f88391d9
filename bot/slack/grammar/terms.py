"""How long the words say that something lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.slack.grammar import times
from bot.slack.grammar.lexer import Token, joined
from bot.slack.grammar.phrase import Confused, Phrase

# "2 weeks and 3 days" is the longest that anybody writes.
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Term:
    """Neither: lasting."""

    lasts: timedelta | None = None
    until: datetime | None = None

    def prefill(self, timezone: str) -> dict[str, str | None]:
        return {
            "lasts": times.spelt(self.lasts) if self.lasts else None,
            "until": times.written(self.until, timezone) if self.until else None,
        }


def cut_time(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """A duration whose ``for``, or a date whose ``until`` was left out stands last."""
    for count in range(min(len(tokens), _MOST_WORDS), 0, -1):
        tail = tokens[-count:]
        if all(token.sort == "word" for token in tail) and _is_time(joined(tail)):
            return tokens[:-count], tail
    return tokens, ()


def _is_time(text: str) -> bool:
    return times.duration(text) is not None or times.is_date(text)


def term(phrase: Phrase, lasts: Sequence[Token] | None, bare: Sequence[Token]) -> Term:
    """``lasts`` stood after ``for``; ``bare`` is a duration or a date that stood there without a small word."""
    until = phrase.words("until")
    if sum(map(bool, (lasts, bare, until))) > 1:
        raise Confused("Say either how long or until when, not both and not twice.")
    loose = joined(bare)
    until = until or (loose if times.is_date(loose) else None)
    length = "" if until else joined(lasts or bare)
    return Term(
        lasts=times.lasting(length) if length else None,
        until=times.until(until, now=phrase.now, timezone=phrase.desk.timezone) if until else None,
    )
