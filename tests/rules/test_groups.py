"""Groups: who makes them, who is in them, and what becomes of those who were when one is deleted."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from handlers.commands import (
    AddResource,
    CreateGroup,
    Deactivate,
    DeleteGroup,
    GroupChanged,
    Invite,
    JoinGroup,
    LeaveGroup,
    Outcome,
    Person,
    RenameGroup,
    Share,
    Spread,
    Thing,
)
from handlers.flows import spreading
from handlers.notices import NOTICES, Timer, Told
from storage.tables import grants, groups, invitations, outbox, shares
from tests.people import Org, Somebody, at_once, closing, organization, result, told, why

__all__ = ["closing"]

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"
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


async def spreads(acme: Org) -> int:
    """Perform every command that tells the next of many, as delivery does, each once; how many there were."""
    done: set[str] = set()
    while fresh := [row for row in await acme.rows(outbox) if row["kind"] == "timer" and row["key"] not in done]:
        for row in fresh:
            done.add(row["key"])
            notice = NOTICES.validate_json(row["notice"])
            assert isinstance(notice, Timer)
            if isinstance(notice.command, Spread):
                assert told([await acme.system(notice.command)]) == ["noted"]
    return len(done)


@pytest.mark.invariant(24, 25)
@pytest.mark.parametrize("role", ["member", "guest"])
async def test_who_may_not_edit_members_changes_no_group(database_url: str, role: str) -> None:
    acme = await organization(database_url)
    bob, cleo = await acme.member(role), await acme.member()
    await acme.operator(CreateGroup("Design"))
    commands = [
        CreateGroup("Art"),
        RenameGroup("Design", "Art"),
        DeleteGroup("Design"),
        JoinGroup((cleo.person,), "Design"),
        LeaveGroup((cleo.person,), "No such group"),
    ]
    assert told([await bob.does(command) for command in commands]) == ["may-not"] * 5
    assert [row["name"] for row in await acme.rows(groups)] == ["Design"]
    assert len(await acme.audited(refused=True)) == 5


@pytest.mark.invariant(24)
async def test_nobody_changes_their_own_groups_nor_those_of_who_stands_above_them(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    await ada.does(CreateGroup("Design"))
    assert why(await ada.does(JoinGroup((ada.person,), "Design"))) == "not-on-oneself"
    assert why(await ada.does(JoinGroup((bob.person, ada.person), "Design"))) == "not-on-oneself"
    assert why(await ada.does(JoinGroup((bob.person, acme.founder.person), "Design"))) == "may-not-act-on"
    assert await inside(acme, "Design") == set()
    assert told([await acme.founder.does(JoinGroup((ada.person,), "Design"))]) == ["group-changed"]
    assert why(await ada.does(LeaveGroup((ada.person,), "Design"))) == "not-on-oneself"
    assert await inside(acme, "Design") == {ada.id}


async def test_mistakes_are_told_apart_and_change_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    invited = Person(email="new@example.com")
    await acme.invitation("new@example.com")
    await ada.does(CreateGroup("Design"))
    await ada.does(CreateGroup("Art"))
    wrong = {
        "group-exists": [CreateGroup("DESIGN"), CreateGroup(" design "), RenameGroup("Art", "dEsign")],
        "name-wrong": [CreateGroup(" \u0000 "), CreateGroup("x" * 101), RenameGroup("Art", "")],
        "nothing-changes": [RenameGroup("art", "Art")],
        "unknown-group": [RenameGroup("Music", "M"), DeleteGroup("Music"), JoinGroup((bob.person,), "Music")],
        "nobody-named": [JoinGroup((), "Art"), LeaveGroup((), "Art")],
        "not-in-group": [LeaveGroup((bob.person,), "Art"), LeaveGroup((invited,), "Art")],
        "unknown-person": [JoinGroup((bob.person, Person(name="Nobody")), "Art")],
        "not-a-member": [JoinGroup((invited,), "Art")],
    }
    for code, commands in wrong.items():
        assert told([await ada.does(command) for command in commands]) == [code] * len(commands)
    assert told([await ada.does(JoinGroup((bob.person,), "Art"))]) == ["group-changed"]
    assert why(await ada.does(JoinGroup((bob.person,), "Art"))) == "already-in-group"
    assert told([await ada.does(RenameGroup("art", "ART"))]) == ["group-changed"]
    assert sorted(row["name"] for row in await acme.rows(groups)) == ["ART", "Design"]
    assert [row["action"] for row in await acme.audited(refused=True)] == ["join-group.refused"]


@pytest.mark.invariant(27)
async def test_a_group_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    await other.operator(CreateGroup("Theirs"))
    [theirs] = await acme.rows(groups)
    ada, bob = await acme.member("admin"), await acme.member()
    for named in (theirs["id"], "Theirs"):
        for command in (RenameGroup(named, "Ours"), DeleteGroup(named), JoinGroup((bob.person,), named)):
            assert why(await ada.does(command)) == "unknown-group"
    assert told([await ada.does(CreateGroup("Theirs"))]) == ["group-changed"]
    stranger = await other.member()
    assert why(await ada.does(JoinGroup((stranger.person,), "Theirs"))) == "unknown-person"


async def test_whoever_was_in_a_deleted_group_is_told_however_many_they_are(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "AT_ONCE", 2)
    acme = await organization(database_url)
    ada, crew = await acme.member("admin"), [await acme.member() for _ in range(5)]
    await ada.does(CreateGroup("Design"))
    await ada.does(JoinGroup(tuple(one.person for one in crew), "Design"))
    await ada.does(AddResource("dashboard", "d", "Revenue"))
    await ada.does(Share(Thing("dashboard", "d"), groups=("Design",)))
    gone, away = crew[3:]
    await ada.does(LeaveGroup((gone.person,), "Design"))
    await ada.does(Deactivate(away.person))
    acme.clock.pass_by(seconds=1)
    assert told([await ada.does(DeleteGroup("design"))]) == ["group-changed"]
    assert await acme.rows(groups) == await acme.rows(shares) == []
    assert {row["kind"] for row in await acme.rows(grants) if row["ended_at"] is None} == {"role"}
    assert await spreads(acme) >= 2
    assert sorted(await told_of(acme, "group-deleted")) == sorted(one.id for one in crew[:3])
    assert {one.old for one in await acme.notices() if isinstance(one, Told) and one.about == "group-deleted"} == {
        "Design"
    }


async def test_nobody_but_usher_itself_tells_the_next_of_many(database_url: str) -> None:
    acme = await organization(database_url)
    spread = Spread(acme.id, "group-deleted", "x" * 32, "Design", acme.clock())
    assert [why(await acme.founder.does(spread)), why(await acme.operator(spread))] == ["may-not"] * 2


async def test_an_invitation_puts_people_into_its_groups_that_there_still_are(database_url: str) -> None:
    acme = await organization(database_url)
    ada, cleo = await acme.member("admin"), await acme.stranger("Cleo")
    for name in ("Design", "Art"):
        await ada.does(CreateGroup(name))
    assert told([await ada.does(Invite((cleo.email,), "member", groups=("design", "Art", "ART")))]) == ["invited"]
    assert why(await ada.does(Invite(("x@example.com",), "member", groups=("Music",)))) == "unknown-group"
    await ada.does(DeleteGroup("Design"))
    [invitation] = [row["id"] for row in await acme.rows(invitations) if row["state"] == "pending"]
    joined = await acme.joined(cleo, invitation)
    assert await inside(acme, "Art") == {joined.id}
    assert len([row for row in await acme.rows(grants) if row["kind"] == "group"]) == 1


async def test_of_twenty_who_make_the_same_group_at_once_one_makes_it(database_url: str) -> None:
    acme = await organization(database_url)
    ada, beside = await acme.member("admin"), await acme.replica()
    acts = [lambda n=n: ada.at(beside if n % 2 else acme).does(CreateGroup("Design")) for n in range(20)]
    assert told(await at_once(*acts)) == ["group-changed"] + ["group-exists"] * 19
    assert len(await acme.rows(groups)) == 1
    assert await acme.chain_is_broken() is None


async def test_joining_and_deleting_at_once_leave_nobody_in_a_group_that_is_gone(database_url: str) -> None:
    acme = await organization(database_url)
    ada, beside = await acme.member("admin"), await acme.replica()
    crew = [await acme.member() for _ in range(6)]
    await ada.does(CreateGroup("Design"))

    def joins(who: Somebody) -> Callable[[], Awaitable[Outcome]]:
        return lambda: ada.does(JoinGroup((who.person,), "Design"))

    acts = [joins(one) for one in crew]
    acts.insert(3, lambda: ada.at(beside).does(DeleteGroup("Design")))
    outcomes = told(await at_once(*acts))
    assert set(outcomes) <= {"group-changed", "unknown-group"}
    assert await acme.rows(groups) == []
    assert [row for row in await acme.rows(grants) if row["kind"] == "group" and row["ended_at"] is None] == []
    joined = len(await acme.audited("group.joined"))
    assert outcomes.count("group-changed") == joined + 1
    assert await acme.chain_is_broken() is None


async def test_whoever_joins_with_others_does_not_decide_about_it(database_url: str, tmp_path: Path) -> None:
    before = DEFAULT.read_text().partition("[privileged]")[0]
    careful = tmp_path / "careful.toml"
    careful.write_text(f'{before}[privileged]\nlines = [{{ changes = ["groups"], approvals = 1, code = false }}]\n')
    acme = await organization(database_url, catalogue=str(careful))
    ada, bob, cleo, dora = [await acme.member("admin") for _ in range(4)]
    await acme.operator(CreateGroup("Design"))
    request = await ada.asks(JoinGroup((bob.person, cleo.person), "Design"))
    assert [why(await one.approves(request)) for one in (ada, bob, cleo)] == ["own-request"] * 3
    assert await inside(acme, "Design") == set()
    assert told([await dora.approves(request)]) == ["approved"]
    assert await inside(acme, "Design") == {bob.id, cleo.id}
