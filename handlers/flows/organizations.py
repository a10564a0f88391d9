"""Claiming a new workspace: its first person is at once active holder of the highest role (001-36)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from handlers.commands import IsSetUp, Refusal, Result, SetUp
from handlers.facts import Facts
from handlers.flows.credentials import mint_setup
from handlers.flows.work import Work
from handlers.parts import House
from handlers.proof import clean_name
from storage import accounts, grants, members, organizations
from storage.grants import NewRole
from storage.records import MemberRecord, OrganizationRecord, SlackAccountRecord, new_id
from storage.transaction import Transaction


def slug(name: str) -> str:
    """The name in small letters, other characters as ``-`` (PRODUCT.md, Words)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "organization"


async def set_up(command: SetUp, tx: Transaction, facts: Facts, house: House, account: SlackAccountRecord) -> Result:
    """``facts.organization`` is not there yet; the workspace's row is taken instead, so of two at once one wins."""
    await accounts.take_workspace(tx, account.workspace)
    if not account.good:
        raise Refusal("not-for-guests")
    if not account.workspace_admin:
        raise Refusal("not-workspace-admin")
    if await accounts.first_organization(tx.connection, account.workspace):
        raise Refusal("organization-exists")
    if not account.email:
        raise Refusal("address-not-vouched")
    organization = await _organization(command, tx, house, account.workspace)
    facts = replace(facts, organization=organization, catalogue=house.catalogues.named(organization.catalogue))
    work = Work(tx, facts, house)
    member = _first(organization, account)
    entry = work.entry("organization.set-up", member.id, name=organization.name, catalogue=organization.catalogue)
    await organizations.add(tx, organization, entry=entry)
    await members.add(tx, [member], entries=[entry])
    role = NewRole(member.id, facts.catalogue.top.id, "", "setup", None)
    await grants.give(tx, organization.id, [role], entry=entry)
    await accounts.tie(tx, organization.id, account.team, account.user, member.id, entry=entry)
    await accounts.act_in(tx, account.workspace, organization.id, entry=entry)
    link = await mint_setup(work, member)
    return IsSetUp(organization.name, organization.slug, link.link)


async def _organization(command: SetUp, tx: Transaction, house: House, workspace: str) -> OrganizationRecord:
    name = clean_name(command.name)
    catalogue = house.catalogues.chosen(command.catalogue)
    if catalogue is None:
        raise Refusal("unknown-catalogue", "catalogue", catalogue=command.catalogue)
    plan = catalogue.plan(command.plan) if command.plan else catalogue.plan_at_setup
    if plan is None:
        raise Refusal("unknown-plan", "plan", plan=command.plan, known=", ".join(catalogue.plans))
    wanted = slug(name)
    taken = await organizations.slugs_like(tx.connection, wanted)
    free = next(one for n in range(1, len(taken) + 2) if (one := wanted if n == 1 else f"{wanted}-{n}") not in taken)
    return OrganizationRecord(
        id=new_id(),
        workspace=workspace,
        slug=free,
        name=name,
        catalogue=catalogue.name,
        plan=plan,
        approvals_channel=None,
        invitation_days=None,
        enforce_factor=False,
        seq=0,
        head="",
    )


def _first(organization: OrganizationRecord, account: SlackAccountRecord) -> MemberRecord:
    return MemberRecord(
        id=new_id(),
        organization=organization.id,
        email=account.email or "",
        name=account.name or account.email or "",
        timezone=account.timezone,
        status="active",
        listed=True,
        epoch=0,
        team=account.team,
        slack_user=account.user,
        slack_good=True,
        slack_noted=account.noted,
        has_password=False,
        has_factor=False,
    )
