"""A member's card and the forms that edit them are ones that Slack takes, whatever stands in them."""

from dataclasses import replace

import pytest
from hypothesis import given

from bot.slack.views import edit_member, member
from bot.slack.views.blocks import MOST_IN_MESSAGE
from bot.wording.phrase import say
from handlers.member_card import MOST_INVITATIONS, MOST_SPACES
from handlers.member_card_models import Editable, MemberCard
from handlers.models import Desk
from tests.slack import carded, hostile
from tests.slack.desks import desk
from tests.slack.test_views import many, slack_takes, slack_takes_message


@many
@given(hostile.desks(), carded.cards)
@pytest.mark.invariant(43)
def test_every_card_is_a_message_that_slack_takes(who: Desk, shown: MemberCard) -> None:
    slack_takes_message(member.card(who, shown, said=say("Done."), drawn=3))


def test_the_fullest_card_fits_into_one_message() -> None:
    shown = carded.a_card()
    spaces = tuple(replace(shown.spaces[0], id=f"s{at}") for at in range(MOST_SPACES))
    invitations = tuple(replace(shown.invitations[0], id=f"i{at}") for at in range(MOST_INVITATIONS))
    full = member.card(desk(), replace(shown, spaces=spaces, invitations=invitations), said=say("Done."))
    assert len(full.blocks) <= MOST_IN_MESSAGE
    assert "and 2 more invitations: `/usher invitations` shows them." in full.text


@many
@given(hostile.desks(), carded.editables)
@pytest.mark.invariant(43)
def test_every_form_is_one_that_slack_takes(who: Desk, shown: Editable) -> None:
    slack_takes(edit_member.build(who, shown))
    slack_takes(edit_member.build_profile(shown.name, shown.timezone))


def test_what_a_choice_is_about_rides_in_the_block_and_nonsense_is_nobody() -> None:
    card = member.card(desk(), carded.a_card(), drawn=7)
    ids = [str(block["block_id"]) for block in card.blocks if "block_id" in block]
    assert member.At.load(ids[0]) == member.At("m2", None, 7)
    assert member.At.load(ids[1]) == member.At("m2", "s1", 7)
    for nonsense in ("", ":::", "role", "role-x:m2", "there-9:", "role-²:m2"):
        assert member.At.load(nonsense).drawn in (0, 9)
