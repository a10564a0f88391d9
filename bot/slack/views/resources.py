"""Resources a page at a time, and the card of one with its list."""

from collections.abc import Sequence

from bot.slack import ids
from bot.slack.views.blocks import Block, Element, Message, actions, button, rich
from bot.slack.views.groups import message, turning
from bot.wording.common import in_space
from bot.wording.phrase import NOTHING, Command, Phrase, Typed, When, listed, say
from handlers.catalogue import Catalogue
from handlers.models import Desk
from handlers.resource_queries import ListedOne, ResourceCard, ResourcePage, SeenResource

# All that somebody sees -----------------------------------------------------------------------------------------------


def page(desk: Desk, shown: ResourcePage) -> Message:
    head = _head(desk, shown)
    blocks: list[Block] = [rich(head)]
    lines = [head]
    for row in shown.rows:
        blocks += _row(desk, row)
        lines.append(_line(desk, row))
    more = turning(shown.turns, ids.RESOURCES_BACK, ids.RESOURCES_PAGE, f"resources-page:{shown.kind}")
    add = button("Register", ids.RESOURCE_ADD, about="Register a resource")
    offered = [actions("resources", add)] if "add-resource" in desk.may and desk.catalogue.kinds else []
    return message(lines, [*blocks, *more, *offered])


def _head(desk: Desk, shown: ResourcePage) -> Phrase:
    if not desk.catalogue.kinds:
        return say("No product registers anything in this organization.")
    kind = desk.catalogue.kinds.get(shown.kind)
    of_kind = say(" of the kind {kind}", kind=kind.title) if kind else NOTHING
    if not shown.total:
        return say("No resources") + of_kind + say(" that you can see.")
    total = "1 resource" if shown.total == 1 else f"{shown.total} resources"
    count = total if len(shown.rows) == shown.total else f"{len(shown.rows)} of {total}"
    return say(count) + of_kind + say(" that you can see, by name.")


def _line(desk: Desk, row: SeenResource) -> Phrase:
    name = say("{name} · {kind}, {typed}", name=Typed(row.name, 100), kind=row.kind, typed=Typed(row.typed, 120))
    owner = say(", owned by {owner}", owner=row.owner) if row.owner else NOTHING
    return name + in_space(desk.catalogue, row.space) + owner


def _row(desk: Desk, row: SeenResource) -> list[Block]:
    open_ = button("Open", ids.RESOURCE, row.id, about=f"Open {row.name}")
    return [rich(_line(desk, row)), actions(f"resource:{row.id}", open_)]


# One of them ----------------------------------------------------------------------------------------------------------


def card(desk: Desk, shown: ResourceCard) -> Message:
    one = shown.resource
    lines = [
        say("{name} · {kind}", name=Typed(one.name, 200), kind=one.kind),
        say("Id: {outside}", outside=Typed(one.outside, 200)),
        say("Owner: {owner}", owner=one.owner) if one.owner else say("Owner: nobody"),
        *_space(desk, one),
        _able(shown),
        *(_list(desk, shown) if shown.may_share else []),
    ]
    changes: list[Element] = []
    if shown.may_share:
        changes.append(button("Share", ids.RESOURCE_SHARE, one.id, about=f"Share {one.name}"))
    if shown.total:
        changes.append(
            button("Take off", ids.RESOURCE_UNSHARE, one.id, about=f"Take off somebody who is on {one.name}")
        )
        changes.append(button("Notify", ids.RESOURCE_NOTIFY, one.id, about=f"Notify everybody on {one.name}"))
    if shown.may_remove:
        changes.append(button("Remove", ids.RESOURCE_REMOVE, one.id, style="danger", about=f"Remove {one.name}"))
    more = turning(shown.turns, ids.RESOURCE_BACK, ids.RESOURCE_PAGE, f"resource-page:{one.id}")
    return message(lines, [rich(*lines), *more, *([actions(f"resource:{one.id}", *changes)] if changes else [])])


def _space(desk: Desk, one: SeenResource) -> list[Phrase]:
    if not desk.catalogue.space:
        return []
    word = desk.catalogue.words.space.capitalize()
    return [say("{word}: {space}", word=word, space=Typed(one.space, 100) if one.space else "none")]


def _able(shown: ResourceCard) -> Phrase:
    if not shown.actions:
        return say("You may do nothing with it.")
    return say("You may: {actions}", actions=listed(shown.actions))


def _list(desk: Desk, shown: ResourceCard) -> list[Phrase]:
    if not shown.total:
        return [say("Nobody is on its list.")]
    return [say(f"On its list: {shown.total}"), *(_listed(desk.catalogue, desk, one) for one in shown.listed)]


def _listed(catalogue: Catalogue, desk: Desk, one: ListedOne) -> Phrase:
    ends = say(", until {ends}", ends=When(one.ends, desk.timezone)) if one.ends else NOTHING
    match one.sort:
        case "person":
            return say("{name}", name=Typed(one.name, 100)) + ends
        case "group":
            return say("{word} {name}", word=catalogue.words.group, name=Typed(one.name, 100)) + ends
        case "email":
            return say("{email}, who is no member here", email=Typed(one.name, 200)) + ends


# Nothing of that name -------------------------------------------------------------------------------------------------


def unknown(desk: Desk, typed: str, several: Sequence[str] = ()) -> Message:
    sort, _, name = typed.partition(":")
    kinds = listed(tuple(desk.catalogue.kinds), last=" or ")
    if several:
        said = say("Unclear. Several go by that name: use the id, as in ")
        line = said + say("{command}", command=Command(f"/usher resource {sort}:{several[0]}"))
    elif name and sort.casefold() in desk.catalogue.kinds:
        said = say("Unclear. There is no “{typed}” here that you can see. ", typed=Typed(typed, 150))
        line = said + say("`/usher resources` lists all that you can.")
    elif desk.catalogue.kinds:
        said = say("Unclear. “{sort}” is no kind of resource here. ", sort=Typed(sort, 80))
        many, one = (Command(f"/usher resource{typed}") for typed in _examples(desk))
        line = said + say("For all of a kind type {kinds}, as in {many}; for one", kinds=kinds, many=many)
        line += say(" its kind, a colon and its name, as in {one}.", one=one)
    else:
        line = say("Unclear. No product registers anything in this organization, so there are no resources here.")
    return message([line], [rich(line)])


def gone() -> Message:
    said = say(
        "Unclear. It is no longer there, or you can see it no longer. `/usher resources` lists all that you can."
    )
    return message([said], [rich(said)])


def _examples(desk: Desk) -> tuple[str, str]:
    kind = next(iter(desk.catalogue.kinds))
    return f"s {kind}", f" {kind}:NAME"
