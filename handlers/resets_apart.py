"""Who takes no part in a reset, for they did or approved the other one for the same person lately (invariant 17)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from storage import resets
from storage.store import Connection

# Both resets are told to the member at once, so by then somebody has noticed what nobody wanted.
APART = timedelta(days=7)

OTHER: Mapping[str, str] = {"reset-password": "reset-2fa", "reset-2fa": "reset-password"}

# As the audit calls them.
DONE: Mapping[str, str] = {"password.reset": "reset-password", "factor.reset": "reset-2fa"}


async def apart(
    connection: Connection, organization: str, about: Collection[tuple[str, str]], *, now: datetime
) -> dict[tuple[str, str], frozenset[str]]:
    """By member and kind of reset, in one statement at most."""
    if not about:
        return {}
    found = await resets.who_did(connection, organization, [member for member, _ in about], DONE, since=now - APART)
    return {(member, kind): found.get((member, OTHER[kind]), frozenset()) for member, kind in about}
