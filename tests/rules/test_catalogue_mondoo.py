"""What seed 003 says of roles, held against the catalogue that follows it."""

import pytest

from handlers.catalogue import Catalogue, Scope
from tests.rules.reading import DEFAULT, MONDOO, role

BOTH_LEVELS = pytest.mark.parametrize("scope", ["organization", "space"])


VIEWER = {
    "assets:read",
    "frameworks:read",
    "dashboards:read",
    "exceptions:read",
    "findings:read",
    "reports:read",
    "tickets:read",
}
ADDONS = {
    "Exception Reviewer": {"exceptions:approve"},
    "Exception Requester": {"exceptions:create"},
    "Integrations Manager": {"integrations:add", "integrations:remove", "integrations:modify"},
    "Policy Editor": {"policies:edit"},
    "Policy Manager": {"policies:add", "policies:remove", "policies:activate", "policies:deactivate"},
    "Query Pack Editor": {"query_packs:edit"},
    "Query Pack Manager": {"query_packs:add", "query_packs:remove"},
    "SLA Manager": {"slas:modify"},
    "Ticket Creator": {"tickets:create"},
    "Ticket Manager": {"tickets:create", "tickets:remove"},
}


@pytest.mark.seed("003-01", "003-04")
@BOTH_LEVELS
def test_there_are_three_base_roles_at_either_level(scope: Scope) -> None:
    roles = MONDOO.organization if scope == "organization" else MONDOO.space
    assert list(roles) == ["owner", "editor", "viewer"]


@pytest.mark.seed("003-02", "003-03")
@pytest.mark.parametrize("name", ["owner", "editor", "viewer"])
def test_organization_members_may_in_every_space_what_they_may_in_the_organization(name: str) -> None:
    one = role(MONDOO, name)
    assert one.reaches == {"all-spaces"}
    assert MONDOO.in_space(one, None) == one.permissions


@pytest.mark.seed("003-01", "003-40")
def test_somebody_can_be_in_a_space_alone() -> None:
    assert not MONDOO.rules.organization_role_required
    editor = role(MONDOO, "editor", "space")
    assert MONDOO.in_space(None, editor) == editor.permissions


@pytest.mark.seed("003-05", "003-06", "003-07", "003-08", "003-09", "003-10", "003-11", "003-12")
@BOTH_LEVELS
def test_a_viewer_reads_and_does_nothing_else(scope: Scope) -> None:
    assert role(MONDOO, "viewer", scope).permissions == VIEWER


@BOTH_LEVELS
@pytest.mark.parametrize(
    "permissions",
    [
        pytest.param("assets:add assets:remove", marks=pytest.mark.seed("003-14")),
        pytest.param("frameworks:add frameworks:remove frameworks:modify", marks=pytest.mark.seed("003-15")),
        pytest.param("exceptions:create exceptions:extend exceptions:approve", marks=pytest.mark.seed("003-16")),
        pytest.param("integrations:add integrations:remove integrations:modify", marks=pytest.mark.seed("003-17")),
        pytest.param(
            "policies:add policies:remove policies:activate policies:deactivate", marks=pytest.mark.seed("003-18")
        ),
        pytest.param("reports:create reports:remove", marks=pytest.mark.seed("003-19")),
        pytest.param("service_accounts:add service_accounts:remove", marks=pytest.mark.seed("003-20")),
        pytest.param("slas:modify", marks=pytest.mark.seed("003-21")),
        pytest.param("members:invite members:remove members:permissions", marks=pytest.mark.seed("003-22")),
        pytest.param("tickets:create tickets:remove", marks=pytest.mark.seed("003-23")),
        pytest.param("workspaces:add workspaces:remove workspaces:modify", marks=pytest.mark.seed("003-24")),
    ],
)
def test_an_editor_manages(permissions: str, scope: Scope) -> None:
    more = role(MONDOO, "editor", scope).permissions - VIEWER
    resource = permissions.partition(":")[0]
    assert {one for one in more if one.startswith(f"{resource}:")} == set(permissions.split())


@pytest.mark.seed("003-13")
@BOTH_LEVELS
def test_an_editor_holds_all_that_a_viewer_holds(scope: Scope) -> None:
    assert not MONDOO.lacks(role(MONDOO, "editor", scope), role(MONDOO, "viewer", scope))


@pytest.mark.seed("003-22", "003-45")
@BOTH_LEVELS
def test_an_editor_changes_roles_but_makes_no_owner(scope: Scope) -> None:
    editor = role(MONDOO, "editor", scope)
    needs = MONDOO.needs if scope == "organization" else MONDOO.space_needs
    assert MONDOO.allows(editor, needs["change-role"])
    assert MONDOO.manages_members(editor)
    assert editor.gives == editor.acts_on == {"editor", "viewer"}


@pytest.mark.seed("003-46", "003-47")
@BOTH_LEVELS
def test_an_editor_removes_members(scope: Scope) -> None:
    needs = MONDOO.needs if scope == "organization" else MONDOO.space_needs
    assert MONDOO.allows(role(MONDOO, "editor", scope), needs["remove"])


@pytest.mark.seed("003-25")
@BOTH_LEVELS
def test_an_owner_is_an_editor_who_creates_and_deletes_spaces_and_organizations(scope: Scope) -> None:
    more = role(MONDOO, "owner", scope).permissions - role(MONDOO, "editor", scope).permissions
    assert more == {"spaces:create", "spaces:delete", "organization:create", "organization:delete"}


@pytest.mark.seed(*(f"003-{number}" for number in range(27, 37)))
@pytest.mark.parametrize("catalogue", [MONDOO, DEFAULT], ids=["mondoo", "default"])
def test_the_ten_add_ons_open_what_their_names_say(catalogue: Catalogue) -> None:
    assert {addon.title: addon.opens for addon in catalogue.addons.values()} == ADDONS


@pytest.mark.seed("003-26")
def test_add_ons_stand_on_viewer_only() -> None:
    assert {(addon.on_organization, addon.on_space) for addon in MONDOO.addons.values()} == {
        (frozenset({"viewer"}), frozenset({"viewer"}))
    }
    assert {(addon.on_organization, addon.on_space) for addon in DEFAULT.addons.values()} == {
        (frozenset(), frozenset({"viewer"}))
    }
