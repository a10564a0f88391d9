"""Closing an organization, and erasing it 30 days later (001-38, 001-40)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers import policy
from handlers.commands import (
    CloseOrganization,
    Noted,
    OrganizationChanged,
    PurgeOrganization,
    Refusal,
    Result,
)
from handlers.facts import Case
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import NOTICES, CardUpdate, Timer, Told
from storage import closing, purge
from storage.closing import HERE
from storage.members import folded
from storage.records import AuditEntry, OutboxRecord, new_id
from storage.transaction import Transaction

KEPT = timedelta(days=30)
AT_ONCE = 2000  # rows erased in one transaction: others wait for the instance's row meanwhile


async def plan_close(command: CloseOrganization, work: Work) -> Plan:
    case, organization = Case("close"), work.facts.organization
    policy.check(case, work.facts)
    if folded(command.organization) not in (folded(organization.name), organization.slug):
        raise Refusal("name-repeated-wrongly", "organization", organization=organization.name)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, organization=organization.slug, reason=reason)
    return Plan(resolved, work.facts, case, _close, old=organization.name, reason=reason)


async def _close(work: Work, plan: Plan) -> Result:
    """Everything ends at once; what was said to people until now is still delivered, and nothing else is."""
    tx, organization = work.tx, work.facts.organization
    gone = work.now + KEPT
    entry = work.entry("organization.closed", name=organization.name, reason=plan.reason, gone=gone)
    await closing.void_requests(tx, organization.id, work.row(CardUpdate(HERE)), why="organization-closed", entry=entry)
    await closing.close(tx, organization.id, entry=entry)
    besides = tuple(one for one in (work.by, work.approver) if one)
    told = Told(to=HERE, about="organization-closed", by=work.approver or work.by, ends=gone)
    await closing.tell_everybody(tx, organization.id, work.row(told), besides=besides, entry=entry)
    await closing.send_elsewhere(tx, organization.id, entry=entry)
    work.post(Timer(PurgeOrganization(organization.id)), due=gone)
    return OrganizationChanged("closed", organization.name, organization.slug, gone=gone, alone=work.alone)


async def erase(command: PurgeOrganization, tx: Transaction) -> Result:
    """In the instance's own scope, for the closed row is found by nobody. A stale timer changes nothing.

    Some rows at a time, so that nobody waits long; what is left falls due at once.
    """
    closed = await purge.closed_at(tx.connection, command.organization)
    if closed is None or closed + KEPT > tx.now:
        return Noted(changed=False)
    whole = await purge.erase(tx, command.organization, most=AT_ONCE, entry=_entry("organization.erasing", command))
    if whole:
        await purge.forget(tx, command.organization, entry=_entry("organization.erased", command))
    else:
        tx.post(_once_more(command, tx))
    return Noted()


def _entry(action: str, command: PurgeOrganization) -> AuditEntry:
    """All that is left of it in the end: that there was an organization of this id, and when it was erased."""
    return AuditEntry(action, "system", f"organization:{command.organization}")


def _once_more(command: PurgeOrganization, tx: Transaction) -> OutboxRecord:
    again = Timer(command)
    return OutboxRecord(
        kind=again.kind, target="timer", notice=NOTICES.dump_json(again).decode(), key=new_id(), due=tx.now
    )
