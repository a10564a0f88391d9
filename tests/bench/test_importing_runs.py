"""Slack waits three seconds for an answer, also while a long file of people is read and done."""

import subprocess
import sys

import pytest

from tests.databases import need_postgres

SLACK_WAITS_MS = 3000


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.invariant(45)
def test_nobody_waits_too_long_while_many_are_imported() -> None:
    """Ten thousand are for the program itself; that many are imported in the same steps."""
    need_postgres()
    command = [sys.executable, "-m", "tests.bench.importing", "--people", "300"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines()[2:]]
    assert [row[0] for row in rows if "import" in row[0]] == ["SQLite, import of 300", "PostgreSQL, import of 300"]
    assert all(float(row[4]) < SLACK_WAITS_MS for row in rows if "import" in row[0]), run.stdout
