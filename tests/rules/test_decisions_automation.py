"""Seed 002 as questions: six profiles, six roles made of them, and lists that show a resource to somebody."""

from __future__ import annotations

import pytest

from handlers.decisions import Subject
from tests.rules.deciding import ORGANIZATION, actions, asked, held, may, somebody, thing
from tests.rules.reading import AUTOMATION

ROOT, OWNER, ADMIN = somebody("root"), somebody("owner"), somebody("admin")
MANAGER, USER, VIEWER = somebody("manager"), somebody("user"), somebody("viewer")
BY_NAME = {"root": ROOT, "owner": OWNER, "admin": ADMIN, "manager": MANAGER, "user": USER, "viewer": VIEWER}
USER_ADMIN = {f"members:{one}" for one in ("list", "invite", "edit", "role", "remove", "deactivate", "delete", "reset")}
KINDS = ("task", "monitor", "log")


def listed(role: str) -> Subject:
    """On the list of the resource."""
    return somebody(role, held("resource", "r1"))


@pytest.mark.seed("002-03", "002-04", "002-13")
def test_full_control_manages_organizations_and_may_all_else() -> None:
    assert actions(AUTOMATION, ROOT, ORGANIZATION) == set(AUTOMATION.permissions["organization"])
    for name, who in BY_NAME.items():
        manages = {"organization:manage", "organization:create", "organization:delete"}
        assert bool(actions(AUTOMATION, who, ORGANIZATION) & manages) is (name == "root")
    for kind in KINDS:
        assert actions(AUTOMATION, ROOT, thing(kind)) == {"view", "execute", "modify", "share", "script"}


@pytest.mark.seed("002-05", "002-12")
@pytest.mark.parametrize("kind", KINDS)
def test_only_full_access_sees_what_does_not_list_them(kind: str) -> None:
    seeing = [name for name, who in BY_NAME.items() if may(AUTOMATION, who, "view", thing(kind))]
    assert seeing == ["root", "owner", "admin"]
    assert [n for n, who in BY_NAME.items() if may(AUTOMATION, who, "resources:see-all", ORGANIZATION)] == seeing


@pytest.mark.seed("002-06", "002-11", "002-23", "002-24", "002-25")
@pytest.mark.parametrize(
    ("role", "opens"), [("manager", {"view", "execute"}), ("user", {"view", "execute"}), ("viewer", {"view"})]
)
def test_a_list_shows_it_and_the_role_says_what_may_be_done(role: str, opens: set[str]) -> None:
    assert actions(AUTOMATION, somebody(role), thing("task")) == set()
    assert actions(AUTOMATION, listed(role), thing("task")) == opens
    in_group = somebody(role, held("group", "g1"))
    assert actions(AUTOMATION, in_group, thing("task", groups=("g1",))) == opens
    assert actions(AUTOMATION, in_group, thing("task", groups=("g2",))) == set()
    for kind in ("monitor", "log"):
        assert actions(AUTOMATION, listed(role), thing(kind)) == {"view"}


@pytest.mark.seed("002-07")
def test_execution_runs_tasks_and_nothing_else() -> None:
    for name, who in BY_NAME.items():
        assert may(AUTOMATION, listed(name), "execute", thing("task")) is (name != "viewer")
        assert may(AUTOMATION, who, "execute", thing("monitor")) is (name == "root")


@pytest.mark.seed("002-08")
def test_create_and_modify_belongs_to_those_above_the_manager() -> None:
    for name, who in BY_NAME.items():
        modifies = name in ("root", "owner", "admin")
        assert may(AUTOMATION, who, "resources:create", ORGANIZATION) is modifies
        for kind in ("task", "monitor"):
            changes = actions(AUTOMATION, listed(name), thing(kind)) & {"modify", "share", "script"}
            assert bool(changes) is modifies
            assert not modifies or changes == {"modify", "share", "script"}


@pytest.mark.seed("002-09", "002-10", "002-21")
def test_user_admin_adds_changes_and_deletes_users() -> None:
    for name, who in BY_NAME.items():
        expected = USER_ADMIN if name in ("root", "owner", "manager") else set[str]()
        assert actions(AUTOMATION, who, ORGANIZATION) & USER_ADMIN == expected


@pytest.mark.seed("002-02", "002-14", "002-15", "002-16", "002-17", "002-18")
@pytest.mark.parametrize(
    ("role", "organization", "unlisted"),
    [
        (
            "owner",
            USER_ADMIN | {"resources:see-all", "resources:create"},
            {"view", "execute", "modify", "share", "script"},
        ),
        ("admin", {"resources:see-all", "resources:create"}, {"view", "execute", "modify", "share", "script"}),
        ("manager", USER_ADMIN, set[str]()),
        ("user", set[str](), set[str]()),
        ("viewer", set[str](), set[str]()),
    ],
)
def test_each_role_is_the_profiles_it_is_made_of(role: str, organization: set[str], unlisted: set[str]) -> None:
    assert actions(AUTOMATION, somebody(role), ORGANIZATION) == organization
    assert actions(AUTOMATION, somebody(role), thing("task")) == unlisted


@pytest.mark.seed("002-23")
def test_what_one_registered_is_seen_by_its_list_too() -> None:
    assert asked(AUTOMATION, USER, "view", thing("task", mine=True)).decided.code == "not-seen"
