"""The list of members, ten a page."""

from __future__ import annotations

from bot.slack import ids
from bot.slack.grammar import filtering
from bot.slack.views.blocks import Block, Element, Message, actions, button, clean_lines, divider, rich
from bot.wording import members
from bot.wording.phrase import Command, say, together
from handlers.member_models import MemberPage, MemberRow
from handlers.models import Desk
from handlers.paging import Turns

MOST_TEXT = 30_000
"""Slack cuts at 40 000, and the longest names there are come to less, however they have to be escaped."""


def page(desk: Desk, shown: MemberPage) -> Message:
    head = members.head(desk.catalogue, shown)
    asked = filtering.spelled(shown.filters)
    typed = [say("{line}", line=Command(f"/usher members {filtering.typed(shown.filters, desk)}"))] if asked else []
    lines, blocks = [head, *typed], [rich(head, *typed)]
    for one in shown.rows:
        said = members.row(desk.catalogue, one, now=shown.now, zone=desk.timezone)
        lines += said
        blocks += [divider(), rich(*said), _open(one)]
    text = clean_lines(together(lines, between="\n").text(), MOST_TEXT)
    return Message(text, (*blocks, *_turning(shown.turns, asked), *_below(desk, shown, asked)))


def _open(one: MemberRow) -> Block:
    called = one.name or one.email
    return actions(f"member:{one.id}", button("Open card", ids.MEMBER, one.id, about=f"Open card of {called}"))


def _turning(turned: Turns, asked: str) -> list[Block]:
    """A button carries where the page begins and what the list is narrowed to."""
    buttons: list[Element] = []
    if turned.previous is not None:
        buttons.append(button("Previous", ids.MEMBERS_BACK, f"{turned.previous} {asked}".strip()))
    if turned.next is not None:
        buttons.append(button("Next", ids.MEMBERS_PAGE, f"{turned.next} {asked}".strip()))
    return [divider(), actions("members-page", *buttons)] if buttons else []


def turned_to(value: str) -> tuple[str, str]:
    """The key of the page and the canonical filters, from the value of a button."""
    key, _, asked = value.partition(" ")
    return key, asked


def _below(desk: Desk, shown: MemberPage, asked: str) -> list[Block]:
    buttons: list[Element] = []
    if shown.rows and "export" in desk.may:
        about = "Export the members shown as users.csv"
        buttons.append(button("Export", ids.MEMBERS_EXPORT, asked, about=about))
    if "invite" in desk.may:
        buttons.append(button("Invite people", ids.INVITE))
    return [actions("members", *buttons)] if buttons else []
