"""Sends slash commands as Slack does, so many at once, and measures how long each answer took."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from bot.__main__ import clock
from tests.bench.child import answering
from tests.bench.served import USER
from tests.bench.sink import TEAM

HEAD = (
    "POST /slack/events HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
    "Accept: application/json,*/*\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={signature}\r\nContent-Length: {length}\r\n\r\n"
)

OK = b"HTTP/1.1 200"
BUSY = b"Refused. Usher is busy just now, and nothing was changed."


def request(host: str, secret: str, typed: str, number: str) -> bytes:
    """The fields of https://docs.slack.dev/interactivity/implementing-slash-commands and Slack's signature."""
    fields = {
        "token": "verification-token-of-old",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": "C0BENCH",
        "channel_name": "general",
        "user_id": USER,
        "user_name": "ada",
        "command": "/usher",
        "text": typed,
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.com/commands/{TEAM}/{number}/x",
        "trigger_id": f"{number}.bench",
    }
    body, at = urlencode(fields), int(clock().timestamp())
    signature = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    head = HEAD.format(host=host, at=at, signature=signature, length=len(body))
    return head.encode() + body.encode()


async def send(to: Mapping[str, str], typed: Sequence[str], first: int, at_once: int, expects: str) -> object:
    """Milliseconds of each, seconds of all, the answers that lacked what was expected, and how many said busy."""
    host, port = urlsplit(to["url"]).hostname or "", urlsplit(to["url"]).port or 80
    requests = iter([request(f"{host}:{port}", to["secret"], one, str(first + n)) for n, one in enumerate(typed)])
    connections = [await asyncio.open_connection(host, port) for _ in range(at_once)]
    took: list[float] = []
    answers: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(*(converse(one, requests, took, answers) for one in connections))
    seconds = time.perf_counter() - began
    for _, writer in connections:
        writer.close()
    unexpected = [one for one in answers if not (one.startswith(OK) and expects.encode() in one)]
    wrong = [one.decode()[:2000] for one in unexpected if BUSY not in one]
    return {"took": took, "seconds": seconds, "wrong": wrong, "busy": len(unexpected) - len(wrong)}


async def converse(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    requests: Iterator[bytes],
    took: list[float],
    answers: list[bytes],
) -> None:
    reader, writer = connection
    for one in requests:
        began = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        took.append((time.perf_counter() - began) * 1000)
        answers.append(head + body)


def _length(head: bytes) -> int:
    return int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])


if __name__ == "__main__":
    asyncio.run(answering({"send": send}))
