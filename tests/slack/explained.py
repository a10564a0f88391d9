"""*Why* and *who can* as forms and pages, without anybody's database."""

from bot.slack.views import why
from bot.slack.views.blocks import Block, Message
from handlers.commands import Named
from handlers.decision_types import Decision, Reason
from handlers.explaining import Holder, Holders, Topic
from handlers.models import Choice, Desk

_TOPIC = Topic("read", "image", "scan 42")
_OPENS = Reason("role-holds", True, {"role": "Admin", "permission": "image:read"})


def forms(desk: Desk) -> list[Block]:
    """With the fields that follow the choice of a kind."""
    draft = why.Draft("image", Choice("scan 42", "Nginx"), "read")
    return [why.build(desk, draft), why.build_who(desk, draft)]


def messages(desk: Desk) -> list[Message]:
    row = Holder(Named("m1", "Ada", "ada@example.org"), Decision(True, (_OPENS,), _OPENS))
    return [why.holders(desk, Holders(_TOPIC, "Nginx", (row,), "k2", later=True))]
