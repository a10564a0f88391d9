"""What the five products say of inviting, activating, roles and statuses, done through the gate in their catalogues."""

from dataclasses import replace

import pytest

from handlers.commands import (
    AcceptInSlack,
    Approve,
    Approved,
    ChangeRole,
    CopyLink,
    Deactivate,
    Invite,
    Invited,
    LinkReady,
    OpenSetup,
    Reactivate,
    RequestAccess,
    Resend,
    Revoke,
    Waiting,
)
from handlers.notices import InvitationMail
from tests.people import Org, closing, organization, result, told, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def mails(acme: Org) -> list[InvitationMail]:
    return [one for one in await acme.notices() if isinstance(one, InvitationMail)]


async def role(acme: Org, email: str) -> str:
    """What the list of invitations says of an address."""
    page = await acme.usher.queries.invitations(await acme.founder.desk())
    return next(row.state for row in page.rows if row.member.email == email)


# 000 and 001: inviting ------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-07", "000-08", "000-09", "000-10", "000-11", "000-06")
async def test_resmo_invites_an_address_with_a_role_and_lists_what_is_pending(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resmo")
    done = result(await acme.founder.does(Invite(("ada@example.com",), "user")), Invited)
    [row] = (await acme.usher.queries.invitations(await acme.founder.desk())).rows
    assert (row.member.email, row.role, row.state) == ("ada@example.com", "user", "pending")
    assert done.role == "user"
    bob = await acme.member("user")
    assert told([await acme.operator(ChangeRole(bob.person, "admin"))]) == ["role-changed"]
    assert why(await acme.founder.does(Invite(("x@example.com",), "owner"))) == "exactly-one"


@pytest.mark.seed("001-05", "001-07", "001-09")
async def test_imaging_invites_several_addresses_with_one_role_and_mails_each_a_link(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    emails = ("ada@example.com", "bob@example.com", "cleo@example.com")
    done = result(await acme.founder.does(Invite(emails, "guest")), Invited)
    assert (tuple(one.email for one in done.people), done.role, done.mailed) == (emails, "guest", True)
    assert len(await mails(acme)) == 3
    for mail in await mails(acme):
        letter = await acme.usher.queries.invitation_letter(mail)
        assert letter
        token = acme.usher.enrolments.invitation_path(letter).rpartition("/")[2]
        assert await acme.usher.queries.link_page("invitation", token)


@pytest.mark.seed("001-06")
async def test_imaging_takes_only_valid_addresses(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    assert why(await acme.founder.does(Invite(("ada at example.com", "@"), "guest"))) == "nobody-invited"
    done = result(await acme.founder.does(Invite(("ada at example.com", "ada@example.com"), "guest")), Invited)
    assert ([one.email for one in done.people], len(done.left_out)) == (["ada@example.com"], 1)


@pytest.mark.seed("001-08", "004-91", "004-92")
async def test_the_role_is_granted_upon_accepting(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email, "member")
    desk = await acme.founder.desk()
    assert await acme.usher.queries.people(desk, ada.email, status="invited")
    assert (await ada.desk()).role is None
    joined = await acme.joined(ada, invitation)
    assert ((await joined.desk()).role, (await joined.desk()).status) == ("member", "active")


@pytest.mark.seed("001-10", "001-11")
async def test_without_mail_the_invited_are_pending_and_their_link_is_copied(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", mail=False)
    invitation = await acme.invitation("ada@example.com", "member", by=acme.founder)
    assert await mails(acme) == []
    assert await role(acme, "ada@example.com") == "pending"
    ready = result(await acme.founder.does(CopyLink(invitation)), LinkReady)
    assert await acme.usher.queries.link_page("invitation", acme.token(ready.link))


@pytest.mark.seed("001-36")
async def test_the_first_registered_user_is_always_a_super_admin(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    desk = await acme.founder.desk()
    assert (desk.role, desk.status) == ("super_admin", "active")


@pytest.mark.seed("001-37", "001-41")
async def test_only_super_admins_assign_the_super_admin_role(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", factor=True)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member")
    for change in (Invite(("x@example.com",), "super_admin"), ChangeRole(bob.person, "super_admin")):
        assert why(await ada.does(change)) == "may-not-give"
    waiting = await acme.founder.does(ChangeRole(bob.person, "super_admin"))
    assert isinstance(waiting, Waiting)
    assert why(await ada.approves(waiting.request)) == "may-not-give"
    assert told([await acme.founder.approves(waiting.request)]) == ["approved"]
    wish = await ada.does(RequestAccess("super_admin", "I want it"))
    assert isinstance(wish, Waiting)
    assert {one.id for one in wish.approvers} == {acme.founder.id, bob.id}


@pytest.mark.seed("001-47", "001-48", "001-51", "001-52")
async def test_members_and_guests_have_no_user_management_and_invite_nobody(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    other = await acme.member("guest")
    for name in ("member", "guest"):
        one = await acme.member(name)
        tries = [Invite(("x@example.com",), "guest"), Deactivate(other.person), ChangeRole(other.person, "member")]
        assert {why(await one.does(act)) for act in tries} == {"may-not"}
        desk = await one.desk()
        assert await acme.usher.queries.people(desk, "") == ()
        assert (await acme.usher.queries.invitations(desk)).rows == ()


# 002: automation ------------------------------------------------------------------------------------------------------


@pytest.mark.seed("002-20")
async def test_automation_never_invites_an_owner_or_root(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation", factor=True)
    for name in ("owner", "root"):
        assert why(await acme.founder.does(Invite(("x@example.com",), name))) == "not-offered"
    for name in ("admin", "user", "viewer"):
        assert told([await acme.founder.does(Invite((f"{name}@example.com",), name))]) == ["invited"]
    assert told([await acme.founder.does(Invite(("manager@example.com",), "manager"))]) == ["waiting-code"]


@pytest.mark.seed("002-10", "002-21")
async def test_a_user_manager_changes_roles_at_any_time(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation")
    manager, user = await acme.member("manager"), await acme.member("user")
    for name in ("viewer", "user", "viewer"):
        assert told([await manager.does(ChangeRole(user.person, name))]) == ["role-changed"]
        assert (await user.desk()).role == name
    request = await manager.asks(ChangeRole(user.person, "admin"))
    assert told([await acme.founder.does(Approve(request))]) == ["approved"]
    assert why(await manager.does(ChangeRole(user.person, "owner"))) == "may-not-give"


@pytest.mark.seed("002-22")
async def test_the_account_must_be_activated_by_the_link(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation")
    invitation = await acme.invitation("ada@example.com", "user", by=acme.founder)
    stranger = replace(await acme.stranger(), id=await acme.member_of(invitation))
    assert why(await stranger.does(RequestAccess("manager", "let me in"))) == "not-connected"
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    assert told([await acme.accepts(token, prepared)]) == ["accepted"]
    assert await acme.usher.queries.people(await acme.founder.desk(), "ada@example.com", status="active")


# 003: mondoo ----------------------------------------------------------------------------------------------------------


@pytest.mark.seed("003-01", "003-38", "003-40", "003-41", "003-42", "003-43", "003-44")
async def test_mondoo_lists_resends_and_revokes_the_invitations_of_organization_and_space(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    await acme.makes_spaces("Lab")
    here = await acme.invitation("here@example.com", "viewer", by=acme.founder)
    there = await acme.invitation("there@example.com", "viewer", space="Lab", by=acme.founder)
    desk = await acme.founder.desk()
    listed = (await acme.usher.queries.invitations(desk)).rows
    assert {(row.id, row.space, row.state) for row in listed} == {(here, None, "pending"), (there, "Lab", "pending")}
    assert [row.id for row in (await acme.usher.queries.invitations(desk, space="Lab")).rows] == [there]
    await acme.founder.does(Resend(there))
    await acme.founder.does(Revoke(here))
    states = {row.id: row.state for row in (await acme.usher.queries.invitations(desk)).rows}
    assert states == {here: "revoked", there: "pending"}
    acme.clock.pass_by(days=7)
    states = {row.id: row.state for row in (await acme.usher.queries.invitations(desk)).rows}
    assert states == {here: "revoked", there: "expired"}


@pytest.mark.seed("003-40", "003-45")
async def test_mondoo_gives_roles_in_one_space_and_nowhere_else(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    await acme.makes_spaces("Lab", "Office")
    ada = await acme.member("viewer", space="Lab")
    assert (await ada.desk()).role is None
    access = await acme.usher.queries.access(await ada.desk())
    assert [(one.role, one.space) for one in access] == [("viewer", "Lab")]
    request = await acme.founder.does(ChangeRole(ada.person, "viewer", space="Office"))
    assert told([request]) == ["role-changed"]
    assert told([await acme.founder.does(ChangeRole(ada.person, "viewer"))]) == ["role-changed"]
    access = await acme.usher.queries.access(await ada.desk())
    assert {(one.role, one.space) for one in access} == {("viewer", "Lab"), ("viewer", "Office"), ("viewer", None)}


# 004: resplendent -----------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-22", "004-23", "004-24")
async def test_resplendent_changes_roles_and_new_permissions_apply_immediately(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resplendent")
    ada = await acme.member("admin")
    bob, cleo = await acme.member("member"), await acme.member("member")
    assert why(await bob.does(Deactivate(cleo.person))) == "may-not"
    await acme.operator(ChangeRole(bob.person, "admin"))
    assert told([await bob.does(Deactivate(cleo.person))]) == ["status-changed"]
    await acme.operator(ChangeRole(bob.person, "member"))
    assert why(await bob.does(Reactivate(cleo.person))) == "may-not"
    assert told([await ada.does(ChangeRole(bob.person, "staff"))]) == ["role-changed"]
    assert why(await ada.does(ChangeRole(bob.person, "guest"))) == "unknown-role"
    assert why(await ada.does(ChangeRole(bob.person, "giga_admin"))) == "may-not-give"


@pytest.mark.seed("004-85", "004-86", "004-87", "004-91", "004-93")
async def test_a_deactivated_user_can_do_nothing_until_reactivated(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resplendent")
    ada, bob = await acme.member("admin"), await acme.member("staff")
    assert told([await ada.does(Deactivate(bob.person))]) == ["status-changed"]
    assert (await bob.desk()).status == "deactivated"
    assert {why(await bob.does(act)) for act in (OpenSetup(), RequestAccess("admin", "why not"))} == {"not-active"}
    assert told([await ada.does(Reactivate(bob.person))]) == ["status-changed"]
    assert ((await bob.desk()).status, (await bob.desk()).role) == ("active", "staff")
    assert told([await bob.does(OpenSetup())]) == ["link-ready"]


@pytest.mark.seed("004-92", "004-94", "004-95", "004-96")
async def test_resending_is_for_the_invited_and_its_new_mail_kills_the_previous_link(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resplendent")
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email, "member", by=acme.founder)
    before = await acme.link(invitation)
    assert told([await acme.founder.does(Resend(invitation))]) == ["invitation-changed"]
    assert [mail.version for mail in await mails(acme)] == [1, 2]
    assert await acme.usher.queries.link_page("invitation", before) is None
    assert await acme.usher.queries.link_page("invitation", await acme.link(invitation))
    assert told([await ada.does(AcceptInSlack(invitation))]) == ["accepted"]
    assert why(await acme.founder.does(Resend(invitation))) == "invitation-gone"


# The main flows, once in each catalogue -------------------------------------------------------------------------------

STORIES = {  # the role that is invited, a higher one that manages members, and who asks for what
    "automation": ("user", "manager", "viewer"),
    "mondoo": ("viewer", "editor", None),
    "imaging": ("member", "admin", "guest"),
    "resplendent": ("staff", "admin", "member"),
    "resmo": ("user", "admin", None),
    "default": ("member", "admin", "guest"),
}


@pytest.mark.parametrize(("catalogue", "roles"), STORIES.items(), ids=STORIES)
async def test_the_main_flows_run_in_every_catalogue(
    database_url: str, catalogue: str, roles: tuple[str, str, str | None]
) -> None:
    low, high, lowest = roles
    acme = await organization(database_url, catalogue=catalogue, factor=True)
    root = acme.founder
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email, low, by=root)
    assert told([await root.does(Resend(invitation))]) == ["invitation-changed"]
    ada = await acme.joined(ada, invitation, factor=True)
    request = await root.asks(ChangeRole(ada.person, high))
    assert told([await root.approves(request)]) == ["approved"]
    bob = await acme.member(low)
    wish = await bob.asks(RequestAccess(high, "to help"))
    raised = result(await root.approves(wish), Approved).result
    assert (raised.kind, (await bob.desk()).role) == ("role-changed", high)
    lowering = await root.asks(ChangeRole(bob.person, low))
    assert told([await ada.approves(lowering)]) == ["approved"]
    if lowest:
        assert told([await root.does(ChangeRole(bob.person, lowest))]) == ["role-changed"]
    assert told([await ada.does(Deactivate(bob.person))]) == ["status-changed"]
    assert told([await ada.does(Reactivate(bob.person))]) == ["status-changed"]
    assert why(await acme.operator(Deactivate(root.person))) == "last-holder"
    assert await acme.chain_is_broken() is None
