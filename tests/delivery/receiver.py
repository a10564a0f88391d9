"""Other software that listens to a webhook: a real server that keeps what it was sent, and answers as it was told."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Heard:
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)

    @property
    def type(self) -> str:
        return self.body["type"]

    def is_signed_by(self, secret: str, *, at: float) -> bool:
        """Checked as the specification says, by nothing of Usher's own: HMAC-SHA256 over the parts with dots between,
        by what stands behind `whsec_`; one of several signatures with blanks between; not older than five minutes."""
        signed = b".".join([self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.raw])
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        fresh = abs(int(self.headers["webhook-timestamp"]) - at) < 300
        return fresh and expected in self.headers["webhook-signature"].split(" ")


@dataclass(slots=True)
class Receiver:
    """`answers` are used up one by one, a status with headers each; then it is content with everything."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list[Heard])
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])
    delay: float = 0.0

    def will_answer(self, *statuses: int, **headers: str) -> None:
        self.answers += [
            (status, {name.replace("_", "-"): value for name, value in headers.items()}) for status in statuses
        ]

    @property
    def types(self) -> list[str]:
        return [one.type for one in self.heard]

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(Heard(request.path, dict(request.headers), await request.read()))
        await asyncio.sleep(self.delay)
        status, headers = self.answers.pop(0) if self.answers else (204, {})
        return web.Response(status=status, headers=headers)


@asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", receiver.hear)])
    running = web.AppRunner(app, shutdown_timeout=0.1)
    await running.setup()
    site = web.TCPSite(running, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = running.addresses[0][1]
    receiver.url = f"https://localhost:{port}/hooks" if tls else f"http://127.0.0.1:{port}/hooks"
    try:
        yield receiver
    finally:
        await running.cleanup()
