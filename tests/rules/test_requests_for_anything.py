"""Asking for add-ons, groups, resources and roles; keeping them for longer; giving them back; and what ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.commands import (
    AddResource,
    Approve,
    Approved,
    Cancel,
    ChangeRole,
    CreateGroup,
    CreateSpace,
    Deactivate,
    Deny,
    EndGrant,
    GiveBack,
    GivenBack,
    GrantGiven,
    JoinGroup,
    RequestAccess,
    RoleChanged,
    Waiting,
)
from handlers.models import Access
from handlers.notices import Told
from storage.tables import grants, groups, members
from tests.asking import ask, asking
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

HOURS = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Team:
    """Olga owns the space Apollo, Vic is its viewer, Ada administers the organization, Mel is a plain member."""

    org: Org
    olga: Somebody
    vic: Somebody
    ada: Somebody
    mel: Somebody

    async def held(self, who: Somebody) -> dict[str, Access]:
        """By the name or the id of what is held."""
        rows = await self.org.usher.queries.access(await who.desk())
        return {one.thing or one.role: one for one in rows}

    async def live(self, who: Somebody, kind: str) -> list[dict[str, Any]]:
        rows = await self.org.rows(grants)
        return [row for row in rows if (row["member_id"], row["kind"], row["ended_at"]) == (who.id, kind, None)]


async def team(database_url: str) -> Team:
    org = await organization(database_url)
    olga, vic, mel = [await org.member("member", name=name) for name in ("Olga", "Vic", "Mel")]
    ada = await org.member("admin", name="Ada")
    assert told([await olga.does(CreateSpace("Apollo"))]) == ["space-changed"]
    assert told([await olga.does(ChangeRole(vic.person, "viewer", "Apollo"))]) == ["role-changed"]
    return Team(org, olga, vic, ada, mel)


def asks_addon(**more: Any) -> RequestAccess:
    return RequestAccess("Ticket Creator", "I file what I find", "Apollo", asked="add-on", **more)


async def dashboard(acme: Team, owner: Somebody) -> None:
    made = AddResource("dashboard", "rev-1", "Revenue", owner=owner.person)
    assert told([await acme.org.operator(made)]) == ["resource-changed"]


# Who decides, and what it opens ---------------------------------------------------------------------------------------


@pytest.mark.seed("003-26", "003-35")
@pytest.mark.invariant(24, 31)
async def test_an_addon_is_asked_of_the_spaces_owner_and_opens_at_once(database_url: str) -> None:
    acme = await team(database_url)
    outcome = await acme.vic.does(asks_addon())
    assert isinstance(outcome, Waiting)
    assert [one.id for one in outcome.approvers] == [acme.olga.id]
    async with asking(acme.org) as product:
        assert not await product.may(acme.vic.email, "tickets:create", "space", "apollo")
        done = result(await acme.olga.does(Approve(outcome.request)), Approved).result
        assert await product.may(acme.vic.email, "tickets:create", "space", "apollo")
    assert isinstance(done, GrantGiven)
    assert (done.asked, done.what, done.space, done.ends) == ("add-on", "Ticket Creator", "Apollo", None)
    [grant] = await acme.live(acme.vic, "addon")
    assert (grant["what"], grant["source"], grant["source_id"]) == ("ticket_creator", "request", outcome.request)
    [entry] = await acme.org.audited("addon.given")
    assert (entry["target"], entry["request"]) == (f"member:{acme.vic.id}", outcome.request)
    assert entry["scope"] == f"space:{grant['space_id']}"


@pytest.mark.seed("003-30", "003-32")
async def test_what_no_role_holds_is_for_the_highest_role_to_give(database_url: str) -> None:
    org = await organization(database_url, catalogue="mondoo")
    vic, ed = await org.member("viewer"), await org.member("editor")
    for addon, opens in (("Policy Editor", "policies:edit"), ("Query Pack Editor", "query_packs:edit")):
        outcome = await vic.does(RequestAccess(addon, "I keep them", asked="add-on"))
        assert isinstance(outcome, Waiting)
        assert [one.id for one in outcome.approvers] == [org.founder.id]
        assert why(await ed.does(Approve(outcome.request))) == "may-not-give"
        result(await org.founder.does(Approve(outcome.request)), Approved)
        async with asking(org) as product:
            assert await product.may(vic.email, opens, "organization", "acme")


@pytest.mark.seed("003-26")
@pytest.mark.invariant(24)
async def test_an_addon_goes_only_on_the_roles_it_is_for(database_url: str) -> None:
    acme = await team(database_url)
    assert why(await acme.olga.does(asks_addon())) == "addon-not-here"
    assert why(await acme.mel.does(asks_addon())) == "addon-not-here"
    assert why(await acme.vic.does(replace(asks_addon(), space=None))) == "addon-not-here"
    assert why(await acme.vic.does(replace(asks_addon(), role="Time Traveller"))) == "unknown-addon"
    request = await acme.vic.asks(asks_addon())
    await acme.olga.does(ChangeRole(acme.vic.person, "editor", "Apollo"))
    assert why(await acme.olga.does(Approve(request))) == "request-void"
    assert await acme.live(acme.vic, "addon") == []


@pytest.mark.seed("004-119", "004-27")
@pytest.mark.invariant(24, 32)
async def test_a_place_in_a_group_is_asked_for_and_somebody_else_decides(database_url: str) -> None:
    acme = await team(database_url)
    assert told([await acme.ada.does(CreateGroup("Sales"))]) == ["group-changed"]
    request = await acme.mel.asks(RequestAccess("sales", "I sell", asked="group"))
    assert why(await acme.mel.does(Approve(request))) == "own-request"
    assert why(await acme.vic.does(Approve(request))) == "may-not"
    assert told([await acme.ada.does(Approve(request))]) == ["approved"]
    assert (await acme.held(acme.mel))["Sales"].ends is None
    assert why(await acme.mel.does(RequestAccess("sales", "again", asked="group"))) == "holds-already"
    assert why(await acme.mel.does(RequestAccess("Marketing", "x", asked="group"))) == "unknown-group"
    own = await acme.ada.does(JoinGroup((acme.ada.person,), "Sales"))
    assert why(own) == "not-on-oneself"


@pytest.mark.seed("002-11", "002-25", "001-46")
@pytest.mark.invariant(24)
async def test_access_to_a_resource_is_for_its_owner_to_give_or_for_who_reaches_everything(database_url: str) -> None:
    acme = await team(database_url)
    await dashboard(acme, acme.olga)
    wanted = RequestAccess("dashboard:Revenue", "the board asks", lasts=HOURS, asked="resource")
    outcome = await acme.mel.does(wanted)
    assert isinstance(outcome, Waiting)
    assert {one.id for one in outcome.approvers} == {acme.olga.id, acme.ada.id, acme.org.founder.id}
    assert why(await acme.vic.does(Approve(outcome.request))) == "may-not"
    assert await acme.org.usher.queries.waiting(await acme.vic.desk()) == ()
    assert [card.thing for card in await acme.org.usher.queries.waiting(await acme.olga.desk())] == ["Revenue"]
    async with asking(acme.org) as product:
        assert not await product.may(acme.mel.email, "view", "dashboard", "rev-1")
        assert told([await acme.olga.does(Approve(outcome.request))]) == ["approved"]
        assert await product.may(acme.mel.email, "view", "dashboard", "rev-1")
        acme.org.clock.pass_by(hours=4)
        assert not await product.may(acme.mel.email, "view", "dashboard", "rev-1"), "expiry is judged at use"
    assert told(await acme.org.fires_timers())
    [entry] = await acme.org.audited("access.ended")
    assert entry["target"] == f"member:{acme.mel.id}"
    told_ = [one for one in await acme.org.notices() if isinstance(one, Told) and one.about == "access-ended"]
    assert [(one.to, one.asked) for one in told_] == [(acme.mel.id, "resource")]


@pytest.mark.invariant(27)
async def test_what_is_unknown_or_anothers_is_refused_alike(database_url: str) -> None:
    acme = await team(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme.org)
    stranger = await beta.member("member")
    assert told([await beta.operator(CreateGroup("Secrets"))]) == ["group-changed"]
    await dashboard(acme, acme.olga)
    theirs = next(row["id"] for row in await acme.org.rows(groups) if row["name"] == "Secrets")
    for named in (theirs, "Secrets", "0" * 32):
        assert why(await acme.mel.does(RequestAccess(named, "x", asked="group"))) == "unknown-group"
    for named in ("dashboard:Revenue", "dashboard:rev-1", "dashboard:nothing"):
        assert why(await stranger.does(RequestAccess(named, "x", asked="resource"))) == "unknown-resource"
    for grant in ((await acme.live(acme.vic, "role"))[0]["id"], "0" * 32):
        assert why(await stranger.does(GiveBack(grant))) == "unknown-grant"
        assert why(await acme.mel.does(GiveBack(grant))) == "unknown-grant"


async def test_for_somebody_else_they_are_told_and_can_cancel(database_url: str) -> None:
    acme = await team(database_url)
    request = await acme.mel.asks(asks_addon(person=acme.vic.person))
    assert told([await acme.olga.does(Approve(request))]) == ["approved"]
    given = [one for one in await acme.org.notices() if isinstance(one, Told) and one.about == "access-given"]
    assert [(one.to, one.new, one.asked, one.by) for one in given] == [
        (acme.vic.id, "ticket_creator", "add-on", acme.olga.id)
    ]
    letter = await acme.org.usher.queries.told_letter(given[0])
    assert letter.space == "Apollo"


# For longer -----------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(4, 33)
async def test_what_is_held_for_a_while_can_be_kept_longer_from_when_it_is_approved(database_url: str) -> None:
    acme = await team(database_url)
    longer = RequestAccess("editor", "", "Apollo", extends=True)
    assert why(await acme.mel.does(longer)) == "nothing-held"
    await acme.olga.does(ChangeRole(acme.mel.person, "editor", "Apollo", HOURS))
    acme.org.clock.pass_by(hours=1)
    request = await acme.mel.asks(longer)
    acme.org.clock.pass_by(hours=2)
    approved = acme.org.clock.now
    done = result(await acme.olga.does(Approve(request)), Approved).result
    assert isinstance(done, RoleChanged)
    assert done.ends == approved + HOURS, "as long as before, from now on"
    acme.org.clock.pass_by(hours=1, seconds=1)
    assert set(told(await acme.org.fires_timers())) == {"noted"}
    assert (await acme.held(acme.mel))["editor"].ends == approved + HOURS
    shorter = replace(longer, lasts=timedelta(minutes=1))
    assert why(await acme.mel.does(shorter)) == "not-longer"
    assert why(await acme.vic.does(replace(longer, role="viewer"))) == "not-temporary"


@pytest.mark.invariant(31)
async def test_what_has_ended_before_the_approval_is_not_revived(database_url: str) -> None:
    acme = await team(database_url)
    given = await acme.vic.asks(asks_addon(lasts=HOURS))
    await acme.olga.does(Approve(given))
    request = await acme.vic.asks(replace(asks_addon(), extends=True, reason=""))
    acme.org.clock.pass_by(hours=4)
    assert why(await acme.olga.does(Approve(request))) == "request-void"
    assert (await acme.org.request(request))["why"] == "nothing-held"


@pytest.mark.invariant(29, 30)
async def test_an_extension_against_the_end_leaves_one_grant_or_none(database_url: str) -> None:
    acme = await team(database_url)
    await acme.olga.does(Approve(await acme.vic.asks(asks_addon(lasts=HOURS))))
    [grant] = await acme.live(acme.vic, "addon")
    request = await acme.vic.asks(replace(asks_addon(), extends=True, reason=""))
    acme.org.clock.pass_by(hours=3, minutes=59)
    twin = await acme.org.replica()
    outcomes = await at_once(
        lambda: acme.olga.does(Approve(request)),
        *(lambda at=at: at.system(EndGrant(grant["id"])) for at in (acme.org, twin) * 3),
        lambda: acme.vic.at(twin).does(GiveBack(grant["id"])),
    )
    live = await acme.live(acme.vic, "addon")
    kinds = told(outcomes)
    assert (len(live), kinds.count("approved")) in {(1, 1), (0, 0)}
    acme.org.clock.pass_by(hours=1)
    await acme.org.fires_timers()
    assert len(await acme.live(acme.vic, "addon")) == len(live), "an old timer changes nothing"
    assert await acme.org.chain_is_broken() is None


@pytest.mark.invariant(30)
async def test_twenty_approvals_give_it_once(database_url: str) -> None:
    acme = await team(database_url)
    await acme.org.operator(CreateGroup("Sales"))
    request = await acme.mel.asks(RequestAccess("Sales", "I sell", lasts=HOURS, asked="group"))
    twin = await acme.org.replica()
    pressing = [acme.ada, acme.org.founder]
    presses = [
        lambda at=at, one=one: one.at(at).does(Approve(request))
        for _ in range(5)
        for at in (acme.org, twin)
        for one in pressing
    ]
    assert told(await at_once(*presses)) == ["approved"] + ["request-ended"] * 19
    assert len(await acme.live(acme.mel, "group")) == 1
    assert len(await acme.org.audited("group.joined")) == 1


# Giving back ----------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(23, 24)
async def test_giving_back_ends_it_at_once_and_what_lay_below_returns(database_url: str) -> None:
    acme = await team(database_url)
    await acme.olga.does(ChangeRole(acme.vic.person, "editor", "Apollo", HOURS))
    held = (await acme.held(acme.vic))["editor"]
    assert (held.extendable, held.returnable, held.returns_to) == (True, True, "viewer")
    given = result(await acme.vic.does(GiveBack(held.id)), GivenBack)
    assert (given.what, given.space, given.returns_to) == ("Editor", "Apollo", "viewer")
    assert why(await acme.vic.does(GiveBack(held.id))) == "unknown-grant"
    [entry] = await acme.org.audited("role.ended")
    assert entry["scope"] == f"space:{held.place}"
    assert '"given_back": "yes"' in entry["details"]
    viewer = (await acme.held(acme.vic))["viewer"]
    assert result(await acme.vic.does(GiveBack(viewer.id)), GivenBack).returns_to is None
    assert "viewer" not in await acme.held(acme.vic)


@pytest.mark.invariant(23, 24)
async def test_nobody_gives_back_what_would_raise_them_or_leave_nobody(database_url: str) -> None:
    acme = await team(database_url)
    owner = (await acme.held(acme.olga))["owner"]
    assert why(await acme.olga.does(GiveBack(owner.id))) == "last-holder"
    member = (await acme.held(acme.mel))["member"]
    assert not member.returnable
    assert why(await acme.mel.does(GiveBack(member.id))) == "keeps-role"
    await acme.org.operator(ChangeRole(acme.ada.person, "guest", lasts=HOURS, reason="on leave"))
    lowered = (await acme.held(acme.ada))["guest"]
    assert not lowered.returnable
    assert why(await acme.ada.does(GiveBack(lowered.id))) == "not-on-oneself"
    await acme.org.operator(CreateGroup("Sales"))
    await acme.org.operator(JoinGroup((acme.mel.person,), "Sales"))
    assert why(await acme.mel.does(GiveBack((await acme.held(acme.mel))["Sales"].id))) == "not-on-oneself"


@pytest.mark.seed("004-119")
async def test_a_group_that_was_asked_for_and_a_place_on_a_list_can_be_given_back(database_url: str) -> None:
    acme = await team(database_url)
    await acme.org.operator(CreateGroup("Sales"))
    await dashboard(acme, acme.olga)
    asked = (RequestAccess("Sales", "x", asked="group"), RequestAccess("dashboard:rev-1", "x", asked="resource"))
    for one in asked:
        await acme.ada.does(Approve(await acme.mel.asks(one)))
    held = await acme.held(acme.mel)
    epoch = [row["epoch"] for row in await acme.org.rows(members) if row["id"] == acme.mel.id]
    backs = [result(await acme.mel.does(GiveBack(held[name].id)), GivenBack) for name in ("Sales", "Revenue")]
    assert [(one.asked, one.what) for one in backs] == [("group", "Sales"), ("resource", "Revenue")]
    assert [row["epoch"] for row in await acme.org.rows(members) if row["id"] == acme.mel.id] > epoch
    assert not await ask(acme.org, acme.mel.email, "view", "dashboard", "rev-1")
    assert len(await acme.org.audited("group.left")) == len(await acme.org.audited("access.ended")) == 1


@pytest.mark.invariant(23)
async def test_two_owners_who_give_back_at_once_leave_one(database_url: str) -> None:
    acme = await team(database_url)
    await acme.olga.does(ChangeRole(acme.mel.person, "owner", "Apollo"))
    grants_of = [(await acme.held(one))["owner"].id for one in (acme.olga, acme.mel)]
    twin = await acme.org.replica()
    outcomes = await at_once(
        lambda: acme.olga.does(GiveBack(grants_of[0])), lambda: acme.mel.at(twin).does(GiveBack(grants_of[1]))
    )
    assert told(outcomes) == ["given-back", "last-holder"]


@pytest.mark.invariant(20, 26, 30)
async def test_who_gives_back_the_role_that_approves_approves_nothing_more(database_url: str) -> None:
    acme = await team(database_url)
    await acme.olga.does(ChangeRole(acme.mel.person, "owner", "Apollo"))
    request = await acme.vic.asks(asks_addon())
    held = (await acme.held(acme.mel))["owner"].id
    outcomes = await at_once(lambda: acme.mel.does(GiveBack(held)), lambda: acme.mel.does(Approve(request)))
    assert told(outcomes)[-1] in {"given-back", "may-not"}
    assert why(await acme.mel.does(Approve(request))) in {"may-not", "request-ended"}


# What ends, and what is shown -----------------------------------------------------------------------------------------


@pytest.mark.seed("003-26")
async def test_an_addon_rests_on_another_role_and_counts_again_when_that_ends(database_url: str) -> None:
    acme = await team(database_url)
    await acme.olga.does(Approve(await acme.vic.asks(asks_addon())))
    await acme.olga.does(ChangeRole(acme.vic.person, "editor", "Apollo", HOURS))
    assert (await acme.held(acme.vic))["ticket_creator"].rests
    assert not await ask(acme.org, acme.vic.email, "tickets:create", "space", "apollo")
    acme.org.clock.pass_by(hours=4)
    await acme.org.fires_timers()
    assert not (await acme.held(acme.vic))["ticket_creator"].rests
    assert await ask(acme.org, acme.vic.email, "tickets:create", "space", "apollo")
    [entry] = await acme.org.audited("role.ended")
    assert entry["scope"].startswith("space:"), "where it ended is audited"


@pytest.mark.invariant(20)
async def test_what_is_held_is_shown_ten_a_page_and_each_thing_once(database_url: str) -> None:
    acme = await team(database_url)
    for number in range(12):
        await acme.org.operator(CreateGroup(f"Group {number:02}"))
        await acme.org.operator(JoinGroup((acme.vic.person,), f"Group {number:02}"))
    queries, desk = acme.org.usher.queries, await acme.vic.desk()
    first = await queries.held(desk)
    assert first.next is not None
    second = await queries.held(desk, after=first.next)
    assert second.previous is not None
    shown = [one.id for one in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows), len(set(shown))) == (10, 4, 14)
    assert [one.asked for one in first.rows[:2]] == ["role", "role"]
    assert second.next is None
    assert await queries.held(desk, after=second.previous) == first
    assert await queries.held(desk, after="nonsense") == first
    other = (await queries.held(await acme.olga.desk())).rows[0].id
    assert (await queries.held(desk, after=f"a~{other}")).rows == first.rows, "a key of somebody else's says nothing"


async def test_names_are_offered_from_the_third_letter_to_active_members_alone(database_url: str) -> None:
    acme = await team(database_url)
    await acme.org.operator(CreateGroup("Sales"))
    await dashboard(acme, acme.olga)
    queries, desk = acme.org.usher.queries, await acme.mel.desk()
    assert await queries.askable(desk, "sa") == ()
    assert [one.label for one in await queries.askable(desk, "SAL")] == ["Group: Sales"]
    assert [one.label for one in await queries.askable(desk, "rev")] == ["Dashboard: Revenue"]
    await acme.org.operator(Deactivate(acme.mel.person))
    assert await queries.askable(await acme.mel.desk(), "sales") == ()


# A refused press ------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(27)
async def test_a_request_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await team(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme.org)
    stranger = await beta.member("super_admin")
    ended, waiting = await acme.vic.asks(asks_addon()), await acme.vic.asks(asks_addon(lasts=HOURS))
    await acme.olga.does(Deny(ended, "no"))
    for request in (ended, waiting, "0" * 32):
        for press in (Approve(request), Deny(request, ""), Cancel(request)):
            assert why(await stranger.does(press)) == "request-gone"


@pytest.mark.invariant(24, 40)
async def test_who_may_not_deny_is_refused_before_a_reason_and_audited(database_url: str) -> None:
    acme = await team(database_url)
    request = await acme.vic.asks(asks_addon())
    assert why(await acme.mel.does(Deny(request, ""))) == "may-not"
    [entry] = await acme.org.audited("deny.refused", refused=True)
    assert (entry["request"], entry["actor"]) == (request, f"member:{acme.mel.id}")
    assert why(await acme.olga.does(Deny(request, ""))) == "reason-needed"
    assert await acme.org.state(request) == "pending"
    assert waits(await acme.vic.does(asks_addon(lasts=HOURS)))
