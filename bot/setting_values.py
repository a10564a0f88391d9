"""Readers of single settings: text in, a typed value out, or a ValueError that says what is wrong and what to do.

No message repeats the value: it may be a secret, or have been put into the wrong variable.
"""

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import SecretBytes, SecretStr

KEY_BYTES = 32
MOST_SECRETS = 2
SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+asyncpg"

MAKE_A_KEY = (
    'Make one with: python -c "import base64, secrets; '
    'print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())"'
)

Security = Literal["plain", "tls", "starttls"]
_SECURITY: dict[str, tuple[Security, int]] = {
    "smtp": ("plain", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?")
_HIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_NAMED_ADDRESS = re.compile(r'(?:"?(?P<name>[^"<>\r\n]{1,100}?)"?\s*)?<(?P<address>[^<>\s]+)>')


@dataclass(frozen=True, slots=True)
class Smtp:
    """`plain` begins without encryption; a sender still asks the server for it before it shows a password."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """`file` is SQLite's; a PostgreSQL has none. The URL may hold a password."""

    url: SecretStr
    file: Path | None


def signing_secrets(text: str) -> tuple[SecretStr, ...]:
    secrets = [part.strip() for part in text.split(",")]
    if len(secrets) > MOST_SECRETS or not all(re.fullmatch(r"[\x21-\x7e]{8,}", secret) for secret in secrets):
        raise ValueError(
            "takes Slack's signing secret, or two of them with a comma between while you rotate it. "
            "Copy it from your app's page at Slack: Basic Information, App Credentials."
        )
    return tuple(SecretStr(secret) for secret in secrets)


def bot_token(text: str) -> SecretStr:
    return _token(text, "xoxb-", "Copy it from your app's page at Slack: OAuth & Permissions, Bot User OAuth Token.")


def app_token(text: str) -> SecretStr:
    return _token(text, "xapp-", "Make one on your app's page at Slack: Basic Information, App-Level Tokens.")


def _token(text: str, start: str, hint: str) -> SecretStr:
    if not re.fullmatch(re.escape(start) + r"[A-Za-z0-9.\-]+", text):
        raise ValueError(f"is not a token that begins with {start}. {hint}")
    return SecretStr(text)


def web_address(text: str) -> str:
    """An https address without a trailing slash; http only to this machine, where nobody listens in between."""
    parts = _split(text, "is not a web address. Write it like https://usher.example.com.")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("is not a web address. Write it like https://usher.example.com.")
    if parts.query or parts.fragment:
        raise ValueError("may not have a part after ? or #. Leave that part away.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("begins with http://, so what it carries can be read on the way. Begin it with https://.")
    return text.rstrip("/")


def origin(text: str) -> str:
    address = web_address(text)
    if urlsplit(address).path:
        raise ValueError("may not have a path: people's links begin right after the host. Leave the path away.")
    return address


def api_address(text: str) -> str:
    return web_address(text) + "/"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def listening_host(text: str) -> str:
    if not _is_host(text):
        raise ValueError("is neither an address nor a host name. Use 127.0.0.1, or 0.0.0.0 to be reached from outside.")
    return text


def port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:  # noqa: PLR2004 - the highest port there is
        raise ValueError("is not a number from 0 to 65535. Set it to a free port, for example 3000.")
    return int(text)


def database(text: str) -> Database:
    if text.startswith(f"{SQLITE}:"):
        return Database(SecretStr(text), _sqlite_file(text))
    parts = _split(text, _DATABASE_HINT)
    if parts.scheme != POSTGRES or not parts.path.strip("/"):
        raise ValueError(_DATABASE_HINT)
    return Database(SecretStr(text), None)


_DATABASE_HINT = (
    f"is not an address Usher can use. Write {SQLITE}:///usher.db for a file, or "
    f"{POSTGRES}://user:password@host/name for PostgreSQL; in a password, write @ as %40 and / as %2F."
)


def _sqlite_file(text: str) -> Path:
    path = text.removeprefix(f"{SQLITE}:///")
    if path == text or not path or path.startswith(":") or set("?#\x00") & set(path):
        raise ValueError(f"names no file. Write {SQLITE}:///usher.db, or four slashes before a full path.")
    return Path(path)


def secret_keys(text: str) -> tuple[SecretBytes, ...]:
    """The newest first. It encrypts; the others still decrypt."""
    keys = [_key(part.strip()) for part in text.split(",")]
    if len(set(keys)) != len(keys):
        raise ValueError("holds the same key twice. Keep each key once, the newest first.")
    return tuple(SecretBytes(key) for key in keys)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or set("+/") & set(text):
        raise ValueError(
            f"takes 32 random bytes in URL-safe base64, several with commas between, the newest first. {MAKE_A_KEY}"
        )
    return key


def smtp(text: str) -> Smtp:
    hint = "is not a mail server's address. Write it like smtp+starttls://user:password@mail.example.com:587."
    parts = _split(text, hint)
    security, usual_port = _SECURITY.get(parts.scheme, (None, 0))
    if security is None or not parts.hostname or not _is_host(parts.hostname):
        raise ValueError(hint)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("has something after the port. End it there; in a password, write / as %2F and # as %23.")
    user, password = _decoded(parts.username), _decoded(parts.password)
    if (user is None) != (password is None):
        raise ValueError("has a user without a password, or the reverse. Give both, or neither.")
    secret = None if password is None else SecretStr(password)
    return Smtp(parts.hostname, parts.port or usual_port, security, user, secret)


def _decoded(text: str | None) -> str | None:
    if not text:
        return None
    try:
        plain = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        plain = "\x00"
    if re.search(r"[\x00-\x1f\x7f]", plain):
        raise ValueError("has a user or password with hidden characters. Check its % signs: a plain % is written %25.")
    return plain


def sender(text: str) -> str:
    """`usher@example.com` or `Usher <usher@example.com>`."""
    named = _NAMED_ADDRESS.fullmatch(text)
    address = named["address"] if named else text
    try:
        # A server inside the house may serve a name without a dot, such as localhost.
        validate_email(address, check_deliverability=False, strict=True, globally_deliverable=False)
    except EmailNotValidError:
        raise ValueError('is not a sender. Write it like "Usher <usher@example.com>".') from None
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
        raise ValueError('has hidden characters. Write it like "Usher <usher@example.com>".')
    return text


def channel(text: str) -> str:
    if not re.fullmatch(r"[CG][A-Z0-9]{1,30}", text):
        raise ValueError("is not a channel's id. It begins with C and stands at the bottom of the channel's details.")
    return text


def _split(text: str, hint: str) -> SplitResult:
    if _HIDDEN.search(text):
        # urlsplit drops tabs and line ends without a word.
        raise ValueError("has blanks or hidden characters in it. Take them out.")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(hint) from None
    return parts


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _HOST.fullmatch(text) is not None
    return True
