"""The list of members and what Home counts, as Slack takes them: never too long, and nobody's words change anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.playground.blocks import message_blocks
from bot.slack import ids
from bot.slack.grammar import filtering
from bot.slack.views import managing, members
from bot.slack.views.blocks import MOST_IN_MESSAGE
from bot.wording.members import last_active
from handlers.commands import Filters, Named
from handlers.member_models import MemberPage
from handlers.models import Access, Desk, Ending, Tallies
from handlers.paging import Turns
from tests.slack import directory, hostile
from tests.slack.desks import desk
from tests.slack.test_views import slack_takes_message

many = settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None
)
LONG = replace(directory.GRACE, name="&" * 5000, email="<" * 5000, groups=("*" * 500,) * 30, role="&" * 400)
BLOCKS_HOLD = 13_000


@many
@given(hostile.desks(), directory.pages)
@example(desk(), replace(directory.page(*(replace(LONG, id=f"m{at}") for at in range(10))), total=10**7))
@pytest.mark.invariant(43)
def test_every_page_is_one_that_slack_takes(who: Desk, page: MemberPage) -> None:
    message = members.page(who, page)
    slack_takes_message(message)
    assert len(message.blocks) <= MOST_IN_MESSAGE
    texts = [node["text"] for node in hostile.walk(list(message.blocks)) if isinstance(node.get("text"), str)]
    assert sum(map(len, texts)) <= BLOCKS_HOLD
    assert len(message.text) < members.MOST_TEXT


@many
@given(directory.pages)
def test_every_button_says_whose_card_and_leads_back_to_the_same_filters(page: MemberPage) -> None:
    buttons = [node for node in hostile.walk(list(members.page(desk(), page).blocks)) if node.get("type") == "button"]
    assert [one["value"] for one in buttons if one["action_id"] == ids.MEMBER] == [row.id for row in page.rows]
    asked = filtering.spelled(page.filters)
    for one in buttons:
        assert len(one.get("value", "")) <= 2000
        if one["action_id"] in (ids.MEMBERS_PAGE, ids.MEMBERS_BACK):
            assert members.turned_to(one["value"])[1] == asked
        if one["action_id"] == ids.MEMBERS_EXPORT:
            assert one.get("value", "") == asked


@pytest.mark.seed("004-03", "004-04", "004-05", "004-06", "004-07", "004-08", "004-100", "004-101")
def test_a_screen_reader_hears_every_column_of_every_row() -> None:
    off = replace(directory.GRACE, id="m3", name="", email="x@example.org", groups=(), factor=False, active=None)
    found = members.page(desk(), directory.page(directory.GRACE, off))
    assert found.text == (
        "2 members, by name.\n"
        "Grace Hopper · grace@example.org\n"
        "Role: Admin · Status: Active · Groups: Design and Sales · 2FA: Enabled · "
        "Last active: 3 days ago (18 Nov 2026)\n"
        "x@example.org\n"
        "Role: Admin · Status: Active · Groups: none · 2FA: Disabled · Last active: never"
    )


def test_of_members_of_ones_spaces_nothing_else_is_said() -> None:
    row = replace(directory.GRACE, whole=False, role="viewer", in_space=True, groups=(), active=None)
    assert members.page(desk(role="member"), directory.page(row)).text.endswith("Role: Viewer · Status: Active")


def test_of_members_of_several_of_ones_spaces_the_role_in_each_is_said() -> None:
    there = (("Apollo", "owner"), ("Gemini", "viewer"))
    row = replace(directory.GRACE, whole=False, role=None, groups=(), active=None, there=there)
    text = members.page(desk(role="member"), directory.page(row)).text
    assert text.endswith("Role: Owner in Apollo, Viewer in Gemini · Status: Active")
    many = replace(row, there=tuple((f"Space {number}", "viewer") for number in range(9)))
    assert "Viewer in Space 3 and more · Status" in members.page(desk(role="member"), directory.page(many)).text


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(), "No member here. Invite people with `/usher invite`."),
        (Filters(words="zed"), "Each word must stand somewhere in the name or the e-mail: type less of it."),
        (Filters(words="zed", factor="on"), "Leave out the words or `2fa:`; `/usher members` shows everybody."),
        (Filters(space="Apollo"), "No member with space Apollo. Leave out `space:`;"),
    ],
)
def test_an_empty_list_says_what_to_loosen(filters: Filters, said: str) -> None:
    assert said in members.page(desk(), directory.page(filters=filters)).text


def test_the_filters_are_said_in_words_and_as_they_can_be_typed() -> None:
    filters = Filters("ada", "admin", "active", "on", "Apollo 13", "R&D")
    shown = directory.page(directory.GRACE, filters=filters, role="Admin", turns=Turns("a~1", None))
    text = members.page(desk(), replace(shown, total=20_000, exact=False)).text
    assert text.startswith(
        "1 of at least 20,000 members with “ada”, role Admin, status Active, 2FA Enabled, space Apollo 13 and "
        "group R&amp;D, by name.\n"
        '`/usher members ada role:admin status:active 2fa:on space:"Apollo 13" group:"R&amp;D"`'
    )


# When somebody was last active ----------------------------------------------------------------------------------------

EVENING = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # in Berlin it is the 22nd already


@pytest.mark.seed("004-08")
@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (None, "UTC", "never"),
        (EVENING, "UTC", "today (21 Nov 2026)"),
        (EVENING + timedelta(minutes=5), "UTC", "today (21 Nov 2026)"),
        (EVENING - timedelta(hours=1), "UTC", "today (21 Nov 2026)"),
        (EVENING - timedelta(hours=1), "Europe/Berlin", "yesterday (21 Nov 2026)"),
        (EVENING - timedelta(hours=2), "Not/AZone", "today (21 Nov 2026)"),
        (EVENING - timedelta(days=3), "UTC", "3 days ago (18 Nov 2026)"),
        (EVENING - timedelta(days=400), "UTC", "1 year ago (17 Oct 2025)"),
    ],
)
def test_last_active_counts_the_days_of_whoever_reads(moment: datetime | None, zone: str, said: str) -> None:
    assert last_active(moment, now=EVENING, zone=zone) == said


# What Home counts -----------------------------------------------------------------------------------------------------


def _lines(tallies: Tallies) -> list[str]:
    blocks = managing.picture(desk(), tallies)
    said = "".join(str(node["text"]) for node in hostile.walk(blocks) if node.get("type") == "text")
    return said.split("\n")


def test_the_picture_says_in_a_sentence_what_its_bars_show() -> None:
    roles = (("admin", 10), ("member", 110))
    assert managing.picture(desk(), Tallies()) == []
    message_blocks(managing.picture(desk(), Tallies((("active", 1),), roles)))
    assert _lines(Tallies((("active", 120), ("invited", 1), ("deactivated", 0)), roles)) == [
        "121 members: 120 active and 1 invited.",
        "▇▇▇▇▇▇▇▇▇▁ 120 active",
        "▇▁▁▁▁▁▁▁▁▁ 1 invitedActive members by role:",
        "▇▁▁▁▁▁▁▁▁▁ 10 Admin",
        "▇▇▇▇▇▇▇▇▇▁ 110 Member",
    ]


@given(st.lists(st.tuples(hostile.text, st.integers(1, 10**6)), min_size=1, max_size=30))
def test_every_bar_is_as_long_and_nobody_is_left_out(roles: list[tuple[str, int]]) -> None:
    total = sum(count for _, count in roles)
    lines = _lines(Tallies((("active", total),), tuple(roles)))
    bars = [line for line in lines if line.startswith(managing.FULL)]
    assert len(bars) <= 2 + managing.MOST_ROLES
    for bar in bars:
        assert bar.count(managing.FULL) + bar.count(managing.EMPTY) == managing.CELLS
    assert sum(int(bar.split()[1].replace(",", "")) for bar in bars[1:]) == total


def test_what_ends_soon_says_whose_what_and_when() -> None:
    until = datetime(2026, 11, 23, 9, tzinfo=UTC)
    grace = Named("m2", "Grace Hopper", "grace@example.org")
    held = Access("editor", "Apollo", until, "person", id="g1", place="s1")
    blocks = managing.ending_soon(desk(), [Ending(grace, held, False), Ending(grace, held, True)])
    said = "".join(str(node.get("text") or node.get("fallback")) for node in hostile.walk(blocks) if "type" in node)
    assert "Grace Hopper: Editor in the space Apollo, until 23 Nov 2026, 10:00 (Europe/Berlin)" in said
    assert "Grace Hopper: invited as Editor in the space Apollo; the invitation ends 23 Nov 2026" in said
    assert {node["value"] for node in hostile.walk(blocks) if node.get("type") == "button"} == {"m2"}
