"""The page of the playground: several people side by side, kept live by server-sent events, and what they do there."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.playground.deeds import Deeds
from bot.playground.file_server import sent
from bot.playground.files import CHUNK
from bot.playground.mailbox import Mailbox
from bot.playground.model import Json
from bot.playground.phone import Phone
from bot.playground.sections import Sections
from bot.playground.server import Playground
from bot.playground.tour import Step, Tour

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
# Often enough for a code that has run out to be replaced at once.
LOOK_AGAIN_SECONDS: Final = 1.0
# Changes come in bursts (a form closes, a message arrives, a card is rewritten); they travel together.
GATHER_SECONDS: Final = 0.03
RETRY_SOON: Final = b"retry: 1000\n\n"


class Page:
    """Draw it before the playground starts: `Page(playground, …).mount()`.

    `people` are the handles shown and a caption for each, in the page's order. `tour.begin()` starts the tour anew.
    """

    def __init__(
        self,
        playground: Playground,
        *,
        people: Mapping[str, str],
        mailbox: Mailbox | None = None,
        tour: Sequence[Step] = (),
    ) -> None:
        self._playground = playground
        self._world = playground.world
        self._ids = {handle: playground.person(handle).id for handle in people}
        self._phones = {user_id: Phone(clock=self._world.clock) for user_id in self._ids.values()}
        self.tour = Tour(tour, self._world)
        self._sections = Sections(
            self._world,
            manifest=playground.manifest,
            captions={self._ids[handle]: caption for handle, caption in people.items()},
            phones=self._phones,
            mailbox=mailbox,
            tour=self.tour,
        )
        self._deeds = Deeds(playground.acts, self._world, self._sections, self._phones, playground.manifest)
        self._mailbox = mailbox
        self._closing = False

    def phone(self, handle: str) -> Phone:
        return self._phones[self._ids[handle]]

    def mount(self) -> None:
        app = self._playground.app
        for name, (body, kind) in _files().items():
            app.router.add_get("/" if name == "index.html" else f"/static/{name}", _file(body, kind))
        app.router.add_get("/events", self._events)
        app.router.add_post("/act/{kind}", self._act)
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/download/{person}/{file}", self._download)
        app.on_shutdown.append(self._end)
        for user_id in self._phones:
            self._world.im_with(user_id)
        if self._mailbox:
            self._mailbox.subscribe(lambda _: self._world.changed())

    async def _end(self, _app: web.Application) -> None:
        self._closing = True
        self._world.changed()

    # ---- what the page is told

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):
            await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        sent: dict[str, str] = {}
        with self._world.subscribe() as ticks:
            await response.write(RETRY_SOON)
            while not self._closing:
                told = self._sections.told()
                await response.write(self._event(told, sent))
                sent = told
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(anext(ticks), LOOK_AGAIN_SECONDS)
                    await asyncio.sleep(GATHER_SECONDS)

    def _event(self, told: dict[str, str], sent: dict[str, str]) -> bytes:
        """Only what has changed; a comment if nothing has, by which a browser that left is noticed."""
        changed = {name: value for name, value in told.items() if sent.get(name) != value}
        changed |= {name: "null" for name in sent if name not in told}
        if not changed:
            return b":\n\n"
        sections = ",".join(f"{json.dumps(name)}:{value}" for name, value in changed.items())
        data = f'{{"now":{self._world.now()},"whole":{json.dumps(not sent)},"sections":{{{sections}}}}}'
        return f"event: changed\ndata: {data}\n\n".encode()

    # ---- what people do

    async def _upload(self, request: web.Request) -> web.Response:
        """A file that somebody has chosen in a form: its bytes, with person and name in the address."""
        person, name = request.query.get("person", ""), Path(request.query.get("name", "")).name
        if person not in self._phones or not name:
            return _json({"error": "The page sent what the playground does not understand. Reload it."}, status=400)
        file = await self._playground.acts.attach(person, name, request.content.iter_chunked(CHUNK))
        if file is None:
            return _json({"error": f"{name} is larger than 10 MB, more than Slack takes in a form."})
        return _json({"id": file.id, "name": file.name, "size": file.size})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        person, file_id = request.match_info["person"], request.match_info["file"]
        file = self._playground.acts.file_for(person, file_id) if person in self._phones else None
        if file is None:
            raise web.HTTPNotFound(text="There is no such file.\n", headers=HEADERS)
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return await sent(request, file, {**HEADERS, "Content-Disposition": named})

    async def _act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _json({"error": "The playground takes JSON only. Reload the page."}, status=415)
        status, answer = await self._deeds.perform(request.match_info["kind"], await request.read())
        return _json(answer, status=status)


def _json(body: Json, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=HEADERS)


def _files() -> dict[str, tuple[bytes, str]]:
    folder = resources.files("bot.playground") / "static"
    found = {file.name: "." + file.name.rpartition(".")[2] for file in folder.iterdir()}
    return {name: ((folder / name).read_bytes(), KINDS[kind]) for name, kind in found.items() if kind in KINDS}


def _file(body: bytes, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)

    return serve
