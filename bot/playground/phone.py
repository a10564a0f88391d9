"""An authenticator for each person of the playground: what a phone would show. Production pages know nothing of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pyotp import parse_uri
from pyotp.totp import TOTP

MAX_ENTRIES: Final = 20
MAX_LABEL: Final = 80
MAX_INPUT: Final = 500
# pyotp takes no key of less than 112 bits (NIST SP 800-63B-4, section 3.1.4.1): 23 letters of base32.
_KEY: Final = re.compile(r"[A-Z2-7]{23,128}")
_PERIODS: Final = range(15, 121)


class Unreadable(ValueError):  # noqa: N818 - it is a word for people: what was pasted could not be read
    """Says in words for the person what is wrong with what they pasted; never repeats it, for it may be a secret."""


@dataclass(frozen=True, slots=True)
class Code:
    id: int
    label: str
    digits: str
    seconds_left: int
    period: int


@dataclass(frozen=True, slots=True)
class _Entry:
    id: int
    label: str
    totp: TOTP = field(repr=False)


class Phone:
    """Time comes from the clock given, so that the phone and the bot agree in tests that move it."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: list[_Entry] = []
        self._count = 0

    def add(self, pasted: str, *, label: str = "") -> Code:
        """A set-up key as a page shows it (base32, any case, with blanks or hyphens) or an `otpauth://totp/…` link."""
        if len(self._entries) >= MAX_ENTRIES:
            raise Unreadable(f"This phone holds {MAX_ENTRIES} codes. Remove one first.")
        totp = _read(pasted)
        known = next((entry for entry in self._entries if entry.totp.secret == totp.secret), None)
        return self._code(known or self._remember(totp, label))

    def remove(self, entry_id: int) -> None:
        self._entries = [entry for entry in self._entries if entry.id != entry_id]

    def codes(self) -> list[Code]:
        return [self._code(entry) for entry in self._entries]

    def _remember(self, totp: TOTP, label: str) -> _Entry:
        self._count += 1
        entry = _Entry(self._count, (label.strip() or _label(totp) or "Usher")[:MAX_LABEL], totp)
        self._entries.append(entry)
        return entry

    def _code(self, entry: _Entry) -> Code:
        now = self._clock()
        seconds_left = entry.totp.interval - int(now.timestamp()) % entry.totp.interval
        return Code(entry.id, entry.label, entry.totp.at(now), seconds_left, entry.totp.interval)


def _read(pasted: str) -> TOTP:
    text = pasted.strip()
    if not text:
        raise Unreadable("Paste the set-up key or the otpauth link from the page.")
    if len(text) > MAX_INPUT:
        raise Unreadable("That is too long for a set-up key. Paste only the key or the otpauth link.")
    return _of_link(text) if text.lower().startswith("otpauth:") else _of_key(text)


def _of_key(text: str) -> TOTP:
    key = re.sub(r"[\s-]", "", text).upper().rstrip("=")
    try:
        if _KEY.fullmatch(key):
            return TOTP(key)
    except ValueError:  # base32 of an impossible length
        pass
    raise Unreadable(
        "That is no set-up key: it has 23 or more letters A–Z and digits 2–7. Copy it again from the page."
    )


def _of_link(text: str) -> TOTP:
    try:
        found = parse_uri(text)
    except (ValueError, TypeError, IndexError):
        raise Unreadable("That otpauth link cannot be read. Copy it again from the page.") from None
    if not isinstance(found, TOTP) or found.interval not in _PERIODS or found.digits != 6:  # noqa: PLR2004
        raise Unreadable(
            "This phone only knows codes of six digits that change with time. Copy the link again from the page."
        )
    _of_key(found.secret)
    return found


def _label(totp: TOTP) -> str:
    return " · ".join(part for part in (totp.issuer, totp.name) if part and part != "Secret")
