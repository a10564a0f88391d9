"""Spaces a page at a time, and the card of one."""

from bot.slack import ids
from bot.slack.views.blocks import Block, Element, Message, actions, button, rich
from bot.slack.views.groups import message, other_words, turning
from bot.wording import spaces
from bot.wording.phrase import NOTHING, Phrase, Typed, say
from handlers.models import Desk
from handlers.space_models import SpaceCard, SpacePage, SpaceRow

_PAGE_BLOCK = "spaces-page:"
_LONGEST_WORDS = 200


def page(desk: Desk, shown: SpacePage, *, words: str = "") -> Message:
    head = _head(desk, shown, words)
    blocks: list[Block] = [rich(head)]
    for one in shown.rows:
        blocks += row(desk, one)
    lines = [head, *(spaces.row(desk.catalogue, one, desk.timezone) for one in shown.rows)]
    blocks += turning(shown.turns, ids.SPACES_BACK, ids.SPACES_PAGE, f"{_PAGE_BLOCK}{words[:_LONGEST_WORDS]}")
    return message(lines, [*blocks, *create(desk)])


def words_of(block_id: str) -> str:
    """What was searched for rides in the block's id, so that turning the page keeps to it."""
    return block_id.removeprefix(_PAGE_BLOCK)


def row(desk: Desk, one: SpaceRow) -> list[Block]:
    open_ = button("Open", ids.SPACE, one.id, about=f"Open {one.name}")
    return [rich(spaces.row(desk.catalogue, one, desk.timezone)), actions(f"space:{one.id}", open_)]


def create(desk: Desk) -> list[Block]:
    if "create-space" not in desk.may or not desk.catalogue.space:
        return []
    return [actions("spaces", button(f"New {desk.catalogue.words.space}", ids.SPACE_CREATE))]


def _head(desk: Desk, shown: SpacePage, words: str) -> Phrase:
    known = desk.catalogue.words
    of_words = say(" with “{words}”", words=Typed(words, 80)) if words else NOTHING
    if not shown.total:
        none = say("There are no {spaces} here that you can reach", spaces=known.spaces) + of_words + say(".")
        ask = say(" Ask for a role in one with `/access request`.")
        return none + (NOTHING if "create-space" in desk.may or words else ask)
    total = f"1 {known.space}" if shown.total == 1 else f"{shown.total} {known.spaces}"
    count = total if len(shown.rows) == shown.total else f"{len(shown.rows)} of {total}"
    return say("{count}", count=count) + of_words + say(", by name.")


# The card -------------------------------------------------------------------------------------------------------------


def card(desk: Desk, shown: SpaceCard) -> Message:
    lines = spaces.card(desk.catalogue, shown, desk.timezone)
    buttons = _buttons(shown)
    return message(lines, [rich(*lines), *([actions(f"space:{shown.id}", *buttons)] if buttons else [])])


def _buttons(shown: SpaceCard) -> list[Element]:
    """Only what the reader may do here; whether they may is judged again at the press."""
    offered = {
        "list": button("Manage access", ids.SPACE_ACCESS, shown.id, about=f"Manage access to {shown.name}"),
        "invite": button("Invite", ids.SPACE_INVITE, shown.id, about=f"Invite people to {shown.name}"),
        "invitations": button("Invitations", ids.SPACE_INVITATIONS, shown.id, about=f"Invitations to {shown.name}"),
        "rename-space": button("Rename", ids.SPACE_RENAME, shown.id, about=f"Rename {shown.name}"),
        "delete-space": button("Delete", ids.SPACE_DELETE, shown.id, style="danger", about=f"Delete {shown.name}"),
    }
    may = {*shown.may, *(("invitations",) if shown.invitations and "invite" in shown.may else ())}
    return [element for what, element in offered.items() if what in may]


def unknown(desk: Desk, named: str) -> Message:
    known = desk.catalogue.words
    said = say(
        "Unclear. There is no {kind} “{name}” here that you can reach. ", kind=known.space, name=Typed(named, 80)
    )
    lines = [said + say(f"`/usher {known.spaces}` lists those that you can") + other_words(named, known.space)]
    return message(lines, [rich(*lines)])
