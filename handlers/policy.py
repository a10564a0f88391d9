"""Who may do what. Pure: facts in, a decision or a Refusal out. No role is known by name; catalogues are the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from handlers import affected, holdings
from handlers.catalogue import Catalogue, Change, Condition, Role
from handlers.catalogue_words import MANAGING
from handlers.commands import Refusal
from handlers.facts import Case, Facts
from storage.records import MemberRecord

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``approvals`` 0: at once."""

    approvals: int = 0
    code: bool = False


def acts(facts: Facts) -> MemberRecord | None:
    """The member who acts; None for those that the gate itself holds to what they may: the operator, the system, a
    token. Raises Refusal for who may not act at all."""
    if facts.actor.via in ("operator", "system", "token"):
        return None
    if facts.me is None:
        raise Refusal("not-connected")
    if facts.me.status != "active":
        raise Refusal("not-active", organization=facts.organization.name)
    if facts.actor.via == "slack" and not facts.me.slack_good:
        raise Refusal("not-for-guests")
    return facts.me


def holds(facts: Facts, member: MemberRecord, change: Change) -> bool:
    """Whether a member's roles and add-ons hold the permission that a change needs, in the scope of the facts."""
    needs = facts.catalogue.needs if facts.space is None else facts.catalogue.space_needs
    needed = needs.get(change)
    return needed is not None and needed != NOBODY and needed in held(facts, member)


def is_closed(catalogue: Catalogue, change: Change) -> bool:
    """Whether nobody may make this change, whatever they hold."""
    return catalogue.needs.get(change, NOBODY) == NOBODY


def held(facts: Facts, member: MemberRecord) -> frozenset[str]:
    """All that a member may do in the scope of the facts; `kind:action` on the resources they reach there."""
    return holdings.opened(holdings.sources(facts.catalogue, holdings.of_member(member), facts.place))


def opens(facts: Facts, addons: Iterable[str]) -> frozenset[str]:
    """What add-ons open that the target of the facts does not hold there for good yet."""
    theirs = facts.target.addons if facts.target else ()
    held_already = {grant.what for grant in theirs if grant.space == facts.place and grant.ends is None}
    known = (facts.catalogue.addons.get(one) for one in addons if one not in held_already)
    return frozenset[str]().union(*(one.opens for one in known if one))


def check(case: Case, facts: Facts) -> None:
    """May the actor make this change to this target? Raises Refusal with the reason; default is no."""
    me = acts(facts)
    if me is None:
        return
    if not holds(facts, me, case.change) or not _may_change(me, case, facts):
        raise Refusal("may-not", change=case.change)
    if facts.target is not None:
        _check_target(me, facts, promised=case.old)
    if _gives(case.change):
        for role in case.roles:
            _check_gives(me, replace(case, new=role), facts)


def _may_change(me: MemberRecord, case: Case, facts: Facts) -> bool:
    """A resource outside spaces is its owner's, and theirs who reach everything (001-45); where its kind knows the
    action *share*, that takes it as well (002-08)."""
    resource, mine = case.resource, facts.organization_role(me)
    if resource is None:
        return True
    kind = facts.catalogue.kinds.get(resource.kind)
    sharing = f"{resource.kind}:share"
    if case.change == "share" and kind and "share" in kind.actions and sharing not in held(facts, me):
        return False
    everything = mine is not None and "everything" in mine.reaches
    return facts.space is not None or resource.owner == me.id or everything


def _check_target(me: MemberRecord, facts: Facts, *, promised: Role | None) -> None:
    """Nobody acts on themselves, nor on somebody whom ``acts_on`` does not list (invariant 24).

    Whoever is invited counts as what they are ``promised``: they hold nothing yet.
    """
    target = facts.target
    assert target is not None  # noqa: S101 - the caller looked
    if target.id == me.id:
        raise Refusal("not-on-oneself", "person")
    theirs = {grant.what for grant in target.roles if grant.space == facts.place}
    if target.status == "invited" and promised is not None:
        theirs.add(promised.id)
    if not theirs <= _acted_on(me, facts):
        raise Refusal("may-not-act-on", "person", person=target.name or target.email)


def _acted_on(me: MemberRecord, facts: Facts) -> frozenset[str]:
    """The roles whose holders a member may change; in a space by what reaches it unasked and by the role there."""
    mine = facts.organization_role(me)
    if facts.space is None:
        return mine.acts_on if mine else frozenset()
    inside = facts.space_role(me)
    unasked = mine.gives_in_spaces if mine and mine.reaches_every_space else frozenset[str]()
    return unasked | (inside.acts_on if inside else frozenset[str]())


def _check_gives(me: MemberRecord, case: Case, facts: Facts) -> None:
    role = case.new
    assert role is not None  # noqa: S101 - the caller looked
    if role.exactly_one:
        raise Refusal("exactly-one", "role", role=role.title)
    if role.id not in _given(me, facts):
        raise Refusal("may-not-give", "role", role=role.title)
    mine = facts.organization_role(me)
    if case.change in ("invite", "import") and facts.space is None and mine is not None and role.id not in mine.invites:
        raise Refusal("not-offered", "role", role=role.title)


def _given(me: MemberRecord, facts: Facts) -> frozenset[str]:
    mine = facts.organization_role(me)
    if facts.space is None:
        return mine.gives if mine else frozenset()
    inside = facts.space_role(me)
    unasked = mine.gives_in_spaces if mine and mine.reaches_every_space else frozenset[str]()
    return unasked | (inside.gives if inside else frozenset[str]())


def check_cap(facts: Facts, organization: Role | None, role: Role) -> None:
    """K4: a guest is at most viewer."""
    if facts.space is None:
        return
    if facts.catalogue.capped(organization, role) is not role:
        most = facts.catalogue.capped(organization, role)
        raise Refusal("at-most-viewer", "role", role=role.title, most=most.title if most else "")


def judge(case: Case, facts: Facts) -> Verdict:
    """Approvals and proof: of all entries of the catalogue that match, the strictest speaks."""
    verdicts = [_judged(*part) for part in affected.parts(case, facts)]
    return Verdict(max(one.approvals for one in verdicts), any(one.code for one in verdicts))


def _judged(case: Case, facts: Facts) -> Verdict:
    true = conditions(case, facts)
    # Nobody slips past what a catalogue asks for before somebody joins a group.
    changes = {case.change, "groups"} if case.joins else {case.change}
    matching = [
        entry
        for entry in facts.catalogue.privileged
        if entry.change in changes and entry.when <= true and (entry.rows_over is None or case.rows > entry.rows_over)
    ]
    approvals = max((entry.approvals for entry in matching), default=0)
    if case.own and case.change == "delete-data" and facts.catalogue.rules.deletes_own_data:
        return Verdict()
    if case.change == "request-access" or case.own:
        approvals = max(approvals, 1)
    # Two things that nobody does alone to one person (invariant 17): whoever did the one waits for somebody else.
    if facts.me is not None and facts.me.id in case.apart:
        return Verdict(max(approvals, 1), code=True)
    # Another catalogue changes what everybody may do, so in every catalogue somebody else agrees to it, with a code. A
    # catalogue can ask for more under the condition "changes the catalogue".
    if case.remodels:
        return Verdict(max(approvals, 1), code=True)
    return Verdict(approvals, any(entry.code for entry in matching))


def conditions(case: Case, facts: Facts) -> frozenset[Condition]:
    catalogue, old, new = facts.catalogue, case.old, case.new
    gives = facts.me is not None and ((_gives(case.change) and bool(case.roles)) or bool(case.opens))
    table: dict[Condition, bool] = {
        "result manages members": any(map(catalogue.manages_members, case.roles)) or bool(case.opens & MANAGING),
        "target manages members": affected.managing(case, facts),
        "raises": new is not None and (old is None or new.rank > old.rank),
        "lowers": new is not None and any(new.rank < one.rank for one in affected.roles(case, facts)),
        "gives more than held": gives and bool(lacks(facts, facts.me, case)),
        "own request": case.own,
        "changes the catalogue": case.remodels,
    }
    return frozenset(condition for condition, true in table.items() if true)


def lacks(facts: Facts, member: MemberRecord | None, case: Case) -> frozenset[str]:
    """What the change gives and the member does not hold, in the scope of the facts."""
    if member is None:
        return frozenset()
    mine = facts.organization_role(member)
    missing = frozenset[str]().union(*(facts.catalogue.lacks(mine, role) for role in case.roles))
    opens = case.opens - facts.catalogue.only_by_addons if _is_top(facts, member) else case.opens
    if facts.space is None:
        return missing | (opens - held(facts, member))
    return (missing | opens) - held(facts, member)


def _is_top(facts: Facts, member: MemberRecord) -> bool:
    """What no role holds is for the highest role to give, in a space also for its own highest: else nobody could."""
    catalogue, mine = facts.catalogue, facts.organization_role(member)
    return mine is catalogue.top or (facts.space is not None and facts.space_role(member) is catalogue.space_top)


def may_approve(case: Case, facts: Facts, *, excluded: frozenset[str]) -> Refusal | None:
    """Could ``facts.me`` decide this case? The reason why not, or None (invariants 31, 32).

    ``excluded`` are requester, beneficiary and target. An approver could make the change, and holds what it gives.
    """
    me = facts.me
    if me is None or me.status != "active":
        return Refusal("not-active", organization=facts.organization.name)
    if me.id in excluded | case.people:
        return Refusal("own-request")
    if me.id in case.apart:
        return Refusal("approved-other-reset", person=_name_of(facts.target))
    made = replace(case, change=case.counts_as) if case.change == "request-access" else case
    try:
        check(made, facts)
    except Refusal as refusal:
        return refusal
    if (case.opens or (case.roles and _gives(made.change))) and lacks(facts, me, case):
        return Refusal("may-not-give", "role", role=case.new.title if case.new else "")
    return _may_hand_on(case, facts, excluded)


def _may_hand_on(case: Case, facts: Facts, excluded: frozenset[str]) -> Refusal | None:
    """Whoever agrees to an heir could make them what they become (K2)."""
    for part, there in affected.inherited(case, facts):
        if may_approve(part, there, excluded=excluded) is not None:
            return not_inherited(there)
    return None


def not_inherited(there: Facts) -> Refusal:
    top, space = there.catalogue.space_top, there.space
    return Refusal(
        "heir-not-given",
        "heir",
        person=_name_of(there.target),
        role=top.title if top else "",
        space=space.name if space else "",
    )


def _name_of(member: MemberRecord | None) -> str:
    return (member.name or member.email) if member else ""


def approving_roles(case: Case, facts: Facts, *, target_roles: frozenset[str]) -> frozenset[str]:
    """The organization roles that could possibly decide a case: what the search for approvers starts from."""
    catalogue = facts.catalogue
    change: Change = case.counts_as if case.change == "request-access" else case.change
    if facts.space is not None:
        needed = catalogue.space_needs.get(change, NOBODY)
        roles = catalogue.organization.values()
        inside = {role.id for role in roles if role.reaches_every_space and needed in role.in_spaces}
        # Whoever may delete every space of the organization may delete this one.
        above = _allowed(catalogue, change) if change == "delete-space" else set[str]()
        return frozenset(inside | above)
    able = _allowed(catalogue, change)
    if case.resource is not None:  # its owner is found by themselves
        able = {one for one in able if "everything" in catalogue.organization[one].reaches}
    return frozenset(
        role.id
        for role in catalogue.organization.values()
        if role.id in able
        and target_roles <= role.acts_on
        and (not _gives(change) or all(one.id in role.gives for one in case.roles))
    )


def _allowed(catalogue: Catalogue, change: Change) -> set[str]:
    """The organization roles that hold what a change needs, by themselves or with an add-on."""
    needed = catalogue.needs.get(change, NOBODY)
    opening = [addon.on_organization for addon in catalogue.addons.values() if needed in addon.opens]
    by_role = {role.id for role in catalogue.organization.values() if catalogue.allows(role, needed)}
    return by_role.union(*opening)


def _gives(change: Change) -> bool:
    return change in ("invite", "import", "change-role")


def change_named(kind: str) -> Change:
    """The catalogue's word for a kind of command. Raises KeyError for one that is never kept."""
    return _KEPT[kind]


_KEPT: Mapping[str, Change] = {
    "invite": "invite",
    "change-role": "change-role",
    "request-access": "request-access",
    "deactivate": "deactivate",
    "reactivate": "reactivate",
    "create-space": "create-space",
    "rename-space": "rename-space",
    "delete-space": "delete-space",
    "remove-from-space": "remove",
    "create-group": "groups",
    "rename-group": "groups",
    "delete-group": "groups",
    "join-group": "groups",
    "leave-group": "groups",
    "add-resource": "add-resource",
    "remove-resource": "remove-resource",
    "share": "share",
    "unshare": "share",
    "set-permissions": "permissions",
    "reset-permissions": "permissions",
    "create-organization": "create-organization",
    "close-organization": "close",
    "transfer-organization": "transfer",
    "change-settings": "settings",
    "edit-member": "edit",
    "remove-member": "remove",
    "delete-member": "delete",
    "delete-data": "delete-data",
    "reset-password": "reset-password",
    "reset-2fa": "reset-2fa",
    "import": "import",
}


def outranks(facts: Facts, me: MemberRecord, target: MemberRecord | None) -> bool:
    """The lone way is closed against a target of equal or higher rank, also where that lies below a temporary role."""
    mine, known = facts.organization_role(me), facts.catalogue.organization
    theirs = [
        known[grant.what] for grant in (target.roles if target else ()) if not grant.space and grant.what in known
    ]
    return mine is not None and all(role.rank < mine.rank for role in theirs)


def permitted(facts: Facts) -> frozenset[Change]:
    """The changes that a member's organization role allows at all: what ``help`` and Home offer."""
    role = facts.organization_role(facts.me)
    if facts.me is None or facts.me.status != "active":
        return frozenset()
    needs = facts.catalogue.needs
    allowed: set[Change] = {change for change, needed in needs.items() if facts.catalogue.allows(role, needed)}
    inside = _in_spaces(facts)
    if "list" in inside - allowed and not is_closed(facts.catalogue, "export"):
        allowed.add("export")  # of those whom they may list
    allowed |= inside
    allowed.add("request-access")
    return frozenset(allowed)


def _in_spaces(facts: Facts) -> set[Change]:
    """What some space role of the member allows in that space: its verbs are theirs to know about."""
    if facts.me is None:
        return set()
    inside = {grant.what for grant in facts.me.roles if grant.space}
    roles = [role for role in facts.catalogue.space.values() if role.id in inside]
    return {c for c, needed in facts.catalogue.space_needs.items() if any(needed in r.permissions for r in roles)}
