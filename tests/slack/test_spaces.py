"""Spaces through the doors of Slack: commands, buttons on lists and cards, Home, and the form *Manage access*."""

from collections.abc import AsyncIterator

import pytest

from bot.playground import Person
from bot.playground.model import View
from handlers.catalogue import load
from tests.conftest import Settled
from tests.doors import Team, in_select, read, team
from tests.running import Running, running_usher


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def manages(person: Person, space: str = "Apollo") -> View:
    """*Manage access* of a space, opened from its card."""
    answer = await person.type(f"/usher space {space}")
    assert answer.message, answer.words
    opened = await person.press("Manage access", on=answer.message)
    assert opened.view, opened.words
    return opened.view


async def drawn(person: Person, words: str) -> View:
    return await person.wait_for_modal(words)


async def test_one_command_makes_a_space_and_its_card_leads_on(acme: Team) -> None:
    said = await acme.linus.type("/usher space create Apollo 13")
    assert said.text.startswith("Done. The space Apollo 13 is made, with its maker as Owner. Its slug is apollo-13")
    card = await acme.linus.type("/usher space apollo 13")
    assert card.message
    assert [control.label for control in card.message.controls] == ["Manage access", "Invite", "Rename", "Delete"]
    for line in ("Slug: apollo-13", "You: Owner", "People with a role here: 1", "Resources: none"):
        assert line in card.text
    listed = await acme.linus.type("/usher spaces")
    assert "1 space, by name.\nApollo 13 · Owner" in listed.text
