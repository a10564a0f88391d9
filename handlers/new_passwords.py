"""A new password by a one-time link: chosen by whoever holds it, or generated and shown to them once."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Generated:
    """A password that nobody has seen yet, and the same for the gate; it counts only once the gate has taken it."""

    password: str = field(repr=False)
    sealed: str = field(repr=False)


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

    async def generated(self, token: str) -> Generated:
        password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        return Generated(password, await self._sealed("reveal", token, password))

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
