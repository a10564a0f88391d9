"""Asks over HTTP as a product does, over connections that are kept alive, from a process of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from tests.bench.child import answering
from tests.bench.deciding import PATH
from tests.bench.load import converse

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)
ALLOWED, DENIED = b'{"decision":true', b'{"decision":false'


def request(host: str, token: str, question: Sequence[str]) -> bytes:
    email, action, kind, named = question
    asked = {
        "subject": {"type": "user", "id": email},
        "action": {"name": action},
        "resource": {"type": kind, "id": named},
    }
    body = json.dumps(asked).encode()
    return HEAD.format(path=PATH, host=host, token=token, length=len(body)).encode() + body


async def send(url: str, token: str, asked: Sequence[Sequence[str]], at_once: int) -> object:
    """Milliseconds of each, seconds of all, and whether every answer was a decision."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    requests = iter([request(f"{host}:{port}", token, one) for one in asked])
    connections = [await asyncio.open_connection(host, port) for _ in range(at_once)]
    took: list[float] = []
    answers: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(*(converse(one, requests, took, answers) for one in connections))
    seconds = time.perf_counter() - began
    for _, writer in connections:
        writer.close()
    good = all(ALLOWED in one or DENIED in one for one in answers)
    return {"took": took, "seconds": seconds, "good": good and len(answers) == len(asked)}


if __name__ == "__main__":
    asyncio.run(answering({"send": send}))
