"""What a person fills in: how Slack writes it into `state.values`, and what Slack's form itself refuses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from bot.playground.model import Control, Json, View, plain
from bot.playground.shapes import file_shown
from bot.playground.world import World

Typed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """Where an element keeps its value in the state, and which of its fields presets it."""

    key: str
    preset: str
    many: bool = False
    what: str = "text"


HELD = {
    "plain_text_input": Held("value", "initial_value"),
    "email_text_input": Held("value", "initial_value"),
    "url_text_input": Held("value", "initial_value"),
    "number_input": Held("value", "initial_value"),
    "static_select": Held("selected_option", "initial_option", what="option"),
    "external_select": Held("selected_option", "initial_option", what="option"),
    "radio_buttons": Held("selected_option", "initial_option", what="option"),
    "multi_static_select": Held("selected_options", "initial_options", many=True, what="option"),
    "multi_external_select": Held("selected_options", "initial_options", many=True, what="option"),
    "checkboxes": Held("selected_options", "initial_options", many=True, what="option"),
    "users_select": Held("selected_user", "initial_user", what="user"),
    "multi_users_select": Held("selected_users", "initial_users", many=True, what="user"),
    "conversations_select": Held("selected_conversation", "initial_conversation", what="channel"),
    "multi_conversations_select": Held("selected_conversations", "initial_conversations", many=True, what="channel"),
    "channels_select": Held("selected_channel", "initial_channel", what="channel"),
    "multi_channels_select": Held("selected_channels", "initial_channels", many=True, what="channel"),
    "datepicker": Held("selected_date", "initial_date", what="date"),
    "timepicker": Held("selected_time", "initial_time", what="time"),
    "datetimepicker": Held("selected_date_time", "initial_date_time", what="moment"),
    "file_input": Held("files", "", many=True, what="file"),
    "rich_text_input": Held("rich_text_value", "initial_value", what="rich"),
}
SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "moment": re.compile(r"\d{10}"),
}
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+")
LONGEST_TYPED = 3000
MOST_FILES = 10
LARGEST_CHOSEN = 10 * 1024**2
"""Bytes of one file in a form."""
REQUIRED = "Please complete this required field."


class CannotChooseError(ValueError):
    """The control does not offer that: a mistake of whoever writes the test, not of the person."""


def stateful(controls: Sequence[Control]) -> list[Control]:
    return [control for control in controls if control.type in HELD]


def initial_values(controls: Sequence[Control]) -> dict[str, dict[str, Json]]:
    values: dict[str, dict[str, Json]] = {}
    for control in stateful(controls):
        held = HELD[control.type]
        preset = control.element.get(held.preset, [] if held.many else None)
        values.setdefault(control.block_id, {})[control.action_id] = {"type": control.type, held.key: preset}
    return values


def kept_values(new: View, old: View) -> dict[str, dict[str, Json]]:
    """After an update what was typed stays, where block id, action id and kind are the same; the rest begins anew."""
    values, untouched = initial_values(new.controls), initial_values(old.controls)
    for block_id, actions in values.items():
        for action_id, fresh in actions.items():
            before = old.values.get(block_id, {}).get(action_id)
            preset = untouched.get(block_id, {}).get(action_id)
            if before and before["type"] == fresh["type"] and before != preset:
                actions[action_id] = dict(before)
    return values


def filled_in(
    view: View, typed: Typed, world: World, suggested: Mapping[tuple[str, str], Sequence[Json]]
) -> dict[str, dict[str, Json]]:
    """The view's values with these laid over them. CannotChooseError for what the view does not offer."""
    values = {block_id: dict(actions) for block_id, actions in view.values.items()}
    for block_id, actions in typed.items():
        for action_id, raw in actions.items():
            control = _control(view.controls, block_id, action_id)
            values.setdefault(block_id, {})[action_id] = value_of(
                control, raw, world, suggested.get((block_id, action_id), ())
            )
            _own_files(view, values[block_id][action_id])
    return values


def _own_files(view: View, held: Json) -> None:
    if any(file["user"] != view.user for file in held.get("files", ())):
        raise CannotChooseError("This file is somebody else's.")


def _control(controls: Sequence[Control], block_id: str, action_id: str) -> Control:
    for control in stateful(controls):
        if (control.block_id, control.action_id) == (block_id, action_id):
            return control
    raise CannotChooseError(f"The form has nothing to fill in under {block_id}/{action_id}.")


def value_of(control: Control, raw: Any, world: World, suggested: Sequence[Json] = ()) -> Json:
    """One entry of `state.values`: what the client holds for this control after `raw` was typed or chosen."""
    held = HELD[control.type]
    offered = [*options_of(control.element), *suggested]
    if held.many:
        value: Any = [_one(held, control, item, world, offered) for item in _listed(raw)]
    else:
        value = None if raw is None or raw == "" else _one(held, control, raw, world, offered)
    return {"type": control.type, held.key: value}


def _listed(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return [*cast("list[Any]", raw)] if isinstance(raw, list | tuple | set) else [raw]


def _one(held: Held, control: Control, raw: Any, world: World, offered: Sequence[Json]) -> Any:
    match held.what:
        case "option":
            return chosen_option(control, raw, offered)
        case "user" | "channel" as what:
            return _id(control, raw, (world.user_named if what == "user" else world.channel_named)(str(raw)))
        case "date" | "time" | "moment":
            return _shaped(control, held.what, raw)
        case "text":
            return _text(control, str(raw))
        case "file":
            return _chosen_file(control, str(raw), world)
        case _:
            return raw


def options_of(element: Json) -> list[Json]:
    """A select that asks the bot for its options offers at least what was chosen in it beforehand."""
    if "options" not in element and "option_groups" not in element:
        preset = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
        return list(preset)
    return [
        *element.get("options", ()),
        *(option for group in element.get("option_groups", ()) for option in group["options"]),
    ]


def chosen_option(control: Control, raw: Any, offered: Sequence[Json]) -> Json:
    """By value, else by what is to be read."""
    wanted = str(cast("Json", raw).get("value")) if isinstance(raw, dict) else str(raw)
    by_value = [option for option in offered if option["value"] == wanted]
    by_text = [option for option in offered if plain(option["text"]).casefold() == wanted.casefold()]
    for option in [*by_value, *by_text]:
        return option
    known = ", ".join(plain(option["text"]) for option in offered) or "nothing"
    raise CannotChooseError(f"{control.label or control.action_id} does not offer {wanted!r}; it offers {known}.")


def _id(control: Control, raw: Any, found: Any) -> str:
    if found is None:
        raise CannotChooseError(f"{control.label or control.action_id}: there is no {raw!r} to choose.")
    return str(found.id)


def _chosen_file(control: Control, raw: str, world: World) -> Json:
    """By id, as the client holds what it has uploaded."""
    if world.files.get(raw) is None:
        raise CannotChooseError(f"{control.label or control.action_id}: there is no file {raw!r}; upload it first.")
    return file_shown(world, raw)


def _shaped(control: Control, what: str, raw: Any) -> Any:
    if not SHAPES[what].fullmatch(str(raw)):
        raise CannotChooseError(f"{control.label or control.action_id}: {raw!r} is no {what}.")
    return int(raw) if what == "moment" else str(raw)


def _text(control: Control, raw: str) -> str:
    """A single line takes no line breaks; Slack's client makes blanks of pasted ones."""
    multiline = control.type == "plain_text_input" and control.element.get("multiline")
    return raw if multiline else re.sub(r"\s*\n\s*", " ", raw)


def complaints(view: View) -> dict[str, str]:
    """What Slack's form says before anything is sent: block id, sentence."""
    optional = {block["block_id"] for block in view.blocks if block["type"] == "input" and block.get("optional")}
    found: dict[str, str] = {}
    for control in view.inputs:
        value = view.values.get(control.block_id, {}).get(control.action_id, {}).get(HELD[control.type].key)
        sentence = next(_complaints(control, value, optional=control.block_id in optional), None)
        if sentence:
            found[control.block_id] = sentence
    return found


def _complaints(control: Control, value: Any, *, optional: bool) -> Iterator[str]:
    if value is None or value == [] or (isinstance(value, str) and not value.strip()):
        if not optional:
            yield REQUIRED
        return
    element = control.element
    match control.type:
        case "plain_text_input":
            yield from _length(element, value)
        case "email_text_input" if not EMAIL.fullmatch(value):
            yield "Please enter a valid email address."
        case "url_text_input" if not re.fullmatch(r"https?://\S+", value):
            yield "Please enter a valid URL."
        case "number_input":
            yield from _number(element, value)
        case "file_input":
            yield from _files(element, cast("Sequence[Json]", value))
        case _:
            yield from _count(element, value)


def _count(element: Json, value: Any) -> Iterator[str]:
    most = element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(cast("list[Any]", value)) > most:
        yield f"Please choose at most {most}."


def _files(element: Json, value: Sequence[Json]) -> Iterator[str]:
    """Slack documents the limits; the sentences are ours."""
    most = element.get("max_files", MOST_FILES)
    if len(value) > most:
        yield f"Please choose at most {most} {'file' if most == 1 else 'files'}."
    kinds = [str(kind).casefold().removeprefix(".") for kind in element.get("filetypes", ())]
    for file in value:
        if kinds and file["name"].casefold().rpartition(".")[2] not in kinds:
            yield f"{file['name']} is of a kind that is not taken here. Please choose: {', '.join(kinds)}."
        if file["size"] > LARGEST_CHOSEN:
            yield f"{file['name']} is larger than 10 MB."


def _length(element: Json, value: str) -> Iterator[str]:
    if len(value) < element.get("min_length", 0):
        yield f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", LONGEST_TYPED):
        yield f"Please enter at most {element.get('max_length', LONGEST_TYPED)} characters."


def _number(element: Json, value: str) -> Iterator[str]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        yield "Please enter a valid number."
        return
    if not number.is_finite() or (number != number.to_integral_value() and not element["is_decimal_allowed"]):
        yield "Please enter a whole number."
    elif "min_value" in element and number < Decimal(element["min_value"]):
        yield f"Please enter a number of at least {element['min_value']}."
    elif "max_value" in element and number > Decimal(element["max_value"]):
        yield f"Please enter a number of at most {element['max_value']}."
