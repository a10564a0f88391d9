"""Questions for `decide`, short enough for tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.catalogue import Catalogue
from handlers.decisions import Decision, Held, Subject, Target, decide

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
IN = "space-1"
"""The id of the space in these questions."""
ORGANIZATION, SPACE = Target("organization", "acme"), Target("space", "lab", space=IN)


def held(kind: str, what: str, space: str = "", ends: datetime | None = None) -> Held:
    return Held(kind, what, space, "invitation", "i1", ends)


def somebody(
    role: str | None, *more: Held, here: str | None = None, choices: Mapping[str, Any] | None = None, **rules: Any
) -> Subject:
    """An active member with a role in the organization; `here` is their role in the space."""
    grants = [held("role", role)] if role else []
    grants += [held("role", here, IN)] if here else []
    return Subject(
        id="m1",
        email="ada@example.com",
        name="Ada",
        status=rules.pop("status", "active"),
        listed=rules.pop("listed", True),
        held=(*grants, *more),
        choices=choices or {},
        **rules,
    )


def asked(
    catalogue: Catalogue, who: Subject | None, action: str, target: Target | None, plan: str | None = None
) -> Decision:
    return decide(who, action, target, catalogue=catalogue, plan=plan or catalogue.plans[-1], now=NOW)


def thing(kind: str, *, space: str = "", mine: bool = False, groups: tuple[str, ...] = ()) -> Target:
    return Target(kind, "out-1", space=space, resource="r1", owner="m1" if mine else "m2", groups=frozenset(groups))


def may(catalogue: Catalogue, who: Subject | None, action: str, target: Target | None, plan: str | None = None) -> bool:
    return asked(catalogue, who, action, target, plan).allowed


def actions(catalogue: Catalogue, who: Subject, target: Target, plan: str | None = None) -> set[str]:
    """All that somebody may do with it."""
    match target.type:
        case "organization" | "space":
            names = catalogue.permissions[target.type]
        case kind:
            names = catalogue.kinds[kind].actions
    return {name for name in names if may(catalogue, who, name, target, plan)}
