"""What seed 000 says of roles, held against the catalogue that follows it."""

import pytest

from tests.rules.reading import RESMO, holders, role


@pytest.mark.seed("000-02")
def test_there_are_exactly_three_roles() -> None:
    assert list(RESMO.organization) == ["owner", "admin", "user"]
    assert not RESMO.space


@pytest.mark.seed("000-03")
def test_there_is_one_owner_whom_only_a_transfer_moves() -> None:
    assert RESMO.top.id == "owner"
    assert RESMO.top.exactly_one
    assert all("owner" not in one.gives and "owner" not in one.acts_on for one in RESMO.organization.values())
    assert RESMO.allows(RESMO.top, "organization:transfer")
    assert not RESMO.allows(role(RESMO, "admin"), "organization:transfer")


@pytest.mark.seed("000-04")
def test_owners_and_admins_see_the_users_and_users_do_not() -> None:
    assert holders(RESMO, RESMO.needs["list"]) == ["owner", "admin"]


@pytest.mark.seed("000-06")
def test_an_admin_changes_every_role_but_the_owners() -> None:
    admin = role(RESMO, "admin")
    assert RESMO.allows(admin, RESMO.needs["change-role"])
    assert admin.gives == admin.acts_on == {"admin", "user"}


@pytest.mark.seed("000-10")
def test_an_invitation_assigns_a_role() -> None:
    assert role(RESMO, "owner").invites == role(RESMO, "admin").invites == ("admin", "user")


@pytest.mark.seed("000-03")
def test_a_user_only_reads() -> None:
    user = role(RESMO, "user")
    assert not user.permissions | user.in_spaces | user.on_resources | user.gives | user.acts_on
