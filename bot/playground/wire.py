"""Carries what happens in the pretend Slack to the bot: signed HTTP, three seconds to answer, events tried again."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from bot.playground import payloads
from bot.playground.errors import SlackError
from bot.playground.model import Json
from bot.playground.slack import Slack

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
OK = 200
REMEMBERED_DELIVERIES = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that was sent to the bot; `Wire.again` sends it once more, as a duplicate."""

    kind: str
    payload: Mapping[str, object] = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot answered. `failure` is Slack's name for no answer, or not a good one."""

    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    failure: str = ""
    no_retry: bool = False

    def demand(self) -> None:
        """SlackError unless the bot answered, in time, with 200."""
        if self.failure:
            raise SlackError(self.failure)

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace").strip()


class Wire:
    def __init__(self, slack: Slack, *, answer_within: float, retry_delays: Sequence[float]) -> None:
        self._slack = slack
        self._timeout = aiohttp.ClientTimeout(total=answer_within)
        self._retry_delays = retry_delays
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED_DELIVERIES)

    async def open(self) -> None:
        # One connection a request, as from Slack's many machines; and no cookies.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    # ---- kinds of delivery

    async def command(self, fields: Mapping[str, str]) -> Reply:
        return await self._deliver(Delivery("command", fields, urlencode(fields).encode(), FORM))

    async def interaction(self, payload: Json) -> Reply:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._deliver(Delivery(payload["type"], payload, body, FORM))

    async def event(self, inner: Json) -> Reply | None:
        """The first attempt; further ones follow by themselves. None if the app has not subscribed to it."""
        if inner["type"] not in self._slack.manifest.events:
            return None
        payload = payloads.event(self._slack, inner)
        delivery = Delivery(inner["type"], payload, json.dumps(payload).encode(), JSON)
        reply = await self._deliver(delivery)
        if reply.status != OK and not reply.no_retry:
            self._start_retries(delivery, reply)
        return reply

    async def challenge(self, challenge: str) -> Reply:
        payload = payloads.url_verification(challenge)
        return await self._deliver(Delivery("url_verification", payload, json.dumps(payload).encode(), JSON))

    async def again(self, delivery: Delivery) -> Reply:
        """The same bytes with a fresh signature, as when Slack was not sure they had arrived."""
        return await self.send(delivery.body, content_type=delivery.content_type)

    # ---- the sending itself

    async def _deliver(self, delivery: Delivery) -> Reply:
        self.deliveries.append(delivery)
        return await self.send(delivery.body, content_type=delivery.content_type)

    async def send(self, body: bytes, *, content_type: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Signs and sends; `headers` are laid over Slack's, for hostile tests."""
        if self._session is None or not self._slack.bot_url:
            return Reply(failure="dispatch_failed")
        try:
            async with self._session.post(
                f"{self._slack.bot_url.rstrip('/')}/slack/events",
                data=body,
                headers={**self._headers(body, content_type), **(headers or {})},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return await _reply(response)
        except TimeoutError:
            return Reply(failure="operation_timeout")
        except aiohttp.ClientError:
            return Reply(failure="dispatch_failed")

    def _headers(self, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(self._slack.world.now()))
        return {
            "Content-Type": content_type,
            "User-Agent": AGENT,
            "Accept": "application/json,*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._slack.signing_secret, timestamp, body),
        }

    def _start_retries(self, delivery: Delivery, first: Reply) -> None:
        task = asyncio.create_task(self._retry(delivery, first))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _retry(self, delivery: Delivery, last: Reply) -> None:
        for number, delay in enumerate(self._retry_delays, start=1):
            await asyncio.sleep(delay)
            reason = "http_timeout" if last.failure == "operation_timeout" else "http_error"
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            last = await self.send(delivery.body, content_type=delivery.content_type, headers=headers)
            if last.status == OK or last.no_retry:
                return


async def _reply(response: aiohttp.ClientResponse) -> Reply:
    body = await response.read()
    failure = "" if response.status == OK else _failure(response.status)
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    return Reply(response.status, body, response.content_type, failure, no_retry)


def _failure(status: int) -> str:
    kinds = {3: "dispatch_failed", 4: "http_client_error", 5: "http_service_error"}
    return kinds.get(status // 100, "dispatch_failed")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """docs.slack.dev/authentication/verifying-requests-from-slack: version 0, over the raw bytes."""
    digest = hmac.new(secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return f"v0={digest}"
