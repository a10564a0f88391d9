"""What Home shows to those who manage members: a small picture of how many there are, and what ends soon."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack import ids
from bot.slack.views import holding
from bot.slack.views.blocks import Block, actions, button, header, rich
from bot.wording.common import STATUS, in_space, role_title
from bot.wording.phrase import Phrase, Typed, When, listed, say
from handlers.models import Desk, Ending, Tallies

CELLS = 10
FULL, EMPTY = "▇", "▁"
MOST_ROLES = 8
WITH_CARD, MOST_SOON = 3, 8


def picture(desk: Desk, tallies: Tallies) -> list[Block]:
    """A sentence that says it all, and the same as bars."""
    total = sum(count for _, count in tallies.statuses)
    if not total:
        return []
    statuses = [(say(STATUS[status].casefold()), count) for status, count in tallies.statuses if count]
    counted = listed([_so_many(count, what) for what, count in statuses])
    sentence = say(f"{total:,} {'member' if total == 1 else 'members'}: ") + counted + say(".")
    return [rich(sentence, *(_bar(what, count, total) for what, count in statuses)), *_roles(desk, tallies)]


def _roles(desk: Desk, tallies: Tallies) -> list[Block]:
    total = sum(count for _, count in tallies.roles)
    if not total:
        return []
    roles = [(say("{it}", it=Typed(role_title(desk.catalogue, role), 80)), count) for role, count in tallies.roles]
    shown, more = roles[:MOST_ROLES], sum(count for _, count in roles[MOST_ROLES:])
    rest = [(say("other roles"), more)] if more else []
    return [rich(say("Active members by role:"), *(_bar(what, count, total) for what, count in [*shown, *rest]))]


def _bar(what: Phrase, count: int, total: int) -> Phrase:
    """`▇▇▇▇▇▁▁▁▁▁ 120 active`: whatever there is at all fills a cell, and only all of it fills every one."""
    cells = max(1, min(round(CELLS * count / total), CELLS if count == total else CELLS - 1))
    return say(f"{FULL * cells}{EMPTY * (CELLS - cells)} ") + _so_many(count, what)


def _so_many(count: int, what: Phrase) -> Phrase:
    return say(f"{count:,} ") + what


def ending_soon(desk: Desk, soon: Sequence[Ending]) -> list[Block]:
    if not soon:
        return []
    rows = [block for one in soon[:WITH_CARD] for block in _ending(desk, one)]
    rest = [_line(desk, one) for one in soon[WITH_CARD:MOST_SOON]]
    return [header("Ends soon"), *rows, *([rich(*rest)] if rest else [])]


def _ending(desk: Desk, one: Ending) -> list[Block]:
    about = f"Open card of {one.member.name}"
    card = button("Open card", ids.MEMBER, one.member.id, about=about)
    return [rich(_line(desk, one)), actions(f"soon:{one.held.id}", card)]


def _line(desk: Desk, one: Ending) -> Phrase:
    held = one.held
    ends = say("{ends}", ends=When(held.ends, desk.timezone)) if held.ends else say("for good")
    who = say("{name}", name=Typed(one.member.name, 80))
    if not one.invited:
        return who + say(": {it}, until {ends}.", it=holding.called(desk, held), ends=ends)
    role = role_title(desk.catalogue, held.role, held.space)
    promised = say("{role}", role=Typed(role, 80)) + in_space(desk.catalogue, held.space)
    return who + say(": invited as {it}; the invitation ends {ends}.", it=promised, ends=ends)
