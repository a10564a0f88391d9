"""Spaces through the gate: who makes, renames and deletes them, who has access, and who decides about that."""

from typing import Any

import pytest

from handlers.commands import (
    AcceptInSlack,
    AddResource,
    ChangeRole,
    CreateSpace,
    Deactivate,
    DeleteSpace,
    Done,
    Invite,
    Outcome,
    Removed,
    RemoveFromSpace,
    RenameSpace,
    RequestAccess,
    RoleChanged,
    SpaceChanged,
)
from handlers.notices import Told
from handlers.space_models import SpaceCard
from storage.tables import grants, invitations, members, resources, spaces
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def makes(maker: Somebody, name: str = "Apollo") -> str:
    """The slug of a new space."""
    return result(await maker.does(CreateSpace(name)), SpaceChanged).slug


async def gives(giver: Somebody, to: Somebody, role: str, space: str = "apollo") -> Outcome:
    return await giver.does(ChangeRole(to.person, role, space=space))


async def card(who: Somebody, space: str = "apollo") -> SpaceCard | None:
    return await who.org.usher.queries.space(await who.desk(), space)


async def role_of(who: Somebody, space: str = "apollo") -> str | None:
    """What they hold there."""
    seen = await card(who, space)
    return seen.standing.role if seen else None


async def live(acme: Org, space: str) -> list[dict[str, Any]]:
    ids = {row["id"] for row in await acme.rows(spaces) if row["slug"] == space or row["id"] == space}
    return [row for row in await acme.rows(grants) if row["space_id"] in ids and row["ended_at"] is None]


async def tellings(acme: Org, about: str) -> list[Told]:
    return [one for one in await acme.notices() if isinstance(one, Told) and one.about == about]


# Making ---------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-43", "001-46", "001-54")
async def test_who_makes_a_space_owns_it_for_good_and_nobody_else_sees_it(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob = await acme.member("member"), await acme.member("member")
    made = result(await ada.does(CreateSpace("Apollo 13")), SpaceChanged)
    assert (made.what, made.space, made.slug) == ("created", "Apollo 13", "apollo-13")
    [grant] = await live(acme, "apollo-13")
    assert (grant["member_id"], grant["what"], grant["ends_at"]) == (ada.id, "owner", None)
    assert await card(bob, "apollo-13") is None
    assert await acme.chain_is_broken() is None


async def test_a_name_is_free_only_once_in_whatever_letters_and_a_slug_never_names_another(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    assert await makes(ada, "Apollo") == "apollo"
    for taken in ("APOLLO", " apollo ", "Apollo"):
        assert why(await ada.does(CreateSpace(taken))) == "space-exists"
    assert await makes(ada, "Apollo!") == "apollo-2"
    assert why(await ada.does(CreateSpace("apollo-2"))) == "space-exists"
    assert await makes(ada, "日本") == "space"
    assert why(await ada.does(CreateSpace(" \u200b "))) == "name-wrong"
    assert why(await ada.does(CreateSpace("x" * 500))) == "name-wrong"
