"""The roles that a form offers. A role of the organization and one of a space may share an id, so options say which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.slack.views.fields import Filled, Unreadable
from bot.wording.phrase import say
from handlers.catalogue_types import Catalogue, Role
from handlers.models import Choice, Desk

Groups = Mapping[str, Sequence[Choice]]


def invitable(desk: Desk) -> Groups:
    own = _own(desk)
    return _groups(desk, own.invites if own else (), _given_in_spaces(desk))


def in_organization(desk: Desk) -> Sequence[Choice]:
    """Those of the organization alone that the reader may invite to."""
    own = _own(desk)
    return _choices(desk.catalogue, "organization", own.invites if own else ())


def givable(desk: Desk) -> Groups:
    own = _own(desk)
    return _groups(desk, own.gives if own else (), _given_in_spaces(desk))


def askable(desk: Desk) -> Groups:
    """Anybody may ask for any role; whether it can be given is decided by those who decide."""
    return _groups(desk, desk.catalogue.organization, desk.catalogue.space)


def _own(desk: Desk) -> Role | None:
    return desk.catalogue.role(desk.role) if desk.role else None


def _given_in_spaces(desk: Desk) -> Iterable[str]:
    """A role in a space may give more there than the organization's role says, and which space is not yet known."""
    return desk.catalogue.space


def _groups(desk: Desk, organization: Iterable[str], space: Iterable[str]) -> Groups:
    catalogue = desk.catalogue
    name = desk.organization.name if desk.organization else "organization"
    return {
        f"In {name}": _choices(catalogue, "organization", organization),
        f"In one {catalogue.words.space}": _choices(catalogue, "space", space),
    }


def _choices(catalogue: Catalogue, scope: str, ids: Iterable[str]) -> list[Choice]:
    table = catalogue.organization if scope == "organization" else catalogue.space
    roles = sorted((table[role] for role in set(ids) if role in table), key=lambda role: -role.rank)
    return [Choice(f"{scope}:{role.id}", role.title) for role in roles]


def initial(desk: Desk, role: str, space: str) -> str | None:
    """The option for a role that was typed before; one that only spaces have is meant where none was named, too."""
    scopes = ("space",) if space else ("organization", "space")
    return next((f"{scope}:{role}" for scope in scopes if role and desk.catalogue.role(role, scope=scope)), None)


@dataclass(frozen=True, slots=True)
class Chosen:
    role: str
    space: str | None


def read(form: Filled) -> Chosen:
    """The role and, where it is one of a space, which space."""
    scope, _, role = form.choice("role").partition(":")
    space = form.choice("space")
    if scope == "space" and not space:
        raise Unreadable("space", say("Choose where this role is to hold, or a role from the first group."))
    if scope == "organization" and space:
        raise Unreadable(
            "role",
            say("This role holds everywhere: clear the field below, or choose a role from the second group."),
        )
    return Chosen(role, space or None)
