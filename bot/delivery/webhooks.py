"""Tells other software of changes, as Standard Webhooks (https://www.standardwebhooks.com) has it.

At least once and in order for each webhook; the receiver knows a second copy by its `webhook-id`. A connection per
message, as with mail: what is kept open meets failures that belong to no message.
"""

import asyncio
import base64
import hmac
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.delivery.trouble import WEBHOOK, NoAnswer, NotNow
from handlers.addresses import is_here, may_reach
from handlers.webhooks import WebhookLetter

TIMEOUT: Final = 10.0
GONE: Final = 410
MOST_SILENT: Final = 2
"""Places in the worker for those that kept it waiting the last time; the others are for whoever answers."""


class WebhookSender:
    """`trust` is for receivers with a certificate of one's own."""

    def __init__(self, *, clock: Callable[[], datetime], trust: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._trust = trust
        self._silent: set[str] = set()
        self._waiting = 0

    async def send(self, letter: WebhookLetter, *, key: str) -> bool:
        """False: whoever listened there says that nobody does any more. Raises Trouble."""
        if letter.secret is None:
            reason = "The webhook's secret cannot be opened: its key is no longer in USHER_SECRET_KEYS."
            raise NotNow(reason, schedule=WEBHOOK, loud=True)
        body = json.dumps(letter.body).encode()
        with self._turn(letter.webhook):
            status, retry_after = await self._post(letter.url, body, self._headers(letter.secret, key, body))
        if status == GONE:
            return False
        if not 200 <= status < 300:  # noqa: PLR2004 - success
            reason = f"The webhook's receiver answered with status {status}."
            raise NotNow(reason, schedule=WEBHOOK, asked_for=self._asked_for(retry_after))
        return True

    @contextmanager
    def _turn(self, webhook: str) -> Generator[None]:
        """A receiver that does not answer must not hold up what goes elsewhere."""
        silent = webhook in self._silent
        if silent and self._waiting >= MOST_SILENT:
            raise NotNow("Others that did not answer are tried first.", schedule=WEBHOOK)
        self._waiting += silent
        try:
            yield
            self._silent.discard(webhook)
        except NoAnswer:
            self._silent.add(webhook)
            raise
        finally:
            self._waiting -= silent

    def _headers(self, secret: bytes, key: str, body: bytes) -> dict[str, str]:
        """The moment is that of this try, for receivers refuse what is old."""
        seconds = int(self._clock().timestamp())
        signature = hmac.digest(secret, f"{key}.{seconds}.".encode() + body, "sha256")
        return {
            "Content-Type": "application/json",
            "User-Agent": "Usher",
            "webhook-id": key,
            "webhook-timestamp": str(seconds),
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        }

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Status and `Retry-After`; nothing else of the answer is read, and no redirect is followed."""
        sockets = _Sockets(here=is_here(urlsplit(url).hostname or ""))
        connector = aiohttp.TCPConnector(socket_factory=sockets, force_close=True, ssl=self._trust or True)
        session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                session,
                session.post(URL(url, encoded=True), data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _sort(error, barred=sockets.barred) from None

    def _asked_for(self, retry_after: str) -> timedelta | None:
        """Seconds, or a date (RFC 9110 section 10.2.3)."""
        if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10:  # noqa: PLR2004 - some 30 years
            return timedelta(seconds=int(retry_after))
        try:
            until = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - self._clock(), timedelta()) or None


def _sort(error: Exception, *, barred: bool) -> NotNow:
    if barred:
        return NotNow("The webhook leads into a private network, where Usher sends nothing.", schedule=WEBHOOK)
    if isinstance(error, ssl.SSLError):
        return NotNow("The certificate of the webhook's receiver is not to be trusted.", schedule=WEBHOOK)
    return NoAnswer(f"The webhook's receiver could not be reached ({type(error).__name__}).", schedule=WEBHOOK)


class _Sockets:
    """Opens none to a machine that a webhook may not reach. It is asked for every address that a connection tries."""

    def __init__(self, *, here: bool) -> None:
        self._here = here
        self.barred = False

    def __call__(self, found: tuple[Any, Any, int, str, Any]) -> socket.socket:
        family, kind, protocol, _, place = found
        if not may_reach(ipaddress.ip_address(str(place[0]).partition("%")[0]), here=self._here):
            self.barred = True
            raise OSError("a webhook may not lead there")
        return socket.socket(family, kind, protocol)
