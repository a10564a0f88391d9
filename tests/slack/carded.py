"""Cards of members and the forms that edit them, as Slack is given them, without anybody's database."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from bot.slack.views import edit_member, member
from bot.slack.views.blocks import Block, Message
from bot.wording import notices
from handlers import commands
from handlers.catalogue import load
from handlers.commands import Named
from handlers.deeds import Deed
from handlers.member_card import MOST_INVITATIONS, MOST_SPACES
from handlers.member_card_models import Addition, Editable, MemberCard, Pending, There, Waits, Whole
from handlers.models import CardChange, Choice, Desk, ToldLetter
from handlers.notices import Told
from tests.slack import hostile, spaced

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
GRACE = Named("m2", "Grace Hopper", "grace@example.org", "U0GRACE")
EVERY_DEED: frozenset[Deed] = frozenset(get_args(Deed))
FIELDS = {
    edit_member.PICK_CALLBACK: commands.EditMember,
    edit_member.PROFILE_CALLBACK: commands.ChangeProfile,
}


def a_card() -> MemberCard:
    whole = Whole("member", LATER, "guest", ("admin", "member"), True, (("Sales", None),), NOW, "UTC", True, 3, ())
    return MemberCard(
        member=GRACE,
        status="active",
        whole=whole,
        spaces=(There("s1", "Apollo", spaced.OWNER, ("owner", "editor"), revocable=True),),
        more_spaces=2,
        addons=(Addition("ticket_creator", "Apollo", LATER),),
        invited_by=Named("m1", "Ada", "ada@example.org"),
        invited_at=NOW,
        invitations=(Pending("pending", "guest", None, "pending", LATER, manageable=True),),
        requests=(Waits("r1", "change-role", "member", "admin", None, GRACE, GRACE, LATER),),
        deeds=EVERY_DEED,
        now=NOW,
        more_invitations=2,
    )


def messages(desk: Desk) -> list[Message]:
    return [member.card(desk, a_card())]


def offer() -> list[Block]:
    """The notice with a name to take; its value is what is offered, and checked again."""
    letter = ToldLetter(None, "Acme", load("default"), None, None, None, None)
    return notices.told(Told("m2", "name-offered", new="Grace H."), letter)[1]


def forms(desk: Desk) -> list[Block]:
    shown = Editable(GRACE, "Grace", "Europe/Berlin", "member", ("admin", "member"), (Choice("g1", "Sales"),))
    return [
        edit_member.build_pick(),
        edit_member.build(desk, shown),
        edit_member.build_profile("Grace", "Europe/Berlin"),
    ]


# Hostile --------------------------------------------------------------------------------------------------------------

_moments = st.one_of(st.none(), hostile.moments)
_roles = st.one_of(st.none(), st.sampled_from(["admin", "member", "gone"]), hostile.text)
_gives = st.sampled_from([(), ("member",), ("super_admin", "admin", "manager", "member", "guest")])
_wholes = st.builds(
    Whole,
    role=_roles,
    ends=_moments,
    returns_to=_roles,
    gives=_gives,
    factor=st.booleans(),
    groups=st.lists(st.tuples(hostile.text, _moments), max_size=100).map(tuple),
    active=_moments,
    timezone=hostile.text,
    tied=st.booleans(),
    owns=st.integers(0, 10**9),
    things=st.lists(st.tuples(hostile.text, hostile.text, hostile.moments), max_size=100).map(tuple),
)
_theres = st.builds(
    There,
    id=hostile.ids,
    name=hostile.text,
    standing=spaced.standings,
    gives=st.sampled_from([(), ("owner", "editor", "viewer")]),
    revocable=st.booleans(),
)
_additions = st.builds(Addition, addon=hostile.text, space=st.one_of(st.none(), hostile.text), ends=_moments)
_pendings = st.builds(
    Pending,
    id=hostile.ids,
    role=hostile.text,
    space=st.one_of(st.none(), hostile.text),
    state=st.sampled_from(["pending", "expired"]),
    expires=hostile.moments,
    manageable=st.booleans(),
)
_waits = st.builds(
    Waits,
    id=hostile.ids,
    change=st.sampled_from(get_args(CardChange)),
    old=_roles,
    new=_roles,
    space=st.one_of(st.none(), hostile.text),
    by=hostile.people,
    about=st.one_of(st.none(), hostile.people),
    expires=hostile.moments,
)
cards = st.builds(
    MemberCard,
    member=hostile.people,
    status=st.sampled_from(["invited", "active", "deactivated"]),
    whole=st.one_of(st.none(), _wholes),
    spaces=st.lists(_theres, max_size=MOST_SPACES, unique_by=lambda one: one.id).map(tuple),
    more_spaces=st.integers(0, 1000),
    addons=st.lists(_additions, max_size=100).map(tuple),
    invited_by=st.one_of(st.none(), hostile.people),
    invited_at=_moments,
    invitations=st.lists(_pendings, max_size=MOST_INVITATIONS, unique_by=lambda one: one.id).map(tuple),
    more_invitations=st.integers(0, 1000),
    requests=st.lists(_waits, max_size=100).map(tuple),
    deeds=st.frozensets(st.sampled_from(sorted(EVERY_DEED))),
    now=hostile.moments,
)
editables = st.builds(
    Editable,
    member=hostile.people,
    name=hostile.text,
    timezone=st.sampled_from(["Europe/Berlin", "America/Argentina/ComodRivadavia"]),
    role=_roles,
    gives=_gives,
    groups=st.one_of(
        st.none(),
        st.lists(st.builds(Choice, hostile.ids, hostile.text), max_size=100, unique_by=lambda one: one.value).map(
            tuple
        ),
    ),
)
