"""What one member may do beside their role: add-ons, dataset rules and toggles, all set in one go or reset to the role.

Only active members: whoever is invited holds no role yet that an add-on, a rule or a toggle could stand on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from handlers import policy
from handlers.commands import (
    Override,
    PermissionsChanged,
    Person,
    Refusal,
    ResetPermissions,
    Result,
    SetPermissions,
)
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import Told
from handlers.permission_rules import MOST_DATASETS, Controls, Settings, addons_at, controls, mark, settings
from storage import grants, permissions
from storage.grants import NewRole
from storage.members import ADDON
from storage.records import AuditEntry, MemberRecord

Run = Callable[[Work, Plan], Awaitable[Result]]


async def plan_set(command: SetPermissions, work: Work) -> Plan:
    target = people.find(work, command.person)
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, target=target, space=space)
    policy.check(Case("permissions", old=facts.role_here(target)), facts)
    _check_target(target)
    what = controls(facts)
    old = settings(target, await permissions.of_member(work.tx.connection, target.id), facts.place)
    if command.seen and command.seen != mark(what, old):
        raise Refusal("stale-form")
    if space is not None and (command.mode is not None or command.on or command.off):
        # Dataset rules and toggles belong to the organization; no form mixes the two.
        raise Refusal("stale-form")
    new = _with_toggles(command, what, _with_addons(command, what, old))
    new = await _with_datasets(command, work, what, new)
    if new == old:
        raise Refusal("nothing-changes", person=target.name or target.email)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), space=space.id if space else None, reason=reason, seen="")
    return Plan(
        command=resolved,
        facts=facts,
        case=_case(facts, old, new),
        run=_run_set(old, new),
        old=old.summary,
        new=new.summary,
        beneficiary=target.id,
        reason=reason,
    )


def _check_target(target: MemberRecord) -> None:
    if target.status != "active":
        raise Refusal("not-a-member", "person", person=target.name or target.email)


def _case(facts: Facts, old: Settings, new: Settings) -> Case:
    """What an add-on opens must be held by whoever lets it happen."""
    return Case("permissions", old=facts.role_here(facts.target), opens=policy.opens(facts, new.addons - old.addons))


# What shall be --------------------------------------------------------------------------------------------------------


def _with_addons(command: SetPermissions, what: Controls, old: Settings) -> Settings:
    """One held for a while stays so; giving it here makes nothing of it lasting."""
    if command.addons is None:
        return old
    wanted = frozenset(command.addons)
    for one in sorted(wanted - old.addons):
        addon = what.catalogue.addons.get(one)
        if addon is None:
            raise Refusal("unknown-addon", "addons", addon=one, known=_titles(what))
        if not what.counts(addon):
            raise Refusal(
                "addon-not-here", "addons", addon=addon.title, role=_title(what), roles=_goes_on(what, addon.id)
            )
    return replace(old, addons=wanted)


def _titles(what: Controls) -> str:
    return ", ".join(addon.title for addon in what.catalogue.addons.values())


def _title(what: Controls) -> str:
    return what.role.title if what.role else "no role"


def _goes_on(what: Controls, addon: str) -> str:
    known = what.catalogue.space if what.in_space else what.catalogue.organization
    roles = what.wanted(what.catalogue.addons[addon])
    return ", ".join(role.title for role in known.values() if role.id in roles)


def _with_toggles(command: SetPermissions, what: Controls, old: Settings) -> Settings:
    """Who names a toggle twice has it off."""
    states = dict.fromkeys(command.on, True) | dict.fromkeys(command.off, False)
    for one in states:
        _check_toggle(what, one, "on" if one in command.on else "off")
    return replace(old, toggles=_kept(what, old.toggles, states))


def _kept(what: Controls, before: Mapping[str, bool], states: Mapping[str, bool]) -> dict[str, bool]:
    """What was set for another role rests untouched; of this role's, only what differs from its defaults is kept."""
    resting = {toggle: on for toggle, on in before.items() if toggle not in states}
    return resting | what.otherwise(states)


def _check_toggle(what: Controls, one: str, field: str) -> None:
    toggle = what.catalogue.toggles.get(one)
    if toggle is None:
        raise Refusal("unknown-toggle", field, toggle=one)
    if what.role is None or what.role.id not in toggle.settable_for:
        raise Refusal("toggle-not-for-role", field, toggle=toggle.title, role=_title(what))
    if not what.reaches(toggle.plan):
        raise Refusal("not-on-plan", field, what=toggle.title, plan=toggle.plan.capitalize())


async def _with_datasets(command: SetPermissions, work: Work, what: Controls, old: Settings) -> Settings:
    if command.mode is None:
        if command.level or command.datasets or command.overrides:
            raise Refusal("stale-form", "mode")
        return old
    _check_control(command, what)
    level = command.level or old.level
    if command.mode == "full":
        if command.datasets or command.overrides:
            raise Refusal("datasets-not-in-mode", "datasets")
        return replace(old, mode="full", level=level, choices={})
    await _check_datasets(command.datasets, work, what)
    return replace(old, mode=command.mode, level=level, choices=_choices(command))


def _check_control(command: SetPermissions, what: Controls) -> None:
    control = what.datasets
    if control == "not-on-plan":
        plan = what.catalogue.features["dataset-rules"]
        raise Refusal("not-on-plan", "mode", what="Dataset rules", plan=plan.capitalize())
    if control in ("absent", "always-full"):
        raise Refusal("rules-not-for-role", "mode", role=_title(what))
    if control == "ai-chat-only" and (command.level is not None or command.overrides):
        field = "level" if command.level is not None else "overrides"
        raise Refusal("rules-not-for-role", field, role=_title(what))


async def _check_datasets(ids: Sequence[str], work: Work, what: Controls) -> None:
    """An id of another organization, or of another kind, is one that does not exist."""
    if len(ids) > MOST_DATASETS:
        raise Refusal("too-many-datasets", "datasets", most=str(MOST_DATASETS))
    rules = what.catalogue.datasets
    assert rules is not None  # noqa: S101 - else no role would have a control
    known = await permissions.datasets_of(work.tx.connection, work.organization, rules.kind, ids)
    for one in ids:
        if one not in known:
            raise Refusal("unknown-dataset", "datasets")


def _choices(command: SetPermissions) -> dict[str, Override]:
    """Overrides exist only in a whitelist, for what it selects (004-45)."""
    chosen: dict[str, Override] = dict.fromkeys(command.datasets, "default")
    for one, override in command.overrides:
        if command.mode != "whitelist" or one not in chosen:
            raise Refusal("override-not-here", "overrides")
        if chosen[one] not in ("default", override):
            raise Refusal("override-twice", "overrides")
        chosen[one] = override
    return chosen


# Doing it -------------------------------------------------------------------------------------------------------------


def _run_set(old: Settings, new: Settings) -> Run:
    async def run(work: Work, plan: Plan) -> Result:
        return await _change(work, plan, old, new)

    return run


async def _change(work: Work, plan: Plan, old: Settings, new: Settings) -> Result:
    target = plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    given, taken = _difference(controls(plan.facts), old, new)
    ruled = old.datasets != new.datasets
    entry = work.entry(
        "permissions.changed",
        target.id,
        old=old.summary,
        new=new.summary,
        given=given,
        taken=taken,
        reason=plan.reason,
    )
    await _set_addons(work, plan.facts, old, new, entry)
    if ruled:
        await permissions.set_rules(
            work.tx, work.organization, target.id, mode=new.mode, level=new.level, choices=new.choices, entry=entry
        )
    if old.toggles != new.toggles:
        await permissions.set_toggles(work.tx, target.id, new.toggles, entry=entry)
    return _told(work, plan, PermissionsChanged(named(target), given=given, taken=taken, datasets=ruled))


def _difference(what: Controls, old: Settings, new: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is open now and was not, and the reverse: add-ons and the toggles of this role, in the catalogue's order."""
    before, after = list(_open(what, old)), list(_open(what, new))
    return tuple(one for one in after if one not in before), tuple(one for one in before if one not in after)


def _open(what: Controls, held: Settings) -> Iterator[str]:
    yield from (f"addon:{one}" for one in what.catalogue.addons if one in held.addons)
    toggles = (*what.toggles, *what.beyond_plan)
    yield from (f"toggle:{one.id}" for one in toggles if what.stands(one, held.toggles))


async def _set_addons(work: Work, facts: Facts, old: Settings, new: Settings, entry: AuditEntry) -> None:
    target = facts.target
    assert target is not None  # noqa: S101 - planned above
    ended = [grant.id for grant in addons_at(target, facts.place) if grant.what not in new.addons]
    if ended:
        await grants.end(work.tx, ended, entry=entry)
    source = ("request", work.request) if work.request else ("person" if work.me else "operator", work.by)
    given = sorted(new.addons - old.addons)
    if given:
        rows = [NewRole(target.id, one, facts.place, *source, kind=ADDON) for one in given]
        await grants.give(work.tx, work.organization, rows, entry=entry)


def _told(work: Work, plan: Plan, done: PermissionsChanged) -> Result:
    """Whoever it is about hears what they have now; what is asked for by themselves does not come this way."""
    space = plan.facts.space
    work.post(
        Told(
            to=done.member.id,
            about="permissions-changed",
            by=work.approver or work.by,
            request=work.request or None,
            old=",".join(done.taken) or None,
            new=",".join((*done.given, *(["datasets"] if done.datasets else []))) or None,
            space=space.id if space else None,
        )
    )
    return replace(done, space=space.name if space else None, alone=work.alone)


# Back to the role -----------------------------------------------------------------------------------------------------


async def plan_reset(command: ResetPermissions, work: Work) -> Plan:
    """The toggles alone (004-60), and of those the ones that can be set for the role (K16); all else stays."""
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    policy.check(Case("permissions", old=facts.organization_role(target)), facts)
    _check_target(target)
    what = controls(facts)
    old = settings(target, await permissions.of_member(work.tx.connection, target.id), "")
    settable = {one.id for one in (*what.toggles, *what.beyond_plan)}
    new = replace(old, toggles={toggle: on for toggle, on in old.toggles.items() if toggle not in settable})
    if new == old:
        raise Refusal("nothing-changes", person=target.name or target.email)
    return Plan(
        command=replace(command, person=Person(id=target.id)),
        facts=facts,
        case=_case(facts, old, new),
        run=_run_reset(old, new),
        old=old.summary,
        new=new.summary,
        beneficiary=target.id,
    )


def _run_reset(old: Settings, new: Settings) -> Run:
    async def run(work: Work, plan: Plan) -> Result:
        target = plan.facts.target
        assert target is not None  # noqa: S101 - planned above
        given, taken = _difference(controls(plan.facts), old, new)
        entry = work.entry("permissions.reset", target.id, old=old.summary, new=new.summary, given=given, taken=taken)
        await permissions.set_toggles(work.tx, target.id, new.toggles, entry=entry)
        return _told(work, plan, PermissionsChanged(named(target), reset=True, given=given, taken=taken))

    return run
