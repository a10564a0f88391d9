"""Ask for access, for oneself or, where a message's author is meant, for somebody else."""

from bot.slack.views import parts, roles
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled
from bot.wording.phrase import say
from handlers.commands import Person, RequestAccess
from handlers.models import Desk

CALLBACK = "request-access"
TITLE = "Request access"


def build(desk: Desk, typed: Prefilled = EMPTY, *, channel: str = "") -> Block:
    """`channel`: where it was asked; the card may be shown there."""
    beneficiary = [rich(say("For {name}.", name=typed.person.label))] if typed.person else []
    blocks = [
        *parts.note(typed),
        *beneficiary,
        *parts.role(desk, typed, roles.askable(desk)),
        *parts.space(desk, typed),
        *parts.how_long(typed),
        parts.reason(typed, needed=True, hint="Everybody who sees the request reads it."),
    ]
    meta = Meta(channel=channel, person=typed.person.value if typed.person else "")
    return modal(TITLE, CALLBACK, blocks, submit="Request", meta=meta.dump())


def read(form: Filled) -> RequestAccess:
    parts.read_how_long(form)
    chosen = roles.read(form)
    return RequestAccess(
        role=chosen.role,
        reason=form.text("reason"),
        space=chosen.space,
        lasts=form.span("lasts"),
        until=form.moment("until"),
        person=Person(id=form.meta.person) if form.meta.person else None,
    )
