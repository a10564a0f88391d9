"""Approve with a one-time code: the form repeats the change, so that the code is given for what is read here."""

from bot.slack.views.blocks import Block, asked, line, modal, rich
from bot.slack.views.card import asked_for
from bot.slack.views.fields import Filled, Meta
from bot.wording.common import reason
from bot.wording.phrase import say
from handlers.commands import Approve
from handlers.models import RequestCard

CALLBACK = "approve-code"
CODE = "code"


def build(card: RequestCard, zone: str = "UTC", *, place: Meta | None = None) -> Block:
    """`place` keeps the request's id, and the card's channel where it was pressed on one."""
    lone = [
        rich(
            say("Nobody else here could approve this, so your own code decides. Everybody who manages members is told.")
        )
    ]
    blocks = [
        rich(*asked_for(card, zone), quote=reason(card)),
        *(lone if card.lone else []),
        asked(
            CODE, "One-time code", line(longest=20, placeholder="123456"), hint="Six digits, from your authenticator."
        ),
    ]
    return modal("Approve", CALLBACK, blocks, submit="Approve", meta=(place or Meta(request=card.id)).dump())


def read(form: Filled) -> Approve:
    return Approve(request=form.meta.request)


def read_code(form: Filled) -> str:
    """The digits as they were typed; blanks between them are how authenticators show them."""
    return "".join(form.text(CODE).split())
