"""Spaces through the gate: who makes, renames and deletes them, who has access, and who decides about that."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.commands import (
    AddResource,
    Approve,
    ChangeRole,
    CreateSpace,
    Deactivate,
    DeleteSpace,
    Done,
    Invite,
    Invited,
    Outcome,
    Refusal,
    Removed,
    RemoveFromSpace,
    RenameSpace,
    RequestAccess,
    ResourceChanged,
    SetPermissions,
    SpaceChanged,
)
from handlers.notices import Told
from handlers.space_models import AccessPage, SpaceCard
from storage.tables import grants, invitations, members, resources, spaces
from tests.asking import asking
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def makes(maker: Somebody, name: str = "Apollo") -> str:
    """The slug of a new space."""
    return result(await maker.does(CreateSpace(name)), SpaceChanged).slug


async def gives(giver: Somebody, to: Somebody, role: str, space: str = "apollo") -> Outcome:
    return await giver.does(ChangeRole(to.person, role, space=space))


async def card(who: Somebody, space: str = "apollo") -> SpaceCard | None:
    return await who.org.usher.queries.space(await who.desk(), space)


async def role_of(who: Somebody, space: str = "apollo") -> str | None:
    """What they hold there."""
    seen = await card(who, space)
    return seen.standing.role if seen else None


async def live(acme: Org, space: str) -> list[dict[str, Any]]:
    ids = {row["id"] for row in await acme.rows(spaces) if row["slug"] == space or row["id"] == space}
    return [row for row in await acme.rows(grants) if row["space_id"] in ids and row["ended_at"] is None]


async def tellings(acme: Org, about: str) -> list[Told]:
    return [one for one in await acme.notices() if isinstance(one, Told) and one.about == about]


# Making ---------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-43", "001-46", "001-54")
async def test_who_makes_a_space_owns_it_for_good_and_nobody_else_sees_it(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob = await acme.member("member"), await acme.member("member")
    made = result(await ada.does(CreateSpace("Apollo 13")), SpaceChanged)
    assert (made.what, made.space, made.slug) == ("created", "Apollo 13", "apollo-13")
    [grant] = await live(acme, "apollo-13")
    assert (grant["member_id"], grant["what"], grant["ends_at"]) == (ada.id, "owner", None)
    assert await card(bob, "apollo-13") is None
    assert await acme.chain_is_broken() is None


async def test_a_name_is_free_only_once_in_whatever_letters_and_a_slug_never_names_another(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    assert await makes(ada, "Apollo") == "apollo"
    for taken in ("APOLLO", " apollo ", "Apollo"):
        assert why(await ada.does(CreateSpace(taken))) == "space-exists"
    assert await makes(ada, "Apollo!") == "apollo-2"
    assert why(await ada.does(CreateSpace("apollo-2"))) == "space-exists"
    assert await makes(ada, "日本") == "space"
    assert why(await ada.does(CreateSpace(" \u200b "))) == "name-wrong"
    assert why(await ada.does(CreateSpace("x" * 500))) == "name-wrong"


async def test_only_whose_role_allows_it_makes_a_space_and_only_where_there_are_any(database_url: str) -> None:
    acme = await organization(database_url)
    for role in ("manager", "guest"):
        assert why(await (await acme.member(role)).does(CreateSpace("Apollo"))) == "may-not"
    resmo = await organization(database_url, catalogue="resmo", workspace="T0RESMO")
    everything = (CreateSpace("A"), RenameSpace("A", "B"), DeleteSpace("A"), RemoveFromSpace(acme.founder.person, "A"))
    assert why(await resmo.founder.does(everything[0])) == "no-spaces"
    for command in everything[1:3]:
        assert why(await resmo.founder.does(command)) == "no-spaces"


async def test_what_the_operator_makes_belongs_to_nobody_until_somebody_is_made_its_owner(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    result(await acme.operator(CreateSpace("Apollo")), SpaceChanged)
    assert await live(acme, "apollo") == []
    assert isinstance(await gives(acme.founder, ada, "owner"), Done)
    assert await role_of(ada) == "owner"


# Renaming -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-57", "001-64", "001-68")
async def test_an_owner_renames_and_the_slug_stays(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob, cleo = [await acme.member("member") for _ in range(3)]
    await makes(ada)
    await gives(ada, bob, "editor")
    await gives(ada, cleo, "viewer")
    for other in (bob, cleo, await acme.member("member")):
        assert why(await other.does(RenameSpace("apollo", "Artemis"))) == "may-not"
    done = result(await ada.does(RenameSpace("APOLLO", " Artemis  One ")), SpaceChanged)
    assert (done.space, done.old, done.slug) == ("Artemis One", "Apollo", "apollo")
    assert why(await ada.does(RenameSpace("artemis one", "Artemis One"))) == "nothing-changes"
    assert isinstance(await ada.does(RenameSpace("artemis one", "ARTEMIS ONE")), Done)
    await makes(ada, "Gemini")
    assert why(await ada.does(RenameSpace("Gemini", "artemis one"))) == "space-exists"
    assert why(await ada.does(CreateSpace("Apollo"))) == "space-exists", "other software knows another one by it"
    assert await makes(ada, "Apollo!") == "apollo-2"


# Deleting -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-55", "001-56", "001-64", "001-68")
async def test_deleting_ends_all_access_invitations_and_requests_and_leaves_people_and_things(
    database_url: str,
) -> None:
    acme = await organization(database_url)
    ada, bob, cleo, dora = [await acme.member() for _ in range(4)]
    await makes(ada)
    await gives(ada, bob, "viewer")
    await gives(ada, cleo, "editor")
    await acme.operator(SetPermissions(bob.person, space="apollo", addons=("ticket_creator",)))
    image = AddResource("image", "img-1", "First light", space="apollo", owner=cleo.person)
    result(await ada.does(image), ResourceChanged)
    invitation = await acme.invitation("eve@example.org", "viewer", space="apollo", by=ada)
    link = await acme.link(invitation)
    request = waits(await dora.does(RequestAccess("editor", "to help", space="apollo")))
    for other in (cleo, bob, dora):
        assert why(await other.does(DeleteSpace("apollo"))) == "may-not"
    done = result(await ada.does(DeleteSpace("Apollo")), SpaceChanged)
    assert (done.what, done.space) == ("deleted", "Apollo")

    [row] = await acme.rows(spaces)
    assert await live(acme, row["id"]) == []
    assert [row["space_id"] for row in await acme.rows(resources)] == [""]
    assert (await acme.row(invitation))["state"] == "revoked"
    assert await acme.usher.queries.link_page("invitation", link) is None
    assert [row["listed"] for row in await acme.rows(members) if row["email"] == "eve@example.org"] == [False]
    assert await acme.state(request) == "void"
    told_void = await tellings(acme, "request-void")
    assert [one.to for one in told_void] == [dora.id]
    assert sorted(one.to for one in await tellings(acme, "space-deleted")) == sorted([bob.id, cleo.id])
    letter = await acme.usher.queries.told_letter((await tellings(acme, "space-deleted"))[0])
    assert letter.space == "Apollo", "what is gone can still be named"
    for one in (ada, bob, cleo):
        assert await card(one) is None
    assert why(await ada.does(RenameSpace("apollo", "Again"))) == "unknown-space"
    assert await acme.chain_is_broken() is None
    assert await makes(bob) == "apollo", "name and slug are free again"
    assert await role_of(ada) is None


async def test_whoever_may_delete_every_space_deletes_this_one_too(database_url: str) -> None:
    acme = await organization(database_url)
    ada, grace = await acme.member(), await acme.member("admin")
    await makes(ada)
    assert isinstance(await grace.does(DeleteSpace("apollo")), Done)
    assert [one.by for one in await tellings(acme, "space-deleted")] == [grace.id]


async def test_an_invitation_to_another_space_outlives_the_deleted_one(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    await makes(ada)
    await makes(ada, "Gemini")
    kept = await acme.invitation("eve@example.org", "viewer", space="gemini", by=ada)
    assert isinstance(await ada.does(DeleteSpace("apollo")), Done)
    assert (await acme.row(kept))["state"] == "pending"
    assert await acme.usher.queries.link_page("invitation", await acme.link(kept))


# Access ---------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-61", "001-65", "001-69", "001-73")
@pytest.mark.invariant(24)
async def test_only_owners_and_the_highest_role_manage_access(database_url: str) -> None:
    """K2: both admin roles reach every project, and only the super admin may manage access beside its owners."""
    acme = await organization(database_url, catalogue="imaging")
    ada, bob, cleo, dora = [await acme.member("member") for _ in range(4)]
    grace = await acme.member("admin")
    await makes(ada)
    assert isinstance(await gives(ada, bob, "editor"), Done)
    assert isinstance(await gives(ada, cleo, "viewer"), Done)
    for other in (bob, cleo, dora, grace):
        acts = [
            ChangeRole(dora.person if other is not dora else cleo.person, "viewer", space="apollo"),
            RemoveFromSpace(cleo.person if other is not cleo else bob.person, "apollo"),
            Invite(("new@example.org",), "viewer", space="apollo"),
        ]
        assert {why(await other.does(act)) for act in acts} == {"may-not"}
        seen = await acme.usher.queries.space_access(await other.desk(), "apollo")
        assert isinstance(seen, Refusal)
        assert seen.code == ("unknown-space" if other is dora else "may-not")
        assert await acme.usher.queries.people_to_add(await other.desk(), "apollo", "") == ()
    assert isinstance(await gives(acme.founder, dora, "owner"), Done)
    assert isinstance(await gives(dora, cleo, "editor"), Done)
    assert isinstance(await acme.founder.does(RemoveFromSpace(bob.person, "apollo")), Done)


@pytest.mark.seed("001-49", "001-50", "001-66", "001-67")
@pytest.mark.invariant(24)
async def test_a_guest_is_at_most_viewer(database_url: str) -> None:
    """K4."""
    acme = await organization(database_url, catalogue="imaging")
    ada, guest = await acme.member("member"), await acme.member("guest")
    await makes(ada)
    assert await card(guest) is None
    for role in ("owner", "editor"):
        assert why(await gives(ada, guest, role)) == "at-most-viewer"
    assert isinstance(await gives(ada, guest, "viewer"), Done)
    assert await role_of(guest) == "viewer"
    page = await acme.usher.queries.space_access(await ada.desk(), "apollo")
    assert isinstance(page, AccessPage)
    assert {row.member.id: row.roles for row in page.rows}[guest.id] == ("viewer",)


async def test_who_was_lowered_to_guest_counts_as_viewer_wherever_they_own(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member(), await acme.member()
    await makes(ada)
    await gives(ada, bob, "owner")
    await acme.operator(ChangeRole(ada.person, "guest"))
    seen = await card(ada)
    assert seen
    assert (seen.standing.role, seen.standing.counts_as, seen.may) == ("owner", "viewer", frozenset())
    assert why(await ada.does(DeleteSpace("apollo"))) == "may-not"


@pytest.mark.seed("001-31", "001-67")
async def test_project_roles_hold_in_one_or_several_projects_each_by_itself(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob = await acme.member("member"), await acme.member("member")
    for name in ("Apollo", "Gemini", "Vostok"):
        await makes(ada, name)
    await gives(ada, bob, "viewer", "apollo")
    await gives(ada, bob, "owner", "gemini")
    page = await acme.usher.queries.space_page(await bob.desk())
    assert [(row.name, row.standing.role) for row in page.rows] == [("Apollo", "viewer"), ("Gemini", "owner")]
    assert page.total == 2
    assert why(await bob.does(DeleteSpace("apollo"))) == "may-not"
    assert isinstance(await bob.does(DeleteSpace("gemini")), Done)


@pytest.mark.seed("001-72", "003-46", "003-47")
@pytest.mark.invariant(2, 20)
async def test_revoking_ends_everything_of_theirs_there_and_nothing_else(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, dora = [await acme.member() for _ in range(3)]
    await makes(ada)
    await makes(bob, "Gemini")
    await gives(ada, bob, "owner")
    request = waits(await dora.does(RequestAccess("viewer", "to look", space="apollo")))
    await acme.operator(ChangeRole(bob.person, "viewer", space="apollo", lasts=timedelta(hours=2)))
    before = next(row["epoch"] for row in await acme.rows(members) if row["id"] == bob.id)
    removed = result(await ada.does(RemoveFromSpace(bob.person, "apollo", "done here")), Removed)
    assert (removed.space, removed.old, removed.member.id) == ("Apollo", "viewer", bob.id)
    assert [grant["member_id"] for grant in await live(acme, "apollo")] == [ada.id]
    assert (await bob.desk()).role == "member"
    assert await role_of(bob, "gemini") == "owner"
    assert next(row["epoch"] for row in await acme.rows(members) if row["id"] == bob.id) > before
    assert [(one.to, one.by, one.old) for one in await tellings(acme, "removed-from-space")] == [
        (bob.id, ada.id, "viewer")
    ]
    assert why(await bob.does(Approve(request))) == "may-not"
    assert why(await ada.does(RemoveFromSpace(bob.person, "apollo"))) == "not-in-space"
    [entry] = await acme.audited("space.member-removed")
    assert (entry["target"], "done here" in entry["details"]) == (f"member:{bob.id}", True)
    acme.clock.pass_by(hours=3)
    await acme.fires_timers()
    assert await role_of(bob) is None, "what lay below a temporary role does not come back"


@pytest.mark.invariant(24)
async def test_nobody_revokes_their_own_access_nor_the_last_owners(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member(), await acme.member()
    await makes(ada)
    assert why(await ada.does(RemoveFromSpace(ada.person, "apollo"))) == "not-on-oneself"
    assert why(await acme.founder.does(RemoveFromSpace(ada.person, "apollo"))) == "last-holder"
    assert why(await gives(acme.founder, ada, "viewer")) == "last-holder"
    await acme.operator(ChangeRole(bob.person, "owner", space="apollo", lasts=timedelta(hours=1)))
    assert why(await acme.founder.does(RemoveFromSpace(ada.person, "apollo"))) == "last-holder", "his is not for good"
    await acme.operator(ChangeRole(bob.person, "owner", space="apollo"))
    assert isinstance(await acme.founder.does(RemoveFromSpace(ada.person, "apollo")), Done)


@pytest.mark.invariant(27)
async def test_a_space_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    ada, zoe = await acme.member(), await other.member()
    await makes(zoe, "Secret")
    [row] = await other.rows(spaces)
    for named in (row["id"], "secret", "Secret", "no-such-space"):
        for act in (RenameSpace(named, "X"), DeleteSpace(named), RemoveFromSpace(zoe.person, named)):
            assert why(await acme.founder.does(act)) in ("unknown-space", "unknown-person")
        assert await card(acme.founder, named) is None
        seen = await acme.usher.queries.space_access(await acme.founder.desk(), named)
        assert isinstance(seen, Refusal)
        assert seen.code == "unknown-space"
    assert await makes(ada, "Secret") == "secret", "its name is free here"


# Mondoo: whoever belongs to the organization reaches every space ------------------------------------------------------


@pytest.mark.seed("003-01", "003-02", "003-03", "003-39", "003-40", "003-41")
async def test_mondoos_members_reach_all_spaces_also_those_made_later_and_the_invited_to_one_only_that(
    database_url: str,
) -> None:
    """X11."""
    acme = await organization(database_url, catalogue="mondoo")
    ada = await acme.member("viewer")
    await makes(acme.founder)
    await makes(acme.founder, "Gemini")
    page = await acme.usher.queries.space_page(await ada.desk())
    assert [(row.name, row.standing.reached_as) for row in page.rows] == [("Apollo", "viewer"), ("Gemini", "viewer")]

    eve = await acme.stranger()
    invited = result(await acme.operator(Invite((eve.email,), "editor", space="apollo")), Invited)
    assert (invited.space, invited.role) == ("Apollo", "editor")
    pending = await acme.usher.queries.invitations(await acme.founder.desk(), space="apollo")
    assert [(row.member.email, row.space, row.state) for row in pending.rows] == [(eve.email, "Apollo", "pending")]
    eve = await acme.joined(eve, pending.rows[0].id)
    assert ((await eve.desk()).role, await role_of(eve), await card(eve, "gemini")) == (None, "editor", None)

    await makes(acme.founder, "Vostok")
    assert [row.name for row in (await acme.usher.queries.space_page(await ada.desk())).rows][-1] == "Vostok"
    assert [row.name for row in (await acme.usher.queries.space_page(await eve.desk())).rows] == ["Apollo"]
    seen = await acme.usher.queries.space_access(await acme.founder.desk(), "apollo")
    assert isinstance(seen, AccessPage)
    reasons = {row.member.id: (row.standing.role, row.standing.reached_as) for row in seen.rows}
    assert reasons == {
        eve.id: ("editor", None),
        acme.founder.id: ("owner", "owner"),
        ada.id: (None, "viewer"),
    }


@pytest.mark.seed("003-46")
async def test_taking_an_editor_out_of_a_mondoo_space_waits_for_a_second_person(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    ada, bob = await acme.member("owner", factor=True), await acme.member("viewer")
    await makes(acme.founder)
    await acme.operator(ChangeRole(bob.person, "editor", space="apollo"))
    request = waits(await acme.founder.does(RemoveFromSpace(bob.person, "apollo")))
    shown = await acme.usher.queries.card(request)
    assert shown
    assert (shown.change, shown.old, shown.space) == ("remove-from-space", "editor", "Apollo")
    assert await role_of(bob) == "editor"
    assert told([await ada.approves(request)]) == ["approved"]
    assert await role_of(bob) is None


# What other software hears --------------------------------------------------------------------------------------------

OWNER = {
    *("space:read", "space:rename", "space:delete", "space:access", "resources:add", "resources:manage"),
    *("reports:export", "scans:run", "updates:run"),
}
EDITOR = {"space:read", "resources:add", "resources:manage", "reports:export", "updates:run"}


@pytest.mark.seed("001-55", "001-56", "001-57", "001-58", "001-59", "001-60", "001-61")
@pytest.mark.seed("001-35", "001-42", "001-46", "001-50", "001-62", "001-63", "001-64", "001-65", "001-66", "001-68")
@pytest.mark.invariant(25)
async def test_imagings_evaluation_endpoint_answers_as_the_gate_does(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob, cleo, dora = [await acme.member("member") for _ in range(4)]
    grace = await acme.member("admin")
    await makes(ada)
    await gives(ada, bob, "editor")
    await gives(ada, cleo, "viewer")
    async with asking(acme) as product:
        assert await product.can(ada.email, "space", "apollo") == OWNER
        assert await product.can(bob.email, "space", "apollo") == EDITOR
        assert await product.can(cleo.email, "space", "apollo") == {"space:read"}
        assert await product.can(dora.email, "space", "apollo") == set()
        assert await product.can(grace.email, "space", "apollo") == OWNER - {"space:access"}
        assert await product.can(acme.founder.email, "space", "apollo") == OWNER
        await gives(ada, bob, "viewer")
        await ada.does(RemoveFromSpace(cleo.person, "apollo"))
        assert await product.can(bob.email, "space", "apollo") == {"space:read"}
        assert not await product.may(cleo.email, "space:read", "space", "apollo")
        await ada.does(DeleteSpace("apollo"))
        [row] = await acme.rows(spaces)
        for named in ("apollo", row["id"]):
            assert not await product.may(acme.founder.email, "space:read", "space", named)


@pytest.mark.seed("003-01", "003-02", "003-03")
async def test_mondoos_members_are_let_into_every_space_and_the_invited_into_one(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    ada = await acme.member("viewer")
    await makes(acme.founder)
    eve = await acme.member("viewer", space="apollo")
    async with asking(acme) as product:
        await makes(acme.founder, "Gemini")
        assert await product.may_each(ada.email, "assets:read", "space", "apollo", "gemini") == [True, True]
        assert await product.may_each(eve.email, "assets:read", "space", "apollo", "gemini") == [True, False]
        assert await product.may_each(ada.email, "assets:add", "space", "apollo", "gemini") == [False, False]


# What is seen ---------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-46", "001-70")
async def test_who_has_access_is_listed_ten_a_page_those_with_a_role_there_first(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member(name="Aaron")
    await makes(ada)
    people = [await acme.member(name=f"P{number:02}") for number in range(11)]
    for one in people:
        await gives(ada, one, "viewer")
    grace = await acme.member("admin", name="Grace")
    gone = await acme.member("admin", name="Gone")
    await acme.operator(Deactivate(gone.person))
    await acme.operator(ChangeRole(people[0].person, "editor", space="apollo", lasts=timedelta(hours=1)))
    desk = await ada.desk()

    async def page(after: str | None = None, words: str = "") -> AccessPage:
        found = await acme.usher.queries.space_access(desk, "apollo", words=words, after=after)
        assert isinstance(found, AccessPage)
        return found

    first = await page()
    assert [row.member.name for row in first.rows] == ["Aaron", *(f"P{number:02}" for number in range(9))]
    assert (first.turns.previous, first.rows[1].standing.role) == (None, "editor")
    assert first.rows[1].standing.ends is not None
    second = await page(first.turns.next)
    assert [row.member.name for row in second.rows] == ["P09", "P10", "Grace", "Root"]
    assert [row.standing.role for row in second.rows[2:]] == [None, None]
    assert second.turns.next is None
    back = await page(second.turns.previous)
    assert [row.member.id for row in back.rows] == [row.member.id for row in first.rows]
    assert back.turns.previous is None
    assert [row.member.name for row in (await page(words="p1")).rows] == ["P10"]
    assert [row.member.id for row in (await page(words=grace.email)).rows] == [grace.id]
    assert (await page("nonsense")).rows == first.rows
    assert (await page(f"a~1~{'f' * 32}")).rows == first.rows


@pytest.mark.seed("001-35", "001-42")
async def test_a_temporary_role_decides_who_reaches_a_space_unasked(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member(), await acme.member("admin")
    await makes(ada)
    seen = await card(bob)
    assert seen
    assert seen.standing.reached_as == "admin"
    await acme.operator(ChangeRole(bob.person, "member", lasts=timedelta(hours=1)))
    assert await card(bob) is None
    found = await acme.usher.queries.space_access(await ada.desk(), "apollo")
    assert isinstance(found, AccessPage)
    assert bob.id not in {row.member.id for row in found.rows}
    acme.clock.pass_by(hours=2)
    assert await card(bob) is not None


# Races ----------------------------------------------------------------------------------------------------------------

CROWD = 20


async def test_of_twenty_who_make_a_space_of_one_name_at_once_one_gets_it(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member(), await acme.member()
    makers = [ada, bob] * (CROWD // 2)
    outcomes = await at_once(*(lambda who=who: who.does(CreateSpace("Apollo")) for who in makers))
    assert told(outcomes) == ["space-changed", *["space-exists"] * (CROWD - 1)]
    assert len(await acme.rows(spaces)) == 1
    assert len(await live(acme, "apollo")) == 1
    assert await acme.chain_is_broken() is None


@pytest.mark.invariant(23, 24, 26)
async def test_owners_who_revoke_each_other_at_once_leave_one(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, cleo = [await acme.member() for _ in range(3)]
    await makes(ada)
    await gives(ada, bob, "owner")
    await gives(ada, cleo, "owner")
    owners = [ada, bob, cleo]
    pairs = [(one, other) for one in owners for other in owners if one is not other]
    acts = [*pairs, *pairs, *pairs][:CROWD]
    outcomes = await at_once(
        *(lambda one=one, other=other: one.does(RemoveFromSpace(other.person, "apollo")) for one, other in acts)
    )
    left = await live(acme, "apollo")
    assert {row["what"] for row in left} == {"owner"}
    assert len(left) >= 1
    assert len([one for one in outcomes if isinstance(one, Done)]) == len(owners) - len(left)
    assert await acme.chain_is_broken() is None


@pytest.mark.invariant(26, 29)
async def test_deleting_against_changing_leaves_no_role_in_a_space_that_is_gone(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, dora = [await acme.member() for _ in range(3)]
    await makes(ada)
    request = waits(await dora.does(RequestAccess("viewer", "to look", space="apollo")))
    role = ["viewer", "editor"]
    acts = [
        *(lambda n=n: gives(ada, bob, role[n % 2]) for n in range(CROWD // 2)),
        lambda: ada.does(DeleteSpace("apollo")),
        lambda: ada.does(Approve(request)),
        *(
            lambda n=n: ada.does(Invite((f"n{n}@example.org",), "viewer", space="apollo"))
            for n in range(CROWD // 2 - 2)
        ),
    ]
    await at_once(*acts)
    [row] = await acme.rows(spaces)
    assert row["deleted_at"] is not None
    assert await live(acme, row["id"]) == []
    assert {one["state"] for one in await acme.rows(invitations) if one["space_id"] == row["id"]} <= {"revoked"}
    assert await acme.state(request) in ("void", "approved")
    assert await acme.chain_is_broken() is None
