"""Seed 004 as questions: dataset rules, dashboards by groups, and feature toggles."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.decisions import Subject, Target
from tests.rules.deciding import actions, asked, held, may, somebody, thing
from tests.rules.reading import RESPLENDENT

ALL = {"read", "write", "open", "ai-chat"}
DATASET, BOARD = thing("dataset"), thing("dashboard", groups=("g1",))
CHOSEN, OTHER = {"r1": "default"}, {"r2": "default"}
AI: dict[str, Any] = {"toggles": {"ai_chat": True}}
PANEL = RESPLENDENT.toggles.keys() - {"ai_chat", "ai_context_updates"}


def staff(**rules: Any) -> Subject:
    return somebody("staff", held("resource", "r1"), **{**AI, **rules})


def member(**rules: Any) -> Subject:
    return somebody("member", held("resource", "r1"), **{**AI, **rules})


def feature(name: str) -> Target:
    return Target("feature", name)


@pytest.mark.seed("004-47", "004-48", "004-53")
@pytest.mark.parametrize("role", ["giga_admin", "admin"])
@pytest.mark.parametrize("mode", ["full", "blacklist", "whitelist"])
def test_admins_read_and_write_every_dataset_whatever_is_set(role: str, mode: Any) -> None:
    for choices in ({}, CHOSEN, {"r1": "read"}):
        who = somebody(role, mode=mode, level="read", choices=choices)
        assert actions(RESPLENDENT, who, DATASET) == ALL
    decision = asked(RESPLENDENT, somebody(role, mode="whitelist"), "write", DATASET)
    assert "datasets-always-full" in [reason.code for reason in decision.reasons]


@pytest.mark.seed("004-42", "004-44", "004-49", "004-53", "004-54", "004-55")
@pytest.mark.parametrize(
    ("mode", "choices", "open_"),
    [
        ("full", {}, True),
        ("full", CHOSEN, True),
        ("blacklist", {}, True),
        ("blacklist", CHOSEN, False),
        ("blacklist", OTHER, True),
        ("whitelist", {}, False),
        ("whitelist", CHOSEN, True),
        ("whitelist", OTHER, False),
    ],
)
def test_the_access_mode_says_which_datasets_staff_reach(mode: Any, choices: dict[str, str], open_: bool) -> None:
    who = staff(mode=mode, choices=choices)
    assert actions(RESPLENDENT, who, DATASET) == (ALL if open_ else set())


@pytest.mark.seed("004-43", "004-49", "004-56", "004-57")
@pytest.mark.parametrize("mode", ["full", "blacklist", "whitelist"])
def test_read_only_uses_a_dataset_and_does_not_edit_it(mode: Any) -> None:
    choices = CHOSEN if mode == "whitelist" else {}
    assert actions(RESPLENDENT, staff(mode=mode, choices=choices, level="read"), DATASET) == ALL - {"write"}
    assert actions(RESPLENDENT, staff(mode=mode, choices=choices, level="write"), DATASET) == ALL


@pytest.mark.seed("004-45", "004-46")
@pytest.mark.parametrize(
    ("mode", "level", "override", "writes"),
    [
        ("whitelist", "read", "default", False),
        ("whitelist", "read", "read", False),
        ("whitelist", "read", "write", True),
        ("whitelist", "write", "default", True),
        ("whitelist", "write", "read", False),
        ("whitelist", "write", "write", True),
        ("full", "write", "read", True),
        ("full", "read", "write", False),
    ],
)
def test_an_override_speaks_in_a_whitelist_alone(mode: Any, level: Any, override: str, writes: bool) -> None:
    who = staff(mode=mode, level=level, choices={"r1": override})
    assert may(RESPLENDENT, who, "write", DATASET) is writes


@pytest.mark.seed("004-50", "004-51", "004-52", "004-75")
@pytest.mark.parametrize(
    ("mode", "choices", "chats"),
    [("full", {}, True), ("blacklist", CHOSEN, False), ("whitelist", CHOSEN, True), ("whitelist", {}, False)],
)
def test_dataset_rules_bind_members_in_ai_chat_alone(mode: Any, choices: dict[str, str], chats: bool) -> None:
    for level in ("read", "write"):
        who = member(mode=mode, choices=choices, level=level)
        assert actions(RESPLENDENT, who, DATASET) == {"read"} | ({"ai-chat"} if chats else set())


@pytest.mark.seed("004-45", "004-52")
def test_an_override_never_lets_a_member_write() -> None:
    assert not may(RESPLENDENT, member(mode="whitelist", choices={"r1": "write"}), "write", DATASET)


@pytest.mark.seed("004-39")
@pytest.mark.parametrize(("plan", "bound"), [("free", False), ("professional", True), ("business", True)])
def test_dataset_rules_need_professional(plan: str, bound: bool) -> None:
    who = staff(mode="whitelist", level="read")
    assert may(RESPLENDENT, who, "write", DATASET, plan) is not bound
    assert may(RESPLENDENT, who, "read", DATASET, plan) is not bound


@pytest.mark.seed("004-62", "004-18", "004-27")
def test_only_its_groups_and_its_list_show_a_dashboard_even_to_admins() -> None:
    for role in ("giga_admin", "admin", "staff", "member"):
        assert asked(RESPLENDENT, somebody(role), "view", BOARD).decided.code == "not-on-list"
        assert not may(RESPLENDENT, somebody(role, held("group", "g2")), "view", BOARD)
        for grant in (held("group", "g1"), held("resource", "r1")):
            assert may(RESPLENDENT, somebody(role, grant), "view", BOARD)


@pytest.mark.seed("004-59", "004-61", "004-83")
@pytest.mark.parametrize("role", ["giga_admin", "admin", "staff"])
def test_without_dashboards_and_widgets_a_dashboard_is_seen_and_not_edited(role: str) -> None:
    in_group = held("group", "g1")
    assert actions(RESPLENDENT, somebody(role, in_group), BOARD) == {"view", "edit"}
    assert actions(RESPLENDENT, somebody(role, in_group, toggles={"dashboards_widgets": False}), BOARD) == {"view"}
    assert may(RESPLENDENT, somebody(role), "use", feature("dashboards_widgets"))
    assert not may(RESPLENDENT, somebody(role), "edit", BOARD)


@pytest.mark.seed("004-59", *(f"004-{number}" for number in (61, *range(63, 75), 76)))
@pytest.mark.parametrize("name", sorted(PANEL | {"ai_chat", "ai_context_updates"}))
def test_a_toggle_opens_its_feature_and_closes_it(name: str) -> None:
    for role in ("giga_admin", "admin", "staff"):
        for on in (True, False):
            who = somebody(role, toggles={name: on})
            assert may(RESPLENDENT, who, "use", feature(name)) is on


@pytest.mark.seed("004-60", "004-77", "004-78", "004-79", "004-80")
@pytest.mark.parametrize("name", sorted(PANEL | {"ai_chat", "ai_context_updates"}))
def test_what_was_not_set_follows_the_role(name: str) -> None:
    usual = {role: may(RESPLENDENT, somebody(role), "use", feature(name)) for role in RESPLENDENT.organization}
    assert usual == {"giga_admin": True, "admin": True, "staff": name != "ai_chat", "member": False}


@pytest.mark.seed("004-81")
def test_for_members_only_ai_chat_can_be_switched_on() -> None:
    every = dict.fromkeys(RESPLENDENT.toggles, True)
    who = somebody("member", toggles=every)
    assert [name for name in every if may(RESPLENDENT, who, "use", feature(name))] == ["ai_chat"]
    decision = asked(RESPLENDENT, who, "use", feature("tags"))
    assert [reason.code for reason in decision.reasons] == ["toggle-not-settable", "toggle-off"]


@pytest.mark.seed("004-82", "004-84")
@pytest.mark.parametrize("name", sorted(PANEL | {"ai_chat", "ai_context_updates"}))
def test_the_two_of_ai_are_for_every_company_and_the_others_need_professional(name: str) -> None:
    who = somebody("staff", toggles={name: True})
    assert may(RESPLENDENT, who, "use", feature(name), "free") is (name not in PANEL)
    assert may(RESPLENDENT, who, "use", feature(name), "professional")


@pytest.mark.seed("004-74", "004-75", "004-84")
def test_ai_chat_needs_its_toggle_and_the_dataset() -> None:
    assert not may(RESPLENDENT, staff(toggles={}), "ai-chat", DATASET)
    assert may(RESPLENDENT, staff(), "ai-chat", DATASET)
    assert not may(RESPLENDENT, staff(mode="blacklist", choices=CHOSEN), "ai-chat", DATASET)
    assert may(RESPLENDENT, member(), "ai-chat", DATASET)
    assert not may(RESPLENDENT, member(toggles={}), "ai-chat", DATASET)
