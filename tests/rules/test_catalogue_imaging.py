"""What seed 001 says of roles, held against the catalogue that follows it."""

import pytest

from handlers.catalogue import Catalogue
from handlers.catalogue_words import ORGANIZATION_PERMISSIONS, SPACE_PERMISSIONS
from tests.rules.reading import DEFAULT, IMAGING, holders, role

MEMBERS = {name for name in ORGANIZATION_PERMISSIONS if name.startswith("members:")}


@pytest.mark.seed("001-28")
def test_there_are_system_roles_and_project_roles() -> None:
    assert list(IMAGING.organization) == ["super_admin", "admin", "member", "guest"]
    assert list(IMAGING.space) == ["owner", "editor", "viewer"]
    assert IMAGING.words.space == "project"


@pytest.mark.seed("001-34", "001-38")
def test_a_super_admin_may_do_everything() -> None:
    top = role(IMAGING, "super_admin")
    assert top.permissions == set(ORGANIZATION_PERMISSIONS)
    assert top.in_spaces == set(SPACE_PERMISSIONS)
    assert top.on_resources == {"image:read", "image:scan", "image:update", "image:delete"}
    assert top.acts_on == set(IMAGING.organization)


@pytest.mark.seed("001-29", "001-35", "001-42")
@pytest.mark.parametrize("name", ["super_admin", "admin"])
def test_both_admin_roles_reach_everything(name: str) -> None:
    assert role(IMAGING, name).reaches == {"everything"}
    assert IMAGING.allows(role(IMAGING, name), "resources:see-all")


@pytest.mark.seed("001-36")
def test_the_first_registered_user_is_a_super_admin() -> None:
    assert IMAGING.top.id == "super_admin"


@pytest.mark.seed("001-37", "001-41")
@pytest.mark.parametrize("catalogue", [IMAGING, DEFAULT], ids=["imaging", "default"])
def test_only_super_admins_make_super_admins(catalogue: Catalogue) -> None:
    assert [one.id for one in catalogue.organization.values() if "super_admin" in one.gives] == ["super_admin"]


@pytest.mark.seed("001-39", "001-40")
def test_an_admin_lacks_only_what_ends_or_hands_over_the_organization() -> None:
    lacking = IMAGING.lacks(role(IMAGING, "admin"), role(IMAGING, "super_admin"))
    assert lacking == {"organization:close", "organization:delete", "organization:transfer", "space:access"}


@pytest.mark.seed("001-20")
def test_both_admin_roles_delete_another_users_data() -> None:
    assert holders(IMAGING, IMAGING.needs["delete-data"]) == ["super_admin", "admin"]


@pytest.mark.seed("001-22", "001-23")
def test_deleting_data_deletes_images() -> None:
    assert [name for name, kind in IMAGING.kinds.items() if kind.owned] == ["image"]


@pytest.mark.seed("001-24")
def test_members_delete_their_own_data() -> None:
    assert IMAGING.rules.deletes_own_data


@pytest.mark.seed("001-18", "001-19")
def test_a_password_reset_generates_a_password() -> None:
    assert IMAGING.rules.password_reset == "generate"


@pytest.mark.seed("001-43", "001-44")
def test_members_create_projects_and_add_and_scan_images() -> None:
    member = role(IMAGING, "member")
    assert member.permissions == {"spaces:create", "resources:create"}
    assert IMAGING.allows(member, "image:scan")


@pytest.mark.seed("001-45", "001-46")
def test_members_reach_what_is_their_own_and_where_they_are_invited() -> None:
    assert role(IMAGING, "member").reaches == {"own", "invited"}
    assert not role(IMAGING, "member").in_spaces


@pytest.mark.seed("001-47", "001-48", "001-51", "001-52")
@pytest.mark.parametrize("name", ["member", "guest"])
def test_members_and_guests_have_no_part_in_user_management(name: str) -> None:
    one = role(IMAGING, name)
    assert not one.permissions & MEMBERS
    assert not one.gives
    assert not one.invites


@pytest.mark.seed("001-49", "001-50")
def test_guests_only_read_and_only_where_they_are_invited() -> None:
    guest = role(IMAGING, "guest")
    assert not guest.permissions
    assert guest.on_resources == {"image:read"}
    assert guest.reaches == {"invited"}


@pytest.mark.seed("001-49")
@pytest.mark.parametrize("catalogue", [IMAGING, DEFAULT], ids=["imaging", "default"])
@pytest.mark.parametrize("given", ["owner", "editor", "viewer"])
def test_a_guest_counts_as_viewer_at_most(catalogue: Catalogue, given: str) -> None:
    may = catalogue.in_space(role(catalogue, "guest"), role(catalogue, given, "space"))
    viewer = role(catalogue, "viewer", "space")
    assert may == viewer.permissions | viewer.on_resources


@pytest.mark.seed("001-53")
@pytest.mark.parametrize("name", ["super_admin", "admin"])
def test_both_admin_roles_change_system_roles(name: str) -> None:
    assert IMAGING.allows(role(IMAGING, name), IMAGING.needs["change-role"])


@pytest.mark.seed("001-54")
def test_whoever_creates_a_project_owns_it() -> None:
    assert IMAGING.space_top == role(IMAGING, "owner", "space")


@pytest.mark.seed("001-55", "001-56", "001-57", "001-58", "001-59", "001-60")
def test_owners_control_the_project_completely() -> None:
    assert role(IMAGING, "owner", "space").permissions == set(SPACE_PERMISSIONS)


@pytest.mark.seed("001-61", "001-65", "001-69", "001-70", "001-71", "001-72", "001-73")
def test_of_the_project_roles_only_owners_manage_access() -> None:
    for change in ("list", "invite", "change-role", "remove"):
        permission = IMAGING.space_needs[change]
        assert [one.id for one in IMAGING.space.values() if IMAGING.allows(one, permission)] == ["owner"]
    assert [one.id for one in IMAGING.space.values() if one.gives | one.acts_on] == ["owner"]


@pytest.mark.seed("001-61")
@pytest.mark.parametrize("catalogue", [IMAGING, DEFAULT], ids=["imaging", "default"])
def test_of_the_system_roles_only_the_highest_manages_access(catalogue: Catalogue) -> None:
    held = [one.id for one in catalogue.organization.values() if "space:access" in one.in_spaces]
    giving = [one.id for one in catalogue.organization.values() if one.gives_in_spaces]
    assert held == giving == ["super_admin"]


@pytest.mark.seed("001-62", "001-63", "001-64")
def test_editors_manage_resources_export_and_update_but_neither_scan_nor_delete() -> None:
    editor = role(IMAGING, "editor", "space")
    assert editor.permissions == {
        "space:read",
        "resources:add",
        "resources:manage",
        "reports:export",
        "updates:run",
    }
    assert "image:scan" not in editor.on_resources


@pytest.mark.seed("001-66", "001-67", "001-68")
def test_viewers_only_read() -> None:
    viewer = role(IMAGING, "viewer", "space")
    assert viewer.permissions == {"space:read"}
    assert viewer.on_resources == {"image:read"}
