"""May this person do this? Pure: what is held and what is asked about in, a decision with its reasons out.

Every answer comes from here: to other software, to ``/usher why`` and ``who can``, and to flows that must know what
somebody reaches. Default is no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Catalogue, Kind, Role, Toggle
from handlers.decision_types import Decision, Reason, ReasonCode, Subject, Target
from handlers.holdings import GROUP, RESOURCE, Held, Source, live, organization_role, role_in_force, sources

__all__ = ["Decision", "Held", "Reason", "ReasonCode", "Subject", "Target", "decide", "is_on"]

ORGANIZATION, SPACE, FEATURE, USE = "organization", "space", "feature", "use"
# The two actions of datasets that rules speak of (004-50, 004-56); a catalogue names the kind.
WRITE, AI_CHAT = "write", "ai-chat"


def decide(
    subject: Subject | None, action: str, target: Target | None, *, catalogue: Catalogue, plan: str, now: datetime
) -> Decision:
    """Each step must be passed; one without a word has nothing to say."""
    if absent := _absent(subject) or (_no("unknown-target") if target is None else None):
        return _denied(absent)
    assert subject is not None  # noqa: S101 - else it was absent
    assert target is not None  # noqa: S101
    if unknown := _unknown(action, target, catalogue):
        return _denied(unknown)
    asked = _Asked(subject, action, target, catalogue, plan, live(subject.held, now))
    if target.type == ORGANIZATION:
        return _decided(_able(asked, "", action))
    if target.type == SPACE:
        return _decided(_able(asked, target.space, action))
    if target.type == FEATURE:
        return _decided(_toggled(asked, catalogue.toggles[target.id]))
    return _of_resource(asked, catalogue.kinds[target.type])


def is_on(subject: Subject, toggle: Toggle, *, catalogue: Catalogue, plan: str, now: datetime) -> bool:
    """Whether a member has what a toggle stands for."""
    target = Target(FEATURE, toggle.id)
    return decide(subject, USE, target, catalogue=catalogue, plan=plan, now=now).allowed


@dataclass(frozen=True, slots=True)
class _Asked:
    subject: Subject
    action: str
    target: Target
    catalogue: Catalogue
    plan: str
    held: tuple[Held, ...]

    @property
    def role(self) -> Role | None:
        return organization_role(self.catalogue, self.held)


_Step = Sequence[Reason]


def _decided(right: _Step, before: _Step = (), after: Sequence[_Step] = ()) -> Decision:
    """The first step that is not passed decides; if there is none, whatever opens the ``right`` itself."""
    steps = [before, right, *after]
    reasons = tuple(reason for step in steps for reason in step)
    lost = next((found for step in steps if (found := _verdict(step)) is not None and not found.allows), None)
    decided = lost or _verdict(right)
    assert decided is not None  # noqa: S101 - the right itself always speaks
    return Decision(lost is None, reasons, decided)


def _verdict(step: _Step) -> Reason | None:
    """One reason for it is enough."""
    return next((one for one in step if one.allows), next((one for one in step if one.allows is False), None))


def _denied(reason: Reason) -> Decision:
    return Decision(False, (reason,), reason)  # noqa: FBT003


def _yes(code: ReasonCode, grant: Held | None = None, **facts: str) -> Reason:
    return Reason(code, True, facts, grant)  # noqa: FBT003


def _no(code: ReasonCode, grant: Held | None = None, **facts: str) -> Reason:
    return Reason(code, False, facts, grant)  # noqa: FBT003


def _by_the_way(code: ReasonCode, grant: Held | None = None, **facts: str) -> Reason:
    return Reason(code, None, facts, grant)


def _absent(subject: Subject | None) -> Reason | None:
    if subject is None or not subject.listed:
        return _no("unknown-subject")
    if subject.status == "active":
        return None
    return _no("invited" if subject.status == "invited" else "deactivated")


def _unknown(action: str, target: Target, catalogue: Catalogue) -> Reason | None:
    known: Iterable[str]
    match target.type:
        case "organization" | "space":
            known = catalogue.permissions[target.type]
        case "feature":
            if target.id not in catalogue.toggles:
                return _no("unknown-target")
            known = (USE,)
        case kind if kind in catalogue.kinds:
            known = catalogue.kinds[kind].actions
        case other:
            return _no("unknown-type", type=other)
    return None if action in known else _no("unknown-action", action=action, type=target.type)


# Roles and add-ons ----------------------------------------------------------------------------------------------------


def _able(asked: _Asked, place: str, permission: str) -> _Step:
    """What is held there opens it, or does not."""
    found = sources(asked.catalogue, asked.held, place)
    reasons = [reason for one in found for reason in _said(one, place, permission, asked.catalogue)]
    if any(reason.allows is not None for reason in reasons):
        return reasons
    return [*reasons, _no("no-space-role" if place else "no-role", permission=permission)]


def _said(source: Source, place: str, permission: str, catalogue: Catalogue) -> Iterable[Reason]:
    opens = permission in source.opens
    if source.addon:
        facts = {"addon": source.addon.title, "permission": permission}
        if opens:
            yield Reason("addon-opens", True, facts, source.held)  # noqa: FBT003
        elif permission in source.addon.opens:
            yield Reason("addon-rests", None, facts, source.held)
        return
    assert source.role is not None  # noqa: S101 - it is an add-on or a role
    if source.capped:
        given = catalogue.space[source.held.what].title
        yield _by_the_way("capped", source.held, given=given, role=source.role.title)
    code = _ROLE_CODES[bool(place), source.unasked, opens]
    yield Reason(code, opens, {"role": source.role.title, "permission": permission}, source.held)


# In a space or not, held in the organization or given in the space, opened or not.
_ROLE_CODES: Mapping[tuple[bool, bool, bool], ReasonCode] = {
    (False, False, True): "role-holds",
    (False, False, False): "role-lacks",
    (True, True, True): "role-holds-in-spaces",
    (True, True, False): "role-lacks-in-spaces",
    (True, False, True): "space-role-holds",
    (True, False, False): "space-role-lacks",
}


# Resources ------------------------------------------------------------------------------------------------------------


def _of_resource(asked: _Asked, kind: Kind) -> Decision:
    """Is it seen, does a role open it, and do dataset rules or toggles close it?"""
    permission = f"{kind.id}:{asked.action}"
    toggles = [one for one in asked.catalogue.toggles.values() if permission in one.needed_for]
    return _decided(
        _able(asked, _ruling(asked), permission),
        before=_seen(asked, kind),
        after=[*_dataset(asked, kind), *(_toggled(asked, toggle) for toggle in toggles)],
    )


def _ruling(asked: _Asked) -> str:
    """Inside a space its role rules (K3); whoever is not in it and does not reach it has their organization's alone."""
    space, role = asked.target.space, asked.role
    if space and (role_in_force(asked.held, space) or (role and role.reaches_every_space)):
        return space
    return ""


def _seen(asked: _Asked, kind: Kind) -> _Step:
    by_reach = [] if kind.seen_by == "list" else list(_reached(asked, kind))
    ways = [*by_reach, *_listed(asked, kind)]
    return ways or [_no("not-on-list" if kind.seen_by == "list" else "not-seen", kind=kind.title)]


def _reached(asked: _Asked, kind: Kind) -> Iterable[Reason]:
    role, target, held = asked.role, asked.target, role_in_force(asked.held, "")
    if role and "everything" in role.reaches:
        yield _yes("sees-everything", held, role=role.title, kind=kind.title)
    elif role and target.space and "all-spaces" in role.reaches:
        yield _yes("sees-all-spaces", held, role=role.title, kind=kind.title)
    if role and "own" in role.reaches and target.owner == asked.subject.id:
        yield _yes("sees-own", kind=kind.title)
    here = role_in_force(asked.held, target.space) if target.space else None
    if here and (given := asked.catalogue.space.get(here.what)):
        yield _yes("sees-in-space", here, role=given.title, kind=kind.title)


def _listed(asked: _Asked, kind: Kind) -> Iterable[Reason]:
    """A list makes visible; the role says what may be done (002-25)."""
    for one in asked.held:
        if one.kind == RESOURCE and one.what == asked.target.resource:
            yield _yes("on-list", one, kind=kind.title)
        elif one.kind == GROUP and one.what in asked.target.groups:
            yield _yes("group-on-list", one, kind=kind.title, group=one.what)


# Dataset rules (004-39 to 004-57) -------------------------------------------------------------------------------------


def _dataset(asked: _Asked, kind: Kind) -> list[_Step]:
    rules, role = asked.catalogue.datasets, asked.role
    if rules is None or role is None or kind.id != rules.kind:
        return []
    if role.id in rules.always_full:
        return [[_by_the_way("datasets-always-full", role=role.title)]]
    if role.id in rules.ai_chat_only and f"{kind.id}:{asked.action}" not in role.on_resources:
        return [[_no("datasets-stay-closed", role=role.title, action=asked.action)]]
    bound = role.id in rules.every_control or (role.id in rules.ai_chat_only and asked.action == AI_CHAT)
    if not bound:
        return []
    if not asked.catalogue.has("dataset-rules", asked.plan):
        return [[_by_the_way("datasets-not-on-plan", plan=asked.plan)]]
    levels = asked.action == WRITE and role.id in rules.every_control
    return [[_selected(asked)], [_level(asked)]] if levels else [[_selected(asked)]]


def _selected(asked: _Asked) -> Reason:
    chosen = asked.target.resource in asked.subject.choices
    match asked.subject.mode:
        case "full":
            return _yes("dataset-full")
        case "blacklist":
            return _no("dataset-blacklisted") if chosen else _yes("dataset-not-blacklisted")
        case "whitelist":
            return _yes("dataset-whitelisted") if chosen else _no("dataset-not-whitelisted")


def _level(asked: _Asked) -> Reason:
    """Overrides exist only in a whitelist (004-45)."""
    subject = asked.subject
    override = subject.choices.get(asked.target.resource, "default") if subject.mode == "whitelist" else "default"
    if override != "default":
        return _yes("override-write") if override == "write" else _no("override-read")
    return _yes("level-write") if subject.level == "write" else _no("level-read")


# Toggles (004-58 to 004-84) -------------------------------------------------------------------------------------------


def _toggled(asked: _Asked, toggle: Toggle) -> _Step:
    """The plan must have it; then what was set speaks where it can be set, else what the role has (004-77)."""
    role, plans = asked.role, asked.catalogue.plans
    if role is None:
        return [_no("no-role", permission=toggle.title)]
    if plans.index(asked.plan) < plans.index(toggle.plan):
        return [_no("toggle-not-on-plan", toggle=toggle.title, plan=toggle.plan)]
    chosen = asked.subject.toggles.get(toggle.id)
    if chosen is not None and role.id in toggle.settable_for:
        return [Reason("toggle-set-on" if chosen else "toggle-set-off", chosen, {"toggle": toggle.title})]
    on = role.id in toggle.on_for
    usual = Reason("toggle-on" if on else "toggle-off", on, {"toggle": toggle.title, "role": role.title})
    if chosen is None:
        return [usual]
    return [_by_the_way("toggle-not-settable", toggle=toggle.title, role=role.title), usual]
