"""Puts the doors on the web together."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.web import authzen, health, invitations, new_passwords, problems, resources, security, server, setup
from bot.web.pages import STYLE, Pages
from handlers.house import Usher

SlackDoor = Callable[[web.Request], Awaitable[web.StreamResponse]]


def web_app(
    usher: Usher, *, public_url: str, slack: SlackDoor | None, ready: Callable[[], bool] = lambda: True
) -> web.Application:
    """`slack` answers POST /slack/events and guards itself; None leaves that path out.

    `ready` is asked by /readyz beside the database.
    """
    ours = security.origin_of(public_url)
    if ours is None:
        raise ValueError("The public address must begin with http:// or https:// and name a host.")
    pages = Pages(root=urlsplit(public_url).path.rstrip("/"))
    app = web.Application(middlewares=[problems.middleware(pages)])
    app.on_response_prepare.append(security.signal(security.headers_for(public_url)))
    app.on_response_prepare.append(server.note_route)
    app.add_routes(health.routes(usher, ready))
    app.add_routes(authzen.routes(usher, public_url=public_url))
    app.add_routes(resources.routes(usher))
    app.add_routes([web.get("/static/usher.css", _style)])
    app.add_routes(invitations.routes(usher, pages, ours=ours))
    app.add_routes(setup.routes(usher, pages, ours=ours))
    app.add_routes(new_passwords.routes(usher, pages, ours=ours))
    if slack is not None:
        app.add_routes([web.post("/slack/events", slack)])
    return app


def runner(app: web.Application, *, public_url: str) -> web.AppRunner:
    """Serves the application so that no token reaches a log and every answer carries the headers."""
    return server.Runner(app, headers=security.headers_for(public_url))


async def _style(_request: web.Request) -> web.Response:
    # Its address changes with its content, so it may be kept.
    return web.Response(
        body=STYLE, content_type="text/css", charset="utf-8", headers={"Cache-Control": "public, max-age=86400"}
    )
