"""What every answer carries, whoever made it; and what none holds, nor any log."""

import asyncio
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, web

from bot.web.app import web_app
from tests.web.browsing import OURS, Browser, Seen, code_for
from tests.web.test_invitations import GOOD
from tests.web.world import PUBLIC, World, browsing, served

CARRIED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


async def every_kind(world: World, browser: Browser) -> list[tuple[int, Seen]]:
    living = await world.invited()
    page = await browser.open(living)
    return [
        (200, page),
        (200, await browser.open(living, method="HEAD")),
        (404, await browser.open("/invitations/none")),
        (404, await browser.open("/nothing/here")),
        (404, await browser.open("/nothing/here", method="HEAD")),
        (405, await browser.open("/invitations/none", method="PUT")),
        (400, await browser.post("/invitations/none", b"a=1&a=2")),
        (403, await browser.post("/invitations/none", b"step=ask", {"Sec-Fetch-Site": "cross-site"})),
        (413, await browser.post("/invitations/none", b"a=" + b"1" * 70000)),
        (415, await browser.post("/invitations/none", b"step=ask", {**OURS, "Content-Encoding": "gzip"})),
        (417, await browser.open("/healthz", headers={"Expect": "a miracle"})),
        (200, await browser.post("/invitations/none", {"step": "ask"})),
        (422, await browser.press(page, "skip", name="", password="")),
        (200, await browser.press(page, "details", name="A", password=GOOD, code=code_for(page, world.clock()))),
        (200, await browser.open("/healthz")),
        (200, await browser.open("/readyz")),
        (200, await browser.open("/static/usher.css")),
    ]


async def test_every_answer_carries_the_headers(world: World, browser: Browser) -> None:
    for status, seen in await every_kind(world, browser):
        assert seen.status == status
        assert {name: seen.headers.get(name) for name in CARRIED} == CARRIED
        assert "Server" not in seen.headers
        assert "Set-Cookie" not in seen.headers
        assert "Permissions-Policy" in seen.headers
        assert "Strict-Transport-Security" not in seen.headers
        assert "charset=utf-8" in seen.headers["Content-Type"]


async def test_no_page_is_ever_stored(world: World, browser: Browser) -> None:
    kinds = await every_kind(world, browser)

    stored = {seen.path for _, seen in kinds if seen.headers["Cache-Control"] != "no-store"}

    assert stored == {"/static/usher.css"}


async def test_over_https_browsers_are_told_to_stay_there(world: World) -> None:
    async with browsing(world.usher, public_url="https://usher.example.org") as browser:
        for _, seen in await every_kind(world, browser):
            assert seen.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_a_page_loads_nothing_but_its_own_style(world: World, browser: Browser) -> None:
    for _, seen in await every_kind(world, browser):
        tags = {tag for tag, _ in seen.tags}
        assert not tags & {"script", "iframe", "object", "embed", "base", "style"}
        assert not [name for _, values in seen.tags for name in values if name == "style" or name.startswith("on")]
        loaded = [values.get("src") or values.get("href") or "" for tag, values in seen.tags if tag in {"img", "link"}]
        assert [url for url in loaded if not url.startswith(("/static/usher.css?v=", "data:"))] == []


async def test_the_style_is_found_below_the_path_of_the_public_address(world: World) -> None:
    async with browsing(world.usher, public_url="https://example.org/usher/") as browser:
        page = await browser.open("/invitations/none")

    assert 'href="/usher/static/usher.css?v=' in page.html


@pytest.mark.parametrize(
    "raw",
    [
        b"BLAH\r\n\r\n",
        b"GET /invitations/secret-token HTTP/9.9\r\n\r\n",
        b"GET /invitations/secret-token HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        b"GET /invitations/secret-token\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET /invitations/secret-token" + b"a" * 20000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /invitations/secret-token HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /invitations/secret-token HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_who_does_not_speak_http_well_is_told_so_and_no_more(
    browser: Browser, raw: bytes, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = (await spoken(browser, raw)).decode("latin-1")

    logged = "".join(capsys.readouterr()) + caplog.text
    assert answer.startswith(("HTTP/1.1 400 ", "HTTP/1.0 400 ", "HTTP/1.1 404 "))
    assert "aiohttp" not in answer.lower()
    assert "python" not in answer.lower()
    assert "X-Content-Type-Options: nosniff" in answer
    assert "secret-token" not in answer
    assert "secret-token" not in logged


async def spoken(browser: Browser, raw: bytes) -> bytes:
    address = urlsplit(browser.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(raw)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.invariant(3, 42)
async def test_no_log_holds_a_token_or_anything_that_was_typed(
    world: World, browser: Browser, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="aiohttp")
    path = await world.invited()
    capsys.readouterr()
    page = await browser.open(path)
    again = await browser.press(page, "details", name="Typed Name", password=GOOD, code="000000")
    codes = await browser.press(again, "details", name="Typed Name", password=GOOD, code=code_for(page, world.clock()))
    await browser.press(codes, "finish")
    await browser.open(f"{path}?{GOOD}", headers={"Referer": path, "User-Agent": "Typed Name"})
    await browser.open(f"/wrong{path}")

    logged = "".join(capsys.readouterr()) + caplog.text
    token = path.rpartition("/")[2]
    secrets = [token, "Typed Name", GOOD, page.key, codes.fields["sealed"], "000000", *codes.recovery_codes]
    assert "/invitations/{token}" in logged
    assert [secret for secret in secrets if secret in logged] == []


class Spilled(Exception):  # noqa: N818 - its name is what the log may say
    pass


async def test_an_error_of_ours_is_a_calm_page_with_a_reference_and_tells_nothing(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise Spilled(f"secret {await request.text()}")

    app = web_app(world.usher, public_url=PUBLIC, slack=broken)
    async with served(app) as address, ClientSession(address) as session:
        seen = await Browser(session, address).post("/slack/events", b"typed=words")

    logged = "".join(capsys.readouterr()) + caplog.text
    reference = seen.text.rpartition("reference ")[2].strip(" .")
    assert seen.status == 500
    assert {name: seen.headers.get(name) for name in CARRIED} == CARRIED
    assert len(reference) == 8
    assert reference in logged
    assert "Spilled" in logged
    assert "secret" not in seen.html + logged
    assert "typed" not in seen.html + logged


async def test_slack_is_answered_by_the_handler_that_was_given(world: World) -> None:
    async def slack(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    app = web_app(world.usher, public_url=PUBLIC, slack=slack)
    async with served(app) as address, ClientSession(address) as session:
        browser = Browser(session, address)
        posted = await browser.post("/slack/events", b"{}", {"Content-Type": "application/json"})
        opened = await browser.open("/slack/events")

    assert (posted.status, posted.html, opened.status) == (200, "{}", 405)


async def test_without_slack_there_is_no_such_path(browser: Browser) -> None:
    assert (await browser.post("/slack/events", b"{}")).status == 404


async def test_a_public_address_that_is_none_stops_the_start(world: World) -> None:
    with pytest.raises(ValueError, match="http"):
        web_app(world.usher, public_url="usher.example.org", slack=None)
