"""What an invitation comes to, for one person or for thousands: the member, the invitation, and what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.commands import ExpireInvitation
from handlers.flows.work import Work
from handlers.keys import hashed
from handlers.notices import InvitationMail, InvitationOffer, Timer
from storage import invitations, members
from storage.records import InvitationRecord, MemberRecord, new_id


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom to invite, and to what. ``known``: they were here before, and are left as they were.

    ``mail_due`` and ``offer_due`` None: at once.
    """

    email: str
    role: str
    space: str = ""
    groups: tuple[str, ...] = ()
    name: str = ""
    timezone: str = ""
    known: MemberRecord | None = None
    mail_due: datetime | None = None
    offer_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    member: MemberRecord
    invitation: InvitationRecord


async def invite(work: Work, guests: Sequence[Guest]) -> list[Sent]:
    """Those who are new first, in their order; then those who come back."""
    ordered = [*(one for one in guests if not one.known), *(one for one in guests if one.known)]
    people = [_member(work, guest) for guest in ordered]
    rows = [
        _invitation(work, member, guest, at) for at, (member, guest) in enumerate(zip(people, ordered, strict=True))
    ]
    entries = [
        work.entry("member.invited", one.id, address=one.email, role=guest.role, groups=list(guest.groups))
        for one, guest in zip(people, ordered, strict=True)
    ]
    fresh = sum(1 for guest in ordered if not guest.known)
    if fresh:
        await members.add(work.tx, people[:fresh], entries=entries[:fresh])
    for member, entry in zip(people[fresh:], entries[fresh:], strict=True):
        await members.set_status(work.tx, member.id, "invited", listed=True, entry=entry)
    await invitations.add(work.tx, rows, entries=entries)
    for row, guest in zip(rows, ordered, strict=True):
        announce(work, row, mail_due=guest.mail_due, offer_due=guest.offer_due)
    return [Sent(member, row) for member, row in zip(people, rows, strict=True)]


def _member(work: Work, guest: Guest) -> MemberRecord:
    if guest.known:
        return replace(guest.known, status="invited", listed=True)
    return MemberRecord(
        id=new_id(),
        organization=work.organization,
        email=guest.email,
        name=guest.name,
        timezone=guest.timezone or (work.me.timezone if work.me else "UTC"),
        status="invited",
        listed=True,
        epoch=0,
        team=None,
        slack_user=None,
        slack_good=False,
        slack_noted=None,
        has_password=False,
        has_factor=False,
    )


def _invitation(work: Work, member: MemberRecord, guest: Guest, position: int) -> InvitationRecord:
    """Lists show the newest first, and those of one moment as they were typed."""
    invitation = new_id()
    return InvitationRecord(
        id=invitation,
        organization=work.organization,
        member=member.id,
        role=guest.role,
        space=guest.space,
        groups=guest.groups,
        state="pending",
        invited_by=work.by,
        version=1,
        link_hash=hashed(work.house.keyring.token("invitation", invitation, 1)),
        created=work.now - timedelta(microseconds=position),
        expires=work.now + work.invitation_life(),
    )


def announce(
    work: Work, row: InvitationRecord, *, mail_due: datetime | None = None, offer_due: datetime | None = None
) -> None:
    if work.house.mail:
        work.post(InvitationMail(row.id, row.version), due=mail_due)
    work.post(InvitationOffer(row.id, row.version), due=offer_due)
    work.post(Timer(ExpireInvitation(row.id)), due=row.expires)
