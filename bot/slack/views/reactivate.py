"""Reactivate somebody."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.phrase import say
from handlers.commands import Reactivate
from handlers.models import Desk

CALLBACK = "reactivate"
TITLE = "Reactivate"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    what = say("They come back with the role they had.")
    return modal(
        TITLE, CALLBACK, [*parts.note(typed), rich(what), parts.person(typed), parts.reason(typed)], submit="Reactivate"
    )


def read(form: Filled) -> Reactivate:
    return Reactivate(person=parts.read_person(form), reason=form.text("reason"))
