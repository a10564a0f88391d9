"""Closing an organization: what it takes, what ends with it, and that 30 days later nothing of it is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.commands import (
    AddResource,
    Approve,
    Approved,
    CloseOrganization,
    CreateGroup,
    CreateOrganization,
    CreateSpace,
    CreateToken,
    CreateWebhook,
    Deactivate,
    Done,
    EndGrant,
    ExpireRequest,
    Invite,
    JoinGroup,
    Noted,
    OpenSetup,
    PurgeOrganization,
    Refused,
    RequestAccess,
    SetPermissions,
    Share,
    Thing,
    TokenMade,
    UseOrganization,
)
from handlers.commands import OrganizationChanged as Changed
from handlers.flows import closing as closing_flow
from handlers.keys import hashed
from handlers.notices import CardUpdate, Timer, Told
from storage import tables, tokens
from storage.chain import INSTANCE, broken
from storage.purge import NOT_OF_ONE, belonging
from tests.invariants.conftest import postgres_url, shared_postgres
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing", "postgres_url", "shared_postgres"]

pytestmark = pytest.mark.usefixtures("closing")


async def closed(org: Org) -> Changed:
    """By the operator, who waits for nobody."""
    return result(await org.operator(CloseOrganization("Acme", "we merged")), Changed)


async def rows_of(org: Org, which: str) -> dict[str, int]:
    """How many rows of each table speak of an organization, by every cell."""
    found = {table.name: await org.rows(table) for table in tables.metadata.sorted_tables}
    counted = {name: sum(which in map(str, row.values()) for row in rows) for name, rows in found.items()}
    return {name: count for name, count in counted.items() if count}


async def full(database_url: str) -> tuple[Org, Somebody]:
    """An organization with something in every table, and somebody who is in another one too."""
    acme = await organization(database_url, factor=True)
    grace, bob = await acme.member("admin", factor=True), await acme.member("member", space=None)
    result(await acme.founder.does(CreateSpace("Apollo")), object)
    for command in (
        CreateGroup("Design"),
        JoinGroup((grace.person, bob.person), "Design"),
        AddResource("dataset", "1", "Sales", space="Apollo", owner=bob.person),
        AddResource("dashboard", "7", "Numbers", owner=bob.person),
        Share(Thing("dashboard", "7"), people=(grace.person,), emails=("x@example.com",), groups=("Design",)),
        CreateToken("products"),
        CreateWebhook("https://product.example.com/usher"),
        Invite(("new@example.com",), "member"),
    ):
        assert isinstance(outcome := await acme.operator(command), Done), outcome
    sales = next(row["id"] for row in await acme.rows(tables.resources) if row["kind"] == "dataset")
    manager = await acme.member("manager")
    rules = SetPermissions(manager.person, mode="whitelist", datasets=(sales,), off=("tags",))
    assert isinstance(outcome := await acme.operator(rules), Done), outcome
    acme.clock.pass_by(seconds=1)
    return acme, bob


# Who may, and how -----------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-38", "001-40", "001-34")
@pytest.mark.invariant(36)
async def test_super_admins_close_it_two_others_agreeing_and_admins_never_do(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", factor=True)
    admin = await acme.member("admin", factor=True)
    first, second = await acme.member("super_admin", factor=True), await acme.member("super_admin", factor=True)
    assert why(await admin.does(CloseOrganization("Acme"))) == "may-not"
    assert why(await acme.founder.does(CloseOrganization("Acme Ltd"))) == "name-repeated-wrongly"
    request = await acme.founder.asks(CloseOrganization(" ACME ", "we merged"))
    kept = await acme.request(request)
    assert (kept["approvals"], kept["code"], kept["reason"]) == (2, True, "we merged")
    assert why(await admin.approves(request)) == "may-not"
    assert why(await first.does(Approve(request))) == "code-needed"
    assert told([await first.approves(request)]) == ["voted"]
    assert why(await first.approves(request)) == "already-voted"
    assert (await acme.founder.desk()).organization is not None
    done = result(await second.approves(request), Approved).result
    assert isinstance(done, Changed)
    assert (done.what, done.organization, done.alone) == ("closed", "Acme", False)
    assert await acme.state(request) == "approved"
    assert (await acme.founder.desk()).organization is None
    assert await acme.chain_is_broken() is None


async def test_whoever_is_alone_at_the_head_closes_it_with_their_own_code(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    request = waits(await acme.founder.does(CloseOrganization("acme")))
    done = result(await acme.founder.approves(request), Approved).result
    assert isinstance(done, Changed)
    assert done.alone


# What ends ------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(20, 27)
async def test_everything_that_anybody_holds_in_hand_ends_at_once(database_url: str) -> None:
    acme, bob = await full(database_url)
    token = result(await acme.operator(CreateToken("more")), TokenMade).token
    setup = acme.token(await bob.opens_setup())
    link = await acme.link(next(row["id"] for row in await acme.rows(tables.invitations) if row["state"] == "pending"))
    asked = await bob.asks(RequestAccess("manager", "I lead the team", lasts=None))
    done = await closed(acme)
    assert done.gone is not None
    for purpose, one in (("setup", setup), ("invitation", link)):
        assert await acme.usher.queries.link_page(purpose, one) is None  # type: ignore[arg-type]
    async with acme.usher.store.reading() as connection:
        assert await tokens.by_hash(connection, hashed(token)) is None
    rows = {table.name: await acme.rows(table) for table in tables.metadata.sorted_tables}
    assert all(row["deleted_at"] for row in rows["webhooks"])
    assert all(row["revoked_at"] for row in rows["tokens"])
    assert not [row for row in rows["invitations"] if row["state"] == "pending"]
    assert (await acme.request(asked))["state"], (await acme.request(asked))["why"] == ("void", "organization-closed")
    notices = await acme.notices()
    assert CardUpdate(asked) in notices
    assert [one.command for one in notices if isinstance(one, Timer)] == [PurgeOrganization(acme.id)]
    card = await acme.usher.queries.card(asked)
    assert card
    assert (card.state, card.why) == ("void", "organization-closed")


@pytest.mark.invariant(27)
async def test_no_door_finds_it_any_more(database_url: str) -> None:
    acme, bob = await full(database_url)
    asked = await bob.asks(RequestAccess("manager", "I lead the team"))
    replica = await acme.replica()
    await closed(acme)
    for who in (acme.founder, bob, bob.at(replica)):
        desk = await who.desk()
        assert (desk.organization, desk.member, desk.may) == (None, None, frozenset())
    answers = [
        await acme.founder.does(Invite(("y@example.com",), "member")),
        await bob.does(OpenSetup()),
        await acme.operator(Deactivate(bob.person)),
        await acme.operator(CloseOrganization("Acme")),
    ]
    assert told(answers) == ["no-organization"] * 4
    assert told([await acme.founder.approves(asked)]) == told([await acme.founder.approves("f" * 32)])
    assert why(await bob.does(UseOrganization("acme"))) == "unknown-organization"


async def test_its_people_are_told_and_act_in_another_of_theirs(database_url: str) -> None:
    acme = await organization(database_url)
    grace, bob, gone = await acme.member("admin"), await acme.member("member"), await acme.member("member")
    result(await acme.operator(Deactivate(gone.person)), object)
    acme.clock.pass_by(seconds=1)
    result(await acme.founder.does(CreateOrganization("Beta")), Changed)
    await acme.founder.does(UseOrganization("Acme"))
    newcomer = await acme.stranger()
    await closed(acme)
    letters = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "organization-closed"]
    assert sorted(one.to for one in letters) == sorted((acme.founder.id, grace.id, bob.id))
    letter = await acme.usher.queries.told_letter(letters[0])
    assert letter.to
    assert letter.organization == "Acme"
    desks = [await who.desk() for who in (acme.founder, bob, newcomer)]
    assert [desk.organization and desk.organization.name for desk in desks] == ["Beta", "Beta", "Beta"]
    assert [desk.member is None for desk in desks] == [False, True, True]


async def test_what_was_due_before_changes_nothing_afterwards(database_url: str) -> None:
    acme, bob = await full(database_url)
    asked = await bob.asks(RequestAccess("manager", "I lead the team"))
    await closed(acme)
    grant = next(row["id"] for row in await acme.rows(tables.grants))
    before = await acme.dump()
    acme.clock.pass_by(days=8)
    for stale in (ExpireRequest(asked), EndGrant(grant), PurgeOrganization(acme.id), PurgeOrganization("f" * 32)):
        outcome = await acme.system(stale)
        assert isinstance(outcome, Refused) or outcome == Done(Noted(changed=False)), outcome
    assert await acme.dump() == before


async def test_only_usher_itself_erases_and_never_an_open_one(database_url: str) -> None:
    acme = await organization(database_url)
    assert why(await acme.founder.does(PurgeOrganization(acme.id))) == "may-not"
    assert why(await acme.operator(PurgeOrganization(acme.id))) == "may-not"
    acme.clock.pass_by(days=400)
    assert await acme.system(PurgeOrganization(acme.id)) == Done(Noted(changed=False))
    assert (await acme.founder.desk()).organization is not None


# What is erased -------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-38")
async def test_for_thirty_days_all_is_kept_and_then_nothing_is_left(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some rows at a time; what fell due while nobody was there is done by whoever comes next."""
    monkeypatch.setattr(closing_flow, "AT_ONCE", 7)
    acme, _ = await full(database_url)
    beside = await organization(database_url, workspace="T0OTHER", beside=acme)
    untouched = await rows_of(acme, beside.id)
    everybody = [row["id"] for row in await acme.rows(tables.members) if row["organization_id"] == acme.id]
    await closed(acme)
    before = await rows_of(acme, acme.id)
    acme.clock.pass_by(days=29, hours=23)
    assert await acme.fires_timers() == []
    assert await rows_of(acme, acme.id) == before
    assert {"members", "grants", "spaces", "groups", "resources", "shares", "audit"} <= set(before)
    acme.clock.pass_by(hours=2)
    later = await acme.replica()
    rounds = 0
    while acme.id in [row["id"] for row in await later.rows(tables.organizations)]:
        assert set(told(await later.fires_timers())) == {"noted"}
        rounds += 1
    assert rounds > 2
    assert await rows_of(acme, acme.id) == {}
    assert await rows_of(acme, beside.id) == untouched
    await later.usher.post.tidy()
    left = await acme.dump()
    assert [one for one in everybody if one in left] == []
    async with acme.usher.store.reading() as connection:
        assert await broken(connection, INSTANCE) is None
        assert await broken(connection, beside.id) is None
    chain = [row for row in await acme.rows(tables.audit) if row["target"] == f"organization:{acme.id}"]
    assert {row["chain"] for row in chain} == {INSTANCE}
    assert max(chain, key=lambda row: row["seq"])["action"] == "organization.erased"


def test_every_table_is_either_erased_or_of_no_one_organization() -> None:
    covered = {table.name for table in tables.metadata.sorted_tables if belonging(table, "x") is not None}
    assert {"slack_accounts"} <= covered
    of_nobody = {"instance", "workspaces", "guesses", *NOT_OF_ONE}
    assert {table.name for table in tables.metadata.sorted_tables} == (covered - NOT_OF_ONE) | of_nobody


# At once --------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(29, 30)
async def test_of_many_who_close_it_at_once_one_does(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    second = await acme.member("super_admin", factor=True)
    mine = await acme.founder.asks(CloseOrganization("Acme"))
    theirs = await second.asks(CloseOrganization("Acme"))
    acme.clock.next_step()
    codes: list[tuple[Somebody, str]] = [(second, mine), (acme.founder, theirs)]
    outcomes = await at_once(
        *(lambda who=who, request=request: who.does(Approve(request), code=who.code) for who, request in codes),
        *(lambda: acme.operator(CloseOrganization("Acme")) for _ in range(18)),
    )
    done = [one for one in outcomes if isinstance(one, Done)]
    assert len(done) == 1
    assert len(await acme.audited("organization.closed")) == 1
    purges = [one for one in await acme.notices() if isinstance(one, Timer) and _is_purge(one)]
    assert len(purges) == 1
    assert await acme.chain_is_broken() is None


def _is_purge(timer: Timer) -> bool:
    return isinstance(timer.command, PurgeOrganization)


@pytest.mark.invariant(30, 36)
async def test_two_who_approve_it_at_once_are_two_and_it_closes_once(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    first, second = await acme.member("super_admin", factor=True), await acme.member("super_admin", factor=True)
    request = await acme.founder.asks(CloseOrganization("Acme"))
    acme.clock.next_step()
    acts = [lambda who=who: who.does(Approve(request), code=who.code) for who in (first, second)]
    assert told(await at_once(*acts)) == ["approved", "voted"]
    assert len(await acme.audited("organization.closed")) == 1


async def test_whoever_chooses_it_while_it_closes_never_stays_behind(database_url: str) -> None:
    acme = await organization(database_url)
    for number in range(3):
        acme.clock.pass_by(seconds=1)
        slug = result(await acme.founder.does(CreateOrganization(f"Beta {number}")), Changed).slug
        desk = await acme.founder.desk()
        assert desk.organization
        beta = replace(acme, id=desk.organization.id)
        await acme.founder.does(UseOrganization("acme"))
        outcomes = await at_once(
            lambda slug=slug: acme.founder.does(UseOrganization(slug)),
            lambda beta=beta, slug=slug: beta.operator(CloseOrganization(slug)),
        )
        assert isinstance(outcomes[1], Done)
        desk = await acme.founder.desk()
        assert desk.organization
        assert desk.organization.name == "Acme"
