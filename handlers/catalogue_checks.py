"""Every name of a catalogue against every other. The first thing that is wrong is said, with its file and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from handlers.catalogue_read import unknown
from handlers.catalogue_types import Catalogue, CatalogueError, Role, spelt
from handlers.catalogue_words import HOLDS_FOR, NOBODY, Change, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from handlers.catalogue_file import CatalogueTable, PrivilegedLine, RoleTable

_OF_SPACES: frozenset[Change] = frozenset({"create-space", "rename-space", "delete-space"})
_OF_RESOURCES: frozenset[Change] = frozenset({"add-resource", "remove-resource", "share"})


class TableChecks:
    """What can be said of the file before anything is built from it."""

    def __init__(self, file: str, table: CatalogueTable) -> None:
        self._file = file
        self._table = table
        self._roles: dict[Scope, Mapping[str, RoleTable]] = {
            "organization": table.organization.roles,
            "space": table.space.roles,
        }

    def run(self) -> None:
        self._plans()
        self._sets_name_no_sets()
        for scope in self._roles:
            self._ranks(scope)
            self._names_of_roles(scope)
            self._roles_named_by_roles(scope)
        self._firsts()
        self._limits_in_spaces()
        self._addons()
        self._toggles()
        self._kinds()
        self._datasets()
        self._rules()
        self._privileged()

    def _fail(self, key: str, reason: str) -> NoReturn:
        raise CatalogueError(self._file, key, reason)

    def _known(self, what: str, names: Iterable[str], right: Iterable[str], key: str) -> None:
        right = tuple(right)
        for name in names:
            if name not in right:
                self._fail(key, unknown(what, name, right))

    def _plans(self) -> None:
        plans = self._table.plans
        if len(set(plans.order)) < len(plans.order):
            self._fail("plans.order", "names a plan twice")
        self._known("plan", [plans.at_setup], plans.order, "plans.at_setup")
        for other, plan in plans.also.items():
            self._known("plan", [plan], plans.order, f"plans.also.{other}")
            if other in plans.order:
                self._fail(f"plans.also.{other}", "is a plan itself")
        for feature, plan in plans.features.items():
            self._known("plan", [plan], plans.order, f"plans.features.{feature}")

    def _sets_name_no_sets(self) -> None:
        for name, items in self._table.sets.items():
            if any(item.startswith("@") for item in items):
                self._fail(f"sets.{name}", "a set cannot name another set")

    def every_set_is_used(self) -> None:
        """Comes last: a set whose name was mistyped where it is used should be answered there."""
        used = {item for role in self._all_roles() for item in (*role.grants, *role.in_spaces, *role.resources)}
        used |= {item for addon in self._table.addons.each.values() for item in addon.opens}
        for name in self._table.sets:
            if f"@{name}" not in used:
                self._fail(f"sets.{name}", "is used by no role")

    def _all_roles(self) -> Iterable[RoleTable]:
        return (role for roles in self._roles.values() for role in roles.values())

    def _ranks(self, scope: Scope) -> None:
        seen: dict[int, str] = {}
        for name, role in self._roles[scope].items():
            if role.rank in seen:
                self._fail(f"{scope}.roles.{name}.rank", f"is also the rank of “{seen[role.rank]}”")
            seen[role.rank] = name

    def _names_of_roles(self, scope: Scope) -> None:
        seen: dict[str, str] = {}
        for name, role in self._roles[scope].items():
            for said in {spelt(name), spelt(role.title or name)}:
                if said in seen:
                    self._fail(f"{scope}.roles.{name}.title", f"reads like the role “{seen[said]}”")
                seen[said] = name

    def _roles_named_by_roles(self, scope: Scope) -> None:
        roles = self._roles[scope]
        alone = {name for name, role in roles.items() if role.exactly_one}
        for name, role in roles.items():
            key = f"{scope}.roles.{name}"
            self._known("role", role.gives, roles, f"{key}.gives")
            self._known("role", role.acts_on, roles, f"{key}.acts_on")
            self._known("role", role.invites or (), roles, f"{key}.invites")
            for given in sorted(alone & set(role.gives)):
                self._fail(f"{key}.gives", f"“{given}” has exactly one holder, so it moves by transfer only")
            for offered in role.invites or ():
                if offered not in role.gives:
                    self._fail(f"{key}.invites", f"“{offered}” is not among what this role gives")

    def _firsts(self) -> None:
        if not self._roles["organization"]:
            self._fail("organization.roles", "must not be empty")
        for scope, roles in self._roles.items():
            firsts = [name for name, role in roles.items() if role.first]
            if roles and not firsts:
                self._fail(f"{scope}.roles", "no role is marked first = true")
            if len(firsts) > 1:
                self._fail(f"{scope}.roles.{firsts[1]}.first", f"“{firsts[0]}” is marked so already")
            if roles and firsts[0] != max(roles, key=lambda name: roles[name].rank):
                self._fail(f"{scope}.roles.{firsts[0]}.first", "stands on a role that is not the highest")

    def _limits_in_spaces(self) -> None:
        spaces = self._roles["space"]
        for name, role in self._roles["organization"].items():
            key = f"organization.roles.{name}"
            if role.exactly_one and not role.first:
                self._fail(f"{key}.exactly_one", "only the highest role can have exactly one holder")
            self._known("space role", filter(None, [role.in_space_at_most]), spaces, f"{key}.in_space_at_most")
            if role.in_spaces and not spaces:
                self._fail(f"{key}.in_spaces", "this catalogue has no space roles")
            if spaces and bool(role.in_spaces) != bool({"everything", "all-spaces"} & set(role.reaches)):
                self._fail(f"{key}.in_spaces", "goes together with reaching everything or all-spaces")
            if role.resources and not role.reaches:
                self._fail(f"{key}.resources", "is of no use to a role that reaches nothing")
        for name, role in spaces.items():
            for field in ("in_spaces", "reaches", "in_space_at_most", "exactly_one"):
                if getattr(role, field):
                    self._fail(f"space.roles.{name}.{field}", "belongs to organization roles only")
        if self._table.space.needs and not spaces:
            self._fail("space.needs", "this catalogue has no space roles")

    def _addons(self) -> None:
        addons = self._table.addons
        self._known("role", addons.on_organization, self._roles["organization"], "addons.on_organization")
        self._known("role", addons.on_space, self._roles["space"], "addons.on_space")
        if addons.each and not (addons.on_organization or addons.on_space):
            self._fail("addons", "stand on no role: name one in on_organization or on_space")

    def _toggles(self) -> None:
        roles = self._roles["organization"]
        for name, toggle in self._table.toggles.items():
            self._known("role", toggle.on_for, roles, f"toggles.{name}.on_for")
            self._known("role", toggle.settable_for, roles, f"toggles.{name}.settable_for")
            self._known("plan", [toggle.plan], self._table.plans.order, f"toggles.{name}.plan")

    def _kinds(self) -> None:
        """Other software asks about kinds and about these by the same word."""
        for name in self._table.kinds:
            if name in ("organization", "space", "feature"):
                self._fail(f"kinds.{name}", "is what software calls something else; give the kind another name")

    def _datasets(self) -> None:
        datasets = self._table.datasets
        if datasets is None:
            return
        self._known("kind", [datasets.kind], self._table.kinds, "datasets.kind")
        seen: set[str] = set()
        for field in ("always_full", "every_control", "ai_chat_only"):
            names: list[str] = getattr(datasets, field)
            self._known("role", names, self._roles["organization"], f"datasets.{field}")
            for name in names:
                if name in seen:
                    self._fail(f"datasets.{field}", f"“{name}” is bound by other dataset rules already")
            seen.update(names)

    def _rules(self) -> None:
        rules = self._table.rules
        guest = any(role.in_space_at_most for role in self._roles["organization"].values())
        if rules.guests != guest:
            fits = "no role is held down by in_space_at_most" if rules.guests else "a role has in_space_at_most"
            self._fail("rules.guests", f"is {str(rules.guests).lower()}, but {fits}")
        if not rules.organization_role_required and not self._roles["space"]:
            self._fail("rules.organization_role_required", "this catalogue has no space roles to hold instead")
        for field in ("notify_only_addresses", "share_by_email"):
            if getattr(rules, field) and not self._table.kinds:
                self._fail(f"rules.{field}", "this catalogue has no kinds of resource to share")

    def _privileged(self) -> None:
        seen: set[tuple[str, frozenset[str], int | None]] = set()
        for number, entry in enumerate(self._table.privileged.lines, start=1):
            key = f"privileged.lines.{number}"
            if not entry.approvals and not entry.code:
                self._fail(f"{key}.approvals", "asks for neither an approval nor a code")
            for change in entry.changes:
                self._may_hold(entry, change, key)
                what = (change, frozenset(entry.when), entry.rows_over)
                if what in seen:
                    self._fail(f"{key}.changes", f"“{change}” stands under the same conditions already")
                seen.add(what)

    def _may_hold(self, entry: PrivilegedLine, change: Change, key: str) -> None:
        if entry.rows_over is not None and change != "import":
            self._fail(f"{key}.rows_over", f"counts the rows of an import; “{change}” has none")
        for condition in entry.when:
            if change not in HOLDS_FOR[condition]:
                self._fail(f"{key}.when", f"“{condition}” can never hold for “{change}”")
        if {"raises", "lowers"} <= set(entry.when):
            self._fail(f"{key}.when", "a change cannot raise and lower at once")


class BuiltChecks:
    """What can only be said once permissions are spelt out."""

    def __init__(self, file: str, catalogue: Catalogue) -> None:
        self._file = file
        self._catalogue = catalogue

    def run(self) -> None:
        self._needs()
        for role in (*self._catalogue.organization.values(), *self._catalogue.space.values()):
            self._power(role)

    def _needs(self) -> None:
        catalogue = self._catalogue
        held = {name for role in catalogue.organization.values() for name in role.permissions}
        in_spaces = {name for role in catalogue.space.values() for name in role.permissions}
        in_spaces |= {name for role in catalogue.organization.values() for name in role.in_spaces}
        self._held("organization", catalogue.needs, held)
        if catalogue.space:
            self._held("space", catalogue.space_needs, in_spaces)

    def _held(self, scope: Scope, needs: Mapping[Change, str], held: set[str]) -> None:
        for change, permission in needs.items():
            key = f"{scope}.needs.{change}"
            if permission == NOBODY or not self._concerns(change):
                continue
            if permission not in self._catalogue.permissions[scope]:
                right = (*self._catalogue.permissions[scope], NOBODY)
                raise CatalogueError(self._file, key, unknown("permission", permission, right))
            if permission not in held:
                raise CatalogueError(
                    self._file, key, f"no role holds “{permission}”; give it to one, or write “{NOBODY}”"
                )

    def _concerns(self, change: Change) -> bool:
        if change in _OF_SPACES:
            return bool(self._catalogue.space)
        return change not in _OF_RESOURCES or bool(self._catalogue.kinds)

    def _power(self, role: Role) -> None:
        """A role that gives needs the permission to, and a role that may needs somebody to do it to."""
        needs = self._catalogue.needs if role.scope == "organization" else self._catalogue.space_needs
        key = f"{role.scope}.roles.{role.id}"
        if role.gives and not role.permissions & {needs["invite"], needs["change-role"]}:
            raise CatalogueError(
                self._file, f"{key}.gives", f"this role holds neither “{needs['invite']}” nor “{needs['change-role']}”"
            )
        if needs["invite"] in role.permissions and not role.invites:
            raise CatalogueError(self._file, f"{key}.invites", "this role may invite, but offers no role")
        if self._catalogue.manages_members(role) and not role.acts_on:
            raise CatalogueError(self._file, f"{key}.acts_on", "this role manages members, but acts on nobody")
