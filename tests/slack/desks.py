"""Somebody before a door in Slack."""

from datetime import UTC, datetime

from handlers.catalogue import load
from handlers.commands import Account, Named
from handlers.models import Desk, Organization

# A Saturday in winter; in Berlin it is 19:00.
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)

ACME = Organization("o1", "Acme", "acme", "starship", None)
ADA = Named("m1", "Ada Lovelace", "ada@example.org", "U0ADA")


def desk(catalogue: str = "default", role: str = "super_admin", timezone: str = "Europe/Berlin") -> Desk:
    """A member whose role allows what the catalogue says."""
    rules = load(catalogue)
    held = rules.organization[role]
    return Desk(
        account=Account("T1", "U0ADA"),
        standing="good",
        workspace_admin=False,
        email="ada@example.org",
        name="Ada Lovelace",
        timezone=timezone,
        organization=ACME,
        catalogue=rules,
        member=ADA,
        status="active",
        role=role,
        has_password=True,
        has_factor=True,
        may=frozenset(change for change, permission in rules.needs.items() if rules.allows(held, permission)),
        lists_in=None if rules.allows(held, rules.needs["list"]) else (),
        reaches=None if held.reaches_every_space else (),
    )


def newcomer(*, organization: Organization | None = ACME, workspace_admin: bool = False) -> Desk:
    """Nobody yet: not connected, or in a workspace that is not set up."""
    return Desk(
        account=Account("T1", "U0NEW"),
        standing="good",
        workspace_admin=workspace_admin,
        email="new@example.org",
        name="New Person",
        timezone="Europe/Berlin",
        organization=organization,
        catalogue=load("default"),
        member=None,
        status=None,
        role=None,
        has_password=False,
        has_factor=False,
        may=frozenset(),
    )
