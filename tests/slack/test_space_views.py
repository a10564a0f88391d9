"""Views of spaces, whatever stands in them, are ones that Slack takes; forms keep what they are about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views import space_access, spaces
from bot.slack.views.fields import Filled, Unreadable, filled
from bot.slack.views.space_access import At
from bot.wording.phrase import say
from handlers.commands import ChangeRole, Person
from handlers.models import Desk
from handlers.space_models import AccessPage, SpaceCard, SpacePage
from tests.slack import hostile, spaced
from tests.slack.desks import desk
from tests.slack.test_views import chosen, many, slack_takes, slack_takes_message


@many
@given(hostile.desks(), spaced.pages, spaced.cards, hostile.text)
@pytest.mark.invariant(43)
def test_lists_and_cards_of_spaces_are_ones_that_slack_takes(
    who: Desk, page: SpacePage, card: SpaceCard, words: str
) -> None:
    slack_takes_message(spaces.page(who, page, words=words))
    slack_takes_message(spaces.card(who, card))
    slack_takes_message(spaces.unknown(who, words))


@many
@given(hostile.desks(), spaced.accesses, hostile.text, st.integers(0, 10**6))
@pytest.mark.invariant(43)
def test_the_form_manage_access_is_one_that_slack_takes(who: Desk, page: AccessPage, words: str, drawn: int) -> None:
    at = At(page.id, drawn=drawn).searching(words)
    slack_takes(space_access.build(who, page, at))
    slack_takes(space_access.build(who, page, at.again(), said=say("Refused. {why}", why=words)))


@pytest.mark.parametrize("odd", ["", "no json", "[]", '"x"', "null", '{"space": 5, "drawn": "x", "words": null}'])
def test_metadata_that_cannot_be_read_is_a_space_that_does_not_exist(odd: str) -> None:
    assert At.load({"private_metadata": odd}).space in ("", "5")
    assert At.load({"private_metadata": odd}).drawn == 0
    kept = At("s1", "ada", "a~1~m2", 7)
    assert At.load({"private_metadata": kept.dump()}) == kept


def sent(at: At, **values: Any) -> Filled:
    state = {block: {"value": value} for block, value in values.items()}
    return filled({"state": {"values": state}, "private_metadata": at.dump()})


def test_whom_to_add_is_read_from_whatever_drawing_was_sent() -> None:
    at = At("s1", drawn=4)
    form = sent(at, **{"person-4": chosen("m2"), "role-4": chosen("viewer"), "search-4": {"value": "gra"}})
    assert space_access.read(form) == ChangeRole(Person(id="m2"), "viewer", space="s1")
    with pytest.raises(Unreadable) as lacking:
        space_access.read(sent(at, **{"role-4": chosen("viewer")}))
    assert lacking.value.wrong.field == "person"


def test_each_drawing_has_ids_of_its_own_so_that_nothing_refused_stays_chosen() -> None:
    first, second = (space_access.build(desk(), spaced.access(), at) for at in (At("s1"), At("s1").again()))
    kept = {block["block_id"] for block in first["blocks"] if "block_id" in block}
    assert kept
    assert not kept & {block["block_id"] for block in second["blocks"] if "block_id" in block}


def test_who_may_add_nobody_is_shown_no_form_to_send() -> None:
    page = spaced.access()
    view = space_access.build(desk(), AccessPage(page.id, page.name, page.rows, (), page.turns), At("s1"))
    assert "submit" not in view
    slack_takes(view)
