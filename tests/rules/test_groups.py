"""Groups: who makes them, who is in them, and what becomes of those who were when one is deleted."""

import asyncio

import pytest

from handlers.commands import (
    AcceptInSlack,
    CreateGroup,
    Deactivate,
    DeleteGroup,
    GroupChanged,
    Invite,
    JoinGroup,
    LeaveGroup,
    RenameGroup,
)
from handlers.notices import Timer, Told
from storage.tables import grants, groups
from tests.people import Org, Somebody, at_once, closing, organization, result, told, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def inside(acme: Org, group: str) -> set[str]:
    """The ids of who is in a group."""
    [found] = [row["id"] for row in await acme.rows(groups) if row["name"] == group]
    rows = await acme.rows(grants)
    return {row["member_id"] for row in rows if row["what"] == found and row["ended_at"] is None}


async def told_of(acme: Org, about: str) -> list[str]:
    return [one.to for one in await acme.notices() if isinstance(one, Told) and one.about == about]


async def test_a_group_is_made_filled_renamed_and_emptied(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, cleo = await acme.member("admin"), await acme.member(), await acme.member("guest")
    assert result(await ada.does(CreateGroup("  Night   shift ")), GroupChanged).group == "Night shift"
    done = result(await ada.does(JoinGroup((bob.person, cleo.person, bob.person), "night SHIFT")), GroupChanged)
    assert (done.what, {one.id for one in done.people}) == ("joined", {bob.id, cleo.id})
    assert await inside(acme, "Night shift") == {bob.id, cleo.id}
    again = result(await ada.does(RenameGroup("Night shift", "Day shift")), GroupChanged)
    assert (again.old, again.group) == ("Night shift", "Day shift")
    assert told([await ada.does(LeaveGroup((bob.person,), "Day shift"))]) == ["group-changed"]
    assert await inside(acme, "Day shift") == {cleo.id}
    assert await told_of(acme, "group-joined") == [bob.id, cleo.id]
    assert await told_of(acme, "group-left") == [bob.id]
    done = [row["action"] for row in await acme.audited() if row["action"].startswith("group.")]
    assert done == ["group.created", "group.joined", "group.joined", "group.renamed", "group.left"]
    assert await acme.chain_is_broken() is None
