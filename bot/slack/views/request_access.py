"""Ask for access, for oneself or, where a message's author is meant, for somebody else; or to keep it for longer."""

from bot.slack.views import parts, roles
from bot.slack.views.blocks import Block, asked, grouped_select, modal, rich, searched
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled, Unreadable
from bot.wording.phrase import Phrase, say
from handlers.commands import Asked, Person, RequestAccess
from handlers.models import Access, Choice, Desk

CALLBACK = "request-access"
EXTEND_CALLBACK = "extend"
TITLE = "Request access"
ASKED = "asked"
"""The field of groups and resources, which a select of a hundred could not hold."""


def build(desk: Desk, typed: Prefilled = EMPTY, *, channel: str = "") -> Block:
    """`channel`: where it was asked; the card may be shown there."""
    beneficiary = [rich(say("For {name}.", name=typed.person.label))] if typed.person else []
    blocks = [
        *parts.note(typed),
        *beneficiary,
        rich(_intro(desk)),
        _role(desk, typed),
        *parts.space(desk, typed, hint=_hint(desk)),
        _other(desk, typed),
        *parts.how_long(typed),
        parts.reason(typed, needed=True, hint="Everybody who sees the request reads it."),
    ]
    meta = Meta(channel=channel, person=typed.person.value if typed.person else "")
    return modal(TITLE, CALLBACK, blocks, submit="Request", meta=meta.dump())


def _intro(desk: Desk) -> Phrase:
    what = "a role or an add-on" if desk.catalogue.addons else "a role"
    return say("Choose one thing: {what}, or a {group} or resource.", what=what, group=desk.catalogue.words.group)


def _hint(desk: Desk) -> str:
    more = " or add-on" if desk.catalogue.addons else ""
    return f"Only for a role{more} in one {desk.catalogue.words.space}."


def _role(desk: Desk, typed: Prefilled) -> Block:
    addons = desk.catalogue.addons.values()
    groups = {**roles.askable(desk), "Add-ons": [Choice(f"add-on:{one.id}", one.title) for one in addons]}
    addon = typed.texts.get("addon")
    space = typed.space.label if typed.space else ""
    initial = f"add-on:{addon}" if addon else roles.initial(desk, typed.role, space)
    return asked("role", "Role or add-on" if addons else "Role", grouped_select(groups, initial), optional=True)


def _other(desk: Desk, typed: Prefilled) -> Block:
    label = f"{desk.catalogue.words.group.capitalize()} or resource"
    search = searched(ASKED, typed.first(ASKED), placeholder="Type three letters of its name")
    return asked(ASKED, label, search, optional=True)


def read(form: Filled) -> RequestAccess:
    parts.read_how_long(form)
    what, named, space = _chosen(form)
    return RequestAccess(
        role=named,
        reason=form.text("reason"),
        space=space,
        lasts=form.span("lasts"),
        until=form.moment("until"),
        person=Person(id=form.meta.person) if form.meta.person else None,
        asked=what,
    )


def _chosen(form: Filled) -> tuple[Asked, str, str | None]:
    """Exactly one thing, and where."""
    role, other = form.choice("role"), form.choice(ASKED)
    if role and other:
        raise Unreadable(ASKED, say("Ask for one thing at a time: clear this, or the role above."))
    if other:
        if form.choice("space"):
            raise Unreadable("space", say("This holds everywhere: clear this field."))
        sort, _, named = other.partition(":")
        return ("group" if sort == "group" else "resource"), named, None
    scope, _, named = role.partition(":")
    if scope == "add-on":
        return "add-on", named, form.choice("space") or None
    if not role:
        raise Unreadable("role", say("Choose what you ask for: a role here, or something below."))
    chosen = roles.read(form)
    return "role", chosen.role, chosen.space


# For longer -----------------------------------------------------------------------------------------------------------


def build_longer(one: Access, what: Phrase, typed: Prefilled, *, channel: str = "") -> Block:
    """What is held is kept by its kind and id, for a form may lie open while it ends."""
    blocks = [
        rich(say("Keep {what} for longer. The time starts when it is approved.", what=what)),
        *parts.how_long(typed, hint="Leave both this and the next field empty for as long as it was before."),
        parts.reason(typed, hint="Everybody who sees the request reads it."),
    ]
    meta = Meta(channel=channel, space=one.place, held=f"{one.asked}:{one.role}")
    return modal("Extend", EXTEND_CALLBACK, blocks, submit="Extend", meta=meta.dump())


def read_longer(form: Filled) -> RequestAccess:
    parts.read_how_long(form)
    what, _, named = form.meta.held.partition(":")
    known: dict[str, Asked] = {"add-on": "add-on", "group": "group", "resource": "resource"}
    return RequestAccess(
        role=named,
        reason=form.text("reason"),
        space=form.meta.space or None,
        lasts=form.span("lasts"),
        until=form.moment("until"),
        asked=known.get(what, "role"),
        extends=True,
    )
