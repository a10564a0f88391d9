"""Timezones by their names in the IANA database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from zoneinfo import available_timezones

from handlers.commands import Refusal

# Links to the rules of some machine, or of none: no place where anybody lives.
_NOWHERE = frozenset({"Factory", "localtime", "posixrules"})


@cache
def _known() -> Mapping[str, str]:
    """By what somebody may type: in any letter case, with a blank for the underline."""
    return MappingProxyType({_spelt(zone): zone for zone in sorted(available_timezones() - _NOWHERE)})


def _spelt(text: str) -> str:
    return "_".join(text.casefold().split())


def checked_zone(typed: str) -> str:
    """As the database spells it. Raises Refusal on ``timezone``."""
    zone = _known().get(_spelt(typed))
    if zone is None:
        raise Refusal("unknown-timezone", "timezone", what=typed[:100])
    return zone


def zones_like(words: str, *, limit: int = 100) -> tuple[str, ...]:
    """Those that begin so, or whose place does: `ber` finds Europe/Berlin. The whole name comes first."""
    spelt = _spelt(words)
    near = [zone for key, zone in _known().items() if key.startswith(spelt) or f"/{spelt}" in key]
    return tuple(sorted(near, key=lambda zone: (_spelt(zone) != spelt, zone))[:limit])
