"""Spending one-time codes, and what they tell of the clock of the phone that made them."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from pyotp.totp import TOTP

from handlers.commands import Refusal
from handlers.keys import Broken, Keyring
from handlers.proof import CODE_DIGITS, GUESS_WINDOW, GUESSES, digits
from storage import credentials
from storage.records import CredentialRecord
from storage.store import Store

STEP_SECONDS = 30
ACCEPTED = 1  # steps either side of now
_SEARCHED = 20  # steps either side that tell how wrong a phone's clock is, and never let anybody in
_NEAREST_FIRST = sorted(range(-_SEARCHED, _SEARCHED + 1), key=abs)


def step_of(at: datetime) -> int:
    """The step of 30 seconds that a moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def drifted(secret: str, typed: str, *, at: datetime) -> int | None:
    """How many steps the phone that made a code is ahead of us; None: no code of the minutes around. Every step is
    computed and compared, whatever the code is, so the time it takes tells nothing."""
    totp, now = TOTP(secret), step_of(at)
    given = typed.encode(errors="replace")
    fits = [off for off in _NEAREST_FIRST if hmac.compare_digest(totp.generate_otp(now + off).encode(), given)]
    return fits[0] if fits else None


class Codes:
    """Spending one-time codes: each in a transaction of its own, so that a spent code stays spent."""

    def __init__(self, store: Store, keyring: Keyring, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keyring
        self._clock = clock

    def seal_factor(self, member: str, secret: str) -> bytes:
        return self._keys.seal(secret.encode(), to=f"factor/{member}")

    async def spend(self, member: str, code: str, *, delivery: str | None, deadline: float | None) -> None:
        """Use up one code of a member. Raises Refusal: malformed, locked, wrong, or spent before.

        The same delivery again finds its own step spent and is let through: it is the same act (invariant 30).
        """
        typed = digits(code)
        if not (len(typed) == CODE_DIGITS and typed.isascii() and typed.isdigit()):
            raise Refusal("code-malformed", "code")
        async with self._store.transaction(None, at=self._clock(), lock=False, deadline=deadline) as tx:
            held = await credentials.count_guess(tx, member, limit=GUESSES, window=GUESS_WINDOW, entry=None)
        if held is None or held.factor_sealed is None:
            raise Refusal("codes-locked", "code", minutes=str(GUESS_WINDOW // timedelta(minutes=1)))
        self._store.reached("guess-counted")
        await self._use(held, typed, delivery=delivery, deadline=deadline)

    async def spend_uncounted(self, member: str, code: str, *, delivery: str | None, deadline: float | None) -> None:
        """The same for somebody who is not the member yet: their guesses were counted elsewhere."""
        async with self._store.reading() as connection:
            held = await credentials.find(connection, member)
        if held is None or held.factor_sealed is None:
            raise Refusal("code-wrong", "code")
        await self._use(held, digits(code), delivery=delivery, deadline=deadline)

    async def _use(self, held: CredentialRecord, typed: str, *, delivery: str | None, deadline: float | None) -> None:
        at = self._clock()
        drift = drifted(self._secret(held.member, held.factor_sealed or b""), typed, at=at)
        if drift is None or abs(drift) > ACCEPTED:
            async with self._store.transaction(None, at=at, lock=False, deadline=deadline) as tx:
                await credentials.note_drift(tx, held.member, drift, entry=None)
            raise Refusal("code-wrong", "code")
        step = step_of(at) + drift
        async with self._store.transaction(None, at=at, lock=False, deadline=deadline) as tx:
            fresh = await credentials.spend_step(tx, held.member, step, drift=drift, delivery=delivery, entry=None)
            if not fresh and delivery is not None:
                # Read again: the same delivery may have come twice at once, and the other one was first.
                spent = await credentials.find(tx.connection, held.member)
                if spent and (spent.last_step, spent.last_delivery) == (step, delivery):
                    await credentials.forgive(tx, held.member, entry=None)
                    fresh = True
        if not fresh:
            raise Refusal("code-spent", "code")
        self._store.reached("code-spent")

    def _secret(self, member: str, sealed: bytes) -> str:
        try:
            return self._keys.open(sealed, to=f"factor/{member}").decode()
        except Broken:
            raise Refusal("no-factor", "code") from None
