"""A member's name, timezone and groups, and one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from handlers import policy
from handlers.commands import ChangeProfile, EditMember, MemberEdited, Person, Refusal, Result
from handlers.facts import Case, named
from handlers.flows import people
from handlers.flows.groups import CASE as GROUPS
from handlers.flows.roles import role_now
from handlers.flows.work import Plan, Work
from handlers.notices import Told
from handlers.proof import clean_name
from handlers.zones import checked_zone
from storage import profiles
from storage.members import folded
from storage.profiles import Membership
from storage.records import GroupRecord, MemberRecord

Changed = tuple[Literal["name", "timezone", "groups"], ...]
MOST_GROUPS = 500


@dataclass(frozen=True, slots=True)
class _Details:
    """What shall be otherwise than it is; None: left as it is."""

    name: str | None = None
    timezone: str | None = None
    joined: tuple[GroupRecord, ...] = ()
    left: tuple[GroupRecord, ...] = ()

    @property
    def changed(self) -> Changed:
        which: dict[Literal["name", "timezone", "groups"], object] = {
            "name": self.name,
            "timezone": self.timezone,
            "groups": self.joined + self.left or None,
        }
        return tuple(one for one, new in which.items() if new is not None)


def _details(member: MemberRecord, name: str | None, zone: str | None) -> _Details:
    """What is so already is no change. Raises Refusal."""
    name = clean_name(name) if name is not None else member.name
    zone = checked_zone(zone) if zone is not None else member.timezone
    return _Details(name if name != member.name else None, zone if zone != member.timezone else None)


# Another's ------------------------------------------------------------------------------------------------------------


async def plan_edit(command: EditMember, work: Work) -> Plan:
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    role = await role_now(work, facts, target)
    policy.check(Case("edit", old=role), facts)
    details = _details(target, command.name, command.timezone)
    if command.joined or command.left:
        policy.check(replace(GROUPS, old=role), facts)
        details = await _with_groups(details, work, target, command)
    if not details.changed:
        raise Refusal("nothing-changes", "name")
    joined, left = _ids(details.joined), _ids(details.left)
    resolved = EditMember(Person(id=target.id), details.name, details.timezone, joined, left)
    return Plan(
        command=resolved,
        facts=facts,
        case=Case("edit", old=role, joins=bool(joined or left)),
        run=lambda doing, _: _edit(doing, target, details),
        old=_summary(target.name, target.timezone, left),
        new=_summary(details.name, details.timezone, joined),
        beneficiary=target.id,
    )


async def _with_groups(details: _Details, work: Work, target: MemberRecord, command: EditMember) -> _Details:
    """Groups count from acceptance on, and for whoever is active. Raises Refusal."""
    typed = command.joined + command.left
    if len(typed) > MOST_GROUPS:
        raise Refusal("unknown-group", "groups", group=typed[-1], word=work.facts.catalogue.words.group)
    found = await profiles.named(work.tx.connection, work.organization, target.id, typed, now=work.now)
    entered, emptied = _meant(work, command.joined, found), _meant(work, command.left, found)
    joined = tuple(one.group for one in found if one.group.id in entered - emptied and not one.within)
    left = tuple(one.group for one in found if one.group.id in emptied and one.within)
    if not (joined or left):
        return details
    if target.status != "active":
        raise Refusal("not-a-member", "groups", person=target.name or target.email)
    return replace(details, joined=joined, left=left)


def _meant(work: Work, typed: tuple[str, ...], found: Sequence[Membership]) -> frozenset[str]:
    known = {folded(one.group.name): one.group.id for one in found} | {one.group.id: one.group.id for one in found}
    for name in typed:
        if name not in known and folded(name) not in known:
            raise Refusal("unknown-group", "groups", group=name, word=work.facts.catalogue.words.group)
    return frozenset(known.get(name) or known[folded(name)] for name in typed)


def _ids(groups: Sequence[GroupRecord]) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in groups))


def _summary(name: str | None, timezone: str | None, in_groups: tuple[str, ...]) -> str:
    """One text for the same details: what a waiting request compares, so that it ends once they are not as shown."""
    ids = "as they are" if not in_groups else hashlib.sha256(",".join(in_groups).encode()).hexdigest()[:16]
    return f"name {name or 'none'}; timezone {timezone or 'none'}; groups {ids}"


async def _edit(work: Work, target: MemberRecord, details: _Details) -> Result:
    if details.name is not None or details.timezone is not None:
        said = {"old": target.name if details.name else None, "name": details.name, "timezone": details.timezone}
        entry = work.entry("member.edited", target.id, **said)
        await profiles.edit(work.tx, target.id, name=details.name, timezone=details.timezone, entry=entry)
    await _regroup(work, target, details)
    if target.status == "active":
        by, what = work.approver or work.by, ",".join(details.changed)
        work.post(Told(to=target.id, about="edited", by=by, new=what))
    return MemberEdited(named(replace(target, name=details.name or target.name)), details.changed, alone=work.alone)


async def _regroup(work: Work, target: MemberRecord, details: _Details) -> None:
    """Told and audited as joining and leaving are, one by one."""
    joined = [work.entry("group.joined", target.id, group=one.name, group_id=one.id) for one in details.joined]
    left = [work.entry("group.left", target.id, group=one.name, group_id=one.id) for one in details.left]
    for entry in (*joined, *left):
        work.tx.note(entry)
    if joined:
        source, by = ("request", work.request) if work.request else ("person" if work.me else "operator", work.by)
        await profiles.enter(work.tx, details.joined, target.id, source=source, by=by, entry=joined[0])
    if left:
        await profiles.leave(work.tx, details.left, target.id, entry=left[0])


# One's own ------------------------------------------------------------------------------------------------------------


async def change_profile(command: ChangeProfile, work: Work) -> Result:
    """Name and timezone are everybody's own to change (004-114)."""
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    details = _details(me, command.name, command.timezone)
    if not details.changed:
        raise Refusal("nothing-changes", "name")
    said = {"old": me.name if details.name else None, "name": details.name, "timezone": details.timezone}
    entry = work.entry("member.edited", me.id, own=True, **said)
    await profiles.edit(work.tx, me.id, name=details.name, timezone=details.timezone, entry=entry)
    return MemberEdited(named(replace(me, name=details.name or me.name)), details.changed, own=True)
