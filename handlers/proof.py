"""Passwords, one-time codes, recovery codes: offer, prepare, verify, spend."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import pyotp
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

from handlers.commands import Minted, Refusal
from handlers.keys import Broken, Keyring, hashed
from handlers.models import InvitationLetter, LinkPage
from handlers.passwords import Passwords, check_password, recovery_code
from storage import credentials, invitations
from storage.store import Busy, Store

GUESSES = 10
GUESS_WINDOW = timedelta(minutes=15)
FORM_GUESSES = 5
CODE_DIGITS = 6
RECOVERY_CODES = 10
OFFER_LIFE = timedelta(hours=1)

Purpose = Literal["invitation", "setup"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A second factor about to be set up; ``secret`` is base32, ``uri`` what the QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything checked and sealed; nothing has changed yet. No recovery codes: the factor was skipped."""

    sealed: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An opened ``Prepared``, inside the gate."""

    token_hash: str
    name: str | None
    password_hash: str = field(repr=False)
    secret: str | None = field(repr=False)
    step: int = 0
    recovery_hashes: tuple[str, ...] = field(repr=False, default=())


def digits(code: str) -> str:
    """The digits of a typed code: blanks and hyphens do not matter, other scripts' digits do (invariant 14)."""
    return "".join(char for char in code if char not in " -\u00a0\u2009\u202f")


class Enrolments:
    """The pages of one-time links. Everything here is undone by closing the page; only the gate changes anything."""

    def __init__(self, store: Store, keyring: Keyring, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keyring
        self._passwords = passwords
        self._clock = clock

    def path(self, minted: Minted) -> str:
        """Where a freshly minted link leads; made on demand, never stored."""
        token = self._keys.token(minted.purpose, minted.id, minted.version)
        return f"/{_PAGES[minted.purpose]}/{token}"

    def invitation_path(self, letter: InvitationLetter) -> str:
        return self.path(Minted("invitation", letter.invitation, letter.version))

    def offer(self, page: LinkPage, token: str) -> Offer:
        """A fresh secret for one page of one link."""
        return self._offered(pyotp.random_base32(), page.email, page.organization, token)

    def _offered(self, secret: str, email: str, organization: str, token: str) -> Offer:
        body = {"s": secret, "e": email, "o": organization, "t": hashed(token), "x": self._expiry()}
        return Offer(secret, _uri(secret, email, organization), self._keys.seal_text(_json(body), to="offer"))

    def again(self, sealed: str) -> Offer | None:
        """The same secret once more, so that a mistake elsewhere does not cost a second scan."""
        body = self._opened(sealed, to="offer")
        return Offer(body["s"], _uri(body["s"], body["e"], body["o"]), sealed) if body else None

    def _expiry(self) -> float:
        return (self._clock() + OFFER_LIFE).timestamp()

    def _opened(self, sealed: str, *, to: str) -> dict[str, Any] | None:
        try:
            body: dict[str, Any] = json.loads(self._keys.open_text(sealed, to=to))
        except (Broken, ValueError):
            return None
        return body if body["x"] > self._clock().timestamp() else None

    async def prepare(
        self,
        token: str,
        *,
        purpose: Purpose,
        name: str | None,
        password: str,
        offer: str,
        code: str | None,
        skip_factor: bool,
    ) -> Prepared:
        """Check everything a page asks and seal it. Raises Refusal with the page's field."""
        try:
            typed = None if skip_factor else code or ""
            return await self._prepared(token, purpose, name=name, password=password, offer=offer, code=typed)
        except Busy:
            raise Refusal("busy") from None

    async def _prepared(
        self, token: str, purpose: Purpose, *, name: str | None, password: str, offer: str, code: str | None
    ) -> Prepared:
        """``code`` None: the second factor is skipped."""
        offered = self._opened(offer, to="offer")
        if offered is None or not hmac.compare_digest(offered["t"], hashed(token)):
            raise Refusal("stale-form", "code")
        name = clean_name(name) if name is not None else None
        if not await self._knows_present_password(token, purpose, password):
            check_password(password, about=(offered["e"], offered["o"], name or ""))
        step = 0 if code is None else await self._tried(token, purpose, offered["s"], code)
        codes = () if code is None else tuple(recovery_code() for _ in range(RECOVERY_CODES))
        body = {
            "t": hashed(token),
            "n": name,
            "p": await self._passwords.hash(password),
            "s": None if code is None else offered["s"],
            "k": step,
            "r": await self._passwords.hash_codes(codes, hashed(token)),
            "x": self._expiry(),
        }
        return Prepared(self._keys.seal_text(_json(body), to=f"enrolment/{purpose}"), codes)

    async def _tried(self, token: str, purpose: Purpose, secret: str, code: str) -> int:
        """Verify the enrolment code, counted before it is looked at (invariant 11)."""
        if not code.strip():
            raise Refusal("code-needed", "code")
        typed = digits(code)
        if not (len(typed) == CODE_DIGITS and typed.isascii() and typed.isdigit()):
            raise Refusal("code-malformed", "code")
        link = f"{purpose}/{hashed(token)}"
        await count_try(self._store, link, at=self._clock(), limit=GUESSES)
        return verified(secret, typed, at=self._clock())

    async def _knows_present_password(self, token: str, purpose: Purpose, password: str) -> bool:
        """Whoever has a password proves it instead of choosing one (V6.2.3). Raises Refusal; False: there is none."""
        if purpose != "setup":
            return False
        async with self._store.reading() as connection:
            link = await invitations.link_by_hash(connection, hashed(token))
            present = await credentials.password_hash(connection, link.member) if link else None
        if present is None:
            return False
        await count_try(self._store, f"password/{hashed(token)}", at=self._clock(), limit=GUESSES, field="password")
        if not await self._passwords.verify(present, password):
            raise Refusal("password-wrong", "password")
        return True

    def opened(self, sealed: str, *, purpose: Purpose, token: str) -> Enrolment:
        """For the gate. Raises Refusal when it is stale, mangled, or was sealed for another link (invariant 5)."""
        body = self._opened(sealed, to=f"enrolment/{purpose}")
        if body is None or not hmac.compare_digest(body["t"], hashed(token)):
            raise Refusal("stale-form")
        return Enrolment(body["t"], body["n"], body["p"], body["s"], body["k"], tuple(body["r"]))


async def count_try(
    store: Store, key: str, *, at: datetime, limit: int, field: str = "code", deadline: float | None = None
) -> None:
    """Count one try in a transaction of its own, before it is looked at. Raises Refusal at the limit."""
    async with store.transaction(None, at=at, lock=False, deadline=deadline) as tx:
        counted = await credentials.count(tx, key, limit=limit, window=GUESS_WINDOW, entry=None)
    if not counted:
        raise Refusal("codes-locked", field, minutes=str(GUESS_WINDOW // timedelta(minutes=1)))


_PAGES = {"invitation": "invitations", "setup": "setup", "reset": "reset", "reveal": "reveal"}
_NAME = 100


def clean_name(name: str) -> str:
    """Raises Refusal on ``name``: empty, too long, or with characters that do not show."""
    kept = showing(name)
    if not kept or len(kept) > _NAME:
        raise Refusal("name-wrong", "name", most=str(_NAME))
    return kept


def name_from_outside(name: str) -> str:
    """What may be kept of a name that nobody typed here and nobody could correct: at worst nothing."""
    return showing(name)[:_NAME].strip()


def showing(name: str) -> str:
    """Only what shows, and single blanks."""
    return " ".join("".join(char for char in name if char.isprintable() or char.isspace()).split())


def verified(secret: str, typed: str, *, at: datetime) -> int:
    """The time step that a code stands for; one step either side is accepted. Raises Refusal."""
    try:
        return TOTP(secret).verify_and_get_timecode(typed, for_time=at, valid_window=1)
    except OTPVerificationError:
        raise Refusal("code-wrong", "code") from None


def _uri(secret: str, email: str, organization: str) -> str:
    return TOTP(secret).provisioning_uri(name=email, issuer_name=f"Usher {organization}")


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
