"""Checks blocks and views as Slack does, and completes them: every block and element gets an id."""

import copy
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from bot.playground.blockkit import HOME, MESSAGE, MODAL
from bot.playground.errors import SlackError
from bot.playground.model import Json, controls, texts
from bot.playground.schema import Rule, problem

LARGEST_VIEW = 250_000
LONGEST_BLOCKS = 13_200
"""Characters of text in all blocks of a message together; Slack documents none, this is where it was seen to refuse."""
VIEWS: dict[str, Rule] = {"modal": MODAL, "home": HOME}
CHOOSING = {"static_select", "multi_static_select"}


def message_blocks(blocks: Any, at: str = "/blocks") -> list[Json]:
    """The blocks as Slack keeps them. SlackError if it would refuse them."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = list(MESSAGE.problems(blocks, at)) or list(_whole(cast("list[Json]", blocks), at))
    if problems:
        raise SlackError("invalid_blocks", problems)
    if sum(map(len, texts(blocks))) > LONGEST_BLOCKS:
        raise SlackError("msg_blocks_too_long")
    return completed(cast("list[Json]", blocks))


def checked_view(view: Any, *, kind: str | None = None) -> Json:
    """The view as Slack keeps it; `kind` is the only type taken here. SlackError if it would refuse it."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", [problem("must provide an object", "/view")])
    given = cast("Json", view)
    if len(json.dumps(given)) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    problems = list(_view_problems(given, kind))
    if problems:
        raise SlackError("invalid_arguments", problems)
    return {**given, "blocks": completed(given["blocks"])}


def completed(blocks: list[Json]) -> list[Json]:
    finished = copy.deepcopy(blocks)
    for block in finished:
        block["block_id"] = block.get("block_id") or _new_id()
    for control in controls(finished):
        if control.type != "image" and not control.action_id:
            control.element["action_id"] = _new_id()
    _spell_out(finished)
    return finished


def _view_problems(view: Json, kind: str | None) -> Iterator[str]:
    rule = VIEWS.get(str(view.get("type")))
    if rule is None or kind not in (None, view["type"]):
        yield problem(f"unsupported type: {view.get('type')}", "/view/type")
        return
    found = list(rule.problems(view, "/view")) or list(_whole(view["blocks"], "/view/blocks"))
    yield from found
    if not found and view["type"] == "modal":
        yield from _modal_problems(view)


def _modal_problems(view: Json) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if has_input and "submit" not in view:
        yield problem("missing required field: submit", "/view")
    focused = [control for control in controls(view["blocks"]) if control.element.get("focus_on_load")]
    if len(focused) > 1:
        yield problem("only one element can have `focus_on_load` set", "/view/blocks")


def _whole(blocks: list[Json], at: str) -> Iterator[str]:
    """What no single element can see: doubled ids, and things that only make sense together."""
    named = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if named.get(block.get("block_id", ""), 0) > 1:
            yield problem(f'`block_id` "{block["block_id"]}" already exists', f"{here}/block_id")
        if block["type"] == "section" and not ("text" in block or "fields" in block):
            yield problem("must define either `text` or `fields`", here)
        if block["type"] == "image" and ("image_url" in block) == ("slack_file" in block):
            yield problem("must define either `image_url` or `slack_file`", here)
        yield from _elements_together(block, here)


def _elements_together(block: Json, at: str) -> Iterator[str]:
    elements = _elements(block, at)
    named = Counter(element["action_id"] for _, element in elements if element.get("action_id"))
    for here, element in elements:
        if named.get(element.get("action_id", ""), 0) > 1:
            yield problem(f'`action_id` "{element["action_id"]}" already exists for this block', f"{here}/action_id")
        if element["type"] in CHOOSING and ("options" in element) == ("option_groups" in element):
            yield problem("must define either `options` or `option_groups`", here)
        yield from _preset_problems(element, here)
        yield from _length_problems(element, here)
    if block["type"] == "input" and block.get("dispatch_action") and block["element"]["type"] == "file_input":
        yield problem("unsupported type: file_input", f"{at}/element/type")


def _elements(block: Json, at: str) -> list[tuple[str, Json]]:
    match block["type"]:
        case "input":
            return [(f"{at}/element", block["element"])]
        case "section" if "accessory" in block:
            return [(f"{at}/accessory", block["accessory"])]
        case "actions":
            return [(f"{at}/elements/{index}", element) for index, element in enumerate(block["elements"])]
        case _:
            return []


def _preset_problems(element: Json, at: str) -> Iterator[str]:
    """What is chosen beforehand must be on offer, to the letter."""
    if "options" not in element and "option_groups" not in element:
        return
    offered = [
        *element.get("options", ()),
        *(o for group in element.get("option_groups", ()) for o in group["options"]),
    ]
    known = [_essence(option) for option in offered]
    preset = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    if any(_essence(option) not in known for option in preset):
        key = "initial_options" if "initial_options" in element else "initial_option"
        yield problem("initial option(s) must be among the options", f"{at}/{key}")


def _essence(option: Json) -> tuple[str, str]:
    return str(option["text"]["text"]), str(option["value"])


def _length_problems(element: Json, at: str) -> Iterator[str]:
    if element.get("min_length", 0) > element.get("max_length", 3000):
        yield problem("`min_length` must not exceed `max_length`", f"{at}/min_length")


def _spell_out(node: Any) -> None:
    """Slack returns text objects with their defaults."""
    if isinstance(node, list):
        for child in cast("list[Any]", node):
            _spell_out(child)
    elif isinstance(node, dict):
        part = cast("Json", node)
        if part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        elif part.get("type") == "mrkdwn":
            part.setdefault("verbatim", False)
        for child in part.values():
            _spell_out(child)


def _new_id() -> str:
    return secrets.token_urlsafe(4)[:5]
