"""The end of what somebody holds: its time is over, or they give it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers import policy
from handlers.commands import Asked, EndGrant, GiveBack, GivenBack, Noted, Refusal, Result
from handlers.flows.work import Work
from handlers.notices import Told
from handlers.own_access import ASKED, keeps, role_in_force
from storage import grants, members, names, own_grants, requests, resources, spaces
from storage.members import Wanted
from storage.own_grants import GrantRecord
from storage.records import AuditEntry, MemberRecord
from storage.resources import Reach, Sight

_ENDED: Mapping[str, str] = {
    "role": "role.ended",
    "addon": "addon.ended",
    "group": "group.left",
    "resource": "access.ended",
}


async def end_grant(command: EndGrant, work: Work) -> Result:
    """The time of what was held for a while is over; what lay below a role is in force again."""
    grant = await own_grants.anyhow(work.tx.connection, command.grant)
    if grant is None:
        return Noted(changed=False)
    entry = _entry(work, grant, await _name(work, grant))
    if await grants.end_due(work.tx, command.grant, entry=entry) is None:
        return Noted(changed=False)
    await _let_go(work, grant, entry)
    work.post(
        Told(
            to=grant.member,
            about="access-ended",
            old=grant.what,
            new=await _below(work, grant),
            space=grant.space or None,
            asked=_asked(grant),
        )
    )
    return Noted()


async def give_back(command: GiveBack, work: Work) -> Result:
    """At once, and by nobody's leave: it takes nothing from anybody else."""
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    grant = await own_grants.find(work.tx.connection, command.grant, member=me.id, now=work.now)
    if grant is None or grant.kind not in ASKED:
        raise Refusal("unknown-grant", "grant")
    name = await _name(work, grant)
    if why := keeps(work.facts.catalogue, me, grant):
        raise Refusal(why, "grant", thing=name)
    await _check_owner_left(work, me, grant)
    await _check_not_raised(work, me, grant)
    entry = _entry(work, grant, name, given_back="yes")
    if grant.kind == "role" and grant.ends is None:
        await spaces.leave(work.tx, grant.space, me.id, entry=entry)
    else:
        await grants.end(work.tx, [grant.id], entry=entry)
    await _let_go(work, grant, entry)
    places = await names.of_things(work.tx.connection, work.organization, [grant.space] if grant.space else [])
    return GivenBack(_asked(grant), name, places.get(grant.space), await _below(work, grant))


async def _check_owner_left(work: Work, me: MemberRecord, grant: GrantRecord) -> None:
    """A space always keeps a lasting owner (I5)."""
    top = work.facts.catalogue.space_top
    if top is None or grant.kind != "role" or grant.ends is not None or grant.what != top.id:
        return
    if not await members.other_lasting_holders(work.tx, top.id, space=grant.space, besides=me.id):
        raise Refusal("last-holder", "grant", person=me.name or me.email, role=top.title)


async def _check_not_raised(work: Work, me: MemberRecord, grant: GrantRecord) -> None:
    """Inside a space its role rules (K3): without it somebody might do more with what is theirs there."""
    catalogue, mine = work.facts.catalogue, work.facts.organization_role(me)
    leaves = grant.kind == "role" and grant.space and (grant.ends is None or me.lasting(grant.space) is None)
    if not leaves or mine is None or mine.reaches_every_space:
        return
    inside = role_in_force(catalogue, me, grant.space)
    more = mine.on_resources - (inside.on_resources if inside else frozenset())
    kinds = tuple(sorted({one.partition(":")[0] for one in more}))
    listed = tuple(one.id for one in catalogue.kinds.values() if one.seen_by == "list")
    sight = Sight(me.id, work.organization, Reach(own="own" in mine.reaches), list_kinds=listed)
    if await resources.seen_there(work.tx.connection, work.organization, grant.space, kinds, sight, now=work.now):
        raise Refusal("not-on-oneself", "grant")


def _asked(grant: GrantRecord) -> Asked:
    return ASKED.get(grant.kind, "role")


async def _name(work: Work, grant: GrantRecord) -> str:
    """The title or name of what is held."""
    catalogue = work.facts.catalogue
    match grant.kind:
        case "role":
            known = catalogue.space if grant.space else catalogue.organization
            return known[grant.what].title if grant.what in known else grant.what
        case "addon":
            return catalogue.addons[grant.what].title if grant.what in catalogue.addons else grant.what
        case _:
            found = await names.of_things(work.tx.connection, work.organization, [grant.what])
            return found.get(grant.what, grant.what)


def _entry(work: Work, grant: GrantRecord, name: str, **details: object) -> AuditEntry:
    """It happened in the space where it was held."""
    said = {_asked(grant): grant.what, "name": name, **details}
    entry = work.entry(_ENDED.get(grant.kind, "access.ended"), grant.member, **said)
    return replace(entry, scope=f"space:{grant.space}") if grant.space else entry


async def _let_go(work: Work, grant: GrantRecord, entry: AuditEntry) -> None:
    """Links and sessions made while it was held die (invariants 2, 20), and approvals given by it count no more."""
    await members.raise_epoch(work.tx, grant.member, entry=entry)
    if grant.kind in ("role", "addon"):
        await requests.voided_votes(work.tx, grant.member, entry=entry)


async def _below(work: Work, grant: GrantRecord) -> str | None:
    """The role that is in force there now."""
    if grant.kind != "role":
        return None
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(grant.member,)), now=work.now)
    return loaded[0].role(grant.space) if loaded else None
