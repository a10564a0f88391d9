"""Invariant 11: of many guesses at once at most the limit is looked at."""

import pytest

from handlers.commands import Approve, ChangeRole, Connect, FinishSetup, Refusal, StartConnecting
from handlers.notices import CodeMail
from storage.tables import proofs
from tests.people import PASSWORD, Org, Somebody, at_once, by_link, organization, told, why


async def raising(acme: Org) -> tuple[Somebody, str]:
    """An approver with a second factor, and a request that takes their code."""
    ada = await acme.member("admin", factor=True)
    bob = await acme.member("admin", factor=True)
    cleo = await acme.member("member")
    return bob, await ada.asks(ChangeRole(cleo.person, "manager"))


def wrong(somebody: Somebody) -> str:
    return f"{(int(somebody.code) + 500_000) % 1_000_000:06d}"


@pytest.mark.invariant(11)
async def test_of_twenty_wrong_codes_at_once_ten_are_looked_at(database_url: str) -> None:
    acme = await organization(database_url)
    bob, request = await raising(acme)
    twin = await acme.replica()
    bad = wrong(bob)
    guesses = [lambda at=at: bob.at(at).does(Approve(request), code=bad) for at in (acme, twin) for _ in range(10)]
    assert told(await at_once(*guesses)) == ["code-wrong"] * 10 + ["codes-locked"] * 10
    acme.clock.next_step()
    assert why(await bob.does(Approve(request), code=bob.code)) == "codes-locked"
    restarted = await acme.replica()
    assert why(await bob.at(restarted).does(Approve(request), code=bob.code)) == "codes-locked"
    acme.clock.pass_by(minutes=15)
    assert told([await bob.approves(request)]) == ["approved"]


@pytest.mark.invariant(11)
async def test_five_wrong_codes_close_a_form_for_a_right_one_too(database_url: str) -> None:
    acme = await organization(database_url)
    bob, request = await raising(acme)
    acme.clock.next_step()
    guesses = [lambda: bob.does(Approve(request), code=wrong(bob), delivery="one form") for _ in range(6)]
    assert told(await at_once(*guesses)) == ["code-wrong"] * 5 + ["form-closed"]
    assert why(await bob.does(Approve(request), code=bob.code, delivery="one form")) == "form-closed"
    assert told([await bob.does(Approve(request), code=bob.code)]) == ["approved"]


@pytest.mark.invariant(11)
async def test_what_is_no_code_at_all_costs_no_guess(database_url: str) -> None:
    acme = await organization(database_url)
    bob, request = await raising(acme)
    for typed in ("12345", "1234567", "12345x", "١٢٣٤٥٦", "１２３４５６", " "):
        for _ in range(2):
            assert why(await bob.does(Approve(request), code=typed)) in ("code-malformed", "code-needed")
    assert told([await bob.approves(request)]) == ["approved"]


@pytest.mark.invariant(11)
async def test_guesses_while_connecting_count_against_the_slack_account_and_never_lock_the_member(
    database_url: str,
) -> None:
    acme = await organization(database_url)
    bob, request = await raising(acme)
    eve = await acme.stranger()
    await eve.does(StartConnecting(bob.email))
    [proof] = await acme.rows(proofs)
    mailed = await acme.usher.queries.code_mail(CodeMail(proof["id"]))
    assert mailed
    bad = f"{(int(mailed[1]) + 1) % 10**8:08d}"
    guesses = [lambda code=code: eve.does(Connect(bob.email, code)) for code in (bad, bob.code) for _ in range(10)]
    assert told(await at_once(*guesses)) == ["code-wrong"] * 10 + ["codes-locked"] * 10
    assert why(await eve.does(Connect(bob.email, mailed[1]))) == "codes-locked"
    assert told([await bob.approves(request)]) == ["approved"]


@pytest.mark.invariant(11)
async def test_a_link_takes_ten_codes_and_ten_passwords(database_url: str) -> None:
    acme = await organization(database_url)
    token = await acme.link(await acme.invitation("ada@example.com"))
    page = await acme.usher.queries.link_page("invitation", token)
    assert page
    offer = acme.usher.enrolments.offer(page, token)

    async def guess() -> str:
        try:
            await acme.usher.enrolments.prepare(
                token,
                purpose="invitation",
                name="Ada",
                password=PASSWORD,
                offer=offer.sealed,
                code="000000",
                skip_factor=False,
            )
        except Refusal as refusal:
            return refusal.code
        return "taken"

    assert [await guess() for _ in range(12)] == ["code-wrong"] * 10 + ["codes-locked"] * 2
    ada = await acme.member()
    once = acme.token(await ada.opens_setup())
    prepared, _ = await acme.prepared(once, purpose="setup")
    await acme.usher.gate.perform(FinishSetup(prepared.sealed), by=by_link(once))
    token = acme.token(await ada.opens_setup())
    answers = [await password_guess(acme, token, f"{PASSWORD} {number}") for number in range(11)]
    assert answers == ["password-wrong"] * 10 + ["codes-locked"]


async def password_guess(acme: Org, token: str, password: str) -> str:
    try:
        await acme.prepared(token, purpose="setup", password=password)
    except Refusal as refusal:
        return refusal.code
    return "taken"
