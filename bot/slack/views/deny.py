"""Deny, with the reason that whoever asked will read."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.card import asked_for
from bot.slack.views.fields import EMPTY, Filled, Meta
from bot.wording.common import reason
from handlers.commands import Deny
from handlers.models import RequestCard

CALLBACK = "deny"


def build(card: RequestCard, zone: str = "UTC", *, place: Meta | None = None) -> Block:
    blocks = [
        rich(*asked_for(card, zone), quote=reason(card)),
        parts.reason(EMPTY, needed=True, hint="Whoever asked reads it."),
    ]
    return modal("Deny", CALLBACK, blocks, submit="Deny", meta=(place or Meta(request=card.id)).dump())


def read(form: Filled) -> Deny:
    return Deny(request=form.meta.request, reason=form.text("reason"))
