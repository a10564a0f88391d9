"""Everything that is made from the secret keys: link tokens, mailed codes, and what lies encrypted in the database.

The newest key makes; every key still opens, so that keys can be rotated without losing what the older one made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_ID = 4
_NONCE = 12


class Broken(ValueError):  # noqa: N818
    """Sealed text that none of the keys opens, or that was sealed for something else."""


def _derived(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"usher/{use}".encode()).derive(key)


def hashed(token: str) -> str:
    """What the tables hold of a link token, which has 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Key:
    id: bytes
    links: bytes = field(repr=False)
    seal: AESGCM = field(repr=False)
    codes: bytes = field(repr=False)


class Keyring:
    """``keys`` are 32 random bytes each, newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(
            _Key(
                hashlib.sha256(b"id" + key).digest()[:_KEY_ID],
                _derived(key, "links"),
                AESGCM(_derived(key, "seal")),
                _derived(key, "codes"),
            )
            for key in keys
        )

    def token(self, purpose: str, subject: str, version: int, *, stored: str | None = None) -> str:
        """The token of a link. With ``stored``, the one whose hash the table holds, whichever key made it."""
        tokens = (_mac(key.links, purpose, subject, version) for key in self._keys)
        if stored is None:
            return next(tokens)
        return next((token for token in tokens if hmac.compare_digest(hashed(token), stored)), "")

    def mailed_code(self, proof: str) -> tuple[str, ...]:
        """Eight digits for one mailed proof, one per key, newest first."""
        return tuple(_digits(key.codes, proof) for key in self._keys)

    def seal(self, plain: bytes, *, to: str) -> bytes:
        """AES-256-GCM; what is sealed ``to`` one thing opens for nothing else."""
        key, nonce = self._keys[0], secrets.token_bytes(_NONCE)
        return key.id + nonce + key.seal.encrypt(nonce, plain, to.encode())

    def open(self, sealed: bytes, *, to: str) -> bytes:
        """Raises Broken."""
        key = next((key for key in self._keys if key.id == sealed[:_KEY_ID]), None)
        if key is None:
            raise Broken("sealed with a key that is no longer here")
        nonce, body = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return key.seal.decrypt(nonce, body, to.encode())
        except (InvalidTag, ValueError) as error:
            raise Broken("does not open") from error

    def seal_text(self, plain: bytes, *, to: str) -> str:
        return base64.urlsafe_b64encode(self.seal(plain, to=to)).decode()

    def open_text(self, sealed: str, *, to: str) -> bytes:
        """Raises Broken."""
        try:
            raw = base64.b64decode(sealed.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError as error:
            raise Broken("is not what was given out") from error
        return self.open(raw, to=to)


def _mac(key: bytes, purpose: str, subject: str, version: int) -> str:
    digest = hmac.digest(key, f"{purpose}:{subject}:{version}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digits(key: bytes, proof: str) -> str:
    number = int.from_bytes(hmac.digest(key, proof.encode(), "sha256")[:8], "big")
    return f"{number % 10**8:08d}"
