"""What stands after a verb, taken apart at its small words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from bot.slack.grammar.lexer import Token, Unclosed, joined, keyword, lex, plain, unquoted
from bot.slack.grammar.readings import Form, Reading, Slash
from handlers.catalogue import Change
from handlers.models import Desk

Slot = Literal["role", "space", "to", "for", "until", "groups", "name", "owner", "can", "reason", "nothing"]

SMALL_WORDS = frozenset({"as", "to", "from", "in", "with", "for", "until", "because"})
# "in groups A, B": the small word says nothing that the word after it does not say better.
_SPEAKS_FOR_ITSELF = frozenset[Slot]({"groups", "name", "owner"})
_CLIP = 60


class Confused(Exception):  # noqa: N818 - becomes an answer, not an error
    """Raised by any reader; becomes ``Unclear`` with the example of the verb that was read."""

    def __init__(self, what: str, *, nearest: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the table of verbs. ``spaces``: only where the catalogue has spaces; ``kinds``: only where it has
    kinds of resources.

    ``needs``: one of these changes must be open to the asker; empty: every member. ``marks``: which small word starts
    which part; None: what follows is one name. ``lists``: a line's end separates, as a comma does. ``offers``: which
    roles to name when one was mistyped. In ``usage`` SPACE becomes the catalogue's own word, and falls away with its
    square brackets where there are no spaces. In ``about``, {space}, {spaces}, {group} and {groups} are its own words
    too. In ``example``, {role} becomes a role of the catalogue, {asked} one to ask for,
    {resource} something of its first kind. ``in_space``: the form of what the same verb does in one space.
    """

    slash: Slash
    name: str
    usage: str
    about: str
    example: str
    read: "Callable[[Phrase], Reading]"
    who: Literal["founder", "newcomer", "insider", "member", "anybody"] = "member"
    needs: frozenset[Change] = frozenset()
    marks: Mapping[str, Slot] | None = None
    offers: Literal["invites", "gives", "all"] = "all"
    lists: bool = False
    form: Form | None = None
    in_space: Form | None = None
    spaces: bool = False
    kinds: bool = False

    @property
    def spelt(self) -> str:
        """As names are compared: a hyphen may be left out."""
        return self.name.replace("-", "")

    @property
    def typed(self) -> str:
        return f"{self.slash} {self.name}"


@dataclass(frozen=True, slots=True)
class Clause:
    slot: Slot
    word: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` is all that stood after the verb; ``head`` is what stands before the first small word."""

    verb: Verb
    desk: Desk
    now: datetime
    text: str
    head: tuple[Token, ...] = ()
    clauses: tuple[Clause, ...] = ()
    reason: str | None = None

    @property
    def name(self) -> str | None:
        """All of it, as one name."""
        return " ".join(unquoted(plain(self.text)).split()) or None

    @property
    def unfinished(self) -> bool:
        """A small word stands at the end, or before another one, with nothing after it."""
        return self.reason == "" or any(not joined(clause.tokens) for clause in self.clauses)

    def all(self, slot: Slot) -> list[tuple[Token, ...]]:
        return [clause.tokens for clause in self.clauses if clause.slot == slot]

    def given(self, slot: Slot) -> tuple[Token, ...] | None:
        found = [clause for clause in self.clauses if clause.slot == slot]
        if len(found) > 1:
            words = " and ".join(dict.fromkeys(f"“{clause.word}”" for clause in found))
            raise Confused(f"{words} can stand there only once.")
        return found[0].tokens if found else None

    def words(self, slot: Slot) -> str | None:
        """None where there is nothing."""
        return joined(self.given(slot) or ()) or None


def marks(**slots: Slot) -> Mapping[str, Slot]:
    """Python's own words are written with an underscore behind them."""
    return MappingProxyType({word.removesuffix("_"): slot for word, slot in slots.items()})


def said(text: str) -> str:
    """Somebody's own words in a sentence; a long text is cut."""
    text = " ".join(text.split())
    return f"“{text[:_CLIP]}…”" if len(text) > _CLIP else f"“{text}”"


def leftover(tokens: Sequence[Token]) -> Confused:
    return Confused(f"{said(joined(tokens))} was not understood there.")


def take_apart(verb: Verb, text: str, *, desk: Desk, now: datetime) -> Phrase:
    """Raises ``Confused`` for an unclosed quotation mark and for a small word that the verb has no use for."""
    if verb.marks is None:
        return Phrase(verb, desk, now, text)
    try:
        words = lex(text)
    except Unclosed as unclosed:
        raise Confused(f"The quotation mark that begins {said(unclosed.text)} is never closed.") from None
    if words.reason is not None and "because" not in verb.marks:
        raise _out_of_place("because", verb)
    tokens = [token for token in words.tokens if verb.lists or token.value != "\n"]
    head, clauses = _at_small_words(tokens, verb, verb.marks)
    return Phrase(verb, desk, now, text, head, clauses, words.reason)


def _at_small_words(
    tokens: Sequence[Token],
    verb: Verb,
    marks: Mapping[str, Slot],
) -> tuple[tuple[Token, ...], tuple[Clause, ...]]:
    head: list[Token] = []
    parts: list[tuple[Slot, str, list[Token]]] = []
    for token in tokens:
        word = keyword(token)
        slot = marks.get(word)
        if slot is None and word in SMALL_WORDS:
            raise _out_of_place(word, verb)
        if slot is None:
            (parts[-1][2] if parts else head).append(token)
        elif slot != "nothing":
            if slot in _SPEAKS_FOR_ITSELF and parts and not parts[-1][2]:
                parts.pop()
            parts.append((slot, word, []))
    return _trimmed(head), tuple(Clause(slot, word, _trimmed(part)) for slot, word, part in parts)


def _trimmed(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Without separators at either end."""
    kept = list(tokens)
    while kept and kept[-1].sort == "separator":
        kept.pop()
    while kept and kept[0].sort == "separator":
        kept.pop(0)
    return tuple(kept)


def _out_of_place(word: str, verb: Verb) -> Confused:
    return Confused(
        f"“{word}” has no place in `{verb.typed}`. If it is part of a name, put the name in quotation marks."
    )
