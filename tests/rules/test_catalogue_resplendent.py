"""What seed 004 says of roles, held against the catalogue that follows it."""

import pytest

from handlers.catalogue import Catalogue
from tests.rules.reading import DEFAULT, RESPLENDENT, role

TOGGLES = {
    "dashboards_widgets": "Dashboards & Widgets",
    "integrations": "Integrations",
    "modified_datasets": "Modified Datasets",
    "dynamic_filter_variables": "Dynamic Filter Variables",
    "share_links": "Share Links",
    "resplendent_api": "Resplendent API",
    "custom_integrations": "Custom Integrations",
    "templates": "Templates",
    "reports": "Reports",
    "widget_snapshots": "Widget Snapshots",
    "soundboard": "Soundboard",
    "tags": "Tags",
    "ai_chat": "AI Chat Access",
    "ai_context_updates": "AI Context Updates",
}


@pytest.mark.seed("004-24", "004-78")
def test_the_roles_are_admin_staff_and_member_with_giga_admin_above() -> None:
    assert list(RESPLENDENT.organization) == ["giga_admin", "admin", "staff", "member"]


@pytest.mark.seed("004-12")
@pytest.mark.parametrize("name", ["giga_admin", "admin"])
def test_an_invitation_offers_admin_staff_and_member(name: str) -> None:
    assert role(RESPLENDENT, name).invites == ("admin", "staff", "member")


@pytest.mark.seed("004-01")
def test_only_admins_manage_members() -> None:
    managing = [one.id for one in RESPLENDENT.organization.values() if RESPLENDENT.manages_members(one)]
    assert managing == ["giga_admin", "admin"]


@pytest.mark.seed("004-25")
def test_there_is_no_guest_and_outsiders_are_shared_with() -> None:
    assert RESPLENDENT.role("guest") is None
    assert not RESPLENDENT.rules.guests
    assert RESPLENDENT.rules.share_by_email


@pytest.mark.seed("004-28")
@pytest.mark.parametrize(("plan", "there"), [("professional", False), ("business", True), ("starship", True)])
def test_the_digest_begins_with_business(plan: str, there: bool) -> None:
    assert RESPLENDENT.has("digest", plan) is there


@pytest.mark.seed("004-39")
@pytest.mark.parametrize(("plan", "there"), [("free", False), ("professional", True), ("starship", True)])
def test_dataset_rules_begin_with_professional(plan: str, there: bool) -> None:
    assert RESPLENDENT.has("dataset-rules", plan) is there


@pytest.mark.seed("004-103")
@pytest.mark.parametrize(("plan", "there"), [("business", False), ("starship", True)])
def test_enterprise_which_is_starship_can_enforce_the_second_factor(plan: str, there: bool) -> None:
    assert RESPLENDENT.plan("Enterprise") == "starship"
    assert RESPLENDENT.has("enforce-2fa", plan) is there


@pytest.mark.seed("004-45", "004-47", "004-49", "004-50")
def test_dataset_rules_bind_staff_wholly_members_in_ai_chat_and_admins_never() -> None:
    rules = RESPLENDENT.datasets
    assert rules is not None
    assert rules.always_full == {"giga_admin", "admin"}
    assert rules.every_control == {"staff"}
    assert rules.ai_chat_only == {"member"}


@pytest.mark.seed("004-51", "004-52")
def test_members_neither_open_dataset_pages_nor_write() -> None:
    assert role(RESPLENDENT, "member").on_resources == {"dataset:read", "dataset:ai-chat", "dashboard:view"}


@pytest.mark.seed("004-62")
def test_who_sees_a_dashboard_follows_its_groups() -> None:
    assert RESPLENDENT.kinds["dashboard"].seen_by == "list"


@pytest.mark.seed(*(f"004-{number}" for number in (61, *range(63, 75), 76)))
@pytest.mark.parametrize("catalogue", [RESPLENDENT, DEFAULT], ids=["resplendent", "default"])
def test_the_fourteen_toggles_have_their_names(catalogue: Catalogue) -> None:
    assert {name: toggle.title for name, toggle in catalogue.toggles.items()} == TOGGLES


@pytest.mark.seed("004-77")
@pytest.mark.parametrize("name", sorted(TOGGLES.keys() - {"ai_chat"}))
def test_every_toggle_but_ai_chat_is_on_for_staff_and_above(name: str) -> None:
    assert RESPLENDENT.toggles[name].on_for == {"giga_admin", "admin", "staff"}


@pytest.mark.seed("004-78", "004-79")
def test_ai_chat_is_on_for_admins_and_off_for_staff_and_members() -> None:
    assert RESPLENDENT.toggles["ai_chat"].on_for == {"giga_admin", "admin"}
    assert RESPLENDENT.toggles["ai_chat"].settable_for >= {"staff", "member"}


@pytest.mark.seed("004-80")
def test_ai_context_updates_are_on_for_staff_and_above() -> None:
    assert RESPLENDENT.toggles["ai_context_updates"].on_for == {"giga_admin", "admin", "staff"}


@pytest.mark.seed("004-81")
@pytest.mark.parametrize("catalogue", [RESPLENDENT, DEFAULT], ids=["resplendent", "default"])
def test_for_members_only_ai_chat_can_be_set(catalogue: Catalogue) -> None:
    assert [name for name, one in catalogue.toggles.items() if "member" in one.settable_for] == ["ai_chat"]


@pytest.mark.seed("004-82", "004-84")
def test_the_two_ai_toggles_are_on_every_plan_and_the_others_from_professional() -> None:
    plans = {name: toggle.plan for name, toggle in RESPLENDENT.toggles.items()}
    assert {name for name, plan in plans.items() if plan == "free"} == {"ai_chat", "ai_context_updates"}
    assert set(plans.values()) == {"free", "professional"}


@pytest.mark.seed("004-61", "004-74")
def test_a_toggle_that_is_off_closes_what_it_stands_for() -> None:
    assert RESPLENDENT.toggles["dashboards_widgets"].needed_for == {"dashboard:edit"}
    assert RESPLENDENT.toggles["ai_chat"].needed_for == {"dataset:ai-chat"}


@pytest.mark.seed("004-99")
def test_a_password_reset_sends_a_link() -> None:
    assert RESPLENDENT.rules.password_reset == "link"
