"""Inviting many by a file, through the gate: judged, confirmed, approved, done some lines at a time, and only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.slack.importing import TOGETHER
from bot.wording.changes import what
from handlers.commands import (
    SYSTEM,
    Approved,
    ChangeRole,
    Command,
    CreateGroup,
    Deactivate,
    Done,
    DropImport,
    Import,
    Importing,
    ImportLine,
    ImportRead,
    ImportStep,
    InvitationChanged,
    Invite,
    Noted,
    Outcome,
    PrepareImport,
    Revoke,
    Verdict,
    Waiting,
)
from handlers.import_models import ImportPreview
from handlers.notices import ImportNews, InvitationMail, InvitationOffer, Timer
from storage.tables import groups, import_lines, imports, invitations, members
from tests.people import Org, Somebody, at_once, closing, organization, result, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


def lines(*people: str | ImportLine, role: str = "member") -> tuple[ImportLine, ...]:
    made = (one if isinstance(one, ImportLine) else ImportLine(0, one, role=role) for one in people)
    return tuple(replace(one, line=at + 2) for at, one in enumerate(made))


def crowd(count: int, *, role: str = "member") -> tuple[ImportLine, ...]:
    return lines(*(f"p{number}@crowd.example" for number in range(count)), role=role)


def file(*people: str | ImportLine, role: str = "") -> PrepareImport:
    return PrepareImport("people.csv", lines(*people, role=role), "member")


async def prepares(who: Somebody, command: PrepareImport) -> str:
    return result(await who.does(command), ImportRead).id


async def runs(acme: Org, prepared: str) -> None:
    """Every step, as timers would make them."""
    while await state(acme, prepared) == "running":
        assert isinstance(await acme.system(ImportStep(acme.id, prepared)), Done)


async def imports_at_once(acme: Org, who: Somebody, *people: str | ImportLine) -> str:
    prepared = await prepares(who, file(*people))
    result(await who.does(Import(prepared)), Importing)
    await runs(acme, prepared)
    return prepared


async def row(acme: Org, prepared: str) -> dict[str, Any]:
    return next(one for one in await acme.rows(imports) if one["id"] == prepared)


async def state(acme: Org, prepared: str) -> str:
    return (await row(acme, prepared))["state"]


async def kept(acme: Org, prepared: str) -> list[dict[str, Any]]:
    found = [one for one in await acme.rows(import_lines) if one["import_id"] == prepared]
    return sorted(found, key=lambda one: one["line"])


async def verdicts(acme: Org, prepared: str) -> list[tuple[str, str]]:
    return [(one["verdict"], one["why"]) for one in await kept(acme, prepared)]


async def invited(acme: Org) -> Counter[str]:
    """How often each address was invited."""
    emails = {one["id"]: one["email"] for one in await acme.rows(members)}
    return Counter(emails[one["member_id"]] for one in await acme.rows(invitations))


async def preview(who: Somebody, prepared: str, page: str = "") -> ImportPreview | None:
    return await who.org.usher.queries.import_preview(await who.desk(), prepared, page=page)


# Preparing ------------------------------------------------------------------------------------------------------------


async def test_every_line_says_what_would_become_of_it(database_url: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    linus = await acme.member()
    await acme.invitation("waiting@acme.example")
    gone = await acme.member()
    result(await acme.founder.does(Deactivate(gone.person)), object)
    await acme.operator(CreateGroup("Poets"))
    command = file(
        "new@acme.example",
        linus.email.upper(),
        "Waiting@acme.example",
        gone.email,
        ImportLine(0, "no address", wrong="not-an-address"),
        "NEW@acme.example",
        ImportLine(0, "boss@acme.example", role="boss"),
        ImportLine(0, "top@acme.example", role="Super admin"),
        ImportLine(0, "poet@acme.example", groups=("poets",), name=" Ada  Lovelace ", timezone="europe/berlin"),
        ImportLine(0, "odd@acme.example", groups=("Nobody's",)),
        ImportLine(0, "mars@acme.example", timezone="Mars/Base"),
        ImportLine(0, "long@acme.example", name="x" * 101),
    )
    prepared = await prepares(grace, command)
    assert await verdicts(acme, prepared) == [
        ("will-invite", ""),
        ("already-member", ""),
        ("already-invited", ""),
        ("deactivated", ""),
        ("wrong", "not-an-address"),
        ("wrong", "twice:2"),
        ("wrong", "unknown-role:boss"),
        ("wrong", "may-not-give:Super admin"),
        ("will-invite", ""),
        ("wrong", "unknown-group:Nobody's"),
        ("wrong", "unknown-timezone:Mars/Base"),
        ("wrong", "name-too-long"),
    ]
    poet = (await kept(acme, prepared))[8]
    (poets,) = await acme.rows(groups)
    assert (poet["name"], poet["timezone"], poet["groups"]) == ("Ada Lovelace", "Europe/Berlin", [poets["id"]])
    assert not await invited(acme) & Counter({"new@acme.example": 1})


async def test_the_role_of_the_form_is_for_lines_that_name_none(database_url: str) -> None:
    acme = await organization(database_url)
    command = PrepareImport("people.csv", lines("a@x.example", ImportLine(0, "b@x.example", role="Guest"), role=""), "")
    prepared = await prepares(acme.founder, command)
    assert await verdicts(acme, prepared) == [("wrong", "no-role"), ("will-invite", "")]
    prepared = await prepares(acme.founder, replace(command, role="member"))
    assert [one["role"] for one in await kept(acme, prepared)] == ["member", "guest"]


async def test_whoever_left_may_come_back_and_nobody_of_another_organization_is_known(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    elsewhere = await beta.member()
    invitation = await acme.invitation("back@acme.example")
    result(await acme.founder.does(Revoke(invitation)), InvitationChanged)
    await imports_at_once(acme, acme.founder, "back@acme.example", elsewhere.email)
    there = {one["email"]: one for one in await acme.rows(members) if one["organization_id"] == acme.id}
    assert [there[email]["status"] for email in ("back@acme.example", elsewhere.email)] == ["invited", "invited"]
    assert there["back@acme.example"]["listed"]


async def test_a_long_file_comes_in_parts(database_url: str) -> None:
    acme = await organization(database_url)
    all_, who = crowd(250), acme.founder
    first = result(await who.does(PrepareImport("people.csv", all_[:100], more=True)), ImportRead)
    assert first.counts == ()
    assert why(await who.does(Import(first.id))) == "import-gone"
    grace = await acme.member("admin")
    assert why(await grace.does(PrepareImport("x", all_[100:], prepared=first.id))) == "import-gone"
    await who.does(PrepareImport("people.csv", all_[100:200], prepared=first.id, more=True))
    last = result(await who.does(PrepareImport("people.csv", all_[200:], prepared=first.id)), ImportRead)
    assert (last.id, dict(last.counts)["will-invite"]) == (first.id, 250)
    assert (await row(acme, first.id))["lines"] == 250
    assert why(await who.does(PrepareImport("people.csv", all_[:1], prepared=first.id))) == "import-gone"


async def test_more_than_ten_thousand_lines_and_none_are_refused(database_url: str) -> None:
    acme = await organization(database_url)
    assert why(await acme.founder.does(PrepareImport("people.csv", crowd(10_001)))) == "import-too-long"
    assert why(await acme.founder.does(PrepareImport("people.csv", ()))) == "import-empty"
    first = await prepares(acme.founder, PrepareImport("people.csv", crowd(9_999), more=True))
    assert why(await acme.founder.does(PrepareImport("p", crowd(2), prepared=first))) == "import-too-long"


@pytest.mark.real_deadline
async def test_each_part_of_ten_thousand_lines_is_kept_within_the_deadline(database_url: str) -> None:
    acme = await organization(database_url)
    everybody, prepared = crowd(10_000), ""
    for start in range(0, 10_000, TOGETHER):
        part = everybody[start : start + TOGETHER]
        more = start + TOGETHER < len(everybody)
        command = PrepareImport("people.csv", part, "member", prepared=prepared, more=more)
        prepared = await prepares(acme.founder, command)
    found = await preview(acme.founder, prepared)
    assert found
    assert found.people == 10_000


async def test_whoever_may_not_invite_prepares_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    linus = await acme.member()
    assert why(await linus.does(file("new@acme.example"))) == "may-not"
    assert why(await acme.operator(file("new@acme.example"))) == "not-connected"
    assert await acme.rows(imports) == []


@pytest.mark.invariant(44)
async def test_a_preview_turns_page_by_page(database_url: str) -> None:
    acme = await organization(database_url)
    wrong = [ImportLine(0, f"no {number}", wrong="not-an-address") for number in range(25)]
    prepared = await prepares(acme.founder, file("new@acme.example", *wrong))
    first = await preview(acme.founder, prepared)
    assert first
    assert first.next
    assert first.previous is None
    second = await preview(acme.founder, prepared, first.next)
    assert second
    assert second.next
    assert second.previous
    third = await preview(acme.founder, prepared, second.next)
    assert third
    assert [len(page.troubles) for page in (first, second, third)] == [10, 10, 5]
    assert third.next is None
    assert third.previous
    assert await preview(acme.founder, prepared, third.previous) == second
    assert await preview(acme.founder, prepared, second.previous) == first
    for nonsense in ("zzz", "a" * 50, "b0", "a-1", "b²"):
        assert await preview(acme.founder, prepared, nonsense) == first


# Putting aside, and whose it is ---------------------------------------------------------------------------------------


@pytest.mark.invariant(27)
async def test_an_import_is_its_preparers_alone(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    grace = await acme.member("admin")
    prepared = await prepares(acme.founder, file("new@acme.example"))
    for command in (Import(prepared), DropImport(prepared)):
        assert why(await grace.does(command)) == "import-others"
        assert why(await beta.founder.does(command)) == "import-gone"
        assert why(await acme.founder.does(replace(command, prepared="nothing"))) == "import-gone"
    assert await preview(grace, prepared) is None
    assert await preview(beta.founder, prepared) is None
    assert await state(acme, prepared) == "ready"


async def test_what_is_put_aside_is_gone_with_all_that_stood_in_it(database_url: str) -> None:
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, file("new@acme.example"))
    assert result(await acme.founder.does(DropImport(prepared)), Importing).what == "dropped"
    assert await kept(acme, prepared) == []
    assert why(await acme.founder.does(Import(prepared))) == "import-gone"
    assert why(await acme.founder.does(DropImport(prepared))) == "import-gone"


async def test_after_seven_days_it_is_gone(database_url: str) -> None:
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, file("new@acme.example"))
    acme.clock.pass_by(days=6, hours=23)
    await acme.fires_timers()
    assert await preview(acme.founder, prepared)
    acme.clock.pass_by(hours=1)
    await acme.founder.slack_says()
    assert await preview(acme.founder, prepared) is None
    assert why(await acme.founder.does(Import(prepared))) == "import-gone"
    await acme.fires_timers()
    assert (await state(acme, prepared), await kept(acme, prepared)) == ("dropped", [])


# Confirming and running -----------------------------------------------------------------------------------------------


@pytest.mark.invariant(40, 44)
async def test_everybody_is_invited_as_by_hand(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.operator(CreateGroup("Poets"))
    ada = ImportLine(0, "ada@x.example", "Ada Lovelace", "guest", ("Poets",), "Europe/London")
    await imports_at_once(acme, acme.founder, ada, "bob@x.example")
    there = {one["email"]: one for one in await acme.rows(members)}
    by_member = {one["member_id"]: one for one in await acme.rows(invitations)}
    sent = [by_member[there[email]["id"]] for email in ("ada@x.example", "bob@x.example")]
    assert [one["role"] for one in sent] == ["guest", "member"]
    assert [one["invited_by"] for one in sent] == [acme.founder.id, acme.founder.id]
    assert (there["ada@x.example"]["name"], there["ada@x.example"]["timezone"]) == ("Ada Lovelace", "Europe/London")
    assert [len(one["groups"]) for one in sent] == [1, 0]
    notices = await acme.notices()
    for kind in (InvitationMail, InvitationOffer):
        assert {one.invitation for one in notices if isinstance(one, kind)} >= {one["id"] for one in sent}
    entries = [one for one in await acme.audited("member.invited") if one["actor"] == f"member:{acme.founder.id}"]
    assert {one["target"] for one in entries} == {f"member:{one['member_id']}" for one in sent}
    assert [len(await acme.audited(f"import.{what}")) for what in ("prepared", "begun", "done")] == [1, 1, 1]
    assert await acme.chain_is_broken() is None
    joined = await acme.stranger(email="ada@x.example")
    await acme.joined(joined, sent[0]["id"])


@pytest.mark.invariant(38)
async def test_the_same_file_twice_invites_nobody_twice(database_url: str) -> None:
    acme = await organization(database_url)
    people = [f"p{number}@crowd.example" for number in range(20)]
    first, second = [await prepares(acme.founder, file(*people)) for _ in range(2)]
    result(await acme.founder.does(Import(first)), Importing)
    result(await acme.founder.does(Import(second)), Importing)
    for prepared in (second, first):
        await runs(acme, prepared)
    assert await invited(acme) == Counter(people)
    third = await prepares(acme.founder, file(*people))
    assert {verdict for verdict, _ in await verdicts(acme, third)} == {"already-invited"}
    assert why(await acme.founder.does(Import(third))) == "import-empty"


async def test_whoever_was_invited_or_joined_meanwhile_is_left_out(database_url: str) -> None:
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, file("new@x.example", "soon@x.example", "in@x.example"))
    await acme.invitation("soon@x.example")
    await acme.member(email="in@x.example")
    result(await acme.founder.does(Import(prepared)), Importing)
    await runs(acme, prepared)
    became = [(one["email"], one["result"], one["verdict"]) for one in await kept(acme, prepared)]
    assert became == [
        ("new@x.example", "invited", "will-invite"),
        ("soon@x.example", "left-out", "already-invited"),
        ("in@x.example", "left-out", "already-member"),
    ]


@pytest.mark.invariant(38)
async def test_a_step_that_runs_again_or_side_by_side_invites_nobody_twice(database_url: str) -> None:
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, PrepareImport("people.csv", crowd(25), "member"))
    result(await acme.founder.does(Import(prepared)), Importing)
    other = await acme.replica()
    step = ImportStep(acme.id, prepared)
    outcomes = await at_once(*(lambda org=org: org.system(step) for org in (acme, other) * 5))
    assert all(isinstance(one, Done) for one in outcomes), outcomes
    assert sum(1 for one in outcomes if one == Done(Noted())) == 1
    assert await invited(acme) == Counter(f"p{number}@crowd.example" for number in range(25))


async def test_two_lines_of_one_address_in_one_step_invite_once(database_url: str) -> None:
    """However they came through the reading."""
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, PrepareImport("p", lines("a@x.example", role="member"), more=True))
    more = (ImportLine(9, "A@x.example", role="guest"),)
    await acme.founder.does(PrepareImport("p", more, prepared=prepared))
    result(await acme.founder.does(Import(prepared)), Importing)
    await runs(acme, prepared)
    assert await invited(acme) == Counter({"a@x.example": 1})
    assert (await verdicts(acme, prepared))[1] == ("wrong", "twice:2")


async def test_a_file_of_many_is_done_a_hundred_at_a_time_and_told(database_url: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(250), "member"))
    await acme.founder.approves(await grace.asks(Import(prepared)))
    for dealt in (100, 200, 250):
        await acme.system(ImportStep(acme.id, prepared))
        assert ((await row(acme, prepared))["dealt"], len(await invited(acme))) == (dealt, dealt + 1)
    notices = await acme.notices()
    steps = [one for one in notices if isinstance(one, Timer) and isinstance(one.command, ImportStep)]
    news = [one for one in notices if isinstance(one, ImportNews)]
    assert len(steps) == 1 + 3  # the day when it would be forgotten, and one for each hundred
    assert [one.last for one in news] == [False, False, False, True]


# Approval -------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(29, 31)
async def test_a_privileged_size_waits_for_an_approval_and_then_runs(database_url: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(26), "member"))
    outcome = await grace.does(Import(prepared, reason="The new term"))
    request = waits(outcome)
    assert isinstance(outcome, Waiting)
    assert not outcome.code
    card = await acme.usher.queries.card(request)
    assert card
    assert (await state(acme, prepared), await invited(acme)) == ("ready", Counter({grace.email: 1}))
    done = result(await acme.founder.approves(request), Approved)
    assert isinstance(done.result, Importing)
    assert (done.result.people, (await row(acme, prepared))["request_id"]) == (26, request)
    await runs(acme, prepared)
    assert sum((await invited(acme)).values()) == 27
    entries = [one for one in await acme.audited("member.invited") if one["request"] == request]
    assert len(entries) == 26


async def test_twenty_five_need_no_approval(database_url: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(25), "member"))
    result(await grace.does(Import(prepared)), Importing)


@pytest.mark.invariant(24, 32)
async def test_a_role_that_manages_members_takes_a_code_and_another_person(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    grace = await acme.member("admin")
    prepared = await prepares(grace, file(ImportLine(0, "new@x.example", role="manager"), "plain@x.example"))
    outcome = await grace.does(Import(prepared))
    assert isinstance(outcome, Waiting)
    assert outcome.code
    assert why(await grace.approves(outcome.request)) == "own-request"
    assert isinstance(await acme.founder.approves(outcome.request), Done)
    await runs(acme, prepared)
    assert set(await invited(acme)) >= {"new@x.example", "plain@x.example"}


async def test_what_was_put_aside_while_it_waited_is_void(database_url: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(26), "member"))
    request = await grace.asks(Import(prepared))
    result(await grace.does(DropImport(prepared)), Importing)
    assert why(await acme.founder.approves(request)) == "request-void"
    assert await state(acme, prepared) == "dropped"


# Rights that end while it runs ----------------------------------------------------------------------------------------


async def begun(acme: Org, grace: Somebody, count: int = 250) -> str:
    """An approved import whose first hundred are invited."""
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(count), "member"))
    await acme.founder.approves(await grace.asks(Import(prepared)))
    await acme.system(ImportStep(acme.id, prepared))
    return prepared


async def stops(acme: Org, prepared: str) -> None:
    before = await invited(acme)
    await acme.system(ImportStep(acme.id, prepared))
    found = await row(acme, prepared)
    assert (found["state"], found["why"]) == ("stopped", "no-longer-allowed")
    assert await invited(acme) == before
    assert (await acme.notices())[-1] == ImportNews(prepared, last=True)
    assert await acme.system(ImportStep(acme.id, prepared)) == Done(Noted(changed=False))


@pytest.mark.invariant(20, 26, 31)
@pytest.mark.parametrize("how", ["deactivated", "lowered", "left Slack"])
async def test_it_stops_when_its_preparer_may_no_longer(database_url: str, how: str) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin")
    prepared = await begun(acme, grace)
    ends: dict[str, Command] = {"deactivated": Deactivate(grace.person), "lowered": ChangeRole(grace.person, "member")}
    if how in ends:
        result(await acme.operator(ends[how]), object)
    else:
        await grace.slack_says(deleted=True)
    await stops(acme, prepared)


@pytest.mark.invariant(20, 31)
async def test_it_stops_when_whoever_approved_it_may_no_longer(database_url: str) -> None:
    acme = await organization(database_url)
    grace, hana = await acme.member("admin"), await acme.member("super_admin")
    prepared = await prepares(grace, PrepareImport("people.csv", crowd(250), "member"))
    await hana.approves(await grace.asks(Import(prepared)))
    await acme.system(ImportStep(acme.id, prepared))
    result(await acme.operator(ChangeRole(hana.person, "member")), object)
    await stops(acme, prepared)


async def test_it_stops_when_the_rules_would_now_ask_for_an_approval(database_url: str) -> None:
    """Whoever becomes a manager may still invite members, who hold more than a manager does."""
    acme = await organization(database_url)
    grace = await acme.member("super_admin")
    prepared = await prepares(grace, file(*(f"p{number}@crowd.example" for number in range(20))))
    result(await grace.does(Import(prepared)), Importing)
    result(await acme.operator(ChangeRole(grace.person, "manager")), object)
    assert (await acme.usher.queries.desk(grace.account, acme.workspace)).may >= {"import"}
    await stops(acme, prepared)


@pytest.mark.invariant(33, 43)
@pytest.mark.parametrize("managing", [1, 25])
async def test_whoever_decides_reads_how_many_get_which_role_and_who_gets_much_by_it(
    database_url: str, managing: int
) -> None:
    acme = await organization(database_url)
    grace = await acme.member("admin", name="Grace")
    await acme.operator(CreateGroup("Board"))
    bosses = [ImportLine(0, f"boss{one:02}@evil.example", role="admin", groups=("Board",)) for one in range(managing)]
    plain = [ImportLine(0, f"plain{one}@x.example", role="member") for one in range(3)]
    prepared = await prepares(grace, PrepareImport("new *interns*.csv", lines(*plain, *bosses)))
    card = await acme.usher.queries.card(await grace.asks(Import(prepared)))
    assert card
    said = what(card).plain()
    assert said.startswith(
        f"import {managing + 3} people from a file: {managing} as Admin and 3 as Member, into the group Board; "
        "to manage members, or to do more than Grace may: boss00@evil.example"
    )
    assert said.endswith("file new *interns*.csv")
    assert "*interns*" not in what(card).slack()
    assert "plain0@x.example" not in said
    assert card.emails == tuple(one.email for one in bosses[:20])
    assert ("and 20 more" in said) is (managing == 25)


async def test_one_person_of_a_file_is_one_person(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    grace = await acme.member("admin")
    asked = await grace.asks(Import(await prepares(grace, file(ImportLine(0, "eve@x.example", role="admin")))))
    card = await acme.usher.queries.card(asked)
    assert card
    assert "import 1 person from a file: 1 as Admin" in what(card).plain()


# Nobody else ----------------------------------------------------------------------------------------------------------


async def test_a_step_is_the_systems_alone_and_a_stale_one_changes_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    beta = await organization(database_url, workspace="T0BETA", beside=acme)
    prepared = await prepares(acme.founder, file("new@x.example"))
    assert why(await acme.founder.does(ImportStep(acme.id, prepared))) == "may-not"
    stale: Sequence[Outcome] = [
        await acme.usher.gate.perform(ImportStep(org.id, which), by=SYSTEM)
        for org, which in ((acme, prepared), (acme, "nothing"), (beta, prepared))
    ]
    assert stale == [Done(Noted(changed=False))] * 3
    assert await acme.rows(invitations) == []


async def test_inviting_by_hand_while_it_runs_is_no_trouble(database_url: str) -> None:
    acme = await organization(database_url)
    prepared = await prepares(acme.founder, PrepareImport("people.csv", crowd(25), "member"))
    result(await acme.founder.does(Import(prepared)), Importing)
    step, hand = ImportStep(acme.id, prepared), Invite(("p7@crowd.example", "by.hand@x.example"), "guest")
    await at_once(lambda: acme.system(step), lambda: acme.founder.does(hand))
    await runs(acme, prepared)
    assert set((await invited(acme)).values()) == {1}


VERDICTS: tuple[Verdict, ...] = ("will-invite", "already-member", "already-invited", "deactivated", "wrong")


async def test_what_is_counted_is_what_is_kept(database_url: str) -> None:
    acme = await organization(database_url)
    found = result(await acme.founder.does(file("a@x.example", acme.founder.email, "a@x.example")), ImportRead)
    assert found.counts == tuple(zip(VERDICTS, (1, 1, 0, 0, 1), strict=True))
