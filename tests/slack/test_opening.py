"""Where Slack opens no form, the command to type instead is given back with all that was typed."""

from typing import get_args

import pytest

from bot.slack import grammar
from bot.slack.grammar import Act, OpenForm, Slash
from bot.slack.opening import ALWAYS_OPENS, instead, spelled
from bot.slack.views.fields import EMPTY, Prefilled
from handlers.models import Choice
from tests.slack.desks import NOW, desk

WHOLE = {"PERSON": "ada@example.org", "ROLE": "member", "EMAIL": "ada@example.org", "REASON": "it is due"}
ALL = {
    **WHOLE,
    "KIND:NAME": "dataset:sales",
    "KIND:ID": "dataset:1",
    "ACTION": "read",
    "NAME": "Acme",
    "GROUP": "Sales",
}


@pytest.mark.parametrize(
    ("slash", "typed"),
    [
        ("/usher", "invite"),
        ("/usher", "invite ada@example.org, bob@example.org"),
        ("/usher", 'invite ada@example.org named "Ada Lovelace"'),
        ("/usher", "role"),
        ("/usher", "role @ada"),
        ("/usher", "role ada@example.org for 8h because *she* is on call"),
        ("/usher", "role ada@example.org until 2026-12-01 18:00"),
        ("/usher", "deactivate"),
        ("/usher", "reactivate because she is back"),
        ("/access", "request"),
        ("/access", "request manager for 4h"),
    ],
)
def test_what_is_given_back_acts_once_its_capitals_are_filled_in(slash: Slash, typed: str) -> None:
    reading = grammar.read(slash, typed, desk=desk(), now=NOW)
    assert isinstance(reading, OpenForm)
    line = spelled(reading.form, reading.prefill, EMPTY)
    assert line.split(" ", 1)[0] == slash
    for capital, word in WHOLE.items():
        line = line.replace(capital, word)
    again = grammar.read(slash, line.split(" ", 1)[1], desk=desk(), now=NOW)
    assert isinstance(again, Act), line
    for kept in ("*she* is on call", "she is back", "bob@example.org", "Ada Lovelace"):
        assert kept not in typed or kept in line


def test_a_mention_is_given_back_as_a_name() -> None:
    reading = grammar.read("/usher", "role <@U0ADA|ada>", desk=desk(), now=NOW)
    assert isinstance(reading, OpenForm)
    assert (
        spelled(reading.form, reading.prefill, Prefilled(person=Choice("m1", "Ada Lovelace")))
        == '/usher role "Ada Lovelace" ROLE'
    )
    found = Prefilled(person=Choice("m1", "Ada Lovelace (ada@example.org)", "ada@example.org"))
    assert spelled(reading.form, reading.prefill, found) == "/usher role ada@example.org ROLE"
    assert spelled(reading.form, reading.prefill, EMPTY) == "/usher role PERSON ROLE"


@pytest.mark.parametrize(
    "form", ["change-role", "deactivate", "delete-member", "edit-member", "reset-password", "check"]
)
def test_who_was_chosen_by_a_button_is_given_back_by_their_address(form: grammar.Form) -> None:
    pressed = {"person": "0" * 32}
    found = Prefilled(person=Choice("0" * 32, "Ada Lovelace (ada@example.org)", "ada@example.org"))
    assert "ada@example.org" in spelled(form, pressed, found)
    assert "0" * 32 not in spelled(form, pressed, found)
    assert " PERSON" in spelled(form, pressed, EMPTY)


@pytest.mark.parametrize("form", get_args(grammar.Form))
def test_what_opens_a_form_however_much_is_typed_is_to_be_typed_again(form: grammar.Form) -> None:
    slash, typed = spelled(form, {}, EMPTY).split(" ", 1)
    for capital, word in ALL.items():
        typed = typed.replace(capital, word)
    reading = grammar.read("/usher" if slash == "/usher" else "/access", typed, desk=desk(), now=NOW)
    assert isinstance(reading, OpenForm) == (form in ALWAYS_OPENS), typed
    assert ("all instead" in instead(form, {}).text) == (form not in ALWAYS_OPENS)


def test_words_for_capitals_are_asked_for_only_where_there_are_capitals() -> None:
    assert instead("import", {}).text.endswith("Type `/usher import` again.")
    assert "capitals" not in instead("delete-member", {"person": "ada@example.org"}).text
    assert "capitals" in instead("delete-member", {}).text
