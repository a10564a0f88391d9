"""Finding a control by what people call it: its label, or the ids that a test knows."""

import re
from collections.abc import Sequence

from bot.playground.forms import CannotChooseError, stateful
from bot.playground.model import Control, View, find_control


def wanted_in(controls: Sequence[Control], wanted: str, value: str | None) -> Control | None:
    return find_control([control for control in controls if value is None or control.value == value], wanted)


def by_block(controls: Sequence[Control], block_id: str) -> Control | None:
    return next((control for control in controls if control.block_id == block_id), None)


def input_of(view: View, name: str) -> Control:
    """By block id, else by action id, else by label, where `_` stands for anything that is no letter or digit."""
    fillable = stateful(view.controls)
    by_label = [control for control in fillable if _plain_name(control.label) == _plain_name(name)]
    by_action = [control for control in fillable if control.action_id == name]
    found = next(iter([*filter(None, [by_block(fillable, name)]), *by_action, *by_label]), None)
    if found is None:
        raise CannotChooseError(f"The form has no {name!r}; it has {labels(fillable)}.")
    return found


def _plain_name(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")


def labels(controls: Sequence[Control]) -> str:
    return ", ".join(repr(control.label or control.block_id) for control in controls) or "nothing"
