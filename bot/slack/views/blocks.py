"""Block Kit in few words, within Slack's limits: https://docs.slack.dev/reference/block-kit

Phrases become rich text, where Slack reads no marks at all; labels and options are plain text.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.wording.clean import clean
from bot.wording.phrase import Phrase
from handlers.models import Choice

Block = dict[str, Any]
Element = dict[str, Any]

MOST_IN_MESSAGE = 50
MOST_IN_VIEW = 100
MOST_TEXT = 12_000
"""Slack advises 4000 characters and cuts at 40 000; a screen reader should miss nothing, so what fits is not cut."""
MOST_OPTIONS = 100
MOST_IN_OPTION = 75
MOST_TICKED = 10
MOST_IN_VALUE = 150
MOST_TYPED = 3000
INPUT = "value"
"""The action id of every input; its block id is the command's field name."""


def plain(text: str, most: int) -> Block:
    # Slack refuses a text object without text.
    return {"type": "plain_text", "text": clean(text, most) or "–", "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def rich(*lines: Phrase, quote: Phrase | None = None, after: Sequence[Phrase] = ()) -> Block:
    """Each phrase on a line of its own; `quote` is what somebody typed, set apart; then come the phrases `after` it."""
    sections = [_section(lines)] if lines else []
    if quote and quote.rich():
        sections.append({"type": "rich_text_quote", "elements": quote.rich()})
    if after:
        sections.append(_section(after))
    return {"type": "rich_text", "elements": sections}


def _section(lines: Sequence[Phrase]) -> Element:
    return {"type": "rich_text_section", "elements": _lines(lines)}


def _lines(lines: Sequence[Phrase]) -> list[Element]:
    elements: list[Element] = []
    for at, line in enumerate(lines):
        if at:
            elements.append({"type": "text", "text": "\n"})
        elements += line.rich()
    return elements or [{"type": "text", "text": " "}]


def actions(block_id: str, *buttons: Element) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


@dataclass(frozen=True, slots=True)
class Confirm:
    title: str
    text: str
    yes: str


def button(
    label: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Confirm | None = None,
    about: str = "",
) -> Element:
    """`about` is what a screen reader says instead of the bare label, such as *Approve the request of Ada*."""
    element: Element = {"type": "button", "action_id": action_id, "text": plain(label, 75)}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    if about:
        element["accessibility_label"] = clean(about, 75)
    return element | (sure(confirm) if confirm else {})


def sure(confirm: Confirm) -> Block:
    """What asks once more, before a press or a choice counts."""
    said = {"title": plain(confirm.title, 100), "text": plain(confirm.text, 300)}
    return {"confirm": said | {"confirm": plain(confirm.yes, 30), "deny": plain("Keep it", 30)}}


# Inputs ---------------------------------------------------------------------------------------------------------------


def asked(
    field: str, label: str, element: Element, *, optional: bool = False, hint: str = "", dispatch: bool = False
) -> Block:
    block: Block = {"type": "input", "block_id": field, "label": plain(label, 2000), "element": element}
    if optional:
        block["optional"] = True
    if hint:
        block["hint"] = plain(hint, 2000)
    if dispatch:
        block["dispatch_action"] = True
    return block


def line(initial: str = "", *, longest: int = 200, placeholder: str = "", many: bool = False) -> Element:
    """A line to type, or with `many` several. What was typed before is given back as it was."""
    element: Element = {"type": "plain_text_input", "action_id": INPUT, "max_length": min(longest, MOST_TYPED)}
    if many:
        element["multiline"] = True
    if initial:
        element["initial_value"] = initial[: min(longest, MOST_TYPED)]
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    return element


def option(choice: Choice) -> Element:
    return {"text": plain(choice.label, MOST_IN_OPTION), "value": choice.value}


def options(choices: Iterable[Choice]) -> list[Element]:
    """What a select can hold; a value that Slack would refuse is left out, for cut it would mean something else."""
    fit = [choice for choice in choices if 0 < len(choice.value) <= MOST_IN_VALUE]
    return [option(choice) for choice in fit[:MOST_OPTIONS]]


def select(choices: Sequence[Choice], initial: str | None = None, *, placeholder: str = "Choose") -> Element:
    return _select({"options": options(choices)}, choices, initial, placeholder)


def grouped_select(
    groups: Mapping[str, Sequence[Choice]], initial: str | None = None, *, placeholder: str = "Choose"
) -> Element:
    filled = {label: choices for label, choices in groups.items() if choices}
    if len(filled) == 1:
        return select(next(iter(filled.values())), initial, placeholder=placeholder)
    shown = [{"label": plain(label, 75), "options": options(choices)} for label, choices in filled.items()]
    return _select({"option_groups": shown}, [one for some in filled.values() for one in some], initial, placeholder)


def _select(held: Element, choices: Sequence[Choice], initial: str | None, placeholder: str) -> Element:
    element: Element = {"type": "static_select", "action_id": INPUT, "placeholder": plain(placeholder, 150), **held}
    chosen = next((choice for choice in choices if choice.value == initial), None)
    return element | ({"initial_option": option(chosen)} if chosen else {})


def searched(action_id: str, initial: Choice | None = None, *, placeholder: str = "Type a name") -> Element:
    """A select that asks us for its options while somebody types; `action_id` says which (see suggestions)."""
    element: Element = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "min_query_length": 0,
    }
    return element | ({"initial_option": option(initial)} if initial else {})


def searched_many(action_id: str, chosen: Sequence[Choice] = (), *, most: int = MOST_OPTIONS) -> Element:
    """The same for several at once."""
    element: Element = {
        "type": "multi_external_select",
        "action_id": action_id,
        "placeholder": plain("Type a name", 150),
        "min_query_length": 0,
        "max_selected_items": most,
    }
    return element | ({"initial_options": options(chosen)} if chosen else {})


@dataclass(frozen=True, slots=True)
class Ticked:
    """An option that stands openly in the form, with a few words beside it."""

    choice: Choice
    about: str = ""

    def element(self) -> Element:
        about = {"description": plain(self.about, MOST_IN_OPTION)} if self.about else {}
        return option(self.choice) | about


def checkboxes(shown: Sequence[Ticked], ticked: Collection[str]) -> Element:
    """Ten at most."""
    initial = [one.element() for one in shown if one.choice.value in ticked]
    element: Element = {"type": "checkboxes", "action_id": INPUT, "options": [one.element() for one in shown]}
    return element | ({"initial_options": initial} if initial else {})


def radios(shown: Sequence[Ticked], initial: str, *, action_id: str = INPUT) -> Element:
    """One of ten at most; `action_id` where choosing draws the form anew."""
    chosen = next((one.element() for one in shown if one.choice.value == initial), None)
    element: Element = {"type": "radio_buttons", "action_id": action_id, "options": [one.element() for one in shown]}
    return element | ({"initial_option": chosen} if chosen else {})


def channel(initial: str = "", *, placeholder: str = "Choose a channel") -> Element:
    """One of this workspace alone: what is shared with another one is for other eyes too."""
    element: Element = {
        "type": "conversations_select",
        "action_id": INPUT,
        "placeholder": plain(placeholder, 150),
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    return element | ({"initial_conversation": initial} if initial else {})


def file_input(kinds: Sequence[str]) -> Element:
    """One file of these kinds, by the ends of their names."""
    return {"type": "file_input", "action_id": INPUT, "filetypes": list(kinds), "max_files": 1}


def moment(initial: int | None = None) -> Element:
    element: Element = {"type": "datetimepicker", "action_id": INPUT}
    return element | ({"initial_date_time": initial} if initial else {})


# Messages and views ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is complete: screen readers read it instead of the blocks."""

    text: str
    blocks: tuple[Block, ...]

    def fields(self) -> dict[str, Any]:
        return {"text": self.text, "blocks": list(self.blocks)}

    def and_then(self, *blocks: Block, text: str = "") -> "Message":
        return replace(self, text=self.text + text, blocks=(*self.blocks, *blocks))


def message(phrase: Phrase) -> Message:
    return Message(clean_lines(phrase.text()), (rich(phrase),))


def clean_lines(text: str, most: int = MOST_TEXT) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def modal(
    title: str,
    callback_id: str,
    blocks: Sequence[Block],
    *,
    submit: str = "Send",
    meta: str = "",
    close: str = "Cancel",
) -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks[:MOST_IN_VIEW]),
    }
    if submit:
        view["submit"] = plain(submit, 24)
    if meta:
        view["private_metadata"] = meta
    return view
