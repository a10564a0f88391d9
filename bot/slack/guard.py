"""Stands before Bolt on POST /slack/events: only what Slack signed, just now, once and in good form goes on.

Bolt parses before it verifies (a bad body is an unauthenticated 500), logs the whole body of a wrongly signed request,
and accepts a captured request again for five minutes. So none of that is left to it.
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack import bodies
from bot.slack.bodies import Malformed

# Slack's own advice: https://docs.slack.dev/authentication/verifying-requests-from-slack
WINDOW = 300.0
# A form is at most 250 kB, and percent-encoding may triple it.
LIMIT_BYTES = 1024 * 1024
# Slack gives up on us after 3 s, so a body that takes longer helps nobody.
LIMIT_SECONDS = 3.0
# 333 signed requests a second for the ten minutes that one is remembered; about 40 MB.
CAPACITY = 200_000
MOST_SECRETS = 2
# Nothing in a question for a menu's options tells it from the same one of the same second, and it changes nothing:
# https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
SUGGESTION_SECONDS = 3.0

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_CONTENT_TYPE = re.compile(r"([a-z/\-]+)(?:\s*;\s*charset=(?:utf-8|\"utf-8\"))?", re.ASCII | re.IGNORECASE)

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    raw: bytes = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    bolt: AsyncBoltRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """`reason` is one word for the log; whoever sent the request learns the status alone."""

    status: int
    reason: str


class _Unproven(Exception):  # noqa: N818 - an answer of 401, not a fault
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Head:
    content_type: str
    timestamp: str
    signature: str = field(repr=False)


class Guard:
    """`signing_secrets`: one, or two while Slack's secret is being rotated."""

    def __init__(
        self,
        *,
        signing_secrets: Sequence[str],
        clock: Callable[[], datetime],
        limit_bytes: int = LIMIT_BYTES,
        limit_seconds: float = LIMIT_SECONDS,
        capacity: int = CAPACITY,
    ) -> None:
        if not 1 <= len(signing_secrets) <= MOST_SECRETS or not all(signing_secrets):
            raise ValueError("The guard takes one signing secret, or two while rotating, and none of them empty.")
        self._keys = tuple(secret.encode() for secret in signing_secrets)
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._limit_seconds = limit_seconds
        self._seen = _Seen(capacity)

    async def admit(self, request: web.Request) -> Admitted | Rejected:
        """Never raises for anything a stranger can send."""
        raw = bytearray()
        try:
            return await self._admit(request, raw)
        except _Unproven as unproven:
            return _refused(Rejected(401, unproven.reason), request, len(raw))
        except Malformed as malformed:
            return _refused(Rejected(400, malformed.reason), request, len(raw))

    async def _admit(self, request: web.Request, raw: bytearray) -> Admitted:
        head = self._head(request)
        await self._read(request, into=raw)
        self._verify(head, raw)
        admitted = _admitted(bytes(raw), head)
        repeats = SUGGESTION_SECONDS if admitted.body.get("type") == "block_suggestion" else 0
        self._seen.remember(head.signature, now=self._now(), repeats=repeats)
        return admitted

    def _head(self, request: web.Request) -> _Head:
        """Everything that can be refused before a byte of the body is read."""
        if request.query_string:
            raise Malformed("query")
        if "Content-Encoding" in request.headers:
            # Aiohttp unpacks such bodies by itself: the signature would not match, and a small one may become huge.
            raise Malformed("encoded")
        if (request.content_length or 0) > self._limit_bytes:
            raise Malformed("size")
        head = _Head(
            content_type=_content_type(request),
            timestamp=_proof(request, "X-Slack-Request-Timestamp", _TIMESTAMP),
            signature=_proof(request, "X-Slack-Signature", _SIGNATURE),
        )
        if abs(self._now() - int(head.timestamp)) > WINDOW:
            raise _Unproven("stale")
        return head

    async def _read(self, request: web.Request, *, into: bytearray) -> None:
        try:
            async with asyncio.timeout(self._limit_seconds):
                async for chunk in request.content.iter_any():
                    into += chunk
                    if len(into) > self._limit_bytes:
                        raise Malformed("size")
        except TimeoutError:
            raise Malformed("slow") from None
        except (web.RequestPayloadError, OSError):
            raise Malformed("broken") from None

    def _verify(self, head: _Head, raw: bytearray) -> None:
        base = b"v0:" + head.timestamp.encode() + b":" + raw
        # Every key is tried, so that the time taken does not tell which one fits.
        fits = [hmac.compare_digest(_sign(key, base), head.signature) for key in self._keys]
        if not any(fits):
            raise _Unproven("signature")

    def _now(self) -> float:
        return self._clock().timestamp()


class _Seen:
    """The signatures of the last ten minutes: one from the future edge of the window stays good that long.

    It belongs to this process. What another replica has seen, and Slack's own repeats, which are signed anew, are
    caught by the gate, which remembers every delivery. A full memory refuses: forgetting would let a captured request
    in again.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._until: dict[str, float] = {}

    def remember(self, signature: str, *, now: float, repeats: float) -> None:
        """`repeats`: for how many seconds the same signature may come once more."""
        self._forget(now)
        if signature in self._until:
            if now < self._until[signature] - 2 * WINDOW + repeats:
                return
            raise _Unproven("replay")
        if len(self._until) >= self._capacity:
            raise _Unproven("crowded")
        self._until[signature] = now + 2 * WINDOW

    def _forget(self, now: float) -> None:
        while self._until and self._until[oldest := next(iter(self._until))] < now:
            del self._until[oldest]


def events_route(
    guard: Guard, dispatch: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of POST /slack/events; `dispatch` is the Bolt app's `async_dispatch`."""

    async def answer(request: web.Request) -> web.Response:
        verdict = await guard.admit(request)
        if isinstance(verdict, Rejected):
            return _refusal(verdict)
        return await to_aiohttp_response(await dispatch(verdict.bolt))

    return answer


def _refusal(rejected: Rejected) -> web.Response:
    response = web.Response(status=rejected.status)
    # What is left of an unread body is not read as the next request.
    response.force_close()
    return response


def _sign(key: bytes, base: bytes) -> str:
    return "v0=" + hmac.new(key, base, hashlib.sha256).hexdigest()


def _admitted(raw: bytes, head: _Head) -> Admitted:
    body = bodies.decode(raw, head.content_type)
    return Admitted(raw, body, _for_bolt(body))


def _for_bolt(body: dict[str, Any]) -> AsyncBoltRequest:
    """Hands over what was checked, not the text it came as, and none of the headers, which nobody signed.

    Bolt's own reading differs: a slash command whose text holds the word "payload" becomes an empty body, and a header
    (`X-Slack-Bolt-Lazy-Only`) steers it. The mode says that the body is verified and parsed already.
    """
    try:
        return AsyncBoltRequest(body=body, mode="socket_mode")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Malformed("shape") from None


def _content_type(request: web.Request) -> str:
    values = request.headers.getall("Content-Type", [])
    match = _CONTENT_TYPE.fullmatch(values[0].strip()) if len(values) == 1 else None
    if match is None or match[1].lower() not in {bodies.JSON, bodies.FORM}:
        raise Malformed("type")
    return match[1].lower()


def _proof(request: web.Request, name: str, pattern: re.Pattern[str]) -> str:
    values = request.headers.getall(name, [])
    if len(values) != 1 or not pattern.fullmatch(values[0]):
        raise _Unproven("unsigned" if not values else "header")
    return values[0]


def _refused(rejected: Rejected, request: web.Request, size: int) -> Rejected:
    said = {"reason": rejected.reason, "status": rejected.status, "size": size, "remote": request.remote}
    _log.warning("slack request refused", **said)
    return rejected
