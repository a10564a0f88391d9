import time
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.grammar import (
    Act,
    AskFor,
    CancelWhich,
    Explain,
    FirstKnown,
    Form,
    HeldWhich,
    HelpLine,
    OpenForm,
    Reading,
    Show,
    Slash,
    Unclear,
    WhoCan,
    help_lines,
    read,
    usable,
)
from handlers.commands import COMMANDS, ChangeRole, Deactivate, Invite, Person
from handlers.models import Desk
from tests.slack.desks import NOW, desk, newcomer

ROLES = [
    ("default", "super_admin"),
    ("default", "manager"),
    ("default", "guest"),
    ("automation", "owner"),
    ("automation", "viewer"),
    ("mondoo", "editor"),
    ("imaging", "admin"),
    ("resmo", "owner"),
    ("resplendent", "admin"),
]
DESKS = [
    *(desk(catalogue, role) for catalogue, role in ROLES),
    newcomer(),
    newcomer(organization=None),
    newcomer(organization=None, workspace_admin=True),
]
SLASHES: tuple[Slash, ...] = ("/usher", "/access")

SAMPLE = (
    "invite role deactivate reactivate request setup connect cancel invitations help mine as to from in with for until "
    "because groups group resource resources share unshare create rename delete add remove dataset:a owner "
    "named viewer admin manager super owner editor Apollo Bob 8h 2 days 2026-12-01 18:00 a@b.org @bob "
    '<@U0BOB|bob> <@U0BOB> <mailto:a@b.org|a@b.org> <#C1|x> <https://x.org|x.org> < > <> &lt; &gt; &amp; , ; " “ ” « '
    '» \' ’ “Ada Lovelace” "" |'
)
WORDS = [*SAMPLE.split(), "\n"]
SENTENCES = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=14).map(" ".join)
# Letters that only look like blanks are read as blanks.
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
PLAIN = st.text(st.characters(categories=("L", "N"), exclude_characters=FILLERS), min_size=1, max_size=12)
NAMES = st.lists(PLAIN, min_size=1, max_size=4).map(" ".join)
QUOTES = st.sampled_from(['""', "“”", "„“", "””", "«»", "»«", "''", "‘’", "‚‘", "‹›", "``"])


@given(st.sampled_from(SLASHES), st.text(st.characters()) | SENTENCES, st.sampled_from(DESKS))
@example("/usher", "role \ud800 admin", DESKS[0])
@example("/usher", "invite <mailto:|> <@> <> as member", DESKS[0])
@example("/usher", "role admin until 9999-12-31 23:59", DESKS[0])
def test_nothing_that_is_typed_breaks_it(slash: Slash, text: str, who: Desk) -> None:
    match read(slash, text, desk=who, now=NOW):
        case Act(command):
            # What acts can be kept, and read back.
            assert COMMANDS.validate_json(COMMANDS.dump_json(command)) == command
        case OpenForm(prefill=prefill):
            assert all(prefill.values())
        case Unclear(what, _, example):
            assert len(what) < 1000
            assert not isinstance(read_line(example, who), Unclear)
        case FirstKnown(acts=acts):
            assert acts
            assert all(name.strip() for name, _ in acts)
        case Show() | CancelWhich() | AskFor() | HeldWhich() | Explain() | WhoCan():
            pass


def read_line(line: str, who: Desk) -> Reading:
    slash, _, text = line.partition(" ")
    return read("/access" if slash == "/access" else "/usher", text, desk=who, now=NOW)


@pytest.mark.parametrize("who", DESKS)
@pytest.mark.parametrize("slash", SLASHES)
def test_every_example_in_help_can_be_typed_as_it_stands(slash: Slash, who: Desk) -> None:
    lines = help_lines(slash, desk=who)
    assert lines
    for line in lines:
        found = read_line(line.example, who)
        assert not isinstance(found, Unclear), (line.example, found)
        assert usable(found, desk=who)


def any_case(text: str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from([letter.lower(), letter.upper()]) for letter in text)).map("".join)


@given(any_case("role"), any_case("as super admin for 8 hours because"))
def test_letter_case_does_not_matter(verb: str, words: str) -> None:
    assert read("/usher", f"{verb} <@U0BOB> {words} x", desk=DESKS[0], now=NOW) == Act(
        ChangeRole(Person(slack="U0BOB"), "super_admin", lasts=timedelta(hours=8), reason="x"),
    )


@given(NAMES, QUOTES, NAMES)
def test_what_is_quoted_is_read_as_it_stands(name: str, quotes: str, group: str) -> None:
    text = f"invite a@b.org as member named {quotes[0]}{name}{quotes[1]} groups {quotes[0]}{group}{quotes[1]}"
    assert read("/usher", text, desk=DESKS[0], now=NOW) == Act(Invite(("a@b.org",), "member", None, (group,), name))


@given(NAMES, QUOTES)
def test_a_quoted_person_is_never_taken_for_a_role_or_a_small_word(name: str, quotes: str) -> None:
    for person in (name, "Super Admin", "to", f"{name} because"):
        text = f"role {quotes[0]}{person}{quotes[1]} admin"
        assert read("/usher", text, desk=DESKS[0], now=NOW) == Act(ChangeRole(Person(name=person), "admin"))


@given(st.text(st.characters(exclude_categories=("C", "Z", "M"), exclude_characters=f"<>&{FILLERS}"), min_size=1))
def test_a_reason_is_kept_word_for_word(reason: str) -> None:
    assert read("/usher", f"deactivate <@U0BOB> because so: {reason}.", desk=DESKS[0], now=NOW) == Act(
        Deactivate(Person(slack="U0BOB"), f"so: {reason}."),
    )


@pytest.mark.parametrize(
    "text",
    [
        "'a " * 6000,
        "role " + "bob " * 4500,
        "invite " + "a@b.org " * 2400,
        "invite " + "viewer " * 2800,
        "invite a@b.org " + "x " * 9000,
        "<" * 19000,
        "role " + "<@" * 9000,
        "role " + "&lt;" * 4500,
        "role \u200d" + "a\u200d\u200c" * 6000,
        "role bob for " + "1h " * 6000,
        "role bob admin because " + '"' * 19000,
        "deactivate " + "“a ”b " * 3000,
        "role " + "'a' " * 4500,
        "role bob admin until " + "2" * 19000,
    ],
)
def test_a_hostile_text_costs_no_time(text: str) -> None:
    """Backtracking would take minutes; the limit is wide, for machines differ."""
    start = time.process_time()
    read("/usher", text, desk=DESKS[0], now=NOW)
    assert time.process_time() - start < 3


def names(slash: Slash, who: Desk) -> list[str]:
    return [line.usage.split()[1] for line in help_lines(slash, desk=who)]


def test_help_lists_only_what_the_asker_may_do() -> None:
    guest = {"spaces", "space", "resources", "resource", "org", "why", "help"}
    assert set(names("/usher", desk(role="guest"))) == guest
    assert set(names("/usher", desk(role="member"))) == guest | {"approvals"}
    managing = {"members", "member", "edit", "invite", "invitations", "role", "deactivate", "reactivate", "remove"}
    managing |= {"groups", "group", "permissions", "reset-password", "reset-2fa", "delete", "delete-data", "check"}
    managing |= {"import", "export"}
    assert set(names("/usher", desk())) == guest | {"approvals"} | managing | {"settings", "who"}
    assert set(names("/access", desk(role="member"))) == {
        "request",
        "mine",
        "requests",
        "extend",
        "give-back",
        "cancel",
        "me",
        "help",
    }


def test_help_lists_of_a_verb_only_what_the_asker_may_do() -> None:
    def lines(who: Desk, verb: str) -> list[str]:
        return [line.usage for line in help_lines("/usher", desk=who) if line.usage.startswith(f"/usher {verb} ")]

    assert len(lines(desk(role="member"), "resource")) == 5
    assert lines(desk(role="guest"), "resource") == ["/usher resource KIND:NAME"]
    assert len(lines(desk(role="manager"), "group")) == 6
    assert lines(desk(role="member"), "group") == []


@pytest.mark.parametrize("slash", SLASHES)
def test_help_begins_with_the_first_step(slash: Slash) -> None:
    founder = newcomer(organization=None, workspace_admin=True)
    assert help_lines(slash, desk=founder)[0].usage == "/usher setup"
    assert help_lines(slash, desk=newcomer())[0].usage == "/access connect"
    assert names(slash, newcomer(organization=None)) == ["help"]


def test_help_about_one_verb_is_its_line_alone() -> None:
    assert help_lines("/usher", desk=desk(), verb="reactivate") == (
        HelpLine(
            "/usher reactivate PERSON [because …]",
            "let somebody in again",
            "/usher reactivate @ada because she is back",
        ),
    )
    assert help_lines("/usher", desk=desk(role="member"), verb="reactivate") == ()


def test_usage_speaks_the_words_of_the_catalogue() -> None:
    (imaging,) = help_lines("/access", desk=desk("imaging", "member"), verb="request")
    (automation,) = help_lines("/access", desk=desk("automation", "viewer"), verb="request")
    assert "[in PROJECT]" in imaging.usage
    assert automation.usage == "/access request ROLE|GROUP|KIND:NAME [for 4h | until DATE] [for PERSON] because REASON"


@pytest.mark.parametrize(
    ("form", "who", "sense"),
    [
        ("invite", desk(), True),
        ("invite", desk(role="member"), False),
        ("request-access", desk(role="guest"), True),
        ("request-access", newcomer(), False),
        ("connect", newcomer(), True),
        ("connect", desk(), False),
        ("set-up", newcomer(organization=None, workspace_admin=True), True),
        ("set-up", newcomer(organization=None), False),
        ("set-up", desk(), False),
    ],
)
def test_a_form_makes_sense_only_to_who_may_send_it(form: Form, who: Desk, sense: bool) -> None:
    assert usable(OpenForm(form), desk=who) is sense
