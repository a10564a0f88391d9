"""Reactivate somebody."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.leaving import COMES_BACK
from handlers.commands import Reactivate
from handlers.models import Desk

CALLBACK = "reactivate"
TITLE = "Reactivate"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    blocks = [*parts.note(typed), rich(COMES_BACK), parts.person(typed), parts.reason(typed)]
    return modal(TITLE, CALLBACK, blocks, submit="Reactivate")


def read(form: Filled) -> Reactivate:
    return Reactivate(person=parts.read_person(form), reason=form.text("reason"))
