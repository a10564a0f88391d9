"""Each line about groups and resources: what somebody types, and what it means."""

import pytest

from bot.slack.grammar import Act, FirstKnown, OpenForm, Show, Unclear, help_lines
from handlers.commands import (
    AddResource,
    Command,
    CreateGroup,
    JoinGroup,
    LeaveGroup,
    Person,
    RenameGroup,
    Share,
    Thing,
    Unshare,
)
from tests.slack.desks import desk
from tests.slack.test_grammar import reading

BOB, EVE = Person(slack="U0BOB"), Person(email="eve@x.org")
SALES = Thing("dataset", "sales")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("group create Night shift", CreateGroup("Night shift")),
        ('group create "to the point"', CreateGroup("to the point")),
        ("Group Create Ready to go", CreateGroup("Ready to go")),
        ("group rename Night to Day", RenameGroup("Night", "Day")),
        ("group rename Night shift to Day shift", RenameGroup("Night shift", "Day shift")),
        ('group rename "Night" Day', RenameGroup("Night", "Day")),
        ('group rename "Night shift" Day shift', RenameGroup("Night shift", "Day shift")),
        ("group add <@U0BOB|bob> to Night shift", JoinGroup((BOB,), "Night shift")),
        ("group add <@U0BOB|bob>, eve@x.org to Night", JoinGroup((BOB, EVE), "Night")),
        ("group add <@U0BOB|bob> Night shift", JoinGroup((BOB,), "Night shift")),
        ("group add <@U0BOB|bob>, eve@x.org Night", JoinGroup((BOB, EVE), "Night")),
        ("group add Bob Ross, Eve to Night", JoinGroup((Person(name="Bob Ross"), Person(name="Eve")), "Night")),
        ("group remove <@U0BOB|bob> from Night", LeaveGroup((BOB,), "Night")),
        ("resource add dataset:sales named Sales 2026", AddResource("dataset", "sales", "Sales 2026")),
        (
            'resource add "data set:a b" named Sales in Apollo owner <@U0BOB|bob>',
            AddResource("data set", "a b", "Sales", "Apollo", BOB),
        ),
        ("resource share dataset:sales with <@U0BOB|bob>", Share(SALES, (BOB,))),
        ("resource share dataset:sales to eve@x.org", Share(SALES, (), ("eve@x.org",))),
        (
            "resource share dataset:sales with <@U0BOB|bob>, <mailto:eve@x.org|eve@x.org>, group Night shift, Mallory",
            Share(SALES, (BOB, Person(name="Mallory")), ("eve@x.org",), ("Night shift",)),
        ),
        (
            'resource share dataset:"Sales report" with group Night',
            Share(Thing("dataset", "Sales report"), (), (), ("Night",)),
        ),
        (
            "resource share dataset: Sales report with group Night",
            Share(Thing("dataset", "Sales report"), (), (), ("Night",)),
        ),
        ("resource unshare dataset:sales from <@U0BOB|bob>", Unshare(SALES, (BOB,))),
        ("resource unshare dataset:sales from group Night, group Day", Unshare(SALES, (), (), ("Night", "Day"))),
    ],
)
def test_typed_in_full_it_acts(typed: str, meant: Command) -> None:
    assert reading(f"/usher {typed}") == Act(meant)


@pytest.mark.parametrize(
    ("typed", "form", "known"),
    [
        ("group create", "create-group", {}),
        ("group rename", "rename-group", {}),
        ("group rename Night", "rename-group", {"group": "Night"}),
        ("group rename Night shift to", "rename-group", {"group": "Night shift"}),
        ("group delete", "delete-group", {}),
        ("group delete Night shift", "delete-group", {"group": "Night shift"}),
        ("group add", "join-group", {}),
        ("group add Bob Ross", "join-group", {"people": ("Bob Ross",)}),
        ("group add to Night", "join-group", {"group": "Night"}),
        ("group remove <@U0BOB|bob>", "leave-group", {"people": ("<@U0BOB>",)}),
        ("resource add", "add-resource", {}),
        ("resource add dataset:sales", "add-resource", {"sort": "dataset", "outside": "sales"}),
        ("resource remove dataset:sales", "remove-resource", {"resource": "dataset:sales"}),
        ("resource share", "share", {}),
        ("resource share dataset:sales with", "share", {"resource": "dataset:sales"}),
        ("resource unshare from group Night", "unshare", {"groups": ("Night",)}),
    ],
)
def test_incomplete_or_destroying_it_opens_its_form(typed: str, form: str, known: dict[str, object]) -> None:
    found = reading(f"/usher {typed}")
    assert isinstance(found, OpenForm)
    assert (found.form, dict(found.prefill)) == (form, known)


@pytest.mark.parametrize(
    ("typed", "sight", "about"),
    [
        ("groups", "groups", None),
        ("group", "groups", None),
        ("group Night shift", "group", "Night shift"),
        ("groups Night shift", "group", "Night shift"),
        ("resources", "resources", None),
        ("resources dataset", "resources", "dataset"),
        ("resource", "resources", None),
        ("resource dataset", "resources", "dataset"),
        ("resource dataset:sales", "resource", "dataset:sales"),
        ('resource dataset: "Sales report"', "resource", "dataset:Sales report"),
    ],
)
def test_a_name_alone_is_looked_at(typed: str, sight: str, about: str | None) -> None:
    found = reading(f"/usher {typed}")
    assert isinstance(found, Show)
    assert (found.what, found.about) == (sight, about)


def test_of_two_names_the_longest_that_is_known_comes_first() -> None:
    found = reading("/usher group rename Night shift Late crew")
    assert isinstance(found, FirstKnown)
    whole, late, shift, night = found.acts
    assert whole[0] == "Night shift Late crew"
    assert isinstance(whole[1], OpenForm)
    assert whole[1].prefill == {"group": "Night shift Late crew"}
    assert (late[0], night[0]) == ("Night shift Late", "Night")
    assert shift == ("Night shift", Act(RenameGroup("Night shift", "Late crew")))
    assert found.otherwise.form == "rename-group"
    assert found.otherwise.prefill == {"group": "Night", "name": "shift Late crew"}
    assert isinstance(reading(f"/usher group rename {'very ' * 30}long"), OpenForm)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("resource share Sales with <@U0BOB|bob>", "type its kind, a colon and its id or name"),
        ("resource share dataset: with <@U0BOB|bob>", "type its kind, a colon and its id or name"),
        ("resource add :sales named Sales", "type its kind, a colon and its id or name"),
        ("resource share dataset:sales with <@U0BOB|bob> <@U0EVE|eve>", "was not understood there"),
        ("group add <@U0BOB|bob> for 8h", "has no place in"),
        ('group rename "Night', "never closed"),
        ("resource add dataset:x named X named Y", "only once"),
    ],
)
def test_what_is_mistyped_is_said_with_an_example(typed: str, said: str) -> None:
    found = reading(f"/usher {typed}")
    assert isinstance(found, Unclear)
    assert said in found.what
    assert found.example.startswith("/usher ")


def test_a_resource_has_no_space_where_the_catalogue_has_none() -> None:
    found = reading("/usher resource add dataset:x named X in Apollo", desk("resplendent", "admin"))
    assert isinstance(found, Unclear)
    assert "There are no spaces here" in found.what


def test_help_speaks_of_groups_in_the_catalogues_own_words() -> None:
    one, *more = help_lines("/usher", desk=desk("resplendent", "admin"), verb="group")
    assert one.usage == "/usher group NAME"
    assert len(more) == len(["create", "rename", "delete", "add", "remove"])
    [line] = help_lines("/usher", desk=desk("resplendent", "admin"), verb="group create")
    assert line.about == "make a dashboard group"
    [line] = help_lines("/usher", desk=desk("automation", "admin"), verb="resource share")
    assert line.example == "/usher resource share task:sales with @ada, group Design"
    assert help_lines("/usher", desk=desk("default", "member"), verb="group create") == ()


def test_where_no_product_registers_anything_help_leads_nobody_to_resources() -> None:
    usages = [line.usage for line in help_lines("/usher", desk=desk("resmo", "admin"))]
    assert not [usage for usage in usages if "resource" in usage]
    [request] = help_lines("/access", desk=desk("resmo", "user"), verb="request")
    assert request.usage.startswith("/access request ROLE|GROUP [for 4h")
    assert isinstance(reading("/usher resources", desk("resmo", "admin")), Show)
