"""Tables that say each thing once: whoever gets the same answers stands in the same line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

ANY, NOTHING, ALL = "any", "–", "all"

Combination = tuple[str, ...]
Dimensions = Sequence[Sequence[str]]
V = TypeVar("V")


def grouped(found: Mapping[Combination, V], dimensions: Dimensions) -> Iterator[tuple[str, V]]:
    """Every value once, with the combinations that lead to it."""
    by_value: dict[V, set[Combination]] = {}
    for combination, value in found.items():
        by_value.setdefault(value, set()).add(combination)
    return ((label(combinations, dimensions), value) for value, combinations in by_value.items())


def label(combinations: Collection[Combination], dimensions: Dimensions) -> str:
    """`admin, member + any; guest + none`."""
    return "; ".join(_box(box, dimensions) for box in _boxes(frozenset(combinations), dimensions))


def _box(box: Sequence[Sequence[str]], dimensions: Dimensions) -> str:
    return " + ".join(_part(values, known) for values, known in zip(box, dimensions, strict=True))


def _part(values: Sequence[str], known: Sequence[str]) -> str:
    return ANY if len(values) == len(known) > 1 else ", ".join(values)


def _boxes(combinations: frozenset[Combination], dimensions: Dimensions) -> list[list[list[str]]]:
    if not dimensions:
        return [[]]
    by_rest: dict[frozenset[Combination], list[str]] = {}
    for value in dimensions[0]:
        rest = frozenset(one[1:] for one in combinations if one[0] == value)
        if rest:
            by_rest.setdefault(rest, []).append(value)
    return [[values, *box] for rest, values in by_rest.items() for box in _boxes(rest, dimensions[1:])]


def shown(can: Collection[str], known: Collection[str]) -> str:
    return ALL if len(can) == len(known) else ", ".join(can) or NOTHING


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    return ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def permissions(can: Collection[str], known: Sequence[str]) -> Iterator[str]:
    """One line for each resource of which anything is open: `members: list, invite`."""
    by_resource: dict[str, list[str]] = {}
    for resource, _, action in (name.partition(":") for name in known):
        by_resource.setdefault(resource, []).append(action)
    for resource, actions in by_resource.items():
        mine = [action for action in actions if f"{resource}:{action}" in can]
        if mine:
            yield f"    {resource}: {shown(mine, actions) if len(actions) > 1 else mine[0]}"
