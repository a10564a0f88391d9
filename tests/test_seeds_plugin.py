import pytest

from tests.seeds_plugin import STATEMENTS

pytest_plugins = ["pytester"]

SAMPLE = """
import pytest

@pytest.mark.seed("001-36", "001-37")
@pytest.mark.invariant(23)
def test_good(): pass

@pytest.mark.seed("001-37")
def test_bad(): assert False

@pytest.mark.seed("001-38")
def test_left_out(): pytest.skip("later")
"""


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess("-p", "tests.seeds_plugin", "-p", "no:randomly", *options)


@pytest.fixture(autouse=True)
def here(pytester: pytest.Pytester, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    pytester.makeini("[pytest]\nmarkers =\n  seed(*numbers): x\n  invariant(*numbers): x\n")


def test_every_statement_of_the_five_documents_is_known() -> None:
    counted = [sum(one.startswith(f"00{seed}-") for one in STATEMENTS) for seed in range(5)]
    assert counted == [16, 73, 27, 47, 134]
    assert len(set(STATEMENTS)) == 297


def test_the_tables_tell_number_tests_and_results(pytester: pytest.Pytester) -> None:
    table = run(pytester, SAMPLE, "--seeds", "--invariants").stdout
    table.fnmatch_lines(["*seed statements*", "*001-36 *1  1 passed", "*001-37 *2  1 failed, 1 passed"])
    table.fnmatch_lines(["*001-38 *1  1 skipped", "*001-39 *0  no test", "1 of 297 have tests, all of them passed"])
    table.fnmatch_lines(["*invariants*", "*22 *0  no test", "*23 *1  1 passed", "1 of 46 *"])


def test_without_being_asked_no_table_is_printed(pytester: pytest.Pytester) -> None:
    assert "001-36" not in run(pytester, SAMPLE).stdout.str()


@pytest.mark.parametrize("mark", ['seed("001-99")', 'seed("1-36")', "invariant(47)", "invariant(0)", "seed()"])
def test_a_number_that_does_not_exist_stops_the_run(pytester: pytest.Pytester, mark: str) -> None:
    result = run(pytester, f"import pytest\n@pytest.mark.{mark}\ndef test_it(): pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it: *"])
