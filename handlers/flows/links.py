"""Links that stand for somebody's credentials: one way to make one, so that there is never more than one that works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from handlers.flows.work import Work
from handlers.keys import hashed
from storage import invitations
from storage.records import AuditEntry, LinkRecord, MemberRecord, new_id

Purpose = Literal["setup", "reset", "reveal"]

# Short-lived (V6.4.1). Until a reset link is used the old password works; who is to see a generated one has none
# meanwhile and did not ask for it, so that link waits for them a day.
LIFE: Mapping[Purpose, timedelta] = {
    "setup": timedelta(hours=1),
    "reset": timedelta(hours=1),
    "reveal": timedelta(days=1),
}


async def mint(work: Work, member: MemberRecord, purpose: Purpose, *, entry: AuditEntry) -> LinkRecord:
    """Its first version; every earlier link to their credentials dies, whatever it was for."""
    link = new_id()
    record = LinkRecord(
        id=link,
        organization=work.organization,
        member=member.id,
        purpose=purpose,
        version=1,
        epoch=member.epoch,
        link_hash=hashed(work.house.keyring.token(purpose, link, 1)),
        expires=work.now + LIFE[purpose],
        used=None,
    )
    await invitations.add_link(work.tx, record, kills=tuple(LIFE), entry=entry)
    return record
