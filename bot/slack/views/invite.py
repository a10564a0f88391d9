"""Invite one or many."""

import re

from bot.slack.views import parts, roles
from bot.slack.views.blocks import MOST_TYPED, Block, asked, line, modal, rich, searched_many
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.slack.views.group_forms import GROUPS
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
        *_groups(desk, typed),
    ]
    return modal(TITLE, CALLBACK, blocks, submit="Invite")


def _fitting(emails: tuple[str, ...]) -> tuple[str, int]:
    """As many addresses as the input holds, and how many are left over."""
    count = len(emails)
    while len(joined := "\n".join(emails[:count])) > MOST_TYPED:
        count -= 1
    return joined, len(emails) - count


def _groups(desk: Desk, typed: Prefilled) -> list[Block]:
    """For who may change groups; what somebody else typed stays, for the gate to say why not."""
    title = desk.catalogue.words.groups.capitalize()
    if "groups" in desk.may:
        return [asked(GROUPS, title, searched_many(GROUPS, typed.chosen.get(GROUPS, ())), optional=True)]
    if not typed.groups:
        return []
    return [asked(GROUPS, title, line(", ".join(typed.groups), longest=500), optional=True)]


def _typed_groups(form: Filled) -> tuple[str, ...]:
    return tuple(group for part in form.text(GROUPS).split(",") if (group := part.strip()))


def read(form: Filled) -> Invite:
    chosen = roles.read(form)
    return Invite(
        emails=tuple(email for email in _BETWEEN.split(form.text("emails")) if email),
        role=chosen.role,
        space=chosen.space,
        groups=tuple(one.value for one in form.many(GROUPS)) or _typed_groups(form),
        name=form.text("name") or None,
    )
