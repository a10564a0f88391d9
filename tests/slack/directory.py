"""The list of members as views are given it, without anybody's database."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.slack.views import managing, members
from bot.slack.views.blocks import Block, Message
from handlers.commands import Filters, Named
from handlers.member_models import MemberPage, MemberRow
from handlers.models import Access, Desk, Ending
from handlers.paging import NO_TURNS, Turns
from tests.slack import hostile

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
NOTHING = Filters()
GRACE = MemberRow(
    "m2",
    "Grace Hopper",
    "grace@example.org",
    "admin",
    in_space=False,
    status="active",
    whole=True,
    groups=("Design", "Sales"),
    factor=True,
    active=NOW - timedelta(days=3),
)


def page(*rows: MemberRow, filters: Filters = NOTHING, role: str = "", turns: Turns = NO_TURNS) -> MemberPage:
    return MemberPage(rows, len(rows), True, turns, filters, role, everybody=True, now=NOW)


def messages(desk: Desk) -> list[Message]:
    narrowed = page(GRACE, filters=Filters(status="active"), turns=Turns("k2", "k3"))
    return [members.page(desk, page(GRACE, turns=Turns("k2", "k3"))), members.page(desk, narrowed)]


def home(desk: Desk) -> list[Block]:
    held = Access("editor", "Apollo", NOW, "person", id="g1", place="s1")
    return managing.ending_soon(desk, [Ending(Named("m2", GRACE.name, GRACE.email), held, invited=False)])


# Hostile --------------------------------------------------------------------------------------------------------------

_typed = st.one_of(st.just(""), hostile.text.map(lambda text: " ".join(text.split())[:100]))
filters = st.builds(
    Filters,
    words=_typed,
    role=st.sampled_from(["", "admin", "super_admin", "gone"]),
    status=st.sampled_from(["", "invited", "active", "deactivated"]),
    factor=st.sampled_from(["", "on", "off"]),
    space=_typed,
    group=_typed,
)
rows = st.builds(
    MemberRow,
    id=hostile.ids,
    name=hostile.text,
    email=hostile.emails,
    role=hostile.roles,
    in_space=st.booleans(),
    status=st.sampled_from(["invited", "active", "deactivated"]),
    whole=st.booleans(),
    groups=st.lists(hostile.text, max_size=30).map(tuple),
    factor=st.booleans(),
    active=st.one_of(st.none(), hostile.moments),
    there=st.lists(st.tuples(hostile.text, hostile.text), max_size=20).map(tuple),
    elsewhere=st.booleans(),
)
KEY = "f" * 32
pages = st.builds(
    MemberPage,
    rows=st.lists(rows, max_size=10, unique_by=lambda row: row.id).map(tuple),
    total=st.integers(0, 10**7),
    exact=st.booleans(),
    turns=st.sampled_from([NO_TURNS, Turns(f"a~{KEY}", f"b~{KEY}")]),
    filters=filters,
    role=hostile.text,
    everybody=st.booleans(),
    now=hostile.moments,
)
