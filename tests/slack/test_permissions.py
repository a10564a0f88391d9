"""The form *Permissions*, as people in Slack see it, change it and send it."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.blocks import checked_view
from bot.slack.views import permissions
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Unreadable, filled
from handlers.catalogue import load
from handlers.commands import ChangeRole, Named, Override, Person, SetPermissions
from tests.slack import hostile
from tests.slack.desks import NOW
from tests.slack.permitted import Stage, chosen, done, fields, permitted
from tests.slack.sheets import sheet

DATASETS = ("Payroll", "Sales", "Web")
AI = "AI Chat Access"


def labels(view: Block) -> list[str]:
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def words(view: Block) -> str:
    found = [str(one["text"]) for one in hostile.walk(view["blocks"]) if isinstance(one.get("text"), str)]
    return "\n".join(found)


# The form as it is drawn ----------------------------------------------------------------------------------------------


@pytest.mark.seed("004-40", "004-41", "004-43", "004-44", "004-45", "004-49", "004-58")
def test_staff_see_every_control_of_datasets_where_it_counts_and_none_where_it_does_not() -> None:
    always = ["Access Mode", "Default Permission Level"]
    features = ["Features that are on", "More features that are on", "Reason"]
    assert labels(permissions.build(sheet())) == [*always, *features]
    assert labels(permissions.build(sheet(mode="blacklist"))) == [*always, "Blocked Datasets", *features]
    white = permissions.build(sheet(mode="whitelist", choices={"d1": "read", "d2": "write", "d3": "default"}))
    assert labels(white) == [*always, "Allowed Datasets", "Override: Read", "Override: Read + Write", *features]
    assert "an override beats the default level" in words(white)
    inputs = {block["block_id"]: block["element"] for block in white["blocks"] if block["type"] == "input"}
    assert [option["value"] for option in inputs["datasets-1"]["initial_options"]] == ["d1", "d2", "d3"]
    assert [option["value"] for option in inputs["overrides-read"]["initial_options"]] == ["d1"]
    assert [option["value"] for option in inputs["overrides-write"]["initial_options"]] == ["d2"]
    ticked = [option["value"] for part in ("on-1", "on-2") for option in inputs[part]["initial_options"]]
    assert ticked == [one for one in load("resplendent").toggles if one != "ai_chat"]


@pytest.mark.seed("004-47", "004-48")
def test_admins_see_a_summary_in_place_of_dataset_controls() -> None:
    view = permissions.build(sheet(role="admin"))
    assert labels(view) == ["Features that are on", "More features that are on", "Reason"]
    assert "Admin always reads and writes every dataset (nothing to set)." in words(view)


@pytest.mark.seed("004-45", "004-50", "004-51", "004-52", "004-75", "004-81")
def test_members_see_the_rules_for_ai_chat_and_that_one_feature() -> None:
    view = permissions.build(sheet(role="member", mode="whitelist", choices={"d1": "default"}))
    assert labels(view) == ["Access Mode", "Allowed Datasets", "Features that are on", "Reason"]
    assert "apply to AI Chat only" in words(view)
    assert "Member reads and never writes and opens no dataset page" in words(view)
    boxes = next(block["element"] for block in view["blocks"] if block.get("block_id") == "on-1")
    assert [option["value"] for option in boxes["options"]] == ["ai_chat"]


@pytest.mark.seed("004-39", "004-82", "004-84")
def test_on_a_lower_plan_the_form_says_which_plan_has_the_rest() -> None:
    view = permissions.build(sheet(plan="free"))
    assert labels(view) == ["Features that are on", "Reason"]
    said = words(view)
    assert "Rules for datasets come with the plan Professional; the plan here is Free." in said
    assert "12 more with the plan Professional." in said
    assert "can still block an action although its feature is on" in said


@pytest.mark.seed("004-61", "004-62", "004-71", "004-75", "004-83", "004-84")
def test_every_feature_says_what_it_stands_for_and_what_it_does_not_change() -> None:
    said = words(permissions.build(sheet()))
    for toggle in load("resplendent").toggles.values():
        for sentence in toggle.text.removesuffix(".").split(". "):
            assert sentence in said, toggle.id
    assert "off may only make a page read-only" in said


@pytest.mark.seed("003-26")
def test_add_ons_stand_where_the_role_takes_them_and_rest_elsewhere() -> None:
    view = permissions.build(sheet("mondoo", "viewer", "free", addons=("policy_editor",)))
    assert labels(view) == ["Add-ons that are given", "Reason"]
    [boxes] = [block["element"] for block in view["blocks"] if block.get("block_id") == "addons-1"]
    assert len(boxes["options"]) == 10
    assert [option["value"] for option in boxes["initial_options"]] == ["policy_editor"]
    for_a_while = replace(sheet("mondoo", "viewer", "free"), addons={"policy_editor": NOW})
    assert "Until 21 Nov 2026, 18:00 (UTC); untick to end it now." in words(permissions.build(for_a_while))
    resting = permissions.build(sheet("mondoo", "editor", "free", addons=("policy_editor",)))
    assert "Add-ons go on Viewer alone, and the role here is Editor:" in words(resting)
    assert "Those that are held rest" in words(resting)
    [boxes] = [block["element"] for block in resting["blocks"] if block.get("block_id") == "addons-1"]
    assert [option["value"] for option in boxes["options"]] == ["policy_editor"]
    unused = permissions.build(sheet("imaging", "member", "free"))
    assert "There is nothing to set beside the role here" in words(unused)
    assert "submit" not in unused
    nothing = permissions.build(sheet("mondoo", "owner", "free"))
    assert (labels(nothing), "submit" in nothing) == ([], False)
    elsewhere = permissions.build(sheet("default", "member", "starship"))
    assert "/usher permissions PERSON in SPACE" in words(elsewhere)
    inside = permissions.build(sheet("default", "viewer", "starship", in_space=True))
    assert labels(inside) == ["Add-ons that are given", "Reason"]
    assert "Datasets and features belong to the organization" in words(inside)


def test_many_selected_datasets_stand_in_several_fields_and_are_read_as_one() -> None:
    choices: dict[str, Override] = {f"{n:032x}": "default" for n in range(250)}
    view = checked_view(permissions.build(sheet(mode="whitelist", choices=choices)))
    parts = [block for block in view["blocks"] if block["block_id"].startswith("datasets-")]
    assert [len(block["element"]["initial_options"]) for block in parts] == [100, 100, 50]
    values = {
        block["block_id"]: {"datasets": {"selected_options": block["element"]["initial_options"]}} for block in parts
    }
    state = {"values": {**values, "mode": mode("whitelist"), "overrides-read": {}, "level": {}}}
    read = permissions.read(filled({**view, "state": state}))
    assert set(read.datasets) == set(choices)
    full: dict[str, Override] = {f"{n:032x}": "read" for n in range(500)}
    long = dict.fromkeys(full, "🙂" * 200)
    checked_view(permissions.build(sheet(mode="whitelist", choices=full, names=long)))


def mode(which: str) -> dict[str, object]:
    return {"access_mode": {"type": "radio_buttons", "selected_option": {"value": which, "text": {"text": which}}}}


@pytest.mark.parametrize(
    ("which", "shown"), [("whitelist", ()), ("blacklist", ()), ("whitelist", ("datasets-1", "level"))]
)
def test_a_form_that_was_sent_before_it_was_drawn_anew_empties_nothing(which: str, shown: tuple[str, ...]) -> None:
    state: dict[str, object] = {
        "values": {"mode": mode(which), **{block: {"datasets": {"selected_options": []}} for block in shown}}
    }
    with pytest.raises(Unreadable) as wrong:
        permissions.read(filled({"state": state}))
    assert wrong.value.wrong.field == "mode"


names = st.dictionaries(hostile.ids, hostile.text, max_size=5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(hostile.people, names, st.sampled_from(["full", "blacklist", "whitelist"]), st.sampled_from(["staff", "member"]))
@pytest.mark.invariant(43)
def test_whatever_people_and_datasets_are_called_slack_takes_the_form(
    member: Named, called: dict[str, str], which: str, role: str
) -> None:
    choices: dict[str, Override] = dict.fromkeys(called, "read")
    view = permissions.build(sheet(role=role, mode=which, choices=choices, names=called, member=member))  # pyright: ignore[reportArgumentType] # one of the three
    checked_view(view)
    for node in hostile.walk(view["blocks"]):
        assert node.get("type") != "mrkdwn"


# In Slack -------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def office(sqlite_url: str) -> AsyncGenerator[Stage]:
    roles = {"grace": "admin", "linus": "staff", "mei": "member"}
    async with permitted(sqlite_url, roles, datasets=DATASETS) as stage:
        yield stage


@pytest.mark.seed("004-40", "004-42", "004-43", "004-44", "004-45", "004-46", "004-55")
async def test_choosing_a_mode_draws_the_form_anew_and_keeps_what_was_chosen(office: Stage) -> None:
    grace = office.person("grace")
    view = await office.opens("grace", "@linus")
    assert office.person("linus").id in str(view.blocks[0])
    assert chosen(view, "mode") == ["Full Access"]
    assert AI not in chosen(view, "on-2")
    ticked = [*chosen(view, "on-2"), AI]
    await grace.press(
        "Access Mode",
        choose="Whitelist",
        typed={"level": "Read Only", "more_features_that_are_on": ticked, "reason": "audit"},
    )
    drawn = await grace.wait_for_modal("Allowed Datasets")
    assert fields(drawn)[:5] == [
        "Access Mode",
        "Default Permission Level",
        "Allowed Datasets",
        "Override: Read",
        "Override: Read + Write",
    ]
    assert (chosen(drawn, "mode"), chosen(drawn, "level")) == (["Whitelist"], ["Read Only"])
    assert AI in chosen(drawn, "on-2")
    picked = ["Payroll (ds-payroll)", "Web (ds-web)"]
    await grace.press("Access Mode", choose="Blacklist", typed={"Allowed Datasets": picked})
    drawn = await grace.wait_for_modal("Blocked Datasets")
    assert (chosen(drawn, "datasets-1"), "Override: Read" in fields(drawn)) == (picked, False)
    await grace.press("Access Mode", choose="Whitelist")
    await grace.wait_for_modal("Override: Read")
    # What is overridden must be selected: said under that field, and nothing is lost.
    wrong = await grace.submit(override_read_write=["Sales (ds-sales)"])
    assert "An override counts only in a whitelist" in wrong.errors["overrides-read"]
    sent = await grace.submit(override_read_write=["Web (ds-web)"])
    assert sent.view
    assert "Done. The permissions of" in sent.view.words
    assert "Now: AI Chat Access." in sent.view.words
    assert [await office.may("linus", "read", "dataset", f"ds-{name.lower()}") for name in DATASETS] == [
        True,
        False,
        True,
    ]
    assert await office.may("linus", "write", "dataset", "ds-web")
    assert not await office.may("linus", "write", "dataset", "ds-payroll")
    assert await office.may("linus", "ai-chat", "dataset", "ds-web")
    # Who is affected is told; opened again, the form shows what is set.
    await office.bot.settle()
    told = await office.person("linus").wait_for("changed what you may do")
    assert "Now: AI Chat Access. The rules for datasets have changed." in told.words
    await grace.close()
    again = await office.opens("grace", "linus@example.com")
    assert chosen(again, "datasets-1") == picked
    assert (chosen(again, "overrides-read"), chosen(again, "overrides-write")) == ([], ["Web (ds-web)"])
    # One more is selected beside those that were.
    sent = await grace.submit(allowed_datasets=[*picked, "Sales (ds-sales)"])
    assert sent.view
    assert "Done." in sent.view.words
    assert await office.may("linus", "read", "dataset", "ds-sales")


@pytest.mark.seed("004-48", "004-50", "004-60", "004-74", "004-81")
async def test_features_are_set_for_an_admin_and_a_member_and_reset_to_their_roles(office: Stage) -> None:
    ada = office.person("ada")
    view = await office.opens("ada", "@grace")
    assert fields(view) == ["Features that are on", "More features that are on", "Reason"]
    assert "Admin always reads and writes every dataset" in view.words
    left = [title for title in chosen(view, "on-2") if title != "Tags"]
    assert (await ada.submit(more_features_that_are_on=left)).view
    assert not await office.may("grace", "use", "feature", "tags")
    await ada.close()
    view = await office.opens("ada", "@mei")
    assert fields(view) == ["Access Mode", "Features that are on", "Reason"]
    sent = await ada.submit(features_that_are_on=[AI])
    assert sent.view
    assert "Done. " in sent.view.words
    assert await office.may("mei", "ai-chat", "dataset", "ds-web")
    same = await office.opens("ada", "@mei")
    assert chosen(same, "on-1") == [AI]
    nothing = await ada.submit()
    assert "It is so already" in next(iter(nothing.errors.values()))
    answer = await ada.press("Reset to Role Defaults")
    assert answer.view
    assert "has the features of their role again. No longer: AI Chat Access." in answer.view.words
    assert not await office.may("mei", "ai-chat", "dataset", "ds-web")


async def test_without_a_name_the_form_asks_whose_permissions_first(office: Stage) -> None:
    grace = office.person("grace")
    assert fields(await office.opens("grace", "")) == ["Person"]
    sent = await grace.submit(person="Linus Pauling (linus@example.com)")
    assert sent.view
    assert fields(sent.view)[0] == "Access Mode"
    unknown = await office.opens("grace", "nobody@example.com")
    assert "There is no member “nobody@example.com” here" in unknown.words
    own = await office.opens("grace", "@grace")
    assert own.words.startswith("Refused\nRefused. Nobody changes their own role, status or access.")
    above = await office.opens("grace", "@ada")
    assert "outside what your role may manage" in above.words


@pytest.mark.seed("004-39")
async def test_only_who_may_set_permissions_is_offered_the_command(office: Stage) -> None:
    listed = (await office.person("grace").type("/usher help")).words
    assert "/usher permissions PERSON" in listed
    assert "[in" not in listed.partition("/usher permissions PERSON")[2].partition("\n")[0]
    for name in ("linus", "mei"):
        assert "permissions" not in (await office.person(name).type("/usher help")).words
        answer = await office.person(name).type("/usher permissions @grace")
        assert answer.words.startswith("Refused. Your role doesn't allow this.")


async def test_a_form_that_is_too_old_changes_nothing(office: Stage) -> None:
    ada, grace = office.person("ada"), office.person("grace")
    view = await office.opens("ada", "@linus")
    await office.opens("grace", "@linus")
    left = [title for title in chosen(view, "on-2") if title != "Tags"]
    assert "Done." in getattr((await grace.submit(more_features_that_are_on=left)).view, "words", "")
    stale = await ada.submit(features_that_are_on=[])
    assert stale.view
    assert stale.view.words.startswith("Refused\nRefused. This form is too old. Open it again")
    # Neither does one that stood open while the role changed, however often its mode is chosen.
    await office.opens("grace", "@mei")
    done(await office.operator(ChangeRole(Person(email="mei@example.com"), "staff")))
    await grace.press("Access Mode", choose="Whitelist")
    await grace.wait_for_modal("Default Permission Level")
    assert "This form is too old" in getattr((await grace.submit()).view, "words", "")


async def test_add_ons_are_given_in_a_space_and_waiting_ones_are_approved_on_a_card(
    sqlite_url: str, tmp_path: Path
) -> None:
    text = (Path(__file__).parents[2] / "handlers/catalogues/mondoo.toml").read_text()
    held = text.replace('own = ["spaces', 'own = ["query_packs:{edit,add,remove}", "policies:edit", "spaces')
    (tmp_path / "generous.toml").write_text(held)
    roles = {"grace": "editor", "linus": "viewer", "mei": "viewer"}
    async with permitted(
        sqlite_url, roles, catalogue=str(tmp_path / "generous.toml"), plan="", spaces={"linus": "Apollo"}
    ) as stage:
        grace, ada = stage.person("grace"), stage.person("ada")
        view = await stage.opens("grace", "@linus in apollo")
        assert fields(view) == ["Add-ons that are given", "Reason"]
        assert "in the space Apollo" in view.words
        sent = await grace.submit(add_ons_that_are_given=["Ticket Creator", "SLA Manager"])
        assert sent.view
        assert "Done. The permissions of" in sent.view.words
        assert "Now: SLA Manager and Ticket Creator." in sent.view.words
        assert await stage.may("linus", "tickets:create", "space", "apollo")
        await grace.close()
        # More than an editor holds waits for an owner.
        await stage.opens("grace", "@mei")
        sent = await grace.submit(add_ons_that_are_given=["Query Pack Editor"], reason="they know them best")
        assert sent.view
        assert sent.view.words.startswith("Waiting\nWaiting for the approval of")
        await stage.bot.settle()
        card = await ada.wait_for("they know them best")
        assert "Query Pack Editor" in card.words
        assert "Done. Approved" in (await ada.press("Approve", on=card)).words
        assert await stage.may("mei", "query_packs:edit", "organization", "acme")


def test_nothing_is_read_into_a_form_that_shows_nothing() -> None:
    read = permissions.read(filled({"state": {"values": {}}, "private_metadata": '{"person":"m2","mark":"x"}'}))
    assert read == SetPermissions(Person(id="m2"), seen="x")
