"""Founding organizations, and choosing in which one to act. Whoever founds one is at once active holder of its highest
role (001-36)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from handlers import policy
from handlers.catalogue import Catalogue
from handlers.commands import (
    CreateOrganization,
    IsSetUp,
    Minted,
    OrganizationChanged,
    Refusal,
    Result,
    SetUp,
    UseOrganization,
)
from handlers.facts import Case, Facts
from handlers.flows.credentials import mint_setup
from handlers.flows.work import Plan, Work
from handlers.parts import House
from handlers.proof import clean_name
from storage import accounts, affiliations, grants, members, organizations
from storage.grants import NewRole
from storage.members import folded
from storage.records import AuditEntry, MemberRecord, OrganizationRecord, SlackAccountRecord, new_id
from storage.transaction import Transaction


def slug(name: str, otherwise: str = "organization") -> str:
    """The name in small letters, other characters as ``-`` (PRODUCT.md, Words)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or otherwise


# Claiming a workspace -------------------------------------------------------------------------------------------------


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
    name, catalogue, plan = _wanted(command, house, house.catalogues.default)
    organization = _new(name, catalogue, plan, account.workspace)
    facts = replace(facts, organization=organization, catalogue=catalogue)
    founder = _first(organization, account)
    work = Work(tx, facts, house)
    entry = await _found(work, founder)
    await accounts.act_in(tx, account.workspace, organization.id, entry=entry)
    link = await mint_setup(work, founder)
    assert tx.organization is not None  # noqa: S101 - adopted when it was founded
    return IsSetUp(organization.name, tx.organization.slug, link.link)


def _wanted(command: SetUp | CreateOrganization, house: House, otherwise: Catalogue) -> tuple[str, Catalogue, str]:
    """The name, the catalogue and the plan. Raises Refusal."""
    name = clean_name(command.name)
    catalogue = house.catalogues.chosen(command.catalogue) if command.catalogue else otherwise
    if catalogue is None:
        raise Refusal("unknown-catalogue", "catalogue", catalogue=command.catalogue)
    plan = catalogue.plan(command.plan) if command.plan else catalogue.plan_at_setup
    if plan is None:
        raise Refusal("unknown-plan", "plan", plan=command.plan, known=", ".join(catalogue.plans))
    return name, catalogue, plan


def _new(name: str, catalogue: Catalogue, plan: str, workspace: str) -> OrganizationRecord:
    return OrganizationRecord(
        id=new_id(),
        workspace=workspace,
        slug=slug(name),
        name=name,
        catalogue=catalogue.name,
        plan=plan,
        approvals_channel=None,
        invitation_days=None,
        enforce_factor=False,
        seq=0,
        head="",
    )


async def _found(work: Work, founder: MemberRecord) -> AuditEntry:
    """The organization of the facts, with one member who holds its highest role for good."""
    tx, organization, top = work.tx, work.facts.organization, work.facts.catalogue.top
    entry = work.entry("organization.set-up", founder.id, name=organization.name, catalogue=organization.catalogue)
    while not await organizations.add(tx, replace(organization, slug=await _free_slug(tx, organization)), entry=entry):
        pass  # somebody of another workspace was first; what they took is seen now
    await members.add(tx, [founder], entries=[entry])
    await grants.give(tx, organization.id, [NewRole(founder.id, top.id, "", "setup", None)], entry=entry)
    if founder.team and founder.slack_user:
        await accounts.tie(tx, organization.id, founder.team, founder.slack_user, founder.id, entry=entry)
    return entry


async def _free_slug(tx: Transaction, organization: OrganizationRecord) -> str:
    wanted = slug(organization.name)
    taken = await organizations.slugs_like(tx.connection, wanted)
    return next(one for n in range(1, len(taken) + 2) if (one := wanted if n == 1 else f"{wanted}-{n}") not in taken)


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


# One more in the same workspace ---------------------------------------------------------------------------------------


async def plan_create(command: CreateOrganization, work: Work) -> Plan:
    case = Case("create-organization")
    policy.check(case, work.facts)
    if work.me is None:
        raise Refusal("not-connected")
    name, catalogue, plan = _wanted(command, work.house, work.facts.catalogue)
    resolved = replace(command, name=name, catalogue=catalogue.name, plan=plan)
    return Plan(resolved, work.facts, case, _create, new=name)


async def _create(work: Work, plan: Plan) -> Result:
    """Its founder is another member than the asker, though the same human: with the same address and Slack account, and
    with a password and a second factor of its own."""
    command, me, tx = plan.command, work.me, work.tx
    assert isinstance(command, CreateOrganization)  # noqa: S101 - planned above
    assert me is not None  # noqa: S101 - planned above
    workspace = work.facts.organization.workspace
    await accounts.take_workspace(tx, workspace)
    await _check_name(work, me, command.name)
    organization = _new(command.name, work.house.catalogues.named(command.catalogue), command.plan, workspace)
    tx.note(work.entry("organization.created", me.id, organization=organization.id, name=organization.name))
    there = _there(work, organization, me)
    assert there.me is not None  # noqa: S101 - made with the organization
    entry = await _found(there, there.me)
    if me.team and me.slack_user:
        await accounts.choose(tx, me.team, me.slack_user, organization.id, entry=entry)
    assert tx.organization is not None  # noqa: S101 - adopted when it was founded
    return OrganizationChanged(
        "created", organization.name, tx.organization.slug, link=await _link(there, work), alone=work.alone
    )


async def _check_name(work: Work, me: MemberRecord, name: str) -> None:
    """A person's own organizations are told apart by their names; those of others may be called the same."""
    theirs = await affiliations.of_account(
        work.tx.connection, work.facts.organization.workspace, me.team or "", me.slack_user or ""
    )
    if any(folded(one.name) == folded(name) for one in theirs):
        raise Refusal("organization-named-so", "name", organization=name)


def _there(work: Work, organization: OrganizationRecord, me: MemberRecord) -> Work:
    """The same act, as it looks from within the new organization."""
    founder = replace(
        me,
        id=new_id(),
        organization=organization.id,
        epoch=0,
        has_password=False,
        has_factor=False,
        roles=(),
        addons=(),
    )
    catalogue = work.house.catalogues.named(organization.catalogue)
    facts = Facts(work.now, work.facts.actor, organization, catalogue, me=founder)
    return Work(work.tx, facts, work.house)


async def _link(there: Work, work: Work) -> Minted | None:
    """For the founder's own eyes: where somebody else's approval founded it, they are the ones who would see it."""
    if there.me is None or (work.approver and not work.alone):
        return None
    return (await mint_setup(there, there.me)).link


# Choosing -------------------------------------------------------------------------------------------------------------


async def use(command: UseOrganization, work: Work) -> Result:
    """The scope was found by name among those the account is tied to; all others are none at all (invariant 27)."""
    del command
    me, organization = policy.acts(work.facts), work.facts.organization
    account = work.standing.account if work.standing else None
    if me is None or account is None:
        raise Refusal("not-connected")
    if account.organization == organization.id:
        raise Refusal("already-current", "organization", organization=organization.name)
    entry = work.entry("organization.used", me.id)
    await accounts.choose(work.tx, account.team, account.user, organization.id, entry=entry)
    return OrganizationChanged("used", organization.name, organization.slug)
