"""Groups a page at a time, and the card of one."""

from collections.abc import Sequence

from bot.slack import ids
from bot.slack.views.blocks import Block, Element, Message, actions, button, clean_lines, divider, rich
from bot.wording.common import STATUS
from bot.wording.phrase import NOTHING, Phrase, Typed, When, listed, say, together
from handlers.group_queries import Belonging, GroupCard, GroupPage, GroupRow
from handlers.models import Desk
from handlers.paging import Turns


def message(lines: Sequence[Phrase], blocks: Sequence[Block]) -> Message:
    return Message(clean_lines(together(lines, between="\n").text()), tuple(blocks))


def turning(turned: Turns, back: str, on: str, block: str) -> list[Block]:
    """Buttons to the pages on either side; the block's id says of what."""
    buttons: list[Element] = []
    if turned.previous is not None:
        buttons.append(button("Previous", back, turned.previous))
    if turned.next is not None:
        buttons.append(button("Next", on, turned.next))
    return [divider(), actions(block, *buttons)] if buttons else []


# All of them ----------------------------------------------------------------------------------------------------------


def page(desk: Desk, shown: GroupPage) -> Message:
    head = _head(desk, shown)
    blocks: list[Block] = [rich(head)]
    lines = [head]
    for row in shown.rows:
        blocks += _row(row)
        lines.append(_row_line(row))
    create = button(f"New {desk.catalogue.words.group}", ids.GROUP_CREATE)
    more = turning(shown.turns, ids.GROUPS_BACK, ids.GROUPS_PAGE, "groups-page")
    return message(lines, [*blocks, *more, actions("groups", create)])


def _head(desk: Desk, shown: GroupPage) -> Phrase:
    words = desk.catalogue.words
    if not shown.total:
        return say("No {groups} yet. Type `/usher group create NAME` to make the first.", groups=words.groups)
    total = f"1 {words.group}" if shown.total == 1 else f"{shown.total} {words.groups}"
    if len(shown.rows) == shown.total:
        return say("{total}, by name.", total=total)
    return say("{count} of {total}, by name.", count=str(len(shown.rows)), total=total)


def _row_line(row: GroupRow) -> Phrase:
    return say("{name}", name=Typed(row.name, 100)) + say(f" · {_count(row.people)}")


def _count(people: int) -> str:
    return "1 member" if people == 1 else f"{people} members"


def _row(row: GroupRow) -> list[Block]:
    open_ = button("Open", ids.GROUP, row.id, about=f"Open {row.name}")
    return [rich(_row_line(row)), actions(f"group:{row.id}", open_)]


# One of them ----------------------------------------------------------------------------------------------------------


def card(desk: Desk, shown: GroupCard) -> Message:
    lines = [
        say("{name} · ", name=Typed(shown.name, 100)) + say(_count(shown.people)),
        _on(shown),
        *(_member_line(desk, row) for row in shown.rows),
    ]
    changes = [
        button("Add", ids.GROUP_ADD, shown.id, about=f"Add people to {shown.name}"),
        button("Remove", ids.GROUP_REMOVE, shown.id, about=f"Remove people from {shown.name}"),
        button("Rename", ids.GROUP_RENAME, shown.id, about=f"Rename {shown.name}"),
        button("Delete", ids.GROUP_DELETE, shown.id, style="danger", about=f"Delete {shown.name}"),
    ]
    more = turning(shown.turns, ids.GROUP_BACK, ids.GROUP_PAGE, f"group-page:{shown.id}")
    return message(lines, [rich(*lines), *more, actions(f"group:{shown.id}", *changes)])


def _on(shown: GroupCard) -> Phrase:
    if not shown.things_total:
        return say("On no resource's list.")
    named = [say("{thing}", thing=Typed(f"{kind}:{name}", 120)) for kind, _, name in shown.things]
    more = shown.things_total - len(named)
    return say("On the list of {things}", things=listed(named)) + (say(f" and {more} more.") if more else say("."))


def _member_line(desk: Desk, row: Belonging) -> Phrase:
    ends = say(", until {ends}", ends=When(row.ends, desk.timezone)) if row.ends else NOTHING
    status = say(" · {status}", status=STATUS[row.status]) if row.status != "active" else NOTHING
    return say("{name} ({email})", name=Typed(row.member.name, 80), email=row.member.email) + ends + status


def other_words(named: str, verb: str) -> Phrase:
    """Among several words may be one that was meant as a command."""
    return say(f"; `/usher help {verb}` shows what else can be typed.") if " " in named.strip() else say(".")


def unknown(desk: Desk, named: str) -> Message:
    word = desk.catalogue.words.group
    said = say("Unclear. There is no {word} “{name}” here. ", word=word, name=Typed(named, 100))
    lines = [said + say("`/usher groups` lists them all") + other_words(named, "group")]
    return message(lines, [rich(*lines)])
