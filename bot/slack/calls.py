"""The calls to Slack that doors make while somebody waits; everything else goes through the outbox."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientTimeout, StreamReader
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.views.blocks import Block, Message

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

Json = Mapping[str, Any]
FAILURES = (SlackClientError, ClientError, TimeoutError, OSError, ValueError)
"""All that a call can raise when Slack is slow, wrong or gone."""
INFO_SECONDS = 1.2
CALL_SECONDS = 5.0
MOST_TRIES = 3
FILE_SECONDS = 30.0
UNTIL_ANSWERED = (0.0, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Between tries; together the three seconds within which Slack takes an answer."""
SIGN_IN = "text/html"
"""What Slack answers a token that may not read files with: a page to sign in, and no refusal."""
FILES_AT = ("https", "files.slack.com", None)


class Calls:
    """Every call answers whether it went well, and logs why not without what was said."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def user(self, user: str) -> Json | None:
        """Slack answers in well under half a second, and a command has three seconds for everything."""
        return _part(await self._ask("users.info", INFO_SECONDS, http_verb="GET", params={"user": user}), "user")

    async def whereabouts(self) -> Json | None:
        return await self._ask("auth.test", INFO_SECONDS)

    async def open(self, trigger: str | None, view: Block, *, push: bool = False) -> bool:
        """A trigger lives three seconds and opens one form."""
        if not trigger:
            return False
        method = "views.push" if push else "views.open"
        return await self._ask(method, CALL_SECONDS, json={"trigger_id": trigger, "view": view}) is not None

    async def update(self, view_id: str, view: Block, *, seen: str = "") -> bool:
        """`seen` is the hash of the view that was looked at: Slack then overwrites no newer one."""
        said = {"view_id": view_id, "view": view} | ({"hash": seen} if seen else {})
        return await self._ask("views.update", CALL_SECONDS, json=said) is not None

    async def put_in_place(self, external_id: str, view: Block) -> bool:
        """Of a view that an answer of ours puts up under this id: Slack knows none before it has taken that answer."""
        said = {"external_id": external_id, "view": view}
        for pause in UNTIL_ANSWERED:
            await asyncio.sleep(pause)
            answer = await self._answer("views.update", CALL_SECONDS, json=said)
            if answer != "not_found":
                return not isinstance(answer, str)
        return False

    async def open_if_possible(self, trigger: str | None, view: Block) -> None:
        """For a form that only spares a press: the answer says how to come by it."""
        await self.open(trigger, view)

    async def publish(self, user: str, view: Block) -> bool:
        return await self._ask("views.publish", CALL_SECONDS, json={"user_id": user, "view": view}) is not None

    async def tell(self, user: str, message: Message) -> bool:
        """A direct message, for what could be said in no other way."""
        said = {"channel": user, "unfurl_links": False, "unfurl_media": False, **message.fields()}
        return await self._ask("chat.postMessage", CALL_SECONDS, json=said) is not None

    async def respond(self, url: str | None, message: Message, *, replace: bool = False) -> bool:
        """To whoever acted, and only to them; `replace` rewrites the message that was acted on."""
        if not url:
            return False
        said = {"response_type": "ephemeral", "replace_original": replace, **message.fields()}
        for patience in range(MOST_TRIES):
            await asyncio.sleep(patience)
            if await self._send(url, said):
                return True
        return False

    async def download(self, url: str, *, most: int) -> bytes | None:
        """A file of Slack's; what is larger is cut after one byte more. The bot's token goes to Slack's own hosts
        alone, and nowhere that one of them leads on to."""
        session = self._client.session
        if session is None or not self._is_slacks(url):
            _log.warning("a file is not at slack")
            return None
        headers, timeout = {"Authorization": f"Bearer {self._client.token}"}, ClientTimeout(total=FILE_SECONDS)
        try:
            async with session.get(
                url, headers=headers, timeout=timeout, proxy=self._client.proxy, allow_redirects=False
            ) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
                    _log.warning("slack gave no file", status=answer.status)
                    return None
                if answer.content_type == SIGN_IN:
                    _log.warning("slack gave no file", instead="a page, as to a token without files:read")
                    return None
                return await _at_most(answer.content, most + 1)
        except FAILURES as failure:
            _log.warning("slack gave no file", failure=type(failure).__name__)
            return None

    def _is_slacks(self, url: str) -> bool:
        """Also by its port: on one machine, another one is another program."""
        try:
            places = [(at.scheme, at.hostname, at.port) for at in (urlsplit(url), urlsplit(self._client.base_url))]
        except ValueError:
            return False
        return "@" not in urlsplit(url).netloc and places[0] in (places[1], FILES_AT)

    async def _send(self, url: str, said: dict[str, Any]) -> bool:
        webhook = AsyncWebhookClient(url, timeout=int(CALL_SECONDS), session=self._client.session)
        try:
            answer = await webhook.send_dict(said)
        except FAILURES as failure:
            _log.warning("slack took no answer", failure=type(failure).__name__)
            return False
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
            _log.warning("slack took no answer", status=answer.status_code)
        return answer.status_code == 200  # noqa: PLR2004 - likewise

    async def _ask(self, method: str, seconds: float, **arguments: Any) -> Json | None:
        answer = await self._answer(method, seconds, **arguments)
        return None if isinstance(answer, str) else answer

    async def _answer(self, method: str, seconds: float, **arguments: Any) -> Json | str:
        """Or, in a word, why there is none."""
        try:
            async with asyncio.timeout(seconds):
                answer = await self._client.api_call(method, **arguments)  # pyright: ignore[reportUnknownMemberType] # the SDK says dict
        except SlackApiError as failure:
            _log.warning("slack refused a call", method=method, error=_error(failure))
            return _error(failure)
        except FAILURES as failure:
            _log.warning("slack did not answer a call", method=method, failure=type(failure).__name__)
            return type(failure).__name__
        # The SDK says dict or bytes; every one of these methods answers JSON.
        return cast("Any", answer).data


async def _at_most(content: StreamReader, most: int) -> bytes:
    read = bytearray()
    async for chunk in content.iter_chunked(64 * 1024):
        read += chunk
        if len(read) >= most:
            break
    return bytes(read[:most])


def _error(failure: SlackApiError) -> str:
    """Slack's own word, such as `expired_trigger_id`, and nothing of what was sent."""
    return str(cast("Any", failure).response.get("error", ""))[:100]


def _part(answer: Json | None, name: str) -> Json | None:
    part = answer.get(name) if answer else None
    return cast("Json", part) if isinstance(part, dict) else None
