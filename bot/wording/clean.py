"""What other people typed, made harmless: nothing hidden, no Slack formatting, never longer than fits."""

import re
import unicodedata

# Joiners are needed to write Persian and many Indian languages; every other invisible character only misleads.
_JOINERS = frozenset("\u200c\u200d")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
_MARKS_IN_A_ROW = re.compile(r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[^\W\d_]*?"
                             r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip
_ZERO = "\u200b"
_STEERING = re.compile(
    r"([*~`])"  # bold, struck out, code: anywhere
    r"|((?<!\w)_|_(?!\w))"  # italics begin and end at the edge of a word; within one (`ada_l@…`) they mean nothing
    r"|(?<=:)(?=//)"  # an address that Slack would make a link
    r"|(?<=@)(?=(?:here|channel|everyone|group)\b)"
    r"|(?<=:)(?=[\w+'-]+:)",  # :emoji:
    re.IGNORECASE,
)


def clean(text: str, most: int = 500) -> str:
    """One line without control, bidi or invisible characters; what is cut ends in an ellipsis."""
    # What is printable is kept as it is: looking at each character is for the few texts with something else in them.
    seen = text if text.isprintable() else "".join(_visible(character) for character in text)
    return cut(_MARKS_IN_A_ROW.sub(r"\1", " ".join(seen.split())), most)


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    if character.isspace() or unicodedata.category(character) in {"Zl", "Zp", "Zs"}:
        return " "
    return "" if unicodedata.category(character) in _HIDDEN else character


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def escape(text: str) -> str:
    """Slack's three: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def neutral(text: str) -> str:
    """For mrkdwn: says the same, but formats, mentions and links nothing. Slack has no escape for its marks."""
    return escape(_STEERING.sub(lambda match: f"{_ZERO}{match[0]}{_ZERO}" if match[0] else _ZERO, text))
