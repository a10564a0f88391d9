"""What lists, cards and forms about spaces are drawn from, without anybody's database."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from handlers.commands import Named
from handlers.paging import Turns
from handlers.space_models import AccessPage, AccessRow, SpaceCard, SpacePage, SpaceRow, Standing
from tests.slack import hostile

OWNER = Standing("owner")
MAY: Any = frozenset({"list", "invite", "change-role", "remove", "rename-space", "delete-space"})
BOTH = Turns("k2", "k2")
LATER = datetime(2026, 12, 1, tzinfo=UTC)
GRACE = Named("m2", "Grace Hopper", "grace@example.org", "U0GRACE")


def page(*, turns: Turns = BOTH) -> SpacePage:
    return SpacePage((SpaceRow("s1", "Apollo", "apollo", OWNER),), 30, turns)


def card() -> SpaceCard:
    return SpaceCard("s1", "Apollo", "apollo", OWNER, 3, 1, (("image", 2),), MAY)


def access(*, turns: Turns = BOTH) -> AccessPage:
    editor = AccessRow(GRACE, Standing("editor", LATER), ("owner", "editor", "viewer"), revocable=True)
    unasked = AccessRow(Named("m3", "", "ada@example.org"), Standing(reached_as="super_admin"))
    return AccessPage("s1", "Apollo", (editor, unasked), ("owner", "editor", "viewer"), turns)


# Hostile --------------------------------------------------------------------------------------------------------------

_roles = st.one_of(st.none(), st.sampled_from(["owner", "editor", "viewer"]), hostile.text)
_turns = st.builds(Turns, st.one_of(st.none(), st.just("a~1")), st.one_of(st.none(), st.just("b~1")))
standings = st.builds(
    Standing, role=_roles, ends=st.one_of(st.none(), hostile.moments), counts_as=_roles, reached_as=hostile.roles
)
_rows = st.builds(SpaceRow, id=hostile.ids, name=hostile.text, slug=hostile.text, standing=standings)
pages = st.builds(SpacePage, rows=st.lists(_rows, max_size=10).map(tuple), total=st.integers(0, 10_000), turns=_turns)
cards = st.builds(
    SpaceCard,
    id=hostile.ids,
    name=hostile.text,
    slug=hostile.text,
    standing=standings,
    people=st.integers(0, 10_000),
    invitations=st.one_of(st.none(), st.integers(0, 3)),
    resources=st.lists(st.tuples(hostile.text, st.integers(1, 9)), max_size=5).map(tuple),
    may=st.frozensets(st.sampled_from(sorted(MAY))),
)
_known = st.sampled_from([(), ("viewer",), ("owner", "editor", "viewer")])
_people = st.builds(AccessRow, member=hostile.people, standing=standings, roles=_known, revocable=st.booleans())
accesses = st.builds(
    AccessPage,
    id=hostile.ids,
    name=hostile.text,
    rows=st.lists(_people, max_size=10, unique_by=lambda row: row.member.id).map(tuple),
    addable=_known,
    turns=_turns,
)
