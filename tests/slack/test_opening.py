"""Where Slack opens no form, the command to type instead is given back with all that was typed."""

import pytest

from bot.slack import grammar
from bot.slack.grammar import Act, OpenForm, Slash
from bot.slack.opening import instead, spelled
from bot.slack.views.fields import EMPTY, Prefilled
from handlers.models import Choice
from tests.slack.desks import NOW, desk, newcomer

WHOLE = {"PERSON": "ada@example.org", "ROLE": "member", "EMAIL": "ada@example.org", "REASON": "it is due"}


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
    assert spelled(reading.form, reading.prefill, EMPTY) == "/usher role PERSON ROLE"


@pytest.mark.parametrize("form", ["set-up", "connect"])
def test_what_has_no_whole_command_is_to_be_typed_again(form: grammar.Form) -> None:
    assert newcomer()
    assert instead(form, {}).text.endswith("again.")
