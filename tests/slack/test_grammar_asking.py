"""What somebody types to ask for something, to keep it for longer, or to give it back, and what it means."""

from datetime import timedelta

import pytest

from bot.slack.grammar import Act, AskFor, HeldWhich, OpenForm, Unclear
from handlers.commands import Person, RequestAccess
from tests.slack.desks import desk
from tests.slack.test_grammar import act, reading

HOURS = timedelta(hours=4)
BOB = Person(slack="U0BOB")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ticket Creator in Apollo because x", RequestAccess("ticket_creator", "x", "Apollo", asked="add-on")),
        ("ticket-creator Apollo because x", RequestAccess("ticket_creator", "x", "Apollo", asked="add-on")),
        ("add-on SLA manager in Apollo because x", RequestAccess("sla_manager", "x", "Apollo", asked="add-on")),
        (
            "policy editor in Apollo for 4h because x",
            RequestAccess("policy_editor", "x", "Apollo", HOURS, asked="add-on"),
        ),
        ("role editor in Apollo because x", RequestAccess("editor", "x", "Apollo")),
        ("group Sales because x", RequestAccess("Sales", "x", asked="group")),
        ("group Sales & Co for 4h because x", RequestAccess("Sales & Co", "x", None, HOURS, asked="group")),
        ("group “Sales Team” because x", RequestAccess("Sales Team", "x", asked="group")),
        ("dashboard:rev-1 because x", RequestAccess("dashboard:rev-1", "x", asked="resource")),
        ("Dashboard:Revenue for 4h because x", RequestAccess("dashboard:Revenue", "x", None, HOURS, asked="resource")),
        ('dashboard:"Q3 revenue" because x', RequestAccess("dashboard:Q3 revenue", "x", asked="resource")),
        (
            "dashboard:rev-1 for <@U0BOB|bob> because x",
            RequestAccess("dashboard:rev-1", "x", person=BOB, asked="resource"),
        ),
    ],
)
def test_what_is_asked_for_is_a_role_an_addon_a_group_or_a_resource(typed: str, meant: RequestAccess) -> None:
    assert act(f"/access request {typed}") == meant


@pytest.mark.parametrize(
    ("typed", "prefill"),
    [
        ("ticket creator because x", {"reason": "x", "addon": "ticket_creator"}),
        ("ticket creator in Apollo", {"addon": "ticket_creator", "space": "Apollo"}),
        ("group Sales", {"asked": "group:Sales"}),
        ("dashboard:rev-1 for 4h", {"asked": "resource:dashboard:rev-1", "lasts": "4h"}),
        ("in Apollo", {"space": "Apollo"}),
        ("dashboard: because x", {"reason": "x"}),
    ],
)
def test_what_is_incomplete_opens_the_form_with_what_is_known(typed: str, prefill: dict[str, str]) -> None:
    assert reading(f"/access request {typed}") == OpenForm("request-access", prefill)


@pytest.mark.parametrize(
    ("typed", "name", "nearest"),
    [
        ("Sales because x", "Sales", None),
        ("Apollo because x", "Apollo", None),
        ("mangaer because x", "mangaer", "Manager"),
        ("tickt creator because x", "tickt creator", "Ticket Creator"),
        ("admin club because x", None, None),
    ],
)
def test_a_name_that_no_catalogue_knows_is_looked_up(typed: str, name: str | None, nearest: str | None) -> None:
    found = reading(f"/access request {typed}")
    if name is None:
        assert isinstance(found, Unclear)
        return
    assert isinstance(found, AskFor)
    assert (found.name, found.nearest, found.request.reason) == (name, nearest, "x")


@pytest.mark.parametrize(
    ("typed", "what", "nearest"),
    [
        ("dashbord:rev-1 because x", "“dashbord” is no kind of resource here. Kinds: image,", "dashboard"),
        ("dashboard:rev-1 in Apollo because x", "A dashboard is asked for without a space", None),
        ("group Sales in Apollo because x", "A group is asked for without a space", None),
        ("add-on tickt creator because x", "“tickt creator” is not an add-on here.", "Ticket Creator"),
        ("mangaer in Apollo because x", "“mangaer” is not a role here.", None),
    ],
)
def test_what_was_mistyped_is_named_with_the_nearest(typed: str, what: str, nearest: str | None) -> None:
    found = reading(f"/access request {typed}")
    assert isinstance(found, Unclear)
    assert what in found.what
    assert found.nearest == nearest


def test_an_addon_that_goes_by_the_name_of_a_role_needs_a_word_before_it() -> None:
    """In Mondoo's words *Policy Editor* is an add-on and *Editor* a role: the longest name is meant."""
    who = desk("mondoo", "owner")
    found = reading("/access request policy editor because x", who)
    assert found == Act(RequestAccess("policy_editor", "x", asked="add-on"))
    assert reading("/access request editor because x", who) == Act(RequestAccess("editor", "x"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("extend", HeldWhich("extend", None)),
        ("extend editor", HeldWhich("extend", "editor")),
        ("extend editor in Apollo for 4h", HeldWhich("extend", "editor in Apollo", HOURS)),
        ("extend for 4h because of the audit", HeldWhich("extend", None, HOURS, reason="of the audit")),
        ("extend editor 4h", HeldWhich("extend", "editor", HOURS)),
        ("give-back", HeldWhich("give-back", None)),
        ("giveback Sales", HeldWhich("give-back", "Sales")),
        ("give-back editor in Apollo", HeldWhich("give-back", "editor in Apollo")),
        ("give-back in Apollo", HeldWhich("give-back", "Apollo")),
    ],
)
def test_what_is_held_is_named_as_it_is_shown_or_not_at_all(typed: str, meant: HeldWhich) -> None:
    assert reading(f"/access {typed}") == meant
