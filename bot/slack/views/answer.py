"""How an act ended, as a message to whoever acted and as the last page of a form."""

from collections.abc import Mapping

from bot.slack import ids
from bot.slack.views.blocks import Block, Element, Message, actions, button, message, modal, rich
from bot.wording.outcomes import Reader, said
from bot.wording.phrase import NOTHING, Command, Phrase, say, with_commands
from handlers.commands import Done, InvitationsChanged, Outcome, RefusalCode, Refused, Waiting
from handlers.commands import Invited as InvitedResult

_INVITATIONS = ("to-invitations", button("Invitations", ids.INVITATIONS))
_AFTER: Mapping[RefusalCode, tuple[str, Element]] = {
    "no-factor": ("credentials", button("Set password and second factor", ids.CREDENTIALS)),
    "not-connected": ("connect", button("Connect", ids.CONNECT)),
}


def answer(outcome: Outcome, reader: Reader) -> Message:
    return message(said(outcome, reader)).and_then(*offers(outcome))


def page(outcome: Outcome, reader: Reader) -> Block:
    """The form's last page: nothing is lost even where no message can be sent."""
    return page_of(said(outcome, reader), more=offers(outcome))


def both(first: Outcome, second: Outcome, reader: Reader) -> Block:
    """How two acts of one form ended; the title is that of the one that is less done."""
    ends = [(one, said(one, reader)) for one in (first, second)]
    titles = [_title(phrase) for _, phrase in ends]
    blocks = [block for one, phrase in ends for block in (rich(phrase), *offers(one))]
    title = next((word for word in ("Refused", "Waiting") if word in titles), titles[0])
    return modal(title, "answer", blocks, submit="", close="Close")


def first_of_two(first: Outcome, then: Phrase, reader: Reader) -> Block:
    """How the first ended, while the second goes on."""
    return page_of(said(first, reader), more=[*offers(first), rich(then)])


def _title(phrase: Phrase) -> str:
    return phrase.plain().split(" ")[0].rstrip(".:")


def page_of(phrase: Phrase, *, more: list[Block] | None = None) -> Block:
    """Its title is the phrase's first word: Done, Waiting, Refused or Unclear."""
    return modal(_title(phrase), "answer", [rich(phrase), *(more or [])], submit="", close="Close")


def offers(outcome: Outcome) -> list[Block]:
    """The buttons that lead on, where the next step is one press away."""
    offered = _offer(outcome)
    return [actions(*offered)] if offered else []


def _offer(outcome: Outcome) -> tuple[str, Element] | None:
    match outcome:
        case Done(InvitedResult(left_out=left_out)) if any(one.why == "already-invited" for one in left_out):
            return _INVITATIONS
        case Waiting(on="code", request=request):
            return f"waiting:{request}", button("Approve", ids.APPROVE, request, style="primary")
        case Waiting(request=request):
            return f"waiting:{request}", button("Cancel", ids.CANCEL, request)
        case Refused(code="nobody-invited", facts=facts) if "already-invited" in facts.values():
            return _INVITATIONS
        case Refused(code=code):
            return _AFTER.get(code)
        case Done(result):
            return _INVITATIONS if isinstance(result, InvitationsChanged) else None


def nothing(what: Phrase, then: Phrase) -> Message:
    """Where nothing is called so: what was looked for, and where all that there is can be seen."""
    return message(say("Unclear. ") + what + say(" ") + then)


def unclear(what: str, nearest: str | None, example: str) -> Message:
    near = say(" Did you mean {nearest}?", nearest=Command(nearest)) if nearest else NOTHING
    return message(
        say("Unclear. {what}", what=with_commands(what))
        + near
        + say(" For example: {example}", example=Command(example))
    )
