"""Invariant 43, as far as text is taken in and kept; how it is shown is tried where it is shown."""

import pytest

from handlers.commands import AcceptInSlack, ChangeRole, Invite, Invited, Person, RequestAccess, SetUp
from storage.tables import invitations, members, requests, slack_accounts
from tests.people import organization, result, told, why

CONTROL = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 127, *range(0x80, 0xA0)]))
BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
HOSTILE = [
    "<!channel> <@U1> <https://evil.example|click>",
    "*bold* _it_ ~no~ `code` ```block```",
    "<script>alert(1)</script>&amp;",
    '=HYPERLINK("https://evil.example")',
    "Bcc: victim@example.com",
    "'; DROP TABLE members; --",
    "{{ 7 * 7 }} {name} %s",
    "a" * 80,
    "\u05d0\u05d1 \U0001f600 \u0639",
]


@pytest.mark.invariant(43)
async def test_what_people_type_is_kept_as_text_without_what_does_not_show(database_url: str) -> None:
    acme = await organization(database_url)
    for number, text in enumerate(HOSTILE):
        email = f"x{number}@example.com"
        typed = f"{CONTROL}{text[:40]}{BIDI}\r\n{text[40:]}"
        result(await acme.founder.does(Invite((email,), "guest", name=typed)), Invited)
        [row] = [row for row in await acme.rows(members) if row["email"] == email]
        assert row["name"] == " ".join(f"{text[:40]} {text[40:]}".split())


@pytest.mark.invariant(43)
async def test_a_name_that_shows_nothing_or_never_ends_is_refused(database_url: str) -> None:
    acme = await organization(database_url)
    for name in (BIDI, CONTROL + "\n", "x" * 101):
        assert why(await acme.founder.does(Invite(("x@example.com",), "guest", name=name))) == "name-wrong"
        fresh = await acme.stranger(workspace_admin=True)
        assert why(await fresh.does(SetUp(name, "default", ""))) in ("name-wrong", "organization-exists")


@pytest.mark.invariant(43)
async def test_a_name_from_slack_is_cleaned_before_it_is_kept(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.stranger()
    await ada.slack_says(name=f"{BIDI}Ada\r\nBcc: x{CONTROL} {'y' * 500}")
    invitation = await acme.invitation(ada.email)
    assert told([await ada.does(AcceptInSlack(invitation))]) == ["accepted"]
    kept = [row["name"] for row in await acme.rows(members) if row["email"] == ada.email]
    kept += [row["name"] for row in await acme.rows(slack_accounts) if row["slack_user"] == ada.account.user]
    assert kept == [f"Ada Bcc: x {'y' * 89}"] * 2


@pytest.mark.invariant(43)
async def test_a_reason_keeps_its_lines_and_nothing_that_does_not_show(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    typed = f"  first{BIDI} line{CONTROL}\n\tsecond *line* <!here>  "
    request = await bob.asks(RequestAccess("manager", typed))
    assert (await acme.request(request))["reason"] == "first line\n\tsecond *line* <!here>"
    assert why(await bob.does(RequestAccess("manager", BIDI + " \n"))) == "reason-needed"
    assert why(await bob.does(RequestAccess("manager", "x" * 501))) == "reason-too-long"
    for text in HOSTILE:
        assert why(await bob.does(RequestAccess(text, "please"))) == "unknown-role"
        assert why(await bob.does(RequestAccess("guest", "please", space=text))) == "unknown-space"
        assert why(await acme.founder.does(ChangeRole(Person(name=text), "guest"))) == "unknown-person"
    assert len(await acme.rows(requests)) == 1


@pytest.mark.invariant(43)
@pytest.mark.seed("001-06")
async def test_only_addresses_are_invited_each_once(database_url: str) -> None:
    acme = await organization(database_url)
    wrong = (
        "plainly",
        "two words@example.com",
        "a@b@c.example",
        "x@example.com\nBcc: v@example.com",
        "<a@example.com>",
        "a@localhost",
        f"{'l' * 65}@example.com",
        '"quoted"@example.com',
        "x@ex\u202eample.com",
        "@example.com",
        "x@",
    )
    emails = (*wrong, "Ada@Example.com", " ada@example.COM ")
    outcome = result(await acme.founder.does(Invite(emails, "guest")), Invited)
    assert [one.email.lower() for one in outcome.people] == ["ada@example.com"]
    assert {one.why for one in outcome.left_out} == {"not-an-address"}
    assert len(await acme.rows(invitations)) == 1


@pytest.mark.invariant(43)
async def test_two_hundred_addresses_go_at_once_and_one_more_does_not(database_url: str) -> None:
    acme = await organization(database_url)
    emails = tuple(f"x{number}@example.com" for number in range(201))
    assert why(await acme.founder.does(Invite(emails, "guest"))) == "too-many-addresses"
    assert len(result(await acme.founder.does(Invite(emails[:200], "guest")), Invited).people) == 200
