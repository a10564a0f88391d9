"""The benchmark is a program that somebody runs; here it is only seen to work. Nothing is timed."""

import subprocess
import sys

import pytest

from tests.bench.commands import AT_ONCE, COMMANDS
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
