"""Invitations as lists and forms in Slack are given them, without anybody's database."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.slack.views import dead_letters, invitation_forms, invitations
from bot.slack.views.blocks import Block, Message
from handlers.commands import Named
from handlers.dead_letter_queries import Undelivered, UndeliveredPage
from handlers.models import Choice, Desk, InvitationPage, InvitationRow, InvitationState
from handlers.paging import Turns
from tests.slack import hostile

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
APOLLO = Choice("s1", "Apollo")
ROWS = tuple(
    InvitationRow(state, Named("m", "", "a@example.org"), "member", None, state, None, NOW, NOW + timedelta(days=7))
    for state in ("pending", "expired")
)
COUNTS: tuple[tuple[InvitationState, int], ...] = (("pending", 21), ("expired", 9), ("accepted", 0), ("revoked", 0))


def a_page() -> InvitationPage:
    return InvitationPage(ROWS, COUNTS, next="k2", previous="")


LETTERS = UndeliveredPage(
    (
        Undelivered("p", "invitation-mail", "a@example.org", "550 <a@example.org> no", 1, timedelta(), timedelta()),
        Undelivered("k1", "unheard-of", "", "", 32, timedelta(days=2), timedelta(hours=1)),
    ),
    30,
    Turns("k2", "k3"),
)


def messages(desk: Desk) -> list[Message]:
    return [invitations.page(desk, a_page()), dead_letters.page(LETTERS)]


def forms(desk: Desk) -> list[Block]:
    return [
        invitation_forms.build_several(desk, ROWS, open_=30),
        invitation_forms.build_all("resend", "expired", 431, space=APOLLO, now=NOW),
    ]


@st.composite
def pages(draw: st.DrawFn) -> InvitationPage:
    return InvitationPage(
        draw(hostile.several_invitations()),
        tuple((state, draw(st.integers(0, 10_000_000))) for state in invitations.STATES),
        draw(st.sampled_from(["", *invitations.STATES])),
        draw(st.one_of(st.none(), st.builds(Choice, st.just("0" * 32), hostile.text))),
        draw(st.one_of(st.none(), hostile.ids)),
        draw(st.one_of(st.none(), st.just(""), hostile.ids)),
        draw(st.frozensets(st.sampled_from(invitations.STATES))),
    )


letters = st.builds(
    UndeliveredPage,
    rows=st.lists(
        st.builds(
            Undelivered,
            key=hostile.ids,
            kind=hostile.text,
            to=hostile.text,
            why=hostile.text,
            tries=st.integers(0, 100),
            age=st.timedeltas(),
            tried=st.timedeltas(),
        ),
        max_size=10,
        unique_by=lambda one: one.key,
    ).map(tuple),
    total=st.integers(0, 10_000_000),
    turns=st.sampled_from([Turns(), Turns("k2", "k3")]),
)
