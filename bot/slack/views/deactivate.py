"""Deactivate somebody."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.leaving import WHAT
from handlers.commands import Deactivate
from handlers.models import Desk

CALLBACK = "deactivate"
TITLE = "Deactivate"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    blocks = [*parts.note(typed), rich(WHAT["deactivate"], *typed.losses), parts.person(typed), parts.reason(typed)]
    return modal(TITLE, CALLBACK, blocks, submit="Deactivate")


def read(form: Filled) -> Deactivate:
    return Deactivate(person=parts.read_person(form), reason=form.text("reason"))
