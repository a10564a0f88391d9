"""Registering a resource, taking it out again, and who is on its list."""

import re

from bot.slack.views import parts
from bot.slack.views.blocks import MOST_TYPED, Block, asked, line, modal, rich, searched, searched_many, select
from bot.slack.views.fields import EMPTY, Filled, Prefilled, Unreadable
from bot.slack.views.group_forms import GROUPS, people, read_people
from bot.wording.phrase import say
from handlers.commands import AddResource, Notify, Person, RemoveResource, Share, Thing, Unshare
from handlers.models import Choice, Desk

ADD_CALLBACK = "add-resource"
REMOVE_CALLBACK = "remove-resource"
SHARE_CALLBACK = "share"
UNSHARE_CALLBACK = "unshare"
NOTIFY_CALLBACK = "notify"

LONGEST = 200
RESOURCE, OWNER = "resource", "owner"
_BETWEEN = re.compile(r"[\s,;]+")


def build_add(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    """Slack takes no select without options, so who has no kinds to choose from reads that."""
    title = "Register a resource"
    kinds = [Choice(kind.id, kind.title) for kind in desk.catalogue.kinds.values()]
    if not kinds:
        return modal(title, ADD_CALLBACK, [rich(say("No product registers anything in this organization."))], submit="")
    blocks = [
        *parts.note(typed),
        asked("sort", "Kind", select(kinds, _kind(desk, typed))),
        asked("outside", "Id", line(typed.texts.get("outside", ""), longest=LONGEST), hint="As the product knows it."),
        asked("name", "Name", line(typed.name, longest=LONGEST)),
        *parts.space(desk, typed, hint=f"Leave it empty for something outside any {desk.catalogue.words.space}."),
        *_owner(desk, typed),
    ]
    return modal(title, ADD_CALLBACK, blocks, submit="Register")


def _kind(desk: Desk, typed: Prefilled) -> str | None:
    said = typed.texts.get("sort", "").casefold()
    return next((kind.id for kind in desk.catalogue.kinds.values() if said in (kind.id, kind.title.casefold())), None)


def _owner(desk: Desk, typed: Prefilled) -> list[Block]:
    """Whoever sees no members registers what is their own."""
    if "list" not in desk.may:
        return []
    search = searched(OWNER, typed.first(OWNER), placeholder="Type a name or an e-mail")
    return [asked(OWNER, "Owner", search, optional=True, hint="Leave it empty if it is yours.")]


def read_add(form: Filled) -> AddResource:
    owner = form.choice(OWNER)
    return AddResource(
        sort=form.choice("sort"),
        outside=form.text("outside"),
        name=form.text("name"),
        space=form.choice("space") or None,
        owner=Person(id=owner) if owner else None,
    )


def resource(typed: Prefilled) -> Block:
    return asked(RESOURCE, "Resource", searched(RESOURCE, typed.first(RESOURCE), placeholder="Type its name"))


def read_resource(form: Filled) -> Thing:
    """The option holds the resource's own id, under which the gate finds it too."""
    sort, _, named = form.choice(RESOURCE).partition(":")
    if not named:
        raise Unreadable(RESOURCE, say("Choose one from the list: type the beginning of its name."))
    return Thing(sort, named)


def build_remove(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    warning = say("This cannot be undone. Everybody's access to it ends, and its list goes with it.")
    blocks = [*parts.note(typed), rich(warning), resource(typed)]
    return modal("Remove a resource", REMOVE_CALLBACK, blocks, submit="Remove")


def read_remove(form: Filled) -> RemoveResource:
    return RemoveResource(read_resource(form))


def _listed(desk: Desk, typed: Prefilled) -> list[Block]:
    blocks = [*parts.note(typed), resource(typed)]
    if "list" in desk.may:
        blocks.append(people(typed, optional=True))
    if desk.may & {"groups", "share"}:
        search = searched_many(GROUPS, typed.chosen.get(GROUPS, ()))
        blocks.append(asked(GROUPS, desk.catalogue.words.groups.capitalize(), search, optional=True))
    emails = line("\n".join(typed.emails), longest=MOST_TYPED, many=True, placeholder="ada@example.com")
    return [*blocks, asked("emails", "E-mail addresses", emails, optional=True, hint="Of members, or plain ones.")]


def build_share(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    return modal("Share a resource", SHARE_CALLBACK, _listed(desk, typed), submit="Share")


def build_unshare(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    return modal("Take off a list", UNSHARE_CALLBACK, _listed(desk, typed), submit="Take off")


def read_share(form: Filled) -> Share:
    return Share(read_resource(form), read_people(form), _emails(form), _groups(form))


def read_unshare(form: Filled) -> Unshare:
    return Unshare(read_resource(form), read_people(form), _emails(form), _groups(form))


def build_notify(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    """What products say by themselves over HTTP, said by a person."""
    del desk
    told = say("Everybody on its list is told, whatever their role: in Slack, or else by mail.")
    text = line(longest=MOST_TYPED, many=True)
    return modal(
        "Tell its list", NOTIFY_CALLBACK, [*parts.note(typed), rich(told), resource(typed), asked("text", "Text", text)]
    )


def read_notify(form: Filled) -> Notify:
    return Notify(read_resource(form), form.text("text"))


def _emails(form: Filled) -> tuple[str, ...]:
    return tuple(email for email in _BETWEEN.split(form.text("emails")) if email)


def _groups(form: Filled) -> tuple[str, ...]:
    return tuple(one.value for one in form.many(GROUPS))
