"""Invariants 37 and 38, and the fault *database locked*: effects are caused once, with their cause, or not at all."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from handlers.commands import (
    AcceptInSlack,
    Approve,
    ChangeRole,
    Command,
    CopyLink,
    Deactivate,
    Deny,
    InvitationChanged,
    Invite,
    RequestAccess,
    Resend,
    Revoke,
    StartConnecting,
)
from handlers.notices import CardPost, InvitationMail, InvitationOffer, Timer, Told
from storage.tables import audit, outbox
from tests.people import Blocker, Org, Somebody, at_once, organization, result, told, why


class Stopped(Exception):  # noqa: N818 - what a killed process would be
    """Raised in place of a SIGKILL, which has tests of its own."""


def stop(point: str) -> None:
    if point == "before-commit":
        raise Stopped


async def commands(acme: Org) -> list[tuple[Somebody, Command]]:
    """One of each that posts something, none in another's way."""
    ada, bob, cleo = await acme.member("admin"), await acme.member("member"), await acme.member("member")
    one, two = await acme.invitation("one@example.com"), await acme.invitation("two@example.com")
    eve = await acme.stranger()
    three = await acme.invitation(eve.email)
    asked = await bob.asks(RequestAccess("admin", "to help"))
    return [
        (ada, Invite(("x@example.com", "y@example.com"), "guest")),
        (ada, Resend(one)),
        (ada, Revoke(two)),
        (ada, CopyLink(one)),
        (eve, AcceptInSlack(three)),
        (ada, ChangeRole(cleo.person, "guest")),
        (ada, ChangeRole(cleo.person, "manager")),
        (bob, RequestAccess("manager", "to help more")),
        (ada, Deny(asked, "not now")),
        (ada, Deactivate(cleo.person)),
    ]


@pytest.mark.invariant(37)
async def test_a_change_that_was_rolled_back_leaves_no_message(database_url: str) -> None:
    acme = await organization(database_url)
    falling = await acme.replica(reached=stop)
    for who, command in await commands(acme):
        before = await acme.dump()
        with pytest.raises(Stopped):
            await who.at(falling).does(command)
        assert await acme.dump() == before, command
        await who.does(command)
        assert await acme.dump() != before, command


@pytest.mark.invariant(37)
async def test_every_message_stands_in_the_outbox_with_its_cause(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    seen = len(await acme.notices())
    invitation = await acme.invitation("new@example.com", "guest", by=ada)
    notices = (await acme.notices())[seen:]
    assert notices[:2] == [InvitationMail(invitation, 1), InvitationOffer(invitation, 1)]
    assert isinstance(notices[2], Timer)
    member = await acme.member("member")
    seen = len(await acme.notices())
    await ada.does(ChangeRole(member.person, "guest"))
    request = await member.asks(RequestAccess("manager", "to help"))
    kinds = {type(one) for one in (await acme.notices())[seen:]}
    assert kinds == {Told, CardPost, Timer}
    keys = [row["key"] for row in await acme.rows(outbox)]
    assert len(set(keys)) == len(keys)
    assert CardPost(request) in await acme.notices()


@pytest.mark.invariant(37)
async def test_without_mail_no_mail_is_promised(database_url: str) -> None:
    acme = await organization(database_url, mail=False)
    invitation = await acme.invitation("new@example.com")
    assert [one for one in await acme.notices() if isinstance(one, InvitationMail)] == []
    assert not result(await acme.founder.does(Resend(invitation)), InvitationChanged).mailed
    eve = await acme.stranger()
    assert why(await eve.does(StartConnecting(acme.founder.email))) == "no-mail"


@pytest.mark.invariant(38)
async def test_the_same_delivery_has_one_effect_and_one_answer_however_often_it_comes(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    for number, (who, command) in enumerate(await commands(acme)):
        delivery = f"again-{number}"
        tries = [partial(who.at(at).does, command, delivery=delivery) for at in (acme, twin) for _ in range(10)]
        first, *others = await at_once(*tries)
        state = await acme.rows(outbox), await acme.rows(audit)
        assert all(one == first for one in others), command
        assert told([first])[0] not in ("busy", "invitation-gone"), command
        assert await who.does(command, delivery=delivery) == first
        assert (await acme.rows(outbox), await acme.rows(audit)) == state


@pytest.mark.invariant(38)
async def test_two_deliveries_of_one_wish_have_one_effect(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member("member")
    asks = [lambda: ada.does(ChangeRole(bob.person, "manager")) for _ in range(20)]
    assert told(await at_once(*asks)) == ["already-asked"] * 19 + ["waiting-approval"]
    invites = [lambda: ada.does(Invite(("new@example.com",), "guest")) for _ in range(20)]
    assert told(await at_once(*invites)) == ["invited"] + ["nobody-invited"] * 19


async def quickest_of(storm: Callable[[], Awaitable[float]], tries: int = 3) -> float:
    """Other tests may keep the machine busy just now; what is slow every time is slow."""
    quickest = await storm()
    for _ in range(tries - 1):
        if quickest < 3:
            break
        quickest = min(quickest, await storm())
    return quickest


# The database is locked by somebody else ------------------------------------------------------------------------------


@pytest.mark.invariant(46)
@pytest.mark.real_deadline
async def test_a_file_that_another_process_holds_is_answered_busy_within_three_seconds(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member")
    request = await (await acme.member("admin")).asks(ChangeRole(bob.person, "manager"))
    acme.clock.next_step()
    before = await acme.dump()
    blocker = Blocker(acme)
    blocker.take_file()

    async def storm() -> float:
        began = time.monotonic()
        invites = [ada.does(Invite((f"x{number}@example.com",), "guest")) for number in range(10)]
        approvals = [ada.does(Approve(request), code=ada.code) for _ in range(10)]
        assert told(await asyncio.gather(*invites, *approvals)) == ["busy"] * 20
        return time.monotonic() - began

    assert await quickest_of(storm) < 3
    assert (await ada.desk()).role == "admin", "reading goes on"
    blocker.let_go()
    assert await acme.dump() == before
    began = time.monotonic()
    assert told([await ada.does(Approve(request), code=ada.code)]) == ["approved"]
    assert time.monotonic() - began < 2, "nobody still holds the file after giving up"


@pytest.mark.invariant(46)
@pytest.mark.real_deadline
async def test_a_lock_that_ends_in_time_is_waited_for(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    blocker = Blocker(acme)
    blocker.take_file()
    asyncio.get_running_loop().call_later(0.5, blocker.let_go)
    assert told([await acme.founder.does(Invite(("x@example.com",), "guest"))]) == ["invited"]


@pytest.mark.invariant(46)
@pytest.mark.real_deadline
async def test_a_row_that_another_session_holds_is_answered_busy_within_three_seconds(postgres_url: str) -> None:
    acme = await organization(postgres_url)
    before = await acme.dump()

    async def storm() -> float:
        began = time.monotonic()
        invites = [acme.founder.does(Invite((f"x{number}@example.com",), "guest")) for number in range(20)]
        assert told(await asyncio.gather(*invites)) == ["busy"] * 20
        return time.monotonic() - began

    async with Blocker(acme):
        assert await quickest_of(storm) < 3
    assert await acme.dump() == before
    assert told([await acme.founder.does(Invite(("x@example.com",), "guest"))]) == ["invited"]
