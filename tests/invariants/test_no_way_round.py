"""What somebody might try in order to have, give or see more than they may: each way is closed."""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.web.asking import search_of
from handlers.addresses import may_reach
from handlers.asked import Question
from handlers.commands import (
    AcceptInSlack,
    Actor,
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    CreateSpace,
    Deactivate,
    GiveBack,
    GivenBack,
    GroupChanged,
    Invite,
    JoinGroup,
    Person,
    Refusal,
    RemoveMember,
    RequestAccess,
    ResetFactor,
    ResetPassword,
    Share,
    SpaceChanged,
    Thing,
    Waiting,
)
from handlers.explaining import Topic
from storage.tables import grants, groups, invitations, members, resources, spaces
from tests.asking import asking, question
from tests.people import Org, Somebody, closing, organization, result, told, waits, why

__all__ = ["closing"]

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"

pytestmark = pytest.mark.usefixtures("closing")


async def may(acme: Org, who: Somebody, action: str, kind: str, named: str) -> bool:
    [decision] = await acme.usher.evaluation.decide(acme.id, [Question(who.email, action, kind, named)])
    return decision.allowed


async def held_there(acme: Org, who: Somebody) -> str:
    """The one grant that somebody holds in a space."""
    rows = await acme.rows(grants)
    [grant] = [row["id"] for row in rows if row["member_id"] == who.id and row["space_id"] and not row["ended_at"]]
    return grant


# Giving back ----------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(24)
@pytest.mark.seed("001-66")
async def test_nobody_can_do_more_by_giving_back_the_role_that_a_space_gave_them(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    assert told([await ada.does(CreateSpace("Lab"))])
    for lasts in (None, timedelta(hours=4)):
        bob = await acme.member()
        own = f"of-{bob.id}"
        added = AddResource("image", own, "Scan", space="Lab", owner=bob.person)
        assert told([await acme.operator(added)]) == ["resource-changed"]
        assert told([await ada.does(ChangeRole(bob.person, "viewer", space="Lab", lasts=lasts))]) == ["role-changed"]
        assert not await may(acme, bob, "delete", "image", own)
        assert why(await bob.does(GiveBack(await held_there(acme, bob)))) == "not-on-oneself"
        assert not await may(acme, bob, "delete", "image", own)


@pytest.mark.invariant(24)
async def test_nor_with_what_a_group_of_theirs_is_on_the_list_of(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    assert told([await ada.does(CreateSpace("Lab")), await ada.does(CreateGroup("Design"))])
    assert told([await acme.operator(AddResource("image", "scan-1", "Scan", space="Lab"))]) == ["resource-changed"]
    assert told([await ada.does(JoinGroup((bob.person,), "Design"))]) == ["group-changed"]
    assert told([await ada.does(ChangeRole(bob.person, "viewer", space="Lab"))]) == ["role-changed"]
    grant = await held_there(acme, bob)
    assert told([await ada.does(Share(Thing("image", "scan-1"), groups=("Design",)))]) == ["resource-changed"]
    assert why(await bob.does(GiveBack(grant))) == "not-on-oneself"
    assert not await may(acme, bob, "delete", "image", "scan-1")


async def test_whoever_has_nothing_of_their_own_there_gives_it_back_as_ever(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    assert told([await ada.does(CreateSpace("Lab"))])
    await acme.operator(AddResource("image", "scan-1", "Scan", space="Lab"))
    assert told([await ada.does(ChangeRole(bob.person, "viewer", space="Lab"))]) == ["role-changed"]
    result(await bob.does(GiveBack(await held_there(acme, bob))), GivenBack)


# Alone ----------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(24, 32)
async def test_nobody_gives_alone_what_they_do_not_hold_though_nobody_is_left_to_approve(database_url: str) -> None:
    acme = await organization(database_url)
    mo = await acme.member("manager", factor=True)
    assert isinstance(await mo.does(Invite(("x@elsewhere.example",), "member")), Waiting)
    await acme.founder.slack_says(deleted=True)
    assert why(await mo.does(Invite(("y@elsewhere.example",), "member"))) == "nobody-approves"
    assert told([await mo.does(Invite(("z@elsewhere.example",), "guest"))]) == ["invited"]


@pytest.mark.invariant(24, 31)
async def test_whoever_begins_alone_and_holds_less_by_the_time_of_the_code_is_refused(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin", factor=True)
    await acme.founder.slack_says(deleted=True)
    request = waits(await ada.does(Invite(("x@elsewhere.example",), "manager")))
    assert told([await acme.operator(ChangeRole(ada.person, "manager"))]) == ["role-changed"]
    assert told([await ada.approves(request)]) != ["approved"]
    assert await acme.state(request) != "approved"


# Approving what one gains by ------------------------------------------------------------------------------------------


@pytest.mark.invariant(32)
async def test_whoever_gains_by_a_share_does_not_decide_about_it_also_through_a_group(
    database_url: str, tmp_path: Path
) -> None:
    before = DEFAULT.read_text().partition("[privileged]")[0]
    careful = tmp_path / "careful.toml"
    changes = '["share", "add-resource", "remove-resource"]'
    careful.write_text(f"{before}[privileged]\nlines = [{{ changes = {changes}, approvals = 1, code = false }}]\n")
    acme = await organization(database_url, catalogue=str(careful))
    ada, bob, cleo, dora = [await acme.member("admin") for _ in range(4)]
    await acme.operator(CreateGroup("Design"))
    await acme.operator(JoinGroup((cleo.person,), "Design"))
    await acme.operator(AddResource("dashboard", "costs", "Costs"))
    for change, gaining in (
        (Share(Thing("dashboard", "costs"), people=(bob.person,)), bob),
        (Share(Thing("dashboard", "costs"), groups=("Design",)), cleo),
        (AddResource("image", "scan-1", "Scan", owner=bob.person), bob),
        (AddResource("image", "scan-1", "Scan", owner=cleo.person), cleo),
    ):
        outcome = await ada.does(change)
        assert isinstance(outcome, Waiting)
        assert gaining.id not in {one.id for one in outcome.approvers}
        assert dora.id in {one.id for one in outcome.approvers}
        waiting = acme.usher.queries.waiting
        assert [one.id for one in await waiting(await dora.desk())] == [outcome.request]
        assert await waiting(await gaining.desk()) == ()
        assert why(await gaining.approves(outcome.request)) == "own-request"
        assert told([await dora.approves(outcome.request)]) == ["approved"]


# Seeing ---------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(27)
@pytest.mark.seed("001-46", "001-47")
async def test_a_space_of_ones_own_shows_nothing_of_what_lies_elsewhere(database_url: str) -> None:
    acme = await organization(database_url)
    bob, eve = await acme.member(), await acme.member(name="Eve")
    await acme.operator(AddResource("image", "hidden-1", "Hidden"))
    await acme.operator(AddResource("image", "own-1", "Own", owner=bob.person))
    result(await bob.does(CreateSpace("Mine")), SpaceChanged)
    queries, desk = acme.usher.queries, await bob.desk()
    assert [one.label for one in await queries.things(desk, "image", "")] == ["Own (own-1)"]
    founders = await queries.things(await acme.founder.desk(), "image", "")
    assert {one.label for one in founders} == {"Own (own-1)", "Hidden (hidden-1)"}
    # Whom they could let into it they find; who was deactivated or is only invited they do not.
    invited = await acme.invitation("waiting@elsewhere.example")
    assert invited
    assert told([await acme.operator(Deactivate(eve.person))]) == ["status-changed"]
    assert eve.id not in {one.value for one in await queries.people(desk, "")}
    assert await queries.people(desk, "", status="deactivated") == ()
    assert await queries.people(desk, "waiting", status="invited") == ()
    assert eve.id in {one.value for one in await queries.people(await acme.founder.desk(), "")}


@pytest.mark.invariant(27)
async def test_behind_what_is_another_organizations_a_list_is_as_behind_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    for org, name in ((acme, "Ada"), (other, "Mae"), (acme, "Zoe")):
        await org.makes_spaces(name)
        result(await org.operator(CreateGroup(name)), GroupChanged)
        await org.operator(AddResource("image", name, name))
        await org.invitation(f"{name}@waiting.example")
        await org.member("super_admin", name=name)
        acme.clock.pass_by(hours=1)
    queries, desk = acme.usher.queries, await acme.founder.desk()

    async def shown(after: str, member: str) -> list[tuple[object, ...]]:
        access = await queries.space_access(desk, "ada", after=member)
        assert not isinstance(access, Refusal)
        pages = (
            await queries.space_page(desk, after=after),
            await queries.groups(desk, after=after),
            await queries.resources(desk, after=after),
            await queries.invitations(desk, after=after),
        )
        return [access.rows, *(page.rows for page in pages)]

    nobodys = "0" * 32
    for sign in "ab":
        behind_nothing = await shown(f"{sign}~{nobodys}", f"{sign}~1~{nobodys}")
        assert all(len(rows) > 1 for rows in behind_nothing)
        for table in (spaces, groups, resources, invitations, members):
            for theirs in [row["id"] for row in await other.rows(table) if row["organization_id"] == other.id]:
                assert await shown(f"{sign}~{theirs}", f"{sign}~1~{theirs}") == behind_nothing


@pytest.mark.invariant(27)
@pytest.mark.seed("001-47")
async def test_whoever_may_not_ask_about_others_cannot_tell_a_member_from_nobody(database_url: str) -> None:
    acme = await organization(database_url)
    bob, eve = await acme.member(), await acme.member()
    topic, evaluation = Topic("members:list", "organization"), acme.usher.evaluation
    for person in (eve.person, Person(email=eve.email), Person(email="nobody@elsewhere.example"), Person(name="No")):
        with pytest.raises(Refusal) as refused:
            await acme.usher.queries.why(await bob.desk(), topic, person, evaluation)
        assert refused.value.code == "may-not"


@pytest.mark.seed("001-47")
async def test_who_goes_by_a_name_is_told_to_nobody_who_may_not_list_people(database_url: str) -> None:
    acme = await organization(database_url)
    bob, ada = await acme.member(), await acme.member("admin")
    for number in range(2):
        await acme.member(name="Zoe", email=f"zoe.{number}@acme.example")
    zoe = RequestAccess("admin", person=Person(name="Zoe"), reason="She asked me to")
    for command in (zoe, ChangeRole(Person(name="Zoe"), "guest")):
        refused = await bob.does(command)
        assert why(refused) == "ambiguous-person"
        assert "@" not in str(refused)
    assert "zoe.0@acme.example" in str(await ada.does(ChangeRole(Person(name="Zoe"), "guest")))


@pytest.mark.invariant(20)
async def test_whoever_was_deactivated_is_offered_no_names_any_more(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member()
    await acme.makes_spaces("Lab")
    queries = acme.usher.queries
    assert [one.label for one in await queries.spaces(await bob.desk(), "")] == ["Lab"]
    assert told([await acme.operator(Deactivate(bob.person))]) == ["status-changed"]
    assert await queries.spaces(await bob.desk(), "") == ()


LOOK_ALIKE = ("bob@gro\u00df.example", "BOB@GRO\u00df.example", "bob@gro\u017fs.example")


@pytest.mark.invariant(13, 28)
@pytest.mark.parametrize("other", LOOK_ALIKE)
async def test_an_address_that_merely_looks_alike_is_somebody_elses(database_url: str, other: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("bob@gross.example", "admin")
    stranger = await acme.stranger("Stranger", email=other)
    assert why(await stranger.does(AcceptInSlack(invitation))) == "address-not-vouched"
    bob = await acme.joined(await acme.stranger("Bob", email="Bob@GROSS.example"), invitation)
    assert await may(acme, bob, "members:list", "organization", "acme")
    assert not await may(acme, stranger, "members:list", "organization", "acme")
    by = Actor(via="token", organization=acme.id)
    added = AddResource("image", "scan-1", "Scan", owner=Person(email=other))
    assert why(await acme.usher.gate.perform(added, by=by)) == "unknown-person"


# Who manages members --------------------------------------------------------------------------------------------------

AGAINST: Mapping[str, Callable[[Person], Command]] = {
    "reset-password": ResetPassword,
    "reset-2fa": ResetFactor,
    "deactivate": Deactivate,
    "remove": RemoveMember,
}
LOWERED: Mapping[str, Callable[[Person], Command]] = {
    **AGAINST,
    "lower": lambda who: ChangeRole(who, "guest"),
    "make it last": lambda who: ChangeRole(who, "member"),
}


@pytest.mark.invariant(17, 31)
@pytest.mark.parametrize("against", LOWERED.values(), ids=LOWERED)
async def test_whoever_is_lowered_for_half_an_hour_still_counts_as_what_they_will_be_again(
    database_url: str, against: Callable[[Person], Command]
) -> None:
    acme = await organization(database_url, factor=True)
    ada, mona = await acme.member("admin"), await acme.member("manager", factor=True)
    await acme.operator(ChangeRole(mona.person, "member", lasts=timedelta(minutes=30)))
    assert told([await ada.does(against(mona.person))]) == ["waiting-approval"]


@pytest.mark.invariant(17, 31)
@pytest.mark.parametrize("against", AGAINST.values(), ids=AGAINST)
async def test_whoever_manages_members_in_a_space_alone_counts_as_one_who_does(
    database_url: str, against: Callable[[Person], Command]
) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    await acme.makes_spaces("Apollo")
    ada, eve = await acme.member("editor"), await acme.member("editor", space="Apollo", factor=True)
    assert told([await ada.does(against(eve.person))]) == ["waiting-approval"]


async def test_whoever_holds_as_much_and_less_for_half_an_hour_is_not_reset_alone(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    other = await acme.member("super_admin")
    await acme.operator(ChangeRole(other.person, "member", lasts=timedelta(minutes=30)))
    assert why(await acme.founder.does(ResetPassword(other.person))) == "nobody-approves"


# Other software -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [-5, -1, True])
async def test_a_page_key_that_somebody_made_up_is_a_mistake_of_theirs(database_url: str, limit: int) -> None:
    acme = await organization(database_url)
    body = question(acme.founder.email, "members:list", "organization", "acme")
    about = search_of(body, "subject").about
    token = base64.urlsafe_b64encode(json.dumps([about, limit, ""]).encode()).decode()
    async with asking(acme) as product:
        heard = await product.post("/access/v1/search/subject", body | {"page": {"token": token}})
    assert heard.status == 400


@pytest.mark.parametrize(
    "address",
    ["64:ff9b:1::a00:1", "::ffff:0:10.0.0.1", "::10.0.0.1", "fec0::1", "3fff::1", "5f00::1", "fd00::1", "fe80::1"],
)
def test_no_webhook_leads_into_a_private_network_however_its_address_is_written(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address), here=False)


def test_a_webhook_reaches_the_open_internet() -> None:
    for address in ("2606:4700:4700::1111", "2a00:1450:4001::200e", "1.1.1.1", "64:ff9b::101:101"):
        assert may_reach(ipaddress.ip_address(address), here=False)
