"""From the text of a slash command to its words: quotes, mentions, addresses and separators are told apart here.

Slack sends what it recognises as ``<…>`` and escapes ``& < >`` in all the rest, so a ``<`` that a person typed can
never pose as a mention: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Sort = Literal["word", "quoted", "mention", "mail", "recipient", "separator"]

# What each quotation mark may be closed by. Phones and word processors mix them, and languages turn them around.
CLOSERS = {
    '"': '"“”',
    "“": '”“"',
    "”": '”"',
    "„": '“”‟"',
    "‟": '”"',
    "«": "»",
    "»": "«»",
    "'": "'’",
    "‘": "’'",
    "’": "’'",
    "‚": "‘’'",
    "‹": "›",
    "›": "‹›",
    "`": "`",
}
# These also stand inside words (O'Brien), so one of them that is never closed is nothing special.
APOSTROPHES = frozenset("'‘’‚`")
_MARKS = frozenset(CLOSERS) | frozenset("".join(CLOSERS.values()))
_CLOSING = {mark: re.compile(f"[{re.escape(closers)}](?=[\\s,;]|$)") for mark, closers in CLOSERS.items()}

_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Some letters only look like blanks.
_BLANK = re.compile("[^\\S\n]|[\u115f\u1160\u2800\u3164\uffa0]")
# Controls, soft hyphens, zero-width and bidirectional controls, halves of surrogate pairs, tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]",
)
_JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")
# Joiners belong into Persian words and into emoji; beside plain letters they only hide.
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")

_ESCAPE = re.compile("&(amp|lt|gt);")
_ESCAPED = {"amp": "&", "lt": "<", "gt": ">"}
_MARKUP = re.compile(r"<([^<>\n]*)>")
_MENTION = re.compile(r"@([A-Z0-9]{2,40})(?:\|(.*))?", re.ASCII)
_MAILTO = re.compile(r"mailto:([^|?]*)[^|]*(?:\|.*)?", re.IGNORECASE)
_BRACKETED = re.compile(r"&lt; ?(<mailto:[^<>\n]*>) ?&gt;", re.IGNORECASE)
_WORD = re.compile(r"<?(?:&(?:amp|lt|gt);|[^\s,;<])*")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class Unclosed(Exception):  # noqa: N818 - becomes an answer, not an error
    """A quotation mark is opened and never closed."""

    def __init__(self, text: str) -> None:
        super().__init__("unclosed quotation mark")
        self.text = text


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` is a mention's id, an address without its ``mailto:``, and otherwise what the person saw."""

    sort: Sort
    value: str
    start: int
    end: int
    label: str = ""

    @property
    def seen(self) -> str:
        """What stood on the screen of whoever typed it."""
        return self.label or self.value

    @property
    def whole(self) -> bool:
        """Whether it names one thing by itself, so that no word after it belongs to it."""
        return self.sort in {"mention", "mail", "recipient", "quoted"} or self.value.startswith("@")


@dataclass(frozen=True, slots=True)
class Words:
    """``reason`` is all that follows a bare ``because``; None without one."""

    tokens: tuple[Token, ...]
    reason: str | None


def cleaned(text: str) -> str:
    """Every blank is one of two kinds, and nothing is invisible."""
    text = _BLANK.sub(" ", _LINE_END.sub("\n", text))
    text = _JOINERS.sub(r"\1", _INVISIBLE.sub("", text))
    return _STRAY_JOINER.sub("", text).strip()


def is_address(text: str) -> bool:
    """Whether it was meant as an address; whether it is one, the gate decides."""
    return _ADDRESS.fullmatch(text) is not None


def plain(text: str) -> str:
    """What the person typed, before Slack made it safe and marked it up."""
    pieces = _MARKUP.split(text)
    pieces[0::2] = [_unescaped(piece) for piece in pieces[0::2]]
    pieces[1::2] = [_of_markup(piece, 0, 0).seen for piece in pieces[1::2]]
    return "".join(pieces).strip()


def unquoted(text: str) -> str:
    """Without the quotation marks, if one pair of them wraps it all."""
    wrapped = len(text) > 1 and text[-1] in CLOSERS.get(text[0], "")
    return text[1:-1].strip() if wrapped and not _MARKS & frozenset(text[1:-1]) else text


def joined(tokens: Iterable[Token]) -> str:
    """One name again, as it was seen; a comma clings to the word before it."""
    pieces = [token.seen if token.sort == "separator" else f" {token.seen}" for token in tokens]
    return " ".join("".join(pieces).split())


def chunks(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts of a list that separators keep apart, none of them empty."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.sort == "separator":
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def keyword(token: Token) -> str:
    """The word as the lists of small words spell it; nothing for what cannot be one."""
    return token.value.casefold().removesuffix(":") if token.sort == "word" else ""


def lex(text: str) -> Words:
    """Reads cleaned text up to the first bare ``because``. Raises ``Unclosed``."""
    tokens: list[Token] = []
    unclosed: set[str] = set()
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _next(text, at, unclosed)
        at = token.end
        if keyword(token) == "because":
            return Words(tuple(tokens), unquoted(plain(text[at:])))
        tokens.append(token)
    return Words(tuple(tokens), None)


def _next(text: str, at: int, unclosed: set[str]) -> Token:
    if text[at] in ",;\n":
        return Token("separator", text[at], at, at + 1)
    if found := _BRACKETED.match(text, at):
        return Token("recipient", _of_markup(found[1][1:-1], 0, 0).value, at, found.end())
    if found := _MARKUP.match(text, at):
        return _of_markup(found[1], at, found.end())
    return _quoted(text, at, unclosed) or _word(text, at)


def _of_markup(inside: str, start: int, end: int) -> Token:
    if found := _MENTION.fullmatch(inside):
        return Token("mention", found[1], start, end, "@" + _unescaped(found[2] or found[1]).removeprefix("@"))
    if (found := _MAILTO.fullmatch(inside)) and found[1].strip():
        return Token("mail", _unescaped(found[1]).strip(), start, end)
    target, _, label = inside.partition("|")
    seen = _unescaped(label or target.removeprefix("!")).strip()
    return Token("mail" if is_address(seen) else "word", seen, start, end)


def _quoted(text: str, at: int, unclosed: set[str]) -> Token | None:
    """``unclosed`` remembers the marks that nothing closes, so that a text full of them is searched only once."""
    mark = text[at]
    if mark not in CLOSERS or mark in unclosed:
        return None
    closing = _CLOSING[mark].search(text, at + 1)
    if closing is None:
        if mark not in APOSTROPHES:
            raise Unclosed(plain(text[at:]))
        unclosed.add(mark)
        return None
    inside = text[at + 1 : closing.start()].strip()
    if found := _MARKUP.fullmatch(inside):
        return _of_markup(found[1], at, closing.end())
    return Token("quoted", " ".join(plain(inside).split()), at, closing.end())


def _word(text: str, at: int) -> Token:
    found = _WORD.match(text, at)
    end = max(found.end() if found else at, at + 1)
    value = _unescaped(text[at:end])
    if value.startswith("<") and value.endswith(">") and is_address(value[1:-1]):
        return Token("recipient", value[1:-1], at, end)
    return Token("mail" if is_address(value) else "word", value, at, end)


def _unescaped(text: str) -> str:
    """Once: who typed ``&lt;`` meant these four characters, and Slack sent ``&amp;lt;``."""
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], text)
