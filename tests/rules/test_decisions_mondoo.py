"""Seed 003 as questions: three base roles, in the organization or in one space, and add-ons on Viewer."""

from __future__ import annotations

import pytest

from handlers.decisions import Subject
from tests.rules.deciding import IN, ORGANIZATION, SPACE, actions, held, may, somebody
from tests.rules.reading import MONDOO

LOOK = {f"{one}:read" for one in ("assets", "frameworks", "dashboards", "exceptions", "findings", "reports", "tickets")}
MANAGE = {
    *("assets:add", "assets:remove"),
    *("frameworks:add", "frameworks:remove", "frameworks:modify"),
    *("exceptions:create", "exceptions:extend", "exceptions:approve"),
    *("integrations:add", "integrations:remove", "integrations:modify"),
    *("policies:add", "policies:remove", "policies:activate", "policies:deactivate"),
    *("reports:create", "reports:remove"),
    *("service_accounts:add", "service_accounts:remove"),
    "slas:modify",
    *("members:invite", "members:remove", "members:permissions"),
    *("tickets:create", "tickets:remove"),
    *("workspaces:add", "workspaces:remove", "workspaces:modify"),
}
OWN = {"spaces:create", "spaces:delete", "organization:create", "organization:delete"}
OPENS = {"viewer": LOOK, "editor": LOOK | MANAGE, "owner": LOOK | MANAGE | OWN}


@pytest.mark.seed("003-04", "003-05", "003-13", "003-25", *(f"003-{n:02}" for n in (*range(6, 13), *range(14, 25))))
@pytest.mark.parametrize("role", list(OPENS))
def test_each_base_role_opens_what_the_page_lists(role: str) -> None:
    assert actions(MONDOO, somebody(role), ORGANIZATION) == OPENS[role]


@pytest.mark.seed("003-02", "003-03", "003-05")
@pytest.mark.parametrize("role", list(OPENS))
def test_members_of_the_organization_hold_their_role_in_every_space(role: str) -> None:
    """Whichever space is asked about: none was given."""
    assert actions(MONDOO, somebody(role), SPACE) == OPENS[role]


@pytest.mark.seed("003-01")
@pytest.mark.parametrize("role", list(OPENS))
def test_whoever_was_invited_to_one_space_may_there_and_nowhere_else(role: str) -> None:
    there = somebody(None, here=role)
    assert actions(MONDOO, there, SPACE) == OPENS[role]
    assert actions(MONDOO, there, ORGANIZATION) == set()
    assert actions(MONDOO, somebody(None, held("role", role, "space-2")), SPACE) == set()


ADDONS = {
    "exception_reviewer": {"exceptions:approve"},
    "exception_requester": {"exceptions:create"},
    "integrations_manager": {"integrations:add", "integrations:remove", "integrations:modify"},
    "policy_editor": {"policies:edit"},
    "policy_manager": {"policies:add", "policies:remove", "policies:activate", "policies:deactivate"},
    "query_pack_editor": {"query_packs:edit"},
    "query_pack_manager": {"query_packs:add", "query_packs:remove"},
    "sla_manager": {"slas:modify"},
    "ticket_creator": {"tickets:create"},
    "ticket_manager": {"tickets:create", "tickets:remove"},
}


@pytest.mark.seed("003-26", *(f"003-{number}" for number in range(27, 37)))
@pytest.mark.parametrize("addon", list(ADDONS))
def test_an_add_on_opens_on_top_of_viewer_what_its_name_says(addon: str) -> None:
    everywhere = somebody("viewer", held("addon", addon))
    assert actions(MONDOO, everywhere, ORGANIZATION) == actions(MONDOO, everywhere, SPACE) == LOOK | ADDONS[addon]
    in_one = somebody(None, held("addon", addon, IN), here="viewer")
    assert actions(MONDOO, in_one, SPACE) == LOOK | ADDONS[addon]
    assert actions(MONDOO, in_one, ORGANIZATION) == set()
    elsewhere = somebody("viewer", held("addon", addon, "space-2"))
    assert actions(MONDOO, elsewhere, ORGANIZATION) == actions(MONDOO, elsewhere, SPACE) == LOOK


@pytest.mark.seed("003-26")
def test_several_add_ons_add_up() -> None:
    several = somebody("viewer", *(held("addon", addon) for addon in ADDONS))
    assert actions(MONDOO, several, ORGANIZATION) == LOOK.union(*ADDONS.values())


@pytest.mark.seed("003-26")
@pytest.mark.parametrize("who", [somebody("editor", held("addon", "policy_editor")), somebody(None)])
def test_an_add_on_rests_on_any_other_role(who: Subject) -> None:
    assert not may(MONDOO, who, "policies:edit", ORGANIZATION)
    assert not may(MONDOO, who, "policies:edit", SPACE)
