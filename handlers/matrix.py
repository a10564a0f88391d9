"""The role matrix of a catalogue as Markdown, for the README and for `usher catalogue show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from handlers.catalogue import Addon, Catalogue, Feature, Kind, Privileged, Role, Toggle

_NO = "–"
_FEATURES: Mapping[Feature, str] = {
    "digest": "digest",
    "dataset-rules": "dataset rules",
    "enforce-2fa": "enforced second factor",
}


def matrix(catalogue: Catalogue) -> str:
    parts = (
        f"## {catalogue.title}",
        *_of_organization(catalogue),
        *_of_spaces(catalogue),
        *_of_addons(catalogue),
        *_of_toggles(catalogue),
        *_of_kinds(catalogue),
        *_of_datasets(catalogue),
        *_of_plans(catalogue),
        "### Privileged changes",
        _table(("change", "when", "approvals", "one-time code"), _waiting(catalogue.privileged)),
    )
    return "\n\n".join(parts) + "\n"


def _of_organization(catalogue: Catalogue) -> Iterator[str]:
    roles = tuple(catalogue.organization.values())
    yield "### Roles of the organization"
    yield _holdings("permission", roles, catalogue.permissions["organization"], lambda role: role.permissions)
    yield _table(
        ("role", "gives", "acts on", "invitations offer", "reaches"),
        ((*_powers(role, catalogue.organization), _offers(role, catalogue), _reach(role, catalogue)) for role in roles),
    )
    if catalogue.kinds:
        yield "On the resources it reaches:"
        yield _holdings("action", roles, _actions(catalogue), lambda role: role.on_resources)


def _of_spaces(catalogue: Catalogue) -> Iterator[str]:
    if not catalogue.space:
        return
    roles, space, known = tuple(catalogue.space.values()), catalogue.words.space, catalogue.permissions["space"]
    yield f"### Roles in a {space}"
    yield _holdings("permission", roles, known, lambda role: role.permissions)
    yield _table(("role", "gives", "acts on"), (_powers(role, catalogue.space) for role in roles))
    if catalogue.kinds:
        yield f"On the resources in the {space}:"
        yield _holdings("action", roles, _actions(catalogue), lambda role: role.on_resources)
    yield f"In every {space}, without being invited to it:"
    unasked = tuple(role for role in catalogue.organization.values() if role.in_spaces)
    yield _holdings("permission", unasked, known, lambda role: role.in_spaces)


def _of_addons(catalogue: Catalogue) -> Iterator[str]:
    if catalogue.addons:
        yield "### Add-ons"
        rows = ((addon.title, _bearers(addon, catalogue), _code(addon.opens)) for addon in catalogue.addons.values())
        yield _table(("add-on", "on", "opens"), rows)


def _of_toggles(catalogue: Catalogue) -> Iterator[str]:
    if catalogue.toggles:
        roles = tuple(catalogue.organization.values())
        yield "### Toggles, as they stand by default"
        yield "On and off can be set otherwise for one member; what is always on, or –, cannot."
        yield _table(
            ("toggle", *(role.title for role in roles), "from plan", "closes while off"),
            (
                (one.title, *(_setting(one, role) for role in roles), one.plan, _closed(one))
                for one in catalogue.toggles.values()
            ),
        )


def _of_kinds(catalogue: Catalogue) -> Iterator[str]:
    if catalogue.kinds:
        yield "### Kinds of resources"
        yield _table(
            ("kind", "actions", "seen by", "“delete data” ends it"),
            (
                (f"`{one.id}`", ", ".join(one.actions), _seen(one), "yes" if one.owned else "no")
                for one in catalogue.kinds.values()
            ),
        )


def _of_datasets(catalogue: Catalogue) -> Iterator[str]:
    rules = catalogue.datasets
    if rules is None:
        return
    yield "### Dataset rules"
    bound = (
        (rules.always_full, "never: every one, read and write"),
        (rules.every_control, "mode, level, and in a whitelist an override for each"),
        (rules.ai_chat_only, "mode, for AI Chat alone; no override"),
    )
    rows = ((_titles(roles, catalogue.organization), how) for roles, how in bound if roles)
    yield _table((f"role, on a `{rules.kind}`", "bound by access mode, level and overrides"), rows)


def _of_plans(catalogue: Catalogue) -> Iterator[str]:
    """One row for each plan: what begins with it."""
    yield "### Plans"
    rows = ((plan, _begins(plan, catalogue), _names(plan, catalogue)) for plan in catalogue.plans)
    yield _table(("plan, lowest first", "begins here", "also called"), rows)


def _holdings(
    what: str,
    roles: Collection[Role],
    names: Iterable[str],
    held: Callable[[Role], frozenset[str]],
) -> str:
    """One row for each resource with anything that somebody holds, in the order of the vocabulary."""
    known: dict[str, list[str]] = {}
    for resource, _, action in (name.partition(":") for name in names):
        known.setdefault(resource, []).append(action)
    rows = (
        (f"`{resource}`: {', '.join(actions)}", *(_held(resource, actions, held(role)) for role in roles))
        for resource, actions in known.items()
    )
    return _table((what, *(role.title for role in roles)), (row for row in rows if set(row[1:]) != {_NO}))


def _held(resource: str, actions: Collection[str], held: frozenset[str]) -> str:
    found = [action for action in actions if f"{resource}:{action}" in held]
    return "all" if len(found) == len(actions) > 1 else ", ".join(found) or _NO


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def _powers(role: Role, roles: Mapping[str, Role]) -> tuple[str, str, str]:
    return role.title, _titles(role.gives, roles), _titles(role.acts_on, roles)


def _offers(role: Role, catalogue: Catalogue) -> str:
    return _titles(role.invites, catalogue.organization)


def _reach(role: Role, catalogue: Catalogue) -> str:
    said = ", ".join(sorted(role.reaches)) or _NO
    most = catalogue.space[role.in_space_at_most] if role.in_space_at_most else None
    return f"{said}; in a {catalogue.words.space} at most {most.title}" if most else said


def _titles(names: Collection[str], roles: Mapping[str, Role]) -> str:
    return ", ".join(role.title for role in roles.values() if role.id in names) or _NO


def _actions(catalogue: Catalogue) -> Iterator[str]:
    return (f"{kind.id}:{action}" for kind in catalogue.kinds.values() for action in kind.actions)


def _bearers(addon: Addon, catalogue: Catalogue) -> str:
    levels = (
        ("the organization", addon.on_organization, catalogue.organization),
        (f"a {catalogue.words.space}", addon.on_space, catalogue.space),
    )
    return ", ".join(f"{_titles(on, roles)} of {level}" for level, on, roles in levels if on)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _setting(toggle: Toggle, role: Role) -> str:
    if role.id in toggle.settable_for:
        return "on" if role.id in toggle.on_for else "off"
    return "always on" if role.id in toggle.on_for else _NO


def _closed(toggle: Toggle) -> str:
    return _code(toggle.needed_for) or _NO


def _seen(kind: Kind) -> str:
    return "its list and groups alone" if kind.seen_by == "list" else "what a role reaches, and its list"


def _begins(plan: str, catalogue: Catalogue) -> str:
    features = [words for name, words in _FEATURES.items() if catalogue.features.get(name) == plan]
    toggles = [one.title for one in catalogue.toggles.values() if one.plan == plan]
    return ", ".join([*features, *toggles]) or _NO


def _names(plan: str, catalogue: Catalogue) -> str:
    return ", ".join(name for name, known in catalogue.plan_names.items() if known == plan and name != plan) or _NO


def _waiting(entries: Iterable[Privileged]) -> Iterator[Sequence[str]]:
    """One row for all the changes that wait for the same under the same conditions."""
    changes: dict[tuple[str, str, str], list[str]] = {}
    for entry in entries:
        rows = [f"more than {entry.rows_over} rows"] if entry.rows_over is not None else []
        when = " and ".join([*sorted(entry.when), *rows]) or "always"
        changes.setdefault((when, str(entry.approvals), "yes" if entry.code else "no"), []).append(entry.change)
    return ((", ".join(names), *rest) for rest, names in changes.items())
