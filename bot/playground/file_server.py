"""Where files are sent to and fetched from: the upload addresses, and the private ones that want the bot's token."""

import hmac

from aiohttp import web

from bot.playground.api import drop
from bot.playground.files import CHUNK, File, read, written
from bot.playground.slack import Slack

# What Slack shows to whoever asks for a private file without the right token: a page, and not a refusal.
SIGN_IN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in | Slack</title></head>
<body><h1>Sign in to your workspace</h1><form action="/" method="post"></form></body></html>
"""


class FileServer:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/upload/v1/{ticket}", self._uploaded)
        app.router.add_get("/files-pri/{place}/{name}", self._fetched)
        app.router.add_get("/files-pri/{place}/download/{name}", self._fetched)

    async def _uploaded(self, request: web.Request) -> web.Response:
        """Raw bytes, as many as were promised."""
        world = self._slack.world
        fault = world.faults.take("upload")
        if fault and fault.status:
            return web.Response(status=fault.status, text="upload failed")
        upload = world.files.upload(request.match_info["ticket"])
        if upload is None:
            return web.Response(status=404, text="no such upload")
        file = await written(upload.file, request.content.iter_chunked(CHUNK), most=upload.length)
        whole = file is not None and file.size == upload.length
        if file is not None and whole:
            upload.file, upload.arrived = file, True
        world.record("upload", {"file": upload.file.id, "length": upload.length}, {"ok": whole}, 200 if whole else 400)
        if fault and fault.drop_after:
            drop(request)
        return web.Response(text=f"OK - {upload.length}") if whole else web.Response(status=400, text="wrong length")

    async def _fetched(self, request: web.Request) -> web.StreamResponse:
        fault = self._slack.world.faults.take("download")
        if fault and fault.status:
            return web.Response(status=fault.status, text="download failed")
        if not self._may_read(request):
            return web.Response(text=SIGN_IN, content_type="text/html", charset="utf-8")
        team, _, file_id = request.match_info["place"].partition("-")
        file = self._slack.world.files.get(file_id) if team == self._slack.world.team.id else None
        if file is None:
            return web.Response(status=404, text="File not found", content_type="text/html")
        self._slack.world.record("download", {"file": file.id}, {"ok": True})
        return await sent(request, file, {})

    def _may_read(self, request: web.Request) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(token.strip().encode(), self._slack.bot_token.encode())
        return kind.lower() == "bearer" and right and self._slack.holds("files:read")


async def sent(request: web.Request, file: File, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={**headers, "Content-Type": file.mimetype})
    response.content_length = file.size
    await response.prepare(request)
    for chunk in read(file):
        await response.write(chunk)
    await response.write_eof()
    return response
