"""Members as a file, through the doors of Slack: what the list shows, in its order, and nothing one may not see."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground import Person
from bot.slack.grammar import filtering
from bot.spreadsheets import names_of, value_of
from handlers.commands import Refusal
from handlers.member_models import MemberRow
from tests.conftest import Settled
from tests.doors import Team, read, team

HEADER = ["email", "name", "role", "status", "groups", "2fa", "last_active", "timezone"]
STEPS = ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
NEWCOMERS = "dana@example.com, eve@example.com, +cmd@example.com"


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


@pytest.fixture
async def on_both(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        yield found


async def furnish(acme: Team) -> None:
    """Groups with names that need quoting, a space, people in every status."""
    for typed in (
        'group create "Design, and more"',
        'group create 6" nails',
        "group create =SUM",
        'group add @grace, @linus to "Design, and more"',
        'group add @grace to 6" nails',
        "group add @mei to =SUM",
        "space create Apollo",
        "role @linus owner in Apollo",
        f"invite {NEWCOMERS} as guest",
        'invite cell@example.com as guest named "=1+1"',
        "invite zoe@example.com as viewer to Apollo",
        "deactivate @mei",
    ):
        said = await acme.ada.type(f"/usher {typed}")
        assert said.text.startswith("Done"), (typed, said.words)
    await acme.bot.settle()


def cells(path: Path) -> list[list[str]]:
    """As the file has them."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def sheet(path: Path) -> list[list[str]]:
    """As people read it: cells that were made text are themselves again."""
    return [[value_of(cell) for cell in row] for row in cells(path)]


async def exported(acme: Team, person: Person, asked: str = "") -> list[list[str]]:
    said = await person.type(f"/usher export {asked}".strip())
    assert said.text.startswith("Done. users.csv with "), said.words
    assert said.text.endswith("is on its way to your direct messages.")
    await acme.bot.settle()
    return sheet(person.files()[-1].path)


async def shown(acme: Team, person: Person, asked: str = "") -> list[MemberRow]:
    """Every page of the list."""
    desk, rows, after = await acme.desk(person.user.name), list[MemberRow](), None
    while True:
        page = await acme.bot.usher.queries.members(desk, filtering.read(asked, desk), after=after)
        assert not isinstance(page, Refusal), page
        rows += page.rows
        if page.turns.next is None:
            return rows
        after = page.turns.next


FILTERS = [
    "",
    "example.com",
    "status:invited",
    "status:deactivated",
    "role:guest",
    "role:admin status:active",
    "2fa:on",
    "2fa:off status:active",
    'group:"Design, and more"',
    "space:Apollo",
    "space:Apollo role:viewer",
    "gra",
    "nobody of that name",
]


@pytest.mark.seed("004-107", "004-109", "004-110")
@pytest.mark.invariant(44)
async def test_the_file_holds_exactly_the_rows_of_the_list_in_its_order(on_both: Team) -> None:
    acme = on_both
    await furnish(acme)
    for asked in FILTERS:
        header, *rows = await exported(acme, acme.ada, asked)
        listed = await shown(acme, acme.ada, asked)
        assert header == HEADER
        assert [row[0] for row in rows] == [one.email for one in listed], asked
        assert [row[1] for row in rows] == [one.name for one in listed]
        assert [row[3] for row in rows] == [one.status for one in listed]
        assert [names_of(row[4]) for row in rows] == [one.groups for one in listed]
        assert [row[5] for row in rows] == ["on" if one.factor else "off" for one in listed]


async def test_a_row_says_all_that_the_list_says(acme: Team) -> None:
    await furnish(acme)
    rows = {row[0]: row for row in await exported(acme, acme.ada)}
    grace = rows["grace@example.com"]
    assert grace[1:4] == ["Grace Hopper", "Admin", "active"]
    assert set(names_of(grace[4])) == {"Design, and more", '6" nails'}
    assert grace[5] == "on"
    assert rows["mei@example.com"][3] == "deactivated"
    assert rows["dana@example.com"][1:6] == ["", "Guest", "invited", "", "off"]
    assert rows["zoe@example.com"][2] == ""


async def test_when_somebody_was_last_active_stands_there_in_utc(acme: Team) -> None:
    await acme.linus.type("/access mine")
    seen = acme.bot.clock()
    await acme.bot.later(hours=1)
    rows = {row[0]: row for row in await exported(acme, acme.ada)}
    assert rows["linus@example.com"][6] in {"", f"{seen:%Y-%m-%dT%H:%M}:00Z", f"{seen:%Y-%m-%dT%H:%M:%S}Z"}
    assert seen.utcoffset() == timedelta()


@pytest.mark.seed("004-108")
async def test_the_file_is_called_users_csv_and_says_what_it_holds(acme: Team) -> None:
    await exported(acme, acme.ada, "status:active role:admin")
    (file,), message = acme.ada.files(), acme.ada.dm()[-1]
    assert (file.name, file.title, file.mimetype) == ("users.csv", "users.csv", "text/csv")
    assert message.text == "users.csv: 1 member with role Admin and status Active, of Acme."
    assert message.files == (file.id,)
    raw = file.path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfemail,name,role,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2


@pytest.mark.invariant(44)
async def test_no_cell_of_the_file_begins_a_formula(acme: Team) -> None:
    await furnish(acme)
    await exported(acme, acme.ada)
    raw = cells(acme.ada.files()[-1].path)
    assert {"'+cmd@example.com", "'=SUM", "'=1+1"} <= {cell for row in raw for cell in row}
    assert not [cell for row in raw for cell in row if cell[:1] in tuple("=+-@\t\r\n") and cell]


# Who may, and what of it ---------------------------------------------------------------------------------------------


@pytest.mark.invariant(44)
async def test_an_owner_of_a_space_gets_the_people_and_columns_that_are_theirs_to_see(acme: Team) -> None:
    await furnish(acme)
    await acme.ada.type("/usher space create Gemini")
    await acme.ada.type("/usher role @grace viewer in Gemini")
    header, *rows = await exported(acme, acme.linus)
    assert header == ["email", "name", "role", "status"]
    assert rows == [
        ["ada@example.com", "Ada Lovelace", "Owner", "active"],
        ["linus@example.com", "Linus Pauling", "Owner", "active"],
        ["zoe@example.com", "", "Viewer", "invited"],
    ]
    refused = await acme.linus.type("/usher export space:Gemini")
    assert refused.text == (await acme.linus.type("/usher export space:Nowhere")).text.replace("Nowhere", "Gemini")
    assert (await acme.linus.type("/usher export 2fa:on")).text.startswith("Refused.")
    assert (await acme.linus.type('/usher export group:"Design, and more"')).text.startswith("Refused.")
    assert len(acme.linus.files()) == 1
    await acme.ada.type("/usher role @linus owner in Gemini")
    assert await exported(acme, acme.linus) == [
        ["email", "name", "role", "status"],
        ["ada@example.com", "Ada Lovelace", "Owner in Apollo, Owner in Gemini", "active"],
        ["grace@example.com", "Grace Hopper", "Viewer in Gemini", "active"],
        ["linus@example.com", "Linus Pauling", "Owner in Apollo, Owner in Gemini", "active"],
        ["zoe@example.com", "", "Viewer in Apollo", "invited"],
    ]


async def test_who_may_list_nobody_gets_no_file(acme: Team) -> None:
    said = await acme.linus.type("/usher export")
    assert said.text.startswith("Refused."), said.words
    await acme.bot.settle()
    assert acme.linus.files() == []
    assert "export" not in (await acme.linus.type("/usher help")).words


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("role:amdin", "Unclear."),
        ("2fa:perhaps", "Unclear."),
        ("stauts:active", "Unclear."),
        ("group:Nobody", "Refused."),
        ("space:Nowhere", "Refused."),
    ],
)
async def test_what_is_mistyped_is_said_at_once(acme: Team, asked: str, first: str) -> None:
    said = await acme.ada.type(f"/usher export {asked}")
    assert said.text.startswith(first), said.words
    await acme.bot.settle()
    assert acme.ada.files() == []


# By button ------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-107", "004-110")
async def test_the_list_exports_what_it_shows_and_home_exports_everybody(acme: Team) -> None:
    await furnish(acme)
    for asked in ('group:"Design, and more"', "status:invited", "gra role:admin", ""):
        listed = (await acme.ada.type(f"/usher members {asked}")).message
        assert listed
        said = read(await acme.ada.press("Export", on=listed), acme.ada)
        assert said.startswith("Done. users.csv with"), said
        await acme.bot.settle()
        _, *rows = sheet(acme.ada.files()[-1].path)
        assert [row[0] for row in rows] == [one.email for one in await shown(acme, acme.ada, asked)]
    home = await acme.ada.open_home()
    assert home
    assert "Done. users.csv with" in read(await acme.ada.press("Export", on=home), acme.ada)
    await acme.bot.settle()
    assert len(sheet(acme.ada.files()[-1].path)) - 1 == len(await shown(acme, acme.ada))


async def test_who_may_not_list_is_offered_no_export(acme: Team) -> None:
    home = await acme.linus.open_home()
    assert home
    assert "Export" not in {control.label for control in home.controls}


# Meanwhile ------------------------------------------------------------------------------------------------------------


async def held_up(acme: Team, person: Person, asked: str = "") -> None:
    """Asked for, and not taken by Slack until `let_go`."""
    sent = len(person.files())
    acme.bot.playground.world.faults.plan("files.getUploadURLExternal", status=500, times=100)
    assert (await person.type(f"/usher export {asked}".strip())).text.startswith("Done.")
    await acme.bot.settle()
    assert len(person.files()) == sent


async def let_go(acme: Team) -> None:
    await acme.bot.settle()
    acme.bot.playground.world.faults.clear()
    await acme.bot.later(minutes=30)


async def test_whoever_lost_the_right_meanwhile_gets_nothing_and_is_told(acme: Team) -> None:
    await held_up(acme, acme.grace)
    form = await acme.ada.type("/usher role @grace member")
    await acme.ada.press("Approve", on=form.message)
    await acme.ada.submit(code=acme.code("ada"))
    assert await acme.role("grace") == "member"
    await let_go(acme)
    assert acme.grace.files() == []
    said = [message.text for message in acme.grace.dm() if "users.csv" in message.text]
    assert len(said) == 1
    assert said[0].startswith(
        "Refused. By now you may no longer export the members of Acme, so users.csv was not made."
    )


async def test_what_was_renamed_meanwhile_is_what_was_meant_and_what_is_gone_is_said(acme: Team) -> None:
    await furnish(acme)
    await held_up(acme, acme.ada, 'group:"Design, and more"')
    await acme.ada.type('/usher group rename "Design, and more" Art')
    await let_go(acme)
    assert [row[0] for row in sheet(acme.ada.files()[-1].path)][1:] == ["grace@example.com", "linus@example.com"]
    assert acme.ada.dm()[-1].text == "users.csv: 2 members with group Art, of Acme."

    await held_up(acme, acme.ada, "group:Art")
    await acme.ada.type("/usher group delete Art")
    await acme.ada.submit()
    await let_go(acme)
    assert len(acme.ada.files()) == 1
    assert "What you narrowed the list of Acme to is no longer there" in acme.ada.dm()[-1].text


# Slack in the way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "retry_after": 3}])
async def test_what_breaks_off_begins_anew_and_arrives_once(acme: Team, step: str, fault: dict[str, Any]) -> None:
    acme.bot.playground.world.faults.plan(step, **fault)
    await acme.ada.type("/usher export")
    await acme.bot.settle()
    assert acme.ada.files() == []
    await acme.bot.later(minutes=1)
    assert len(acme.ada.files()) == 1
    await acme.bot.later(hours=1)
    assert len([message for message in acme.ada.dm() if "users.csv" in message.text]) == 1


async def test_where_nobody_knows_whether_it_arrived_it_is_sent_again(acme: Team) -> None:
    acme.bot.playground.world.faults.plan("files.completeUploadExternal", drop_after=True)
    await acme.ada.type("/usher export")
    await acme.bot.settle()
    await acme.bot.later(minutes=1)
    assert len(acme.ada.files()) == 2


@pytest.mark.parametrize("error", ["file_uploads_disabled", "file_upload_size_restricted"])
async def test_where_slack_takes_no_file_its_asker_is_told(acme: Team, error: str) -> None:
    acme.bot.playground.world.faults.plan("files.getUploadURLExternal", error=error)
    await acme.ada.type("/usher export")
    await acme.bot.settle()
    assert acme.ada.files() == []
    assert acme.ada.dm()[-1].text.startswith("Refused. users.csv was made, but Slack did not take it: the ")


async def test_nothing_of_the_file_stays_on_the_disk(
    acme: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    acme.bot.playground.world.faults.plan("upload", status=500)
    for _ in range(2):
        await acme.ada.type("/usher export")
        await acme.bot.settle()
    await acme.bot.later(minutes=1)
    assert len(acme.ada.files()) == 2
    left = [path.name for path in (tmp_path / "temporary").iterdir()]
    assert [name for name in left if not name.startswith("usher-playground-")] == []
