"""Resending and revoking many invitations in one go: each is judged as it would be alone, and written with the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers import policy
from handlers.commands import InvitationsChanged, Named, Refusal, ResendSeveral, Result, RevokeSeveral
from handlers.facts import Case, named
from handlers.flows.guests import announce
from handlers.flows.invitations import Manageable, anew, judged, still_invited
from handlers.flows.work import Work
from storage import invitations, members, names
from storage.members import Wanted
from storage.records import AuditEntry, InvitationRecord, MemberRecord, SpaceRecord

MOST = 200


@dataclass(frozen=True, slots=True)
class _Picked:
    """Those that can be changed, and how many of those that were named cannot any more."""

    rows: tuple[Manageable, ...]
    left: int

    def entries(self, work: Work, action: str) -> list[AuditEntry]:
        """One for each, as if it were changed alone."""
        return [work.with_facts(one.facts).entry(action, one.member.id, address=one.member.email) for one in self.rows]


async def resend(command: ResendSeveral, work: Work) -> Result:
    picked = await _picked(command.invitations, work)
    entries = picked.entries(work, "invitation.resent")
    renewed = [anew(work, one.invitation) for one in picked.rows]
    await invitations.renew_several(work.tx, renewed, entries=entries)
    for one in renewed:
        announce(work, one)
    return InvitationsChanged("resent", _people(picked), picked.left, work.house.mail)


async def revoke(command: RevokeSeveral, work: Work) -> Result:
    picked = await _picked(command.invitations, work)
    entries = picked.entries(work, "invitation.revoked")
    await invitations.take_back(work.tx, [one.invitation for one in picked.rows], entries=entries)
    return InvitationsChanged("revoked", _people(picked), picked.left, mailed=False)


def _people(picked: _Picked) -> tuple[Named, ...]:
    return tuple(named(one.member) for one in picked.rows)


async def _picked(ids: tuple[str, ...], work: Work) -> _Picked:
    """Raises Refusal where there are too many, or none of them can be changed."""
    policy.acts(work.facts)
    wanted = tuple(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise Refusal("too-many-invitations", "invitations", count=str(len(wanted)), most=str(MOST))
    there = {one.id: one for one in await invitations.find_several(work.tx.connection, work.organization, wanted)}
    found = [there[one] for one in wanted if one in there]
    places = await names.places(work.tx.connection, work.organization, {one.space for one in found if one.space})
    invited = Wanted(ids=tuple(one.member for one in found))
    loaded = await members.load(work.tx.connection, work.organization, invited, now=work.now) if found else []
    known = {one.id: one for one in loaded}
    rows: list[Manageable] = []
    first: Refusal | None = None
    for one in found:
        try:
            rows.append(_judged(one, work, known.get(one.member), places.get(one.space)))
        except Refusal as refusal:
            first = first or refusal
    if not rows:
        policy.check(Case("invite"), work.facts)
        if first and first.code != "invitation-gone":
            raise first
        raise Refusal("invitation-gone" if len(wanted) == 1 else "invitations-gone")
    return _Picked(tuple(rows), len(wanted) - len(rows))


def _judged(one: InvitationRecord, work: Work, member: MemberRecord | None, space: SpaceRecord | None) -> Manageable:
    """Raises Refusal."""
    if one.space and space is None:
        raise Refusal("invitation-gone")
    facts = judged(one, replace(work.facts, space=space))
    return Manageable(one, still_invited([member] if member else []), facts)
