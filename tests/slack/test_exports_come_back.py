"""What was exported is imported again: nobody is anybody else by it, and nothing of them is lost."""

from collections.abc import AsyncIterator

import pytest

from bot.importing.reading import read_file
from bot.playground import Attachment
from tests.conftest import Settled
from tests.doors import Team, read, team
from tests.slack.test_exports import FILTERS, exported, furnish, shown
from tests.slack.test_importing import chooses


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        yield found


@pytest.mark.invariant(44)
async def test_whatever_is_exported_is_read_again_as_it_was(acme: Team) -> None:
    await furnish(acme)
    for asked in FILTERS[:-1]:
        await exported(acme, acme.ada, asked)
        read = read_file(acme.ada.files()[-1].path.read_bytes())
        listed = await shown(acme, acme.ada, asked)
        assert [line.email for line in read.lines] == [one.email for one in listed]
        assert [line.name for line in read.lines] == [one.name for one in listed]
        assert [line.groups for line in read.lines] == [one.groups for one in listed]
        assert [line.timezone for line in read.lines] == [one.timezone for one in listed]
        assert [line.wrong for line in read.lines] == [""] * len(listed)


@pytest.mark.invariant(44)
@pytest.mark.parametrize("role", ["member", "guest"])
async def test_an_export_imported_into_an_empty_organization_is_exported_again_as_it_was(acme: Team, role: str) -> None:
    """With their roles and timezones; and with their groups, once they have accepted."""
    await furnish(acme)
    head, *rows = await exported(acme, acme.ada, f"role:{role}")
    file = acme.ada.files()[-1]
    for typed in ("org create Beta", 'group create "Design, and more"', 'group create 6" nails', "group create =SUM"):
        assert read(await acme.ada.type(f"/usher {typed}"), acme.ada).startswith("Done"), typed
    words = await chooses(acme, acme.ada, Attachment(file.name, file.path.read_bytes()))
    assert f"{len(rows)} will be invited" in words
    assert "Done. Inviting" in read(await acme.ada.submit(), acme.ada)
    await acme.bot.settle()
    if role == "member":
        for person in (acme.linus, acme.mei):
            offer = await person.wait_for(lambda one: "Accept" in {control.label for control in one.controls})
            assert "Welcome to Beta" in read(await person.press("Accept", on=offer), person)
    others, *theirs = await exported(acme, acme.ada, f"role:{role}")
    kept = [head.index(name) for name in ("email", "name", "role", "groups", "timezone")]
    assert others == head
    assert len(rows) > 1
    assert [[row[at] for at in kept] for row in theirs] == [[row[at] for at in kept] for row in rows]


@pytest.mark.invariant(44)
async def test_importing_an_export_invites_nobody(acme: Team) -> None:
    await furnish(acme)
    rows = await exported(acme, acme.ada)
    file = acme.ada.files()[-1]
    words = await chooses(acme, acme.ada, Attachment(file.name, file.path.read_bytes()))
    statuses = [row[3] for row in rows[1:]]
    assert "will be invited" not in words
    assert "wrong" not in words
    assert f"{statuses.count('active')} already a" in words
    assert f"{statuses.count('invited')} already invited" in words
    assert f"{statuses.count('deactivated')} deactivated" in words
