"""Seed 002 as a product asks it: over HTTP, after the commands that people send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.commands import (
    AddResource,
    ChangeRole,
    CreateGroup,
    Deactivate,
    Invite,
    JoinGroup,
    Notify,
    ResourceChanged,
    Share,
    Thing,
    Unshare,
)
from tests.asking import Product, asking, operator_does
from tests.people import Done, Org, Somebody, closing, organization, result, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

USERS = {f"members:{one}" for one in ("list", "invite", "edit", "role", "remove", "deactivate", "delete", "reset")}
RESOURCES = {"resources:see-all", "resources:create"}
TASK = {"view", "execute", "modify", "share", "script"}
# What each role opens in the organization, on a task that does not list them, on one that does, and on such a monitor.
ROLES: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "owner": (USERS | RESOURCES, TASK, TASK, TASK - {"execute"}),
    "admin": (RESOURCES, TASK, TASK, TASK - {"execute"}),
    "manager": (USERS, set(), {"view", "execute"}, {"view"}),
    "user": (set(), set(), {"view", "execute"}, {"view"}),
    "viewer": (set(), set(), {"view"}, {"view"}),
}


@pytest.fixture
async def eye(database_url: str) -> AsyncIterator[tuple[Org, Product]]:
    acme = await organization(database_url, catalogue="automation")
    await operator_does(acme, *(AddResource(kind, f"{kind}-1", kind.title()) for kind in ("task", "monitor", "log")))
    async with asking(acme) as product:
        yield acme, product


@pytest.mark.seed(*(f"002-{number:02}" for number in (*range(2, 19), 21, 23, 24, 25)))
async def test_each_role_may_what_its_profiles_say_and_a_list_only_shows(eye: tuple[Org, Product]) -> None:
    acme, product = eye
    root = acme.founder
    assert {"organization:manage", "organization:delete", *USERS, *RESOURCES} <= await product.can(
        root.email, "organization"
    )
    who = await acme.member("viewer")
    for role, (opens, unlisted, listed, monitor) in ROLES.items():
        await operator_does(acme, ChangeRole(who.person, role))
        assert await product.can(who.email, "organization") == opens
        assert await product.can(who.email, "task", "task-1") == unlisted
        await operator_does(acme, *(on_list(kind, who) for kind in ("task", "monitor", "log")))
        assert await product.can(who.email, "task", "task-1") == listed
        assert await product.can(who.email, "monitor", "monitor-1") == monitor
        assert await product.can(who.email, "log", "log-1") == {"view"}
        await operator_does(
            acme, *(Unshare(Thing(kind, f"{kind}-1"), (who.person,)) for kind in ("task", "monitor", "log"))
        )
        assert await product.can(who.email, "task", "task-1") == unlisted
    assert await product.can(root.email, "task", "task-1") == TASK


def on_list(kind: str, who: Somebody) -> Share:
    return Share(Thing(kind, f"{kind}-1"), (who.person,))


@pytest.mark.seed("002-09", "002-10", "002-20", "002-21", "002-22")
async def test_who_is_invited_may_nothing_until_the_link_was_used(eye: tuple[Org, Product]) -> None:
    acme, product = eye
    manager = await acme.member("manager")
    assert why(await manager.does(Invite(("boss@example.com",), "owner"))) in ("may-not-give", "not-offered")
    assert isinstance(await manager.does(Invite(("ida@example.com",), "user")), Done)
    [reason] = await product.reasons("ida@example.com", "view", "task", "task-1")
    assert "not accepted yet" in reason
    assert await product.can("ida@example.com", "task", "task-1") == set()


@pytest.mark.seed("002-11", "002-23", "002-24", "002-25")
async def test_an_admin_shows_a_task_to_a_group_and_each_may_what_their_role_says(eye: tuple[Org, Product]) -> None:
    acme, product = eye
    admin, user, viewer = [await acme.member(role) for role in ("admin", "user", "viewer")]
    await operator_does(acme, CreateGroup("Night"), JoinGroup((user.person, viewer.person), "Night"))
    assert isinstance(await admin.does(Share(Thing("task", "task-1"), groups=("Night",))), Done)
    assert await product.can(user.email, "task", "task-1") == {"view", "execute"}
    assert await product.can(viewer.email, "task", "task-1") == {"view"}
    assert why(await user.does(Unshare(Thing("task", "task-1"), groups=("Night",)))) == "may-not"


@pytest.mark.seed("002-26", "002-27")
async def test_a_plain_address_on_a_list_is_told_like_every_role_there_and_may_nothing(
    eye: tuple[Org, Product],
) -> None:
    acme, product = eye
    viewer, admin = await acme.member("viewer"), await acme.member("admin")
    people = (viewer.person, admin.person)
    await operator_does(acme, Share(Thing("task", "task-1"), people, ("night@elsewhere.example",)))
    told = result(await acme.operator(Notify(Thing("task", "task-1"), "It failed")), ResourceChanged)
    assert told.told == 3
    assert await product.can("night@elsewhere.example", "task", "task-1") == set()
    assert await product.can(viewer.email, "task", "task-1") == {"view"}
    assert await product.can(admin.email, "task", "task-1") == TASK


@pytest.mark.seed("002-09", "002-19", "002-21", "002-22")
async def test_whoever_a_manager_makes_changes_and_ends_may_accordingly(eye: tuple[Org, Product]) -> None:
    acme, product = eye
    manager, ida = await acme.member("manager"), await acme.stranger("Ida")
    invitation = await acme.invitation(ida.email, "viewer", by=manager)
    assert await product.can(ida.email, "task", "task-1") == set()
    ida = await acme.joined(ida, invitation)
    await operator_does(acme, Share(Thing("task", "task-1"), (ida.person,)))
    assert await product.can(ida.email, "task", "task-1") == {"view"}
    assert isinstance(await manager.does(ChangeRole(ida.person, "user")), Done)
    assert await product.can(ida.email, "task", "task-1") == {"view", "execute"}
    assert isinstance(await manager.does(Deactivate(ida.person)), Done)
    assert await product.can(ida.email, "task", "task-1") == set()
    [reason] = await product.reasons(ida.email, "view", "task", "task-1")
    assert "deactivated" in reason
