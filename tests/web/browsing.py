"""A person with a browser, as far as these pages need one: opens, reads, fills and sends forms over real HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import aiohttp
from multidict import CIMultiDictProxy
from pyotp.totp import TOTP

OURS: Mapping[str, str] = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}  # as Chromium sends it
BUSY = 503
FORM = "application/x-www-form-urlencoded"


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.by_id: dict[str, list[str]] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "input" and (name := values.get("name")):
            self.fields[name] = values.get("value") or ""
        if tag == "button":
            self.buttons.append(values.get("value") or "")
        if tag not in {"input", "img", "meta", "link"}:
            self._open.append((tag, values.get("id")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for _, named in self._open:
            if named:
                self.by_id.setdefault(named, []).append(data)


@dataclass(frozen=True, slots=True)
class Seen:
    path: str
    status: int
    headers: CIMultiDictProxy[str]
    html: str
    _read: _Reader = field(repr=False)

    @property
    def text(self) -> str:
        return " ".join("".join(self._read.words).split())

    @property
    def fields(self) -> dict[str, str]:
        return dict(self._read.fields)

    @property
    def buttons(self) -> list[str]:
        return self._read.buttons

    def text_of(self, named: str) -> str:
        """What stands in the element of that id."""
        return "".join(self._read.by_id.get(named, ()))

    @property
    def key(self) -> str:
        return "".join(self._read.by_id["set-up-key"]).replace(" ", "")

    @property
    def picture(self) -> str:
        return next(values["src"] or "" for tag, values in self.tags if tag == "img")

    @property
    def tags(self) -> list[tuple[str, dict[str, str | None]]]:
        return self._read.tags

    def input(self, name: str) -> dict[str, str | None]:
        return next(values for tag, values in self.tags if tag == "input" and values.get("name") == name)

    def said(self, name: str) -> str:
        """The complaint at one field."""
        return "".join(self._read.by_id.get(f"{name}-said", ())).strip()

    @property
    def recovery_codes(self) -> list[str]:
        return [word for word in self.text.split() if len(word) == len("abcd-abcd-abcd-abcd") and word.count("-") == 3]


class Browser:
    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self.address = address
        self.patient = True
        """Sends a form again where Usher says that it is busy, as the machine that runs the tests may be."""

    async def open(self, path: str, *, method: str = "GET", **options: Any) -> Seen:
        async with self._session.request(method, path, allow_redirects=False, **options) as answer:
            html = await answer.text()
            return Seen(path, answer.status, answer.headers, html, _Reader(html))

    async def post(self, path: str, body: Mapping[str, str] | bytes, headers: Mapping[str, str] = OURS) -> Seen:
        data = body if isinstance(body, bytes) else urlencode(body).encode()
        answer = await self.open(path, method="POST", data=data, headers={"Content-Type": FORM, **headers})
        while self.patient and answer.status == BUSY:
            answer = await self.open(path, method="POST", data=data, headers={"Content-Type": FORM, **headers})
        return answer

    async def press(self, page: Seen, button: str, /, **typed: str) -> Seen:
        assert button in page.buttons, f"There is no button {button} on the page: {page.text}"
        return await self.post(page.path, {**page.fields, **typed, "step": button})


def code_for(page: Seen, moment: datetime) -> str:
    """What an authenticator shows for the key on the page."""
    return TOTP(page.key).at(moment)
