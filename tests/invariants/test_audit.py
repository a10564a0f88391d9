"""Invariants 40 and 42, and what of 41 can be seen inside: the log of what was done."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Delete, Update, delete, update

from handlers.commands import (
    AcceptInSlack,
    Approve,
    Cancel,
    ChangeRole,
    Connect,
    CopyLink,
    CreateSpace,
    Deactivate,
    DeleteMember,
    Deny,
    Invite,
    OpenSetup,
    Person,
    Reactivate,
    RemoveMember,
    RequestAccess,
    Resend,
    ResetFactor,
    ResetPassword,
    Revoke,
    StartConnecting,
)
from handlers.notices import CodeMail
from storage.tables import audit, credentials, grants, invitations, links, members, proofs, requests, ties
from tests.people import PASSWORD, Org, at_once, organization, told, why

STATE = (members, grants, invitations, requests, links, ties, credentials, proofs)


async def state(acme: Org) -> list[list[dict[str, Any]]]:
    """What people could notice; the counters of guesses are the books of guessing."""
    books = {"guesses", "guesses_since", "last_step", "last_delivery"}
    return [
        sorted(({k: v for k, v in row.items() if k not in books} for row in await acme.rows(table)), key=str)
        for table in STATE
    ]


@pytest.mark.invariant(40)
async def test_every_change_of_state_has_its_record_and_nothing_else_has(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member")
    eve, fay = await acme.stranger(), await acme.stranger()
    first, second = await acme.invitation(eve.email), await acme.invitation("two@example.com")

    async def new(before: set[str]) -> set[str]:
        return {row["action"] for row in await acme.audited() if row["id"] not in before}

    async def writes(act: Any, expected: set[str]) -> Any:
        ids, was = {row["id"] for row in await acme.audited()}, await state(acme)
        outcome = await act
        assert await new(ids) == expected
        assert (await state(acme) != was) is bool(expected)
        return outcome

    await writes(ada.does(Invite(("x@example.com", "y@example.com"), "guest")), {"member.invited"})
    await writes(ada.does(Invite(("x@example.com",), "guest")), set())
    await writes(ada.does(Resend(first)), {"invitation.resent"})
    await writes(ada.does(CopyLink(second)), {"invitation.link-copied"})
    await writes(ada.does(Revoke(second)), {"invitation.revoked"})
    await writes(ada.does(Revoke(second)), set())
    await writes(eve.does(AcceptInSlack(first)), {"invitation.accepted"})
    await writes(bob.does(OpenSetup()), {"setup.link-made"})
    await writes(ada.does(ChangeRole(bob.person, "guest")), {"role.changed"})
    await writes(ada.does(ChangeRole(bob.person, "guest")), set())
    asked = await writes(ada.does(ChangeRole(bob.person, "manager")), {"request.made"})
    await writes(ada.does(ChangeRole(bob.person, "manager")), set())
    await writes(acme.founder.approves(asked.request), {"request.approved", "request.executed", "role.changed"})
    await writes(acme.founder.approves(asked.request), set())
    wish = await writes(bob.does(RequestAccess("admin", "please")), {"request.made"})
    await writes(ada.does(Deny(wish.request, "not now")), {"request.denied"})
    wish = await writes(bob.does(RequestAccess("admin", "please do")), {"request.made"})
    await writes(bob.does(Cancel(wish.request)), {"request.cancelled"})
    wish = await writes(bob.does(RequestAccess("admin", "once more")), {"request.made"})
    acme.clock.pass_by(days=3)
    await writes(acme.fires_timers(), {"request.expired"})
    await writes(acme.fires_timers(), set())
    await writes(acme.operator(Deactivate(bob.person)), {"member.deactivated"})
    await writes(acme.operator(Reactivate(bob.person)), {"member.reactivated"})
    await writes(fay.does(StartConnecting(bob.email)), {"account.code-mailed"})
    mailed = [await acme.usher.queries.code_mail(one) for one in await acme.notices() if isinstance(one, CodeMail)]
    assert mailed[0]
    await writes(fay.does(Connect(bob.email, mailed[0][1])), {"account.code-used", "account.connected"})
    assert await acme.chain_is_broken() is None


@pytest.mark.invariant(40)
async def test_a_record_says_who_on_whom_from_where_from_what_to_what_and_why(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob = await acme.member("admin"), await acme.member("member")
    request = await ada.asks(ChangeRole(bob.person, "manager", reason="a new team"))
    await acme.founder.approves(request)
    [record] = await acme.audited("role.changed")
    details = json.loads(record["details"])
    assert (record["actor"], record["target"], record["request"]) == (f"member:{ada.id}", f"member:{bob.id}", request)
    assert {key: details[key] for key in ("old", "new", "reason", "approver", "via")} == {
        "old": "member",
        "new": "manager",
        "reason": "a new team",
        "approver": acme.founder.id,
        "via": "request",
    }
    [executed] = await acme.audited("request.executed")
    assert (executed["actor"], json.loads(executed["details"])["via"]) == (f"member:{acme.founder.id}", "slack")


OF_A_REQUEST = ("request.made", "request.approved", "request.executed", "request.denied", "request.cancelled")


@pytest.mark.invariant(40)
async def test_what_is_kept_of_a_request_names_whom_it_is_about_and_not_who_gains(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, mona = await acme.member("admin"), await acme.member("manager", factor=True)
    bob, cleo, dora = [await acme.member("member") for _ in range(3)]
    await bob.does(CreateSpace("Apollo"))
    await acme.operator(ChangeRole(ada.person, "super_admin"))
    await acme.founder.does(Deny(await ada.asks(ResetFactor(mona.person)), "no"))
    await acme.founder.approves(await ada.asks(ResetPassword(mona.person)))
    await ada.does(Cancel(await ada.asks(RemoveMember(mona.person))))
    await acme.founder.approves(await ada.asks(DeleteMember(bob.person, cleo.person)))
    wish = await dora.asks(RequestAccess("manager", "please"))
    await acme.operator(Deactivate(dora.person))
    assert await acme.state(wish) == "cancelled"
    kept = [row for action in OF_A_REQUEST for row in await acme.audited(action)]
    assert len(kept) == 12
    assert {row["target"] for row in kept if row["request"] != wish} == {f"member:{mona.id}", f"member:{bob.id}"}
    assert {row["target"] for row in kept if row["request"] == wish} == {f"member:{dora.id}"}


@pytest.mark.invariant(40)
async def test_a_refused_attempt_is_recorded_and_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob = await acme.member("admin", factor=True), await acme.member("member")
    request = await ada.asks(ChangeRole(bob.person, "manager"))
    was = await state(acme)
    assert why(await bob.does(Deactivate(ada.person))) == "may-not"
    assert why(await ada.does(ChangeRole(bob.person, "super_admin"))) == "may-not-give"
    assert why(await ada.does(Deactivate(acme.founder.person))) == "may-not-act-on"
    assert why(await ada.approves(request)) == "own-request"
    assert why(await acme.founder.does(Approve(request), code="000000")) == "code-wrong"
    assert await state(acme) == was
    refused = await acme.audited(refused=True)
    assert [(row["action"], row["actor"], json.loads(row["details"])["code"]) for row in refused] == [
        ("deactivate.refused", f"member:{bob.id}", "may-not"),
        ("change-role.refused", f"member:{ada.id}", "may-not-give"),
        ("deactivate.refused", f"member:{ada.id}", "may-not-act-on"),
        ("approve.refused", f"member:{ada.id}", "own-request"),
        ("approve.refused", f"member:{acme.founder.id}", "code-wrong"),
    ]


@pytest.mark.invariant(41)
async def test_records_written_by_two_stores_at_once_make_one_chain(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    invites = [Invite((f"x{number}@example.com",), "guest") for number in range(20)]
    writing = [partial((acme, twin)[number % 2].operator, one) for number, one in enumerate(invites)]
    assert told(await at_once(*writing)) == ["invited"] * 20
    assert await acme.chain_is_broken() is None
    assert [row["seq"] for row in await acme.audited()] == list(range(1, 23))


Tampering = Callable[[dict[str, Any]], Update | Delete]
TAMPERING: dict[str, Tampering] = {
    "edited": lambda row: update(audit).where(audit.c.id == row["id"]).values(actor="member:somebody"),
    "details edited": lambda row: update(audit).where(audit.c.id == row["id"]).values(details="{}"),
    "removed": lambda row: delete(audit).where(audit.c.id == row["id"]),
    "moved": lambda row: update(audit).where(audit.c.id == row["id"]).values(seq=row["seq"] + 1000),
    "last removed": lambda row: delete(audit).where(audit.c.seq > row["seq"]),
    "first removed": lambda row: delete(audit).where(audit.c.seq < row["seq"]),
}


@pytest.mark.invariant(41)
@pytest.mark.parametrize("tampering", TAMPERING.values(), ids=TAMPERING.keys())
async def test_whoever_changes_the_log_is_found_out(database_url: str, tampering: Tampering) -> None:
    acme = await organization(database_url)
    for number in range(4):
        await acme.operator(Invite((f"x{number}@example.com",), "guest"))
    third = (await acme.audited())[2]
    async with acme.usher.store.writer.connect() as connection:
        await connection.execute(tampering(third))
        await connection.commit()
    assert await acme.chain_is_broken() is not None


@pytest.mark.invariant(41)
async def test_details_that_are_erased_leave_a_chain_that_verifies(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.operator(Invite(("gone@example.com",), "guest"))
    async with acme.usher.store.writer.connect() as connection:
        await connection.execute(update(audit).values(salt=None, details=None))
        await connection.commit()
    assert await acme.chain_is_broken() is None


FORGED = 'x", "actor": "operator"}\n{"action": "member.deleted", "refused": false'


@pytest.mark.invariant(42)
async def test_the_log_holds_no_secret_and_text_in_it_forges_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin", factor=True)
    bob = await acme.member("member", name="Bob")
    await bob.slack_says(name=FORGED)
    await ada.does(ChangeRole(bob.person, "guest", reason=FORGED))
    await ada.does(Approve("nothing"), code="123456")
    await ada.does(Deactivate(Person(id=bob.id), reason=FORGED))
    records = [*await acme.audited(), *await acme.audited(refused=True)]
    details = [json.loads(row["details"]) for row in records]
    assert {row["action"] for row in records} >= {"role.changed", "member.deactivated"}
    assert all(row["action"] != "member.deleted" for row in records)
    assert FORGED in [one.get("reason") for one in details]
    text = json.dumps(details) + str(records)
    assert [one for one in (PASSWORD, ada.secret or "", "123456") if one in text] == []
    assert await acme.chain_is_broken() is None
