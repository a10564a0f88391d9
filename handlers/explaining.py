"""What `/usher why` and `/usher who can` ask and are told; what may be asked about stands in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.catalogue_types import Catalogue
from handlers.commands import Named
from handlers.decision_types import Decision

ORGANIZATION, SPACE, FEATURE, USE = "organization", "space", "feature", "use"


@dataclass(frozen=True, slots=True)
class Topic:
    """One action on one thing. ``sort`` is `organization`, `space`, `feature` or a kind of the catalogue.

    ``named``: a space's name, a toggle's id, a resource's id in its product or its name; '' is the organization itself.
    """

    action: str
    sort: str
    named: str = ""


def sorts(catalogue: Catalogue) -> tuple[str, ...]:
    """Everything that can be asked about there."""
    spaces = (SPACE,) if catalogue.space else ()
    features = (FEATURE,) if catalogue.toggles else ()
    return (ORGANIZATION, *spaces, *catalogue.kinds, *features)


def actions_on(catalogue: Catalogue, sort: str) -> tuple[str, ...]:
    match sort:
        case "organization" | "space":
            return catalogue.permissions[sort]
        case "feature":
            return (USE,)
        case _:
            kind = catalogue.kinds.get(sort)
            return kind.actions if kind else ()


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names for the ids in reasons. ``things``: spaces and groups. ``givers``: who stands behind a grant's source."""

    things: Mapping[str, str] = field(default_factory=dict[str, str])
    givers: Mapping[str, Named] = field(default_factory=dict[str, Named])


NOTHING_KNOWN = KnownNames()


@dataclass(frozen=True, slots=True)
class Explanation:
    """``title`` is what the thing is called, ``id`` what its product calls it, ``place`` the space it is or lies in.

    ``oneself``: it is about who asks.
    """

    who: Named
    oneself: bool
    topic: Topic
    title: str
    id: str
    place: str
    decision: Decision
    known: KnownNames = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Holder:
    who: Named
    decision: Decision


@dataclass(frozen=True, slots=True)
class Holders:
    """Ten a page, by address. ``next`` is an opaque key; ``later``: there was a page before this one."""

    topic: Topic
    title: str
    rows: tuple[Holder, ...]
    next: str | None
    later: bool
    known: KnownNames = NOTHING_KNOWN
