"""What may be posted, from where, and how much of it."""

from collections.abc import AsyncIterator

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from bot.web.security import origin_of, sent_by_us
from tests.web.browsing import FORM, OURS, Browser
from tests.web.world import World

ASK = b"step=ask"


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (413, b"step=ask&name=" + b"a" * 65536, {}),
        (415, ASK, {"Content-Type": "application/json"}),
        (415, ASK, {"Content-Type": "text/plain"}),
        (415, ASK, {"Content-Type": "multipart/form-data; boundary=x"}),
        (415, ASK, {"Content-Type": f"{FORM}; charset=utf-16"}),
        (415, ASK, {"Content-Encoding": "gzip"}),
        (400, b"step=ask&step=ask", {}),
        (400, b"step=ask&st%65p=details", {}),
        (400, b"step=ask&name=a&name=b", {}),
        (400, b"step", {}),
        (400, b"", {}),
        (400, b"step=other", {}),
        (400, b"name=Ada", {}),
        (400, b"step=ask&name=%ff", {}),
        (400, b"step=ask&name=%ED%A0%80", {}),
        (400, "step=ask&name=é".encode(), {}),
        (400, b"&".join(b"f%d=x" % at for at in range(40)), {}),
        (403, ASK, {"Sec-Fetch-Site": "cross-site"}),
        (403, ASK, {"Sec-Fetch-Site": "same-site"}),
        (403, ASK, {"Origin": "https://evil.example"}),
        (403, ASK, {"Origin": "http://usher.example.org.evil.example"}),
    ],
)
async def test_a_form_that_is_not_ours_is_refused_beside_one_that_is(
    browser: Browser, status: int, body: bytes, headers: dict[str, str]
) -> None:
    refused = await browser.post("/invitations/none", body, {**OURS, **headers})
    valid = await browser.post("/invitations/none", ASK)

    assert (refused.status, valid.status) == (status, 200)
    assert refused.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_a_body_without_a_length_is_bounded_too(browser: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"step=ask&name="
        for _ in range(80):
            yield b"a" * 1024

    answer = await browser.open(
        "/invitations/none", method="POST", data=endless(), headers={**OURS, "Content-Type": FORM}
    )

    assert answer.status == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/invitations/none", "/setup/none", "/healthz", "/readyz", "/static/usher.css"])
async def test_only_declared_methods_are_answered(browser: Browser, path: str, method: str) -> None:
    answer = await browser.open(path, method=method)

    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/usher.css"])
async def test_what_takes_no_form_refuses_one(browser: Browser, path: str) -> None:
    assert (await browser.post(path, ASK)).status == 405


ORIGIN = "https://usher.example.org"


@pytest.mark.parametrize(
    ("passes", "headers"),
    [
        (True, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}),
        (True, {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}),
        (True, {"Origin": f"{ORIGIN}:443"}),
        (True, {"Origin": "null"}),
        (True, {"Origin": ORIGIN}),
        (True, {"Referer": f"{ORIGIN}/invitations/x"}),
        (True, {}),
        (False, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
        (False, {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}),
        (False, {"Origin": f"{ORIGIN}:8443"}),
        (False, {"Origin": "http://usher.example.org"}),
        (False, {"Origin": ""}),
        (False, {"Origin": "https://[::1"}),
        (False, {"Referer": "https://evil.example/"}),
        (False, {"Origin": "null", "Referer": "https://evil.example/"}),
    ],
)
def test_a_form_known_to_come_from_elsewhere_is_refused(passes: bool, headers: dict[str, str]) -> None:
    assert sent_by_us(CIMultiDictProxy(CIMultiDict(headers)), ours=ORIGIN) is passes


def test_two_origins_are_no_origin() -> None:
    headers = CIMultiDict[str]([("Origin", ORIGIN), ("Origin", ORIGIN)])

    assert not sent_by_us(CIMultiDictProxy(headers), ours=ORIGIN)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://usher.example.org/some/path", "https://usher.example.org"),
        ("https://usher.example.org:443", "https://usher.example.org"),
        ("http://usher.example.org:80", "http://usher.example.org"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("HTTPS://Usher.Example.org", "https://usher.example.org"),
        ("ftp://usher.example.org", None),
        ("usher.example.org", None),
        ("https://usher.example.org:port", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "X-Real-IP"]
)
async def test_what_a_client_says_of_its_own_address_changes_nothing(
    world: World, browser: Browser, header: str
) -> None:
    page = await browser.open("/invitations/none", headers={header: "evil.example"})
    plain = await browser.open("/invitations/none", headers={"Host": "evil.example"})

    assert page.html == plain.html
    assert "evil.example" not in page.html
