"""What narrows the list of members: words and ``role: status: 2fa: space: group:``, in any order.

The canonical text rides in buttons and comes back through the same reader; so it is escaped as Slack escapes what is
typed, and what it quotes doubles the quotation marks inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from bot.slack.grammar.lexer import APOSTROPHES, CLOSERS, cleaned, plain
from bot.slack.grammar.naming import EVERYWHERE, ROLE_WORDS, roles_of, titles
from bot.slack.grammar.near import nearest
from bot.slack.grammar.phrase import Confused, said
from bot.wording.clean import escape
from handlers.catalogue import Role
from handlers.catalogue_types import spelt
from handlers.commands import Filters
from handlers.listing import LONGEST_WORD, MOST_WORDS
from handlers.models import Desk

# A button's value holds 2000, and what was typed may stand for longer names than it was typed by.
LONGEST = 1500

Key = Literal["role", "status", "factor", "space", "group"]
KEYS: Mapping[str, Key] = MappingProxyType(
    {"role": "role", "status": "status", "2fa": "factor", "space": "space", "group": "group"}
)
_SPELT: Mapping[Key, str] = MappingProxyType({key: word for word, key in KEYS.items()})
_NAMING: Sequence[Key] = ("space", "group")
_STATUSES = {"invited": "invited", "pending": "invited", "active": "active", "deactivated": "deactivated"}
_FACTORS = {"on": "on", "enabled": "on", "yes": "on", "off": "off", "disabled": "off", "no": "off"}
_SHOWN: Mapping[Key, Sequence[str]] = MappingProxyType(
    {"status": ("invited", "active", "deactivated"), "factor": ("on", "off")}
)

_BLANK = re.compile(r"\s+")
_SEPARATOR = re.compile(r"[,;\n]")
_KEY = re.compile(r"([^\W_][\w-]*) ?[:：](?!//)")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|([^<>\n]*))?>")
_WORD = re.compile(r"<[^<>\n]*>|(?:&(?:amp|lt|gt);|[^\s,;])+")
_BARE = re.compile(r"[^\W_]+(?:[.@+'_-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Piece:
    sort: Literal["key", "word", "quoted", "separator"]
    text: str


def read(text: str, desk: Desk) -> Filters:
    """``text`` as Slack sends it. Raises ``Confused``.

    Only roles are known here. What follows ``space:`` or ``group:`` unquoted goes on to the next filter, and whoever
    looks it up takes the longest name that there is and leaves the rest to the words.
    """
    text = cleaned(text)
    _check_length(text)
    read_so_far, words = Filters(), list[str]()
    pieces = _pieces(text, desk)
    while pieces:
        first, pieces = pieces[0], pieces[1:]
        if first.sort == "key":
            value, pieces = _READERS[KEYS[first.text]](pieces, desk)
            read_so_far = _with(read_so_far, KEYS[first.text], value)
        elif first.sort != "separator":
            words += first.text.split()
    _check_words(words)
    _check_role(read_so_far, desk)
    found = replace(read_so_far, words=" ".join(words))
    _check_length(spelled(found))
    return found


def spelled(filters: Filters) -> str:
    """The canonical text: what ``read`` understands as just these filters."""
    return " ".join(_said(filters, _SPELT))


def _said(filters: Filters, names: Mapping[Key, str]) -> Sequence[str]:
    words = [escape(_as_word(word)) for word in filters.words.split()]
    named: Sequence[tuple[Key, str]] = (
        ("role", filters.role),
        ("status", filters.status),
        ("factor", filters.factor),
        ("space", filters.space),
        ("group", filters.group),
    )
    return [*words, *(f"{names[key]}:{escape(_as_value(value))}" for key, value in named if value)]


def typed(filters: Filters, desk: Desk) -> str:
    """The same as people type it, with their own word for a space."""
    own = _own(desk)
    return plain(" ".join(_said(filters, {**_SPELT, **{key: own[key] for key in _NAMING if key in own}})))


# Taking apart ---------------------------------------------------------------------------------------------------------


def _keys(desk: Desk) -> Mapping[str, str]:
    """What may stand before a colon: the catalogue's own words for a space and a group, too."""
    return {word.casefold(): key for key, word in _own(desk).items()} | {key: key for key in KEYS}


def _own(desk: Desk) -> Mapping[Key, str]:
    """What the catalogue calls a space and a group, where that is one word, as what stands before a colon must be."""
    words = desk.catalogue.words
    own: Mapping[Key, str] = {"space": words.space, "group": words.group}
    return {key: word for key, word in own.items() if " " not in word}


def _offered(desk: Desk) -> Sequence[str]:
    """What there is here, in its own words."""
    own = _own(desk)
    return [f"{own.get(key, word)}:" for word, key in KEYS.items() if key != "space" or desk.catalogue.space]


def _pieces(text: str, desk: Desk) -> list[_Piece]:
    found: list[_Piece] = []
    keys, at = _keys(desk), 0
    while at < len(text):
        piece, at = _next(text, at, keys, desk)
        if piece is not None:
            found.append(piece)
    return found


def _next(text: str, at: int, keys: Mapping[str, str], desk: Desk) -> tuple[_Piece | None, int]:
    if separator := _SEPARATOR.match(text, at):
        return _Piece("separator", separator[0]), separator.end()
    if blank := _BLANK.match(text, at):
        return None, blank.end()
    key = _KEY.match(text, at)
    if key and (known := keys.get(key[1].casefold())):
        return _Piece("key", known), key.end()
    if key and " " not in key[0]:
        raise _unknown_key(key[0], text[key.end() :], desk)
    if quoted := _quoted(text, at):
        return quoted
    if mention := _MENTION.match(text, at):
        return _Piece("word", plain(mention[2] or mention[1]).removeprefix("@")), mention.end()
    word = _WORD.match(text, at)
    end = word.end() if word else at + 1
    return _Piece("word", plain(text[at:end])), end


def _quoted(text: str, at: int) -> tuple[_Piece, int] | None:
    """A mark that is doubled inside stands for itself."""
    mark = text[at]
    if mark not in CLOSERS:
        return None
    inside, end = list[str](), at + 1
    while end < len(text):
        letter, after = text[end], text[end + 1 : end + 2]
        if letter in CLOSERS[mark] and after == letter:
            end += 1
        elif letter in CLOSERS[mark] and (not after or _SEPARATOR.match(after) or after.isspace()):
            return _Piece("quoted", " ".join(plain("".join(inside)).split())), end + 1
        inside.append(letter)
        end += 1
    if mark in APOSTROPHES:
        return None
    raise Confused(f"The quotation mark that begins {said(plain(text[at:]))} is never closed.")


def _unknown_key(typed: str, rest: str, desk: Desk) -> Confused:
    name = typed.rstrip(" :：")
    near = nearest(name, [one.rstrip(":") for one in _offered(desk)])
    what = f"{said(f'{name}:')} is not a filter. There are {', '.join(_offered(desk))}."
    words = rest.split()
    return Confused(what, nearest=f"{near}:{plain(words[0])[:40] if words else ''}" if near else None)


# The values of the filters --------------------------------------------------------------------------------------------

Pieces = list[_Piece]


def _of_few(key: Key, known: Mapping[str, str]) -> Callable[[Pieces, Desk], tuple[str, Pieces]]:
    """One of a few words."""

    def read(pieces: Pieces, _: Desk) -> tuple[str, Pieces]:
        first = _first(key, pieces)
        value = known.get(first.text.casefold())
        if value is None:
            near = nearest(first.text, known)
            what = f"{said(first.text)} is not a value of {_SPELT[key]}: here. It takes {' or '.join(_SHOWN[key])}."
            raise Confused(what, nearest=f"{_SPELT[key]}:{known[near]}" if near else None)
        return value, pieces[1:]

    return read


def _role(pieces: Pieces, desk: Desk) -> tuple[str, Pieces]:
    """The longest name of a role that follows."""
    _first("role", pieces)
    together = _together(pieces)
    for count in range(min(len(together), ROLE_WORDS), 0, -1):
        if role := _role_called(" ".join(one.text for one in together[:count]), desk):
            return role.id, pieces[count:]
    known = titles(role for scope in EVERYWHERE for role in roles_of(desk.catalogue, scope).values())
    text = " ".join(one.text for one in together)
    near = nearest(text, known) or nearest(together[0].text, known)
    what = f"{said(together[0].text)} is not a role here. Roles: {', '.join(known)}."
    raise Confused(what, nearest=f"role:{_as_value(spelt(near))}" if near else None)


def _role_called(text: str, desk: Desk) -> Role | None:
    return next((role for scope in EVERYWHERE if (role := desk.catalogue.role(text, scope=scope))), None)


def _name(key: Key) -> Callable[[Pieces, Desk], tuple[str, Pieces]]:
    def read(pieces: Pieces, _: Desk) -> tuple[str, Pieces]:
        _first(key, pieces)
        together = _together(pieces)
        return " ".join(one.text for one in together), pieces[len(together) :]

    return read


def _first(key: Key, pieces: Pieces) -> _Piece:
    first = pieces[0] if pieces else None
    if first is None or first.sort in {"key", "separator"} or not first.text:
        raise Confused(f"Nothing stands behind {_SPELT[key]}: there.")
    return first


def _together(pieces: Pieces) -> Pieces:
    """What may be one name: something quoted, or words up to whatever else comes."""
    if pieces[0].sort == "quoted":
        return pieces[:1]
    length = next((at for at, one in enumerate(pieces) if one.sort != "word"), len(pieces))
    return pieces[:length]


_READERS: Mapping[Key, Callable[[Pieces, Desk], tuple[str, Pieces]]] = {
    "role": _role,
    "status": _of_few("status", _STATUSES),
    "factor": _of_few("factor", _FACTORS),
    "space": _name("space"),
    "group": _name("group"),
}


def _with(filters: Filters, key: Key, value: str) -> Filters:
    if getattr(filters, key):
        raise Confused(f"{_SPELT[key]}: can stand there only once.")
    changed: dict[str, str] = {key: value}
    return replace(filters, **changed)  # pyright: ignore[reportArgumentType] - the readers give only what the field takes


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise Confused(f"That is too much to search for: {len(text):,} characters, and at most {LONGEST:,} are read.")


def _check_words(words: Iterable[str]) -> None:
    several = list(words)
    if len(several) > MOST_WORDS:
        raise Confused(f"Those are {len(several)} words to search for, and at most {MOST_WORDS} are.")
    if long := next((word for word in several if len(word) > LONGEST_WORD), None):
        raise Confused(f"{said(long)} is too long to search for: at most {LONGEST_WORD} characters are.")


def _check_role(filters: Filters, desk: Desk) -> None:
    """Nobody holds a role of a space outside one; whoever lists only those of their spaces means one of these."""
    catalogue = desk.catalogue
    inside = catalogue.space.get(filters.role)
    if inside is None or filters.space or filters.role in catalogue.organization or desk.lists_in is not None:
        return
    what = f"{inside.title} is a role in a {catalogue.words.space}, so say in which one."
    raise Confused(what, nearest=f"role:{filters.role} {_own(desk).get('space', 'space')}:NAME")


# Putting together -----------------------------------------------------------------------------------------------------


def _as_word(word: str) -> str:
    special = _KEY.match(word) or word[0] in CLOSERS or _SEPARATOR.search(word)
    return _in_quotes(word) if special else word


def _as_value(value: str) -> str:
    return value if _BARE.fullmatch(value) else _in_quotes(value)


def _in_quotes(text: str) -> str:
    doubled = "".join(letter * 2 if letter in CLOSERS['"'] else letter for letter in text)
    return f'"{doubled}"'
