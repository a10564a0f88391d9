"""Making, renaming and deleting spaces, and ending somebody's access to one."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from handlers import policy
from handlers.catalogue import Role
from handlers.commands import (
    CreateSpace,
    DeleteSpace,
    Person,
    Refusal,
    RemoveFromSpace,
    RenameSpace,
    Result,
    SpaceChanged,
)
from handlers.commands import Removed as Left
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.organizations import slug
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import CardUpdate, Told
from handlers.proof import clean_name
from storage import grants, members, requests, spaces
from storage.grants import NewRole
from storage.records import AuditEntry, MemberRecord, SpaceRecord, new_id


def _check_there_are_spaces(facts: Facts) -> None:
    """Some catalogues have none at all."""
    if not facts.catalogue.space:
        raise Refusal("no-spaces", kind=facts.catalogue.words.spaces)


async def _named(work: Work, typed: str) -> SpaceRecord:
    _check_there_are_spaces(work.facts)
    found = await people.find_space(work, typed)
    if found is None:
        raise Refusal("unknown-space", "space", space=typed, place=work.facts.catalogue.words.space)
    return found


async def _check_name_is_free(work: Work, name: str, *, besides: str = "") -> None:
    """Also a name that is another one's slug would be taken for that one."""
    taken = await spaces.find(work.tx.connection, work.organization, name)
    if taken is not None and taken.id != besides:
        raise Refusal("space-exists", "name", space=taken.name)


# Making ---------------------------------------------------------------------------------------------------------------


async def plan_create(command: CreateSpace, work: Work) -> Plan:
    _check_there_are_spaces(work.facts)
    policy.check(Case("create-space"), work.facts)
    name = clean_name(command.name)
    await _check_name_is_free(work, name)
    _check_makers_cap(work)
    return Plan(replace(command, name=name), work.facts, Case("create-space"), _create, new=name)


def _check_makers_cap(work: Work) -> None:
    """Whoever makes a space is to own it, and must be able to (001-54, K4)."""
    top, mine = work.facts.catalogue.space_top, work.facts.organization_role(work.me)
    most = work.facts.catalogue.capped(mine, top)
    if top is not None and most is not top:
        raise Refusal("at-most-viewer", "name", role=top.title, most=most.title if most else "")


async def _create(work: Work, plan: Plan) -> Result:
    """Its maker owns it for good (001-54); what the operator makes belongs to nobody yet."""
    assert plan.new is not None  # noqa: S101 - planned above
    space = SpaceRecord(new_id(), work.organization, await _free_slug(work, plan.new), plan.new, None, work.by)
    work = work.with_facts(replace(work.facts, space=space))
    entry = work.entry("space.created", work.by or "", name=space.name, slug=space.slug)
    await spaces.add(work.tx, [space], entry=entry)
    top = work.facts.catalogue.space_top
    if work.by is not None and top is not None:
        role = NewRole(work.by, top.id, space.id, "person", work.by)
        await grants.give(work.tx, work.organization, [role], entry=entry)
    return SpaceChanged("created", space.name, space.slug, alone=work.alone)


async def _free_slug(work: Work, name: str) -> str:
    """The name's, or with the first number that makes it free."""
    wanted = slug(name, "space")
    taken = await spaces.slugs_like(work.tx.connection, work.organization, wanted)
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(one for one in numbered if one not in taken)


# Renaming -------------------------------------------------------------------------------------------------------------


async def plan_rename(command: RenameSpace, work: Work) -> Plan:
    space = await _named(work, command.space)
    facts = replace(work.facts, space=space)
    policy.check(Case("rename-space"), facts)
    name = clean_name(command.name)
    if name == space.name:
        raise Refusal("nothing-changes", "name")
    await _check_name_is_free(work, name, besides=space.id)
    resolved = replace(command, space=space.id, name=name)
    return Plan(resolved, facts, Case("rename-space"), _rename, old=space.name, new=name)


async def _rename(work: Work, plan: Plan) -> Result:
    space = _place(plan)
    assert plan.new is not None  # noqa: S101 - planned above
    entry = work.entry("space.renamed", old=space.name, name=plan.new)
    await spaces.rename(work.tx, space.id, plan.new, entry=entry)
    return SpaceChanged("renamed", plan.new, space.slug, old=space.name, alone=work.alone)


def _place(plan: Plan) -> SpaceRecord:
    assert plan.facts.space is not None  # noqa: S101 - planned with one
    return plan.facts.space


# Deleting -------------------------------------------------------------------------------------------------------------


async def plan_delete(command: DeleteSpace, work: Work) -> Plan:
    space = await _named(work, command.space)
    facts = replace(work.facts, space=space)
    policy.check(Case("delete-space"), facts)
    return Plan(replace(command, space=space.id), facts, Case("delete-space"), _delete, old=space.name)


async def _delete(work: Work, plan: Plan) -> Result:
    """Roles, add-ons, invitations and waiting requests end with it; people and resources stay."""
    space = _place(plan)
    entry = work.entry("space.deleted", name=space.name, slug=space.slug)
    held = await spaces.end_access(work.tx, space.id, entry=entry)
    invited = await spaces.revoke_invitations(work.tx, space.id, entry=entry)
    for one in invited:
        work.tx.note(work.entry("invitation.revoked", one))
    for one in held:
        work.tx.note(work.entry("space.member-removed", one, why="space-deleted"))
    await _void_requests(work, space)
    await spaces.let_resources_go(work.tx, space.id, entry=entry)
    await spaces.delete(work.tx, space.id, entry=entry)
    for one in held:
        if one != work.by:
            work.post(Told(to=one, about="space-deleted", by=work.approver or work.by, space=space.id))
    return SpaceChanged("deleted", space.name, space.slug, alone=work.alone)


async def _void_requests(work: Work, space: SpaceRecord) -> None:
    """Nobody decides any more about what nobody can have (invariant 29)."""
    why = f"{space.name} was deleted"
    for request in await requests.in_space(work.tx.connection, work.organization, space.id):
        if request.id == work.request:
            continue
        ended = replace(work.entry("request.void", request.about, why="space-deleted"), request=request.id)
        await requests.end(work.tx, request.id, "void", by=work.approver or work.by, why=why, entry=ended)
        work.post(CardUpdate(request.id))
        if request.requester != work.by:
            work.post(Told(to=request.requester, about="request-void", request=request.id))


# Ending somebody's access ---------------------------------------------------------------------------------------------


async def plan_remove(command: RemoveFromSpace, work: Work) -> Plan:
    target = people.find(work, command.person)
    space = await _named(work, command.space)
    facts = replace(work.facts, target=target, space=space)
    held = facts.space_role(target)
    case = Case("remove", old=held)
    policy.check(case, facts)
    if held is None:
        raise Refusal("not-in-space", "person", person=target.name or target.email, space=space.name)
    await _check_owner_left(work, facts, target)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), space=space.id, reason=reason)
    return Plan(resolved, facts, case, _remove, old=held.id, reason=reason)


async def _check_owner_left(work: Work, facts: Facts, target: MemberRecord) -> None:
    """A space always keeps a lasting owner (I5)."""
    top, lasting = facts.catalogue.space_top, target.lasting(facts.place)
    if top is None or lasting is None or lasting.what != top.id:
        return
    if not await members.other_lasting_holders(work.tx, top.id, space=facts.place, besides=target.id):
        raise Refusal("last-holder", "person", person=target.name or target.email, role=top.title)


async def _remove(work: Work, plan: Plan) -> Result:
    """Here they hold nothing any more; what their role in the organization reaches unasked stays."""
    space, target = _place(plan), plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    entry = work.entry("space.member-removed", target.id, old=plan.old, reason=plan.reason)
    await spaces.leave(work.tx, space.id, target.id, entry=entry)
    await _let_go(work, plan.case.old, target, entry)
    by = work.approver or work.by
    work.post(Told(to=target.id, about="removed-from-space", by=by, old=plan.old, space=space.id))
    return Left(named(target), space.name, plan.old, alone=work.alone)


async def _let_go(work: Work, old: Role | None, target: MemberRecord, entry: AuditEntry) -> None:
    """What they have in hand dies (invariant 2), and approvals that they gave count no more (20)."""
    await members.raise_epoch(work.tx, target.id, entry=entry)
    if old is not None and (old.gives or old.gives_in_spaces):
        await requests.voided_votes(work.tx, target.id, entry=entry)
