"""Seed 001 as a product asks it: over HTTP, after the commands that people send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from handlers.commands import AddResource, ChangeRole, Command, CreateSpace, RemoveFromSpace, RenameSpace
from tests.asking import Product, asking, operator_does
from tests.people import Done, Org, Somebody, closing, organization, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

IMAGE = {"read", "scan", "update", "delete"}
LOOK, EDIT = {"space:read"}, {"space:read", "resources:add", "resources:manage", "reports:export", "updates:run"}
OWN = EDIT | {"space:rename", "space:delete", "space:access", "scans:run"}


@dataclass(frozen=True, slots=True)
class Clinic:
    """Mia made the project Heart and has an image of her own outside it; Gus is a guest; nobody else is in Heart."""

    acme: Org
    product: Product
    root: Somebody
    ada: Somebody
    mia: Somebody
    ben: Somebody
    gus: Somebody

    async def heart(self, who: Somebody) -> set[str]:
        return await self.product.can(who.email, "space", "heart")

    async def image(self, who: Somebody, named: str) -> set[str]:
        return await self.product.can(who.email, "image", named)

    async def lets_in(self, who: Somebody, role: str, *, by: Somebody | None = None) -> None:
        await does(by or self.mia, ChangeRole(who.person, role, space="Heart"))


async def does(who: Somebody, *commands: Command) -> None:
    for command in commands:
        assert isinstance(outcome := await who.does(command), Done), outcome


@pytest.fixture
async def clinic(database_url: str) -> AsyncIterator[Clinic]:
    acme = await organization(database_url, catalogue="imaging")
    ada, mia, ben, gus = [await acme.member(role) for role in ("admin", "member", "member", "guest")]
    await does(mia, CreateSpace("Heart"), AddResource("image", "mine", "Mine"))
    await operator_does(
        acme, AddResource("image", "heart-1", "Heart one", space="Heart"), AddResource("image", "other", "Other")
    )
    async with asking(acme) as product:
        yield Clinic(acme, product, acme.founder, ada, mia, ben, gus)


@pytest.mark.seed("001-28", "001-29", "001-34", "001-35", "001-36", "001-38", "001-39", "001-40", "001-42")
async def test_the_first_user_may_everything_and_admins_all_but_end_the_organization(clinic: Clinic) -> None:
    every = await clinic.product.can(clinic.root.email, "organization")
    assert {"organization:close", "organization:delete", "organization:transfer", "members:delete"} <= every
    ending = {"organization:close", "organization:delete", "organization:transfer"}
    assert await clinic.product.can(clinic.ada.email, "organization") == every - ending
    assert await clinic.heart(clinic.root) == OWN
    assert await clinic.heart(clinic.ada) == OWN - {"space:access"}
    for image in ("mine", "heart-1", "other"):
        assert await clinic.image(clinic.root, image) == await clinic.image(clinic.ada, image) == IMAGE


@pytest.mark.seed("001-30", "001-37", "001-41", "001-53")
async def test_a_person_has_one_system_role_and_only_super_admins_make_another_super_admin(clinic: Clinic) -> None:
    await does(clinic.ada, ChangeRole(clinic.ben.person, "guest"))
    assert await clinic.product.can(clinic.ben.email, "organization") == set()
    assert why(await clinic.ada.does(ChangeRole(clinic.ben.person, "super_admin"))) == "may-not-give"
    assert not await clinic.product.may(clinic.ben.email, "organization:close", "organization")
    root = await clinic.root.enrolled()
    request = await root.asks(ChangeRole(clinic.ben.person, "super_admin"))
    await root.approves(request)
    assert await clinic.product.may(clinic.ben.email, "organization:close", "organization")


@pytest.mark.seed("001-43", "001-44", "001-45", "001-46", "001-47", "001-48", "001-54", "001-55")
async def test_members_make_projects_and_images_and_reach_nothing_else(clinic: Clinic) -> None:
    assert await clinic.product.can(clinic.mia.email, "organization") == {"spaces:create", "resources:create"}
    assert await clinic.heart(clinic.mia) == OWN
    assert await clinic.heart(clinic.ben) == set()
    assert await clinic.image(clinic.mia, "mine") == await clinic.image(clinic.mia, "heart-1") == IMAGE
    assert await clinic.image(clinic.mia, "other") == set()
    for image in ("mine", "heart-1", "other"):
        assert await clinic.image(clinic.ben, image) == set()


@pytest.mark.seed("001-49", "001-50", "001-51", "001-52")
async def test_guests_only_read_and_only_where_they_were_invited(clinic: Clinic) -> None:
    assert await clinic.product.can(clinic.gus.email, "organization") == set()
    assert await clinic.heart(clinic.gus) == await clinic.image(clinic.gus, "heart-1") == set()
    await clinic.lets_in(clinic.gus, "viewer")
    assert await clinic.heart(clinic.gus) == LOOK
    assert await clinic.image(clinic.gus, "heart-1") == {"read"}
    assert why(await clinic.mia.does(ChangeRole(clinic.gus.person, "owner", space="Heart"))) == "at-most-viewer"


@pytest.mark.seed("001-31", "001-62", "001-63", "001-64", "001-65", "001-71", "001-73")
async def test_an_editor_works_in_the_project_and_lets_nobody_in(clinic: Clinic) -> None:
    await does(clinic.ben, CreateSpace("Lung"))
    await clinic.lets_in(clinic.ben, "editor")
    assert await clinic.heart(clinic.ben) == EDIT
    assert await clinic.product.can(clinic.ben.email, "space", "lung") == OWN
    assert await clinic.image(clinic.ben, "heart-1") == {"read", "update", "delete"}
    assert why(await clinic.ben.does(ChangeRole(clinic.gus.person, "viewer", space="Heart"))) == "may-not"
    assert await clinic.heart(clinic.gus) == set()


@pytest.mark.seed("001-66", "001-67", "001-68", "001-69", "001-73")
async def test_a_viewer_only_looks_until_an_owner_changes_the_role(clinic: Clinic) -> None:
    await clinic.lets_in(clinic.ben, "viewer")
    assert await clinic.heart(clinic.ben) == LOOK
    assert await clinic.image(clinic.ben, "heart-1") == {"read"}
    assert why(await clinic.ben.does(ChangeRole(clinic.gus.person, "viewer", space="Heart"))) == "may-not"
    await clinic.lets_in(clinic.ben, "owner")
    assert await clinic.heart(clinic.ben) == OWN


@pytest.mark.seed("001-56", "001-57", "001-58", "001-59", "001-60", "001-61", "001-70", "001-72")
async def test_only_owners_manage_access_and_revoking_it_closes_the_project(clinic: Clinic) -> None:
    await clinic.lets_in(clinic.ben, "editor")
    await clinic.lets_in(clinic.gus, "viewer")
    managing = [who for who in (clinic.ada, clinic.ben, clinic.gus) if "space:access" in await clinic.heart(who)]
    assert managing == []
    reading = await clinic.product.post(
        "/access/v1/search/subject",
        {
            "subject": {"type": "user"},
            "action": {"name": "space:read"},
            "resource": {"type": "space", "id": "heart"},
        },
    )
    everybody = {who.email for who in (clinic.root, clinic.ada, clinic.mia, clinic.ben, clinic.gus)}
    assert {one["id"] for one in reading.said["results"]} == everybody
    await does(clinic.mia, RenameSpace("Heart", "Hearts"), RemoveFromSpace(clinic.ben.person, "Hearts"))
    assert await clinic.heart(clinic.ben) == await clinic.image(clinic.ben, "heart-1") == set()
