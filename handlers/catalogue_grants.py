"""The short notation in which a catalogue lists permissions, and what it stands for.

`"members:invite"` one · `"members:{list,invite}"` several · `"members:*"` all of that resource · `"*"` all there are ·
`"@view"` what the set of that name lists · `"-space:access"` all but this one, wherever in the list it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.catalogue_read import unknown
from handlers.catalogue_types import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NAME = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_-]*")


def spread(item: str) -> list[str]:
    """`members:{list,invite}` is two permissions."""
    match = re.fullmatch(r"([^{}]*)\{([^{}]*)\}", item)
    return [match[1] + part.strip() for part in match[2].split(",")] if match else [item]


@dataclass(frozen=True, slots=True)
class Grants:
    file: str
    sets: Mapping[str, Sequence[str]]

    def declared(self, items: Iterable[str], key: str, known: Iterable[str]) -> tuple[str, ...]:
        """The permissions that a catalogue adds to the known ones."""
        names = list(known)
        for name in (name for item in items for name in spread(item)):
            if not _NAME.fullmatch(name):
                raise CatalogueError(self.file, key, f"“{name}” is not written resource:action")
            if name in names:
                raise CatalogueError(self.file, key, f"“{name}” is known already")
            names.append(name)
        return tuple(names)

    def expand(self, items: Iterable[str], key: str, known: Sequence[str]) -> frozenset[str]:
        plain = [part for item in items for part in self._of_set(item, key)]
        added = {name for item in plain if item[:1] != "-" for name in self._matching(item, key, known)}
        for item in (item for item in plain if item[:1] == "-"):
            taken = self._matching(item[1:], key, known)
            if not added & taken:
                raise CatalogueError(self.file, key, f"“{item}” takes away what is not there")
            added -= taken
        return frozenset(added)

    def _of_set(self, item: str, key: str) -> Sequence[str]:
        if not item.startswith("@"):
            return (item,)
        if item[1:] not in self.sets:
            raise CatalogueError(self.file, key, unknown("set", item, (f"@{name}" for name in self.sets)))
        return self.sets[item[1:]]

    def _matching(self, item: str, key: str, known: Sequence[str]) -> set[str]:
        return {name for part in spread(item) for name in self._one(part, key, known)}

    def _one(self, name: str, key: str, known: Sequence[str]) -> Sequence[str]:
        if name == "*" and known:
            return known
        found = [one for one in known if one == name or (name.endswith(":*") and one.startswith(name[:-1]))]
        if not found:
            raise CatalogueError(self.file, key, unknown("permission", name, known))
        return found
