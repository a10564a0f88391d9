"""Seed 001 as questions: who may what in the application, in a project, and with an image."""

from __future__ import annotations

import pytest

from handlers.decisions import Subject
from tests.rules.deciding import IN as LAB
from tests.rules.deciding import ORGANIZATION, SPACE, asked, held, may, somebody, thing
from tests.rules.reading import IMAGING

SUPER, ADMIN, MEMBER, GUEST = (somebody(role) for role in ("super_admin", "admin", "member", "guest"))
OWNER, EDITOR, VIEWER = (somebody("member", here=role) for role in ("owner", "editor", "viewer"))
GUEST_IN, GUEST_MADE_OWNER = somebody("guest", here="viewer"), somebody("guest", here="owner")
EVERYBODY = (SUPER, ADMIN, MEMBER, GUEST, OWNER, EDITOR, VIEWER, GUEST_IN)
MINE, OTHERS = thing("image", mine=True), thing("image")
MINE_THERE, OTHERS_THERE = thing("image", space=LAB, mine=True), thing("image", space=LAB)
MANAGING = [name for name in IMAGING.permissions["organization"] if name.startswith("members:")]


def may_any(who: Subject, *actions: str, space: bool = False) -> set[str]:
    return {one for one in actions if may(IMAGING, who, one, SPACE if space else ORGANIZATION)}


@pytest.mark.seed("001-28", "001-29", "001-34", "001-38")
def test_super_admins_may_everything_everywhere() -> None:
    assert may_any(SUPER, *IMAGING.permissions["organization"]) == set(IMAGING.permissions["organization"])
    assert may_any(SUPER, *IMAGING.permissions["space"], space=True) == set(IMAGING.permissions["space"])
    assert "organization:close" in may_any(SUPER, "organization:close")


@pytest.mark.seed("001-35", "001-42")
@pytest.mark.parametrize("who", [SUPER, ADMIN])
def test_both_kinds_of_admin_see_and_change_every_image_without_an_invitation(who: Subject) -> None:
    for image in (MINE, OTHERS, OTHERS_THERE):
        assert all(may(IMAGING, who, action, image) for action in ("read", "scan", "update", "delete"))


@pytest.mark.seed("001-38", "001-39", "001-40", "001-41")
def test_admins_may_all_that_super_admins_may_but_close_hand_over_or_delete_an_organization() -> None:
    whole = set(IMAGING.permissions["organization"])
    assert whole - may_any(ADMIN, *whole) == {"organization:close", "organization:transfer", "organization:delete"}


@pytest.mark.seed("001-43", "001-44")
def test_members_create_projects_and_add_and_scan_images() -> None:
    assert may_any(MEMBER, "spaces:create", "resources:create") == {"spaces:create", "resources:create"}
    assert may(IMAGING, MEMBER, "scan", MINE)


@pytest.mark.seed("001-45")
def test_members_see_and_act_on_their_own_images_alone() -> None:
    for action in ("read", "scan", "update", "delete"):
        assert may(IMAGING, MEMBER, action, MINE)
        assert not may(IMAGING, MEMBER, action, OTHERS)
        assert not may(IMAGING, MEMBER, action, OTHERS_THERE)


@pytest.mark.seed("001-46", "001-50", "001-67")
@pytest.mark.parametrize(("outside", "inside"), [(MEMBER, VIEWER), (GUEST, GUEST_IN)])
def test_a_project_is_open_only_to_whom_it_invited(outside: Subject, inside: Subject) -> None:
    assert not may(IMAGING, outside, "space:read", SPACE)
    assert not may(IMAGING, outside, "read", OTHERS_THERE)
    assert may(IMAGING, inside, "space:read", SPACE)
    assert may(IMAGING, inside, "read", OTHERS_THERE)


@pytest.mark.seed("001-47", "001-48", "001-51", "001-52")
@pytest.mark.parametrize("who", [MEMBER, GUEST, OWNER, GUEST_IN])
def test_members_and_guests_have_nothing_to_do_with_user_management(who: Subject) -> None:
    assert may_any(who, *MANAGING) == set()


@pytest.mark.seed("001-49")
@pytest.mark.parametrize("who", [GUEST, GUEST_IN, GUEST_MADE_OWNER])
def test_guests_only_read_whatever_a_project_gives_them(who: Subject) -> None:
    assert may_any(who, *IMAGING.permissions["organization"]) == set()
    assert may_any(who, *IMAGING.permissions["space"], space=True) <= {"space:read"}
    for image in (MINE_THERE, OTHERS_THERE):
        assert not any(may(IMAGING, who, action, image) for action in ("scan", "update", "delete"))


@pytest.mark.seed("001-30", "001-31")
def test_a_project_role_counts_in_the_projects_where_it_was_given() -> None:
    both = somebody("member", held("role", "viewer", "space-2"), here="owner")
    assert may(IMAGING, both, "space:delete", SPACE)
    assert not may(IMAGING, somebody("member", held("role", "owner", "space-2")), "space:read", SPACE)


OWNERS = {
    *("space:read", "space:rename", "space:delete", "space:access", "resources:add", "resources:manage"),
    *("reports:export", "scans:run", "updates:run"),
}


@pytest.mark.seed("001-54", "001-55", "001-56", "001-57", "001-58", "001-59", "001-60")
def test_owners_may_everything_in_their_project() -> None:
    assert may_any(OWNER, *IMAGING.permissions["space"], space=True) == OWNERS
    assert all(may(IMAGING, OWNER, action, OTHERS_THERE) for action in ("read", "scan", "update", "delete"))


@pytest.mark.seed("001-61")
def test_only_owners_manage_access_to_a_project_beside_the_highest_role() -> None:
    assert [who for who in EVERYBODY if may(IMAGING, who, "space:access", SPACE)] == [SUPER, OWNER]


@pytest.mark.seed("001-62", "001-63", "001-64", "001-65")
def test_editors_manage_resources_reports_and_updates_and_neither_scan_nor_delete_nor_let_in() -> None:
    assert may_any(EDITOR, *IMAGING.permissions["space"], space=True) == {
        "space:read",
        "resources:add",
        "resources:manage",
        "reports:export",
        "updates:run",
    }
    assert may(IMAGING, EDITOR, "update", OTHERS_THERE)
    assert not may(IMAGING, EDITOR, "scan", OTHERS_THERE)


@pytest.mark.seed("001-66", "001-68", "001-69")
def test_viewers_only_look() -> None:
    assert may_any(VIEWER, *IMAGING.permissions["space"], space=True) == {"space:read"}
    assert [
        action for action in ("read", "scan", "update", "delete") if may(IMAGING, VIEWER, action, OTHERS_THERE)
    ] == ["read"]


@pytest.mark.seed("001-45", "001-67")
def test_inside_a_project_its_role_rules_even_over_what_is_ones_own() -> None:
    """K3."""
    assert not may(IMAGING, VIEWER, "delete", MINE_THERE)
    assert may(IMAGING, VIEWER, "delete", MINE)
    decision = asked(IMAGING, VIEWER, "delete", MINE_THERE)
    assert [reason.code for reason in decision.reasons] == ["sees-own", "sees-in-space", "space-role-lacks"]
