"""Editing a member's name, timezone and groups, and one's own: what changes, who may, who is told, and what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.wording.changes import what
from handlers.commands import (
    ChangeProfile,
    CreateGroup,
    Done,
    EditMember,
    Invite,
    Invited,
    JoinGroup,
    LeaveGroup,
    MemberEdited,
    Person,
    Refused,
    RequestAccess,
)
from handlers.notices import Told
from storage.tables import audit, grants, groups, members
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"


async def kept(org: Org, who: str) -> tuple[str, str]:
    [row] = [row for row in await org.rows(members) if row["id"] == who]
    assert row["name_folded"] == " ".join(row["name"].split()).casefold()
    return row["name"], row["timezone"]


async def groups_of(org: Org, by: Somebody, who: Somebody) -> list[str]:
    shown = await org.usher.queries.member(await by.desk(), who.person)
    assert shown.whole
    return [name for name, _ in shown.whole.groups]


async def edited_notices(org: Org) -> list[tuple[str, str | None]]:
    return [(one.to, one.new) for one in await org.notices() if isinstance(one, Told) and one.about == "edited"]


async def with_groups(org: Org, by: Somebody, *names: str) -> None:
    for name in names:
        assert isinstance(await by.does(CreateGroup(name)), Done)


@pytest.mark.seed("004-20", "004-26")
async def test_name_timezone_and_groups_change_at_once_and_the_member_is_told(database_url: str) -> None:
    org = await organization(database_url)
    ada, bob = await org.member("admin"), await org.member("member", name="Bob")
    await with_groups(org, ada, "Sales", "Support", "Board")
    await ada.does(JoinGroup((bob.person,), "Sales"))
    command = EditMember(bob.person, " Bob   Builder ", "america/new york", ("Support", "board"), ("sales",))
    with counting(org.usher.store) as counted:
        edited = result(await ada.does(command), MemberEdited)
    assert len(counted.written) <= 10, "\n\n".join(counted.written)
    assert (edited.member.name, edited.changed) == ("Bob Builder", ("name", "timezone", "groups"))
    assert await kept(org, bob.id) == ("Bob Builder", "America/New_York")
    assert await groups_of(org, ada, bob) == ["Board", "Support"]
    assert await edited_notices(org) == [(bob.id, "name,timezone,groups")]
    actions = [row["action"] for row in await org.rows(audit) if row["target"] == f"member:{bob.id}"]
    assert actions[-4:] == ["member.edited", "group.joined", "group.joined", "group.left"]
    assert await org.chain_is_broken() is None


async def test_a_name_alone_takes_few_statements(database_url: str) -> None:
    org = await organization(database_url)
    ada, bob = await org.member("admin"), await org.member("member")
    with counting(org.usher.store) as counted:
        assert told([await ada.does(EditMember(bob.person, "Somebody Else"))]) == ["member-edited"]
    assert len(counted.written) <= 8, "\n\n".join(counted.written)


async def test_two_who_edit_one_member_at_once_take_nothing_from_each_other(database_url: str) -> None:
    """Each says what they change, and nothing else is written."""
    org = await organization(database_url)
    ada, hal, bob = await org.member("admin"), await org.member("admin"), await org.member("member")
    await with_groups(org, ada, "Sales", "Support", "Board")
    await ada.does(JoinGroup((bob.person,), "Board"))
    orders = [
        (ada, EditMember(bob.person, joined=("Sales",))),
        (hal, EditMember(bob.person, None, None, ("Support",), ("Board",))),
    ]
    assert told(await at_once(*(partial(who.does, order) for who, order in orders))) == ["member-edited"] * 2
    assert await groups_of(org, ada, bob) == ["Sales", "Support"]


async def test_who_stays_in_a_group_for_a_while_stays_for_that_while(database_url: str) -> None:
    """Only what was put in and taken out changes; a membership that ends goes on to end."""
    org = await organization(database_url)
    ada, bob = await org.member("admin"), await org.member("member")
    await with_groups(org, ada, "Sales", "Support")
    asked = await bob.asks(RequestAccess("Sales", "a week", asked="group", lasts=timedelta(days=7)))
    assert isinstance(await ada.approves(asked), Done)
    await ada.does(EditMember(bob.person, joined=("Sales", "Support")))
    held = {row["what"]: row["ends_at"] for row in await org.rows(grants) if row["kind"] == "group"}
    assert sorted(ends is None for ends in held.values()) == [False, True]
    org.clock.pass_by(days=8)
    assert await groups_of(org, ada, bob) == ["Support"]


WRONG: list[tuple[Callable[[Person], EditMember], str, str]] = [
    (EditMember, "nothing-changes", "name"),
    (lambda who: EditMember(who, name="Bob"), "nothing-changes", "name"),
    (lambda who: EditMember(who, left=("Sales",)), "nothing-changes", "name"),
    (lambda who: EditMember(who, name="  \u200b "), "name-wrong", "name"),
    (lambda who: EditMember(who, name="x" * 500), "name-wrong", "name"),
    (lambda who: EditMember(who, timezone="Mars/Base"), "unknown-timezone", "timezone"),
    (lambda who: EditMember(who, timezone="../../etc/passwd"), "unknown-timezone", "timezone"),
    (lambda who: EditMember(who, timezone=""), "unknown-timezone", "timezone"),
    (lambda who: EditMember(who, joined=("Nowhere",)), "unknown-group", "groups"),
    (lambda who: EditMember(who, left=("Nowhere",)), "unknown-group", "groups"),
]


@pytest.mark.parametrize(("command", "code", "field"), WRONG)
async def test_what_is_wrong_is_said_under_its_field(
    sqlite_url: str, command: Callable[[Person], EditMember], code: str, field: str
) -> None:
    org = await organization(sqlite_url)
    ada, bob = await org.member("admin"), await org.member("member", name="Bob")
    await ada.does(EditMember(bob.person, name="Bob"))
    await with_groups(org, ada, "Sales")
    refused = await ada.does(command(bob.person))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == (code, field)
    assert await kept(org, bob.id) == ("Bob", "UTC")


@pytest.mark.invariant(24, 27)
async def test_nobody_edits_themselves_nor_those_above_nor_those_elsewhere(database_url: str) -> None:
    org = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=org)
    manager, admin, plain = [await org.member(role) for role in ("manager", "admin", "member")]
    stranger = await other.member("member")
    edit = {
        "not-on-oneself": manager.does(EditMember(manager.person, "Me")),
        "may-not-act-on": manager.does(EditMember(admin.person, "Boss")),
        "may-not": plain.does(EditMember(admin.person, "Boss")),
        "unknown-person": admin.does(EditMember(stranger.person, "Theirs")),
    }
    for code, outcome in edit.items():
        assert why(await outcome) == code
    assert not await edited_notices(org)


async def test_a_group_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    org = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=org)
    ada, bob, theirs = await org.member("admin"), await org.member("member"), await other.member("admin")
    await with_groups(other, theirs, "Secret")
    [elsewhere] = [row["id"] for row in await org.rows(groups)]
    for named in (elsewhere, "Secret", "Nonsense"):
        assert why(await ada.does(EditMember(bob.person, joined=(named,)))) == "unknown-group"
        assert why(await ada.does(EditMember(bob.person, left=(named,)))) == "unknown-group"


async def test_who_is_invited_gets_a_name_but_no_groups_yet(database_url: str) -> None:
    org = await organization(database_url)
    ada = await org.member("admin")
    await with_groups(org, ada, "Sales")
    invited = Person(id=await org.member_of(await org.invitation("new@example.com", "member")))
    assert told([await ada.does(EditMember(invited, "New Person"))]) == ["member-edited"]
    assert why(await ada.does(EditMember(invited, joined=("Sales",)))) == "not-a-member"
    assert not await edited_notices(org)


# Where it waits -------------------------------------------------------------------------------------------------------


@pytest.fixture
def careful(tmp_path: Path) -> str:
    """The default catalogue, in which editing somebody waits for an approval."""
    text, _, _ = DEFAULT.read_text().partition("[privileged]")
    path = tmp_path / "careful.toml"
    path.write_text(f'{text}[privileged]\nlines = [{{ changes = ["edit"], approvals = 1, code = false }}]\n')
    return str(path)


@pytest.mark.invariant(33)
@pytest.mark.parametrize("meanwhile", ["name", "timezone", "joined", "left", "other groups", "nothing"])
async def test_what_waits_is_void_once_what_was_shown_has_changed(
    sqlite_url: str, careful: str, meanwhile: str
) -> None:
    org = await organization(sqlite_url, catalogue=careful)
    ada, hal, bob = await org.member("admin"), await org.member("admin"), await org.member("member")
    await with_groups(org, ada, "Sales", "Support", "Board", "Other")
    await ada.does(JoinGroup((bob.person,), "Board"))
    before = await kept(org, bob.id)
    asked = await ada.asks(EditMember(bob.person, "Bob Builder", "Asia/Tokyo", ("Sales", "Support"), ("Board",)))
    card = await org.usher.queries.card(asked)
    assert card
    assert (card.joined, card.left) == (("Sales", "Support"), ("Board",))
    said = "edit Bob: name Bob Builder; timezone Asia/Tokyo; into the groups Sales and Support; out of the group Board"
    assert what(card).plain() == said.replace("Bob:", f"{card.target.name}:" if card.target else "")
    assert await kept(org, bob.id) == before
    changes = {
        "name": lambda: bob.does(ChangeProfile(name="Robert")),
        "timezone": lambda: bob.does(ChangeProfile(timezone="Europe/Rome")),
        "joined": lambda: ada.does(JoinGroup((bob.person,), "Support")),
        "left": lambda: ada.does(LeaveGroup((bob.person,), "Board")),
        "other groups": lambda: ada.does(JoinGroup((bob.person,), "Other")),
    }
    if meanwhile in changes:
        assert isinstance(await changes[meanwhile](), Done)
    await hal.approves(asked)
    runs = meanwhile in {"nothing", "other groups"}
    assert await org.state(asked) == ("approved" if runs else "void")
    if runs:
        assert await kept(org, bob.id) == ("Bob Builder", "Asia/Tokyo")
        others = ["Other"] if meanwhile == "other groups" else []
        assert await groups_of(org, ada, bob) == [*others, "Sales", "Support"]


async def test_a_catalogue_that_is_careful_with_groups_is_so_with_groups_that_are_edited(
    sqlite_url: str, tmp_path: Path
) -> None:
    text, _, _ = DEFAULT.read_text().partition("[privileged]")
    path = tmp_path / "groups.toml"
    path.write_text(f'{text}[privileged]\nlines = [{{ changes = ["groups"], approvals = 1, code = false }}]\n')
    org = await organization(sqlite_url, catalogue=str(path))
    ada, hal, bob = await org.member("admin"), await org.member("admin"), await org.member("member")
    made = waits(await ada.does(CreateGroup("Sales")))
    await hal.approves(made)
    assert told([await ada.does(EditMember(bob.person, "Bob Builder"))]) == ["member-edited"]
    for command, held in (
        (EditMember(bob.person, joined=("Sales",)), ["Sales"]),
        (EditMember(bob.person, left=("Sales",)), []),
    ):
        asked = waits(await ada.does(command))
        assert await groups_of(org, ada, bob) != held
        await hal.approves(asked)
        assert await groups_of(org, ada, bob) == held


async def test_nor_are_groups_that_come_with_an_invitation(sqlite_url: str, tmp_path: Path) -> None:
    text, _, _ = DEFAULT.read_text().partition("[privileged]")
    path = tmp_path / "groups.toml"
    path.write_text(f'{text}[privileged]\nlines = [{{ changes = ["groups"], approvals = 1, code = false }}]\n')
    org = await organization(sqlite_url, catalogue=str(path))
    ada, hal = await org.member("admin"), await org.member("admin")
    await hal.approves(waits(await ada.does(CreateGroup("Sales"))))
    assert result(await ada.does(Invite(("eve@example.com",), "guest")), Invited)
    asked = waits(await ada.does(Invite(("fay@example.com",), "guest", groups=("Sales",), name="Fay *Wray*")))
    card = await org.usher.queries.card(asked)
    assert card
    assert what(card).plain() == "invite fay@example.com as Guest, into the group Sales: name Fay *Wray*"
    assert "Fay *Wray*" not in what(card).slack()
    assert {row["email"] for row in await org.rows(members)} & {"eve@example.com", "fay@example.com"} == {
        "eve@example.com"
    }
    await hal.approves(asked)
    assert "fay@example.com" in {row["email"] for row in await org.rows(members)}


# One's own ------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-114")
async def test_everybody_changes_their_own_name_and_timezone_and_nobody_is_told(database_url: str) -> None:
    org = await organization(database_url)
    bob, gus = await org.member("member"), await org.member("guest")
    for who in (bob, gus):
        with counting(org.usher.store) as counted:
            edited = result(await who.does(ChangeProfile("Somebody Else", "Europe/Rome")), MemberEdited)
        assert len(counted.written) <= 8
        assert (edited.own, edited.changed) == (True, ("name", "timezone"))
        assert await kept(org, who.id) == ("Somebody Else", "Europe/Rome")
    assert why(await bob.does(ChangeProfile("Somebody Else", "Europe/Rome"))) == "nothing-changes"
    assert why(await bob.does(ChangeProfile(name="\u202e"))) == "name-wrong"
    assert not await edited_notices(org)
    assert [row["action"] for row in await org.audited("member.edited")] == ["member.edited"] * 2
