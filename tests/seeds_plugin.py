"""Which test proves which statement of the seed documents (`pytest --seeds`) and which invariant (`--invariants`)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
STATEMENTS = (DATA / "seed_statements.txt").read_text().split()
INVARIANTS = [str(number) for number in range(1, 47)]


@dataclass(frozen=True, slots=True)
class Register:
    """What one kind of mark may name, and what became of the tests that name it."""

    mark: str
    option: str
    title: str
    known: Sequence[str]
    results: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def read(self, item: pytest.Item) -> Iterator[str]:
        """Complains about every number that does not exist: a typing mistake would count as proof of nothing."""
        for mark in item.iter_markers(self.mark):
            for number in map(str, mark.args):
                if number in self.known:
                    self.results[number][item.nodeid] = "not run"
                else:
                    yield f"{item.nodeid}: there is no {self.mark} {number!r}"
            if not mark.args:
                yield f"{item.nodeid}: the mark {self.mark} names no number"

    def note(self, report: pytest.TestReport) -> None:
        for tests in self.results.values():
            if report.nodeid in tests:
                tests[report.nodeid] = _worse(tests[report.nodeid], report)

    def lines(self) -> Iterator[str]:
        for number in self.known:
            counted = Counter(self.results.get(number, {}).values())
            told = ", ".join(f"{many} {outcome}" for outcome, many in sorted(counted.items()))
            yield f"{number:>8}  {counted.total():>5}  {told or 'no test'}"
        proven = sum(
            set(self.results[number].values()) == {"passed"} for number in self.known if number in self.results
        )
        yield f"{proven} of {len(self.known)} have tests, all of them passed"


class Registers:
    def __init__(self) -> None:
        self.all = (
            Register("seed", "--seeds", "seed statements", STATEMENTS),
            Register("invariant", "--invariants", "invariants", INVARIANTS),
        )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wrong = [line for item in items for register in self.all for line in register.read(item)]
        if wrong:
            raise pytest.UsageError(*wrong)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for register in self.all:
            register.note(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        for register in self.all:
            if config.getoption(register.option):
                terminalreporter.section(register.title)
                for line in ["  number  tests  results", *register.lines()]:
                    terminalreporter.write_line(line)


def _worse(before: str, report: pytest.TestReport) -> str:
    """A test speaks three times (set-up, call, tear-down): one failure outweighs the rest, and a skip a mere set-up."""
    if report.failed or before == "failed":
        return "failed"
    if report.skipped or before == "skipped":
        return "skipped"
    return "passed" if report.when == "call" else before


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The tables need every test and its marks in one process."""
    if config.getoption("--seeds") or config.getoption("--invariants"):
        config.option.numprocesses = 0
        config.option.dist = "no"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", action="store_true", help="after the run, tell which tests prove which seed statement")
    parser.addoption("--invariants", action="store_true", help="after the run, tell which tests prove which invariant")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Registers(), "registers")
