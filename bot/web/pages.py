"""Turns templates into responses. No template is made from anybody's text; every text is neutralised and escaped."""

import hashlib
from importlib import resources
from typing import Any

import jinja2
from aiohttp import web

from bot.wording.clean import clean

STYLE = resources.files("bot.web").joinpath("static/usher.css").read_bytes()
_STYLE_VERSION = hashlib.sha256(STYLE).hexdigest()[:12]


def shown(value: Any) -> Any:
    """Every plain text on its way into a page: without what hides, reorders or breaks the text around it."""
    if type(value) is not str or (value.isascii() and value.isprintable()):
        return value
    return clean(value, len(value))


class Pages:
    """`root`: the path of the public address, without a slash at its end; empty where Usher has a host of its own."""

    def __init__(self, *, root: str) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("bot.web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=shown,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._style = f"{root}/static/usher.css?v={_STYLE_VERSION}"

    def show(self, template: str, *, status: int = 200, **what: Any) -> web.Response:
        text = self._environment.get_template(template).render(what, style=self._style)
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
