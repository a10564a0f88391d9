"""Importing people through the doors of Slack: a file is chosen, seen through, confirmed, and told of as it runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.delivery.slack import slack_client
from bot.playground import Attachment, Person
from bot.playground.model import View
from bot.slack.calls import Calls
from bot.wording.importing import news
from handlers.catalogue import load
from handlers.commands import Actor, Deactivate, Done, SetUp
from handlers.commands import Person as Someone
from handlers.import_models import ImportLetter
from handlers.queries import Busy
from tests.conftest import Settled
from tests.doors import Team, read, team
from tests.running import running_usher

PEOPLE = b"""E-mail;Name;Role;Shoe size
bob@new.example;Bob Hopper;;40
linus@example.com;Linus;member;
nobody;;;
cleo@new.example;Cleo;boss;
bob@new.example;Bob again;;
dora@new.example;"Dora; the first";guest;
"""


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        yield found


def csv_file(count: int, *, role: str = "member") -> Attachment:
    lines = "\n".join(f"p{number}@crowd.example,Person {number},{role}" for number in range(count))
    return Attachment("crowd.csv", f"email,name,role\n{lines}\n".encode())


def labels(view: View) -> list[str]:
    return [control.label for control in view.controls]


async def chooses(acme: Team, who: Person, file: Attachment, *, role: str | None = "organization:member") -> str:
    """What the form shows once the file is read."""
    await who.type("/usher import")
    sent = await (who.submit(file=file, role=role) if role else who.submit(file=file))
    assert read(sent, who).startswith("Waiting")
    await acme.bot.settle()
    assert who.modal
    return who.modal.words


async def results(who: Person) -> list[dict[str, str]]:
    file = who.files()[-1]
    assert file.name == "results.csv"
    return list(csv.DictReader(io.StringIO(file.path.read_bytes().decode("utf-8-sig"), newline="")))


async def invited(acme: Team) -> list[str]:
    page = await acme.bot.usher.queries.invitations(await acme.desk("ada"))
    return sorted(row.member.email for row in page.rows if row.state == "pending")


# A file with mistakes -------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-111", "004-113")
@pytest.mark.invariant(44)
async def test_a_file_with_mistakes_is_seen_through_and_the_rest_is_invited(acme: Team) -> None:
    ada = acme.ada
    shown = await chooses(acme, ada, Attachment("people.csv", PEOPLE))
    assert "people.csv has 6 lines: 2 will be invited, 1 already a member and 3 wrong." in shown
    assert "Nobody is invited yet." in shown
    assert "no such column: Shoe size" in shown
    for mistake in (
        "Line 3: linus@example.com: already a member",
        "Line 4: nobody: not an e-mail address",
        "Line 5: cleo@new.example: no role is called “boss”",
        "Line 6: bob@new.example: the same address stands in line 2 already",
    ):
        assert mistake in shown
    assert await invited(acme) == []
    assert ada.modal
    assert ada.modal.submit == "Invite 2 people"
    assert "Done. Inviting 2 people from people.csv." in read(await ada.submit(), ada)
    await acme.bot.settle()
    assert await invited(acme) == ["bob@new.example", "dora@new.example"]
    mails = acme.bot.mailbox.messages
    assert {mail.to for mail in mails} >= {"bob@new.example", "dora@new.example"}
    told = [message.text for message in ada.dm()]
    assert told[-2].startswith("Done. 2 people from people.csv are invited. 4 of its lines came to nothing")
    rows = await results(ada)
    assert [(row["line"], row["result"], row["reason"]) for row in rows] == [
        ("2", "invited", ""),
        ("3", "left out", "already a member"),
        ("4", "left out", "not an e-mail address"),
        ("5", "left out", "no role is called “boss”"),
        ("6", "left out", "the same address stands in line 2 already"),
        ("7", "invited", ""),
    ]
    assert (rows[5]["name"], rows[5]["role"]) == ("Dora; the first", "Guest")


@pytest.mark.invariant(38)
async def test_the_same_file_twice_invites_nobody_twice(acme: Team) -> None:
    await chooses(acme, acme.ada, Attachment("people.csv", PEOPLE))
    await acme.ada.submit()
    await acme.bot.settle()
    mails = len(acme.bot.mailbox.messages)
    shown = await chooses(acme, acme.ada, Attachment("people.csv", PEOPLE))
    assert "2 already invited" in shown
    assert "There is nobody in it to invite." in shown
    assert acme.ada.modal
    assert not acme.ada.modal.submit
    await acme.bot.settle()
    assert len(acme.bot.mailbox.messages) == mails


async def test_many_mistakes_are_turned_page_by_page(acme: Team) -> None:
    lines = "\n".join(["ok@new.example", *(f"no {number:02}" for number in range(25))])
    first = await chooses(acme, acme.ada, Attachment("people.csv", f"email\n{lines}\n".encode()))
    assert "no 09:" in first
    assert "no 10:" not in first
    await acme.ada.press("Next", on=acme.ada.modal)
    await acme.bot.settle()
    assert acme.ada.modal
    assert "no 10:" in acme.ada.modal.words
    assert acme.ada.modal.submit == "Invite 1 person"
    await acme.ada.press("Previous", on=acme.ada.modal)
    await acme.bot.settle()
    assert "no 09:" in acme.ada.modal.words


async def test_the_role_is_asked_for_lines_that_name_none(acme: Team) -> None:
    shown = await chooses(acme, acme.ada, Attachment("one.txt", b"eve@new.example\n"), role=None)
    assert "no role, and none was chosen" in shown


# Not such a file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 .... xl/workbook.xml", "it is an Excel workbook and no CSV file"),
        (b"\x89PNG\r\n\x1a\n", "it is a PNG picture and no CSV file"),
        (b"", "there is nobody in it"),
        (b"Phone\n1\n", "it has no column of e-mail addresses; its columns are: Phone"),
        (b"a@x.example,A\nb@x.example,B\n", "its first line does not say what the columns are"),
    ],
)
async def test_what_is_no_list_of_people_is_refused_with_the_next_step(acme: Team, content: bytes, words: str) -> None:
    shown = await chooses(acme, acme.ada, Attachment("list.csv", content))
    assert "Refused. list.csv was not read" in shown
    assert words in shown
    assert "Nobody was invited." in shown


async def test_a_file_that_is_too_big_is_refused_under_its_field(acme: Team) -> None:
    await acme.ada.type("/usher import")
    sent = await acme.ada.submit(file=Attachment("big.csv", b"x" * (5 * 1024**2 + 1)))
    assert "larger than 5 MB" in read(sent, acme.ada)


async def test_a_file_that_slack_does_not_give_is_told(acme: Team) -> None:
    acme.bot.playground.world.faults.plan("download", status=500)
    shown = await chooses(acme, acme.ada, csv_file(1))
    assert "could not be had from Slack" in shown
    assert "if it goes on, tell whoever runs Usher: usher check says" in " ".join(shown.split())


@pytest.mark.invariant(46)
@pytest.mark.parametrize(
    ("failure", "words"),
    [(Busy(), "Refused. Usher is busy"), (ValueError("bob@new.example"), "Unclear. Something went wrong in Usher")],
)
async def test_a_fault_while_it_is_read_is_told_in_place_of_waiting(
    acme: Team, monkeypatch: pytest.MonkeyPatch, failure: Exception, words: str
) -> None:
    async def failing(*_: object) -> None:
        raise failure

    monkeypatch.setattr(acme.bot.usher.queries, "import_preview", failing)
    with capture_logs() as logs:
        assert words in await chooses(acme, acme.ada, csv_file(1))
    assert type(failure).__name__ in [log.get("failure") for log in logs]
    assert "bob@new.example" not in str(logs)


async def test_a_file_that_is_read_before_slack_shows_waiting_is_shown_after_it(acme: Team) -> None:
    acme.bot.playground.world.faults.plan("views.update", error="not_found", times=3)
    assert "1 will be invited" in await chooses(acme, acme.ada, csv_file(1))
    assert not acme.ada.dm()


# The form was closed --------------------------------------------------------------------------------------------------


async def closes_while_it_is_read(acme: Team, file: Attachment) -> None:
    await acme.ada.type("/usher import")
    await acme.ada.submit(file=file, role="organization:member")
    await acme.ada.close()
    await acme.bot.settle()


async def test_whoever_closed_the_form_gets_the_preview_by_direct_message(acme: Team) -> None:
    await closes_while_it_is_read(acme, Attachment("people.csv", PEOPLE))
    message = acme.ada.dm()[-1]
    assert "2 will be invited" in message.text
    await acme.ada.press("Invite 2 people", on=message)
    await acme.bot.settle()
    assert await invited(acme) == ["bob@new.example", "dora@new.example"]
    assert any(one.text.startswith("Done. Inviting 2 people") for one in acme.ada.dm())
    assert not any("Put aside" in {c.label for c in one.controls} for one in acme.ada.dm())


async def test_it_can_be_put_aside(acme: Team) -> None:
    await closes_while_it_is_read(acme, Attachment("people.csv", PEOPLE))
    await acme.ada.press("Put aside", on=acme.ada.dm()[-1])
    await acme.bot.settle()
    assert acme.ada.dm()[-1].text.startswith("Done. people.csv is put aside")
    assert await invited(acme) == []


# Approval -------------------------------------------------------------------------------------------------------------


async def test_a_privileged_size_goes_to_approval_and_runs_then(acme: Team) -> None:
    await chooses(acme, acme.grace, csv_file(26))
    words = read(await acme.grace.submit(reason="The new term"), acme.grace)
    assert "Waiting" in words
    await acme.bot.settle()
    card = acme.ada.dm()[-1]
    assert "crowd.csv" in card.text
    assert "26" in card.text
    assert "The new term" in card.text
    await acme.ada.press("Approve", on=card)
    await acme.bot.settle()
    told = [message.text for message in acme.grace.dm()]
    assert any(text.startswith("Done. 26 people from crowd.csv are invited.") for text in told)
    assert len(await results(acme.grace)) == 26


async def test_whoever_decides_sees_all_whom_an_import_would_invite_and_nobody_else_does(acme: Team) -> None:
    await chooses(acme, acme.grace, csv_file(26))
    await acme.grace.submit()
    await acme.bot.settle()
    card = acme.ada.dm()[-1]
    await acme.ada.press("See the people", on=card)
    shown = await acme.ada.wait_for_modal("crowd.csv would invite 26 people.")
    assert shown.words.count(" as Member") == 10
    assert "Previous" not in labels(shown)
    pages = [shown]
    for first in (12, 22):
        await acme.ada.press("Next", on=pages[-1])
        pages.append(await acme.ada.wait_for_modal(f"Line {first}:"))
    assert "Next" not in labels(pages[-1])
    assert len({email for page in pages for email in re.findall(r"[\w.]+@[\w.]+", page.words)}) == 26
    await acme.ada.press("Previous", on=pages[-1])
    await acme.ada.wait_for_modal("Line 12:")
    await acme.ada.close()
    request = (await acme.bot.usher.queries.waiting(await acme.desk("ada")))[0].id
    for name in ("grace", "linus"):
        assert await acme.bot.usher.queries.import_people(await acme.desk(name), request) is None
    await acme.ada.press("Approve", on=card)
    await acme.bot.settle()
    assert await acme.bot.usher.queries.import_people(await acme.desk("ada"), request) is None


async def test_roles_that_manage_members_take_a_code(acme: Team) -> None:
    await chooses(acme, acme.grace, csv_file(2, role="manager"))
    assert "Waiting" in read(await acme.grace.submit(), acme.grace)
    await acme.bot.settle()
    await acme.ada.press("Approve", on=acme.ada.dm()[-1])
    assert acme.ada.modal
    assert "crowd.csv" in acme.ada.modal.words
    await acme.ada.submit(code=acme.code("ada"))
    await acme.bot.settle()
    assert len(await invited(acme)) == 2


# Who may --------------------------------------------------------------------------------------------------------------


async def test_whoever_may_not_invite_is_offered_no_form(acme: Team) -> None:
    answer = await acme.linus.type("/usher import")
    assert answer.words
    assert answer.words.startswith("Refused")
    assert acme.linus.modal is None
    assert "import" not in (await acme.linus.type("/usher help")).words


async def test_whoever_may_no_longer_is_refused_at_the_press(acme: Team) -> None:
    await chooses(acme, acme.grace, Attachment("people.csv", PEOPLE))
    person = Someone(email=acme.grace.user.email)
    ended = await acme.bot.usher.gate.perform(
        Deactivate(person), by=Actor(via="operator", organization=await here(acme))
    )
    assert isinstance(ended, Done), ended
    assert "Refused" in read(await acme.grace.submit(), acme.grace)
    await acme.bot.settle()
    assert await invited(acme) == []


async def here(acme: Team) -> str:
    desk = await acme.desk("ada")
    assert desk.organization
    return desk.organization.id


@pytest.mark.seed("004-112")
async def test_where_the_catalogue_leaves_it_to_support_nobody_imports(sqlite_url: str) -> None:
    async with running_usher(database_url=sqlite_url, catalogue="resplendent") as bot:
        found = Team(bot, None)  # pyright: ignore[reportArgumentType] # nobody else is cast
        await found.ada.type("/usher help")
        made = await bot.usher.gate.perform(SetUp("Acme", "resplendent", ""), by=found.by("ada"))
        assert isinstance(made, Done), made
        answer = await found.ada.type("/usher import")
        assert answer.words
        assert answer.words.startswith("Refused")
        assert found.ada.modal is None
        assert "/usher import" not in (await found.ada.type("/usher help")).words


# Where files are fetched from -----------------------------------------------------------------------------------------


@pytest.mark.invariant(3)
async def test_the_token_goes_to_slacks_own_hosts_alone() -> None:
    """Not to another host, another port, or where one of Slack's leads on to."""
    seen: list[str] = []

    async def asked(request: web.Request) -> web.Response:
        seen.append(request.path)
        if request.path == "/moved":
            raise web.HTTPFound(f"http://127.0.0.1:{other}/elsewhere")
        if request.path == "/sign-in":
            return web.Response(text="<!DOCTYPE html>", content_type="text/html")
        return web.Response(body=b"x" * 100)

    app = web.Application()
    app.router.add_get("/{tail:.*}", asked)
    runner = web.AppRunner(app)
    await runner.setup()
    sites = [web.TCPSite(runner, "127.0.0.1", 0) for _ in range(2)]
    for site in sites:
        await site.start()
    ours, other = (address[1] for address in runner.addresses)
    async with slack_client(token="xoxb-secret", base_url=f"http://127.0.0.1:{ours}/api/") as client:
        calls = Calls(client)
        assert await calls.download(f"http://127.0.0.1:{ours}/file", most=1000) == b"x" * 100
        assert await calls.download(f"http://127.0.0.1:{ours}/file", most=10) == b"x" * 11
        assert await calls.download(f"http://127.0.0.1:{ours}/sign-in", most=1000) is None, "a page is no file"
        for url in (
            f"http://127.0.0.1:{ours}/moved",
            f"http://127.0.0.1:{other}/file",
            f"https://127.0.0.1:{ours}/file",
            f"http://ada:pw@127.0.0.1:{ours}/file",
            f"http://127.0.0.1:{ours}@127.0.0.1:{other}/file",
            "https://files.slack.com.evil.example/file",
            "http://files.slack.com/file",
            "https://files.slack.com:444/file",
            "file:///etc/passwd",
            "http://[::1",
            "",
        ):
            assert await calls.download(url, most=1000) is None, url
    await runner.cleanup()
    assert seen == ["/file", "/file", "/sign-in", "/moved"]


# In words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "count", "told"),
    [
        ("stopped", 0, "By then nobody from people.csv had been invited."),
        ("stopped", 2, "By then 2 people from people.csv had been invited."),
        ("done", 0, "Done. Nobody from people.csv is invited."),
        ("done", 1, "Done. 1 person from people.csv is invited."),
    ],
)
def test_how_many_were_invited_is_told_in_the_right_time(state: str, count: int, told: str) -> None:
    letter = ImportLetter(
        "i1", None, load("default"), "people.csv", state, "", 9, 9, 9, count, mailed=True, place=None, told=None
    )
    assert told in news(letter)[0].text()


async def test_where_slack_takes_no_file_the_import_is_done_all_the_same(acme: Team) -> None:
    await chooses(acme, acme.ada, csv_file(1))
    acme.bot.playground.world.faults.plan("files.getUploadURLExternal", error="file_uploads_disabled")
    await acme.ada.submit()
    await acme.bot.settle()
    told = [message.text for message in acme.ada.dm()]
    assert told[-2].startswith("Done. 1 person")
    assert told[-1].startswith("results.csv was made, but Slack did not take it")
    assert "Ask an admin of this Slack workspace" in told[-1]
    assert "`/usher invitations`" in told[-1]
