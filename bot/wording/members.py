"""The list of members in words, and when somebody was last active."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.wording.common import STATUS, ago, role_title
from bot.wording.phrase import NOTHING, Phrase, Typed, When, listed, say, together, zone_of
from handlers.catalogue_types import Catalogue
from handlers.commands import Filters
from handlers.member_models import MemberPage, MemberRow

_NAME, _ADDRESS, _GROUP = 80, 100, 40
_MOST_GROUPS = _MOST_SPACES = 4
FACTOR = {True: "Enabled", False: "Disabled"}


def last_active(moment: datetime | None, *, now: datetime, zone: str) -> str:
    """`today`, `3 days ago (18 Nov 2026)`, `never`: by the days of whoever reads."""
    if moment is None:
        return "never"
    local = zone_of(zone)
    days = (now.astimezone(local).date() - moment.astimezone(local).date()).days
    said = {0: "today", 1: "yesterday"}.get(max(days, 0)) or ago(timedelta(days=days))
    return f"{said} ({When(moment, zone).day})"


# The list -------------------------------------------------------------------------------------------------------------


def row(catalogue: Catalogue, one: MemberRow, *, now: datetime, zone: str) -> tuple[Phrase, Phrase]:
    """The name with the address, and under it everything else (004-03 to 004-08)."""
    address = Typed(one.email, _ADDRESS)
    head = say("{name} · {email}", name=Typed(one.name, _NAME), email=address) if one.name else say("{it}", it=address)
    parts = [
        say("Role: ") + role(catalogue, one, most=_MOST_SPACES),
        say("Status: {status}", status=STATUS[one.status]),
    ]
    if one.whole:
        parts += [
            say("Groups: ") + _groups(one.groups),
            say("2FA: {it}", it=FACTOR[one.factor]),
            say("Last active: {it}", it=last_active(one.active, now=now, zone=zone)),
        ]
    return head, together(parts, between=" · ")


def role(catalogue: Catalogue, one: MemberRow, *, most: int) -> Phrase:
    """`Admin`, or in each of several spaces `Owner in Apollo, Viewer in Gemini`, ``most`` of them."""
    if not one.there:
        return say("{role}", role=Typed(role_title(catalogue, one.role, "there" if one.in_space else None), _NAME))
    told = [
        say("{role} in {space}", role=Typed(role_title(catalogue, held, space), _GROUP), space=Typed(space, _GROUP))
        for space, held in one.there[:most]
    ]
    return together(told) + say(" and more" if one.elsewhere or len(one.there) > most else "")


def _groups(names: Sequence[str]) -> Phrase:
    return listed([Typed(name, _GROUP) for name in names], most=_MOST_GROUPS) if names else say("none")


def head(catalogue: Catalogue, page: MemberPage) -> Phrase:
    """`10 of 57 members with the role Admin, by name.`"""
    by = narrowed(catalogue, page.filters, page.role)
    if not page.rows:
        return say("No member") + (by or say(" here")) + say(". ") + _looser(catalogue, page)
    total = f"{page.total:,}" if page.exact else f"at least {page.total:,}"
    several = "member" if page.total == 1 and page.exact else "members"
    shown = "" if len(page.rows) == page.total and page.exact else f"{len(page.rows)} of "
    return say(f"{shown}{total} {several}") + by + say(", by name.")


def narrowed(catalogue: Catalogue, asked: Filters, role: str) -> Phrase:
    """` with “ada” in the name or e-mail, with the role Admin, in the space Apollo`; nothing where nothing narrows."""
    words = catalogue.words
    said = [
        say("“{word}”", word=Typed(asked.words, 100)) if asked.words else NOTHING,
        say("role {role}", role=Typed(role, _NAME)) if asked.role else NOTHING,
        say("status {status}", status=STATUS[asked.status]) if asked.status else NOTHING,
        say("2FA {factor}", factor=FACTOR[asked.factor == "on"]) if asked.factor else NOTHING,
        say("{kind} {space}", kind=words.space, space=Typed(asked.space, _NAME)) if asked.space else NOTHING,
        say("{kind} {group}", kind=words.group, group=Typed(asked.group, _NAME)) if asked.group else NOTHING,
    ]
    several = [one for one in said if one]
    return say(" with ") + together(several, last=" and ") if several else NOTHING


def _looser(catalogue: Catalogue, page: MemberPage) -> Phrase:
    """What to leave out: the words first, for they are what is mistyped."""
    asked, words = page.filters, catalogue.words
    used = [
        name
        for name, value in (
            ("the words", asked.words),
            ("`2fa:`", asked.factor),
            (f"`{_key(words.group, 'group')}:`", asked.group),
            ("`role:`", asked.role),
            ("`status:`", asked.status),
            (f"`{_key(words.space, 'space')}:`", asked.space),
        )
        if value
    ]
    everybody = say("`/usher members` shows everybody" if page.everybody else "`/usher members` shows all whom you see")
    if not used:
        return say("Invite people with `/usher invite`.")
    if asked.words and len(used) == 1:
        return say("Each word must stand somewhere in the name or the e-mail: type less of it. ") + everybody + say(".")
    return say("Leave out ") + together([say(one) for one in used], last=" or ") + say("; ") + everybody + say(".")


def _key(own: str, usual: str) -> str:
    """The catalogue's own word, where it is one word."""
    return usual if " " in own else own
