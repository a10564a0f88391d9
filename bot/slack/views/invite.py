"""Invite one or many."""

import re
from hashlib import sha256

from bot.slack.views import parts, roles
from bot.slack.views.blocks import MOST_TYPED, Block, asked, line, modal, rich, searched_many
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled
from bot.slack.views.group_forms import GROUPS
from bot.wording import inviting as words
from bot.wording.phrase import say
from handlers.commands import Invite
from handlers.inviting import Sorted
from handlers.models import Desk

CALLBACK = "invite"
TITLE = "Invite people"
_BETWEEN = re.compile(r"[\s,;]+")


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    return modal(TITLE, CALLBACK, _inputs(desk, typed), submit="Invite")


def build_review(desk: Desk, form: Filled, found: Sorted, space: str | None) -> Block:
    """The same form, with who will be invited as what on top: it is sent as it is, or corrected first (004-14)."""
    command = read(form)
    typed = Prefilled(
        role=command.role,
        space=form.chosen(parts.SPACE),
        emails=(form.text("emails"),),
        groups=command.groups,
        name=command.name or "",
        chosen={GROUPS: form.many(GROUPS)},
    )
    groups = [one.label for one in form.many(GROUPS)] or list(command.groups)
    head = rich(*words.review(desk.catalogue, found, command, space=space, groups=groups))
    meta = Meta(mark=mark(command)).dump()
    return modal("Review and send", CALLBACK, [head, *_inputs(desk, typed)], submit="Send invitations", meta=meta)


def wants_review(form: Filled, command: Invite) -> bool:
    """Of several people or groups one slip reaches many; what was reviewed as it stands is sent."""
    several = len({one.casefold() for one in command.emails}) > 1 or bool(command.groups)
    return several and form.meta.mark != mark(command)


def mark(command: Invite) -> str:
    """Stands for all that was reviewed."""
    return sha256(repr(command).encode()).hexdigest()[:32]


def _inputs(desk: Desk, typed: Prefilled) -> list[Block]:
    emails, too_many = _fitting(typed.emails)
    dropped = [rich(say("{count} addresses do not fit in one form: send them in a second one.", count=str(too_many)))]
    return [
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
