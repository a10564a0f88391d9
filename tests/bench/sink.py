"""Stands for Slack and the mail server: answers at once, keeps nothing, counts mails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.bench.child import answering

TEAM = "T0BENCH"
METHODS: Mapping[str, dict[str, Any]] = {
    "auth.test": {"ok": True, "team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT", "team": "Bench", "user": "usher"},
    # Those who are invited are seldom in the workspace already.
    "users.lookupByEmail": {"ok": False, "error": "users_not_found"},
}


class Mails:
    """As much of SMTP as a well-behaved client needs (RFC 5321)."""

    def __init__(self) -> None:
        self.taken = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 bench\r\n")
        while line := await reader.readline():
            match line[:4].upper().strip():
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.taken += 1
                    writer.write(b"250 taken\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    writer.write(b"250 bench\r\n")
        writer.close()


async def slack(request: web.Request) -> web.Response:
    await request.read()
    answer = METHODS.get(request.match_info["method"], {"ok": False, "error": "unknown_method"})
    return web.Response(text=json.dumps(answer), content_type="application/json")


async def main() -> None:
    mails = Mails()
    smtp = await asyncio.start_server(mails.talk, "127.0.0.1", 0)
    app = web.Application()
    app.add_routes([web.route("*", "/api/{method}", slack)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()

    async def where() -> object:
        slack_port, smtp_port = runner.addresses[0][1], smtp.sockets[0].getsockname()[1]
        return {"slack": f"http://127.0.0.1:{slack_port}/api/", "smtp": f"smtp://127.0.0.1:{smtp_port}"}

    async def taken() -> object:
        return mails.taken

    await answering({"where": where, "taken": taken})
    await runner.cleanup()
    smtp.close()


if __name__ == "__main__":
    asyncio.run(main())
