"""What somebody typed can format, mention, link and break nothing, wherever it is shown."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.clean import clean, neutral
from bot.wording.phrase import Command, Link, Typed, When, Who, listed, say, span, with_commands
from handlers.commands import Named

MARKS = re.compile(r"<[!@#h]|(?<!\u200b)[*~`](?!\u200b)|@(here|channel|everyone)|(?<=:)//", re.IGNORECASE)
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@pytest.mark.invariant(43)
@given(st.text(alphabet=st.characters() | st.sampled_from("<>&*_~`@:/|!\n\u202e")))
def test_no_text_is_anything_but_text_in_slack(text: str) -> None:
    phrase = say("Hello {name}.", name=text)
    for shown in (phrase.slack(), phrase.text()):
        assert not MARKS.search(shown)
        assert "<" not in shown
        assert "\n" not in shown


@pytest.mark.invariant(43)
@given(st.text())
def test_nothing_hidden_is_ever_shown(text: str) -> None:
    for shown in (clean(text), say("{text}", text=text).plain(), html.unescape(say("{text}", text=text).html())):
        assert not HIDDEN.search(shown)


@pytest.mark.invariant(43)
@given(st.text())
def test_no_text_leaves_its_place_in_a_page(text: str) -> None:
    shown = say("<b>{text}</b>", text=text).html()
    assert shown.count("<") == 0  # our own angle brackets are words too


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ada_lovelace@example.org", "ada_lovelace@example.org"),
        ("R&D <core>", "R&amp;D &lt;core&gt;"),
        ("12% of 3+4", "12% of 3+4"),
        ("Zoë 王小明 محمد", "Zoë 王小明 محمد"),
    ],
)
def test_what_is_harmless_stays_as_it_was(typed: str, shown: str) -> None:
    assert neutral(clean(typed)) == shown


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert clean("a" * 50, 10) == "a" * 9 + "…"
    assert clean("a" * 10, 10) == "a" * 10


def test_rich_text_keeps_the_words_as_typed_and_nothing_in_them_is_read() -> None:
    [typed] = say("Said: {what}.", what=Typed("*bold* <!channel> @here")).rich()
    assert typed == {"type": "text", "text": "Said: *bold* <!channel> @here."}


def test_a_person_is_mentioned_only_by_a_whole_slack_id() -> None:
    assert say("{who}", who=Named("m", "Ada", "a@x.org", "U0ADA")).slack() == "<@U0ADA>"
    assert say("{who}", who=Who("Ada", "U1> <!channel")).slack() == "Ada"
    assert say("{who}", who=Named("m", "", "a@x.org")).plain() == "a@x.org"


def test_times_are_shown_in_the_readers_own_timezone() -> None:
    when = When(datetime(2026, 12, 1, 17, tzinfo=UTC), "Europe/Berlin")
    assert say("{t}", t=when).plain() == "1 Dec 2026, 18:00 (Europe/Berlin)"
    assert say("{t}", t=when).slack().startswith("<!date^1796144400^")
    assert say("{t}", t=When(when.moment, "No/Where")).plain() == "1 Dec 2026, 17:00 (UTC)"


def test_a_command_to_type_is_shown_so_that_it_can_be_copied() -> None:
    assert say("Type {it}.", it=Command("/usher role @ada admin")).slack() == "Type `/usher role @ada admin`."
    assert say("Type {it}.", it=Command("a`b <x>")).slack() == "Type `a'b &lt;x&gt;`."


def test_a_command_within_somebodys_text_is_nothing_more_than_that() -> None:
    assert with_commands("Try `/usher help` now.").plain() == "Try /usher help now."
    assert with_commands("`<!channel>`").slack() == "`&lt;!channel&gt;`"
    assert with_commands("one ` only <b>").slack() == "one \u200b`\u200b only &lt;b&gt;"


@pytest.mark.invariant(3)
def test_a_link_never_shows_in_a_repr() -> None:
    assert "token" not in repr(say("{link}", link=Link("https://x.example/setup/token", "Open")))


def test_long_lists_say_how_many_more_there_are() -> None:
    assert listed(["a", "b", "c"]).plain() == "a, b and c"
    assert listed([str(number) for number in range(30)], most=2).plain() == "0, 1 and 28 more"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=8), "8 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(weeks=2), "2 weeks"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(days=1, hours=12), "36 hours"),
    ],
)
def test_lengths_are_said_in_words(length: timedelta, words: str) -> None:
    assert span(length) == words
