"""What could not be delivered: a page of it, each to be sent again."""

from bot.slack import ids
from bot.slack.views.blocks import Block, Element, Message, actions, button, clean_lines, divider, rich
from bot.wording.dead_letters import line, why
from bot.wording.phrase import NOTHING, Phrase, say, together
from handlers.dead_letter_queries import Undelivered, UndeliveredPage

EVERYTHING = "all"
"""What *all of them* becomes on a button, for Slack takes no empty value."""


def opener(count: int) -> list[Element]:
    """Only where there is something."""
    return [button(f"Undelivered ({count:,})", ids.LETTERS)] if count else []


def page(shown: UndeliveredPage, said: Phrase = NOTHING) -> Message:
    """``said``: what came of the press before."""
    head = _head(shown)
    heads = [said, head] if said else [head]
    lines = [*heads, *(part for one in shown.rows for part in (line(one), why(one)))]
    rows = [block for one in shown.rows for block in _row(one)]
    return Message(
        clean_lines(together(lines, between="\n").text()), (*(rich(one) for one in heads), *rows, *_turn(shown))
    )


def _head(shown: UndeliveredPage) -> Phrase:
    if not shown.total:
        return say("Everything was delivered: nothing waits here.")
    many = "1 message" if shown.total == 1 else f"{shown.total:,} messages"
    order = ", newest first" if len(shown.rows) > 1 else ""
    few = many if len(shown.rows) == shown.total else f"{len(shown.rows)} of {many}"
    return say(f"{few} could not be delivered{order}. Mend what is in the way, then send again.")


def _row(one: Undelivered) -> list[Block]:
    again = button("Send again", ids.LETTER_AGAIN, one.key, about=f"Send again: {line(one).plain()}")
    return [rich(line(one), quote=why(one)), actions(f"letter:{one.key}", again)]


def _turn(shown: UndeliveredPage) -> list[Block]:
    buttons: list[Element] = []
    if shown.turns.previous:
        buttons.append(button("Previous", ids.LETTERS_BACK, shown.turns.previous))
    if shown.turns.next:
        buttons.append(button("Next", ids.LETTERS_PAGE, shown.turns.next))
    if shown.total > 1:
        buttons.append(button("Send all again", ids.LETTERS_AGAIN, EVERYTHING))
    return [divider(), actions("letters", *buttons)] if buttons else []
