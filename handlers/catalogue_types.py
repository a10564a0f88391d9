"""What a catalogue is once it has been read and checked: frozen, and the same for every organization that uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from handlers.catalogue_words import MANAGING, Change, Condition, Feature, Reach, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta


class CatalogueError(Exception):
    """Names the file, the dotted key and the reason in one line."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: str
    rank: int
    scope: Scope
    permissions: frozenset[str]
    in_spaces: frozenset[str]  # space permissions held in every space it reaches, without an invitation (K2)
    on_resources: frozenset[str]  # `kind:action`, on the resources it reaches
    reaches: frozenset[Reach]
    gives: frozenset[str]
    gives_in_spaces: frozenset[str]  # the space roles that an organization role gives: all it holds wholly itself
    acts_on: frozenset[str]
    invites: tuple[str, ...]  # what an invitation offers, highest first
    in_space_at_most: str | None
    first: bool  # the first member, or the maker of a space, gets it; its last holder cannot be lost
    exactly_one: bool

    @property
    def reaches_every_space(self) -> bool:
        return bool(self.reaches & {"everything", "all-spaces"})


@dataclass(frozen=True, slots=True)
class Privileged:
    """All conditions of one entry must hold; of several entries that match, the strictest speaks."""

    change: Change
    when: frozenset[Condition]
    approvals: int
    code: bool
    rows_over: int | None  # imports only: the entry speaks from one row more than this


@dataclass(frozen=True, slots=True)
class Words:
    space: str
    spaces: str
    group: str
    groups: str


@dataclass(frozen=True, slots=True)
class Addon:
    id: str
    title: str
    on_organization: frozenset[str]
    on_space: frozenset[str]
    opens: frozenset[str]


@dataclass(frozen=True, slots=True)
class Toggle:
    id: str
    title: str
    text: str
    on_for: frozenset[str]
    settable_for: frozenset[str]
    plan: str  # the lowest plan that has it
    needed_for: frozenset[str]  # `kind:action` that is closed while the toggle is off


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    title: str
    actions: tuple[str, ...]
    owned: bool  # "delete data" unregisters those that the person owns
    seen_by: Literal["reach", "list"]  # "list": its list and groups alone decide who sees it, whatever a role reaches


@dataclass(frozen=True, slots=True)
class DatasetRules:
    """Who is bound by access mode, level and overrides (004-39 to 004-57)."""

    kind: str
    always_full: frozenset[str]
    every_control: frozenset[str]
    ai_chat_only: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    password_reset: Literal["link", "generate"]
    invitation_life: timedelta
    request_life: timedelta
    organization_role_required: bool
    guests: bool
    notify_only_addresses: bool
    share_by_email: bool
    deletes_own_data: bool


def spelt(text: str) -> str:
    """One spelling for names that people type: letter case, blanks, underscores and hyphens do not matter."""
    return re.sub(r"[\s_-]+", "_", text.strip()).casefold()


Titled = TypeVar("Titled", Kind, Addon, Toggle)


def _called(known: Mapping[str, Titled], text: str) -> Titled | None:
    """By its id or its title."""
    words = spelt(text)
    return next((one for one in known.values() if words in (spelt(one.id), spelt(one.title))), None)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    name: str
    title: str
    words: Words
    plans: tuple[str, ...]  # lowest first
    plan_at_setup: str
    plan_names: Mapping[str, str]
    features: Mapping[Feature, str]  # the lowest plan that has it; what is not listed is on no plan
    organization: Mapping[str, Role]
    space: Mapping[str, Role]
    permissions: Mapping[Scope, tuple[str, ...]]  # all that may be held, in the order of VOCABULARY.md
    addons: Mapping[str, Addon]
    only_by_addons: frozenset[str]  # what add-ons open and no role holds by itself
    toggles: Mapping[str, Toggle]
    kinds: Mapping[str, Kind]
    datasets: DatasetRules | None
    needs: Mapping[Change, str]
    space_needs: Mapping[Change, str]  # the same change made inside a space
    rules: Rules
    privileged: tuple[Privileged, ...]
    role_names: Mapping[Scope, Mapping[str, Role]] = field(repr=False)

    @property
    def top(self) -> Role:
        """The role that its last active holder can never lose, and that the first member gets."""
        return next(role for role in self.organization.values() if role.first)

    @property
    def space_top(self) -> Role | None:
        """The role that the maker of a space gets (001-54); none where the catalogue has no spaces."""
        return next((role for role in self.space.values() if role.first), None)

    def role(self, text: str, *, scope: Scope = "organization") -> Role | None:
        return self.role_names[scope].get(spelt(text))

    def kind(self, text: str) -> Kind | None:
        return _called(self.kinds, text)

    def addon(self, text: str) -> Addon | None:
        return _called(self.addons, text)

    def toggle(self, text: str) -> Toggle | None:
        return _called(self.toggles, text)

    def plan(self, text: str) -> str | None:
        """The plan by its name or another one it goes by (Enterprise is Starship, D6)."""
        return self.plan_names.get(spelt(text))

    def manages_members(self, role: Role | None) -> bool:
        return role is not None and bool(role.permissions & MANAGING)

    def allows(self, role: Role | None, permission: str) -> bool:
        return role is not None and (permission in role.permissions or permission in role.on_resources)

    def lacks(self, giver: Role | None, role: Role) -> frozenset[str]:
        """What the role holds and the giver does not, each in its own scope."""
        held = role.permissions | role.in_spaces | role.on_resources
        if giver is None or (giver.scope == "space" and role.scope == "organization"):
            return held
        mine = giver.permissions if giver.scope == role.scope else giver.in_spaces
        return (role.permissions - mine) | (role.in_spaces - giver.in_spaces) | (role.on_resources - giver.on_resources)

    def in_space(self, organization: Role | None, space: Role | None) -> frozenset[str]:
        """What somebody with these two roles may do in a space: what they reach unasked, and what they were given.

        Space permissions and, as `kind:action`, what is open to them on every resource there.
        """
        held = frozenset[str]()
        if organization and organization.reaches_every_space:
            held |= organization.in_spaces | organization.on_resources
        given = self.capped(organization, space)
        return held | given.permissions | given.on_resources if given else held

    def capped(self, organization: Role | None, space: Role | None) -> Role | None:
        """The space role as far as the organization role lets it count (K4: a guest is at most viewer)."""
        most = self.space[organization.in_space_at_most] if organization and organization.in_space_at_most else None
        return min(space, most, key=lambda role: role.rank) if space and most else space

    def has(self, feature: Feature, plan: str) -> bool:
        lowest = self.features.get(feature)
        return lowest is not None and self.plans.index(plan) >= self.plans.index(lowest)
