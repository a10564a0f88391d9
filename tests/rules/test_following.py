"""What Slack says of an account follows here: leaving, coming back, arriving with an invitation, another name."""

import asyncio

import pytest

from handlers.commands import (
    CardPlace,
    ChangeRole,
    ChangeSettings,
    Deactivate,
    Done,
    FollowSlack,
    Invite,
    Noted,
    Reactivate,
    RequestAccess,
    Spread,
)
from handlers.notices import InvitationOffer, Timer, Told
from storage.tables import members, outbox, ties
from tests.people import Org, Somebody, closing, organization, result, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def status(acme: Org, who: Somebody) -> str:
    return next(row["status"] for row in await acme.rows(members) if row["id"] == who.id)


async def follows(acme: Org) -> list[FollowSlack]:
    notices = await acme.notices()
    return [one.command for one in notices if isinstance(one, Timer) and isinstance(one.command, FollowSlack)]


async def settles(acme: Org) -> None:
    """Perform what timers fell due, and what these posted."""
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        await tx.connection.execute(outbox.delete().where(outbox.c.kind != "timer"))
    for _ in range(8):
        due = [row for row in await acme.rows(outbox) if row["kind"] == "timer" and row["due_at"] <= acme.clock()]
        await acme.fires_timers()
        async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
            await tx.connection.execute(outbox.delete().where(outbox.c.id.in_([row["id"] for row in due])))


async def news(acme: Org, about: str) -> list[Told]:
    return [one for one in await acme.notices() if isinstance(one, Told) and one.about == about]


# Leaving --------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(20, 40)
async def test_whoever_is_deactivated_in_slack_is_deactivated_here_and_managers_hear_it(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("manager"), await acme.member("member")
    asked = await bob.asks(RequestAccess("guest", "for a look"))
    await bob.slack_says(deleted=True)
    assert await follows(acme) == [FollowSlack(acme.id, bob.id)]
    await settles(acme)
    assert await status(acme, bob) == "deactivated"
    assert await acme.state(asked) == "cancelled"
    told = await news(acme, "left-slack")
    assert {one.to for one in told} == {acme.founder.id, ada.id}
    assert {(one.subject, one.old) for one in told} == {(bob.id, None)}
    [record] = await acme.audited("member.deactivated")
    assert (record["actor"], record["target"]) == ("system", f"member:{bob.id}")
    assert await acme.chain_is_broken() is None


async def test_nothing_follows_where_the_setting_is_off_or_changed_meanwhile(database_url: str) -> None:
    acme = await organization(database_url)
    bob, cleo = await acme.member("member"), await acme.member("member")
    await cleo.slack_says(deleted=True)
    result(await acme.founder.does(ChangeSettings(follow_slack=False)), object)
    await bob.slack_says(deleted=True)
    assert await follows(acme) == [FollowSlack(acme.id, cleo.id)]
    await settles(acme)
    assert [await status(acme, one) for one in (bob, cleo)] == ["active", "active"]
    assert why(await acme.founder.does(ChangeSettings(follow_slack=False))) == "nothing-changes"
    assert isinstance(await acme.founder.does(ChangeSettings(follow_slack=True)), Done)


async def test_a_stale_timer_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    await bob.slack_says(deleted=True)
    await bob.slack_says(deleted=False)
    await settles(acme)
    assert await status(acme, bob) == "active"
    for member in (bob.id, "0" * 32):
        assert result(await acme.system(FollowSlack(acme.id, member)), Noted).changed is False
    assert why(await acme.founder.does(FollowSlack(acme.id, bob.id))) == "may-not"


@pytest.mark.invariant(23)
async def test_the_last_holder_of_the_highest_role_stays_and_managers_are_told_that(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    await acme.founder.slack_says(deleted=True)
    await settles(acme)
    assert await status(acme, acme.founder) == "active"
    assert [(one.to, one.old) for one in await news(acme, "left-slack")] == [(ada.id, "last-holder")]


@pytest.mark.invariant(23)
async def test_of_two_heads_who_leave_at_once_one_stays(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    result(await acme.operator(ChangeRole(ada.person, "super_admin")), object)
    for one in (acme.founder, ada):
        await one.slack_says(deleted=True)
    both = [acme.system(FollowSlack(acme.id, one.id)) for one in (acme.founder, ada)]
    await asyncio.gather(*both)
    assert sorted([await status(acme, acme.founder), await status(acme, ada)]) == ["active", "deactivated"]


async def test_coming_back_in_slack_reactivates_nobody_but_managers_see_it(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    await bob.slack_says(deleted=True)
    await settles(acme)
    await bob.slack_says(deleted=False)
    await settles(acme)
    assert await status(acme, bob) == "deactivated"
    assert [(one.to, one.subject) for one in await news(acme, "back-in-slack")] == [(acme.founder.id, bob.id)]
    await acme.founder.does(Reactivate(bob.person))
    assert await status(acme, bob) == "active"


async def test_who_was_deactivated_by_hand_is_left_as_they_are(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    await acme.founder.does(Deactivate(bob.person))
    await bob.slack_says(deleted=True)
    assert await follows(acme) == []
    assert await status(acme, bob) == "deactivated"


async def test_every_organization_of_an_account_decides_for_itself(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    theirs = await other.member("member")
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        own = ties.c.member_id == theirs.id
        await tx.connection.execute(ties.update().where(own).values(team=bob.account.team, slack_user=bob.account.user))
    await bob.slack_says(deleted=True)
    assert {(one.organization, one.member) for one in await follows(acme)} == {(acme.id, bob.id), (other.id, theirs.id)}
    await settles(acme)
    assert [await status(acme, bob), await status(other, theirs)] == ["deactivated", "deactivated"]


async def test_many_managers_are_told_some_at_a_time_and_each_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.flows.spreading.AT_ONCE", 2)
    acme = await organization(database_url)
    managers = [await acme.member("manager") for _ in range(4)]
    bob = await acme.member("member")
    await bob.slack_says(deleted=True)
    await settles(acme)
    told = sorted(one.to for one in await news(acme, "left-slack"))
    assert told == sorted([acme.founder.id, *(one.id for one in managers)])
    assert not [one for one in await acme.notices() if isinstance(one, Timer) and isinstance(one.command, Spread)]


# Arriving with an invitation ------------------------------------------------------------------------------------------


async def offers(acme: Org) -> list[InvitationOffer]:
    return [one for one in await acme.notices() if isinstance(one, InvitationOffer)]


@pytest.mark.invariant(28)
async def test_whoever_comes_to_slack_is_offered_what_waits_for_their_address(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("New.Person@example.com")
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        await tx.connection.execute(outbox.delete())
    for said in ({"guest": True}, {"bot": True}, {"stranger": True}, {"deleted": True}):
        await acme.stranger("New", email="new.person@example.com", **said)
    assert await offers(acme) == [], "guests, bots, strangers and those who left are offered nothing"
    new = await acme.stranger("New", email="new.person@example.com")
    assert await offers(acme) == [InvitationOffer(invitation, 1)]
    await new.slack_says(name="Newer")
    await new.slack_says(email=None)
    assert len(await offers(acme)) == 1, "another change of the same account offers nothing again"
    elsewhere = await organization(database_url, workspace="T0OTHER", beside=acme)
    await elsewhere.stranger("New", email="new.person@example.com")
    assert len(await offers(acme)) == 1, "and neither does another workspace"


async def test_what_was_offered_already_is_not_offered_twice_and_what_is_over_not_at_all(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.founder.does(Invite(("one@example.com", "two@example.com"), "member"))
    parcels = [one for one in await acme.usher.post.claim(20) if isinstance(one.notice, InvitationOffer)]
    for parcel in parcels[:1]:
        await acme.usher.post.sent(parcel, posted=(CardPlace("D1", "1.2"),))
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        await tx.connection.execute(outbox.delete())
    first = parcels[0].notice
    assert isinstance(first, InvitationOffer)
    whose = await acme.member_of(first.invitation)
    offered = next(row for row in await acme.rows(members) if row["id"] == whose)
    await acme.stranger("A", email=offered["email"])
    assert await offers(acme) == []
    other = next(one for one in ("one@example.com", "two@example.com") if one != offered["email"])
    acme.clock.pass_by(days=8)
    await acme.stranger("B", email=other)
    assert await offers(acme) == []


# Another name ---------------------------------------------------------------------------------------------------------


async def test_a_changed_name_is_offered_once_and_never_taken(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member", name="Bob")
    for name in ("Robert", "Robert", "Bob", "Robert", "Rob"):
        await bob.slack_says(name=name)
    assert [(one.to, one.new) for one in await news(acme, "name-offered")] == [(bob.id, "Robert"), (bob.id, "Rob")]
    assert next(row["name"] for row in await acme.rows(members) if row["id"] == bob.id) == "Bob"
    await bob.slack_says(name="Bobby", guest=True)
    await acme.founder.does(Deactivate(bob.person))
    await bob.slack_says(name="Bert")
    assert len(await news(acme, "name-offered")) == 2, "guests and those who are deactivated are offered nothing"
