"""What forms about groups and resources begin with, and the command to type instead where Slack opens none."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, Prefill
from bot.slack.views import group_forms, resource_forms
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Prefilled
from bot.wording.phrase import Typed, listed, say
from handlers.models import Choice, Desk

Find = Callable[[Door, Visit, str], Awaitable[Choice | None]]

BUILD: Mapping[Form, Callable[[Desk, Prefilled], Block]] = {
    "create-group": group_forms.build_create,
    "rename-group": group_forms.build_rename,
    "delete-group": group_forms.build_delete,
    "join-group": group_forms.build_join,
    "leave-group": group_forms.build_leave,
    "add-resource": resource_forms.build_add,
    "remove-resource": resource_forms.build_remove,
    "share": resource_forms.build_share,
    "unshare": resource_forms.build_unshare,
    "notify": resource_forms.build_notify,
}


async def group(door: Door, visit: Visit, typed: str) -> Choice | None:
    return await door.usher.queries.group_choice(visit.desk, typed)


async def _resource(door: Door, visit: Visit, typed: str) -> Choice | None:
    return await door.usher.queries.resource_choice(visit.desk, typed)


async def prefilled(door: Door, visit: Visit, known: Prefill, typed: Prefilled, find_person: Find) -> Prefilled:
    """What was typed, with everybody and everything found that it names; what is not found is said."""
    finders: Mapping[str, Find] = {
        "group": group,
        "groups": group,
        "people": find_person,
        "owner": find_person,
        "resource": _resource,
    }
    chosen: dict[str, tuple[Choice, ...]] = {}
    missing: list[str] = []
    for field, find in finders.items():
        found = {text: await find(door, visit, text) for text in many(known, field)}
        chosen[field] = tuple({one.value: one for one in found.values() if one}.values())
        missing += [text for text, one in found.items() if one is None]
    texts = {field: text for field in ("sort", "outside") if isinstance(text := known.get(field), str)}
    typed = replace(typed, chosen=chosen, texts=texts)
    if not missing:
        return typed
    note = say(
        "There is no {missing} here that you can reach, or more than one: choose from the list.",
        missing=listed([say("“{it}”", it=Typed(text, 80)) for text in missing], last=" and no "),
    )
    return replace(typed, note=typed.note or note)


def many(known: Prefill, field: str) -> tuple[str, ...]:
    value = known.get(field, ())
    return (value,) if isinstance(value, str) else value


# What to type instead -------------------------------------------------------------------------------------------------


_SPELLED: Mapping[Form, str] = {
    "create-group": "group create {name}",
    "rename-group": "group rename {group} to {name}",
    "delete-group": "group delete {group}",
    "join-group": "group add {people} to {group}",
    "leave-group": "group remove {people} from {group}",
    "add-resource": "resource add {sort}:{outside} named {name}",
    "remove-resource": "resource remove {resource}",
    "share": "resource share {resource} with {who}",
    "unshare": "resource unshare {resource} from {who}",
    # No command says it; the card has the button.
    "notify": "resource {resource}",
}


def spelled(which: Form, known: Prefill, typed: Prefilled) -> str:
    """``known`` may hold ids, which nobody can type: what was found is named."""
    words = _SPELLED[which].format(
        name=_quoted(typed.name) or "NAME",
        group=_named(known, typed, "group") or "GROUP",
        people=_named(known, typed, "people") or "PERSON",
        resource=_named(known, typed, "resource") or "KIND:NAME",
        sort=typed.texts.get("sort", "KIND"),
        outside=typed.texts.get("outside", "ID"),
        who=_who(known, typed),
    )
    return f"/usher {words}"


def _who(known: Prefill, typed: Prefilled) -> str:
    groups = [f"group {_quoted(one.label)}" for one in typed.chosen.get("groups", ())]
    people = _named(known, typed, "people")
    return ", ".join([*([people] if people else []), *typed.emails, *groups]) or "PERSON"


def _named(known: Prefill, typed: Prefilled, field: str) -> str:
    found = typed.chosen.get(field, ())
    return ", ".join(_quoted(one.label) for one in found) or ", ".join(_quoted(text) for text in many(known, field))


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
