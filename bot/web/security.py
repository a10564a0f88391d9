"""What every response carries, and which forms count as sent from our own pages."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDictProxy

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
_ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        # The address of a page can be a secret (a one-time link), so it goes nowhere, not even to ourselves.
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
)
_NO_STORE = "no-store"
_ONE_YEAR = "max-age=31536000"


def headers_for(public_url: str) -> Mapping[str, str]:
    """The headers of every response, also of those that no handler made."""
    if urlsplit(public_url).scheme != "https":
        return _ALWAYS
    return MappingProxyType({**_ALWAYS, "Strict-Transport-Security": _ONE_YEAR})


def put_on(response: web.StreamResponse, headers: Mapping[str, str]) -> None:
    response.headers.update(headers)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    response.headers.pop("Server", None)


def signal(headers: Mapping[str, str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def on_response_prepare(_request: web.Request, response: web.StreamResponse) -> None:
        put_on(response, headers)

    return on_response_prepare


def origin_of(url: str) -> str | None:
    """Scheme, host and port as browsers write an origin; None for what is not a web address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if port in {None, usual} else f"{parts.scheme}://{host}:{port}"


def sent_by_us(headers: CIMultiDictProxy[str], *, ours: str) -> bool:
    """Whether a form may have come from our own page; `ours` is the origin of the public address.

    These pages have no ambient session: no cookie, nothing that a browser adds by itself. All authority is the token in
    the address and the sealed form, and a stranger who knew these would not need somebody else's browser. So there is
    nothing for a CSRF token to protect, and this check is a second wall: it refuses whatever is known to come from
    elsewhere. What says nothing passes, because honest browsers say nothing too: under `no-referrer` a form carries
    `Origin: null`, and on plain http there is no `Sec-Fetch-Site` beside it. Pages with a session need more than this.
    """
    if any(len(headers.getall(name, [])) > 1 for name in ("Origin", "Sec-Fetch-Site", "Referer")):
        return False
    site, origin, referer = headers.get("Sec-Fetch-Site"), headers.get("Origin"), headers.get("Referer")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    if origin is not None and origin != "null":
        return origin_of(origin) == ours
    return site is not None or referer is None or origin_of(referer) == ours
