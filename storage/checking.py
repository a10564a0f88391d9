"""What is known of somebody who cannot get in, beside what their card shows; never a secret or a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from storage.members import TIED_TO, folded
from storage.store import Connection
from storage.tables import (
    credentials,
    invitations,
    links,
    mailings,
    members,
    organizations,
    recovery_codes,
    slack_accounts,
    ties,
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """The last mail to them. ``what``: invitation, reset, code or told; ``state``: sent, later or dead."""

    what: str
    state: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signals:
    """``drift``: steps of 30 s that their phone is ahead; ``renewed``: how often their newest invitation was sent anew;
    ``link``: until when a link to a new password is open. ``slack_email``: whose address their Slack account has."""

    guesses: int = 0
    guesses_since: datetime | None = None
    drift: int | None = None
    must_change: bool = False
    recovery_codes: int = 0
    renewed: int = 0
    link: datetime | None = None
    slack_email: str = ""
    mailing: Mailing | None = None


_UNUSED = (
    select(func.count())
    .where(recovery_codes.c.member_id == members.c.id, recovery_codes.c.used_at.is_(None))
    .correlate(members)
    .scalar_subquery()
)
_VERSION = (
    select(invitations.c.version)
    .where(invitations.c.member_id == members.c.id)
    .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
    .limit(1)
    .correlate(members)
    .scalar_subquery()
)
_LINK = (
    select(func.max(links.c.expires_at))
    .where(
        links.c.member_id == members.c.id,
        links.c.purpose.in_(("reset", "reveal")),
        links.c.used_at.is_(None),
        links.c.epoch == members.c.epoch,
    )
    .correlate(members)
    .scalar_subquery()
)
_SIGNALS = (
    select(
        credentials.c.guesses,
        credentials.c.guesses_since,
        credentials.c.drift,
        credentials.c.must_change,
        _UNUSED.label("unused"),
        _VERSION.label("version"),
        _LINK.label("link"),
        slack_accounts.c.email.label("slack_email"),
        mailings.c.what,
        mailings.c.state,
        mailings.c.error,
        mailings.c.at,
    )
    .select_from(members)
    .outerjoin(credentials, credentials.c.member_id == members.c.id)
    .outerjoin(ties, ties.c.member_id == members.c.id)
    .outerjoin(slack_accounts, TIED_TO)
    .outerjoin(mailings, mailings.c.member_id == members.c.id)
)


async def signals(connection: Connection, member: str, *, now: datetime) -> Signals:
    row = (await connection.execute(_SIGNALS.where(members.c.id == member))).mappings().one_or_none()
    if row is None:
        return Signals()
    mailing = Mailing(row["what"], row["state"], row["error"] or "", row["at"]) if row["what"] else None
    return Signals(
        guesses=row["guesses"] or 0,
        guesses_since=row["guesses_since"],
        drift=row["drift"],
        must_change=bool(row["must_change"]),
        recovery_codes=row["unused"],
        renewed=max((row["version"] or 1) - 1, 0),
        link=row["link"] if row["link"] and row["link"] > now else None,
        slack_email=row["slack_email"] or "",
        mailing=mailing,
    )


async def slack_address(connection: Connection, team: str, user: str) -> str:
    """The address that Slack gives to one of its accounts, where it is known."""
    own = and_(slack_accounts.c.team == team, slack_accounts.c.slack_user == user)
    return (await connection.execute(select(slack_accounts.c.email).where(own))).scalar_one_or_none() or ""


async def tied_by_address(connection: Connection, organization: str, email: str) -> str | None:
    """The id of the member whose Slack account has this address, whatever address they have here."""
    workspace = select(organizations.c.workspace_id).where(organizations.c.id == organization).scalar_subquery()
    theirs = and_(slack_accounts.c.workspace_id == workspace, slack_accounts.c.email_folded == folded(email))
    tied = select(ties.c.member_id).join(slack_accounts, TIED_TO).where(ties.c.organization_id == organization)
    found = tied.where(theirs).limit(1)
    return (await connection.execute(found)).scalar_one_or_none()
