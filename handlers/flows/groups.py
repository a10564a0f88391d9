"""Groups: making, renaming and deleting them, and who is in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from handlers import affected, policy
from handlers.commands import (
    CreateGroup,
    DeleteGroup,
    GroupChanged,
    JoinGroup,
    LeaveGroup,
    Person,
    Refusal,
    RenameGroup,
    Result,
    Spread,
)
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.work import Plan, Work
from handlers.notices import About, Timer, Told
from handlers.proof import clean_name
from storage import groups
from storage.members import folded
from storage.records import AuditEntry, GroupRecord, MemberRecord, new_id

CASE = Case("groups")
Runs = Callable[[Work, Plan], Awaitable[Result]]


async def find_groups(work: Work, typed: tuple[str, ...], *, field: str = "group") -> list[GroupRecord]:
    """The groups that were named, each once. Raises Refusal."""
    known = await groups.found(work.tx.connection, work.organization, typed) if typed else {}
    meant: dict[str, GroupRecord] = {}
    for name in typed:
        group = known.get(name) or known.get(folded(name))
        if group is None:
            raise Refusal("unknown-group", field, group=name, word=work.facts.catalogue.words.group)
        meant[group.id] = group
    return list(meant.values())


async def find_group(work: Work, typed: str) -> GroupRecord:
    """Raises Refusal."""
    return (await find_groups(work, (typed,)))[0]


def _entry(work: Work, action: str, group: GroupRecord, **details: object) -> AuditEntry:
    return replace(work.entry(action, "", name=group.name, **details), target=f"group:{group.id}")


async def _free_name(work: Work, typed: str, *, besides: str = "") -> str:
    """Raises Refusal on ``name``."""
    name = clean_name(typed)
    taken = (await groups.found(work.tx.connection, work.organization, (name,))).get(folded(name))
    if taken is not None and taken.id != besides:
        raise Refusal("group-exists", "name", group=taken.name, word=work.facts.catalogue.words.group)
    return name


# A group itself -------------------------------------------------------------------------------------------------------


async def plan_create(command: CreateGroup, work: Work) -> Plan:
    policy.check(CASE, work.facts)
    name = await _free_name(work, command.name)
    return Plan(replace(command, name=name), work.facts, CASE, _create, new=name)


async def _create(work: Work, plan: Plan) -> Result:
    group = GroupRecord(new_id(), work.organization, plan.new or "")
    await groups.create(work.tx, group, entry=_entry(work, "group.created", group))
    return GroupChanged("created", group.name)


async def plan_rename(command: RenameGroup, work: Work) -> Plan:
    policy.check(CASE, work.facts)
    group = await find_group(work, command.group)
    name = await _free_name(work, command.name, besides=group.id)
    if name == group.name:
        raise Refusal("nothing-changes", "name")
    resolved = replace(command, group=group.id, name=name)
    return Plan(resolved, work.facts, CASE, lambda doing, plan: _rename(doing, plan, group), old=group.name, new=name)


async def _rename(work: Work, plan: Plan, group: GroupRecord) -> Result:
    name = plan.new or ""
    entry = _entry(work, "group.renamed", replace(group, name=name), old=group.name)
    await groups.rename(work.tx, group, name, entry=entry)
    return GroupChanged("renamed", name, old=group.name)


async def plan_delete(command: DeleteGroup, work: Work) -> Plan:
    policy.check(CASE, work.facts)
    group = await find_group(work, command.group)
    resolved = replace(command, group=group.id)
    return Plan(resolved, work.facts, CASE, lambda doing, _: _delete(doing, group), old=group.name)


async def _delete(work: Work, group: GroupRecord) -> Result:
    """Whoever was in it is told, however many they are."""
    await groups.remove(work.tx, group, entry=_entry(work, "group.deleted", group))
    news = Spread(work.organization, "group-deleted", group.id, group.name, work.now, work.approver or work.by)
    work.post(Timer(news))
    return GroupChanged("deleted", group.name)


# Who is in it ---------------------------------------------------------------------------------------------------------


async def plan_join(command: JoinGroup, work: Work) -> Plan:
    meant = _meant(command.people, work)
    group = await find_group(work, command.group)
    for one in meant:
        if one.status != "active":
            raise Refusal("not-a-member", "people", person=one.name or one.email)
    lasting, for_a_while = await groups.within(work.tx.connection, group, _ids(meant), now=work.now)
    joining = [one for one in meant if one.id not in lasting]
    if not joining:
        raise Refusal("already-in-group", "people", person=_who(meant), group=group.name)
    resolved = replace(command, people=_by_id(joining), group=group.id)
    return _plan(resolved, work, joining, lambda doing, _: _join(doing, group, joining, for_a_while))


async def _join(work: Work, group: GroupRecord, joining: Sequence[MemberRecord], for_a_while: frozenset[str]) -> Result:
    """For good: a membership that would have ended by itself gives way to that."""
    source, by = ("request", work.request) if work.request else ("person" if work.me else "operator", work.by)
    entries = [work.entry("group.joined", one.id, group=group.name, group_id=group.id) for one in joining]
    for entry in entries:
        work.tx.note(entry)
    if for_a_while:
        await groups.take(work.tx, group, list(for_a_while), entry=entries[0])
    await groups.put(work.tx, group, _ids(joining), source=source, by=by, entry=entries[0])
    _tell(work, joining, "group-joined", group)
    return GroupChanged("joined", group.name, people=tuple(named(one) for one in joining))


async def plan_leave(command: LeaveGroup, work: Work) -> Plan:
    meant = _meant(command.people, work)
    group = await find_group(work, command.group)
    lasting, for_a_while = await groups.within(work.tx.connection, group, _ids(meant), now=work.now)
    leaving = [one for one in meant if one.id in lasting | for_a_while]
    if not leaving:
        raise Refusal("not-in-group", "people", person=_who(meant), group=group.name)
    resolved = replace(command, people=_by_id(leaving), group=group.id)
    return _plan(resolved, work, leaving, lambda doing, _: _leave(doing, group, leaving))


async def _leave(work: Work, group: GroupRecord, leaving: Sequence[MemberRecord]) -> Result:
    entries = [work.entry("group.left", one.id, group=group.name, group_id=group.id) for one in leaving]
    for entry in entries:
        work.tx.note(entry)
    await groups.take(work.tx, group, _ids(leaving), entry=entries[0])
    _tell(work, [one for one in leaving if one.status == "active"], "group-left", group)
    return GroupChanged("left", group.name, people=tuple(named(one) for one in leaving))


def _meant(typed: tuple[Person, ...], work: Work) -> list[MemberRecord]:
    """Everybody who was named, each once; whoever may not be changed by the actor refuses the whole. Raises Refusal."""
    policy.check(CASE, work.facts)
    meant = {one.id: one for one in (people.find(work, person, field="people") for person in typed)}
    if not meant:
        raise Refusal("nobody-named", "people")
    for one in meant.values():
        policy.check(CASE, replace(work.facts, target=one))
    return list(meant.values())


def _plan(command: JoinGroup | LeaveGroup, work: Work, concerned: Sequence[MemberRecord], run: Runs) -> Plan:
    """Judged by whoever of them manages members, if anybody does; nobody of them decides about it."""
    facts = work.facts
    strictest = next((one for one in concerned if _manages(facts, one)), concerned[0])
    facts = replace(facts, target=strictest)
    case = replace(CASE, old=facts.organization_role(strictest), people=frozenset(_ids(concerned)))
    return Plan(command, facts, case, run, beneficiary=strictest.id)


def _manages(facts: Facts, one: MemberRecord) -> bool:
    return affected.managing(CASE, replace(facts, target=one))


def _ids(several: Sequence[MemberRecord]) -> list[str]:
    return [one.id for one in several]


def _by_id(several: Sequence[MemberRecord]) -> tuple[Person, ...]:
    return tuple(Person(id=one.id) for one in several)


def _who(several: Sequence[MemberRecord]) -> str:
    return ", ".join(one.name or one.email for one in several[:5])


def _tell(work: Work, several: Sequence[MemberRecord], about: About, group: GroupRecord) -> None:
    for one in several:
        work.post(Told(to=one.id, about=about, by=work.approver or work.by, group=group.id))
