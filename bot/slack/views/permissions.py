"""Permissions of one member: add-ons, datasets and features, and only what applies to their role and plan.

Choosing another access mode draws the form anew, so that pickers and overrides stand there only where they count.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.slack import ids
from bot.slack.views import parts
from bot.slack.views.blocks import (
    MOST_OPTIONS,
    MOST_TICKED,
    Block,
    Confirm,
    Ticked,
    actions,
    asked,
    button,
    checkboxes,
    header,
    modal,
    radios,
    rich,
    searched_many,
)
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled, Unreadable
from bot.wording import permissions as words
from bot.wording.phrase import Phrase, say
from handlers.commands import Level, Mode, Override, Person, SetPermissions
from handlers.models import Choice, Desk
from handlers.permission_queries import Sheet
from handlers.permission_rules import MOST_DATASETS

CALLBACK = "permissions"
PICK_CALLBACK = "permissions-of"
TITLE = "Permissions"
DATASETS = "datasets"
MOST_NAMES = 100_000
"""Characters of JSON for the names of all selected datasets together; Slack takes 250 000 for the whole form."""
T = TypeVar("T")
Overrides = tuple[tuple[Override, tuple[Choice, ...]], ...]


# Whose --------------------------------------------------------------------------------------------------------------


def build_pick(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    """The first page, where nobody was named yet."""
    blocks = [*parts.note(typed), parts.person(typed), *(parts.space(desk, typed) if _in_spaces(desk) else [])]
    return modal(TITLE, PICK_CALLBACK, blocks, submit="Next")


def _in_spaces(desk: Desk) -> bool:
    return any(addon.on_space for addon in desk.catalogue.addons.values())


def read_pick(form: Filled) -> SetPermissions:
    """Whose permissions, and where; nothing is set yet."""
    return SetPermissions(parts.read_person(form), form.choice("space") or None)


# What stands in it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """What is chosen: as it is set, or as somebody has it in a form that is drawn anew."""

    addons: frozenset[str]
    mode: Mode
    level: Level
    datasets: tuple[Choice, ...]
    overrides: Overrides
    on: frozenset[str]
    reason: str = ""


def as_set(sheet: Sheet) -> Draft:
    held, chosen = sheet.settings, sheet.chosen
    return Draft(
        addons=held.addons,
        mode=held.mode,
        level=held.level,
        datasets=chosen,
        overrides=tuple(
            (one, tuple(choice for choice in chosen if held.choices[choice.value] == one)) for one in words.OVERRIDES
        ),
        on=frozenset(one.id for one in sheet.what.toggles if sheet.what.stands(one, held.toggles)),
    )


def as_typed(form: Filled, sheet: Sheet) -> Draft:
    """What the form did not show before begins as it is set."""
    before = as_set(sheet)
    picked = form.parts("datasets")
    overrides: Overrides = tuple(
        (one, form.many(f"overrides-{one}") if form.parts(f"overrides-{one}") else kept)
        for one, kept in before.overrides
    )
    return Draft(
        addons=_ids(form.many("addons")) if form.parts("addons") else before.addons,
        mode=_mode(form) or before.mode,
        level=_level(form) or before.level,
        datasets=form.many("datasets") if picked else before.datasets,
        overrides=overrides,
        on=_ids(form.many("on")) if form.parts("on") else before.on,
        reason=form.text("reason"),
    )


def _ids(chosen: Sequence[Choice]) -> frozenset[str]:
    return frozenset(choice.value for choice in chosen)


def build(sheet: Sheet, draft: Draft | None = None, *, mark: str = "") -> Block:
    """`mark`: of what the form was first drawn from, where it is drawn anew."""
    draft = draft or as_set(sheet)
    blocks = [rich(_head(sheet)), *_addons(sheet, draft), *_datasets(sheet, draft), *_features(sheet, draft)]
    settable = any(block["type"] == "input" for block in blocks)
    if len(blocks) == 1:
        blocks.append(rich(words.NOTHING_TO_SET))
    if settable:
        blocks.append(parts.reason(Prefilled(reason=draft.reason)))
    meta = Meta(person=sheet.member.id, space=sheet.space.value if sheet.space else "", mark=mark or sheet.mark)
    submit, close = ("Save", "Cancel") if settable else ("", "Close")
    return modal(TITLE, CALLBACK, blocks, submit=submit, close=close, meta=meta.dump())


def _head(sheet: Sheet) -> Phrase:
    return words.head(sheet.member, sheet.what, sheet.space.label if sheet.space else None)


def _ticks(field: str, label: str, shown: Sequence[Ticked], ticked: frozenset[str]) -> Iterator[Block]:
    """Slack takes ten in one group, so more are split into groups of much the same size."""
    if not shown:
        return
    groups = -(-len(shown) // MOST_TICKED)
    for number, some in enumerate(_batches(shown, -(-len(shown) // groups)), start=1):
        name = label if number == 1 else f"More {label.lower()}"
        yield asked(f"{field}-{number}", name, checkboxes(some, ticked), optional=True)


def _batches(all_: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (all_[start : start + size] for start in range(0, len(all_), size))


# Add-ons (003-26 to 003-36) -------------------------------------------------------------------------------------------


def _addons(sheet: Sheet, draft: Draft) -> list[Block]:
    lines, shown = words.addons(sheet.what, sheet.addons), _addon_ticks(sheet)
    if not lines and not shown:
        return []
    return [
        header("Add-ons"),
        *(rich(line) for line in lines),
        *_ticks("addons", "Add-ons that are given", shown, draft.addons),
    ]


def _addon_ticks(sheet: Sheet) -> list[Ticked]:
    """Those that can be given, and those that are held: one that rests can be taken away."""
    known = sheet.what.catalogue.addons.values()
    shown = [addon for addon in known if addon.id in sheet.addons or addon in sheet.what.addons]
    return [Ticked(Choice(addon.id, addon.title), words.addon(addon, sheet.addons.get(addon.id))) for addon in shown]


# Datasets (004-39 to 004-57) ------------------------------------------------------------------------------------------


def _datasets(sheet: Sheet, draft: Draft) -> list[Block]:
    control = sheet.what.datasets
    if control == "absent":
        return []
    lines = [rich(line) for line in words.datasets(sheet.what, draft.mode)]
    if control not in ("every-control", "ai-chat-only"):
        return [header("Datasets"), *lines]
    every = control == "every-control"
    return [
        header("Datasets"),
        *lines,
        _modes(draft.mode),
        *([_levels(draft.level)] if every else []),
        *(_pickers(draft) if draft.mode != "full" else []),
        *(_overrides(draft) if draft.mode == "whitelist" and every else []),
    ]


def _modes(mode: Mode) -> Block:
    shown = [Ticked(Choice(one, title), words.MODE_MEANS[one]) for one, title in words.MODES.items()]
    return asked("mode", "Access Mode", radios(shown, mode, action_id=ids.ACCESS_MODE), dispatch=True)


def _levels(level: Level) -> Block:
    shown = [Ticked(Choice(one, title), words.LEVEL_MEANS[one]) for one, title in words.LEVELS.items()]
    return asked("level", "Default Permission Level", radios(shown, level))


def _pickers(draft: Draft) -> Iterator[Block]:
    """One takes a hundred, so where more are selected there is a next one with room for others."""
    label = words.PICKER[draft.mode]
    pages = list(_batches(_shortened(draft, draft.datasets), MOST_OPTIONS))
    if len(draft.datasets) % MOST_OPTIONS == 0 and len(draft.datasets) < MOST_DATASETS:
        pages.append(())
    for number, page in enumerate(pages, start=1):
        name = label if number == 1 else f"{label} ({number})"
        hint = words.PICKER_HINT[draft.mode] if number == 1 else ""
        yield asked(f"datasets-{number}", name, searched_many(DATASETS, page), optional=True, hint=hint)


def _shortened(draft: Draft, chosen: Sequence[Choice]) -> Sequence[Choice]:
    """So many names, each as long as it gets, would make a form that Slack finds too large: then each is cut."""
    shown = len(draft.datasets) + sum(min(len(some), MOST_OPTIONS) for _, some in draft.overrides)
    room = MOST_NAMES // max(shown, 1)
    return [Choice(one.value, _cut(one.label, room)) for one in chosen]


def _cut(label: str, room: int) -> str:
    while len(json.dumps(label)) > room:
        label = label[: len(label) * 3 // 4]
    return label


def _overrides(draft: Draft) -> Iterator[Block]:
    for override, chosen in draft.overrides:
        label, hint = words.OVERRIDES[override]
        picker = searched_many(DATASETS, _shortened(draft, chosen[:MOST_OPTIONS]))
        yield asked(f"overrides-{override}", label, picker, optional=True, hint=hint)


# Features (004-58 to 004-84) ------------------------------------------------------------------------------------------


def _features(sheet: Sheet, draft: Draft) -> list[Block]:
    what = sheet.what
    lines = [rich(line) for line in words.features(what)]
    if not what.toggles:
        return [header("Features"), *lines] if lines else []
    shown = [Ticked(Choice(one.id, one.title), words.feature(one)) for one in what.toggles]
    return [header("Features"), *_ticks("on", "Features that are on", shown, draft.on), *lines, _reset(sheet)]


def _reset(sheet: Sheet) -> Block:
    sure = Confirm(words.RESET, words.RESET_ASKS, "Reset")
    about = f"{words.RESET}: {sheet.member.name}"
    return actions("reset", button(words.RESET, ids.RESET_PERMISSIONS, sheet.member.id, confirm=sure, about=about))


# Reading --------------------------------------------------------------------------------------------------------------


def read(form: Filled) -> SetPermissions:
    mode, on = _mode(form), tuple(choice.value for choice in form.many("on"))
    picking = mode is not None and mode != "full"
    if picking and _lacks_fields(form, mode):
        raise Unreadable("mode", say("The fields of this mode did not come: choose the mode again, then press Save."))
    return SetPermissions(
        person=Person(id=form.meta.person),
        space=form.meta.space or None,
        addons=tuple(choice.value for choice in form.many("addons")) if form.parts("addons") else None,
        mode=mode,
        level=_level(form),
        datasets=tuple(choice.value for choice in form.many("datasets")) if picking else (),
        overrides=tuple(_chosen_overrides(form)) if mode == "whitelist" else (),
        on=on,
        off=tuple(one for one in form.offered("on") if one not in on),
        reason=form.text("reason"),
        seen=form.meta.mark,
    )


def _lacks_fields(form: Filled, mode: Mode | None) -> bool:
    """Sent before the form was drawn anew: what nobody could see must not count as empty."""
    overrides = mode == "whitelist" and bool(form.parts("level"))
    return not form.parts("datasets") or (overrides and not form.parts("overrides"))


def _chosen_overrides(form: Filled) -> Iterator[tuple[str, Override]]:
    for override in words.OVERRIDES:
        for choice in form.many(f"overrides-{override}"):
            yield choice.value, override


def _mode(form: Filled) -> Mode | None:
    chosen = form.choice("mode")
    return next((mode for mode in words.MODES if mode == chosen), None)


def _level(form: Filled) -> Level | None:
    chosen = form.choice("level")
    return next((level for level in words.LEVELS if level == chosen), None)
