"""``rename OLD NEW``, for whatever has a name."""

from collections.abc import Callable, Sequence
from typing import Literal

from bot.slack.grammar.lexer import Token, joined
from bot.slack.grammar.phrase import Phrase
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, FirstKnown, OpenForm, Reading
from handlers.commands import RenameGroup, RenameSpace

_TWO = 2
# Two names together; each place between them costs a look at what there is.
MOST_WORDS = 20


def renames(
    what: Literal["group", "space"],
    form_: Literal["rename-group", "rename-space"],
    order: type[RenameGroup | RenameSpace],
) -> Callable[[Phrase], Reading]:
    """``what`` is also the name of the form's field."""

    def form(old: str | None, new: str | None = None) -> OpenForm:
        return opened(form_, **{what: old}, name=new)

    def read(phrase: Phrase) -> Reading:
        head, to = phrase.head, phrase.given("to")
        old, new = (joined(head), joined(to)) if to is not None else _two(head)
        if old and new:
            return Act(order(old, new))
        if not _TWO <= len(head) <= MOST_WORDS or to is not None:
            return form(old or joined(head), new)
        # Where the old name ends, only who knows them can tell: the longest known name wins, the whole first.
        parts = [(joined(head[:at]), joined(head[at:])) for at in range(len(head) - 1, 0, -1)]
        acts = tuple((one, Act(order(one, rest))) for one, rest in parts)
        return FirstKnown(what, ((joined(head), form(joined(head))), *acts), form(joined(head[:1]), joined(head[1:])))

    return read


def _two(head: Sequence[Token]) -> tuple[str, str]:
    """What follows a name in quotation marks is the other one."""
    if len(head) >= _TWO and head[0].sort == "quoted":
        return joined(head[:1]), joined(head[1:])
    return "", ""
