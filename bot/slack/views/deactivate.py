"""Deactivate somebody."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.phrase import say
from handlers.commands import Deactivate
from handlers.models import Desk

CALLBACK = "deactivate"
TITLE = "Deactivate"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    what = say("No door opens to them any more: sessions, links and waiting requests end. It can be undone.")
    return modal(
        TITLE, CALLBACK, [*parts.note(typed), rich(what), parts.person(typed), parts.reason(typed)], submit="Deactivate"
    )


def read(form: Filled) -> Deactivate:
    return Deactivate(person=parts.read_person(form), reason=form.text("reason"))
