"""What somebody asks for, found as it was typed: a role, an add-on, a group or a resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from handlers import policy
from handlers.catalogue import Addon, Catalogue, Role
from handlers.commands import Asked, Refusal, RequestAccess
from handlers.facts import Facts
from handlers.flows import people
from handlers.flows.resources import known_kind, only
from handlers.flows.work import Work, known_role
from handlers.own_access import fits, role_in_force
from storage import askable, resources, spaces
from storage.records import MemberRecord, ResourceRecord
from storage.resources import EVERYTHING


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as it was found: ``what`` and ``place`` are the grant's, ``kept`` is what the command keeps.

    ``role``: what would be held, where that is a role. ``opens``: what an add-on would open.
    """

    what: str
    kept: str
    title: str
    facts: Facts
    place: str = ""
    role: Role | None = None
    opens: frozenset[str] = frozenset()
    resource: ResourceRecord | None = None


async def _role(command: RequestAccess, work: Work, receiver: MemberRecord) -> Wanted:
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, target=receiver, space=space)
    role = known_role(facts.catalogue, command.role, in_space=space is not None)
    if role.exactly_one:
        raise Refusal("exactly-one", "role", role=role.title)
    policy.check_cap(facts, facts.organization_role(receiver), role)
    return Wanted(role.id, role.id, role.title, facts, facts.place, role=role)


async def _addon(command: RequestAccess, work: Work, receiver: MemberRecord) -> Wanted:
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, target=receiver, space=space)
    addon = known_addon(facts.catalogue, command.role)
    role = role_in_force(facts.catalogue, receiver, facts.place)
    if not fits(addon, role, facts.place):
        title = role.title if role else "no role"
        raise Refusal("addon-not-here", "role", addon=addon.title, role=title, roles=_bearers(facts.catalogue, addon))
    return Wanted(addon.id, addon.id, addon.title, facts, facts.place, opens=addon.opens)


def known_addon(catalogue: Catalogue, typed: str) -> Addon:
    """Raises Refusal on ``role``."""
    found = catalogue.addon(typed)
    if found is None:
        titles = ", ".join(addon.title for addon in catalogue.addons.values())
        raise Refusal("unknown-addon", "role", addon=typed, known=titles)
    return found


def _bearers(catalogue: Catalogue, addon: Addon) -> str:
    """The titles of the roles that it goes on, where there is one in a space as such."""
    inside = [role.title for role in catalogue.space.values() if role.id in addon.on_space]
    above = [role.title for role in catalogue.organization.values() if role.id in addon.on_organization]
    where = f" in a {catalogue.words.space}"
    return ", ".join(dict.fromkeys([*above, *(f"{title}{where}" for title in inside)]))


async def _group(command: RequestAccess, work: Work, receiver: MemberRecord) -> Wanted:
    found = await askable.group(work.tx.connection, work.organization, command.role)
    if found is None:
        raise Refusal("unknown-group", "asked", group=command.role, word=work.facts.catalogue.words.group)
    return Wanted(found.id, found.id, found.name, replace(work.facts, target=receiver))


async def _resource(command: RequestAccess, work: Work, receiver: MemberRecord) -> Wanted:
    """Nobody is acted upon: whoever may share the resource decides."""
    del receiver
    found = await find_resource(work, command.role)
    space = await spaces.find(work.tx.connection, work.organization, found.space) if found.space else None
    facts = replace(work.facts, space=space)
    return Wanted(found.id, f"{found.kind}:{found.outside}", found.name, facts, resource=found)


async def find_resource(work: Work, typed: str) -> ResourceRecord:
    """``KIND:NAME``, or its own id. Raises Refusal on ``asked``."""
    kind, colon, name = typed.partition(":")
    if not colon:
        found = await resources.seen(work.tx.connection, work.organization, typed, EVERYTHING, now=work.now)
        several = [found] if found else []
    else:
        sort = known_kind(work, kind, field="asked")
        several = await resources.called(
            work.tx.connection, work.organization, sort, name.strip(), EVERYTHING, now=work.now
        )
    return only(several, typed, field="asked")


WANTED: Mapping[Asked, Callable[[RequestAccess, Work, MemberRecord], Awaitable[Wanted]]] = {
    "role": _role,
    "add-on": _addon,
    "group": _group,
    "resource": _resource,
}
