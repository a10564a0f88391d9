"""A phrase is our own words with facts between them; each renderer escapes the facts in its own way.

So nothing that somebody typed can format, mention, link or break anything, wherever the phrase is shown.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from bot.wording.clean import clean, escape, neutral
from handlers.commands import Named

_SLACK_ID = re.compile(r"[A-Z0-9]{2,40}", re.ASCII)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Words:
    """Our own text."""

    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody else's text, `most` characters of it; `edges` keeps the blanks around it."""

    text: str
    most: int = 500
    edges: bool = False

    @property
    def cleaned(self) -> str:
        cleaned = clean(self.text, self.most)
        if not (self.edges and cleaned):
            return cleaned
        before, after = self.text[:1].isspace(), self.text[-1:].isspace()
        return f"{' ' * before}{cleaned}{' ' * after}"


@dataclass(frozen=True, slots=True)
class Who:
    """A person: a mention where they have Slack, else the name, else the address."""

    name: str
    slack: str | None = None

    @property
    def mention(self) -> str | None:
        return self.slack if self.slack and _SLACK_ID.fullmatch(self.slack) else None


@dataclass(frozen=True, slots=True)
class When:
    """A moment; Slack shows it in each reader's own timezone, everything else in `zone`."""

    moment: datetime
    zone: str = "UTC"

    @property
    def day(self) -> str:
        local = self.moment.astimezone(zone_of(self.zone))
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"

    @property
    def plain(self) -> str:
        local = self.moment.astimezone(zone_of(self.zone))
        return f"{self.day}, {local:%H:%M} ({self.zone if local.tzinfo is not timezone.utc else 'UTC'})"  # noqa: UP017 - compared by identity

    @property
    def seconds(self) -> int:
        return int(self.moment.timestamp())


SLACK_DATE = "{date_short_pretty} at {time}"


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is one of ours: a one-time link is a secret, so it never shows in a `repr`."""

    url: str = field(repr=False)
    words: str


@dataclass(frozen=True, slots=True)
class Command:
    """Something to type; `text` may hold what somebody typed before."""

    text: str

    @property
    def cleaned(self) -> str:
        return clean(self.text, 1000).replace("`", "'")


Part = Words | Typed | Who | When | Link | Command


@dataclass(frozen=True, slots=True)
class Phrase:
    parts: tuple[Part, ...]

    def __add__(self, other: "Phrase") -> "Phrase":
        return Phrase(self.parts + other.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def plain(self) -> str:
        """Mails, the terminal, plain_text objects."""
        return "".join(_plain(part) for part in self.parts)

    def text(self) -> str:
        """The `text` of a Slack message, for screen readers and notifications: complete, times written out."""
        return "".join(_text(part) for part in self.parts)

    def slack(self) -> str:
        """A mrkdwn text object; `rich` is safer still, where a block may be used."""
        return "".join(_mrkdwn(part) for part in self.parts)

    def rich(self) -> list[dict[str, Any]]:
        """The elements of a rich_text_section, where Slack reads no marks at all."""
        elements: list[dict[str, Any]] = []
        for element in (_rich(part) for part in self.parts):
            if elements and _is_words(element) and _is_words(elements[-1]):
                elements[-1] = {"type": "text", "text": elements[-1]["text"] + element["text"]}
            elif element["type"] != "text" or element["text"]:  # Slack refuses a text element without text.
                elements.append(element)
        return elements

    def html(self) -> str:
        return "".join(_html(part) for part in self.parts)


Fact = str | Part | Phrase | Named
NOTHING = Phrase(())


def say(template: str, /, **facts: Fact) -> Phrase:
    """`{name}` in the template stands for a fact; a bare string is somebody else's, `…` is to be typed."""
    return Phrase(tuple(_parts(template, facts)))


def _parts(template: str, facts: dict[str, Fact]) -> Iterable[Part]:
    for words, name, _, _ in Formatter().parse(template):
        yield from _ours(words)
        if name is not None:
            yield from as_parts(facts[name])


def _ours(words: str) -> Iterable[Part]:
    """What stands between backticks is something to type."""
    for at, piece in enumerate(words.split("`")):
        if piece:
            yield Command(piece) if at % 2 else Words(piece)


def with_commands(text: str) -> Phrase:
    """Text that holds what somebody typed; what stands between backticks is shown as something to type, no more."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return Phrase((Typed(text, 1500),))
    parts = [Command(piece) if at % 2 else Typed(piece, 1500, edges=True) for at, piece in enumerate(pieces) if piece]
    return Phrase(tuple(parts))


def as_parts(fact: Fact) -> tuple[Part, ...]:
    match fact:
        case Phrase(parts):
            return parts
        case str():
            return (Typed(fact),)
        case Named():
            return (who(fact),)
        case _:
            return (fact,)


def who(member: Named) -> Who:
    return Who(member.name or member.email, member.slack)


def listed(facts: Sequence[Fact], *, last: str = " and ", most: int = 20, beside: int = 0) -> Phrase:
    """`a, b and c`; of a long list the first ones and how many more there are, those ``beside`` the list included."""
    shown = [Phrase(as_parts(fact)) for fact in facts[:most]]
    if more := max(len(facts) - most, 0) + beside:
        shown.append(Phrase((Words(f"{more:,} more"),)))
    return together(shown, last=last)


def together(phrases: Sequence[Phrase], *, between: str = ", ", last: str | None = None) -> Phrase:
    joined = NOTHING
    for at, phrase in enumerate(phrases):
        gap = "" if at == 0 else (last if last is not None and at == len(phrases) - 1 else between)
        joined = joined + (Phrase((Words(gap),)) if gap else NOTHING) + phrase
    return joined


def zone_of(name: str) -> Any:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return timezone.utc  # noqa: UP017 - `When` compares with this very object


def span(length: timedelta) -> str:
    """`8 hours`, `2 weeks`, `1 hour 30 minutes`."""
    minutes = max(int(length.total_seconds() // 60), 1)
    for size, unit in ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            return _count(minutes // size, unit)
    raise AssertionError("Every number of minutes is a multiple of one.")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _plain(part: Part) -> str:
    match part:
        case Words(text):
            return text
        case Typed() | Command():
            return part.cleaned
        case Who(name):
            return clean(name, 80)
        case When():
            return part.plain
        case Link(url, words):
            return f"{words}: {url}"


def _text(part: Part) -> str:
    match part:
        case When():
            return neutral(part.plain)
        case Link(url, words):
            return f"{words}: {url}"
        case _:
            return _mrkdwn(part)


def _mrkdwn(part: Part) -> str:
    match part:
        case Words(text):
            return escape(text)
        case Typed():
            return neutral(part.cleaned)
        case Command():
            # Within backticks nothing is formatted, and what is copied from there must be what was meant.
            return f"`{escape(part.cleaned)}`"
        case Who(name):
            return f"<@{part.mention}>" if part.mention else neutral(clean(name, 80))
        case When():
            return f"<!date^{part.seconds}^{SLACK_DATE}|{neutral(part.plain)}>"
        case Link(url, words):
            return f"<{url}|{neutral(words)}>"


def _is_words(element: dict[str, Any]) -> bool:
    return element["type"] == "text" and "style" not in element


def _rich(part: Part) -> dict[str, Any]:
    match part:
        case Who() if part.mention:
            return {"type": "user", "user_id": part.mention}
        case When():
            return {"type": "date", "timestamp": part.seconds, "format": SLACK_DATE, "fallback": part.plain}
        case Link(url, words):
            return {"type": "link", "url": url, "text": words}
        case Command():
            return {"type": "text", "text": part.cleaned or " ", "style": {"code": True}}
        case _:
            return {"type": "text", "text": _plain(part)}


def _html(part: Part) -> str:
    match part:
        case Command():
            return f"<code>{html.escape(part.cleaned)}</code>"
        case Link(url, words):
            return f'<a href="{html.escape(url)}">{html.escape(words)}</a>'
        case _:
            return html.escape(_plain(part))
