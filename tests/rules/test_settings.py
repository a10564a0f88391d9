"""Settings of an organization: plan, catalogue, how long invitations are open, where requests are posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import policy
from handlers.catalogue import Privileged, load
from handlers.commands import (
    Approved,
    ChangeRole,
    ChangeSettings,
    CreateSpace,
    Invite,
    Invited,
    Refused,
    RequestAccess,
    SetPermissions,
)
from handlers.commands import OrganizationChanged as Changed
from handlers.evaluation import Question
from handlers.facts import Case, Facts
from handlers.notices import Told
from handlers.recataloguing import Preview
from storage import members, tables
from storage.members import Wanted
from storage.records import RoleGrant
from tests.invariants.conftest import postgres_url, shared_postgres
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing", "postgres_url", "shared_postgres"]

pytestmark = pytest.mark.usefixtures("closing")


async def is_set(org: Org) -> tuple[str, str, int | None, str | None]:
    found = await org.usher.queries.settings(await org.founder.desk())
    assert found
    return found.catalogue.name, found.plan, found.invitation_days, found.approvals_channel


async def preview(who: Somebody, catalogue: str) -> Preview:
    found = await who.org.usher.queries.catalogue_preview(await who.desk(), catalogue)
    assert isinstance(found, Preview), found
    return found


# What is set at once --------------------------------------------------------------------------------------------------


async def test_what_is_named_is_set_and_all_else_stays(database_url: str) -> None:
    acme = await organization(database_url)
    admin = await acme.member("admin")
    done = result(await admin.does(ChangeSettings(invitation_days=3, approvals_channel="C0APPROVALS")), Changed)
    assert (done.what, done.organization) == ("settings", "Acme")
    assert await is_set(acme) == ("default", "starship", 3, "C0APPROVALS")
    ends = result(await admin.does(Invite(("x@example.com",), "member")), Invited).expires
    assert ends == acme.clock() + timedelta(days=3)
    result(await admin.does(ChangeSettings(plan="Free")), Changed)
    result(await admin.does(ChangeSettings(invitation_days=0, approvals_channel="")), Changed)
    assert await is_set(acme) == ("default", "free", None, None)
    assert len(await acme.audited("organization.settings")) == 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (ChangeSettings(invitation_days=91), "days-wrong"),
        (ChangeSettings(invitation_days=-1), "days-wrong"),
        (ChangeSettings(plan="platinum"), "unknown-plan"),
        (ChangeSettings(catalogue="../../etc/passwd"), "unknown-catalogue"),
        (ChangeSettings(approvals_channel="<!channel>"), "channel-wrong"),
        (ChangeSettings(approvals_channel="D0DIRECT"), "channel-wrong"),
        (ChangeSettings(), "nothing-changes"),
        (ChangeSettings(plan="enterprise", catalogue="default"), "nothing-changes"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_changes(sqlite_url: str, wrong: ChangeSettings, code: str) -> None:
    acme = await organization(sqlite_url)
    before = await is_set(acme)
    assert why(await acme.founder.does(wrong)) == code
    assert await is_set(acme) == before


@pytest.mark.parametrize("catalogue", ["default", "automation", "mondoo", "resplendent"])
async def test_only_whoever_may_manage_the_organization_sets_or_sees_them(sqlite_url: str, catalogue: str) -> None:
    acme = await organization(sqlite_url, catalogue=catalogue)
    known = load(catalogue)
    for role in known.organization.values():
        if role == known.top:
            continue
        somebody = await acme.member(role.id)
        may = known.needs["settings"] in role.permissions
        assert told([await somebody.does(ChangeSettings(invitation_days=role.rank + 1))]) == [
            "organization-changed" if may else "may-not"
        ]
        assert (await acme.usher.queries.settings(await somebody.desk()) is not None) == may
        assert ("settings" in (await somebody.desk()).may) == may


@pytest.mark.seed("004-39")
async def test_what_a_plan_has_follows_it_at_once_in_every_process(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resplendent")
    staff, replica = await acme.member("staff"), await acme.replica()
    rules = SetPermissions(staff.person, mode="blacklist", level="read", off=("tags",))
    assert await is_set(acme) == ("resplendent", "free", None, None)
    assert why(await acme.founder.at(replica).does(rules)) == "not-on-plan"
    result(await acme.founder.does(ChangeSettings(plan="business")), Changed)
    assert told([await acme.founder.at(replica).does(rules)]) == ["permissions-changed"]
    desk = await acme.founder.desk()
    assert desk.organization
    assert desk.organization.plan == "business"
    assert desk.catalogue.has("dataset-rules", desk.organization.plan)


# Another catalogue ----------------------------------------------------------------------------------------------------


def test_another_catalogue_takes_somebody_else_and_a_code_whatever_the_catalogue_says() -> None:
    for name in ("default", "resmo", "imaging", "automation", "mondoo", "resplendent"):
        catalogue = load(name)
        facts: Facts = Facts(None, None, None, catalogue)  # type: ignore[arg-type]
        assert policy.judge(Case("settings"), facts) == policy.Verdict()
        assert policy.judge(Case("settings", remodels=True), facts) == policy.Verdict(1, code=True)
        line = Privileged("settings", frozenset({"changes the catalogue"}), 3, code=False, rows_over=None)
        stricter = replace(facts, catalogue=replace(catalogue, privileged=(*catalogue.privileged, line)))
        assert policy.judge(Case("settings", remodels=True), stricter) == policy.Verdict(3, code=True)
        assert policy.judge(Case("settings"), stricter) == policy.Verdict()


@pytest.mark.invariant(24, 36)
async def test_it_shows_who_gains_and_loses_waits_for_another_and_keeps_every_role(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    admin, second = await acme.member("admin", factor=True), await acme.member("super_admin", factor=True)
    member, replica = await acme.member("member"), await acme.replica()
    result(await acme.founder.does(CreateSpace("Apollo")), object)
    viewer = await acme.member("viewer", space="Apollo")
    # A manager would have no counterpart there, and nobody is one.
    found = await preview(acme.founder, "imaging")
    assert [(one.held.what, one.held.in_space, one.held.holders) for one in found.shifts] == [
        ("super_admin", False, 2),
        ("admin", False, 1),
        ("member", False, 1),
        ("guest", False, 1),
        ("owner", True, 1),
        ("viewer", True, 1),
    ]
    of_admin = found.shifts[1]
    assert "organization:create" in of_admin.gained
    assert "dataset:read" in of_admin.lost
    request = await admin.asks(ChangeSettings(catalogue="Imaging"))
    kept = await acme.request(request)
    assert (kept["approvals"], kept["code"]) == (1, True)
    assert why(await admin.approves(request)) == "own-request"
    third = await acme.member("admin", factor=True)
    assert why(await third.approves(request)) == "may-not-give", "admins would gain by it themselves"
    before = {row.id: row.what for who in (admin, member, viewer) for row in await roles(who)}
    asked = [Question(admin.email, "organization:create", "organization", "acme")]
    processes = (acme.usher, replica.usher)
    assert [(await one.evaluation.decide(acme.id, asked))[0].allowed for one in processes] == [False, False]
    assert told([await second.approves(request)]) == ["approved"]
    assert [(await one.evaluation.decide(acme.id, asked))[0].allowed for one in processes] == [True, True]
    assert {row.id: row.what for who in (admin, member, viewer) for row in await roles(who)} == before
    assert await is_set(acme) == ("imaging", "free", None, None)
    for who in (admin, admin.at(replica)):
        desk = await who.desk()
        assert (desk.catalogue.name, "create-organization" in desk.may) == ("imaging", True)
    letters = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "catalogue-changed"]
    assert sorted(one.to for one in letters) == sorted(one.id for one in (acme.founder, member, viewer, third)), (
        "all but who asked and who approved"
    )
    assert await acme.chain_is_broken() is None


async def roles(who: Somebody) -> list[RoleGrant]:
    async with who.org.usher.store.reading() as connection:
        found = await members.load(connection, who.org.id, Wanted(ids=(who.id,)), now=who.org.clock())
    return list(found[0].roles)


async def test_whoever_is_alone_decides_with_their_own_code(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    request = waits(await acme.founder.does(ChangeSettings(catalogue="imaging")))
    done = result(await acme.founder.approves(request), Approved).result
    assert isinstance(done, Changed)
    assert done.alone


async def test_what_has_no_counterpart_is_named_and_stops_it(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    manager = await acme.member("manager")
    result(await acme.founder.does(CreateSpace("Apollo")), object)
    viewer = await acme.member("viewer", space="Apollo")
    add_on = SetPermissions(viewer.person, space="Apollo", addons=("ticket_creator",))
    assert told([await acme.operator(add_on)]) == ["permissions-changed"]
    await acme.invitation("x@example.com", "manager")
    refused = await acme.founder.does(ChangeSettings(catalogue="imaging"))
    assert why(refused) == "role-without-counterpart"
    assert isinstance(refused, Refused)
    assert (
        refused.facts["roles"] == "Manager (1), Ticket Creator in a space (1), Manager, promised by an invitation (1)"
    )
    assert why(await acme.founder.does(ChangeSettings(catalogue="resmo"))) == "role-without-counterpart"
    result(await acme.operator(ChangeRole(manager.person, "member")), object)
    acme.clock.pass_by(days=8)
    result(await acme.operator(SetPermissions(viewer.person, space="Apollo", addons=())), object)
    assert waits(await acme.founder.does(ChangeSettings(catalogue="imaging")))


@pytest.mark.invariant(23)
async def test_no_catalogue_leaves_nobody_at_the_head_or_too_many(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    assert why(await acme.founder.does(ChangeSettings(catalogue="automation"))) == "nobody-at-the-head"
    await acme.member("owner")
    assert why(await acme.founder.does(ChangeSettings(catalogue="resmo"))) == "one-head-only"


async def test_what_waits_is_void_once_any_setting_has_changed(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    second = await acme.member("super_admin", factor=True)
    request = await acme.founder.asks(ChangeSettings(catalogue="imaging"))
    result(await acme.founder.does(ChangeSettings(invitation_days=5)), Changed)
    assert why(await second.approves(request)) == "request-void"
    assert await is_set(acme) == ("default", "starship", 5, None)


async def test_what_rests_in_between_is_there_again_afterwards(database_url: str) -> None:
    acme = await organization(database_url)
    member = await acme.member("member")
    assert told([await acme.operator(SetPermissions(member.person, on=("ai_chat",)))]) == ["permissions-changed"]
    for catalogue in ("imaging", "default"):
        result(await acme.operator(ChangeSettings(catalogue=catalogue)), Changed)
        kept = [(row["member_id"], row["toggle"], row["on"]) for row in await acme.rows(tables.toggles)]
        assert kept == [(member.id, "ai_chat", True)]
    assert await is_set(acme) == ("default", "free", None, None), "the plan stays where it is known"


async def test_of_twenty_changes_at_once_each_is_whole(database_url: str) -> None:
    acme = await organization(database_url)
    plans = ("free", "professional", "business")
    acts = [
        lambda n=n: acme.founder.does(ChangeSettings(plan=plans[n % 3], invitation_days=10 + n % 3)) for n in range(20)
    ]
    assert set(told(await at_once(*acts))) <= {"organization-changed", "nothing-changes"}
    _, plan, days, _ = await is_set(acme)
    assert (plan, days) in [(plans[n], 10 + n) for n in range(3)]
    assert await acme.chain_is_broken() is None


async def test_a_request_that_knows_no_such_role_any_more_is_void(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    member = await acme.member("member")
    asked = await member.asks(RequestAccess("manager", "I lead the team"))
    result(await acme.operator(ChangeSettings(catalogue="imaging")), Changed)
    assert why(await acme.founder.approves(asked)) == "request-void"
