"""What was decided for the default, and for all catalogues alike."""

import pytest

from handlers.catalogue import Catalogue, load, shipped
from handlers.catalogue_words import ORGANIZATION_PERMISSIONS
from tests.rules.reading import DEFAULT, role, waits

MEMBERS = {name for name in ORGANIZATION_PERMISSIONS if name.startswith("members:")}


def test_the_table_of_roles_stands_as_it_was_decided() -> None:
    of_admin = {"organization:manage", "spaces:create", "spaces:delete", "audit:read", "resources:see-all"}
    of_manager = {"list", "invite", "edit", "role", "remove", "deactivate", "reset"}
    assert {name: (one.rank, one.permissions) for name, one in DEFAULT.organization.items()} == {
        "super_admin": (40, set(ORGANIZATION_PERMISSIONS)),
        "admin": (30, MEMBERS | of_admin | {"resources:create"}),
        "manager": (20, {f"members:{what}" for what in of_manager} | {"audit:read"}),
        "member": (10, {"spaces:create", "resources:create"}),
        "guest": (0, set()),
    }


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("super_admin", {"super_admin", "admin", "manager", "member", "guest"}),
        ("admin", {"admin", "manager", "member", "guest"}),
        ("manager", {"member", "guest"}),
        ("member", set[str]()),
        ("guest", set[str]()),
    ],
)
def test_a_role_acts_on_whom_it_could_have_made(name: str, given: set[str]) -> None:
    one = role(DEFAULT, name)
    assert one.gives == one.acts_on == set(one.invites) == given


def test_a_manager_who_makes_a_member_gives_more_than_they_hold() -> None:
    lacking = DEFAULT.lacks(role(DEFAULT, "manager"), role(DEFAULT, "member"))
    assert lacking == {"spaces:create", "resources:create"}
    assert not DEFAULT.lacks(role(DEFAULT, "manager"), role(DEFAULT, "guest"))


@pytest.mark.parametrize("given", ["owner", "editor", "viewer"])
def test_a_member_who_owns_a_space_gives_nothing_there_that_they_do_not_hold(given: str) -> None:
    held = DEFAULT.in_space(role(DEFAULT, "member"), role(DEFAULT, "owner", "space"))
    assert not DEFAULT.lacks(role(DEFAULT, "member"), role(DEFAULT, given, "space")) - held


def test_it_stands_on_the_highest_plan() -> None:
    assert DEFAULT.plan_at_setup == DEFAULT.plans[-1] == "starship"


EVERY = pytest.mark.parametrize("catalogue", [load(name) for name in shipped()], ids=shipped())


@EVERY
def test_privileged_changes_wait_as_it_was_decided(catalogue: Catalogue) -> None:
    managing, target = frozenset({"result manages members"}), frozenset({"target manages members"})
    more = (frozenset({"gives more than held"}), None, 1, False)
    always = frozenset[str]()
    expected = {
        "invite": {(managing, None, 1, True), more},
        "import": {(managing, None, 1, True), (always, 25, 1, False), more},
        "change-role": {
            (managing | {"raises"}, None, 1, True),
            (target | {"lowers"}, None, 1, False),
            more,
        },
        "permissions": {more},
        "deactivate": {(target, None, 1, False)},
        "remove": {(target, None, 1, False)},
        "reset-2fa": {(target, None, 1, True)},
        "reset-password": {(target, None, 1, True)},
        "delete": {(always, None, 1, True)},
        "delete-data": {(always, None, 1, True)},
        "enforce-2fa-off": {(always, None, 2, True)},
        "close": {(always, None, 2, True)},
        "transfer": {(always, None, 2, True)},
        "request-access": {(always, None, 1, False), (managing, None, 1, True)},
    }
    changes: set[str] = {one.change for one in catalogue.privileged}
    assert {change: waits(catalogue, change) for change in changes} == expected


@EVERY
def test_the_highest_role_can_do_all_that_anybody_can(catalogue: Catalogue) -> None:
    assert all(not catalogue.lacks(catalogue.top, one) for one in catalogue.organization.values())
    assert catalogue.top.acts_on >= catalogue.organization.keys() - {catalogue.top.id}


@EVERY
def test_nobody_but_the_highest_role_gives_or_touches_it(catalogue: Catalogue) -> None:
    others = [one for one in catalogue.organization.values() if one is not catalogue.top]
    assert all(catalogue.top.id not in one.gives | one.acts_on for one in others)


@EVERY
def test_no_invitation_offers_what_its_sender_may_not_give(catalogue: Catalogue) -> None:
    assert all(set(one.invites) <= one.gives for one in catalogue.organization.values())
