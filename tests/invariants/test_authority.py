"""Invariants 20 and 23 to 28: who may do what, to whom, and until when."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.commands import (
    AcceptInSlack,
    Account,
    Approve,
    Cancel,
    ChangeRole,
    Command,
    Connect,
    CopyLink,
    Deactivate,
    Deny,
    EndGrant,
    ExpireInvitation,
    ExpireRequest,
    Invite,
    OpenSetup,
    Outcome,
    Person,
    Reactivate,
    Refused,
    RequestAccess,
    Resend,
    Revoke,
    SetUp,
    StartConnecting,
)
from storage import groups
from storage.records import AuditEntry
from storage.tables import groups as group_rows
from storage.tables import invitations, members, spaces
from tests.people import Somebody, at_once, organization, told, why

NOT_A_MEMBER = {
    "deleted": {"deleted": True},
    "guest": {"guest": True},
    "bot": {"bot": True},
    "stranger": {"stranger": True},
}


# 20: what was taken away is gone at once ------------------------------------------------------------------------------


@pytest.mark.invariant(20)
async def test_after_deactivation_nothing_of_that_person_works_in_any_replica(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada = await acme.member("admin", factor=True)
    cleo, dora = await acme.member("member"), await acme.member("admin")
    twin = await acme.replica()
    theirs = await ada.asks(ChangeRole(cleo.person, "manager"))
    about = await dora.asks(ChangeRole(ada.person, "member"))
    waiting = await dora.asks(ChangeRole(cleo.person, "admin"))
    await acme.operator(Deactivate(ada.person))
    assert [await acme.state(one) for one in (theirs, about, waiting)] == ["cancelled", "void", "pending"]
    for at in (acme, twin):
        person = ada.at(at)
        tries = [Invite(("x@example.com",), "guest"), Deactivate(cleo.person), Deny(waiting, "no"), OpenSetup()]
        tries += [RequestAccess("manager", "please"), Cancel(waiting)]
        assert {why(await person.does(one)) for one in tries} == {"not-active"}
        assert why(await person.approves(waiting)) == "not-active"
        assert (await person.desk()).may == frozenset()


@pytest.mark.invariant(20)
async def test_of_many_acts_at_once_with_a_deactivation_none_comes_after_it(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    twin = await acme.replica()
    acts = [
        lambda n=n, at=at: ada.at(at).does(Invite((f"x{n}@example.com",), "guest"))
        for n in range(9)
        for at in (acme, twin)
    ]
    await at_once(*acts[:9], lambda: acme.operator(Deactivate(ada.person)), *acts[9:])
    records = await acme.audited()
    [ended] = [row["seq"] for row in records if row["action"] == "member.deactivated"]
    late = [row for row in records if row["seq"] > ended and row["actor"] == f"member:{ada.id}"]
    assert late == []


@pytest.mark.invariant(20, 31)
@pytest.mark.parametrize("loss", ["deactivated", "lowered", "time over", "gone from Slack"])
async def test_a_vote_does_not_outlive_the_right_to_give_it(database_url: str, careful: str, loss: str) -> None:
    acme = await organization(database_url, catalogue=careful)
    asker, target = await acme.member("admin"), await acme.member("admin")
    first = await acme.member("member")
    await acme.operator(ChangeRole(first.person, "admin", lasts=timedelta(hours=1)))
    second, third = await acme.member("admin"), await acme.member("admin")
    request = await asker.asks(Deactivate(target.person))
    assert told([await first.does(Approve(request))]) == ["voted"]
    match loss:
        case "deactivated":
            await acme.operator(Deactivate(first.person))
        case "lowered":
            await acme.operator(ChangeRole(first.person, "member"))
        case "time over":
            acme.clock.pass_by(hours=1)
        case _:
            await first.slack_says(deleted=True)
    assert told([await second.does(Approve(request))]) == ["voted"]
    assert told([await third.does(Approve(request))]) == ["approved"]


# 23: the last holder --------------------------------------------------------------------------------------------------


@pytest.mark.invariant(23)
async def test_holders_who_are_all_taken_down_at_once_leave_one(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    holders = [acme.founder, *[await acme.member("super_admin") for _ in range(3)]]
    down: list[Callable[[], Any]] = []
    for at in (acme, twin):
        for one in holders:
            down.append(lambda at=at, one=one: at.operator(Deactivate(one.person)))
            down.append(lambda at=at, one=one: at.operator(ChangeRole(one.person, "guest")))
            down.append(lambda at=at, one=one: at.operator(ChangeRole(one.person, "admin", lasts=timedelta(days=1))))
    await at_once(*down)
    desks = [await one.desk() for one in holders]
    assert [(desk.status, desk.role) for desk in desks].count(("active", "super_admin")) == 1


@pytest.mark.invariant(23)
@pytest.mark.parametrize("how", ["deactivate", "lower", "cover", "ask to be lowered"])
async def test_the_last_holder_cannot_be_lost(database_url: str, how: str) -> None:
    acme = await organization(database_url, factor=True)
    ways: dict[str, Command] = {
        "deactivate": Deactivate(acme.founder.person),
        "lower": ChangeRole(acme.founder.person, "admin"),
        "cover": ChangeRole(acme.founder.person, "guest", lasts=timedelta(hours=1)),
    }
    await acme.member("admin")
    outcome = await acme.operator(ways[how]) if how in ways else await acme.founder.does(RequestAccess("admin", "rest"))
    assert why(outcome) == "last-holder"


@pytest.mark.invariant(23)
async def test_a_holder_under_a_temporary_role_or_for_a_while_does_not_count(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("super_admin"), await acme.member("admin")
    await acme.operator(ChangeRole(bob.person, "super_admin", lasts=timedelta(days=2)))
    await acme.operator(ChangeRole(ada.person, "guest", lasts=timedelta(days=1)))
    assert why(await acme.operator(Deactivate(acme.founder.person))) == "last-holder"
    acme.clock.pass_by(days=1)
    assert told([await acme.operator(Deactivate(acme.founder.person))]) == ["status-changed"]
    assert why(await acme.operator(ChangeRole(ada.person, "admin"))) == "last-holder"


@pytest.mark.invariant(23)
async def test_whoever_was_asked_to_go_stays_if_they_became_the_last_holder(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("super_admin"), await acme.member("super_admin")
    request = await ada.asks(Deactivate(bob.person))
    await acme.operator(Deactivate(ada.person))
    assert await acme.state(request) == "cancelled"
    await acme.operator(Reactivate(ada.person))
    request = await acme.founder.asks(ChangeRole(bob.person, "guest"))
    await acme.operator(ChangeRole(acme.founder.person, "admin"))
    await acme.operator(ChangeRole(ada.person, "admin"))
    assert why(await ada.does(Approve(request))) == "request-void"
    assert (await bob.desk()).role == "super_admin"


@pytest.mark.invariant(23)
async def test_a_space_keeps_its_last_owner(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.makes_spaces("Lab")
    ada = await acme.member("member")
    await acme.operator(ChangeRole(ada.person, "owner", space="lab"))
    assert why(await acme.operator(ChangeRole(ada.person, "viewer", space="lab"))) == "last-holder"


# 24: nobody gives, or acts on, what the catalogue does not list -------------------------------------------------------

GIVEN = [  # who, what they give, and how far that goes
    ("manager", "guest", "invited"),
    ("manager", "member", "waiting-approval"),
    ("manager", "manager", "may-not-give"),
    ("manager", "super_admin", "may-not-give"),
    ("admin", "member", "invited"),
    ("admin", "admin", "waiting-approval"),
    ("admin", "super_admin", "may-not-give"),
    ("member", "guest", "may-not"),
    ("guest", "guest", "may-not"),
]


@pytest.mark.invariant(24, 25)
async def test_nobody_gives_what_the_catalogue_does_not_list_for_them(database_url: str) -> None:
    acme = await organization(database_url)
    cast = {role: await acme.member(role) for role in ("admin", "manager", "member", "guest")}
    invited = [told([await cast[who].does(Invite((f"{who}-{what}@example.com",), what))]) for who, what, _ in GIVEN]
    assert invited == [[how] for _, _, how in GIVEN]
    target = await acme.member("guest")
    for who, what, how in GIVEN:
        if what != "guest":
            outcome = told([await cast[who].does(ChangeRole(target.person, what))])
            assert outcome == ["role-changed" if how == "invited" else how]
            await acme.operator(ChangeRole(target.person, "guest"))


@pytest.mark.invariant(24)
async def test_nobody_acts_on_whom_the_catalogue_does_not_list_nor_on_themselves(database_url: str) -> None:
    acme = await organization(database_url)
    admin, manager = await acme.member("admin"), await acme.member("manager")
    for actor, target in ((manager, admin), (manager, acme.founder), (admin, acme.founder)):
        for command in (ChangeRole(target.person, "guest"), Deactivate(target.person)):
            assert why(await actor.does(command)) == "may-not-act-on"
    for actor in (admin, manager, acme.founder):
        for command in (ChangeRole(actor.person, "guest"), Deactivate(actor.person), Reactivate(actor.person)):
            assert why(await actor.does(command)) == "not-on-oneself"


@pytest.mark.invariant(24)
async def test_somebody_invited_counts_as_what_they_were_promised(database_url: str) -> None:
    acme = await organization(database_url)
    manager = await acme.member("manager")
    invitation = await acme.invitation("boss@example.com", "super_admin")
    boss = Person(id=await acme.member_of(invitation))
    for command in (ChangeRole(boss, "guest"), Deactivate(boss)):
        assert why(await manager.does(command)) == "may-not-act-on"
    for command in (Resend(invitation), Revoke(invitation), CopyLink(invitation)):
        assert why(await manager.does(command)) == "may-not-give"
    assert (await acme.row(invitation))["state"] == "pending"


@pytest.mark.invariant(24)
async def test_inside_a_space_nobody_acts_above_their_role_there(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    await acme.makes_spaces("Lab")
    owner = await acme.member("owner", space="lab")
    editor, other = await acme.member("editor", space="lab"), await acme.member("editor", space="lab")
    assert why(await editor.does(ChangeRole(owner.person, "viewer", space="lab"))) == "may-not-act-on"
    assert why(await editor.does(ChangeRole(other.person, "owner", space="lab"))) == "may-not-give"
    assert told([await owner.does(ChangeRole(other.person, "viewer", space="lab"))]) == ["waiting-approval"]
    assert why(await editor.does(Invite(("x@example.com",), "viewer"))) == "may-not"


@pytest.mark.invariant(24)
async def test_who_may_invite_into_a_space_sees_its_invitations_and_no_others(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.makes_spaces("Lab", "Vault")
    ada, bob = await acme.member("member"), await acme.member("guest")
    await acme.operator(ChangeRole(ada.person, "owner", space="lab"))
    await acme.operator(ChangeRole(bob.person, "owner", space="lab"))  # a guest counts as viewer (K4)
    await acme.invitation("everywhere@example.com")
    await acme.invitation("vault@example.com", "viewer", space="vault")
    mine = await acme.invitation("lab@example.com", "viewer", space="lab")
    desk = await ada.desk()
    seen = [await acme.usher.queries.invitations(desk, space=space) for space in (None, "lab", "vault")]
    assert [[row.id for row in page.rows if row.state == "pending"] for page in seen] == [[mine], [mine], []]
    assert (await acme.usher.queries.invitations(await bob.desk())).total == 0
    everything = await acme.usher.queries.invitations(await acme.founder.desk())
    assert len([row for row in everything.rows if row.state == "pending"]) == 3


@pytest.mark.invariant(24)
async def test_who_may_invite_into_a_space_does_not_thereby_give_groups(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.makes_spaces("Lab")
    async with acme.usher.store.transaction(acme.id, at=acme.clock()) as tx:
        await groups.add(tx, acme.id, ["Board"], entry=AuditEntry("group.created", "operator"))
    ada = await acme.member("member")
    await acme.operator(ChangeRole(ada.person, "owner", space="lab"))
    outcome = await ada.does(Invite(("x@example.com",), "viewer", space="lab", groups=("Board",)))
    assert why(outcome) == "may-not"
    assert told([await ada.does(Invite(("x@example.com",), "viewer", space="lab"))]) == ["invited"]


@pytest.mark.invariant(24, 31)
async def test_a_person_who_cannot_be_approved_by_one_who_holds_as_much_is_not_raised(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation")
    manager, other = await acme.member("manager"), await acme.member("manager")
    user = await acme.member("user")
    request = await manager.asks(ChangeRole(user.person, "admin"))
    assert why(await other.does(Approve(request))) == "may-not-give"
    assert told([await acme.founder.does(Approve(request))]) == ["approved"]


@pytest.mark.invariant(24)
async def test_a_role_that_is_given_again_finds_the_expired_one_out_of_its_way(database_url: str) -> None:
    """No timer runs here, so the row of the temporary role still lies there when its time is over."""
    acme = await organization(database_url)
    await acme.makes_spaces("Lab")
    ada = await acme.member("member")
    for _ in range(2):
        given = ChangeRole(ada.person, "editor", space="lab", lasts=timedelta(hours=4))
        assert told([await acme.operator(given)]) == ["role-changed"]
        acme.clock.pass_by(hours=5)


# 26: rights are read where they are used ------------------------------------------------------------------------------


@pytest.mark.invariant(26)
async def test_a_right_that_was_taken_away_before_the_commit_is_not_used(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    async with acme.usher.store.transaction(acme.id, at=acme.clock()):
        lowering = asyncio.create_task(acme.operator(ChangeRole(ada.person, "guest")))
        await asyncio.sleep(0.2)
        acting = asyncio.create_task(ada.does(Invite(("x@example.com",), "guest")))
        await asyncio.sleep(0.2)
    outcomes = told([await lowering, await acting])
    if outcomes == ["invited", "role-changed"]:  # the slower connection came second, which takes nothing away
        records = [row["action"] for row in await acme.audited()]
        assert [one for one in records if one in {"member.invited", "role.changed"}][-1] == "role.changed"
        return
    assert "busy" in outcomes or outcomes == ["may-not", "role-changed"]


@pytest.mark.invariant(26, 28)
async def test_what_slack_said_before_the_commit_counts(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email)
    async with acme.usher.store.transaction(acme.id, at=acme.clock()):
        # SQLite's writers queue in the process, so Slack's word has to stand before the act there; on PostgreSQL it
        # need not wait for the organization's row, so there the act can have read the old word already.
        acts = [lambda: ada.slack_says(guest=True), lambda: ada.does(AcceptInSlack(invitation))]
        tasks: list[asyncio.Task[Any]] = []
        for act in acts if acme.usher.store.sqlite else reversed(acts):
            tasks.append(asyncio.create_task(act()))  # type: ignore[arg-type]
            await asyncio.sleep(0.3)
    done = [await task for task in tasks]
    assert [why(one) for one in done if one is not None] in (["not-for-guests"], ["busy"])


# 27: another organization's ids ---------------------------------------------------------------------------------------


@pytest.mark.invariant(27)
async def test_no_id_of_another_organization_answers_otherwise_than_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    await beta.makes_spaces("Secret")
    async with beta.usher.store.transaction(beta.id, at=beta.clock()) as tx:
        await groups.add(tx, beta.id, ["Board"], entry=AuditEntry("group.created", "operator"))
    theirs = await beta.member("admin")
    invitation = await beta.invitation("someone@example.com")
    request = await theirs.asks(Invite(("boss@example.com",), "admin"))
    [space] = [row["id"] for row in await beta.rows(spaces)]
    [group] = [row["id"] for row in await beta.rows(group_rows)]
    me = acme.founder

    def naming(one: str, many: str, other: str, place: str, set_of: str) -> list[Command]:
        return [
            Resend(one),
            Revoke(one),
            CopyLink(one),
            AcceptInSlack(one),
            Approve(many),
            Deny(many, "no"),
            Cancel(many),
            ExpireInvitation(one),
            ExpireRequest(many),
            EndGrant(other),
            ChangeRole(Person(id=other), "guest"),
            ChangeRole(Person(slack=theirs.account.user), "guest"),
            ChangeRole(Person(email=theirs.email), "guest"),
            Deactivate(Person(id=other)),
            Reactivate(Person(id=other)),
            RequestAccess("guest", "please", person=Person(id=other)),
            RequestAccess("viewer", "please", space=place),
            Invite(("new@example.com",), "viewer", space=place),
            Invite(("new@example.com",), "guest", groups=(set_of,)),
        ]

    def answer(outcome: Outcome, ids: tuple[str, ...]) -> tuple[object, ...]:
        assert isinstance(outcome, Refused)
        facts = {key: "ID" if value in ids else value for key, value in outcome.facts.items()}
        return outcome.code, outcome.field, facts

    real = (invitation, request, theirs.id, space, group)
    made_up = tuple(secrets.token_hex(16) for _ in real)
    for here, nowhere in zip(naming(*real), naming(*made_up), strict=True):
        assert answer(await me.does(here), real) == answer(await me.does(nowhere), made_up), here
    desk = await me.desk()
    assert await acme.usher.queries.people(desk, theirs.email) == ()
    assert await acme.usher.queries.spaces(desk, "Secret") == ()
    assert await acme.usher.queries.waiting(desk) == ()
    assert (await acme.usher.queries.invitations(desk)).total == 0


@pytest.mark.invariant(27)
async def test_an_address_that_slack_does_not_vouch_for_tells_nothing_about_members(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member(factor=True)
    eve = await acme.stranger()
    answers = [await eve.does(StartConnecting(email)) for email in (ada.email, "nobody@example.com")]
    assert told(answers) == ["code-sent", "code-sent"]
    wrong = [
        await eve.does(Connect(email, code))
        for email in (ada.email, "no@example.com")
        for code in ("111111", "11111111")
    ]
    assert {why(one) for one in wrong} == {"code-wrong"}


# 28: who is who in Slack ----------------------------------------------------------------------------------------------


@pytest.mark.invariant(28)
@pytest.mark.parametrize("said", NOT_A_MEMBER.values(), ids=NOT_A_MEMBER.keys())
async def test_only_a_full_account_of_the_workspace_acts(database_url: str, said: dict[str, bool]) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin", factor=True)
    eve = await acme.stranger()
    invitation = await acme.invitation(eve.email)
    request = await acme.founder.asks(Invite(("boss@example.com",), "admin"))
    await ada.slack_says(**said)
    await eve.slack_says(**said)
    tries = [Invite(("x@example.com",), "guest"), Deny(request, "no"), OpenSetup(), RequestAccess("manager", "please")]
    assert {why(await ada.does(one)) for one in tries} == {"not-for-guests"}
    assert why(await ada.approves(request)) == "not-for-guests"
    joining = [AcceptInSlack(invitation), StartConnecting(ada.email), Connect(ada.email, "12345678")]
    assert {why(await eve.does(one)) for one in joining} == {"not-for-guests"}


@pytest.mark.invariant(28)
async def test_nobody_becomes_a_member_by_an_equal_address_or_name(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    twin = await acme.stranger(ada.name, email=ada.email)
    outcome = await replace(twin, id=ada.id).does(Invite(("x@example.com",), "guest"))
    assert why(outcome) == "not-connected"
    elsewhere = Somebody(acme, Account("T0OTHER", ada.account.user), ada.name, ada.email, ada.id)
    assert why(await elsewhere.does(Deactivate(acme.founder.person))) == "not-connected"
    assert (await elsewhere.desk()).standing == "unknown"


@pytest.mark.invariant(28)
async def test_an_invitation_is_accepted_in_slack_only_by_whom_slack_vouches_for(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("ada@example.com")
    other, nameless = await acme.stranger(), await acme.stranger()
    await nameless.slack_says(email=None)
    for one in (other, nameless):
        assert why(await one.does(AcceptInSlack(invitation))) == "address-not-vouched"
    ada = await acme.stranger(email="ADA@Example.com")
    assert told([await ada.does(AcceptInSlack(invitation))]) == ["accepted"]


@pytest.mark.invariant(28)
async def test_a_workspace_is_claimed_once_and_only_by_its_admins(database_url: str) -> None:
    acme = await organization(database_url)
    claim = SetUp("Again", "default", "")
    admin = await acme.stranger(workspace_admin=True)
    assert why(await admin.does(claim)) == "organization-exists"
    fresh = replace(acme, workspace="T0FRESH")
    plain = await fresh.stranger()
    assert why(await plain.does(claim)) == "not-workspace-admin"
    unknown = Somebody(fresh, Account("T0FRESH", "U0NOBODY"), "Nobody", "nobody@example.com")
    assert why(await unknown.does(claim)) == "unknown-account"
    admins = [await fresh.stranger(workspace_admin=True) for _ in range(5)]
    claims = [lambda one=one: one.does(claim) for one in admins for _ in range(4)]
    assert told(await at_once(*claims)) == ["is-set-up"] + ["organization-exists"] * 19


@pytest.mark.invariant(25)
async def test_a_workspace_is_claimed_with_a_shipped_catalogue_and_never_with_a_path(
    database_url: str, careful: str
) -> None:
    acme = await organization(database_url)
    fresh = replace(acme, workspace="T0FRESH")
    admin = await fresh.stranger(workspace_admin=True)
    for catalogue in (careful, "/etc/passwd", "../default", "nonsense"):
        assert why(await admin.does(SetUp("Fresh", catalogue, ""))) == "unknown-catalogue"
    assert told([await admin.does(SetUp("Fresh", "Mondoo", ""))]) == ["is-set-up"]


# People who come back -------------------------------------------------------------------------------------------------


@pytest.mark.invariant(2, 24)
async def test_whoever_was_revoked_or_deactivated_before_they_came_can_be_invited_again(database_url: str) -> None:
    acme = await organization(database_url)
    root = acme.founder
    first = await acme.invitation("ada@example.com", "member")
    await root.does(Revoke(first))
    second = await acme.invitation("ada@example.com", "guest", by=root)
    acme.clock.pass_by(days=8)
    await acme.fires_timers()
    assert (await acme.row(second))["state"] == "expired"
    ada = Person(id=await acme.member_of(second))
    assert told([await root.does(Deactivate(ada))]) == ["status-changed"]
    for command in (Resend(second), CopyLink(second), Revoke(second), Resend(first)):
        assert why(await root.does(command)) == "invitation-gone"
    third = await acme.invitation("ADA@example.com", "member", by=root)
    assert why(await root.does(Resend(second))) == "invitation-gone"
    assert await acme.member_of(third) == ada.id
    assert [row["state"] for row in await acme.rows(invitations) if row["id"] == third] == ["pending"]
    somebody = await acme.joined(await acme.stranger(email="ada@example.com"), third)
    assert (await somebody.desk()).role == "member"


@pytest.mark.invariant(24)
async def test_whoever_was_a_member_comes_back_by_reactivation_and_not_by_invitation(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    manager = await acme.member("manager")
    await acme.operator(Deactivate(ada.person))
    for who in (manager, acme.founder):
        outcome = await who.does(Invite((ada.email,), "guest"))
        assert why(outcome) == "nobody-invited"
        assert isinstance(outcome, Refused)
        assert outcome.facts == {ada.email: "deactivated"}
    assert why(await manager.does(Reactivate(ada.person))) == "may-not-act-on"
    assert told([await acme.founder.does(Reactivate(ada.person))]) == ["status-changed"]
    assert (await ada.desk()).role == "admin"
    assert [row["status"] for row in await acme.rows(members) if row["id"] == ada.id] == ["active"]


@pytest.mark.invariant(24)
@pytest.mark.parametrize(("role", "besides"), [("owner", "member"), ("editor", "member"), ("viewer", "guest")])
async def test_an_invitation_to_a_space_brings_the_least_that_lets_its_role_count(
    database_url: str, role: str, besides: str
) -> None:
    acme = await organization(database_url)
    await acme.makes_spaces("lab")
    newcomer = await acme.member(role, space="lab")
    desk = await newcomer.desk()
    held = {one.space: one.role for one in await acme.usher.queries.access(desk)}
    assert held == {None: besides, "lab": role}
