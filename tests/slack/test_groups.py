"""Groups in Slack: typed, in forms and by buttons, and what those who are concerned read."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Settled
from tests.doors import Team, read, team


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def says(acme: Team, name: str, text: str) -> str:
    person = getattr(acme, name)
    return read(await person.type(text), person)


async def test_a_group_is_made_filled_and_emptied_by_typing_and_people_are_told(acme: Team) -> None:
    assert (await says(acme, "grace", "/usher group create Night shift")).startswith("Done. There is the group Night")
    said = await says(acme, "grace", "/usher group add @linus, mei@example.com to night shift")
    assert said.startswith("Done.")
    assert "joined the group Night shift, and are told" in said
    await acme.bot.settle()
    assert "put you into the group Night shift in Acme" in acme.linus.dm()[-1].text
    card = await says(acme, "grace", "/usher group night shift")
    assert "Night shift · 2 members" in card
    assert "linus@example.com" in card
    assert (await says(acme, "grace", "/usher group remove @linus from Night shift")).startswith("Done.")
    assert "Night shift · 1 member" in await says(acme, "grace", "/usher groups")
    await acme.bot.settle()
    assert "took you out of the group Night shift" in acme.linus.dm()[-1].text
