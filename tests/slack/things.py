"""Groups and resources as the lists and cards in Slack are given them, without anybody's database."""

import dataclasses
from typing import Any

from hypothesis import strategies as st

from bot.slack.views import group_forms, groups, resource_forms, resources
from bot.slack.views.blocks import Message
from handlers import commands
from handlers.group_queries import Belonging, GroupCard, GroupPage, GroupRow
from handlers.models import Desk
from handlers.paging import Turns
from handlers.resource_queries import ListedOne, ResourceCard, ResourcePage, SeenResource
from tests.slack import hostile

BUILT = (
    group_forms.build_create,
    group_forms.build_rename,
    group_forms.build_delete,
    group_forms.build_join,
    group_forms.build_leave,
    resource_forms.build_add,
    resource_forms.build_remove,
    resource_forms.build_share,
    resource_forms.build_unshare,
    resource_forms.build_notify,
)
FIELDS = {
    group_forms.CREATE_CALLBACK: commands.CreateGroup,
    group_forms.RENAME_CALLBACK: commands.RenameGroup,
    group_forms.DELETE_CALLBACK: commands.DeleteGroup,
    group_forms.JOIN_CALLBACK: commands.JoinGroup,
    group_forms.LEAVE_CALLBACK: commands.LeaveGroup,
    resource_forms.ADD_CALLBACK: commands.AddResource,
    resource_forms.REMOVE_CALLBACK: commands.RemoveResource,
    resource_forms.SHARE_CALLBACK: commands.Share,
    resource_forms.UNSHARE_CALLBACK: commands.Unshare,
    resource_forms.NOTIFY_CALLBACK: commands.Notify,
}
CHOSEN = st.fixed_dictionaries(
    {field: st.lists(hostile.choices, max_size=3).map(tuple) for field in ("group", "groups", "people", "resource")}
)
TEXTS = st.fixed_dictionaries(dict.fromkeys(("sort", "outside"), hostile.text))

_turns = st.builds(Turns, next=st.one_of(st.none(), hostile.ids), previous=st.one_of(st.none(), hostile.ids))
_ends = st.one_of(st.none(), hostile.moments)
_status = st.sampled_from(["invited", "active", "deactivated"])
_triples = st.tuples(st.sampled_from(["image", "dataset"]), hostile.text, hostile.text)
_seen = st.builds(
    SeenResource,
    id=hostile.ids,
    sort=st.sampled_from(["image", "dataset"]),
    kind=hostile.text,
    outside=hostile.text,
    name=hostile.text,
    space=hostile.spaces,
    owner=st.one_of(st.none(), hostile.people),
)


def _ten(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Copies of one: as long as a page gets, without a long time to draw it."""
    return st.tuples(one, st.sampled_from([0, 1, 10])).map(lambda drawn: (drawn[0],) * drawn[1])


def _rows(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """The same, each with an id of its own."""
    return _ten(one).map(lambda many: tuple(dataclasses.replace(row, id=f"r{at}") for at, row in enumerate(many)))


group_pages = st.builds(
    GroupPage,
    rows=_rows(st.builds(GroupRow, id=hostile.ids, name=hostile.text, people=st.integers(0, 10**6))),
    total=st.integers(0, 10**6),
    turns=_turns,
)
group_cards = st.builds(
    GroupCard,
    id=hostile.ids,
    name=hostile.text,
    people=st.integers(0, 10**6),
    rows=_ten(st.builds(Belonging, member=hostile.people, status=_status, ends=_ends)),
    turns=_turns,
    things=_ten(_triples),
    things_total=st.integers(0, 30),
)
resource_pages = st.builds(
    ResourcePage,
    rows=_rows(_seen),
    total=st.integers(0, 10**6),
    turns=_turns,
    kind=st.sampled_from(["", "image"]),
)
resource_cards = st.builds(
    ResourceCard,
    resource=_seen,
    actions=st.lists(st.sampled_from(["read", "write", "ai-chat"]), unique=True).map(tuple),
    may_share=st.booleans(),
    may_remove=st.booleans(),
    listed=_ten(
        st.builds(ListedOne, sort=st.sampled_from(["person", "group", "email"]), name=hostile.text, ends=_ends)
    ),
    total=st.integers(0, 10**6),
    turns=_turns,
)


def messages(desk: Desk) -> list[Message]:
    """One of each, with all its buttons."""
    turns = Turns("k3", "k1")
    one = SeenResource("t1", "image", "Image", "scan/1", "Scan", None, None)
    return [
        groups.page(desk, GroupPage((GroupRow("g1", "Design", 3),), 30, turns)),
        groups.card(desk, GroupCard("g1", "Design", 3, (), turns, (), 0)),
        resources.page(desk, ResourcePage((one,), 30, turns)),
        resources.card(desk, ResourceCard(one, ("read",), may_share=True, may_remove=True, total=30, turns=turns)),
    ]
