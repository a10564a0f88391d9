"""Resources that products register: adding, changing and taking them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from handlers import policy
from handlers.catalogue import Change
from handlers.commands import AddResource, Person, Refusal, RemoveResource, ResourceChanged, Result, Thing
from handlers.facts import Case, Facts
from handlers.flows import people
from handlers.flows.work import Plan, Work
from handlers.proof import showing
from handlers.reach import changes_all, sight
from storage import resources, spaces
from storage.records import AuditEntry, MemberRecord, ResourceRecord, SpaceRecord, new_id

LONGEST = 200


# Finding one ----------------------------------------------------------------------------------------------------------


def known_kind(work: Work, typed: str, *, field: str = "sort") -> str:
    """Raises Refusal, naming the kinds there are."""
    kind = work.facts.catalogue.kind(typed)
    if kind is None:
        there_are = ", ".join(work.facts.catalogue.kinds) or "none, for no product registers anything here"
        raise Refusal("unknown-kind", field, kind=typed, known=there_are)
    return kind.id


async def find_resource(work: Work, thing: Thing) -> ResourceRecord:
    """What the actor does not see does not exist for them. Raises Refusal."""
    kind = known_kind(work, thing.sort, field="resource")
    if work.facts.actor.via == "token":
        found = await resources.at(work.tx.connection, work.organization, kind, thing.named)
        several = [found] if found else []
    else:
        several = await resources.called(
            work.tx.connection, work.organization, kind, thing.named, sight(work.facts), now=work.now
        )
    return only(several, thing.typed, field="resource")


def only(found: Sequence[ResourceRecord], typed: str, *, field: str) -> ResourceRecord:
    """The one that was meant. Raises Refusal: none, or several of that name."""
    match found:
        case [one]:
            return one
        case []:
            raise Refusal("unknown-resource", field, resource=typed)
        case _:
            ids = ", ".join(one.outside for one in found[:5])
            raise Refusal("ambiguous-resource", field, resource=typed, several=ids)


async def placed(work: Work, resource: ResourceRecord) -> Facts:
    """The facts in the resource's space, if it lies in one."""
    space = await spaces.find(work.tx.connection, work.organization, resource.space) if resource.space else None
    return replace(work.facts, space=space)


def check_change(change: Change, resource: ResourceRecord, facts: Facts) -> None:
    """In a space its roles rule; outside, everybody has their own, and who reaches everything all. Raises Refusal."""
    policy.check(Case(change, resource=resource), facts)


def entry_of(work: Work, action: str, resource: ResourceRecord, **details: object) -> AuditEntry:
    entry = work.entry(action, "", kind=resource.kind, outside=resource.outside, name=resource.name, **details)
    return replace(entry, target=f"resource:{resource.id}")


What = Literal["added", "changed", "removed", "shared", "unshared", "notified"]


def changed(what: What, resource: ResourceRecord, who: tuple[str, ...] = ()) -> ResourceChanged:
    return ResourceChanged(what, resource.kind, resource.outside, resource.name, who)


# Registering ----------------------------------------------------------------------------------------------------------


def checked_id(typed: str) -> str:
    """Exactly as the product writes it, so nothing of it is mended. Raises Refusal on ``outside``."""
    if not 1 <= len(typed) <= LONGEST or typed != typed.strip() or not typed.isprintable():
        raise Refusal("id-wrong", "outside", most=str(LONGEST))
    return typed


def checked_title(typed: str) -> str:
    """Raises Refusal on ``name``."""
    kept = showing(typed)
    if not 1 <= len(kept) <= LONGEST:
        raise Refusal("name-wrong", "name", most=str(LONGEST))
    return kept


async def plan_add(command: AddResource, work: Work) -> Plan:
    """Registers it, or changes the one there is: products send what they have, as often as they like."""
    policy.acts(work.facts)
    kind, outside, name = known_kind(work, command.sort), checked_id(command.outside), checked_title(command.name)
    there = await resources.at(work.tx.connection, work.organization, kind, outside)
    space = await people.find_space(work, command.space)
    owner = people.find(work, command.owner, field="owner") if command.owner else None
    if there is None:
        resource = _new(work, ResourceRecord("", work.organization, kind, outside, name, _id(space), _id(owner)))
        facts = replace(work.facts, space=space)
        policy.check(Case("add-resource"), facts)
    else:
        space_id, owner_id = _id(space) or there.space, _id(owner) or there.owner
        resource = replace(there, name=name, space=space_id, owner=owner_id)
        facts = await _check_changing(work, there, resource, space)
    _check_owner(resource, there, facts)
    if resource == there and work.me is not None:
        raise Refusal("nothing-changes", "name")
    resolved = replace(
        command,
        sort=kind,
        name=name,
        space=space.id if space else None,
        owner=Person(id=owner.id) if owner else None,
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=Case(
            "add-resource" if there is None else "remove-resource",
            people=frozenset({owner.id} if owner else ()),
            resource=there,
        ),
        run=lambda doing, _: _register(doing, resource, there),
        old=there.name if there else None,
        new=name,
    )


def _id(record: SpaceRecord | MemberRecord | None) -> str:
    return record.id if record else ""


def _new(work: Work, resource: ResourceRecord) -> ResourceRecord:
    """Whoever registers something without naming an owner owns it."""
    return replace(resource, id=new_id(), owner=resource.owner or work.by)


async def _check_changing(
    work: Work, there: ResourceRecord, wanted: ResourceRecord, space: SpaceRecord | None
) -> Facts:
    """Somebody else's id is taken, and more is not said. To move something is to take it away there and add it here."""
    facts = await placed(work, there)
    check_change("remove-resource", there, facts)
    if wanted.space != there.space:
        facts = replace(work.facts, space=space)
        policy.check(Case("add-resource"), facts)
    return facts


def _check_owner(resource: ResourceRecord, there: ResourceRecord | None, facts: Facts) -> None:
    """Only who looks after the resources of all, or of the space, makes something somebody else's."""
    me = facts.me
    if me is None or resource.owner in (me.id, there.owner if there else None):
        return
    looks_after = changes_all(facts) if facts.space is None else policy.holds(facts, me, "remove-resource")
    if not looks_after:
        raise Refusal("may-not", "owner", change="add-resource")


async def _register(work: Work, resource: ResourceRecord, there: ResourceRecord | None) -> Result:
    if resource == there:  # a product that says again what is known already
        return changed("changed", resource)
    said = {"space": resource.space, "owner": resource.owner}
    if there is None:
        await resources.add(work.tx, resource, entry=entry_of(work, "resource.added", resource, **said))
        return changed("added", resource)
    entry = entry_of(work, "resource.changed", resource, old=there.name, **said)
    await resources.change(work.tx, resource, entry=entry)
    return changed("changed", resource)


async def plan_remove(command: RemoveResource, work: Work) -> Plan:
    policy.acts(work.facts)
    resource = await find_resource(work, command.resource)
    facts = await placed(work, resource)
    check_change("remove-resource", resource, facts)
    return Plan(
        command=replace(command, resource=Thing(resource.kind, resource.outside)),
        facts=facts,
        case=Case("remove-resource", resource=resource),
        run=lambda doing, _: _remove(doing, resource),
        old=resource.name,
    )


async def _remove(work: Work, resource: ResourceRecord) -> Result:
    entry = entry_of(work, "resource.removed", resource)
    await resources.remove(work.tx, work.organization, [resource.id], entry=entry)
    return changed("removed", resource)
