"""A kept answer is as true as one read just now: whoever changes what, through whichever process, at any moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers.commands import (
    AddResource,
    ChangeRole,
    ChangeSettings,
    CloseOrganization,
    Command,
    CreateGroup,
    CreateSpace,
    Deactivate,
    JoinGroup,
    LeaveGroup,
    Reactivate,
    Refusal,
    RemoveResource,
    RenameSpace,
    SetPermissions,
    Share,
    Thing,
    Unshare,
)
from handlers.evaluation import ANSWERS, Evaluation, Question, Recent
from tests.asking import operator_does
from tests.people import Done, Org, Somebody, closing, organization
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def may(acme: Org, who: Somebody, action: str, kind: str, named: str = "acme") -> bool:
    [decision] = await acme.usher.evaluation.decide(acme.id, [Question(who.email, action, kind, named)])
    return decision.allowed


@pytest.mark.seed("004-23", "002-21")
@pytest.mark.invariant(20)
async def test_every_kind_of_change_shows_in_the_very_next_answer_of_another_process(database_url: str) -> None:
    acme = await organization(database_url)
    there = await acme.replica()
    ada, bob = await acme.member("admin"), await acme.member("manager")
    image, board = Thing("image", "one"), Thing("dashboard", "board")
    steps: list[tuple[Command, tuple[str, str, str], bool]] = [
        (CreateSpace("Lab"), ("space:read", "space", "lab"), False),
        (ChangeRole(bob.person, "viewer", space="Lab"), ("space:read", "space", "lab"), True),
        (RenameSpace("Lab", "Ward"), ("space:read", "space", "lab"), True),
        (AddResource("image", "one", "One"), ("read", "image", "one"), False),
        (Share(image, (bob.person,)), ("read", "image", "one"), True),
        (Unshare(image, (bob.person,)), ("read", "image", "one"), False),
        (AddResource("image", "one", "One", space="Ward"), ("read", "image", "one"), True),
        (ChangeRole(bob.person, "owner", space="Ward"), ("delete", "image", "one"), True),
        (RemoveResource(image), ("read", "image", "one"), False),
        (AddResource("dashboard", "board", "Board"), ("view", "dashboard", "board"), False),
        (CreateGroup("Design"), ("view", "dashboard", "board"), False),
        (Share(board, groups=("Design",)), ("view", "dashboard", "board"), False),
        (JoinGroup((bob.person,), "Design"), ("view", "dashboard", "board"), True),
        (SetPermissions(bob.person, off=("dashboards_widgets",)), ("edit", "dashboard", "board"), False),
        (SetPermissions(bob.person, on=("dashboards_widgets",)), ("edit", "dashboard", "board"), True),
        (ChangeSettings(plan="free"), ("edit", "dashboard", "board"), False),
        (LeaveGroup((bob.person,), "Design"), ("view", "dashboard", "board"), False),
        (Deactivate(bob.person), ("members:list", "organization", "acme"), False),
        (Reactivate(bob.person), ("members:list", "organization", "acme"), True),
        (ChangeRole(bob.person, "member"), ("members:list", "organization", "acme"), False),
    ]
    for command, asked, allowed in steps:
        assert await may(there, ada, "members:list", "organization")
        await may(there, bob, *asked)  # now it is kept
        await operator_does(acme, command)
        assert (command, await may(there, bob, *asked)) == (command, allowed)
        assert (command, await may(acme, bob, *asked)) == (command, allowed)
    await operator_does(acme, CloseOrganization("acme"))
    for org in (there, acme):
        with pytest.raises(Refusal, match="no-organization"):
            await may(org, ada, "members:list", "organization")


@pytest.mark.invariant(4)
async def test_a_grant_that_ends_stops_counting_at_that_moment_although_nothing_is_written(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    await operator_does(acme, ChangeRole(bob.person, "admin", lasts=timedelta(hours=1)))
    for _ in range(2):
        assert await may(acme, bob, "members:list", "organization")
    acme.clock.pass_by(minutes=59, seconds=59)
    assert await may(acme, bob, "members:list", "organization")
    acme.clock.pass_by(seconds=1)
    for _ in range(2):
        assert not await may(acme, bob, "members:list", "organization")
    acme.clock.pass_by(seconds=-1)
    assert await may(acme, bob, "members:list", "organization")


@pytest.mark.invariant(20, 26)
async def test_while_twenty_write_no_answer_is_older_than_the_last_change_that_was_done(database_url: str) -> None:
    acme = await organization(database_url)
    there = await acme.replica()
    people = [await acme.member("member") for _ in range(20)]
    wrong: list[str] = []

    async def changes(who: Somebody) -> None:
        for role, allowed in (("admin", True), ("member", False), ("manager", True)):
            outcome = await acme.operator(ChangeRole(who.person, role))
            while not isinstance(outcome, Done):
                outcome = await acme.operator(ChangeRole(who.person, role))
            heard = [await may(org, who, "members:list", "organization") for org in (there, acme)]
            if heard != [allowed, allowed]:
                wrong.append(f"{who.email} {role}")

    await asyncio.gather(*(changes(who) for who in people))
    assert wrong == []


async def test_answers_of_one_call_are_of_one_moment(database_url: str) -> None:
    """A swap of who may is never seen half done, however much of the call was kept."""
    acme = await organization(database_url)
    there = await acme.replica()
    bob = await acme.member("member")
    await operator_does(acme, AddResource("image", "a", "A", owner=bob.person), AddResource("image", "b", "B"))
    asked = [Question(bob.email, "read", "image", name) for name in ("a", "b")]
    seen: set[tuple[bool, ...]] = set()
    done = False

    async def looks() -> None:
        while not done:
            await asyncio.sleep(0)  # what is kept waits for nothing, so nobody else would get a turn
            await there.usher.evaluation.decide(acme.id, asked[:1])
            found = await there.usher.evaluation.decide(acme.id, asked)
            seen.add(tuple(one.allowed for one in found))

    looking = asyncio.create_task(looks())
    for number in range(10):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        # First given, then taken: between the two, both are theirs; at no moment is none.
        await operator_does(acme, AddResource("image", first, first.upper(), owner=bob.person))
        await operator_does(acme, AddResource("image", second, second.upper(), owner=acme.founder.person))
    done = True
    await looking
    assert (False, False) not in seen
    assert seen


async def test_what_is_kept_costs_no_statement_and_what_is_not_costs_one(database_url: str) -> None:
    acme = await organization(database_url)
    people = [await acme.member("member") for _ in range(3)]
    await operator_does(acme, AddResource("image", "a", "A"), CreateSpace("Lab"))
    asked = [Question(who.email, "read", "image", "a") for who in people]
    asked += [Question(who.email, "space:read", "space", "lab") for who in people]
    with counting(acme.usher.store) as counted:
        await acme.usher.evaluation.decide(acme.id, asked)
    assert len(counted.read) == 1
    with counting(acme.usher.store) as counted:
        await acme.usher.evaluation.decide(acme.id, asked)
    assert counted.read == counted.written == []


async def test_many_ask_at_once_and_each_hears_of_their_own_organization(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    ada, bob = await acme.member("admin"), await beta.member("admin")
    evaluation: Evaluation = acme.usher.evaluation

    async def asks(org: Org, who: Somebody, slug: str) -> bool:
        return (await evaluation.decide(org.id, [Question(who.email, "members:list", "organization", slug)]))[0].allowed

    slugs = {
        org.id: (await evaluation.resources(org.id, who.email, "members:list", "organization")).ids[0]
        for org, who in ((acme, ada), (beta, bob))
    }
    all_of = [asks(org, who, slugs[org.id]) for org, who in ((acme, ada), (beta, bob)) for _ in range(50)]
    crossed = [asks(acme, bob, slugs[acme.id]), asks(beta, ada, slugs[beta.id])]
    found = await asyncio.gather(*all_of, *crossed, asks(acme, ada, slugs[beta.id]))
    assert found == [True] * 100 + [False] * 3
    with pytest.raises(Refusal, match="no-organization"):
        await evaluation.decide("none", [])


async def test_a_lost_connection_costs_nobody_an_answer(postgres_url: str) -> None:
    acme = await organization(postgres_url)
    ada = await acme.member("admin")
    for _ in range(3):
        assert await may(acme, ada, "members:list", "organization")
        async with acme.usher.store.writer.connect() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            await connection.execute(text(f"{ended} AND query LIKE '%ANY($1::text[])%' AND pid <> pg_backend_pid()"))
        asks = [may(acme, ada, "members:list", "organization") for _ in range(5)]
        assert await asyncio.gather(*asks) == [True] * 5


def test_what_is_kept_is_bounded_and_what_was_used_last_stays() -> None:
    kept = Recent[int, str](3)
    for number in range(3):
        kept.put(number, str(number))
    assert kept.get(0) == "0"
    kept.put(3, "3")
    assert [kept.get(number) for number in range(4)] == ["0", None, "2", "3"]
    assert ANSWERS <= 100_000
