"""Which web addresses Usher may send to, and which machines they may lead to. Pure."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from handlers.commands import Refusal

LONGEST = 2000
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind a translator (RFC 6052)
_GLOBAL = ipaddress.ip_network("2000::/3")  # all of IPv6 that is handed out; the rest is local, or leads into IPv4
_EXAMPLES = ipaddress.ip_network("3fff::/20")  # for documents only (RFC 9637)


def webhook_address(typed: str) -> str:
    """An https address on the open internet, or any web address on this machine. Raises Refusal on ``url``."""
    text = typed.strip()
    host = _host(text)
    if host is None or len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        raise Refusal("url-wrong", "url")
    if urlsplit(text).scheme != "https" and not is_here(host):
        raise Refusal("url-wrong", "url")
    literal = _literal(host)
    if literal is not None and not may_reach(literal, here=is_here(host)):
        raise Refusal("url-wrong", "url")
    return text


def _host(text: str) -> str | None:
    """None for what is no web address, or holds a password, or a part that never leaves a browser."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment or port == 0:
        return None
    return parts.hostname or None


def is_here(host: str) -> bool:
    """Whether a host's own name says that it is this machine."""
    literal = _literal(host)
    if literal is not None:
        return literal.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_reach(address: IPv4Address | IPv6Address, *, here: bool) -> bool:
    """Looked at when a connection is made, for a name leads where its owner points it. ``here``: this machine alone."""
    inner = _inner(address)
    if here:
        return inner.is_loopback
    handed_out = isinstance(inner, IPv4Address) or (inner in _GLOBAL and inner not in _EXAMPLES)
    return handed_out and inner.is_global and not inner.is_multicast


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
