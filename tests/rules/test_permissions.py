"""Add-ons, dataset rules and toggles of one member: who may set which, on whom, and what comes of it."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.catalogue import load
from handlers.commands import (
    Approved,
    ChangeRole,
    Deactivate,
    Override,
    PermissionsChanged,
    Person,
    Refusal,
    Refused,
    RequestAccess,
    ResetPermissions,
    SetPermissions,
    Waiting,
)
from handlers.notices import Told
from storage.tables import dataset_choices, dataset_rules, grants, toggles
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why
from tests.rules.permissions import Asked, add_datasets, has_plan, ids, resplendent, sheet
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def ask(closing: None) -> AsyncGenerator[Asked]:
    del closing  # what is asked must be closed before
    async with AsyncExitStack() as stack:
        yield Asked(stack)


MONDOO, RESPLENDENT = load("mondoo"), load("resplendent")
ALL = ("sales", "payroll", "web")


def refused(outcome: object) -> tuple[str, str | None]:
    assert isinstance(outcome, Refused), outcome
    return outcome.code, outcome.field


async def settled(by: Somebody, command: SetPermissions) -> PermissionsChanged:
    """Done at once, or, where nobody holds what it opens, by the giver's own code."""
    outcome = await by.does(command)
    if isinstance(outcome, Waiting):
        assert outcome.on == "code"
        approved = result(await by.approves(outcome.request), Approved)
        assert isinstance(approved.result, PermissionsChanged)
        return approved.result
    return result(outcome, PermissionsChanged)


async def live_addons(acme: Org, who: Somebody) -> set[tuple[str, str]]:
    rows = await acme.rows(grants)
    return {
        (row["what"], row["space_id"])
        for row in rows
        if row["kind"] == "addon" and row["member_id"] == who.id and row["ended_at"] is None
    }


# Add-ons (003-26 to 003-36) -------------------------------------------------------------------------------------------

OPENED = {
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


@pytest.mark.seed("003-26", "003-27", "003-28", "003-29", "003-30", "003-31", "003-32", "003-33", "003-34", "003-35")
@pytest.mark.seed("003-36")
async def test_each_add_on_opens_what_it_says_on_top_of_a_viewer_and_closes_it_when_it_is_taken(
    database_url: str,
    ask: Asked,
) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    ann = await acme.member("viewer")
    assert set(OPENED) == set(MONDOO.addons)
    every = set[str]().union(*OPENED.values())
    assert await ask.can(acme, ann, "organization") & every == set()
    for addon, opened in OPENED.items():
        done = await settled(acme.founder, SetPermissions(ann.person, addons=(addon,)))
        assert (f"addon:{addon}",) == done.given
        assert await ask.can(acme, ann, "organization") & every == opened
        assert await live_addons(acme, ann) == {(addon, "")}
    two = ("ticket_creator", "sla_manager")
    done = result(await acme.founder.does(SetPermissions(ann.person, addons=two)), PermissionsChanged)
    assert (set(done.given), done.taken) == ({f"addon:{one}" for one in two}, ("addon:ticket_manager",))
    assert await ask.may(acme, ann, "tickets:create", "organization", "acme")
    assert not await ask.may(acme, ann, "tickets:remove", "organization", "acme")
    result(await acme.founder.does(SetPermissions(ann.person, addons=())), PermissionsChanged)
    assert await live_addons(acme, ann) == set()
    assert why(await acme.founder.does(SetPermissions(ann.person, addons=()))) == "nothing-changes"


@pytest.mark.seed("003-26")
async def test_add_ons_go_on_viewers_alone_and_rest_while_the_role_is_another(database_url: str, ask: Asked) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    ann, ed = await acme.member("viewer"), await acme.member("editor")
    outcome = await acme.founder.does(SetPermissions(ed.person, addons=("policy_editor",)))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.field, outcome.facts["roles"], outcome.facts["role"]) == (
        "addon-not-here",
        "addons",
        "Viewer",
        "Editor",
    )
    assert refused(await acme.founder.does(SetPermissions(ann.person, addons=("root",)))) == ("unknown-addon", "addons")
    given = SetPermissions(ann.person, addons=("policy_editor", "query_pack_editor"))
    await settled(acme.founder, given)
    await acme.operator(ChangeRole(ann.person, "editor"))
    assert not await ask.may(acme, ann, "query_packs:edit", "organization", "acme")
    shown = await sheet(acme.founder, ann)
    assert (shown.what.addons, set(shown.addons)) == ((), {"policy_editor", "query_pack_editor"})
    # What rests can be taken away, and nothing more be given.
    result(await acme.founder.does(SetPermissions(ann.person, addons=("query_pack_editor",))), PermissionsChanged)
    more = SetPermissions(ann.person, addons=("query_pack_editor", "sla_manager"))
    assert why(await acme.founder.does(more)) == "addon-not-here"
    await acme.operator(ChangeRole(ann.person, "viewer"))
    assert await ask.may(acme, ann, "query_packs:edit", "organization", "acme")
    assert not await ask.may(acme, ann, "policies:edit", "organization", "acme")


@pytest.mark.seed("003-26")
async def test_in_a_space_add_ons_stand_on_the_role_there_and_count_only_there(database_url: str, ask: Asked) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    await acme.makes_spaces("Apollo", "Gemini")
    ann = await acme.member("viewer", space="Apollo")
    owner = await acme.member("owner", space="Apollo")
    given = SetPermissions(ann.person, "Apollo", addons=("ticket_creator",))
    done = result(await owner.does(given), PermissionsChanged)
    assert done.space == "Apollo"
    assert await ask.may(acme, ann, "tickets:create", "space", "apollo")
    assert not await ask.may(acme, ann, "tickets:create", "space", "gemini")
    assert not await ask.may(acme, ann, "tickets:create", "organization", "acme")
    # There is no role of theirs elsewhere to put one on, and an owner of one space rules no other.
    assert why(await acme.founder.does(replace(given, space="Gemini"))) == "addon-not-here"
    assert why(await owner.does(replace(given, space="Gemini"))) == "may-not"
    assert why(await owner.does(replace(given, space=None))) == "may-not"
    assert why(await owner.does(replace(given, space="Nowhere"))) == "unknown-space"
    assert (await sheet(owner, ann, space="Apollo")).settings.addons == {"ticket_creator"}


@pytest.mark.seed("003-26")
async def test_an_add_on_that_is_held_for_a_while_stays_so_until_it_is_taken(database_url: str, ask: Asked) -> None:
    acme = await organization(database_url, catalogue="mondoo")
    ann = await acme.member("viewer")
    wish = RequestAccess("ticket_creator", "to help", lasts=timedelta(hours=4), asked="add-on")
    result(await acme.founder.approves(await ann.asks(wish)), Approved)
    shown = await sheet(acme.founder, ann)
    assert shown.addons == {"ticket_creator": acme.clock() + timedelta(hours=4)}
    kept = SetPermissions(ann.person, addons=("ticket_creator",))
    assert why(await acme.founder.does(kept)) == "nothing-changes"
    done = await settled(acme.founder, replace(kept, addons=("ticket_creator", "sla_manager")))
    assert done.given == ("addon:sla_manager",)
    acme.clock.pass_by(hours=5)
    assert not await ask.may(acme, ann, "tickets:create", "organization")
    result(await acme.founder.does(kept), PermissionsChanged)
    acme.clock.pass_by(days=400)
    assert await ask.can(acme, ann, "organization") >= {"tickets:create"}


@pytest.mark.invariant(24, 25)
async def test_giving_more_than_one_holds_waits_for_somebody_who_holds_it(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    ann, ed = await acme.member("viewer"), await acme.member("editor")
    # Editors hold what this one opens, but not what that one does; no role holds it, so it is the owners' to give.
    result(await ed.does(SetPermissions(ann.person, addons=("ticket_manager",))), PermissionsChanged)
    lacking = SetPermissions(ann.person, addons=("ticket_manager", "query_pack_editor"))
    request = waits(await ed.does(lacking))
    assert await live_addons(acme, ann) == {("ticket_manager", "")}
    other = await acme.member("editor")
    assert why(await other.approves(request)) == "may-not-give"
    assert why(await ed.approves(request)) == "own-request"
    outcome = result(await acme.founder.approves(request), Approved)
    assert isinstance(outcome.result, PermissionsChanged)
    assert outcome.result.given == ("addon:query_pack_editor",)
    assert await live_addons(acme, ann) == {("ticket_manager", ""), ("query_pack_editor", "")}
    result(await acme.founder.does(replace(lacking, addons=("query_pack_editor", "policy_editor"))), PermissionsChanged)
    # Taking away gives nothing, so it is at once.
    result(await ed.does(SetPermissions(ann.person, addons=())), PermissionsChanged)
    entry = (await acme.audited("permissions.changed"))[-1]
    assert entry["target"] == f"member:{ann.id}"


@pytest.mark.invariant(33)
async def test_a_request_is_void_once_the_settings_are_no_longer_those_shown(database_url: str) -> None:
    acme = await organization(database_url, catalogue="mondoo", factor=True)
    ann, ed = await acme.member("viewer"), await acme.member("editor")
    request = waits(await ed.does(SetPermissions(ann.person, addons=("query_pack_editor",))))
    result(await acme.founder.does(SetPermissions(ann.person, addons=("ticket_creator",))), PermissionsChanged)
    assert why(await acme.founder.approves(request)) == "request-void"
    assert await live_addons(acme, ann) == {("ticket_creator", "")}


# Who, and on whom -----------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-39")
@pytest.mark.invariant(24, 27)
async def test_who_may_not_set_permissions_is_refused_and_nobody_sets_their_own(database_url: str) -> None:
    acme = await resplendent(database_url)
    admin, staff, ann = await acme.member("admin"), await acme.member("staff"), await acme.member("member")
    tags_off = SetPermissions(staff.person, off=("tags",))
    assert why(await ann.does(tags_off)) == "may-not"
    assert why(await staff.does(tags_off)) == "may-not"
    assert why(await admin.does(replace(tags_off, person=admin.person))) == "not-on-oneself"
    assert why(await admin.does(replace(tags_off, person=acme.founder.person))) == "may-not-act-on"
    assert why(await admin.does(ResetPermissions(acme.founder.person))) == "may-not-act-on"
    for by, whom in ((ann, staff), (admin, admin), (admin, acme.founder)):
        with pytest.raises(Refusal):
            await sheet(by, whom)
    other = await organization(database_url, catalogue="resplendent", workspace="T0OTHER", beside=acme)
    stranger = await other.member("staff")
    outsider = Person(id=stranger.id)
    assert refused(await admin.does(replace(tags_off, person=outsider))) == refused(
        await admin.does(replace(tags_off, person=Person(id="f" * 32)))
    )
    # Whoever is invited or deactivated holds no role that anything could stand on.
    result(await acme.operator(SetPermissions(staff.person, off=("tags",))), PermissionsChanged)
    await acme.operator(Deactivate(staff.person))
    assert why(await admin.does(ResetPermissions(staff.person))) == "not-a-member"
    invitation = await acme.invitation("new@example.com", "staff")
    assert (
        why(await admin.does(replace(tags_off, person=Person(id=await acme.member_of(invitation))))) == "not-a-member"
    )


async def test_whoever_it_is_about_is_told_and_the_audit_says_what_changed(database_url: str) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    staff = await acme.member("staff")
    chosen = await ids(acme, "payroll")
    command = SetPermissions(
        staff.person,
        mode="blacklist",
        level="read",
        datasets=chosen,
        on=("ai_chat",),
        off=("tags",),
        reason="a new team",
    )
    result(await acme.founder.does(command), PermissionsChanged)
    letter = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "permissions-changed"]
    assert [(one.to, one.by, one.new, one.old) for one in letter] == [
        (staff.id, acme.founder.id, "toggle:ai_chat,datasets", "toggle:tags")
    ]
    assert len(await acme.audited("permissions.changed")) == 1
    assert await acme.chain_is_broken() is None


# Datasets (004-39 to 004-57) ------------------------------------------------------------------------------------------


@pytest.mark.seed("004-42", "004-43", "004-44", "004-49", "004-53", "004-54", "004-55", "004-56", "004-57")
async def test_staff_reach_what_mode_level_and_selection_leave_them(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    staff = await acme.member("staff")
    chosen = await ids(acme, "payroll")

    async def open_to(command: SetPermissions) -> tuple[str, str]:
        result(await acme.founder.does(command), PermissionsChanged)
        return await ask.reaches(acme, staff, *ALL), await ask.reaches(acme, staff, *ALL, action="write")

    everything = ("spw", "spw")
    assert (
        await ask.reaches(acme, staff, *ALL),
        await ask.reaches(acme, staff, *ALL, action="write"),
    ) == everything
    of = SetPermissions(staff.person)
    assert await open_to(replace(of, mode="full", level="read")) == ("spw", "")
    assert await open_to(replace(of, mode="blacklist", datasets=chosen)) == ("sw", "")
    assert await open_to(replace(of, mode="blacklist", datasets=chosen, level="write")) == ("sw", "sw")
    assert await open_to(replace(of, mode="whitelist", datasets=chosen)) == ("p", "p")
    assert await open_to(replace(of, mode="whitelist")) == ("", "")
    assert await open_to(replace(of, mode="full")) == everything
    assert await acme.rows(dataset_choices) == []


@pytest.mark.seed("004-44", "004-45", "004-46")
async def test_overrides_beat_the_level_in_a_whitelist_and_exist_nowhere_else(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    staff = await acme.member("staff")
    sales, payroll, web = await ids(acme, *ALL)
    overrides: tuple[tuple[str, Override], ...] = ((sales, "read"), (payroll, "write"), (web, "default"))
    white = SetPermissions(staff.person, mode="whitelist", level="read", datasets=(sales, payroll, web))
    result(await acme.founder.does(replace(white, overrides=overrides)), PermissionsChanged)
    assert await ask.reaches(acme, staff, *ALL, action="write") == "p"
    result(await acme.founder.does(replace(white, level="write", overrides=overrides)), PermissionsChanged)
    assert await ask.reaches(acme, staff, *ALL, action="write") == "pw"
    shown = await sheet(acme.founder, staff)
    assert shown.settings.choices == {sales: "read", payroll: "write", web: "default"}
    assert [choice.label for choice in shown.chosen] == ["Payroll (ds-payroll)", "Sales (ds-sales)", "Web (ds-web)"]
    # In no other mode, for nothing that is not selected, and only one for each.
    wrong = replace(white, mode="blacklist", overrides=overrides)
    assert refused(await acme.founder.does(wrong)) == ("override-not-here", "overrides")
    wrong = replace(white, datasets=(sales,), overrides=overrides)
    assert refused(await acme.founder.does(wrong)) == ("override-not-here", "overrides")
    wrong = replace(white, overrides=((sales, "read"), (sales, "write")))
    assert refused(await acme.founder.does(wrong)) == ("override-twice", "overrides")
    wrong = replace(white, mode="full")
    assert refused(await acme.founder.does(wrong)) == ("datasets-not-in-mode", "datasets")
    # Another mode forgets them.
    result(await acme.founder.does(replace(white, mode="blacklist", datasets=(sales,))), PermissionsChanged)
    assert (await sheet(acme.founder, staff)).settings.choices == {sales: "default"}


@pytest.mark.seed("004-47", "004-48")
async def test_admins_keep_every_dataset_and_no_rule_can_be_set_for_them(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    admin = await acme.member("admin")
    rules = SetPermissions(admin.person, mode="whitelist", level="read", datasets=await ids(acme, "sales"))
    assert refused(await acme.founder.does(rules)) == ("rules-not-for-role", "mode")
    assert (await sheet(acme.founder, admin)).what.datasets == "always-full"
    # Rules from an earlier role bind nobody who is an admin now.
    staff = await acme.member("staff")
    result(await acme.founder.does(replace(rules, person=staff.person)), PermissionsChanged)
    assert await ask.reaches(acme, staff, *ALL) == "s"
    await acme.operator(ChangeRole(staff.person, "admin"))
    assert await ask.reaches(acme, staff, *ALL, action="write") == "spw"


@pytest.mark.seed("004-45", "004-50", "004-51", "004-52", "004-75")
async def test_members_rules_bind_ai_chat_alone_and_nothing_lets_them_write(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    ann = await acme.member("member")
    sales, payroll, _ = await ids(acme, *ALL)
    rules = SetPermissions(ann.person, mode="whitelist", datasets=(sales,), on=("ai_chat",))
    assert refused(await acme.founder.does(replace(rules, level="write"))) == ("rules-not-for-role", "level")
    overrides: tuple[tuple[str, Override], ...] = ((sales, "write"),)
    assert refused(await acme.founder.does(replace(rules, overrides=overrides))) == ("rules-not-for-role", "overrides")
    result(await acme.founder.does(rules), PermissionsChanged)
    assert await ask.reaches(acme, ann, *ALL, action="ai-chat") == "s"
    assert await ask.reaches(acme, ann, *ALL) == "spw"
    assert await ask.reaches(acme, ann, *ALL, action="write") == ""
    assert await ask.reaches(acme, ann, *ALL, action="open") == ""
    result(await acme.founder.does(replace(rules, mode="blacklist", datasets=(payroll,))), PermissionsChanged)
    assert await ask.reaches(acme, ann, *ALL, action="ai-chat") == "sw"
    result(await acme.founder.does(SetPermissions(ann.person, off=("ai_chat",))), PermissionsChanged)
    assert await ask.reaches(acme, ann, *ALL, action="ai-chat") == ""


@pytest.mark.invariant(27)
async def test_only_datasets_of_this_organization_can_be_selected_and_none_comes_unseen(database_url: str) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    other = await organization(database_url, catalogue="resplendent", workspace="T0OTHER", beside=acme)
    await add_datasets(other, "secret")
    await add_datasets(acme, "board", kind="dashboard")
    staff = await acme.member("staff")
    for strange in (await ids(other, "secret"), await ids(acme, "board"), ("f" * 32,)):
        rules = SetPermissions(staff.person, mode="whitelist", datasets=(*await ids(acme, "sales"), *strange))
        assert refused(await acme.founder.does(rules)) == ("unknown-dataset", "datasets")
    many = SetPermissions(staff.person, mode="whitelist", datasets=tuple(str(n) for n in range(501)))
    assert refused(await acme.founder.does(many)) == ("too-many-datasets", "datasets")
    assert await acme.rows(dataset_rules) == []
    desk = await acme.founder.desk()
    queries = acme.usher.queries
    assert [choice.label for choice in await queries.datasets(desk, "pay")] == ["Payroll (ds-payroll)"]
    assert len(await queries.datasets(desk, "")) == 3
    assert [choice.label for choice in await queries.datasets(desk, "ds-w")] == ["Web (ds-web)"]
    assert await queries.datasets(await staff.desk(), "") == ()


@pytest.mark.seed("004-39", "004-82", "004-84")
async def test_below_professional_only_the_two_ai_features_can_be_set(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, plan="free", datasets=ALL)
    staff = await acme.member("staff")
    outcome = await acme.founder.does(SetPermissions(staff.person, mode="full", level="read"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.field, outcome.facts["plan"]) == ("not-on-plan", "mode", "Professional")
    assert why(await acme.founder.does(SetPermissions(staff.person, off=("tags",)))) == "not-on-plan"
    both = SetPermissions(staff.person, on=("ai_chat",), off=("ai_context_updates",))
    result(await acme.founder.does(both), PermissionsChanged)
    assert await ask.has(acme, staff, "ai_chat", "ai_context_updates") == {
        "ai_chat": True,
        "ai_context_updates": False,
    }
    shown = await sheet(acme.founder, staff)
    assert [one.id for one in shown.what.toggles] == ["ai_chat", "ai_context_updates"]
    assert (shown.what.datasets, len(shown.what.beyond_plan)) == ("not-on-plan", 12)
    for plan in ("professional", "business", "starship"):
        await has_plan(acme, plan)
        assert (await sheet(acme.founder, staff)).what.datasets == "every-control"


# Toggles (004-58 to 004-84) -------------------------------------------------------------------------------------------

NOT_AI = (
    "dashboards_widgets",
    "integrations",
    "modified_datasets",
    "dynamic_filter_variables",
    "share_links",
    "resplendent_api",
    "custom_integrations",
    "templates",
    "reports",
    "widget_snapshots",
    "soundboard",
    "tags",
)
AI = ("ai_chat", "ai_context_updates")


@pytest.mark.seed("004-59", "004-63", "004-64", "004-65", "004-66", "004-67", "004-68", "004-69", "004-70", "004-71")
@pytest.mark.seed("004-72", "004-73", "004-74", "004-76", "004-77", "004-78", "004-79", "004-80")
async def test_every_feature_follows_the_role_until_it_is_set_otherwise(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url)
    admin, staff = await acme.member("admin"), await acme.member("staff")
    assert {*NOT_AI, *AI} == set(RESPLENDENT.toggles)
    assert await ask.has(acme, admin, *NOT_AI, *AI) == dict.fromkeys((*NOT_AI, *AI), True)
    assert await ask.has(acme, staff, *NOT_AI, *AI) == dict.fromkeys((*NOT_AI, *AI), True) | {"ai_chat": False}
    for toggle in (*NOT_AI, *AI):
        standing = (await ask.has(acme, staff, toggle))[toggle]
        turned = SetPermissions(staff.person, off=(toggle,)) if standing else SetPermissions(staff.person, on=(toggle,))
        result(await acme.founder.does(turned), PermissionsChanged)
        assert await ask.has(acme, staff, toggle) == {toggle: not standing}
    rows = {row["toggle"]: row["on"] for row in await acme.rows(toggles)}
    assert rows == dict.fromkeys((*NOT_AI, *AI), False) | {"ai_chat": True}
    # As the role has it is as if it was never set: nothing of it is kept.
    result(await acme.founder.does(SetPermissions(staff.person, on=NOT_AI)), PermissionsChanged)
    assert {row["toggle"] for row in await acme.rows(toggles)} == set(AI)
    same = SetPermissions(staff.person, on=(*NOT_AI, "ai_chat"), off=("ai_context_updates",))
    assert why(await acme.founder.does(same)) == "nothing-changes"
    assert why(await acme.founder.does(SetPermissions(staff.person, on=("teleport",)))) == "unknown-toggle"


@pytest.mark.seed("004-61", "004-74", "004-83", "004-84")
async def test_a_feature_that_is_off_closes_an_action_and_one_that_is_on_gives_none(
    database_url: str, ask: Asked
) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    staff, ann = await acme.member("staff"), await acme.member("member")
    # AI Chat is off for staff by default, and reading datasets needs no feature: off closes one action, not the page.
    assert (await ask.reaches(acme, staff, *ALL, action="ai-chat"), await ask.reaches(acme, staff, *ALL)) == (
        "",
        "spw",
    )
    result(await acme.founder.does(SetPermissions(staff.person, on=("ai_chat",))), PermissionsChanged)
    assert await ask.reaches(acme, staff, *ALL, action="ai-chat") == "spw"
    rules = SetPermissions(staff.person, mode="blacklist", datasets=await ids(acme, "payroll"))
    result(await acme.founder.does(rules), PermissionsChanged)
    assert await ask.reaches(acme, staff, *ALL, action="ai-chat") == "sw"
    result(await acme.founder.does(SetPermissions(ann.person, on=("ai_chat",))), PermissionsChanged)
    assert await ask.reaches(acme, ann, *ALL, action="write") == ""


@pytest.mark.seed("004-60", "004-81")
async def test_reset_gives_back_the_features_of_the_role_and_nothing_else(database_url: str, ask: Asked) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    staff, ann = await acme.member("staff"), await acme.member("member")
    chosen = await ids(acme, "sales")
    command = SetPermissions(staff.person, mode="whitelist", datasets=chosen, on=("ai_chat",), off=("tags", "reports"))
    result(await acme.founder.does(command), PermissionsChanged)
    done = result(await acme.founder.does(ResetPermissions(staff.person)), PermissionsChanged)
    assert (done.reset, set(done.given), set(done.taken)) == (
        True,
        {"toggle:tags", "toggle:reports"},
        {"toggle:ai_chat"},
    )
    assert await ask.has(acme, staff, "tags", "ai_chat") == {"tags": True, "ai_chat": False}
    assert await ask.reaches(acme, staff, *ALL) == "s"
    assert why(await acme.founder.does(ResetPermissions(staff.person))) == "nothing-changes"
    # For a member only AI Chat can be set (K16), so a reset touches nothing else that rests from another role.
    assert why(await acme.founder.does(SetPermissions(ann.person, on=("tags",)))) == "toggle-not-for-role"
    result(await acme.founder.does(command), PermissionsChanged)
    await acme.operator(ChangeRole(staff.person, "member"))
    assert await ask.has(acme, staff, "tags", "reports", "ai_chat") == {
        "tags": False,
        "reports": False,
        "ai_chat": True,
    }
    shown = await sheet(acme.founder, staff)
    assert [one.id for one in shown.what.toggles] == ["ai_chat"]
    done = result(await acme.founder.does(ResetPermissions(staff.person)), PermissionsChanged)
    assert (done.given, done.taken) == ((), ("toggle:ai_chat",))
    kept = {row["toggle"] for row in await acme.rows(toggles) if row["member_id"] == staff.id}
    assert kept == {"tags", "reports"}


# At once --------------------------------------------------------------------------------------------------------------


async def test_of_two_forms_drawn_from_the_same_settings_only_the_first_is_taken(database_url: str) -> None:
    acme = await resplendent(database_url)
    staff, admins = await acme.member("staff"), [await acme.member("admin") for _ in range(2)]
    seen = (await sheet(acme.founder, staff)).mark
    first = SetPermissions(staff.person, off=("tags",), seen=seen)
    second = SetPermissions(staff.person, off=("reports",), seen=seen)
    found = await at_once(lambda: admins[0].does(first), lambda: admins[1].does(second))
    assert told(found) == ["permissions-changed", "stale-form"]
    assert len(await acme.rows(toggles)) == 1
    # Without a form that showed anything, both happen, one after the other.
    again = [replace(first, seen=""), replace(second, seen="")]
    found = await at_once(lambda: admins[0].does(again[0]), lambda: admins[1].does(again[1]))
    assert sorted({*told(found)}) == ["nothing-changes", "permissions-changed"]
    assert {row["toggle"] for row in await acme.rows(toggles)} == {"tags", "reports"}
    assert await acme.chain_is_broken() is None


async def test_settings_are_judged_by_the_role_that_is_held_when_they_are_set(database_url: str) -> None:
    """A change of the role may come before or after: either way nothing is set that its role does not allow."""
    acme = await resplendent(database_url, datasets=ALL)
    admin = await acme.member("admin")
    for _ in range(2):
        staff = await acme.member("staff")
        command = SetPermissions(staff.person, mode="full", level="read", off=("tags",))
        found = await at_once(
            lambda: admin.does(command),  # noqa: B023 - both are awaited before the next one
            lambda: acme.founder.does(ChangeRole(staff.person, "member")),  # noqa: B023 - likewise
        )
        assert isinstance(found[1], object)
        rows = [row for row in await acme.rows(toggles) if row["member_id"] == staff.id]
        if isinstance(found[0], Refused):
            assert (found[0].code, rows) == ("rules-not-for-role", []) or (found[0].code == "toggle-not-for-role")
        else:
            assert [(row["toggle"], row["on"]) for row in rows] == [("tags", False)]
        assert (await sheet(acme.founder, staff)).what.role == RESPLENDENT.organization["member"]
    stale = await acme.member("staff")
    seen = (await sheet(acme.founder, stale)).mark
    await acme.operator(ChangeRole(stale.person, "member"))
    assert why(await admin.does(SetPermissions(stale.person, on=("ai_chat",), seen=seen))) == "stale-form"


# Cost -----------------------------------------------------------------------------------------------------------------


async def test_setting_and_showing_permissions_takes_few_statements(database_url: str) -> None:
    acme = await resplendent(database_url, datasets=ALL)
    admin, staff = await acme.member("admin"), await acme.member("staff")
    chosen = await ids(acme, *ALL)
    rules = SetPermissions(staff.person, mode="whitelist", level="read", datasets=chosen)
    commands = ((SetPermissions(staff.person, off=("tags",)), 8), (ResetPermissions(staff.person), 8), (rules, 11))
    for command, most in commands:
        with counting(acme.usher.store) as counted:
            result(await admin.does(command), PermissionsChanged)
        assert len(counted.written) <= most, "\n\n".join(counted.written)
        assert counted.read == []
    desk = await admin.desk()
    with counting(acme.usher.store) as counted:
        assert len((await acme.usher.queries.permissions(desk, staff.id)).chosen) == len(ALL)
    assert len(counted.read) <= 4, "\n\n".join(counted.read)
