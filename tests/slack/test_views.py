"""Every view, whatever stands in it, is one that Slack takes and that nobody else's words can change."""

import dataclasses
import json
from collections.abc import Callable, Iterable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.blocks import checked_view, message_blocks
from bot.slack import buttons, ids, modals, suggestions
from bot.slack.grammar import help_lines
from bot.slack.views import (
    answer,
    approve_code,
    change_role,
    connect,
    deactivate,
    dead_letters,
    deny,
    groups,
    holding,
    home,
    importing,
    invitation_forms,
    invitations,
    invite,
    leaving,
    lists,
    permissions,
    reactivate,
    request_access,
    resources,
    set_up,
    space_access,
    space_forms,
    spaces,
)
from bot.slack.views.blocks import Block, Message
from bot.slack.views.card import card_blocks
from bot.slack.views.fields import Filled, Meta, Prefilled, Unreadable, filled
from bot.slack.views.space_access import At
from bot.wording.phrase import say
from handlers import commands
from handlers.commands import COMMANDS, Command, Person
from handlers.dead_letter_queries import UndeliveredPage
from handlers.group_queries import GroupCard, GroupPage
from handlers.leaving_queries import Departure
from handlers.models import NO_TALLIES, Access, Choice, Desk, HeldPage, Home, InvitationPage, RequestCard, Tallies
from handlers.resource_queries import ResourceCard, ResourcePage
from tests.slack import carded, checked, directory, explained, hostile, houses, leavers, listed, spaced, things
from tests.slack.desks import desk, newcomer
from tests.slack.hostile import a_card
from tests.slack.sheets import sheet

many = settings(
    max_examples=25,
    # A whole Home is more than Hypothesis likes to draw at once.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    deadline=None,
)

typed = st.builds(
    Prefilled,
    role=hostile.text,
    person=st.one_of(st.none(), hostile.choices),
    space=st.one_of(st.none(), hostile.choices),
    lasts=hostile.text,
    until=st.one_of(st.none(), hostile.moments),
    reason=hostile.text,
    emails=st.lists(hostile.emails, max_size=200).map(tuple),
    groups=st.lists(hostile.text, max_size=3).map(tuple),
    name=hostile.text,
    chosen=things.CHOSEN,
    texts=things.TEXTS,
    note=hostile.text.map(lambda text: say("{text}", text=text)),
)
BUILT: tuple[Callable[[Desk, Prefilled], Block], ...] = (
    set_up.build,
    invite.build,
    change_role.build,
    deactivate.build,
    reactivate.build,
    request_access.build,
    connect.build,
    permissions.build_pick,
    *things.BUILT,
    *houses.BUILT,
    space_forms.build_create,
    space_forms.build_rename,
    space_forms.build_delete,
    space_forms.build_remove,
)


def holds(blocks: Iterable[Block]) -> None:
    """Nothing that Slack would read as marks, and no rich text that it would refuse."""
    for node in hostile.walk(list(blocks)):
        assert node.get("type") != "mrkdwn"
        if node.get("type") in {"rich_text_section", "rich_text_quote"}:
            assert node["elements"]
        if node.get("type") == "text":
            assert node["text"]
            assert not set(node["text"]) & set("\u202e\u2066\u0000\u001b")
        if node.get("type") == "user":
            assert node["user_id"].isalnum()


def slack_takes(view: Block) -> None:
    checked_view(view)
    holds(view["blocks"])


def slack_takes_message(message: Message) -> None:
    message_blocks(list(message.blocks))
    holds(message.blocks)
    assert 0 < len(message.text) <= 40_000
    assert "<!channel>" not in message.text
    assert "<https://evil" not in message.text


@many
@given(hostile.desks(), typed)
@pytest.mark.invariant(43)
def test_every_form_is_one_that_slack_takes(who: Desk, before: Prefilled) -> None:
    for build in BUILT:
        slack_takes(build(who, before))


@many
@given(hostile.cards, hostile.zones)
@pytest.mark.invariant(43)
def test_every_card_is_one_that_slack_takes_and_its_text_says_it_all(card: RequestCard, zone: str) -> None:
    text, blocks = card_blocks(card, zone)
    slack_takes_message(Message(text, tuple(blocks)))
    assert bool([node for node in hostile.walk(blocks) if node.get("type") == "button"]) is (card.state == "pending")


@many
@given(hostile.cards, hostile.zones)
def test_the_forms_that_decide_repeat_any_change(card: RequestCard, zone: str) -> None:
    slack_takes(approve_code.build(card, zone))
    slack_takes(deny.build(card, zone, place=Meta(request=card.id, channel="C1", ts="1.2")))


@many
@given(hostile.homes())
@pytest.mark.invariant(43)
def test_home_is_one_that_slack_takes_and_says_how_much_it_leaves_out(seen: Home) -> None:
    view = home.build(seen)
    slack_takes(view)
    if len(seen.waiting) > home.MOST_WAITING:
        assert f"{len(seen.waiting) - home.MOST_WAITING} more" in words(view["blocks"])


@many
@given(hostile.desks(), listed.pages())
@pytest.mark.invariant(43)
def test_lists_of_invitations_are_ones_that_slack_takes(who: Desk, page: InvitationPage) -> None:
    slack_takes_message(invitations.page(who, page))
    if page.rows:
        slack_takes(invitation_forms.build_several(who, page.rows * 6, open_=page.total))
    slack_takes(invitation_forms.build_all("revoke", "pending", page.total, space=page.space, now=listed.NOW))


@many
@given(listed.letters)
@pytest.mark.invariant(43)
def test_lists_of_what_could_not_be_delivered_are_ones_that_slack_takes(page: UndeliveredPage) -> None:
    slack_takes_message(dead_letters.page(page))


@many
@given(hostile.desks(), hostile.rows(40), hostile.holdings(20))
@pytest.mark.invariant(43)
def test_lists_of_requests_and_access_are_ones_that_slack_takes(
    who: Desk, cards: tuple[RequestCard, ...], held: tuple[Access, ...]
) -> None:
    for message in (
        lists.approvals(who, cards),
        lists.requests(who, cards),
        lists.which(who, cards),
        holding.mine(who, HeldPage(held[:10], "k", "")),
        holding.which(who, held, "extend"),
        lists.me(who),
        lists.help_(help_lines("/usher", desk=who), say("Help.")),
    ):
        slack_takes_message(message)


@many
@given(hostile.desks(), leavers.departures)
@pytest.mark.invariant(43)
def test_slack_takes_whatever_an_ending_costs(reader: Desk, one: Departure) -> None:
    slack_takes(leaving.build(reader, one))


@many
@given(hostile.desks(), things.group_pages, things.group_cards, things.resource_pages, things.resource_cards)
@pytest.mark.invariant(43)
def test_groups_and_resources_are_shown_in_messages_that_slack_takes(
    who: Desk, all_groups: GroupPage, group: GroupCard, all_resources: ResourcePage, resource: ResourceCard
) -> None:
    for message in (
        groups.page(who, all_groups),
        groups.card(who, group),
        groups.unknown(who, group.name),
        resources.page(who, all_resources),
        resources.card(who, resource),
        resources.unknown(who, f"image:{group.name}", [group.name]),
        resources.unknown(who, group.name),
        resources.gone(),
    ):
        slack_takes_message(message)


def words(node: object) -> str:
    found = [str(one["text"]) for one in hostile.walk(node) if isinstance(one.get("text"), str)]
    return "".join(found)


# Ids ------------------------------------------------------------------------------------------------------------------

FIELDS = {
    set_up.CALLBACK: commands.SetUp,
    invite.CALLBACK: commands.Invite,
    change_role.CALLBACK: commands.ChangeRole,
    deactivate.CALLBACK: commands.Deactivate,
    reactivate.CALLBACK: commands.Reactivate,
    request_access.CALLBACK: commands.RequestAccess,
    request_access.EXTEND_CALLBACK: commands.RequestAccess,
    connect.CALLBACK: commands.StartConnecting,
    connect.CODE_CALLBACK: commands.Connect,
    approve_code.CALLBACK: commands.Approve,
    deny.CALLBACK: commands.Deny,
    permissions.PICK_CALLBACK: commands.SetPermissions,
    permissions.CALLBACK: commands.SetPermissions,
    **things.FIELDS,
    **houses.FIELDS,
    **carded.FIELDS,
    **leavers.FIELDS,
    **checked.FIELDS,
    space_forms.CREATE_CALLBACK: commands.CreateSpace,
    space_forms.RENAME_CALLBACK: commands.RenameSpace,
    space_forms.DELETE_CALLBACK: commands.DeleteSpace,
    space_forms.REMOVE_CALLBACK: commands.RemoveFromSpace,
}


HELD = (
    Access("editor", "Apollo", a_card().expires, "person", "viewer", id="g7", extendable=True, returnable=True),
    Access("viewer", None, None, "invitation", id="g8"),
)


def all_forms() -> dict[str, Block]:
    full = Prefilled(groups=("A",), person=Choice("m2", "Grace"))
    built = [build(desk(), full) for build in BUILT]
    built += [
        connect.build_code(commands.CodeSent("a@example.org", "mail")),
        approve_code.build(a_card()),
        deny.build(a_card()),
        request_access.build_longer(HELD[0], say("Editor"), Prefilled()),
        space_access.build(desk(), spaced.access(), At("s1")),
        permissions.build(sheet(mode="whitelist", choices={"d1": "read"})),
        *houses.forms(desk()),
        *listed.forms(desk()),
        *carded.forms(desk()),
        *leavers.forms(desk()),
        *explained.forms(desk()),
        *checked.forms(desk()),
    ]
    return {form["callback_id"]: form for form in built}


@pytest.mark.parametrize("callback", sorted(FIELDS))
def test_every_input_is_named_like_a_field_of_its_command(callback: str) -> None:
    fields = {field.name for field in dataclasses.fields(FIELDS[callback])}
    if callback == approve_code.CALLBACK:
        fields.add("code")  # the actor's, never the command's
    shown = (block for block in all_forms()[callback]["blocks"] if block["type"] == "input")
    inputs = {block["block_id"].partition("-")[0] for block in shown}  # what holds many is split into parts
    assert inputs
    assert inputs <= fields


def test_every_form_has_a_listener_and_every_listener_a_form() -> None:
    assert set(all_forms()) == set(modals.FORMS)


COUNTED = Tallies((("active", 1),), (("admin", 1),))


def everything_with_buttons() -> list[Any]:
    cards = [a_card(id="p"), a_card(id="d", state="denied")]
    outcomes: list[commands.Outcome] = [
        commands.Waiting("approval", "r1"),
        commands.Waiting("code", "r1"),
        commands.Refused("no-factor"),
        commands.Refused("not-connected"),
        commands.Refused("nobody-invited", facts={"a@example.org": "already-invited"}),
    ]
    return [
        card_blocks(cards[0])[1],
        card_blocks(a_card(change="import"))[1],
        importing.people(desk(), checked.people()),
        lists.me(dataclasses.replace(desk(), has_factor=False)).blocks,
        holding.mine(desk(), HeldPage(HELD, "k5", "")).blocks,
        spaces.page(desk(), spaced.page()).blocks,
        spaces.card(desk(), spaced.card()).blocks,
        home.build(Home(desk(), (), tuple(cards), tuple(cards[:1]), COUNTED, (), listed.ROWS)),
        home.build(Home(newcomer(), (), (), (), NO_TALLIES, (), (), several=True)),
        home.build(Home(newcomer(organization=None, workspace_admin=True), (), (), (), NO_TALLIES, (), ())),
        [answer.offers(outcome) for outcome in outcomes],
        directory.home(desk()),
        *(message.blocks for message in directory.messages(desk())),
        *(message.blocks for message in things.messages(desk())),
        *(message.blocks for message in houses.messages()),
        *(message.blocks for message in listed.messages(desk())),
        *(message.blocks for message in carded.messages(desk())),
        carded.offer(),
        *(message.blocks for message in explained.messages(desk())),
        *(message.blocks for message in checked.messages(desk())),
        [{"action_id": ids.ACCEPT, "type": "button"}],  # the offer's, which stands with the notices
        *all_forms().values(),
    ]


def test_every_button_has_a_listener_and_every_listener_a_button() -> None:
    shown = list(hostile.walk(everything_with_buttons()))
    built = {node["action_id"] for node in shown if node.get("type") == "button"}
    built |= {node["element"]["action_id"] for node in shown if node.get("dispatch_action")}
    built |= {one["action_id"] for node in shown if node.get("type") == "actions" for one in node["elements"]}
    assert built == set(buttons.PRESSED)
    named = {value for name, value in vars(ids).items() if name.isupper()}
    assert named == set(buttons.PRESSED)


def test_what_a_screen_reader_says_of_a_button_begins_with_what_stands_on_it() -> None:
    """Whoever speaks to their machine says what they see."""
    said = {
        (node["text"]["text"], node["accessibility_label"])
        for node in hostile.walk(everything_with_buttons())
        if node.get("type") == "button" and "accessibility_label" in node
    }
    assert said
    assert [one for one in said if not one[1].startswith(one[0])] == []


def test_every_select_that_searches_has_suggestions() -> None:
    built = {
        node["action_id"]
        for node in hostile.walk(everything_with_buttons())
        if node.get("type") in {"external_select", "multi_external_select"}
    }
    assert built == set(suggestions.SEARCHES)


@pytest.mark.invariant(35)
def test_a_buttons_value_is_an_opaque_id_and_nothing_else() -> None:
    values = {
        node["value"]
        for node in hostile.walk(everything_with_buttons())
        if node.get("type") == "button" and "value" in node
    }
    assert values == {
        "g1",
        "Grace H.",  # a name to take, which is checked as if it were typed
        "t1",
        "k1",
        "k3",
        "p",
        "m2",
        "s1",
        "r1",
        "pending",
        "expired",
        "k2",
        "g7",
        "k5",
        "k2 status:active",  # the filters of a list, which are read as if they were typed
        "k3 status:active",
        "status:active",
        invitations.FIRST,
        "choose",
        "i1",
        "i1~n",
        "i1~p",
        "r1~n",
        "r1~p",
        dead_letters.EVERYTHING,
    }


# Reading --------------------------------------------------------------------------------------------------------------


def submitted(form: Block, **values: object) -> Filled:
    state = {block_id: {"value": value} for block_id, value in values.items()}
    return filled({"state": {"values": state}, "private_metadata": form.get("private_metadata", "")})


def line(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def test_an_invitation_is_read_from_its_form() -> None:
    form = submitted(
        {},
        emails=line("ada@example.org, bob@example.org\ncarl@example.org;"),
        role=chosen("organization:member"),
        space={"type": "external_select", "selected_option": None},
        name=line("  "),
    )
    assert invite.read(form) == commands.Invite(("ada@example.org", "bob@example.org", "carl@example.org"), "member")


def test_a_role_of_a_space_wants_its_space_and_one_of_the_organization_wants_none() -> None:
    without = submitted({}, person=chosen("m2"), role=chosen("space:viewer"))
    with pytest.raises(Unreadable) as lacking:
        change_role.read(without)
    assert lacking.value.wrong.field == "space"
    both = submitted({}, person=chosen("m2"), role=chosen("organization:member"), space=chosen("Apollo"))
    with pytest.raises(Unreadable) as too_much:
        change_role.read(both)
    assert too_much.value.wrong.field == "role"


def test_a_role_for_a_while_is_read_from_its_form() -> None:
    form = submitted(
        {}, person=chosen("m2"), role=chosen("organization:admin"), lasts=line("1d 12h"), reason=line("on call")
    )
    read = change_role.read(form)
    assert read.person == Person(id="m2")
    assert (read.role, read.lasts, read.until, read.reason) == ("admin", hostile.timedelta(hours=36), None, "on call")


@pytest.mark.parametrize("length", ["soon", "0h", "-1h", "400d", "8x"])
def test_a_length_that_is_none_is_said_under_its_field(length: str) -> None:
    form = submitted({}, person=chosen("m2"), role=chosen("organization:admin"), lasts=line(length))
    with pytest.raises(Unreadable) as wrong:
        change_role.read(form)
    assert wrong.value.wrong.field == "lasts"


def test_what_a_command_could_not_finish_stands_in_its_form_again() -> None:
    before = Prefilled(role="admin", person=Choice("m2", "Grace"), lasts="8h", reason="on call")
    form = change_role.build(desk(), before)
    inputs = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert inputs["role"]["initial_option"]["value"] == "organization:admin"
    assert inputs["person"]["initial_option"]["value"] == "m2"
    assert inputs["lasts"]["initial_value"] == "8h"
    assert inputs["reason"]["initial_value"] == "on call"


@pytest.mark.parametrize("role", ["super_admin", "admin", "manager"])
def test_a_form_offers_only_the_roles_that_the_catalogue_lets_its_reader_give(role: str) -> None:
    who = desk(role=role)
    form = invite.build(who)
    select = next(block["element"] for block in form["blocks"] if block.get("block_id") == "role")
    offered = {option["value"] for group in select["option_groups"] for option in group["options"]}
    of_organization = {value.partition(":")[2] for value in offered if value.startswith("organization:")}
    assert of_organization == set(who.catalogue.organization[role].invites)


def test_a_forms_metadata_holds_ids_only_and_survives_anything() -> None:
    kept = Meta(request="r1", channel="C1", ts="1.2")
    assert Meta.load(kept.dump()) == kept
    for odd in ("", "no json", "[]", '"x"', "null", json.dumps({"request": None}), None, 5):
        assert Meta.load(odd) == Meta()


@pytest.mark.invariant(3)
def test_a_code_that_was_typed_never_shows() -> None:
    form = submitted(approve_code.build(a_card()), code=line("123 456"))
    assert approve_code.read_code(form) == "123456"
    assert "123" not in repr(form)
    assert "123" not in repr(approve_code.read(form))


def test_every_command_of_a_form_can_be_kept_as_json() -> None:
    kinds = {member.__dataclass_fields__["kind"].default for member in get_args(get_args(Command)[0])}
    assert {FIELDS[callback].__dataclass_fields__["kind"].default for callback in FIELDS} <= kinds
    assert COMMANDS
