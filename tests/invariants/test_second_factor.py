"""Invariants 14, 15 and 18: one-time codes and the second factor."""

from datetime import timedelta

import pytest
from pyotp.totp import TOTP

from handlers.commands import (
    Approve,
    ChangeRole,
    Connect,
    Deactivate,
    FinishSetup,
    OpenSetup,
    Outcome,
    StartConnecting,
)
from handlers.notices import CodeMail
from storage.tables import credentials
from tests.people import STEP, Blocker, Org, Somebody, at_once, by_link, organization, told, why


async def asked(acme: Org, requests: int = 1) -> tuple[Somebody, list[str]]:
    """An approver with a second factor, and requests that take a code."""
    ada, bob = await acme.member("admin"), await acme.member("admin", factor=True)
    people = [await acme.member("member") for _ in range(requests)]
    return bob, [await ada.asks(ChangeRole(one.person, "manager")) for one in people]


@pytest.mark.invariant(14)
async def test_no_time_step_is_accepted_twice_however_it_is_spelt(database_url: str) -> None:
    acme = await organization(database_url)
    bob, [first, second] = await asked(acme, 2)
    acme.clock.next_step()
    code = bob.code
    earlier = TOTP(bob.secret or "").at(acme.clock() - timedelta(seconds=STEP))
    assert told([await bob.does(Approve(first), code=code)]) == ["approved"]
    for again in (code, f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}", f" {code}\u00a0", earlier):
        assert why(await bob.does(Approve(second), code=again)) == "code-spent"
    acme.clock.next_step()
    assert told([await bob.does(Approve(second), code=bob.code)]) == ["approved"]


@pytest.mark.invariant(14)
async def test_the_code_that_confirmed_a_second_factor_is_used_up(database_url: str) -> None:
    acme = await organization(database_url)
    bob, [request] = await asked(acme)
    assert why(await bob.does(Approve(request), code=bob.code)) == "code-spent"


@pytest.mark.invariant(14)
async def test_a_code_is_right_for_one_step_either_side_and_no_longer(database_url: str) -> None:
    acme = await organization(database_url)
    bob, [request] = await asked(acme)
    acme.clock.pass_by(minutes=10)
    code = bob.code
    acme.clock.pass_by(seconds=2 * STEP)
    assert why(await bob.does(Approve(request), code=code)) == "code-wrong"
    early = TOTP(bob.secret or "").at(acme.clock() + timedelta(seconds=2 * STEP))
    assert why(await bob.does(Approve(request), code=early)) == "code-wrong"


@pytest.mark.invariant(14, 15, 34)
async def test_one_code_serves_one_of_twenty_approvals_at_once(database_url: str) -> None:
    acme = await organization(database_url)
    bob, requests = await asked(acme, 8)
    twin = await acme.replica()
    acme.clock.next_step()
    code = bob.code
    presses = [
        lambda at=at, one=one: bob.at(at).does(Approve(one), code=code) for one in requests for at in (acme, twin)
    ]
    outcomes = told(await at_once(*presses))
    assert outcomes.count("approved") == 1
    assert set(outcomes) <= {"approved", "code-spent", "codes-locked", "request-ended"}
    states = [await acme.state(one) for one in requests]
    assert sorted(states) == ["approved", *["pending"] * 7]


@pytest.mark.invariant(15)
async def test_a_code_that_tied_an_account_approves_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    bob, [request] = await asked(acme)
    acme.clock.next_step()
    code = bob.code
    new_phone = await acme.stranger("Bob", email=bob.email)
    assert told([await new_phone.does(Connect(bob.email, code))]) == ["connected"]
    connected = Somebody(acme, new_phone.account, "Bob", bob.email, bob.id, bob.secret)
    assert why(await connected.does(Approve(request), code=code)) == "code-spent"
    acme.clock.next_step()
    assert why(await bob.does(Approve(request), code=bob.code)) == "not-connected"
    assert told([await connected.does(Approve(request), code=connected.code)]) == ["approved"]


@pytest.mark.invariant(15)
async def test_one_code_ties_one_of_many_accounts(database_url: str) -> None:
    acme = await organization(database_url)
    bob, _ = await asked(acme)
    acme.clock.next_step()
    code = bob.code
    accounts = [await acme.stranger("Bob", email=bob.email) for _ in range(6)]
    outcomes = await at_once(*[lambda one=one: one.does(Connect(bob.email, code)) for one in accounts])
    assert told(outcomes) == ["code-spent"] * 5 + ["connected"]


@pytest.mark.invariant(15, 28)
async def test_a_mailed_code_ties_only_the_account_that_asked_and_only_once(database_url: str) -> None:
    acme = await organization(database_url)
    ada, asker, thief = await acme.member(), await acme.stranger(), await acme.stranger()
    await asker.does(StartConnecting(ada.email))
    [notice] = [one for one in await acme.notices() if isinstance(one, CodeMail)]
    mailed = await acme.usher.queries.code_mail(notice)
    assert mailed
    code = mailed[1]
    assert why(await thief.does(Connect(ada.email, mailed[1]))) == "code-wrong"
    outcomes = await at_once(*[lambda: asker.does(Connect(ada.email, code)) for _ in range(8)])
    assert told(outcomes) == ["already-connected"] * 7 + ["connected"]


@pytest.mark.invariant(18)
async def test_an_abandoned_set_up_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    token = acme.token(await ada.opens_setup())
    before = await acme.rows(credentials)
    await acme.prepared(token, factor=True, purpose="setup")
    assert await acme.rows(credentials) == before
    assert not (await ada.desk()).has_factor


@pytest.mark.invariant(18)
async def test_an_enrolled_factor_is_never_replaced_by_a_set_up_link(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    token = acme.token(await ada.opens_setup())
    first, secret = await acme.prepared(token, factor=True, purpose="setup")
    second, _ = await acme.prepared(token, factor=True, purpose="setup")

    async def finish(sealed: str) -> Outcome:
        return await acme.usher.gate.perform(FinishSetup(sealed), by=by_link(token))

    assert told([await finish(first.sealed)]) == ["credentials-set"]
    before = await acme.rows(credentials)
    assert why(await finish(second.sealed)) == "link-dead"
    assert why(await ada.does(OpenSetup())) == "already-set-up"
    assert await acme.rows(credentials) == before
    assert secret


@pytest.mark.invariant(18)
async def test_only_one_of_many_set_ups_at_once_takes_effect(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    token = acme.token(await ada.opens_setup())
    forms = [(await acme.prepared(token, factor=True, purpose="setup"))[0].sealed for _ in range(4)]
    finishing = [
        lambda one=one: acme.usher.gate.perform(FinishSetup(one), by=by_link(token)) for one in forms for _ in range(5)
    ]
    assert told(await at_once(*finishing)) == ["credentials-set"] + ["link-dead"] * 19


@pytest.mark.invariant(14, 38)
async def test_a_code_that_was_spent_in_vain_serves_the_same_form_once_more(database_url: str) -> None:
    """The database was busy after the code was spent: sending the same form again is the same act."""
    acme = await organization(database_url)
    bob, [request] = await asked(acme)
    acme.clock.next_step()
    blocker = Blocker(acme)
    falling = await acme.replica(reached=blocker.reached)
    async with blocker:
        outcome = await bob.at(falling).does(Approve(request), code=bob.code, delivery="the form")
        assert why(outcome) == "busy"
    assert await acme.state(request) == "pending"
    assert why(await bob.does(Deactivate(bob.person), code=bob.code)) == "not-on-oneself"
    assert why(await bob.does(Approve(request), code=bob.code)) == "code-spent"
    assert told([await bob.does(Approve(request), code=bob.code, delivery="the form")]) == ["approved"]
