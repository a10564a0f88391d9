"""What stands in a form: reading what was filled in, and keeping ids in `private_metadata`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bot.slack.grammar import times
from bot.slack.grammar.phrase import Confused
from bot.wording.phrase import NOTHING, Phrase, say
from handlers.commands import CardPlace
from handlers.models import Choice


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that could not be read: the command would not even be one."""

    field: str
    phrase: Phrase


class Unreadable(Exception):  # noqa: N818 - it is answered under the field
    def __init__(self, field: str, phrase: Phrase) -> None:
        super().__init__(field)
        self.wrong = Wrong(field, phrase)


_KEPT = ("request", "channel", "person", "ts", "space", "mark", "held")


@dataclass(frozen=True, slots=True)
class Meta:
    """Ids only: what a form is about, the channel it was asked in, and the card it was opened from.

    `mark` stands for what the form was drawn from, `held` is what is to be kept for longer, as `kind:id`.
    """

    request: str = ""
    channel: str = ""
    person: str = ""
    ts: str = ""
    space: str = ""
    mark: str = ""
    held: str = ""

    def dump(self) -> str:
        kept = {name: value for name in _KEPT if (value := getattr(self, name))}
        return json.dumps(kept, separators=(",", ":")) if kept else ""

    @staticmethod
    def load(text: object) -> "Meta":
        """What cannot be read is nothing: a form without its ids is refused by what needs them."""
        try:
            held = mapping(json.loads(text) if isinstance(text, str) and text else {})
        except ValueError:
            return Meta()
        return Meta(**{name: str(held.get(name) or "") for name in _KEPT})

    @property
    def card(self) -> CardPlace | None:
        return CardPlace(self.channel, self.ts) if self.ts else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file in Slack; ``url`` gives it to whoever holds the bot's token."""

    name: str
    url: str = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A submitted form. Slack's `state.values` is block id → action id → what the element holds."""

    values: Mapping[str, Mapping[str, Any]] = field(repr=False)
    meta: Meta = Meta()
    blocks: Sequence[Mapping[str, Any]] = field(default=(), repr=False)

    def text(self, name: str) -> str:
        return str(self._held(name).get("value") or "").strip()

    def choice(self, name: str) -> str:
        return str(mapping(self._held(name).get("selected_option")).get("value") or "")

    def conversation(self, name: str) -> str:
        """The id of a channel."""
        return str(self._held(name).get("selected_conversation") or "")

    def chosen(self, name: str) -> Choice | None:
        """The option that is chosen, as it reads: for a form that is drawn anew."""
        found = mapping(self._held(name).get("selected_option"))
        return Choice(str(found["value"]), str(mapping(found.get("text")).get("text"))) if found.get("value") else None

    def file(self, name: str) -> "Chosen | None":
        """The file that was chosen; one at most."""
        files = self._held(name).get("files")
        first = mapping(next(iter(cast("list[object]", files)), None)) if isinstance(files, list) else None
        if not first:
            return None
        size, url = first.get("size"), first.get("url_private_download") or first.get("url_private")
        return Chosen(str(first.get("name") or "file"), str(url or ""), size if isinstance(size, int) else 0)

    def moment(self, name: str) -> datetime | None:
        seconds = self._held(name).get("selected_date_time")
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < 10**10 else None

    def span(self, name: str) -> timedelta | None:
        typed = self.text(name)
        try:
            return times.lasting(typed) if typed else None
        except Confused as confused:
            raise Unreadable(name, say(confused.what)) from None

    # What holds many is split into parts where Slack's elements are too small: `on-1`, `on-2`.

    def many(self, name: str) -> tuple[Choice, ...]:
        """All that is chosen in the parts of a field, each once."""
        chosen = [option for block in self.parts(name) for option in _options(self._held(block), "selected_options")]
        return tuple({choice.value: choice for choice in chosen}.values())

    def offered(self, name: str) -> tuple[str, ...]:
        """The values of everything that could be ticked in the parts of a field."""
        shown = [block["element"] for block in self.blocks if block.get("block_id") in self.parts(name)]
        return tuple(choice.value for element in shown for choice in _options(mapping(element), "options"))

    def parts(self, name: str) -> tuple[str, ...]:
        """The block ids of a field that the form shows; none: it does not show it."""
        return tuple(block for block in self.values if block == name or block.startswith(f"{name}-"))

    def _held(self, name: str) -> Mapping[str, Any]:
        return mapping(next(iter(self.values.get(name, {}).values()), None))


def filled(view: Mapping[str, Any]) -> Filled:
    state = cast("Mapping[str, Any]", view.get("state") or {})
    return Filled(
        cast("Mapping[str, Mapping[str, Any]]", state.get("values") or {}),
        Meta.load(view.get("private_metadata")),
        cast("Sequence[Mapping[str, Any]]", view.get("blocks") or ()),
    )


def _options(held: Mapping[str, Any], key: str) -> Iterator[Choice]:
    found = held.get(key)
    for option in cast("list[object]", found) if isinstance(found, list) else ():
        value, text = mapping(option).get("value"), mapping(mapping(option).get("text")).get("text")
        if isinstance(value, str):
            yield Choice(value, str(text or value))


def mapping(found: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What a form begins with: what was typed in a command, or chosen on Home, with its names found."""

    role: str = ""
    person: Choice | None = None
    space: Choice | None = None
    lasts: str = ""
    until: datetime | None = None
    reason: str = ""
    emails: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    name: str = ""
    note: Phrase = NOTHING
    losses: tuple[Phrase, ...] = ()
    """What somebody loses by it and what they keep, where that was counted."""
    chosen: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict[str, tuple[Choice, ...]])
    """By field, what was found of groups, resources and several people."""
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    """By field, what else was typed."""

    def first(self, name: str) -> Choice | None:
        return next(iter(self.chosen.get(name, ())), None)

    @property
    def until_seconds(self) -> int | None:
        return int(self.until.timestamp()) if self.until else None


EMPTY = Prefilled()
