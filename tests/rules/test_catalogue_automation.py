"""What seed 002 says of roles, held against the catalogue that follows it."""

import pytest

from handlers.catalogue import Change
from tests.rules.reading import AUTOMATION, holders, role, waits


@pytest.mark.seed("002-02")
def test_there_are_six_roles_made_of_profiles() -> None:
    assert list(AUTOMATION.organization) == ["root", "owner", "admin", "manager", "user", "viewer"]


@pytest.mark.seed("002-03", "002-04", "002-13")
def test_root_manages_organizations_and_holds_all_the_rest() -> None:
    root = role(AUTOMATION, "root")
    assert root.permissions == set(AUTOMATION.permissions["organization"])
    assert holders(AUTOMATION, "organization:manage") == ["root"]
    assert all(not AUTOMATION.lacks(root, one) for one in AUTOMATION.organization.values())


@pytest.mark.seed("002-05", "002-12", "002-14", "002-15", "002-18")
def test_only_full_access_sees_all_resources() -> None:
    seeing = [one.id for one in AUTOMATION.organization.values() if "everything" in one.reaches]
    holding = holders(AUTOMATION, "resources:see-all")
    assert seeing == holding == ["root", "owner", "admin"]


@pytest.mark.seed("002-11", "002-16", "002-17", "002-18", "002-23")
@pytest.mark.parametrize("name", ["manager", "user", "viewer"])
def test_everybody_else_reaches_what_lists_them(name: str) -> None:
    assert role(AUTOMATION, name).reaches == {"listed"}


@pytest.mark.seed("002-06", "002-17")
def test_a_viewer_views_tasks_monitors_and_logs() -> None:
    assert role(AUTOMATION, "viewer").on_resources == {"task:view", "monitor:view", "log:view"}


@pytest.mark.seed("002-07", "002-14", "002-15", "002-16", "002-18")
def test_everybody_but_the_viewer_executes_tasks() -> None:
    executing = holders(AUTOMATION, "task:execute")
    assert executing == ["root", "owner", "admin", "manager", "user"]


@pytest.mark.seed("002-16")
def test_a_user_holds_nothing_but_view_and_execution() -> None:
    user = role(AUTOMATION, "user")
    assert not user.permissions
    assert user.on_resources == {"task:view", "monitor:view", "log:view", "task:execute"}


@pytest.mark.seed("002-08", "002-14", "002-15", "002-24")
@pytest.mark.parametrize("permission", ["resources:create", "task:modify", "task:script", "task:share"])
def test_create_and_modify_is_for_root_owner_and_admin(permission: str) -> None:
    assert holders(AUTOMATION, permission) == ["root", "owner", "admin"]


@pytest.mark.seed("002-09", "002-14", "002-15", "002-18", "002-19", "002-21")
@pytest.mark.parametrize("change", ["invite", "edit", "change-role", "remove", "deactivate", "delete"])
def test_user_administration_is_for_root_owner_and_manager_not_for_admins(change: Change) -> None:
    assert holders(AUTOMATION, AUTOMATION.needs[change]) == ["root", "owner", "manager"]


@pytest.mark.seed("002-10")
@pytest.mark.parametrize("name", ["owner", "manager"])
def test_a_user_administrator_gives_admin_manager_user_and_viewer(name: str) -> None:
    assert role(AUTOMATION, name).gives == {"admin", "manager", "user", "viewer"}


@pytest.mark.seed("002-10")
def test_a_manager_who_makes_an_admin_gives_more_than_they_hold() -> None:
    lacking = AUTOMATION.lacks(role(AUTOMATION, "manager"), role(AUTOMATION, "admin"))
    assert {"resources:see-all", "resources:create"} <= lacking
    assert not AUTOMATION.lacks(role(AUTOMATION, "manager"), role(AUTOMATION, "user"))
    assert (frozenset({"gives more than held"}), None, 1, False) in waits(AUTOMATION, "change-role")


@pytest.mark.seed("002-20")
@pytest.mark.parametrize("name", ["root", "owner", "manager"])
def test_no_invitation_offers_owner_or_root(name: str) -> None:
    assert role(AUTOMATION, name).invites == ("admin", "manager", "user", "viewer")


@pytest.mark.seed("002-13", "002-14")
def test_root_stands_above_owner() -> None:
    assert AUTOMATION.top.id == "root"
    assert "root" not in role(AUTOMATION, "owner").gives | role(AUTOMATION, "owner").acts_on


@pytest.mark.seed("002-25")
def test_being_listed_gives_no_more_than_the_role_holds() -> None:
    assert not AUTOMATION.allows(role(AUTOMATION, "viewer"), "task:execute")


@pytest.mark.seed("002-27")
def test_plain_addresses_can_be_notified() -> None:
    assert AUTOMATION.rules.notify_only_addresses
