"""Change a role, for good or for a while."""

from bot.slack.views import parts, roles
from bot.slack.views.blocks import Block, modal
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from handlers.commands import ChangeRole
from handlers.models import Desk

CALLBACK = "change-role"
TITLE = "Change a role"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [
        *parts.note(typed),
        parts.person(typed),
        *parts.role(desk, typed, roles.givable(desk)),
        *parts.space(desk, typed),
        *parts.how_long(typed),
        parts.reason(typed),
    ]
    return modal(TITLE, CALLBACK, blocks, submit="Change")


def read(form: Filled) -> ChangeRole:
    parts.read_how_long(form)
    chosen = roles.read(form)
    return ChangeRole(
        person=parts.read_person(form),
        role=chosen.role,
        space=chosen.space,
        lasts=form.span("lasts"),
        until=form.moment("until"),
        reason=form.text("reason"),
    )
