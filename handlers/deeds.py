"""Everything that can be done to a member from their card, in one table: which change it is, to whom of which status,
and what there must be to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from handlers.able import manages, may
from handlers.catalogue import Change, Role
from handlers.facts import Case, Facts
from handlers.models import Status
from handlers.permission_rules import controls
from storage.records import MemberRecord

Deed = Literal[
    "edit",
    "permissions",
    "check",
    "reset-password",
    "reset-2fa",
    "deactivate",
    "reactivate",
    "remove",
    "delete-data",
    "delete",
]


@dataclass(frozen=True, slots=True)
class Ground:
    """The target of ``facts``, with what they hold in the organization, or are promised there."""

    facts: Facts
    target: MemberRecord
    role: Role | None
    owns: Mapping[str, int]

    @property
    def data(self) -> int:
        """How many resources are their data, and go with it."""
        kinds = self.facts.catalogue.kinds
        return sum(count for kind, count in self.owns.items() if kind in kinds and kinds[kind].owned)


@dataclass(frozen=True, slots=True)
class Rule:
    change: Change
    to: frozenset[Status]
    where: Callable[[Ground], bool] = lambda _: True
    """Without it the gate would only answer that there is nothing to change."""


_ANYBODY: Final[frozenset[Status]] = frozenset({"invited", "active", "deactivated"})
_ACTIVE: Final[frozenset[Status]] = frozenset({"active"})
_MEMBERS: Final[frozenset[Status]] = frozenset({"active", "deactivated"})


def _has_settings(ground: Ground) -> bool:
    what = controls(ground.facts)
    return bool(what.addons or what.toggles) or what.datasets in ("every-control", "ai-chat-only")


DEEDS: Final[Mapping[Deed, Rule]] = {
    "edit": Rule("edit", _ANYBODY),
    "permissions": Rule("permissions", _ACTIVE, _has_settings),
    "check": Rule("list", _ANYBODY, lambda ground: manages(ground.facts)),
    "reset-password": Rule("reset-password", _ACTIVE),
    "reset-2fa": Rule("reset-2fa", _ACTIVE, lambda ground: ground.target.has_factor),
    "deactivate": Rule("deactivate", frozenset({"invited", "active"})),
    "reactivate": Rule("reactivate", frozenset({"deactivated"}), lambda ground: bool(ground.target.roles)),
    "remove": Rule("remove", _ANYBODY),
    "delete-data": Rule("delete-data", _MEMBERS, lambda ground: ground.data > 0),
    "delete": Rule("delete", _ANYBODY),
}


def offered(ground: Ground, status: Status) -> frozenset[Deed]:
    """All that ``facts.me`` may do to the target now, and nothing that they may not."""
    return frozenset(deed for deed, rule in DEEDS.items() if status in rule.to and _stands(rule, ground))


def _stands(rule: Rule, ground: Ground) -> bool:
    return rule.where(ground) and may(Case(rule.change, old=ground.role, new=_new(rule, ground)), ground.facts)


def _new(rule: Rule, ground: Ground) -> Role | None:
    """Whoever comes back holds what they held."""
    return ground.role if rule.change == "reactivate" else None
