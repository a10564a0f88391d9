"""Whoever is about to leave as the forms in Slack are given them, without anybody's database."""

from hypothesis import strategies as st

from bot.slack.views import leaving
from bot.slack.views.blocks import Block
from handlers import commands
from handlers.commands import Named
from handlers.leaving_queries import Departure, Ending
from handlers.models import Choice, Desk
from storage.departures import Holds
from tests.slack import hostile

FIELDS = {
    leaving.REMOVE_CALLBACK: commands.RemoveMember,
    leaving.DELETE_CALLBACK: commands.DeleteMember,
    leaving.DATA_CALLBACK: commands.DeleteData,
    leaving.PICK_CALLBACK: commands.DeleteMember,
}
ENDINGS = st.sampled_from(["remove", "delete", "delete-data"])
_counts = st.integers(0, 100_000)
_spaces = st.lists(st.builds(Choice, hostile.ids, hostile.text), max_size=40, unique_by=lambda one: one.value)
departures = st.builds(
    Departure,
    member=hostile.people,
    how=ENDINGS,
    role=st.one_of(st.none(), hostile.text),
    holds=st.builds(Holds, _counts, _counts, _counts, _counts, _counts, _counts, st.just({})),
    data=st.lists(st.tuples(hostile.text, st.integers(1, 100_000)), max_size=5).map(tuple),
    kept=_counts,
    alone=_spaces.map(tuple),
    own=st.booleans(),
    asks=st.booleans(),
)


def one(how: Ending, *, alone: bool = False) -> Departure:
    member = Named("m2", "Grace Hopper", "grace@example.org", "U0GRACE")
    spaces = (Choice("s1", "Apollo"),) if alone else ()
    holds = Holds(spaces=2, groups=1, requests=1)
    return Departure(member, how, "Member", holds, (("Image", 3),), 1, spaces, own=False, asks=True)


def forms(desk: Desk) -> list[Block]:
    """Those that are drawn from what is there."""
    return [
        leaving.build_pick("delete"),
        leaving.build(desk, one("remove")),
        leaving.build(desk, one("delete", alone=True)),
        leaving.build(desk, one("delete-data")),
    ]
