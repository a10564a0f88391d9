"""What can be set for one member, by their role and the plan. Pure, and the same for the form and for the gate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from handlers.catalogue import Addon, Catalogue, Role, Toggle
from handlers.commands import Level, Mode, Override
from handlers.facts import Facts
from storage.permissions import SetRecord
from storage.records import MemberRecord, RoleGrant

# How far somebody's datasets can be ruled (004-39 to 004-50); absent: the catalogue or the role knows no such rules.
Control = Literal["absent", "not-on-plan", "always-full", "every-control", "ai-chat-only"]

MOST_DATASETS = 500
PERMISSIONS = "permissions"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set for somebody.

    ``addons`` are held in the scope that is looked at; ``choices`` are the selected datasets with what overrides the
    level there; ``toggles`` are those set otherwise than the role has them.
    """

    addons: frozenset[str] = frozenset()
    mode: Mode = "full"
    level: Level = "write"
    choices: Mapping[str, Override] = field(default_factory=dict[str, Override])
    toggles: Mapping[str, bool] = field(default_factory=dict[str, bool])

    @property
    def datasets(self) -> tuple[Mode, Level, Mapping[str, Override]]:
        return self.mode, self.level, self.choices

    @property
    def summary(self) -> str:
        """One text for the same settings, whatever order they were made in: what a waiting request compares."""
        parts = [f"add-ons {_listed(self.addons)}", f"datasets {self.mode} {self.level}"]
        if self.choices:
            chosen = ",".join(f"{one}={said}" for one, said in sorted(self.choices.items()))
            parts.append(f"{len(self.choices)} selected ({_hash(chosen)})")
        parts.append(f"toggles {_listed(f'{toggle}={_word(on)}' for toggle, on in self.toggles.items())}")
        return "; ".join(parts)


def _listed(words: Iterable[str]) -> str:
    return ",".join(sorted(words)) or "none"


def _word(on: bool) -> str:  # noqa: FBT001 - the state of a toggle is nothing else
    return "on" if on else "off"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def settings(member: MemberRecord, kept: SetRecord, place: str) -> Settings:
    return Settings(
        addons=frozenset(grant.what for grant in addons_at(member, place)),
        mode=cast("Mode", kept.mode or "full"),
        level=cast("Level", kept.level or "write"),
        choices=cast("Mapping[str, Override]", kept.choices),
        toggles=kept.toggles,
    )


def addons_at(member: MemberRecord, place: str) -> tuple[RoleGrant, ...]:
    return tuple(grant for grant in member.addons if grant.space == place)


@dataclass(frozen=True, slots=True)
class Controls:
    """What applies to somebody with ``role``, in a space or in the organization."""

    catalogue: Catalogue
    plan: str
    role: Role | None
    in_space: bool

    @property
    def datasets(self) -> Control:
        rules, role = self.catalogue.datasets, self.role
        if rules is None or role is None or self.in_space:
            return "absent"
        if role.id in rules.always_full:
            return "always-full"
        control: Control = (
            "every-control"
            if role.id in rules.every_control
            else "ai-chat-only"
            if role.id in rules.ai_chat_only
            else "absent"
        )
        on_plan = self.catalogue.has("dataset-rules", self.plan)
        return control if on_plan or control == "absent" else "not-on-plan"

    @property
    def toggles(self) -> tuple[Toggle, ...]:
        """Those that can be set (004-81)."""
        return tuple(one for one in self._settable if self.reaches(one.plan))

    @property
    def beyond_plan(self) -> tuple[Toggle, ...]:
        """Those that could be set on a higher plan (004-39, 004-82)."""
        return tuple(one for one in self._settable if not self.reaches(one.plan))

    @property
    def _settable(self) -> tuple[Toggle, ...]:
        if self.role is None or self.in_space:
            return ()
        return tuple(one for one in self.catalogue.toggles.values() if self.role.id in one.settable_for)

    def reaches(self, plan: str) -> bool:
        plans = self.catalogue.plans
        return plans.index(self.plan) >= plans.index(plan)

    @property
    def addons(self) -> tuple[Addon, ...]:
        """Those that open anything on top of this role (003-26)."""
        return tuple(one for one in self.catalogue.addons.values() if self.counts(one))

    def counts(self, addon: Addon) -> bool:
        return self.role is not None and self.role.id in self.wanted(addon)

    def wanted(self, addon: Addon) -> frozenset[str]:
        """The roles that an add-on goes on."""
        return addon.on_space if self.in_space else addon.on_organization

    def stands(self, toggle: Toggle, set_: Mapping[str, bool]) -> bool:
        """Whether it is on: as it was set, else as the role has it (004-77)."""
        return set_.get(toggle.id, self.role is not None and toggle.id in self._defaults)

    @property
    def _defaults(self) -> frozenset[str]:
        role = self.role.id if self.role else ""
        return frozenset(one.id for one in self.catalogue.toggles.values() if role in one.on_for)

    def otherwise(self, states: Mapping[str, bool]) -> dict[str, bool]:
        """Of these states, the ones that differ from what the role has: only these are kept."""
        return {toggle: on for toggle, on in states.items() if on is not (toggle in self._defaults)}


def controls(facts: Facts) -> Controls:
    """For the target of the facts. In a space the role counts as far as the one in the organization lets it (K4)."""
    catalogue, plan, mine = facts.catalogue, facts.organization.plan, facts.organization_role(facts.target)
    if facts.space is None:
        return Controls(catalogue, plan, mine, in_space=False)
    role = catalogue.capped(mine, facts.space_role(facts.target))
    return Controls(catalogue, plan, role, in_space=True)


def mark(what: Controls, held: Settings) -> str:
    """What a form was drawn from: it is too old once any of it has changed."""
    role = what.role.id if what.role else ""
    return _hash(f"{what.catalogue.name}/{what.plan}/{role}/{held.summary}")
