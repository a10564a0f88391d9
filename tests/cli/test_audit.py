"""`usher audit verify` finds whatever was done to the records behind Usher's back."""

import asyncio
import shutil
import sqlite3
from contextlib import closing as closed
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from handlers.commands import Actor, CloseOrganization, Invite, OrganizationChanged, PurgeOrganization
from storage.tables import audit
from tests.cli.conftest import Command
from tests.cli.database import in_a_process, in_a_thread, settings
from tests.cli.process import Ended
from tests.people import Clock, Org, close_all, closing, opened, organization, result

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def invite(acme: Org, first: int, last: int) -> None:
    for number in range(first, last):
        await acme.operator(Invite((f"x{number}@example.com",), "guest"))


@pytest.mark.invariant(41)
async def test_an_untouched_log_verifies_while_usher_writes_it(database_url: str, tmp_path: Path) -> None:
    acme = await organization(database_url)
    verifying = asyncio.create_task(in_a_process(tmp_path, database_url, "audit", "verify"))
    written = 0
    while not verifying.done():
        await invite(acme, written, written + 5)
        written += 5
    ended = await verifying

    assert (ended.status, ended.err) == (0, "")
    ourselves, theirs = ended.out.splitlines()
    assert ourselves.startswith("Usher itself: ")
    assert theirs.startswith("acme: ")
    assert theirs.endswith(f", id {acme.id}")
    assert 1 <= int(theirs.split()[1]) <= len(await acme.audited())


@dataclass(frozen=True, slots=True)
class Log:
    """The records of an organization, which Usher has closed."""

    url: str
    command: Command

    def verify(self, *more: str) -> Ended:
        return self.command("audit", "verify", *more, **settings(self.url))

    def done_behind_ushers_back(self, *statements: str) -> None:
        with closed(sqlite3.connect(self.url.partition("///")[2])) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    def grows(self) -> None:
        async def write() -> None:
            usher = await opened(self.url, Clock())
            [acme] = await usher.queries.tenants()
            by = Actor(via="operator", organization=acme.id)
            await usher.gate.perform(Invite(("more@example.com",), "guest"), by=by)
            await close_all()

        asyncio.run(write())


@pytest.fixture
def log(sqlite_url: str, command: Command) -> Log:
    async def write() -> None:
        await invite(await organization(sqlite_url), 0, 5)
        await close_all()

    asyncio.run(write())
    return Log(sqlite_url, command)


# OURS are the records of the organization, for the instance has a chain too.
INSERTED = """
INSERT INTO audit
SELECT chain, 8, 'new', at, actor, action, target, scope, request, refused, commitment, hash, 'x', salt, details
FROM audit WHERE OURS AND seq = 7
"""
TAMPERING = {
    "edited": ("UPDATE audit SET actor = 'member:x' WHERE OURS AND seq = 3", "record 3: was changed"),
    "reason edited": ("UPDATE audit SET details = '{}' WHERE OURS AND seq = 3", "record 3: its details were changed"),
    "salt taken": ("UPDATE audit SET salt = NULL WHERE OURS AND seq = 3", "record 3: its details were changed"),
    "time spoilt": ("UPDATE audit SET at = 'never' WHERE OURS AND seq = 3", "a record after 0 cannot be read"),
    "removed": ("DELETE FROM audit WHERE OURS AND seq = 3", "record 4: record 3 is missing"),
    "first removed": ("DELETE FROM audit WHERE OURS AND seq < 3", "record 3: record 1 is missing"),
    "last removed": ("DELETE FROM audit WHERE OURS AND seq > 3", "the records end at 3, the head says 7"),
    "all removed": ("DELETE FROM audit WHERE OURS", "the records end at 0, the head says 7"),
    "moved": ("UPDATE audit SET seq = 100 WHERE OURS AND seq = 3", "record 4: record 3 is missing"),
    "swapped": (
        "UPDATE audit SET action = (SELECT action FROM audit WHERE OURS AND seq = 1) WHERE OURS AND seq = 3",
        "record 3: was changed",
    ),
    "inserted": (INSERTED, "record 8: was changed"),
}


@pytest.mark.invariant(41)
@pytest.mark.parametrize(("statement", "found"), TAMPERING.values(), ids=TAMPERING.keys())
def test_whatever_is_done_to_the_records_is_found_and_told_where(log: Log, statement: str, found: str) -> None:
    log.done_behind_ushers_back(statement.replace("OURS", "chain <> 'instance'"))
    ended = log.verify()

    assert (ended.status, len(ended.lines)) == (1, 1)
    assert ended.lines[0].startswith("acme: ")
    assert found in ended.lines[0]
    assert ended.lines[0].endswith("Keep this database as it is, and compare it with a backup.")
    assert ended.out.startswith("Usher itself: ")


@pytest.mark.invariant(41)
def test_a_log_that_was_rolled_back_is_found_against_what_was_printed_before(log: Log, tmp_path: Path) -> None:
    """Records and head can be cut off together; only something kept elsewhere tells."""
    kept, file = tmp_path / "heads.txt", Path(log.url.partition("///")[2])
    shutil.copy(file, tmp_path / "older.db")
    log.grows()
    kept.write_text(log.verify().out)
    log.grows()
    grown = log.verify("--against", str(kept))
    shutil.copy(tmp_path / "older.db", file)
    rolled_back = [log.verify(), log.verify("--against", str(kept))]
    log.grows()
    forked = log.verify("--against", str(kept))

    assert (grown.status, grown.err) == (0, "")
    assert [one.status for one in rolled_back] == [0, 1]
    assert "acme: the records end at 7, and once there were 8" in rolled_back[1].err
    assert (forked.status, len(forked.lines)) == (1, 1)
    assert "acme: record 8: is not the one that was there before" in forked.err


def test_one_organization_is_verified_alone(log: Log) -> None:
    log.done_behind_ushers_back("UPDATE instance SET seq = seq + 1")
    whole, one, unknown = log.verify(), log.verify("--organization", "acme"), log.verify("--organization", "nowhere")

    assert (whole.status, one.status, unknown.status) == (1, 0, 1)
    assert whole.err.startswith("Usher itself: the records end at")
    assert one.out.startswith("acme: 7 records, head ")
    assert unknown.lines == ["There is no organization nowhere. Known: acme."]


async def test_an_organization_that_was_erased_in_its_time_is_missed_by_nobody(
    sqlite_url: str, command: Command, tmp_path: Path
) -> None:
    acme = await organization(sqlite_url)
    other = await organization(sqlite_url, workspace="T0OTHER", beside=acme)
    usher, kept = in_a_thread(command, sqlite_url), tmp_path / "heads.txt"
    kept.write_text((await usher("audit", "verify")).out)
    slug = next(one.slug for one in await acme.usher.queries.tenants() if one.id == other.id)
    result(await other.operator(CloseOrganization(slug)), OrganizationChanged)
    closed = await usher("audit", "verify", "--against", str(kept))
    acme.clock.pass_by(days=31)
    await acme.system(PurgeOrganization(other.id))
    erased = await usher("audit", "verify", "--against", str(kept))
    async with acme.usher.store.writer.connect() as connection:
        await connection.execute(delete(audit).where(audit.c.chain == acme.id))
        await connection.commit()
    gone = await usher("audit", "verify", "--against", str(kept))

    assert [len(one.out.splitlines()) for one in (closed, erased)] == [3, 2]
    assert [one.status for one in (closed, erased, gone)] == [0, 0, 1]
    assert "acme: the records end at 0" in gone.err
