"""What counts at a given time: grants that are live, and invitations that can still be accepted or sent anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_

from storage.tables import Moment, grants, invitations

NOW = bindparam("now", type_=Moment)
IS_OPEN = invitations.c.state.in_(("pending", "expired"))


def live(now: datetime | BindParameter[datetime] = NOW) -> ColumnElement[bool]:
    """Expiry is judged at use, never by a cleaner (invariant 4)."""
    return and_(grants.c.ended_at.is_(None), or_(grants.c.ends_at.is_(None), grants.c.ends_at > now))
