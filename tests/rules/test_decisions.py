"""What every decision obeys, whichever catalogue is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.decisions import Subject, Target
from tests.rules.deciding import IN, NOW, ORGANIZATION, SPACE, asked, held, somebody, thing
from tests.rules.reading import DEFAULT, MONDOO

SOON, GONE = NOW + timedelta(seconds=1), NOW


@pytest.mark.invariant(25)
@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, "unknown-subject"),
        (somebody("admin", status="invited"), "invited"),
        (somebody("admin", status="deactivated"), "deactivated"),
        (somebody("admin", listed=False), "unknown-subject"),
    ],
)
def test_who_is_not_an_active_member_may_nothing(who: Subject | None, code: str) -> None:
    decision = asked(DEFAULT, who, "members:list", ORGANIZATION)
    assert (decision.allowed, decision.decided.code) == (False, code)


@pytest.mark.invariant(25)
@pytest.mark.parametrize(
    ("action", "target", "code"),
    [
        ("members:list", None, "unknown-target"),
        ("members:fly", ORGANIZATION, "unknown-action"),
        ("image:read", ORGANIZATION, "unknown-action"),
        ("members:list", SPACE, "unknown-action"),
        ("open", thing("image"), "unknown-action"),
        ("read", thing("planet"), "unknown-type"),
        ("use", Target("feature", "teleport"), "unknown-target"),
        ("buy", Target("feature", "tags"), "unknown-action"),
    ],
)
def test_what_is_not_known_is_not_allowed_to_anybody(action: str, target: Target | None, code: str) -> None:
    decision = asked(DEFAULT, somebody("super_admin"), action, target)
    assert (decision.allowed, decision.decided.code) == (False, code)


@pytest.mark.invariant(4)
@pytest.mark.parametrize(("ends", "allowed"), [(SOON, True), (GONE, False)])
def test_a_grant_counts_until_the_moment_it_ends(ends: object, allowed: bool) -> None:
    above = replace(held("role", "admin"), ends=ends)
    assert asked(DEFAULT, somebody("member", above), "members:list", ORGANIZATION).allowed is allowed


@pytest.mark.invariant(4)
@pytest.mark.parametrize(("ends", "allowed"), [(SOON, False), (GONE, True)])
def test_a_temporary_role_lies_above_the_lasting_one(ends: object, allowed: bool) -> None:
    below = replace(held("role", "guest"), ends=ends)
    assert asked(DEFAULT, somebody("admin", below), "members:list", ORGANIZATION).allowed is allowed


def test_the_reasons_tell_each_rule_and_the_grant_it_comes_from() -> None:
    who = somebody("guest", here="owner")
    decision = asked(DEFAULT, who, "update", thing("image", space=IN))
    assert [reason.code for reason in decision.reasons] == ["sees-in-space", "capped", "space-role-lacks"]
    assert decision.decided.facts == {"role": "Viewer", "permission": "image:update"}
    assert decision.decided.grant == held("role", "owner", IN)


def test_an_add_on_on_another_role_rests_and_says_so() -> None:
    addon = held("addon", "ticket_creator")
    decision = asked(MONDOO, somebody("viewer", addon), "tickets:create", ORGANIZATION)
    assert decision.allowed
    assert decision.decided.grant == addon
    resting = asked(MONDOO, somebody(None, addon, here="editor"), "tickets:create", ORGANIZATION)
    assert [reason.code for reason in resting.reasons] == ["addon-rests", "no-role"]
    assert not resting.allowed


@pytest.mark.seed("004-51", "004-52")
@pytest.mark.parametrize("action", ["write", "open"])
def test_no_role_in_a_space_opens_to_a_member_what_stays_closed_to_members(action: str) -> None:
    dataset = thing("dataset", space=IN)
    assert asked(DEFAULT, somebody("manager", here="owner"), action, dataset).allowed
    member = asked(DEFAULT, somebody("member", here="owner"), action, dataset)
    assert (member.allowed, member.decided.code) == (False, "datasets-stay-closed")
    assert asked(DEFAULT, somebody("member", here="owner"), "read", dataset).allowed
