"""The words of a decision: who is asked about, what, and every reason there can be. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from handlers.commands import Level, Mode, Override
from handlers.holdings import Held

ReasonCode = Literal[
    # who, what and which
    "unknown-subject",  # nobody of that address is a member here
    "invited",  # the invitation is not accepted yet
    "deactivated",
    "unknown-target",
    "unknown-type",  # facts: type
    "unknown-action",  # facts: action, type
    # roles and add-ons; facts: permission, and role or addon
    "role-holds",
    "role-lacks",
    "no-role",
    "role-holds-in-spaces",  # the role of the organization counts in every space
    "role-lacks-in-spaces",
    "space-role-holds",
    "space-role-lacks",
    "no-space-role",
    "capped",  # facts: given, role: what it counts as beside the role in the organization
    "addon-opens",
    "addon-rests",  # it stands on other roles only
    # what is seen; facts: kind, and role where it is one
    "sees-everything",
    "sees-all-spaces",
    "sees-own",
    "sees-in-space",
    "on-list",
    "group-on-list",  # facts: group (its id)
    "not-seen",
    "not-on-list",  # of this kind its list alone shows what is on it
    # datasets
    "datasets-always-full",  # facts: role
    "datasets-stay-closed",  # rules and other roles open nothing that this one does not; facts: role, action
    "datasets-not-on-plan",  # so nobody's are restricted; facts: plan
    "dataset-full",
    "dataset-not-blacklisted",
    "dataset-blacklisted",
    "dataset-whitelisted",
    "dataset-not-whitelisted",
    "level-read",
    "level-write",
    "override-read",
    "override-write",
    # toggles; facts: toggle, and role or plan
    "toggle-not-on-plan",
    "toggle-set-on",
    "toggle-set-off",
    "toggle-on",
    "toggle-off",
    "toggle-not-settable",  # it was set, but cannot be for this role
]


@dataclass(frozen=True, slots=True)
class Subject:
    """What of one member matters. ``held`` may hold what has ended: that is judged here."""

    id: str
    email: str
    name: str
    status: str
    listed: bool
    held: tuple[Held, ...] = ()
    mode: Mode = "full"
    level: Level = "write"
    choices: Mapping[str, Override] = field(default_factory=dict[str, Override])
    toggles: Mapping[str, bool] = field(default_factory=dict[str, bool])


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about. ``space`` is the id of the space itself, or of the one that a resource lies in."""

    type: str
    id: str
    space: str = ""
    resource: str = ""
    owner: str | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """``allows`` True speaks for, False against, None only explains. ``grant``: where it comes from, until when."""

    code: ReasonCode
    allows: bool | None
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    grant: Held | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``reasons``: every rule that spoke, in order. ``decided`` is the one that won."""

    allowed: bool
    reasons: tuple[Reason, ...]
    decided: Reason
