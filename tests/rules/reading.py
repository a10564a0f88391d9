"""The catalogues as read, and the questions that the tests of roles put to them."""

from handlers.catalogue import Catalogue, Role, Scope, load

DEFAULT, RESMO, IMAGING = load("default"), load("resmo"), load("imaging")
AUTOMATION, MONDOO, RESPLENDENT = load("automation"), load("mondoo"), load("resplendent")


def role(catalogue: Catalogue, name: str, scope: Scope = "organization") -> Role:
    found = catalogue.role(name, scope=scope)
    assert found is not None
    return found


def holders(catalogue: Catalogue, permission: str) -> list[str]:
    """The roles of the organization that hold it, highest first."""
    return [one.id for one in catalogue.organization.values() if catalogue.allows(one, permission)]


def waits(catalogue: Catalogue, change: str) -> set[tuple[frozenset[str], int | None, int, bool]]:
    """Conditions, rows, approvals and code of each entry that speaks of the change."""
    return {(one.when, one.rows_over, one.approvals, one.code) for one in catalogue.privileged if one.change == change}
