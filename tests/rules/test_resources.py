"""What products register, who sees it, who may change it, and who is on its list."""

from dataclasses import replace

import pytest

from handlers.commands import (
    Actor,
    AddResource,
    ChangeRole,
    CreateGroup,
    JoinGroup,
    Notify,
    Outcome,
    Person,
    RemoveResource,
    ResourceChanged,
    Share,
    Thing,
    Unshare,
)
from handlers.notices import ResourceNews, Told
from storage.tables import grants, resources, shares
from tests.people import Org, Somebody, at_once, closing, organization, result, told, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def software(
    acme: Org, command: AddResource | RemoveResource | Notify, *, delivery: str | None = None
) -> Outcome:
    """Other software, by its bearer token."""
    by = Actor(via="token", organization=acme.id, delivery=delivery)
    return await acme.usher.gate.perform(command, by=by)


async def names(acme: Org) -> list[str]:
    return sorted(row["name"] for row in await acme.rows(resources))


async def test_a_resource_is_registered_changed_shared_and_taken_out(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    added = result(await ada.does(AddResource("Dataset", "s/1", "Sales", owner=bob.person)), ResourceChanged)
    assert (added.what, added.sort, added.outside) == ("added", "dataset", "s/1")
    again = result(await ada.does(AddResource("dataset", "s/1", "Sales 2026")), ResourceChanged)
    assert again.what == "changed"
    [row] = await acme.rows(resources)
    assert (row["name"], row["owner_id"]) == ("Sales 2026", bob.id)
    await ada.does(CreateGroup("Design"))
    shared = Share(Thing("dataset", "Sales 2026"), (bob.person,), ("x@elsewhere.example",), ("design",))
    assert result(await ada.does(shared), ResourceChanged).who == (bob.name, "Design", "x@elsewhere.example")
    assert why(await ada.does(shared)) == "already-on-list"
    assert len(await acme.rows(shares)) == 2
    removed = result(await ada.does(RemoveResource(Thing("dataset", "s/1"))), ResourceChanged)
    assert removed.what == "removed"
    assert await acme.rows(resources) == await acme.rows(shares) == []
    assert not [one for one in await acme.rows(grants) if one["kind"] == "resource" and one["ended_at"] is None]
    assert await acme.chain_is_broken() is None
