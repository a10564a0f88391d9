"""Invite one or many."""

import re

from bot.slack.views import parts, roles
from bot.slack.views.blocks import MOST_TYPED, Block, asked, line, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.phrase import say
from handlers.commands import Invite
from handlers.models import Desk

CALLBACK = "invite"
TITLE = "Invite people"
_BETWEEN = re.compile(r"[\s,;]+")


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    emails, too_many = _fitting(typed.emails)
    dropped = [rich(say("{count} addresses do not fit in one form: send them in a second one.", count=str(too_many)))]
    blocks = [
        *parts.note(typed),
        *(dropped if too_many else []),
        asked(
            "emails",
            "E-mail",
            line(emails, longest=MOST_TYPED, many=True, placeholder="ada@example.com"),
            hint="One address, or several with commas or on lines of their own.",
        ),
        *parts.role(desk, typed, roles.invitable(desk)),
        *parts.space(desk, typed),
        asked("name", "Name", line(typed.name, longest=100), optional=True, hint="Only if you invite one person."),
        *_groups(typed),
    ]
    return modal(TITLE, CALLBACK, blocks, submit="Invite")


def _fitting(emails: tuple[str, ...]) -> tuple[str, int]:
    """As many addresses as the input holds, and how many are left over."""
    count = len(emails)
    while len(joined := "\n".join(emails[:count])) > MOST_TYPED:
        count -= 1
    return joined, len(emails) - count


def _groups(typed: Prefilled) -> list[Block]:
    """Only where groups were typed already; members get theirs later."""
    if not typed.groups:
        return []
    return [asked("groups", "Groups", line(", ".join(typed.groups), longest=500), optional=True)]


def read(form: Filled) -> Invite:
    chosen = roles.read(form)
    return Invite(
        emails=tuple(email for email in _BETWEEN.split(form.text("emails")) if email),
        role=chosen.role,
        space=chosen.space,
        groups=tuple(group for part in form.text("groups").split(",") if (group := part.strip())),
        name=form.text("name") or None,
    )
