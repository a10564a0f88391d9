"""Organizations: more than one in a workspace, which one is acted in, and who may make, hand over and close one."""

from dataclasses import replace

import pytest

from handlers.commands import (
    Accepted,
    AcceptInSlack,
    Approve,
    Approved,
    ChangeRole,
    Connect,
    Connected,
    CreateOrganization,
    Deactivate,
    Invite,
    Outcome,
    Person,
    Reactivate,
    RequestAccess,
    Resend,
    StartConnecting,
    TransferOrganization,
    UseOrganization,
)
from handlers.commands import OrganizationChanged as Changed
from handlers.notices import CodeMail, Told
from storage import tables
from storage.chain import INSTANCE, broken
from tests.invariants.conftest import postgres_url, shared_postgres
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing", "postgres_url", "shared_postgres"]

pytestmark = pytest.mark.usefixtures("closing")


async def another(who: Somebody, name: str = "Beta") -> Somebody:
    """Who makes one more organization, as they are in it."""
    who.org.clock.pass_by(seconds=1)
    result(await who.does(CreateOrganization(name)), Changed)
    return await there(who)


async def there(who: Somebody) -> Somebody:
    """Who they are in the organization that they act in now."""
    desk = await who.desk()
    assert desk.organization
    assert desk.member
    return replace(who, org=replace(who.org, id=desk.organization.id), id=desk.member.id, secret=None)


async def acting_in(who: Somebody) -> str:
    desk = await who.desk()
    return desk.organization.name if desk.organization else ""


async def brought_in(org: Org, who: Somebody, role: str) -> Outcome:
    """Somebody of another organization is invited to this one and accepts in Slack."""
    invitation = await org.invitation(who.email, role)
    return await who.does(AcceptInSlack(invitation))


# Making one more ------------------------------------------------------------------------------------------------------


async def test_who_makes_one_more_is_its_first_member_and_acts_in_it(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    made = result(await acme.founder.does(CreateOrganization("Beta  Ltd")), Changed)
    assert (made.what, made.organization, made.slug) == ("created", "Beta Ltd", "beta-ltd")
    desk = await acme.founder.desk()
    assert desk.organization
    assert desk.member
    assert (desk.organization.name, desk.role, desk.email) == ("Beta Ltd", "super_admin", acme.founder.email)
    assert desk.member.id != acme.founder.id
    assert not desk.has_password, "each organization has its own"
    assert made.link
    founder = await (await there(acme.founder)).enrols(acme.token(made.link))
    assert (await founder.desk()).has_factor
    for chain in (acme.id, founder.org.id, INSTANCE):
        async with acme.usher.store.reading() as connection:
            assert await broken(connection, chain) is None
    [made_there] = await acme.audited("organization.created")
    assert founder.org.id in made_there["details"]
    [set_up] = await founder.org.audited("organization.set-up")
    assert (set_up["actor"], set_up["target"]) == (f"member:{founder.id}", f"member:{founder.id}")


async def test_slugs_are_told_apart_and_one_person_gives_a_name_once(database_url: str) -> None:
    acme = await organization(database_url)
    cleo = await acme.member("super_admin")
    assert why(await acme.founder.does(CreateOrganization("ACME"))) == "organization-named-so"
    first = result(await acme.founder.does(CreateOrganization("Beta!")), Changed)
    second = result(await cleo.does(CreateOrganization("Beta")), Changed)
    assert (first.slug, second.slug) == ("beta", "beta-2")
    assert why(await cleo.does(CreateOrganization(" "))) == "name-wrong"
    assert why(await cleo.does(CreateOrganization("Gamma", catalogue="nonsense"))) == "unknown-catalogue"
    assert why(await cleo.does(CreateOrganization("Gamma", catalogue="imaging", plan="starship"))) == "unknown-plan"


async def test_of_many_attempts_at_once_one_makes_it(database_url: str) -> None:
    acme = await organization(database_url)
    founder, cleo = acme.founder, await acme.member("super_admin")
    outcomes = await at_once(
        *(lambda: founder.does(CreateOrganization("Beta")) for _ in range(19)),
        lambda: cleo.does(CreateOrganization("Beta")),
    )
    assert told(outcomes) == [*["organization-changed"] * 2, *["organization-named-so"] * 18]
    rows = await acme.rows(tables.organizations)
    assert sorted(row["slug"] for row in rows) == ["acme", "beta", "beta-2"]
    assert await acme.chain_is_broken() is None


@pytest.mark.seed("001-34", "002-03", "002-13", "003-25")
@pytest.mark.parametrize(
    ("catalogue", "may", "may_not"),
    [
        ("imaging", ["super_admin", "admin"], ["member", "guest"]),
        ("automation", ["root"], ["owner", "admin", "manager"]),
        ("mondoo", ["owner"], ["editor", "viewer"]),
        ("resmo", ["owner"], ["admin", "user"]),
    ],
)
async def test_who_may_make_one_is_the_catalogues_word(
    sqlite_url: str, catalogue: str, may: list[str], may_not: list[str]
) -> None:
    acme = await organization(sqlite_url, catalogue=catalogue)
    top = (await acme.founder.desk()).role
    for role in may_not:
        somebody = await acme.member(role)
        assert why(await somebody.does(CreateOrganization("Beta"))) == "may-not"
    for role in may:
        somebody = acme.founder if role == top else await acme.member(role)
        desk = await (await another(somebody, f"Of {role}")).desk()
        assert (desk.catalogue.name, desk.role) == (catalogue, top)


# Which one is acted in ------------------------------------------------------------------------------------------------


@pytest.mark.invariant(27)
async def test_a_person_acts_in_the_one_they_choose_and_no_other_can_be_told_from_none(database_url: str) -> None:
    acme = await organization(database_url)
    founder = acme.founder
    await another(founder)
    elsewhere = await organization(database_url, workspace="T0OTHER", beside=acme)
    await another(elsewhere.founder, "Gamma")
    cleo = await acme.member("super_admin")
    await another(cleo, "Delta")
    answers = [await founder.does(UseOrganization(name)) for name in ("gamma", "Delta", "nonsense", "")]
    assert told(answers) == ["unknown-organization"] * 4
    assert why(await founder.does(UseOrganization("BETA"))) == "already-current"
    used = result(await founder.does(UseOrganization("acme")), Changed)
    assert (used.what, await acting_in(founder)) == ("used", "Acme")
    assert used.organization == "Acme"
    assert await acting_in(cleo) == "Delta", "everybody chooses for themselves"


async def test_everything_that_follows_acts_there(database_url: str) -> None:
    acme = await organization(database_url)
    founder = await another(acme.founder)
    assert (result(await founder.does(Invite(("x@example.com",), "member")), object)) is not None
    beta = founder.org
    page = await acme.usher.queries.invitations(await founder.desk())
    assert [row.member.email for row in page.rows] == ["x@example.com"]
    await acme.founder.does(UseOrganization("acme"))
    assert (await acme.usher.queries.invitations(await acme.founder.desk())).rows == ()
    invitation = (await beta.rows(tables.invitations))[0]["id"]
    assert why(await acme.founder.does(Resend(invitation))) == "invitation-gone"


async def test_one_human_is_another_member_in_each(database_url: str) -> None:
    """With a role, a status and requests of their own in both; a card of the one can be decided while acting in the
    other."""
    acme = await organization(database_url)
    grace = await acme.member("member", name="Grace")
    there_ = await another(acme.founder)
    beta = there_.org
    accepted = result(await brought_in(beta, grace, "guest"), Accepted)
    assert accepted.elsewhere, "nobody is moved unasked"
    assert await acting_in(grace) == "Acme"
    await grace.does(UseOrganization("beta"))
    in_beta = await there(grace)
    assert ((await grace.desk()).role, await acting_in(grace)) == ("guest", "Beta")
    asked = await in_beta.asks(RequestAccess("member", "to see more"))
    await acme.founder.does(UseOrganization("acme"))
    result(await there_.does(Deactivate(in_beta.person)), object)
    assert await beta.state(asked) == "cancelled"
    assert why(await in_beta.does(RequestAccess("member", "again"))) == "not-active"
    result(await in_beta.does(UseOrganization("acme")), Changed)
    assert (await grace.desk()).status == "active"
    result(await there_.does(Reactivate(in_beta.person)), object)
    again = await in_beta.asks(RequestAccess("member", "to see more"))
    assert result(await acme.founder.approves(again), Approved).request == again


async def test_whoever_was_nobody_where_they_acted_acts_where_they_joined(database_url: str) -> None:
    acme = await organization(database_url)
    beta = (await another(acme.founder)).org
    newcomer = await acme.stranger()
    assert await acting_in(newcomer) == "Acme"
    assert not result(await brought_in(beta, newcomer, "member"), Accepted).elsewhere
    assert await acting_in(newcomer) == "Beta"
    await newcomer.slack_says(workspace_admin=True)
    assert await acting_in(newcomer) == "Beta", "what Slack says changes nothing about that"


@pytest.mark.invariant(27)
async def test_an_account_is_connected_to_whichever_organization_knows_its_address(database_url: str) -> None:
    acme = await organization(database_url)
    beta = (await another(acme.founder)).org
    grace = await acme.member("member", email="grace@example.com")
    await beta.webmember("member", email="grace@example.com")
    await beta.webmember("member", email="other@example.com")
    sent = [told([await grace.does(StartConnecting(f"{name}@example.com"))]) for name in ("nobody", "other", "grace")]
    assert sent == [["code-sent"]] * 3, "who is in which organization is not told"
    code = await _mailed(beta, "grace@example.com")
    connected = result(await grace.does(Connect("grace@example.com", code)), Connected)
    assert (connected.organization, connected.elsewhere) == ("Beta", True)
    result(await grace.does(UseOrganization("beta")), Changed)
    assert why(await grace.does(StartConnecting("grace@example.com"))) == "already-connected"
    assert why(await grace.does(Connect("other@example.com", "12345678"))) == "code-wrong"


async def _mailed(org: Org, email: str) -> str:
    rows = await org.rows(tables.proofs)
    people = {row["id"]: row["email"] for row in await org.rows(tables.members)}
    proof = next(row["id"] for row in rows[::-1] if people[row["member_id"]] == email)
    letter = await org.usher.queries.code_mail(CodeMail(proof))
    assert letter
    return letter[1]


# Handing over ---------------------------------------------------------------------------------------------------------


async def roles_of(org: Org, *people: Somebody) -> list[str | None]:
    """What each holds for good in the organization, by the rows themselves."""
    held = {
        row["member_id"]: row["what"]
        for row in await org.rows(tables.grants)
        if row["kind"] == "role" and row["ended_at"] is None and row["ends_at"] is None and not row["space_id"]
    }
    return [held.get(one.id) for one in people]


async def heads(org: Org, top: str) -> list[str]:
    """The active members who hold the highest role for good (I2)."""
    active = {row["id"] for row in await org.rows(tables.members) if row["status"] == "active"}
    return [
        row["member_id"]
        for row in await org.rows(tables.grants)
        if row["what"] == top
        and not row["space_id"]
        and row["ended_at"] is None
        and row["ends_at"] is None
        and row["member_id"] in active
    ]


@pytest.mark.seed("000-02")
async def test_there_is_exactly_one_owner_and_the_role_moves_by_handing_it_over(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo", factor=True)
    admin, user = await acme.member("admin"), await acme.member("user")
    assert why(await acme.founder.does(ChangeRole(admin.person, "owner"))) == "exactly-one"
    assert why(await admin.does(TransferOrganization(user.person))) == "may-not"
    # Nobody else may: so the owner's own code decides.
    request = waits(await acme.founder.does(TransferOrganization(admin.person, "I retire")))
    done = result(await acme.founder.approves(request), Approved).result
    assert isinstance(done, Changed)
    assert (done.what, done.member and done.member.id, done.alone) == ("transferred", admin.id, True)
    assert await roles_of(acme, acme.founder, admin, user) == ["admin", "owner", "user"]
    assert await heads(acme, "owner") == [admin.id]
    assert why(await acme.founder.does(TransferOrganization(user.person))) == "may-not"
    told_ = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "role-changed"]
    assert [(one.to, one.old, one.new) for one in told_] == [(admin.id, "admin", "owner")]
    assert [row["details"] for row in await acme.audited("organization.transferred")] != []


@pytest.mark.invariant(36)
async def test_two_others_hand_it_over_each_with_a_code_and_nobody_counts_twice(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    first, second = await acme.member("super_admin", factor=True), await acme.member("super_admin", factor=True)
    admin = await acme.member("admin", factor=True)
    request = await acme.founder.asks(TransferOrganization(admin.person))
    row = await acme.request(request)
    assert (row["approvals"], row["code"]) == (2, True)
    assert why(await first.does(Approve(request))) == "code-needed"
    assert why(await acme.founder.approves(request)) == "own-request"
    assert why(await admin.approves(request)) == "own-request"
    assert told([await first.approves(request)]) == ["voted"]
    assert why(await first.approves(request)) == "already-voted"
    assert told([await second.approves(request)]) == ["approved"]
    assert await roles_of(acme, acme.founder, admin) == ["admin", "super_admin"]


async def test_where_fewer_than_two_others_are_all_of_them_approve(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    other, admin = await acme.member("super_admin", factor=True), await acme.member("admin")
    request = await acme.founder.asks(TransferOrganization(admin.person))
    assert (await acme.request(request))["approvals"] == 1
    assert told([await other.approves(request)]) == ["approved"]
    assert await heads(acme, "super_admin") == [other.id, admin.id]


async def test_it_goes_to_nobody_who_could_not_act(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo", factor=True)
    gone, invited, left = await acme.member("user"), "new@example.com", await acme.member("user")
    await gone.slack_says(deleted=True)
    await acme.invitation(invited, "user")
    result(await acme.operator(Deactivate(left.person)), object)
    for person in (gone.person, Person(email=invited), left.person):
        assert why(await acme.founder.does(TransferOrganization(person))) == "not-a-member"
    assert why(await acme.founder.does(TransferOrganization(acme.founder.person))) == "not-on-oneself"
    assert why(await acme.founder.does(TransferOrganization(Person(name="Nobody")))) == "unknown-person"


@pytest.mark.invariant(23)
async def test_the_operator_hands_over_what_exactly_one_person_holds(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo")
    user = await acme.member("user")
    result(await acme.operator(TransferOrganization(user.person)), Changed)
    assert await roles_of(acme, acme.founder, user) == ["admin", "owner"]


@pytest.mark.invariant(23)
async def test_handing_over_against_deactivating_the_receiver_never_leaves_nobody(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo", factor=True)
    people = [await acme.member("admin") for _ in range(4)]
    for one in people:
        holder = (await heads(acme, "owner"))[0]
        outcomes = await at_once(
            lambda one=one: acme.operator(TransferOrganization(one.person)),
            lambda one=one: acme.operator(Deactivate(one.person)),
        )
        [head] = await heads(acme, "owner")
        words = told(outcomes)
        assert (words, head) in (
            (["last-holder", "organization-changed"], one.id),
            (["not-a-member", "status-changed"], holder),
        )


@pytest.mark.invariant(23)
async def test_of_twenty_handings_over_at_once_each_leaves_exactly_one_at_the_head(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo")
    people = [await acme.member("user") for _ in range(3)]
    acts = [lambda one=people[n % 3]: acme.operator(TransferOrganization(one.person)) for n in range(20)]
    outcomes = await at_once(*acts)
    assert set(told(outcomes)) <= {"organization-changed", "same-role"}
    assert len(await heads(acme, "owner")) == 1
    assert await acme.chain_is_broken() is None
