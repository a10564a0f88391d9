"""A new password by a one-time link: chosen by whoever holds it, or generated and shown to them once."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from handlers.commands import Refusal
from handlers.keys import Broken, Keyring, hashed
from handlers.models import LinkPage
from handlers.passwords import Passwords, check_password
from storage.records import LinkRecord, MemberRecord

Purpose = Literal["reset", "reveal"]

_SEALED_FOR = timedelta(minutes=5)  # a password is sealed and sent on in one breath
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that is taken for something else when it is read aloud
_GROUPS, _GROUP = 4, 5  # 100 bits


def lives(link: LinkRecord | None, purpose: Purpose, member: MemberRecord | None, *, now: datetime) -> bool:
    """Every way in which a link can be dead looks the same. What was shown, or has been chosen since, is not shown
    again."""
    if link is None or member is None or link.purpose != purpose or link.used is not None or link.expires <= now:
        return False
    theirs = member.status == "active" and member.listed and member.epoch == link.epoch
    return theirs and not (purpose == "reveal" and member.has_password)


class NewPasswords:
    """Undone by closing the page; only the gate changes anything."""

    def __init__(self, keyring: Keyring, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._keys = keyring
        self._passwords = passwords
        self._clock = clock

    async def chosen(self, page: LinkPage, token: str, password: str) -> str:
        """Checked and sealed. Raises Refusal on ``password``."""
        check_password(password, about=(page.email, page.organization, page.name))
        return await self._sealed("reset", token, password)

    def seed(self, token: str) -> str:
        """What the page of a link carries and only we can read: the same page makes the same password, however often
        it is sent, and another page another one."""
        return self._keys.seal_text(secrets.token_bytes(_GROUPS * _GROUP), to=f"seed/{hashed(token)}")

    def generated(self, token: str, seed: str) -> str:
        """It counts only once the gate has taken it. Raises Refusal: mangled, or the page of another link."""
        try:
            drawn = self._keys.open_text(seed, to=f"seed/{hashed(token)}")
        except Broken:
            raise Refusal("stale-form") from None
        letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in drawn]  # 32 of them, so each is as likely
        return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))

    async def revealed(self, token: str, password: str) -> str:
        """A generated one, sealed for the gate."""
        return await self._sealed("reveal", token, password)

    def shown(self, since: datetime) -> bool:
        """Whether a page that was sent twice still shows what it made."""
        return self._clock() < since + _SEALED_FOR

    async def _sealed(self, purpose: Purpose, token: str, password: str) -> str:
        body = {
            "t": hashed(token),
            "p": await self._passwords.hash(password),
            "x": (self._clock() + _SEALED_FOR).timestamp(),
        }
        return self._keys.seal_text(json.dumps(body).encode(), to=f"password/{purpose}")

    def opened(self, sealed: str, *, purpose: Purpose, token: str) -> str:
        """The hash, for the gate. Raises Refusal: stale, mangled, or sealed for another link (invariant 5)."""
        try:
            body = json.loads(self._keys.open_text(sealed, to=f"password/{purpose}"))
        except (Broken, ValueError):
            raise Refusal("stale-form") from None
        if body["x"] <= self._clock().timestamp() or not hmac.compare_digest(body["t"], hashed(token)):
            raise Refusal("stale-form")
        return str(body["p"])
