"""Reads a catalogue: the one file that says which roles an organization has and who may what in it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers.catalogue_checks import BuiltChecks, TableChecks
from handlers.catalogue_grants import Grants
from handlers.catalogue_read import nearest, shown, table_of
from handlers.catalogue_types import (
    Addon,
    Catalogue,
    CatalogueError,
    DatasetRules,
    Kind,
    Privileged,
    Role,
    Rules,
    Toggle,
    Words,
    spelt,
)
from handlers.catalogue_words import (
    NEEDS,
    ORGANIZATION_PERMISSIONS,
    SPACE_NEEDS,
    SPACE_PERMISSIONS,
    Change,
    Condition,
    Feature,
    Reach,
    Scope,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.catalogue_file import CatalogueTable, RoleTable

__all__ = [
    "Addon",
    "Catalogue",
    "CatalogueError",
    "Change",
    "Condition",
    "DatasetRules",
    "Feature",
    "Kind",
    "Privileged",
    "Reach",
    "Role",
    "Rules",
    "Scope",
    "Toggle",
    "Words",
    "load",
    "parse",
    "shipped",
]

_HOME = Path(__file__).parent / "catalogues"
_SHIPPED = ("default", "resmo", "imaging", "automation", "mondoo", "resplendent")
_LARGEST = 1_000_000  # bytes; the largest shipped file has a fiftieth of it


def shipped() -> tuple[str, ...]:
    return _SHIPPED


def load(source: str | Path) -> Catalogue:
    """A shipped name, or a path to a TOML file."""
    if isinstance(source, str) and spelt(source) in _SHIPPED:
        source = _HOME / f"{spelt(source)}.toml"
        return parse(_text(source, source.name), file=source.name)
    file = shown(source)
    if not Path(source).is_file():
        raise CatalogueError(file, "file", f"is neither a shipped catalogue nor a file{nearest(file, _SHIPPED)}")
    return parse(_text(Path(source), file), file=file)


def _text(path: Path, file: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise CatalogueError(file, "file", f"is larger than {_LARGEST} bytes")
        return content.decode()
    except UnicodeDecodeError:
        raise CatalogueError(file, "file", "is not UTF-8 text") from None
    except OSError as error:
        raise CatalogueError(file, "file", f"cannot be read: {error.strerror}") from None


def parse(text: str, *, file: str) -> Catalogue:
    return _parsed(text, file)


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> Catalogue:
    table = table_of(text, file)
    checks = TableChecks(file, table)
    checks.run()
    catalogue = _Builder(file, table).catalogue()
    BuiltChecks(file, catalogue).run()
    checks.every_set_is_used()
    return catalogue


class _Builder:
    def __init__(self, file: str, table: CatalogueTable) -> None:
        self._file = file
        self._table = table
        self._grants = Grants(file, table.sets)
        self._actions = tuple(f"{name}:{action}" for name, kind in table.kinds.items() for action in kind.actions)
        self._permissions: dict[Scope, tuple[str, ...]] = {
            "organization": self._vocabulary("organization"),
            "space": self._vocabulary("space") if table.space.roles else (),
        }
        for name in self._actions:
            if name in (*self._permissions["organization"], *self._permissions["space"]):
                raise CatalogueError(file, f"kinds.{name.partition(':')[0]}", f"“{name}” is a permission already")

    def _vocabulary(self, scope: Scope) -> tuple[str, ...]:
        """Without space roles there are no spaces to make, so `*` does not open that."""
        table, spaces = self._table, bool(self._table.space.roles)
        of_organization = tuple(name for name in ORGANIZATION_PERMISSIONS if spaces or not name.startswith("spaces:"))
        known = of_organization if scope == "organization" else SPACE_PERMISSIONS
        known = self._grants.declared(table.permissions.both, "permissions.both", known)
        own = table.permissions.organization if scope == "organization" else table.permissions.space
        return self._grants.declared(own, f"permissions.{scope}", known)

    def catalogue(self) -> Catalogue:
        table = self._table
        space = self._roles("space", table.space.roles, {})
        organization = self._roles("organization", table.organization.roles, space)
        addons = self._addons()
        return Catalogue(
            name=Path(self._file).stem,
            title=table.title,
            words=Words(**table.words.model_dump()),
            plans=tuple(table.plans.order),
            plan_at_setup=table.plans.at_setup,
            plan_names=self._plan_names(),
            features=MappingProxyType(table.plans.features),
            organization=organization,
            space=space,
            permissions=MappingProxyType(self._permissions),
            addons=addons,
            only_by_addons=_only_by(addons, (*organization.values(), *space.values())),
            toggles=self._toggles(),
            kinds=self._kinds(),
            datasets=self._datasets(),
            needs=MappingProxyType({**NEEDS, **table.organization.needs}),
            space_needs=MappingProxyType({**SPACE_NEEDS, **table.space.needs}),
            rules=Rules(**table.rules.model_dump()),
            privileged=self._privileged(),
            role_names=MappingProxyType({"organization": _by_name(organization), "space": _by_name(space)}),
        )

    def _plan_names(self) -> Mapping[str, str]:
        plans = self._table.plans
        return MappingProxyType(
            {spelt(name): name for name in plans.order} | {spelt(a): b for a, b in plans.also.items()}
        )

    def _roles(self, scope: Scope, tables: Mapping[str, RoleTable], space: Mapping[str, Role]) -> Mapping[str, Role]:
        highest_first = sorted(tables, key=lambda name: -tables[name].rank)
        return MappingProxyType({name: self._role(scope, name, highest_first, space) for name in highest_first})

    def _role(self, scope: Scope, name: str, order: list[str], space: Mapping[str, Role]) -> Role:
        table = (self._table.organization if scope == "organization" else self._table.space).roles[name]
        key = f"{scope}.roles.{name}"
        in_spaces = self._grants.expand(table.in_spaces, f"{key}.in_spaces", self._permissions["space"])
        offered = table.gives if table.invites is None else table.invites
        permissions = self._grants.expand(table.grants, f"{key}.grants", self._permissions[scope])
        return Role(
            id=name,
            title=table.title or name.replace("_", " ").capitalize(),
            rank=table.rank,
            scope=scope,
            permissions=permissions,
            in_spaces=in_spaces,
            on_resources=self._grants.expand(table.resources, f"{key}.resources", self._actions),
            reaches=frozenset(table.reaches),
            gives=frozenset(table.gives),
            gives_in_spaces=self._given_in_spaces(in_spaces, space),
            acts_on=frozenset(table.acts_on),
            invites=tuple(one for one in order if one in offered),
            in_space_at_most=table.in_space_at_most,
            first=table.first,
            exactly_one=table.exactly_one,
        )

    def _given_in_spaces(self, in_spaces: frozenset[str], space: Mapping[str, Role]) -> frozenset[str]:
        giving = {**SPACE_NEEDS, **self._table.space.needs}["change-role"]
        return frozenset(role.id for role in space.values() if giving in in_spaces and role.permissions <= in_spaces)

    def _addons(self) -> Mapping[str, Addon]:
        addons = self._table.addons
        built = {
            name: Addon(
                id=name,
                title=table.title,
                on_organization=frozenset(addons.on_organization),
                on_space=frozenset(addons.on_space),
                opens=self._opened(name, table.opens),
            )
            for name, table in addons.each.items()
        }
        return MappingProxyType(built)

    def _opened(self, name: str, opens: list[str]) -> frozenset[str]:
        """What an add-on opens must be there wherever it can stand, at both levels if it is for both."""
        addons = self._table.addons
        on: dict[Scope, list[str]] = {"organization": addons.on_organization, "space": addons.on_space}
        found = [
            self._grants.expand(opens, f"addons.each.{name}.opens", self._permissions[scope])
            for scope, roles in on.items()
            if roles
        ]
        return frozenset[str]().union(*found)

    def _toggles(self) -> Mapping[str, Toggle]:
        built = {
            name: Toggle(
                id=name,
                title=table.title,
                text=table.text,
                on_for=frozenset(table.on_for),
                settable_for=frozenset(table.settable_for),
                plan=table.plan,
                needed_for=self._grants.expand(table.needed_for, f"toggles.{name}.needed_for", self._actions),
            )
            for name, table in self._table.toggles.items()
        }
        return MappingProxyType(built)

    def _kinds(self) -> Mapping[str, Kind]:
        built = {
            name: Kind(name, table.title or name.capitalize(), tuple(table.actions), table.owned, table.seen_by)
            for name, table in self._table.kinds.items()
        }
        return MappingProxyType(built)

    def _datasets(self) -> DatasetRules | None:
        table = self._table.datasets
        if table is None:
            return None
        return DatasetRules(
            kind=table.kind,
            always_full=frozenset(table.always_full),
            every_control=frozenset(table.every_control),
            ai_chat_only=frozenset(table.ai_chat_only),
        )

    def _privileged(self) -> tuple[Privileged, ...]:
        return tuple(
            Privileged(change, frozenset(entry.when), entry.approvals, entry.code, entry.rows_over)
            for entry in self._table.privileged.lines
            for change in entry.changes
        )


def _only_by(addons: Mapping[str, Addon], roles: tuple[Role, ...]) -> frozenset[str]:
    opened = frozenset[str]().union(*(addon.opens for addon in addons.values()))
    return opened.difference(*(role.permissions | role.in_spaces | role.on_resources for role in roles))


def _by_name(roles: Mapping[str, Role]) -> Mapping[str, Role]:
    return MappingProxyType({spelt(said): role for role in roles.values() for said in (role.id, role.title)})
