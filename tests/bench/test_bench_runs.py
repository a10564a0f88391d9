"""The benchmark is a program that somebody runs; here it is only seen to work. Nothing is timed."""

import subprocess
import sys

import pytest

from tests.bench.commands import AT_ONCE, COMMANDS
from tests.bench.rivals import missing
from tests.databases import need_postgres

SERVERS = ("bolt", "bolt, ack last", "SQLite", "SQLite, no delivery", "PostgreSQL", "PostgreSQL, no delivery")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_benchmark_measures_every_server_in_every_way() -> None:
    need_postgres()
    command = [sys.executable, "-m", "tests.bench.commands", "--quick"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines() if "|" in line]
    measured = [tuple(row[:3]) for row in cells[2:]]
    assert measured == [(what, str(many), who) for what in COMMANDS for many in AT_ONCE for who in SERVERS]
    assert all(float(figure) > 0 for row in cells[2:] for figure in row[3:-1])
    assert "as many members, audit entries and timers" in run.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.invariant(20, 26)
def test_decisions_are_measured_in_every_way_and_none_is_stale() -> None:
    need_postgres()
    command = [sys.executable, "-m", "tests.bench.decisions", "--quick"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines() if "|" in line][2:]
    ours = {(way, name) for way in ("kept", "random", "HTTP") for name in ("Usher, SQLite", "Usher, PostgreSQL")}
    assert ours <= {(row[0], row[1]) for row in cells}
    assert run.stdout.count("0 stale of 5 changes") == len(("SQLite", "PostgreSQL"))
    assert ("Not measured" in run.stdout) is bool(missing())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_directory_is_measured_in_every_way_on_both_databases() -> None:
    need_postgres()
    command = [sys.executable, "-m", "tests.bench.directory", "--quick"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines() if "|" in line][2:]
    ways = {kind: [row[1] for row in cells if row[0] == kind] for kind in ("SQLite", "PostgreSQL")}
    assert ways["SQLite"] == ways["PostgreSQL"]
    assert {"first page", "tenth page", "search: beginning", "search: common", "search: rare", "card"} <= set(
        ways["SQLite"]
    )
    assert all(float(figure) > 0 for row in cells for figure in row[2:4])
    assert run.stdout.count("export of 118") == len(ways)
