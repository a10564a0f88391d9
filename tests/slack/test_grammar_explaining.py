"""What people type after ``why`` and ``who can``, and what it means."""

import pytest

from bot.slack.grammar import Explain, OpenForm, Reading, Unclear, WhoCan, read
from handlers.catalogue import load, shipped
from handlers.commands import Person
from handlers.explaining import Topic, actions_on, sorts
from handlers.models import Desk
from tests.slack.desks import NOW, desk

BOB = Person(slack="U0BOB")
IMAGE, SPACE = Topic("read", "image", "42"), Topic("space:access", "space", "Apollo")


def reading(typed: str, who: Desk | None = None) -> Reading:
    return read("/usher", typed, desk=who or desk(), now=NOW)


def confusion(typed: str, who: Desk | None = None) -> Unclear:
    found = reading(typed, who)
    assert isinstance(found, Unclear), found
    return found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@U0BOB|bob> can read image:42", Explain(IMAGE, BOB)),
        ("<@U0BOB|bob> read image:42", Explain(IMAGE, BOB)),
        ("<@U0BOB|bob> CAN READ IMAGE:42", Explain(IMAGE, BOB)),
        ("<@U0BOB|bob> cannot read image:42", Explain(IMAGE, BOB)),
        ("<@U0BOB|bob> can’t read image:42", Explain(IMAGE, BOB)),
        ("bob@example.org can read image:42", Explain(IMAGE, Person(email="bob@example.org"))),
        ("<mailto:bob@example.org|bob@example.org> read image:42", Explain(IMAGE, Person(email="bob@example.org"))),
        ("Bob Builder can read image:42", Explain(IMAGE, Person(name="Bob Builder"))),
        ("Bob Builder read image:42", Explain(IMAGE, Person(name="Bob Builder"))),
        ("“Can Yildiz” can read image:42", Explain(IMAGE, Person(name="Can Yildiz"))),
        ("me can read image:42", Explain(IMAGE, None)),
        ("I can read image:42", Explain(IMAGE, None)),
        ("me read image:42", Explain(IMAGE, None)),
        # The thing: by id or name, with or without quotation marks and the colon.
        ("me can read image 42", Explain(IMAGE, None)),
        ("me can read image: 42", Explain(IMAGE, None)),
        ("me can read “image:42”", Explain(IMAGE, None)),
        ("me can read image:Nginx image", Explain(Topic("read", "image", "Nginx image"), None)),
        ('me can read image:"Nginx image"', Explain(Topic("read", "image", "Nginx image"), None)),
        ("me can read image:repo:1.2", Explain(Topic("read", "image", "repo:1.2"), None)),
        ("me can AI_Chat dataset:sales", Explain(Topic("ai-chat", "dataset", "sales"), None)),
        ("me can members:invite organization", Explain(Topic("members:invite", "organization"), None)),
        ("me can audit:READ organization:acme", Explain(Topic("audit:read", "organization", "acme"), None)),
        ("me can space:access space:Apollo", Explain(SPACE, None)),
        ("me can use feature:ai_chat", Explain(Topic("use", "feature", "ai_chat"), None)),
        ("me can use feature:AI Chat Access", Explain(Topic("use", "feature", "ai_chat"), None)),
    ],
)  # fmt: skip
def test_a_question_why_is_understood(typed: str, meant: Explain) -> None:
    assert reading(f"why {typed}") == meant


def test_a_space_goes_by_the_catalogue_s_own_word() -> None:
    asked = reading("why me can space:access project:Apollo", desk("imaging"))
    assert asked == Explain(SPACE, None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("read image:42", IMAGE),
        ("members:invite organization", Topic("members:invite", "organization")),
        ("space:access space Apollo", SPACE),
    ],
)
def test_a_question_who_can_is_understood(typed: str, meant: Topic) -> None:
    assert reading(f"who can {typed}") == WhoCan(meant)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("why", {}),
        ("why <@U0BOB|bob>", {"person": "<@U0BOB>"}),
        ("why <@U0BOB|bob> can", {"person": "<@U0BOB>"}),
        ("why <@U0BOB|bob> can read", {"person": "<@U0BOB>", "action": "read"}),
        ("why <@U0BOB|bob> can read image", {"person": "<@U0BOB>", "action": "read", "sort": "image"}),
        ("why me can read", {"person": "ada@example.org", "action": "read"}),
        ("why can read image:42", {"action": "read", "sort": "image", "named": "42"}),
        ("who can", {}),
        ("who can read", {"action": "read"}),
        ("who can read image", {"action": "read", "sort": "image"}),
    ],
)
def test_an_incomplete_question_opens_the_form_with_what_was_understood(typed: str, known: dict[str, str]) -> None:
    found = reading(typed)
    assert isinstance(found, OpenForm)
    assert found.form == ("who-can" if typed.startswith("who") else "why")
    assert dict(found.prefill) == known


@pytest.mark.parametrize(
    ("typed", "says", "near"),
    [
        ("me can read imgae:42", "“imgae” is no kind of thing here.", "image"),
        ("me can raed image:42", "Actions: read, scan, update, delete.", "read"),
        ("me can use feature:ai_caht", "Features: dashboards_widgets", "ai_chat"),
        ("me can members:invent organization", "and 8 more.", "members:invite"),
        ("me can read image:42 can", "can stand there only once", None),
        ("<@U0BOB|bob>, <@U0EVE|eve> can read image:42", "is more than one person", None),
        ("me can read image:42 because", "“because” has no place", None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_answered_with_what_is(typed: str, says: str, near: str | None) -> None:
    found = confusion(f"why {typed}")
    assert says in found.what
    assert found.nearest == near
    assert isinstance(reading(found.example.removeprefix("/usher ")), Explain)


def test_where_there_are_no_spaces_one_cannot_be_asked_about() -> None:
    assert (
        "There are no spaces here" in confusion("why me can space:read space:Apollo", desk("automation", "root")).what
    )


@pytest.mark.parametrize("name", shipped())
def test_everything_that_a_catalogue_knows_can_be_asked(name: str) -> None:
    catalogue = load(name)
    who = desk(name, catalogue.top.id)
    for sort in sorts(catalogue):
        named = {"organization": "", "feature": next(iter(catalogue.toggles), "")}.get(sort, "x")
        for action in actions_on(catalogue, sort):
            asked = reading(f"why <@U0BOB|bob> can {action} {sort}:{named}".rstrip(":"), who)
            assert asked == Explain(Topic(action, sort, named), BOB)
            assert reading(f"who can {action} {sort}:{named}".rstrip(":"), who) == WhoCan(Topic(action, sort, named))
