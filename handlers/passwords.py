"""Passwords and recovery codes: what is good enough, and how each is kept."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn_rs_py import zxcvbn

from handlers.commands import Refusal

RECOVERY_COST = 2**12  # scrypt's n; a code has 80 random bits, so a light setting is enough
SHORTEST, LONGEST = 8, 256
WEAKEST = 2  # zxcvbn's score: 0 and 1 fall to guessing online
_CONTEXT_WORD = 3


class Passwords:
    """argon2id with OWASP's minimum (19 MiB, t=2, p=1), two at a time: hashing is the dearest thing a page can ask."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, password)

    async def verify(self, present: str, password: str) -> bool:
        """One computation, whatever comes out."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._matches, present, password)

    def _matches(self, present: str, password: str) -> bool:
        try:
            return self._hasher.verify(present, password)
        except (VerificationError, InvalidHashError):
            return False

    async def hash_codes(self, codes: Sequence[str], salt: str) -> list[str]:
        hashes = partial(recovery_hash, salt=salt)
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: [hashes(one) for one in codes])

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


_ADVICE = {
    "AddAnotherWordOrTwo": "add another word or two; uncommon words are better",
    "UseAFewWordsAvoidCommonPhrases": "use a few words together, no common phrases",
    "UseALongerKeyboardPatternWithMoreTurns": "keys that lie side by side are easy to guess",
    "AvoidRepeatedWordsAndCharacters": "repeated words and characters are easy to guess",
    "AvoidSequences": "sequences like abc or 6543 are easy to guess",
    "AvoidRecentYears": "recent years are easy to guess",
    "AvoidYearsThatAreAssociatedWithYou": "years that belong to you are easy to guess",
    "AvoidDatesAndYearsThatAreAssociatedWithYou": "dates that belong to you are easy to guess",
}


def check_password(password: str, *, about: tuple[str, ...]) -> None:
    """Raises Refusal on ``password`` with a reason. ``about`` are words an attacker would try first (V6.2.11)."""
    if len(password) < SHORTEST:
        raise Refusal("password-too-short", "password", least=str(SHORTEST))
    if len(password) > LONGEST:
        raise Refusal("password-too-long", "password", most=str(LONGEST))
    context = tuple(
        word.casefold()
        for text in about
        for word in (text, *text.replace("@", " ").split())
        if len(word) >= _CONTEXT_WORD
    )
    if password.casefold() in context:
        raise Refusal("password-common", "password")
    found = zxcvbn(password[:100], user_inputs=[*context, "usher"])
    if int(found.score) >= WEAKEST:
        return
    feedback = found.feedback
    if feedback and "common password" in str(feedback.warning):
        raise Refusal("password-common", "password")
    names = [str(one).rpartition(".")[2] for one in feedback.suggestions] if feedback else []
    raise Refusal(
        "password-weak",
        "password",
        advice=next((_ADVICE[n] for n in names if n in _ADVICE), _ADVICE["AddAnotherWordOrTwo"]),
    )


def recovery_code() -> str:
    """80 bits in base32, in four groups; below 112 bits, so only a slow hash of it is kept (V6.5.2)."""
    raw = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(raw[at : at + 4] for at in range(0, 16, 4))


def recovery_hash(code: str, salt: str) -> str:
    """scrypt, salted per enrolment."""
    plain = code.replace("-", "").replace(" ", "").lower().encode()
    return hashlib.scrypt(plain, salt=salt.encode(), n=RECOVERY_COST, r=8, p=1, dklen=32).hex()
