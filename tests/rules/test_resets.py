"""Resets through the gate: by which way a new password comes, what dies at once, and who must agree."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.slack.views.card import card_blocks
from bot.wording.outcomes import waiting
from handlers.commands import (
    Cancel,
    ChangeRole,
    CredentialsReset,
    CredentialsSet,
    Deactivate,
    Deny,
    FinishReset,
    Minted,
    OpenSetup,
    Outcome,
    PasswordRevealed,
    Refused,
    RequestAccess,
    ResetFactor,
    ResetPassword,
    Reveal,
    Waiting,
)
from handlers.new_passwords import Purpose
from handlers.notices import ResetLetter, Told
from storage.tables import credentials, links, members, recovery_codes, votes
from tests.people import Org, Somebody, at_once, by_link, closing, organization, result, told, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

NEW = "plum bicycle harbour 41"
BOTH = ("default", "imaging")
"""Their ways: a link to choose a new password, and one that is generated."""


async def held(acme: Org, somebody: Somebody) -> dict[str, object]:
    return next(row for row in await acme.rows(credentials) if row["member_id"] == somebody.id)


async def letters(acme: Org) -> list[str]:
    return [one.link for one in await acme.notices() if isinstance(one, ResetLetter)]


async def token(acme: Org) -> str:
    """Of the newest link, as the letter holds it."""
    newest = (await letters(acme))[-1]
    link = next(row for row in await acme.rows(links) if row["id"] == newest)
    return acme.token(Minted(link["purpose"], link["id"], link["version"]))


async def chooses(acme: Org, token: str, password: str = NEW, *, delivery: str | None = None) -> Outcome:
    page = await acme.usher.queries.link_page("reset", token)
    sealed = await acme.usher.new_passwords.chosen(page, token, password) if page else ""
    return await acme.usher.gate.perform(FinishReset(sealed), by=by_link(token, delivery))


async def reveals(acme: Org, token: str) -> Outcome:
    _, sealed = await generated(acme, token)
    return await acme.usher.gate.perform(Reveal(sealed), by=by_link(token))


async def generated(acme: Org, token: str) -> tuple[str, str]:
    """A password, and the same for the gate."""
    passwords = acme.usher.new_passwords
    made = passwords.generated(token, passwords.seed(token))
    return made, await passwords.revealed(token, made)


async def reset(catalogue: str, database_url: str) -> tuple[Org, Somebody]:
    """A member with a password and a second factor, whose password the founder has just reset."""
    acme = await organization(database_url, catalogue=catalogue, factor=True)
    bob = await acme.member("member", factor=True)
    result(await acme.founder.does(ResetPassword(bob.person, "forgot it")), CredentialsReset)
    return acme, bob


# What becomes of the password -----------------------------------------------------------------------------------------


@pytest.mark.seed("004-16", "004-99")
@pytest.mark.invariant(17)
async def test_by_link_the_old_password_lives_until_a_new_one_is_chosen_and_the_factor_stays(database_url: str) -> None:
    acme, bob = await reset("default", database_url)
    before = await held(acme, bob)
    assert before["password_hash"]
    done = await chooses(acme, await token(acme))
    after = await held(acme, bob)
    assert result(done, CredentialsSet).factor
    assert after["password_hash"] != before["password_hash"]
    assert await acme.usher.passwords.verify(str(after["password_hash"]), NEW)
    assert (after["factor_sealed"], after["last_step"], after["must_change"]) == (
        before["factor_sealed"],
        before["last_step"],
        False,
    )
    assert len(await acme.rows(recovery_codes)) == 20


@pytest.mark.seed("001-17", "001-19")
@pytest.mark.invariant(17, 20)
async def test_generated_the_old_password_dies_at_once_and_the_new_one_is_to_be_changed(database_url: str) -> None:
    acme, bob = await reset("imaging", database_url)
    gone = await held(acme, bob)
    assert gone["password_hash"] is None
    assert gone["factor_sealed"]
    link = await token(acme)
    made, sealed = await generated(acme, link)
    done = await acme.usher.gate.perform(Reveal(sealed), by=by_link(link))
    assert result(done, PasswordRevealed).organization == "Acme"
    now = await held(acme, bob)
    assert await acme.usher.passwords.verify(str(now["password_hash"]), made)
    assert now["must_change"] is True
    assert made not in await acme.dump()


@pytest.mark.seed("004-104", "004-105")
@pytest.mark.invariant(17, 20)
async def test_without_their_factor_they_keep_the_password_and_set_up_a_new_factor(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    bob = await acme.member("member", factor=True)
    before = await held(acme, bob)
    done = result(await acme.founder.does(ResetFactor(bob.person)), CredentialsReset)
    after = await held(acme, bob)
    assert (done.what, done.way) == ("factor", "both")
    assert after["factor_sealed"] is None
    assert after["password_hash"] == before["password_hash"]
    assert after["last_step"] == before["last_step"]
    assert not [row for row in await acme.rows(recovery_codes) if row["member_id"] == bob.id]
    told_them = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "factor-reset"]
    assert [(one.to, one.also) for one in told_them] == [(bob.id, ""), (bob.id, "mail")]
    assert (await bob.opens_setup()).purpose == "setup"
    again = await bob.enrols(acme.token(await bob.opens_setup()))
    assert again.secret != bob.secret


@pytest.mark.invariant(12)
async def test_a_reset_of_the_factor_ends_the_lock_of_the_codes(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    bob = await acme.member("manager", factor=True)
    ada = await acme.member("admin", factor=True)
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        locked = credentials.update().where(credentials.c.member_id == bob.id)
        await tx.connection.execute(locked.values(guesses=10, guesses_since=acme.clock()))
    request = await acme.founder.asks(ResetFactor(bob.person))
    assert told([await ada.approves(request)]) == ["approved"]
    assert (await held(acme, bob))["guesses"] == 0


async def test_who_has_no_factor_has_nothing_to_reset(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    assert why(await acme.founder.does(ResetFactor(bob.person))) == "no-factor-set"


async def test_only_who_is_active_has_something_to_reset(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member", factor=True)
    invitation = await acme.invitation("new@example.com")
    await acme.founder.does(Deactivate(bob.person))
    invited = (await acme.row(invitation))["member_id"]
    for command in (ResetPassword, ResetFactor):
        assert why(await acme.founder.does(command(bob.person))) == "nothing-to-reset"
        assert why(await acme.founder.does(command(type(bob.person)(id=invited)))) == "nothing-to-reset"


@pytest.mark.invariant(24)
async def test_nobody_resets_their_own_nor_that_of_whom_they_may_not_act_on(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member", factor=True)
    for command in (ResetPassword, ResetFactor):
        assert why(await ada.does(command(ada.person))) == "not-on-oneself"
        assert why(await ada.does(command(acme.founder.person))) == "may-not-act-on"
        assert why(await bob.does(command(ada.person))) == "may-not"


# The way of the link --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("catalogue", BOTH)
async def test_without_mail_and_slack_no_link_reaches_them_and_nothing_changes(
    database_url: str, catalogue: str
) -> None:
    acme = await organization(database_url, catalogue=catalogue, mail=False)
    web = await acme.webmember()
    before = await held(acme, web)
    assert why(await acme.founder.does(ResetPassword(web.person))) == "not-reachable"
    assert await held(acme, web) == before


async def test_without_mail_it_goes_by_direct_message(database_url: str) -> None:
    acme = await organization(database_url, mail=False)
    bob = await acme.member("member", factor=True)
    assert result(await acme.founder.does(ResetPassword(bob.person)), CredentialsReset).way == "direct-message"
    assert result(await acme.operator(ResetFactor(bob.person)), CredentialsReset).way == "direct-message"
    [letter] = await letters(acme)
    assert (await acme.usher.queries.reset_letter(ResetLetter(letter))) is None  # the factor's reset killed it


# Links: once, in time, for one thing ----------------------------------------------------------------------------------

Uses = Callable[[Org, str], Awaitable[Outcome]]
USES: dict[str, tuple[str, Uses]] = {"reset": ("default", chooses), "reveal": ("imaging", reveals)}
EACH = pytest.mark.parametrize("purpose", USES)


@EACH
@pytest.mark.invariant(1)
async def test_a_link_works_exactly_once(database_url: str, purpose: str) -> None:
    catalogue, uses = USES[purpose]
    acme, bob = await reset(catalogue, database_url)
    twin = await acme.replica()
    link = await token(acme)
    outcomes = await at_once(*[lambda at=at: uses(at, link) for at in (acme, twin) for _ in range(10)])
    done = [one for one in outcomes if not isinstance(one, Refused)]
    assert len(done) == 1
    assert {why(one) for one in outcomes if isinstance(one, Refused)} <= {"link-dead", "stale-form", "busy"}
    assert len(await acme.audited("password.set")) == 1
    assert (await held(acme, bob))["password_hash"]


@EACH
@pytest.mark.invariant(4)
async def test_a_link_is_dead_a_second_after_its_end_with_every_timer_stopped(
    database_url: str, purpose: Purpose
) -> None:
    catalogue, uses = USES[purpose]
    acme, _ = await reset(catalogue, database_url)
    link = await token(acme)
    acme.clock.now += {"reset": timedelta(hours=1), "reveal": timedelta(days=1)}[purpose]
    assert await acme.usher.queries.link_page(purpose, link) is None
    assert isinstance(await uses(acme, link), Refused)


KILLS: dict[str, Callable[[Org, Somebody], Awaitable[object]]] = {
    "another reset": lambda acme, bob: acme.founder.does(ResetPassword(bob.person)),
    "a reset of the factor": lambda acme, bob: acme.operator(ResetFactor(bob.person)),
    "deactivation": lambda acme, bob: acme.founder.does(Deactivate(bob.person)),
}


@EACH
@pytest.mark.invariant(2)
@pytest.mark.parametrize("kills", KILLS.values(), ids=KILLS)
async def test_what_kills_a_link(
    database_url: str, purpose: Purpose, kills: Callable[[Org, Somebody], Awaitable[object]]
) -> None:
    catalogue, uses = USES[purpose]
    acme, bob = await reset(catalogue, database_url)
    link = await token(acme)
    assert await acme.usher.queries.link_page(purpose, link)
    await kills(acme, bob)
    assert await acme.usher.queries.link_page(purpose, link) is None
    assert isinstance(await uses(acme, link), Refused)


@EACH
@pytest.mark.invariant(5)
async def test_a_link_serves_for_nothing_else(database_url: str, purpose: Purpose) -> None:
    acme, bob = await reset(USES[purpose][0], database_url)
    link = await token(acme)
    others: tuple[Purpose, ...] = ("reset", "reveal")
    for other in (*others, "setup", "invitation"):
        assert (await acme.usher.queries.link_page(other, link) is not None) == (other == purpose)
    _, sealed = await generated(acme, link)
    for command in (FinishReset(sealed), Reveal(sealed)):
        if command.kind != {"reset": "finish-reset", "reveal": "reveal"}[purpose]:
            assert isinstance(await acme.usher.gate.perform(command, by=by_link(link)), Refused)
    del bob


@pytest.mark.invariant(5)
async def test_what_was_sealed_for_one_link_is_refused_for_another(database_url: str) -> None:
    acme, _ = await reset("default", database_url)
    cleo = await acme.member("member", factor=True)
    link = await token(acme)
    await acme.founder.does(ResetPassword(cleo.person))
    page = await acme.usher.queries.link_page("reset", link)
    assert page
    sealed = await acme.usher.new_passwords.chosen(page, link, NEW)
    outcome = await acme.usher.gate.perform(FinishReset(sealed), by=by_link(await token(acme)))
    assert why(outcome) == "stale-form"


@EACH
@pytest.mark.invariant(3)
async def test_no_table_holds_a_token(database_url: str, purpose: str) -> None:
    acme, _ = await reset(USES[purpose][0], database_url)
    assert await token(acme) not in await acme.dump()


async def test_what_was_chosen_since_is_not_replaced_by_an_older_reveal(database_url: str) -> None:
    acme, bob = await reset("imaging", database_url)
    link = await token(acme)
    minted = await bob.opens_setup()
    assert minted.purpose == "reset"
    assert isinstance(await reveals(acme, link), Refused)
    assert result(await chooses(acme, acme.token(minted)), CredentialsSet).factor


# Who must agree -------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(20)
async def test_what_somebody_approved_before_their_reset_counts_no_more(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", factor=True)
    ada, cleo = await acme.member("admin", factor=True), await acme.member("admin", factor=True)
    request = await acme.founder.asks(ResetPassword(ada.person))
    other = await cleo.does(ResetFactor(ada.person))
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        await tx.connection.execute(votes.insert().values(request_id=waits(other), member_id=ada.id, at=acme.clock()))
    assert told([await cleo.approves(request)]) == ["approved"]
    assert ada.id not in {row["member_id"] for row in await acme.rows(votes)}


@pytest.mark.invariant(17)
@pytest.mark.parametrize("first", [ResetPassword, ResetFactor])
async def test_both_resets_of_one_person_take_two_approvers(
    database_url: str, first: type[ResetPassword | ResetFactor]
) -> None:
    second = ResetFactor if first is ResetPassword else ResetPassword
    acme = await organization(database_url, factor=True)
    ada, bob, cleo, dora = [await acme.member("admin", factor=True) for _ in range(4)]
    one, other = await bob.asks(first(ada.person)), await bob.asks(second(ada.person))
    assert told([await cleo.approves(one)]) == ["approved"]
    epoch = next(row["epoch"] for row in await acme.rows(members) if row["id"] == ada.id)
    assert why(await cleo.approves(other)) == "approved-other-reset"
    assert epoch == next(row["epoch"] for row in await acme.rows(members) if row["id"] == ada.id)
    assert other not in {card.id for card in await acme.usher.queries.waiting(await cleo.desk())}
    assert other in {card.id for card in await acme.usher.queries.waiting(await dora.desk())}
    assert told([await dora.approves(other)]) == ["approved"]


@pytest.mark.parametrize("how", [Deny, Cancel])
async def test_whoever_approved_one_reset_may_still_stop_the_other(database_url: str, how: type[Deny | Cancel]) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob, cleo = [await acme.member("admin", factor=True) for _ in range(3)]
    one, other = await bob.asks(ResetPassword(ada.person)), await bob.asks(ResetFactor(ada.person))
    stops = Deny(other, "I smell a rat") if how is Deny else Cancel(other)
    assert told([await cleo.approves(one), await cleo.does(stops)]) == ["approved", "request-ended"]
    assert (await held(acme, ada))["factor_sealed"]


@pytest.mark.invariant(17)
async def test_after_a_week_the_same_person_may_approve_the_other(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob, cleo = [await acme.member("admin", factor=True) for _ in range(3)]
    assert told([await cleo.approves(await bob.asks(ResetPassword(ada.person)))]) == ["approved"]
    acme.clock.pass_by(days=7, seconds=1)
    assert told([await cleo.approves(await bob.asks(ResetFactor(ada.person)))]) == ["approved"]


@pytest.mark.invariant(17)
async def test_nobody_resets_both_alone(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada = await acme.member("admin", factor=True)
    request = waits(await acme.founder.does(ResetPassword(ada.person)))
    assert told([await acme.founder.approves(request)]) == ["approved"]
    assert why(await acme.founder.does(ResetFactor(ada.person))) == "nobody-approves"


@pytest.mark.invariant(17)
@pytest.mark.parametrize("first", [ResetPassword, ResetFactor])
async def test_whoever_did_one_reset_at_once_waits_with_the_other_for_somebody_else(
    database_url: str, first: type[ResetPassword | ResetFactor]
) -> None:
    second = ResetFactor if first is ResetPassword else ResetPassword
    acme = await organization(database_url, factor=True)
    ada, hal = await acme.member("admin", factor=True), await acme.member("admin", factor=True)
    bob = await acme.member("member", factor=True)
    result(await ada.does(first(bob.person)), CredentialsReset)
    if first is ResetFactor:
        bob = await bob.enrolled()
    waits_for = await ada.does(second(bob.person))
    request = waits(waits_for)
    assert isinstance(waits_for, Waiting)
    assert "You did or approved the other reset lately, and both" in waiting(waits_for).text()
    [card] = [one for one in await acme.usher.queries.waiting(await hal.desk()) if one.id == request]
    assert (card.approvals, card.code, card.apart) == (1, True, True)
    assert "did or approved the other reset lately, and both together take two people." in card_blocks(card)[0]
    assert told([await hal.approves(request)]) == ["approved"]


@pytest.mark.invariant(17)
async def test_two_people_do_one_reset_each_at_once_and_a_week_later_one_does_both(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, hal = await acme.member("admin"), await acme.member("admin")
    bob, cleo = await acme.member("member", factor=True), await acme.member("member", factor=True)
    each = [await ada.does(ResetPassword(bob.person)), await hal.does(ResetFactor(bob.person))]
    await ada.does(ResetPassword(cleo.person))
    acme.clock.pass_by(days=7, seconds=1)
    assert told([*each, await ada.does(ResetFactor(cleo.person))]) == ["credentials-reset"] * 3


@pytest.mark.invariant(17)
async def test_whoever_did_one_reset_at_once_does_not_approve_the_other(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, hal = await acme.member("admin", factor=True), await acme.member("admin", factor=True)
    bob = await acme.member("member", factor=True)
    result(await ada.does(ResetPassword(bob.person)), CredentialsReset)
    await acme.operator(ChangeRole(bob.person, "manager"))
    request = await hal.asks(ResetFactor(bob.person))
    assert why(await ada.approves(request)) == "approved-other-reset"
    assert told([await acme.founder.approves(request)]) == ["approved"]


async def test_who_manages_nobody_is_reset_at_once_and_others_wait_for_a_code(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member", factor=True)
    manager = await acme.member("manager", factor=True)
    assert told([await ada.does(ResetPassword(bob.person))]) == ["credentials-reset"]
    posted = await letters(acme)
    request = await ada.asks(ResetPassword(manager.person))
    row = await acme.request(request)
    assert (row["approvals"], row["code"]) == (1, True)
    assert await letters(acme) == posted


async def test_whose_role_was_lowered_meanwhile_can_approve_no_more(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob, cleo = [await acme.member("admin", factor=True) for _ in range(3)]
    request = await bob.asks(ResetFactor(ada.person))
    await acme.operator(ChangeRole(cleo.person, "member"))
    assert why(await cleo.approves(request)) == "may-not"
    assert (await held(acme, ada))["factor_sealed"]


async def test_everything_is_in_the_audit_without_a_secret(database_url: str) -> None:
    acme, bob = await reset("default", database_url)
    await chooses(acme, await token(acme))
    result(await acme.operator(ResetFactor(bob.person)), CredentialsReset)
    assert [
        row["target"]
        for action in ("password.reset", "password.set", "factor.reset")
        for row in await acme.audited(action)
    ] == [f"member:{bob.id}"] * 3
    assert await acme.chain_is_broken() is None
    assert told([await bob.does(RequestAccess("manager", "on call"))]) == ["waiting-approval"]
    assert told([await bob.does(OpenSetup())]) == ["link-ready"]
