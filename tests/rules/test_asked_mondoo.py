"""Seed 003 as a product asks it: over HTTP, after the commands that people send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.commands import ChangeRole, CreateSpace, SetPermissions
from tests.asking import Product, asking, operator_does
from tests.people import Done, Org, closing, organization
from tests.rules.test_decisions_mondoo import ADDONS, LOOK, OPENS

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


@pytest.fixture
async def team(database_url: str) -> AsyncIterator[tuple[Org, Product]]:
    acme = await organization(database_url, catalogue="mondoo")
    await operator_does(acme, CreateSpace("Prod"))
    async with asking(acme) as product:
        yield acme, product


@pytest.mark.seed(*(f"003-{number:02}" for number in (1, *range(2, 26))))
async def test_a_base_role_opens_the_same_in_the_organization_and_in_every_space_also_a_later_one(
    team: tuple[Org, Product],
) -> None:
    acme, product = team
    who = await acme.member("viewer")
    for role in ("editor", "owner", "viewer"):
        await operator_does(acme, ChangeRole(who.person, role))
        assert await product.can(who.email, "organization") == OPENS[role]
        assert await product.can(who.email, "space", "prod") == OPENS[role]
    await operator_does(acme, CreateSpace("Later"))
    assert await product.can(who.email, "space", "later") == LOOK


@pytest.mark.seed("003-01", "003-04")
async def test_a_member_of_one_space_may_there_and_nowhere_else(team: tuple[Org, Product]) -> None:
    acme, product = team
    await operator_does(acme, CreateSpace("Test"))
    who = await acme.member("viewer", space="Prod")
    assert await product.can(who.email, "space", "prod") == LOOK
    for role in ("editor", "owner"):  # who cannot be lowered again: the only owner there is
        await operator_does(acme, ChangeRole(who.person, role, space="Prod"))
        assert await product.can(who.email, "space", "prod") == OPENS[role]
    assert await product.can(who.email, "space", "test") == await product.can(who.email, "organization") == set()


@pytest.mark.seed("003-26", *(f"003-{number}" for number in range(27, 37)))
async def test_add_ons_open_what_they_say_on_a_viewer_and_rest_on_an_editor(team: tuple[Org, Product]) -> None:
    acme, product = team
    who = await acme.member("viewer")
    for addon, opens in ADDONS.items():
        await operator_does(acme, SetPermissions(who.person, addons=(addon,)))
        assert await product.can(who.email, "organization") == LOOK | opens
        assert await product.can(who.email, "space", "prod") == LOOK | opens
    await operator_does(acme, SetPermissions(who.person, addons=tuple(ADDONS)))
    assert await product.can(who.email, "organization") == LOOK.union(*ADDONS.values())
    await operator_does(acme, ChangeRole(who.person, "editor"))
    assert not await product.may(who.email, "policies:edit", "organization")


@pytest.mark.seed("003-22", "003-26")
async def test_an_add_on_in_one_space_opens_nothing_in_another(team: tuple[Org, Product]) -> None:
    acme, product = team
    await operator_does(acme, CreateSpace("Test"))
    who = await acme.member("viewer", space="Prod")
    editor = await acme.member("editor")
    assert isinstance(await editor.does(ChangeRole(who.person, "viewer", space="Test")), Done)
    await operator_does(acme, SetPermissions(who.person, space="Prod", addons=("ticket_creator",)))
    assert await product.can(who.email, "space", "prod") == LOOK | {"tickets:create"}
    assert not await product.may(who.email, "tickets:create", "space", "test")
    assert not await product.may(who.email, "tickets:create", "organization")
