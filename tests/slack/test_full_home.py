"""A Home with everything on it."""

import dataclasses

from bot.slack.views import home
from bot.slack.views.blocks import MOST_IN_VIEW
from handlers.commands import Named
from handlers.models import Access, Ending, Home, InvitationRow, Tallies
from tests.slack import spaced
from tests.slack.desks import desk
from tests.slack.hostile import a_card, walk


def test_the_fullest_home_fits_and_ends_with_what_comes_last() -> None:
    card = a_card()
    ada = Named("m", "", "ada@example.org")
    invited = [
        InvitationRow(f"i{at}", ada, "member", None, "pending", None, card.created, card.expires) for at in range(9)
    ]
    held = [
        Access("editor", "Apollo", card.expires, "person", id=f"g{at}", extendable=True, returnable=True)
        for at in range(10)
    ]
    spaces = spaced.page()
    spaces = dataclasses.replace(
        spaces, rows=tuple(dataclasses.replace(spaces.rows[0], id=f"s{at}") for at in range(10))
    )
    roles = [(f"role{at}", 20 - at) for at in range(20)]
    full = Home(
        desk=desk(),
        access=tuple(held),
        mine=tuple(a_card(id=f"m{at}") for at in range(20)),
        waiting=tuple(a_card(id=f"w{at}") for at in range(20)),
        tallies=Tallies((("active", 12_345), ("invited", 3), ("deactivated", 1)), tuple(roles)),
        soon=tuple(Ending(ada, dataclasses.replace(one, id=f"e{one.id}"), invited=False) for one in held),
        invitations=tuple(invited[: home.MOST_INVITATIONS]),
        spaces=spaces,
        more_access=True,
    )
    blocks = home.build(full)["blocks"]
    assert len(blocks) <= MOST_IN_VIEW
    values = {node.get("value") for node in walk(blocks)}
    assert {"g0", "w0", "m0", "s0", ada.id, f"i{home.MOST_INVITATIONS - 1}"} <= values
    assert "g9" not in values
