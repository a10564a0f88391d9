"""Invariants 1 to 8: links and activation, at the gate."""

import dataclasses
import string
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp.totp import TOTP
from sqlalchemy import make_url

from handlers.commands import (
    Accepted,
    AcceptInSlack,
    AcceptOnWeb,
    Actor,
    Approve,
    ChangeRole,
    Connect,
    CopyLink,
    Deactivate,
    DeleteMember,
    FinishSetup,
    LinkReady,
    OpenSetup,
    Outcome,
    Reactivate,
    Refusal,
    RemoveMember,
    RequestAccess,
    Resend,
    Revoke,
    StartConnecting,
)
from handlers.notices import CodeMail
from handlers.proof import Offer, Prepared
from storage.records import CredentialRecord
from storage.tables import members, proofs
from tests.people import KEYS, PASSWORD, Org, Somebody, at_once, by_link, organization, result, told, why


async def dead(org: Org, token: str, prepared: Prepared) -> bool:
    """Whether a link shows nothing and its form does nothing."""
    page = await org.usher.queries.link_page("invitation", token)
    return page is None and why(await org.accepts(token, prepared)) == "link-dead"


@pytest.mark.invariant(1)
async def test_an_invitation_link_works_exactly_once(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    invitation = await acme.invitation("ada@example.com")
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    accepts = [lambda at=at: at.accepts(token, prepared) for at in (acme, twin) for _ in range(10)]
    outcomes = await at_once(*accepts)
    assert told(outcomes) == ["accepted"] + ["link-dead"] * 19
    assert len(await acme.audited("invitation.accepted")) == 1


@pytest.mark.invariant(1)
async def test_an_invitation_is_accepted_once_by_page_and_button_together(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email)
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    page = [lambda: acme.accepts(token, prepared) for _ in range(5)]
    button = [lambda: ada.does(AcceptInSlack(invitation)) for _ in range(5)]
    outcomes = told(await at_once(*page, *button))
    assert outcomes.count("accepted") == 1
    assert set(outcomes) <= {"accepted", "link-dead", "already-connected"}


Killing = Callable[[Org, str, Somebody], Awaitable[Outcome]]
KILLING: dict[str, Killing] = {
    "resending": lambda acme, one, _: acme.founder.does(Resend(one)),
    "copying the link": lambda acme, one, _: acme.founder.does(CopyLink(one)),
    "revoking": lambda acme, one, _: acme.founder.does(Revoke(one)),
    "changing the role": lambda acme, _, ada: acme.founder.does(ChangeRole(ada.person, "guest")),
    "deactivating": lambda acme, _, ada: acme.founder.does(Deactivate(ada.person)),
    "removing": lambda acme, _, ada: acme.founder.does(RemoveMember(ada.person)),
    "deleting": lambda acme, _, ada: acme.operator(DeleteMember(ada.person)),
    "accepting in Slack": lambda _, one, ada: ada.does(AcceptInSlack(one)),
}


@pytest.mark.invariant(2)
@pytest.mark.parametrize("killing", KILLING.values(), ids=KILLING.keys())
async def test_what_changes_an_invitation_kills_every_earlier_link(database_url: str, killing: Killing) -> None:
    acme = await organization(database_url)
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email)
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    named = dataclasses.replace(ada, id=await acme.member_of(invitation))
    actor = ada if killing is KILLING["accepting in Slack"] else named
    assert not isinstance(await killing(acme, invitation, actor), Refusal)
    assert await dead(acme, token, prepared)


@pytest.mark.invariant(2)
async def test_of_many_resent_links_only_the_last_one_works(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    invitation = await acme.invitation("ada@example.com")
    tokens = [await acme.link(invitation)]
    resends = [lambda at=at: acme.founder.at(at).does(CopyLink(invitation)) for at in (acme, twin) for _ in range(10)]
    outcomes = await at_once(*resends)
    tokens += [acme.token(result(outcome, LinkReady).link) for outcome in outcomes]
    living = [token for token in tokens if await acme.usher.queries.link_page("invitation", token)]
    assert len(set(tokens)) == 21
    assert living == [await acme.link(invitation)]


@pytest.mark.invariant(2)
@pytest.mark.parametrize("change", ["raised", "lowered", "deactivated and back", "a newer link"])
async def test_a_change_of_the_person_kills_their_link_to_set_a_password(database_url: str, change: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("member")
    token = acme.token(await ada.opens_setup())
    prepared, _ = await acme.prepared(token, factor=True, purpose="setup")
    match change:
        case "raised":
            await acme.operator(ChangeRole(ada.person, "admin"))
        case "lowered":
            await acme.operator(ChangeRole(ada.person, "guest"))
        case "a newer link":
            await ada.does(OpenSetup())
        case _:
            await acme.operator(Deactivate(ada.person))
            await acme.operator(Reactivate(ada.person))
    assert await acme.usher.queries.link_page("setup", token) is None
    outcome = await acme.usher.gate.perform(FinishSetup(prepared.sealed), by=by_link(token))
    assert why(outcome) == "link-dead"


@pytest.mark.invariant(3)
async def test_only_hashes_are_stored(database_url: str) -> None:
    acme = await organization(database_url)
    eve = await acme.stranger()
    invitation = await acme.invitation("web@example.com", "admin")
    link = await acme.link(invitation)
    prepared, secret = await acme.prepared(link, factor=True)
    await acme.accepts(link, prepared)
    setup = acme.token(await (await acme.member()).opens_setup())
    waiting = await acme.link(await acme.invitation("later@example.com"))
    await eve.does(StartConnecting("web@example.com"))
    [proof] = await acme.rows(proofs)
    mailed = await acme.usher.queries.code_mail(CodeMail(proof["id"]))
    assert secret
    assert mailed
    code = TOTP(secret).at(acme.clock() - timedelta(seconds=300))
    await eve.does(Connect("web@example.com", code))
    # A six-digit code may stand anywhere by chance, so only what is long enough to mean itself is looked for.
    planted = [link, setup, waiting, PASSWORD, secret, *prepared.recovery_codes, mailed[1], KEYS[0].decode()]
    planted += [one.replace("-", "") for one in prepared.recovery_codes]
    kept = await acme.dump()
    assert [one for one in planted if one in kept] == []
    if acme.usher.store.sqlite:
        file = make_url(database_url).database
        assert file
        raw = Path(file).read_bytes() + Path(f"{file}-wal").read_bytes()  # noqa: ASYNC240 - small
        assert [one for one in planted if one.encode() in raw] == []


@pytest.mark.invariant(3)
def test_no_secret_shows_when_something_is_printed() -> None:
    shown = [
        repr(Actor(via="link", link="hush", code="hush")),
        repr(Offer("hush", "hush", "hush")),
        repr(Prepared("hush", ("hush",))),
        repr(AcceptOnWeb("hush")),
        repr(FinishSetup("hush")),
        repr(Connect("ada@example.com", "hush")),
        repr(CredentialRecord("id", "hush", b"hush", 1, None, 0)),
    ]
    assert [one for one in shown if "hush" in one] == []


@pytest.mark.invariant(4)
async def test_an_invitation_is_refused_from_the_second_it_expires(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.stranger()
    invitation = await acme.invitation(ada.email)
    token = await acme.link(invitation)
    acme.clock.now = (await acme.row(invitation))["expires_at"] - timedelta(seconds=1)
    prepared, _ = await acme.prepared(token)
    acme.clock.pass_by(seconds=1)
    assert await dead(acme, token, prepared)
    assert why(await ada.does(AcceptInSlack(invitation))) == "link-dead"


@pytest.mark.invariant(4)
async def test_an_invitation_still_works_in_its_last_second(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("ada@example.com")
    token = await acme.link(invitation)
    acme.clock.now = (await acme.row(invitation))["expires_at"] - timedelta(seconds=1)
    prepared, _ = await acme.prepared(token)
    assert told([await acme.accepts(token, prepared)]) == ["accepted"]


@pytest.mark.invariant(4)
async def test_a_set_up_link_a_form_and_a_mailed_code_end_without_any_timer(database_url: str) -> None:
    acme = await organization(database_url)
    ada, eve = await acme.member(), await acme.stranger()
    token = acme.token(await ada.opens_setup())
    prepared, _ = await acme.prepared(token, purpose="setup")
    await eve.does(StartConnecting(ada.email))
    [proof] = await acme.rows(proofs)
    mailed = await acme.usher.queries.code_mail(CodeMail(proof["id"]))
    assert mailed
    acme.clock.pass_by(minutes=10)
    assert why(await eve.does(Connect(ada.email, mailed[1]))) == "code-wrong"
    acme.clock.pass_by(minutes=50)
    assert await acme.usher.queries.link_page("setup", token) is None
    outcome = await acme.usher.gate.perform(FinishSetup(prepared.sealed), by=by_link(token))
    assert why(outcome) in ("link-dead", "stale-form")


@pytest.mark.invariant(4)
async def test_a_request_and_a_temporary_role_end_without_any_timer(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member("member")
    request = await bob.asks(RequestAccess("admin", "to help", lasts=timedelta(hours=1)))
    await acme.operator(ChangeRole(bob.person, "manager", lasts=timedelta(hours=1)))
    assert (await bob.desk()).role == "manager"
    acme.clock.pass_by(hours=1)
    assert (await bob.desk()).role == "member"
    assert why(await bob.does(Deactivate(ada.person))) == "may-not"
    acme.clock.now = (await acme.request(request))["expires_at"]
    assert why(await ada.does(Approve(request))) == "request-ended"
    assert await acme.state(request) == "expired"


@pytest.mark.invariant(5)
async def test_a_token_opens_nothing_but_its_own_purpose(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    invitation = await acme.link(await acme.invitation("bob@example.com"))
    setup = acme.token(await ada.opens_setup())
    queries, gate = acme.usher.queries, acme.usher.gate
    assert await queries.link_page("setup", invitation) is None
    assert await queries.link_page("invitation", setup) is None
    accepting, _ = await acme.prepared(invitation)
    setting, _ = await acme.prepared(setup, purpose="setup")
    crossed = [(FinishSetup(accepting.sealed), invitation), (FinishSetup(accepting.sealed), setup)]
    wrong = [await gate.perform(command, by=by_link(token)) for command, token in crossed]
    wrong += [await acme.accepts(setup, setting), await acme.accepts(invitation, setting)]
    assert told(wrong) == ["link-dead", "link-dead", "stale-form", "stale-form"]


@pytest.mark.invariant(5)
async def test_a_form_that_was_sealed_for_one_link_is_refused_for_another(database_url: str) -> None:
    acme = await organization(database_url)
    mine = await acme.link(await acme.invitation("eve@example.com"))
    theirs = await acme.link(await acme.invitation("ada@example.com", "admin"))
    prepared, _ = await acme.prepared(mine, factor=True)
    assert why(await acme.accepts(theirs, prepared)) == "stale-form"
    page = await acme.usher.queries.link_page("invitation", mine)
    assert page
    offer = acme.usher.enrolments.offer(page, mine)
    with pytest.raises(Refusal, match="stale-form"):
        await acme.usher.enrolments.prepare(
            theirs,
            purpose="invitation",
            name="Eve",
            password=PASSWORD,
            offer=offer.sealed,
            code=None,
            skip_factor=True,
        )


@pytest.mark.invariant(5)
async def test_the_page_shows_and_the_form_performs_the_same_invitation(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    here = await acme.link(await acme.invitation("ada@example.com", "guest"))
    there = await beta.link(await beta.invitation("ada@example.com", "member"))
    page = await acme.usher.queries.link_page("invitation", there)
    assert page
    prepared, _ = await acme.prepared(there)
    accepted = result(await acme.accepts(there, prepared), Accepted)
    assert (accepted.role, accepted.member.email) == (page.role, page.email) == ("member", "ada@example.com")
    assert await acme.usher.queries.link_page("invitation", here)


@pytest.mark.invariant(6)
async def test_looking_at_links_changes_and_consumes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member()
    invitation, setup = await acme.link(await acme.invitation("b@example.com")), acme.token(await ada.opens_setup())
    before = await acme.dump()
    for _ in range(3):
        assert await acme.usher.queries.link_page("invitation", invitation)
        page = await acme.usher.queries.link_page("setup", setup)
        assert page
        for token in (invitation, setup):
            offer = acme.usher.enrolments.offer(page, token)
            assert acme.usher.enrolments.again(offer.sealed) == offer
    assert await acme.dump() == before
    prepared, _ = await acme.prepared(invitation)
    assert told([await acme.accepts(invitation, prepared)]) == ["accepted"]
    assert (await ada.enrols(setup)).secret


@pytest.mark.invariant(7)
async def test_nothing_sent_with_the_form_changes_what_was_invited(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("ada@example.com", "guest", by=acme.founder)
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    assert [field.name for field in dataclasses.fields(AcceptOnWeb)] == ["sealed", "kind"]
    letters = string.ascii_letters + string.digits + "-_"
    for place in range(0, len(prepared.sealed), 41):
        other = letters[(letters.index(prepared.sealed[place]) + 1) % len(letters)]
        mangled = prepared.sealed[:place] + other + prepared.sealed[place + 1 :]
        assert why(await acme.accepts(token, Prepared(mangled))) == "stale-form"
    await acme.accepts(token, prepared)
    [ada] = [row for row in await acme.rows(members) if row["email"] == "ada@example.com"]
    assert (ada["organization_id"], ada["status"]) == (acme.id, "active")
    assert (await acme.row(invitation))["invited_by"] == acme.founder.id
    [grant] = [row for row in await acme.rows(members.metadata.tables["grants"]) if row["member_id"] == ada["id"]]
    assert (grant["what"], grant["space_id"]) == ("guest", "")


class Stopped(Exception):  # noqa: N818 - what a killed process would be
    """Raised in place of a SIGKILL, which has tests of its own."""


@pytest.mark.invariant(8)
async def test_activation_is_all_or_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("ada@example.com", "admin")
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token, factor=True)
    before = await acme.dump()

    def stop(point: str) -> None:
        if point == "before-commit":
            raise Stopped

    falling = await acme.replica(reached=stop)
    with pytest.raises(Stopped):
        await falling.accepts(token, prepared)
    assert await acme.dump() == before
    assert told([await acme.accepts(token, prepared)]) == ["accepted"]
    tables = members.metadata.tables
    [credentials] = await acme.rows(tables["credentials"])
    assert all(credentials[one] for one in ("password_hash", "factor_sealed", "last_step"))
    assert len(await acme.rows(tables["recovery_codes"])) == 10


@pytest.mark.invariant(8)
async def test_who_is_to_manage_members_is_not_activated_without_a_second_factor(database_url: str) -> None:
    acme = await organization(database_url)
    invitation = await acme.invitation("ada@example.com", "admin")
    token = await acme.link(invitation)
    prepared, _ = await acme.prepared(token)
    assert why(await acme.accepts(token, prepared)) == "factor-needed"
    assert (await acme.row(invitation))["state"] == "pending"
