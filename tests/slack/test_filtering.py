"""What narrows the list of members: words and filters as people type them, and the canonical text in buttons."""

import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.grammar import Show, Unclear, filtering
from bot.slack.grammar import read as read_line
from bot.slack.grammar.filtering import LONGEST, read, spelled
from bot.slack.grammar.phrase import Confused
from bot.wording.clean import escape
from handlers.commands import Filters
from handlers.listing import LONGEST_WORD, MOST_WORDS
from tests.slack.desks import NOW, desk

ADA = desk()
ADMIN_ADA = Filters(words="ada", role="admin")


@pytest.mark.seed("004-106")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Filters()),
        ("ada love", Filters(words="ada love")),
        ("ada role:admin", ADMIN_ADA),
        ("role:admin ada", ADMIN_ADA),
        ("ROLE:Admin ada", ADMIN_ADA),
        ("role: admin ada", ADMIN_ADA),
        ("role：admin ada", ADMIN_ADA),
        ("role:“admin” ada", ADMIN_ADA),
        ("role:super admin ada", Filters(words="ada", role="super_admin")),
        ("role:Super_Admin", Filters(role="super_admin")),
        ("role:super-admin", Filters(role="super_admin")),
        ("status:ACTIVE 2FA:Off", Filters(status="active", factor="off")),
        ("status:pending 2fa:enabled", Filters(status="invited", factor="on")),
        ("space:Apollo Eleven status:active", Filters(status="active", space="Apollo Eleven")),
        ("space:«Apollo Eleven» ada", Filters(words="ada", space="Apollo Eleven")),
        ("space:Apollo, ada", Filters(words="ada", space="Apollo")),
        ("ada group:Design", Filters(words="ada", group="Design")),
        ("group:R&amp;D", Filters(group="R&D")),
        ("role:owner space:Apollo", Filters(role="owner", space="Apollo")),
        ('"role:admin"', Filters(words="role:admin")),
        ("O'Brien ‘t Hooft", Filters(words="O'Brien ‘t Hooft")),
        ("<mailto:ada@x.org|ada@x.org>", Filters(words="ada@x.org")),
        ("<@U0BOB|bob>", Filters(words="bob")),
        ("<https://x.org|x.org>", Filters(words="x.org")),
        ("\u202eada\u202c\u200b  ada\nbob", Filters(words="ada ada bob")),
    ],
)
def test_words_and_filters_in_any_order_and_any_case(typed: str, meant: Filters) -> None:
    assert read(typed, ADA) == meant


def test_the_catalogues_own_words_do_as_well() -> None:
    imaging, none = desk("imaging"), desk("automation", "root")
    assert read("project:Apollo", imaging) == read("space:Apollo", imaging) == Filters(space="Apollo")
    assert filtering.typed(Filters(space="Apollo"), imaging) == "project:Apollo"
    for who, offered in ((imaging, "2fa:, project:, group:."), (none, "2fa:, group:.")):
        with pytest.raises(Confused, match=f"There are role:, status:, {offered}"):
            read("nothing:x", who)


def test_whoever_lists_only_their_spaces_means_a_role_of_these() -> None:
    assert read("role:owner", desk(role="member")) == Filters(role="owner")


@pytest.mark.parametrize(
    ("typed", "said", "nearest"),
    [
        ("rol:admin", "“rol:” is not a filter. There are role:, status:, 2fa:, space:, group:.", "role:admin"),
        ("2fas:on", "“2fas:” is not a filter", "2fa:on"),
        ("nonsense:x", "“nonsense:” is not a filter", None),
        ("role:amdin", "“amdin” is not a role here. Roles: Super admin, Admin,", "role:admin"),
        ("role:sper admin", "“sper” is not a role here", "role:super_admin"),
        ("role:owner", "Owner is a role in a space, so say in which one.", "role:owner space:NAME"),
        ("status:actve", "“actve” is not a value of status: here. It takes invited or active or", "status:active"),
        ("2fa:perhaps", "“perhaps” is not a value of 2fa: here. It takes on or off.", None),
        ("role:", "Nothing stands behind role: there.", None),
        ("group: status:active", "Nothing stands behind group: there.", None),
        ("role:admin role:guest", "role: can stand there only once.", None),
        ('space:"Apollo', 'The quotation mark that begins “"Apollo” is never closed.', None),
        ("a " * (MOST_WORDS + 1), f"Those are {MOST_WORDS + 1} words to search for", None),
        ("a" * (LONGEST_WORD + 1), "is too long to search for", None),
        ("a" * (LONGEST + 1), "That is too much to search for", None),
    ],
)
def test_what_is_mistyped_is_named_with_the_nearest(typed: str, said: str, nearest: str | None) -> None:
    with pytest.raises(Confused) as confused:
        read(typed, ADA)
    assert said in confused.value.what
    assert confused.value.nearest == nearest


def test_a_command_shows_the_list_with_the_canonical_text_or_says_what_was_not_understood() -> None:
    shown = read_line("/usher", "MEMBERS  2fa:off Ada  role:Admin", desk=ADA, now=NOW)
    assert shown == Show("members", "Ada role:admin 2fa:off")
    unclear = read_line("/usher", "members rol:admin", desk=ADA, now=NOW)
    assert isinstance(unclear, Unclear)
    assert unclear.nearest == "role:admin"
    assert unclear.example == "/usher members ada role:member status:active"


# The canonical text ---------------------------------------------------------------------------------------------------

PIECES = ["role:", "admin", "status:active", "2fa:", "space:", '"', "“", "”", "'", ",", "a", "<@U1|x>", "&lt;"]
_named = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\u115f\u1160\u2800\u3164\uffa0\u034f")
)
_name = st.lists(_named.filter(bool).map(lambda text: text[:20]), max_size=3).map(" ".join)
_words = st.lists(_named.filter(bool).map(lambda text: text[:20]), max_size=4).map(" ".join)
_filters = st.builds(
    Filters,
    words=_words,
    role=st.sampled_from(["", *ADA.catalogue.organization]),
    status=st.sampled_from(["", "invited", "active", "deactivated"]),
    factor=st.sampled_from(["", "on", "off"]),
    space=_name,
    group=_name,
)


@given(_filters)
@example(Filters(words='"a" role:admin , ;x', space='The "A" team', group='“x” „y"'))
@example(Filters(words="&amp; <@U0BOB> @channel", space="role:admin", group="status: active"))
@example(Filters(words="'a b' x"))
def test_what_the_canonical_text_says_is_read_back(filters: Filters) -> None:
    text = spelled(filters)
    assert len(text) <= LONGEST
    assert read(text, ADA) == filters
    assert spelled(read(text, ADA)) == text


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_whatever_is_typed_is_read_to_the_same_twice_or_is_unclear(text: str) -> None:
    try:
        found = read(text, ADA)
    except Confused:
        return
    assert read(spelled(found), ADA) == found
    assert read(escape(filtering.typed(found, ADA)), ADA) == found


@given(_words)
def test_words_that_need_no_quotes_stay_as_they_are(words: str) -> None:
    if words.replace(" ", "").isalnum():
        assert spelled(Filters(words=words)) == escape(words)


@pytest.mark.parametrize("text", ['"' * LONGEST, "a:" * 400, "'a " * 260, "<" * LONGEST, "&lt;" * 200, "role:" * 160])
def test_a_hostile_text_costs_no_time(text: str) -> None:
    start = time.process_time()
    for _ in range(10):
        with contextlib.suppress(Confused):
            read(text, ADA)
    assert time.process_time() - start < 2
