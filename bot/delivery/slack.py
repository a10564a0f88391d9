"""What delivery asks of Slack's Web API, with every answer sorted into done, later and never.

At least once, never exactly once: `chat.postMessage` takes no idempotency key, so when the connection breaks after
Slack has posted and before we hear of it, nothing tells the two apart and the message is sent again. For the same
reason the SDK's own retries are off: the outbox retries, and knows when to stop.
"""

import asyncio
import logging
import math
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import IO, Any, Final, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.fuse import Fuse, Pace, Sleep, Ticks
from bot.delivery.slack_errors import GONE, RATE_LIMITED, code_of, trouble_of
from bot.delivery.trouble import SLACK, NoAnswer, NotNow, Trouble, Unreachable
from handlers.commands import CardPlace

Json = dict[str, Any]
Blocks = Sequence[Json]

TIMEOUT: Final = 10.0
# Of a whole file; it ends before a parcel's deadline does.
UPLOAD_TIMEOUT: Final = 30.0
# What Slack leaves out of a 429; its documentation speaks of "a short while".
RETRY_AFTER: Final = 30.0
NO_PREVIEWS: Final = {"unfurl_links": False, "unfurl_media": False}


class RedirectRefused(aiohttp.ClientError):
    """Slack's API never redirects; who does so could collect tokens and messages."""


@asynccontextmanager
async def slack_client(*, token: str, base_url: str) -> AsyncGenerator[AsyncWebClient]:
    """One HTTP session for all of Usher's calls; the SDK opens a connection for every call otherwise."""
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_refuse_redirect)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=[tracing]) as session:
        client = AsyncWebClient(
            token=token, base_url=base_url, session=session, timeout=int(TIMEOUT), retry_handlers=[], logger=_quiet()
        )
        if urlsplit(base_url).hostname in {"127.0.0.1", "::1", "localhost"}:
            client.proxy = None  # the SDK takes any proxy of the environment, even for an address on this machine
        yield client


def _quiet() -> logging.Logger:
    """The SDK writes whole messages to its log at DEBUG, and asks only this level before it puts them together."""
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(logging.INFO)
    return logger


async def _refuse_redirect(*_: object) -> None:
    raise RedirectRefused("Slack's API answered with a redirect.")


class SlackSender:
    def __init__(
        self,
        client: AsyncWebClient,
        *,
        ticks: Ticks = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        timeout: float = TIMEOUT,
    ) -> None:
        self._timeout = timeout
        self._client = client
        # The SDK's arguments and answers are dicts of anything.
        self._ask: Callable[..., Awaitable[Any]] = client.api_call  # pyright: ignore[reportUnknownMemberType]
        self._fuse = Fuse("Slack", SLACK)
        self._pace = Pace(schedule=SLACK, ticks=ticks, sleep=sleep)

    async def direct(self, user: str) -> str:
        """The channel of the direct messages with that user."""
        answer = await self._call("conversations.open", params={"users": user})
        return str(answer["channel"]["id"])

    async def post(self, channel: str, text: str, blocks: Blocks) -> CardPlace:
        message = {"channel": channel, "text": text, "blocks": list(blocks), **NO_PREVIEWS}
        answer = await self._call("chat.postMessage", json=message, key=f"chat.postMessage {channel}")
        return CardPlace(str(answer["channel"]), str(answer["ts"]))

    async def rewrite(self, place: CardPlace, text: str, blocks: Blocks) -> bool:
        """False if that message is no longer there."""
        message = {"channel": place.channel, "ts": place.ts, "text": text, "blocks": list(blocks)}
        try:
            await self._call("chat.update", json=message)
        except Trouble as trouble:
            if trouble.code in GONE:
                return False
            raise
        return True

    async def look_up(self, email: str) -> Json | None:
        """The user to whom Slack gives this address."""
        try:
            answer = await self._call("users.lookupByEmail", verb="GET", params={"email": email})
        except Unreachable:
            return None
        return cast("Json", answer["user"])

    async def team(self) -> str:
        return str((await self._call("auth.test"))["team_id"])

    async def upload(self, channel: str, name: str, file: IO[bytes], *, text: str) -> None:
        """A file with a message above it, read from the disk as it is sent; Slack takes it in three steps.

        What broke off begins anew, for nothing is shown before the last step.
        """
        asked = {"filename": name, "length": file.seek(0, os.SEEK_END)}
        place = await self._call("files.getUploadURLExternal", params=asked)
        await self._fill(str(place["upload_url"]), file)
        shared = {"files": [{"id": place["file_id"], "title": name}], "channel_id": channel, "initial_comment": text}
        await self._call("files.completeUploadExternal", json=shared, key=f"chat.postMessage {channel}")

    async def _fill(self, url: str, file: IO[bytes]) -> None:
        session = self._client.session
        assert session is not None  # noqa: S101 - `slack_client` gave it
        with _from_its_beginning(file) as contents, self._reaching():
            timeout = aiohttp.ClientTimeout(total=UPLOAD_TIMEOUT)
            async with session.post(url, data=contents, timeout=timeout, proxy=self._client.proxy) as answer:
                status = answer.status
        if status != 200:  # noqa: PLR2004 - the address may be over, and the next try gets another
            raise NotNow(f"Slack took no file (status {status}).", schedule=SLACK)

    async def _call(
        self, method: str, *, verb: str = "POST", json: Json | None = None, params: Json | None = None, key: str = ""
    ) -> Json:
        await self._pace.turn(key or method)
        with self._reaching():
            try:
                async with asyncio.timeout(self._timeout):
                    answer = await self._ask(method, http_verb=verb, json=json, params=params)
            except SlackApiError as error:
                raise self._sort(key or method, error) from None
        return cast("Json", answer.data)

    @contextmanager
    def _reaching(self) -> Generator[None]:
        with self._fuse.trying():
            try:
                yield
            except RedirectRefused as refused:
                raise NotNow(str(refused), schedule=SLACK, loud=True) from None
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise NoAnswer(f"Slack could not be reached ({type(error).__name__}).", schedule=SLACK) from None

    def _sort(self, key: str, error: SlackApiError) -> Trouble:
        status, code, retry_after = _facts(error)
        if status == 429 or code in RATE_LIMITED:  # noqa: PLR2004 - Too Many Requests
            self._pace.slow_down(key, retry_after)
            wait = timedelta(seconds=retry_after)
            return NotNow("Slack asked us to slow down.", schedule=SLACK, asked_for=wait)
        if status >= 500 or not code:  # noqa: PLR2004 - a server error
            return NoAnswer(f"Slack answered with status {status}.", schedule=SLACK)
        return trouble_of(code)


def _facts(error: SlackApiError) -> tuple[int, str, float]:
    """Status, Slack's error code and how many seconds to wait; the answer may be anything at all."""
    answer: Any = error.response  # pyright: ignore[reportUnknownMemberType] # the SDK leaves it untyped
    status = getattr(answer, "status_code", None) or getattr(answer, "status", 0)
    data: Any = getattr(answer, "data", None)
    code: Any = cast("Json", data).get("error") if isinstance(data, dict) else None
    return int(status), code_of(code), _seconds(getattr(answer, "headers", {}).get("Retry-After"))


def _seconds(retry_after: object) -> float:
    try:
        seconds = float(str(retry_after))
    except ValueError:
        return RETRY_AFTER
    return seconds if math.isfinite(seconds) and seconds >= 0 else RETRY_AFTER


def _from_its_beginning(file: IO[bytes]) -> IO[bytes]:
    """Whatever is sent is closed afterwards, and the file itself may be needed for another try."""
    file.seek(0)
    return os.fdopen(os.dup(file.fileno()), "rb")
