"""What somebody holds, for themselves: each thing with its source, its end, and what they can do about it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from bot.slack import ids
from bot.slack.views.blocks import Block, Confirm, Element, Message, actions, button, clean_lines, divider, rich
from bot.wording.common import in_space, role_title
from bot.wording.phrase import NOTHING, Command, Phrase, When, say, together
from handlers.models import Access, Desk, HeldPage

MOST_CHOICES = 10
FIRST = "first"
"""What the key of the first page becomes on a button, for Slack takes no empty value."""
_SOURCE: Mapping[str, str] = {
    "setup": "from the setup",
    "invitation": "by invitation",
    "person": "given to you",
    "request": "as you asked",
    "operator": "given by an operator",
}
_DOES: Mapping[str, str] = {"extend": "keep for longer", "give-back": "give back"}


def mine(desk: Desk, page: HeldPage) -> Message:
    if not page.rows and page.previous is None:
        return _message([_NOTHING_HELD], [rich(_NOTHING_HELD)])
    head = say("What you hold:")
    lines = [head, *(line(desk, one) for one in page.rows)]
    return _message(lines, [rich(head), *rows(desk, page.rows), *_turn(page)])


_NOTHING_HELD = say("You hold no role here yet. Type `/access request` to ask for one.")


def _message(lines: Sequence[Phrase], blocks: Sequence[Block]) -> Message:
    return Message(clean_lines(together(lines, between="\n").text()), tuple(blocks))


def rows(desk: Desk, held: Iterable[Access]) -> list[Block]:
    """Lines that nothing can be done about share a paragraph."""
    blocks: list[Block] = []
    plain: list[Phrase] = []
    for one in held:
        buttons = _buttons(desk, one)
        if not buttons:
            plain.append(line(desk, one))
            continue
        blocks += [rich(*plain)] if plain else []
        plain = []
        blocks += [rich(line(desk, one)), actions(f"held:{one.id}", *buttons)]
    return [*blocks, rich(*plain)] if plain else blocks


def _buttons(desk: Desk, one: Access) -> list[Element]:
    what = called(desk, one).plain()
    shown: list[Element] = []
    if one.extendable:
        shown.append(button("Extend", ids.EXTEND, one.id, about=f"Extend {what}"))
    if one.returnable:
        confirm = Confirm("Give it back?", "It ends at once. You can ask for it again.", "Give back")
        shown.append(button("Give back", ids.GIVE_BACK, one.id, confirm=confirm, about=f"Give back {what}"))
    return shown


def _turn(page: HeldPage) -> list[Block]:
    buttons: list[Element] = []
    if page.previous is not None:
        buttons.append(button("Previous", ids.HELD_BACK, page.previous or FIRST))
    if page.next is not None:
        buttons.append(button("Next", ids.HELD_PAGE, page.next))
    return [divider(), actions("held-page", *buttons)] if buttons else []


# One thing ------------------------------------------------------------------------------------------------------------


def called(desk: Desk, one: Access) -> Phrase:
    """`Editor in the space Apollo`, `add-on Ticket Creator …`, `group Sales`, `access to Revenue`."""
    catalogue, where = desk.catalogue, in_space(desk.catalogue, one.space)
    match one.asked:
        case "role":
            return say("{role}", role=role_title(catalogue, one.role, one.space)) + where
        case "add-on":
            addon = catalogue.addons.get(one.role)
            return say("add-on {addon}", addon=addon.title if addon else one.role) + where
        case "group":
            return say("{word} {name}", word=catalogue.words.group, name=one.thing or one.role)
        case "resource":
            return say("access to {name}", name=one.thing or one.role) + where


def line(desk: Desk, one: Access) -> Phrase:
    it = called(desk, one) + _how_long(desk, one) + say(", {source}", source=say(_SOURCE[one.source]))
    if not one.rests:
        return it
    role = "role in the organization" if not one.place else f"role in this {desk.catalogue.words.space}"
    return it + say("; it rests, because it goes on another {role} than yours", role=role)


def _how_long(desk: Desk, one: Access) -> Phrase:
    if one.ends is None:
        return say(", for good")
    back = (
        say(", then {role} again", role=role_title(desk.catalogue, one.returns_to, one.space))
        if one.returns_to
        else NOTHING
    )
    return say(", until {ends}", ends=When(one.ends, desk.timezone)) + back


# Several could be meant -----------------------------------------------------------------------------------------------


def which(desk: Desk, held: Sequence[Access], what: Literal["extend", "give-back"]) -> Message:
    head = say("Unclear. Several of the things that you hold could be meant: choose the one to ") + say(
        "{does}, or name it, as in {example}", does=say(_DOES[what]), example=Command(f"/access {what} NAME")
    )
    shown, more = held[:MOST_CHOICES], len(held) - MOST_CHOICES
    tail = [say("{more} more are not shown here; `/access mine` shows all.", more=str(more))] if more > 0 else []
    lines = [head, *(line(desk, one) for one in shown), *tail]
    return _message(lines, [rich(head), *rows(desk, shown), *(rich(one) for one in tail)])
