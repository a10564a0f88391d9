"""Bytes as text. What programs write is told by its first bytes; without these it is UTF-8, or else Windows-1252."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.importing.kinds import NotRead

_MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESS = "cp1252"
_LOOKED_AT = 4096
# In UTF-16 every second byte of an address is nothing.
_MANY, _FEW = 0.4, 0.05
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Text:
    """``guessed``: nothing in the file says how it is written, so names may look wrong."""

    text: str
    guessed: bool = False


def decoded(data: bytes) -> Text:
    """Raises NotRead for bytes that are no text."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    if marked:
        return Text(_without_nul(data.decode(marked, errors="replace").removeprefix("\ufeff")))
    try:
        return Text(_without_nul(data.decode("utf-8")))
    except UnicodeDecodeError:
        return Text(_without_nul(data.decode(GUESS, errors="replace")), guessed=True)


def _unmarked(data: bytes) -> str | None:
    start = data[:_LOOKED_AT]
    odd, even = _share_of_nul(start[1::2]), _share_of_nul(start[::2])
    if odd > _MANY and even < _FEW:
        return "utf-16-le"
    return "utf-16-be" if even > _MANY and odd < _FEW else None


def _share_of_nul(part: bytes) -> float:
    return part.count(0) / len(part) if part else 0.0


def _without_nul(text: str) -> str:
    """Raises NotRead for what only looks like letters."""
    odd = len(_CONTROLS.findall(text[:_LOOKED_AT]))
    if odd > len(text[:_LOOKED_AT]) * _FEW or text.count("\0") > len(text) * _FEW:
        raise NotRead("other-file", "no text")
    return text.replace("\0", "")
