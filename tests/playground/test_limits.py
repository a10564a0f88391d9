"""Each limit of Block Kit: the largest that Slack takes passes, one more is refused with a pointer to it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.blocks import checked_view, message_blocks
from bot.playground.errors import SlackError
from tests.playground.workspace import button, field, modal, options, section

Json = dict[str, Any]


def text(length: int, kind: str = "plain_text") -> Json:
    return {"type": kind, "text": "x" * length}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", **more}


def numbered(count: int) -> list[Json]:
    return options(*map(str, range(count)))


def option(**more: Any) -> Json:
    return {"text": text(1), "value": "v", **more}


def confirm(**more: Any) -> Json:
    return {"title": text(1), "text": text(1), "confirm": text(1), "deny": text(1), **more}


# What is limited, the largest allowed, how to build it, where the pointer then points.
LIMITS: list[tuple[str, int, Callable[[int], Json], str]] = [
    ("section text", 3000, lambda n: section("x" * n), "/blocks/0/text/text"),
    ("section fields", 10, lambda n: {"type": "section", "fields": [text(1)] * n}, "/blocks/0/fields"),
    ("field text", 2000, lambda n: {"type": "section", "fields": [text(n)]}, "/blocks/0/fields/0/text"),
    ("header", 150, lambda n: {"type": "header", "text": text(n)}, "/blocks/0/text/text"),
    ("context", 10, lambda n: {"type": "context", "elements": [text(1)] * n}, "/blocks/0/elements"),
    ("actions", 25, lambda n: actions(*[button("x", f"a{i}") for i in range(n)]), "/blocks/0/elements"),
    ("button text", 75, lambda n: actions(button("x" * n, "a")), "/blocks/0/elements/0/text/text"),
    ("button value", 2000, lambda n: actions(button("x", "a", "v" * n)), "/blocks/0/elements/0/value"),
    ("action id", 255, lambda n: actions(button("x", "a" * n)), "/blocks/0/elements/0/action_id"),
    ("block id", 255, lambda n: section("x", block_id="b" * n), "/blocks/0/block_id"),
    ("options", 100, lambda n: actions(select(options=numbered(n))), "/blocks/0/elements/0/options"),
    (
        "groups",
        100,
        lambda n: actions(select(option_groups=[{"label": text(1), "options": numbered(1)}] * n)),
        "/blocks/0/elements/0/option_groups",
    ),
    (
        "checkboxes",
        10,
        lambda n: actions({"type": "checkboxes", "options": numbered(n)}),
        "/blocks/0/elements/0/options",
    ),
    ("radio", 10, lambda n: actions({"type": "radio_buttons", "options": numbered(n)}), "/blocks/0/elements/0/options"),
    ("overflow", 5, lambda n: actions({"type": "overflow", "options": numbered(n)}), "/blocks/0/elements/0/options"),
    (
        "option text",
        75,
        lambda n: actions(select(options=[option(text=text(n))])),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value",
        150,
        lambda n: actions(select(options=[option(value="v" * n)])),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "placeholder",
        150,
        lambda n: actions(select(options=numbered(1), placeholder=text(n))),
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "confirm title",
        100,
        lambda n: actions({**button("x", "a"), "confirm": confirm(title=text(n))}),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "confirm text",
        300,
        lambda n: actions({**button("x", "a"), "confirm": confirm(text=text(n, "mrkdwn"))}),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    ("label", 2000, lambda n: field("f", "x" * n, {"type": "plain_text_input"}), "/blocks/0/label/text"),
    (
        "typed length",
        3000,
        lambda n: field("f", "x", {"type": "plain_text_input", "max_length": n}),
        "/blocks/0/element/max_length",
    ),
    ("markdown", 12_000, lambda n: {"type": "markdown", "text": "x" * n}, "/blocks/0/text"),
]


@pytest.mark.parametrize(("limit", "build", "pointer"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_the_largest_passes_and_one_more_is_pointed_at(limit: int, build: Callable[[int], Json], pointer: str) -> None:
    message_blocks([build(limit)])
    with pytest.raises(SlackError) as refused:
        message_blocks([build(limit + 1)])
    assert refused.value.code == "invalid_blocks"
    assert f"[json-pointer:{pointer}]" in refused.value.problems[0]


WRONG: list[tuple[str, Json, str]] = [
    ("an unknown block", {"type": "carousel"}, "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    ("no type", {"text": text(1)}, "missing required field: type [json-pointer:/blocks/0]"),
    ("an unknown field", section("x", colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    ("an empty text", section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("a section of nothing", {"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    (
        "markdown in a button",
        actions({**button("x", "a"), "text": text(1, "mrkdwn")}),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]",
    ),
    (
        "a button that is an input",
        field("f", "x", button("x", "a")),
        "unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    (
        "a multi select among actions",
        actions({"type": "multi_users_select"}),
        "unsupported type: multi_users_select [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "a style that is none",
        actions({**button("x", "a"), "style": "default"}),
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "options and groups",
        actions(select(options=numbered(1), option_groups=[{"label": text(1), "options": numbered(1)}])),
        "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "a preset that is not offered",
        actions(select(options=numbered(1), initial_option=option())),
        "initial option(s) must be among the options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        "an action id twice",
        actions(button("x", "same"), button("y", "same")),
        '`action_id` "same" already exists for this block [json-pointer:/blocks/0/elements/0/action_id]',
    ),
    (
        "a number field without its kind",
        field("f", "x", {"type": "number_input"}),
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
    (
        "no options",
        actions(select(options=[])),
        "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
]


@pytest.mark.parametrize(("block", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_slack_would_refuse_is_refused_with_its_words(block: Json, told: str) -> None:
    with pytest.raises(SlackError) as refused:
        message_blocks([block])
    assert refused.value.problems[0] == told


def test_a_block_id_may_stand_only_once() -> None:
    with pytest.raises(SlackError) as refused:
        message_blocks([section("x", block_id="same"), section("y", block_id="same")])
    assert refused.value.problems[0] == '`block_id` "same" already exists [json-pointer:/blocks/0/block_id]'


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert len(message_blocks([actions(button("x", "same")), actions(button("y", "same"))])) == 2


def dividers(count: int) -> list[Json]:
    return [{"type": "divider"} for _ in range(count)]


SURFACES: list[tuple[int, Callable[[int], Any]]] = [
    (50, lambda n: message_blocks(dividers(n))),
    (100, lambda n: checked_view(modal(*dividers(n)))),
    (100, lambda n: checked_view({"type": "home", "blocks": dividers(n)})),
]


@pytest.mark.parametrize(("limit", "make"), SURFACES, ids=["message", "modal", "home"])
def test_only_so_many_blocks_fit(limit: int, make: Callable[[int], Any]) -> None:
    make(limit)
    with pytest.raises(SlackError, match=f"no more than {limit} items allowed"):
        make(limit + 1)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": text(25)}, "/view/title/text"),
        ({"submit": text(25)}, "/view/submit/text"),
        ({"close": text(25)}, "/view/close/text"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"callback_id": "x" * 256}, "/view/callback_id"),
        ({"submit_disabled": True}, "/view"),
        ({"type": "workflow_step"}, "/view/type"),
        ({"blocks": []}, "/view/blocks"),
    ],
)
def test_a_view_is_refused_with_a_pointer(change: Json, pointer: str) -> None:
    with pytest.raises(SlackError) as refused:
        checked_view({**modal(section("x")), **change})
    assert refused.value.code == "invalid_arguments"
    assert refused.value.problems[0].endswith(f"[json-pointer:{pointer}]")


def test_a_form_with_inputs_needs_a_submit_button() -> None:
    view = modal(field("f", "x", {"type": "plain_text_input"}))
    del view["submit"]
    with pytest.raises(SlackError, match="missing required field: submit"):
        checked_view(view)


def test_home_takes_no_title() -> None:
    with pytest.raises(SlackError, match="invalid additional property: title"):
        checked_view({"type": "home", "title": text(1), "blocks": []})


def test_a_view_beyond_250_kilobytes_is_too_large() -> None:
    with pytest.raises(SlackError, match="view_too_large"):
        checked_view(modal(*[section("x" * 3000) for _ in range(90)]))


def test_only_one_element_takes_the_focus() -> None:
    focused = {"type": "plain_text_input", "focus_on_load": True}
    with pytest.raises(SlackError, match="focus_on_load"):
        checked_view(modal(field("a", "x", focused), field("b", "y", focused)))


def test_nothing_else_of_the_blocks_is_changed() -> None:
    blocks = [section("x", block_id="b", accessory=button("Go", "go"))]
    kept = message_blocks(blocks)
    assert kept[0]["text"] == {"type": "mrkdwn", "text": "x", "verbatim": False}
    assert kept[0]["accessory"]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}
    assert blocks == [section("x", block_id="b", accessory=button("Go", "go"))]
