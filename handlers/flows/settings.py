"""An organization's own settings: plan, catalogue, how long invitations live, where cards are posted, and whether
whoever is deactivated in Slack is deactivated here."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import policy, recataloguing
from handlers.catalogue import Catalogue
from handlers.commands import ChangeSettings, OrganizationChanged, Refusal, Result
from handlers.facts import Case
from handlers.flows.work import Plan, Work
from handlers.notices import Told
from storage import closing, held, organizations
from storage.closing import HERE
from storage.records import OrganizationRecord

MOST_DAYS = 90
# How Slack writes the ids of channels, public and private.
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")


async def plan_settings(command: ChangeSettings, work: Work) -> Plan:
    """Another catalogue is privileged in every catalogue (see ``policy.judge``): it changes what everybody may do."""
    policy.check(Case("settings"), work.facts)
    new = _catalogue(command, work)
    wanted = _wanted(command, work, new)
    if wanted == work.facts.organization:
        raise Refusal("nothing-changes")
    case = Case("settings")
    if new is not work.facts.catalogue:
        await _check_counterparts(work, new)
        case = replace(case, remodels=True, opens=recataloguing.gains(work.facts.catalogue, new))
    resolved = _resolved(command, work.facts.organization, wanted)
    return Plan(resolved, work.facts, case, _settle, old=_spelt(work.facts.organization), new=_spelt(wanted))


def _catalogue(command: ChangeSettings, work: Work) -> Catalogue:
    if not command.catalogue:
        return work.facts.catalogue
    found = work.house.catalogues.chosen(command.catalogue)
    if found is None:
        raise Refusal("unknown-catalogue", "catalogue", catalogue=command.catalogue)
    return work.facts.catalogue if found.name == work.facts.catalogue.name else found


def _wanted(command: ChangeSettings, work: Work, catalogue: Catalogue) -> OrganizationRecord:
    """The organization as it shall be. Raises Refusal."""
    now = work.facts.organization
    return replace(
        now,
        catalogue=catalogue.name,
        plan=_plan(command, now, catalogue),
        invitation_days=_days(command, now),
        approvals_channel=_channel(command, now),
        follow_slack=now.follow_slack if command.follow_slack is None else command.follow_slack,
    )


def _plan(command: ChangeSettings, now: OrganizationRecord, catalogue: Catalogue) -> str:
    """A plan that stays as it is follows the catalogue, where that does not know it."""
    if not command.plan or command.plan == now.plan:
        return recataloguing.plan_there(catalogue, now.plan)
    plan = catalogue.plan(command.plan)
    if plan is None:
        raise Refusal("unknown-plan", "plan", plan=command.plan, known=", ".join(catalogue.plans))
    return plan


def _days(command: ChangeSettings, now: OrganizationRecord) -> int | None:
    if command.invitation_days is None:
        return now.invitation_days
    if not 0 <= command.invitation_days <= MOST_DAYS:
        raise Refusal("days-wrong", "invitation_days", most=str(MOST_DAYS))
    return command.invitation_days or None


def _channel(command: ChangeSettings, now: OrganizationRecord) -> str | None:
    if command.approvals_channel is None:
        return now.approvals_channel
    if command.approvals_channel and not _CHANNEL.fullmatch(command.approvals_channel):
        raise Refusal("channel-wrong", "approvals_channel")
    return command.approvals_channel or None


def _resolved(command: ChangeSettings, now: OrganizationRecord, wanted: OrganizationRecord) -> ChangeSettings:
    """Only what becomes otherwise, so that a card shows nothing else."""
    days, channel = wanted.invitation_days or 0, wanted.approvals_channel or ""
    return replace(
        command,
        plan=wanted.plan if wanted.plan != now.plan else None,
        catalogue=wanted.catalogue if wanted.catalogue != now.catalogue else None,
        invitation_days=days if wanted.invitation_days != now.invitation_days else None,
        approvals_channel=channel if wanted.approvals_channel != now.approvals_channel else None,
        follow_slack=wanted.follow_slack if wanted.follow_slack != now.follow_slack else None,
    )


def _spelt(organization: OrganizationRecord) -> str:
    """All settings in one line: what was shown is what runs, so an approval is void once any of them has changed."""
    days, channel = organization.invitation_days or "", organization.approvals_channel or ""
    follows = "" if organization.follow_slack else "alone"
    return f"{organization.catalogue} {organization.plan} {days} {channel} {follows}".strip()


async def _check_counterparts(work: Work, new: Catalogue) -> None:
    connection = work.tx.connection
    counted = await held.counted(connection, work.organization, now=work.now)
    heads = await held.lasting(connection, work.organization, new.top.id)
    recataloguing.check(work.facts.catalogue, new, counted, heads=heads)


async def _settle(work: Work, plan: Plan) -> Result:
    command, now = plan.command, work.facts.organization
    assert isinstance(command, ChangeSettings)  # noqa: S101 - planned above
    new, old = _catalogue(command, work), work.facts.catalogue
    wanted = _wanted(command, work, new)
    changed = {
        name: getattr(wanted, name)
        for name in ("plan", "catalogue", "invitation_days", "approvals_channel", "follow_slack")
        if getattr(wanted, name) != getattr(now, name)
    }
    entry = work.entry("organization.settings", old=plan.old, new=plan.new, changed=changed)
    await organizations.settle(work.tx, wanted, entry=entry)
    if plan.case.remodels:
        told = Told(to=HERE, about="catalogue-changed", by=work.by, old=old.title, new=new.title)
        besides = tuple(one for one in (work.by, work.approver) if one)
        await closing.tell_everybody(work.tx, work.organization, work.row(told), besides=besides, entry=entry)
    return OrganizationChanged("settings", now.name, now.slug, alone=work.alone)
