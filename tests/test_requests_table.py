"""Waiting changes: their states, and that what was kept once can be read for as long as it may wait.

The files in `data/commands` are commands as the table `requests` held them when they were first kept. One that can no
longer be read needs a new `VERSION` in `handlers/flows/requests.py`, never a new file under an old name.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from sqlalchemy import update

from handlers.commands import (
    COMMANDS,
    AddResource,
    Approve,
    Cancel,
    ChangeRole,
    ChangeSettings,
    CloseOrganization,
    Command,
    CreateGroup,
    CreateOrganization,
    CreateSpace,
    Deactivate,
    DeleteData,
    DeleteGroup,
    DeleteMember,
    DeleteSpace,
    Deny,
    EditMember,
    Import,
    Invite,
    JoinGroup,
    LeaveGroup,
    Person,
    Reactivate,
    RemoveFromSpace,
    RemoveMember,
    RemoveResource,
    RenameGroup,
    RenameSpace,
    RequestAccess,
    RequestEnded,
    ResetFactor,
    ResetPassword,
    ResetPermissions,
    SetPermissions,
    Share,
    Thing,
    TransferOrganization,
    Unshare,
)
from handlers.flows.requests import TRANSITIONS, VERSION
from handlers.gate import PLANS
from handlers.models import CardChange, RequestState
from handlers.notices import CardUpdate, Told
from storage.tables import requests
from tests.people import Org, Somebody, closing, organization, told, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

DATA = Path(__file__).parent / "data" / "commands"
ADA = Person(id="0123456789abcdef0123456789abcdef")
SPACE = "fedcba9876543210fedcba9876543210"
GROUP = "00112233445566778899aabbccddeeff"
DATASET = "ffeeddccbbaa99887766554433221100"
KEPT: dict[str, Command] = {
    "invite": Invite(("ada@example.com",), "admin"),
    "invite_to_space": Invite(("ada@example.com", "bob@example.com"), "editor", SPACE, ("0" * 32,), None),
    "invite_named": Invite(("ada@example.com",), "admin", name="Ada Lovelace"),
    "change_role": ChangeRole(ADA, "manager", reason="a new team"),
    "change_role_for": ChangeRole(ADA, "manager", SPACE, timedelta(days=1, hours=8), None, "on call"),
    "change_role_until": ChangeRole(ADA, "manager", until=datetime(2027, 1, 31, 18, 30, tzinfo=UTC)),
    "deactivate": Deactivate(ADA, "left us"),
    "reactivate": Reactivate(ADA),
    "request_access": RequestAccess("manager", "to help", person=ADA),
    "request_access_for": RequestAccess("editor", "to help", SPACE, timedelta(hours=4), None, ADA),
    "request_access_until": RequestAccess(
        "editor", "to help", SPACE, None, datetime(2027, 1, 31, 18, 30, tzinfo=UTC), ADA
    ),
    "request_addon": RequestAccess("ticket_creator", "to help", SPACE, person=ADA, asked="add-on"),
    "request_group": RequestAccess(GROUP, "to help", lasts=timedelta(hours=4), person=ADA, asked="group"),
    "request_resource": RequestAccess("dashboard:17", "to help", person=ADA, asked="resource"),
    "request_longer": RequestAccess("editor", "to help", SPACE, timedelta(hours=4), None, ADA, "role", extends=True),
    "create_space": CreateSpace("Apollo"),
    "rename_space": RenameSpace(SPACE, "Artemis"),
    "delete_space": DeleteSpace(SPACE),
    "remove_from_space": RemoveFromSpace(ADA, SPACE, "left us"),
    "create_group": CreateGroup("Sales"),
    "rename_group": RenameGroup(GROUP, "Marketing"),
    "delete_group": DeleteGroup(GROUP),
    "join_group": JoinGroup((ADA,), GROUP),
    "leave_group": LeaveGroup((ADA,), GROUP),
    "add_resource": AddResource("dashboard", "17", "Revenue", SPACE, ADA),
    "add_resource_plain": AddResource("dashboard", "17", "Revenue"),
    "remove_resource": RemoveResource(Thing("dashboard", "17")),
    "share": Share(Thing("dashboard", "17"), (ADA,), ("guest@example.com",), (GROUP,)),
    "unshare": Unshare(Thing("dashboard", "17"), (ADA,), ("guest@example.com",), (GROUP,)),
    "set_addons": SetPermissions(ADA, SPACE, ("ticket_creator", "sla_manager"), reason="on call"),
    "set_permissions": SetPermissions(
        ADA, None, None, "whitelist", "read", (DATASET,), ((DATASET, "write"),), ("tags",), ("reports",)
    ),
    "reset_permissions": ResetPermissions(ADA),
    "create_organization": CreateOrganization("Acme", "default", "starship"),
    "close_organization": CloseOrganization("acme", "sold"),
    "transfer_organization": TransferOrganization(ADA, "moving on"),
    "change_settings": ChangeSettings("business", None, 14, ""),
    "remove_member": RemoveMember(ADA, "left us"),
    "delete_member": DeleteMember(ADA),
    "delete_member_heir": DeleteMember(ADA, Person(id="fedcba9876543210fedcba9876543210"), "left us"),
    "reset_password": ResetPassword(ADA, "forgot it"),
    "reset_factor": ResetFactor(ADA),
    "delete_data": DeleteData(ADA, "the project is over"),
    "edit_member": EditMember(ADA, "Ada King", "Europe/London", (GROUP,), (SPACE,)),
    "edit_member_name": EditMember(ADA, "Ada King"),
    "import": Import("0" * 32, "a new office", "people.csv", 120, ("guest", "member"), (20, 100), (GROUP,), 2),
}


# States ---------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(29)
def test_the_table_of_transitions_is_complete() -> None:
    states = set(get_args(RequestState))
    ends = set(get_args(get_type_hints(RequestEnded)["how"])) | {"approved"}
    assert set(TRANSITIONS) == states
    assert TRANSITIONS["pending"] == ends == states - {"pending"}
    assert all(not TRANSITIONS[one] for one in ends)


# Golden files ---------------------------------------------------------------------------------------------------------


def test_every_kind_of_command_that_can_wait_has_files() -> None:
    assert {type(one) for one in KEPT.values()} >= set(PLANS)
    assert {one.kind for one in KEPT.values()} == set(get_args(CardChange))
    assert {path.stem for path in DATA.glob("*.json")} == set(KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_a_command_that_was_kept_reads_as_it_was_meant(name: str) -> None:
    assert COMMANDS.validate_json((DATA / f"{name}.json").read_text()) == KEPT[name]


@pytest.mark.parametrize("name", KEPT)
def test_a_command_is_kept_and_read_without_loss(name: str) -> None:
    assert COMMANDS.validate_json(COMMANDS.dump_json(KEPT[name])) == KEPT[name]


def test_what_was_kept_before_there_were_other_things_to_ask_for_asks_for_a_role() -> None:
    kept = (DATA / "request_access_for.json").read_text()
    assert "asked" not in kept
    read = COMMANDS.validate_json(kept)
    assert isinstance(read, RequestAccess)
    assert (read.asked, read.extends) == ("role", False)


def test_a_kept_command_holds_ids_and_never_a_code() -> None:
    for path in DATA.glob("*.json"):
        assert "code" not in path.read_text()


# What a newer or older Usher kept -------------------------------------------------------------------------------------

UNREADABLE: dict[str, dict[str, object]] = {
    "an unknown kind": {"command": '{"kind": "promote", "person": {"id": "x"}}'},
    "a missing field": {"command": '{"kind": "change-role"}'},
    "no JSON": {"command": "change-role"},
    "another version": {"command_version": VERSION + 1},
}


async def unreadable(acme: Org, values: dict[str, object]) -> tuple[Somebody, Somebody, str]:
    asker, approver = await acme.member("admin"), await acme.member("admin")
    target = await acme.member("manager")
    request = await asker.asks(ChangeRole(target.person, "guest"))
    async with acme.usher.store.writer.connect() as connection:
        await connection.execute(update(requests).where(requests.c.id == request).values(**values))
        await connection.commit()
    return asker, approver, request


@pytest.mark.invariant(31)
@pytest.mark.parametrize("values", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_cannot_be_read_any_more_is_void_and_told(database_url: str, values: dict[str, object]) -> None:
    acme = await organization(database_url)
    asker, approver, request = await unreadable(acme, values)
    assert why(await approver.does(Approve(request))) == "request-void"
    row = await acme.request(request)
    assert (row["state"], row["why"]) == ("void", "it was asked for under an older version of Usher")
    notices = await acme.notices()
    assert CardUpdate(request) in notices
    assert [one.to for one in notices if isinstance(one, Told) and one.about == "request-void"] == [asker.id]
    assert await acme.audited("role.changed") == []


async def test_what_cannot_be_read_hides_nothing_else_and_can_be_ended(database_url: str) -> None:
    acme = await organization(database_url)
    asker, approver, first = await unreadable(acme, UNREADABLE["no JSON"])
    _, _, second = await unreadable(acme, UNREADABLE["an unknown kind"])
    readable = await asker.asks(RequestAccess("manager", "less"))
    assert [card.id for card in await acme.usher.queries.waiting(await approver.desk())] == [readable]
    assert [card.id for card in await acme.usher.queries.mine(await asker.desk())] == [readable]
    assert told([await asker.does(Cancel(first))]) == ["request-ended"]
    assert why(await approver.does(Deny(second, "no"))) == "request-void"
