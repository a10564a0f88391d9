"""Every write in storage demands the audit entry of its cause, read from the signatures themselves.

A write is a function that makes an INSERT, UPDATE or DELETE, or calls a private one of its module that does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STORAGE = Path(__file__).parent.parent / "storage"

# They carry entries, chain them, or keep the books of delivery, which are no change of anybody's state.
MACHINERY = {"chain", "outbox", "schema", "sqlite", "store", "tables", "transaction"}

# These may be told `entry=None`, because they count or note what is no change by itself.
MAY_BE_SILENT = {
    "accounts.note": "what Slack says of an account is refreshed hourly; only a change of it is an act",
    "activity.note": "when somebody was last active follows from what they did, which has its own entry",
    "credentials.count": "a guess is counted before anybody knows whether it is wrong",
    "credentials.count_guess": "a guess is counted before anybody knows whether it is wrong",
    "credentials.spend_step": "a spent code stays spent whether or not its act is done",
    "credentials.forgive": "a right code clears the counter of guesses",
    "credentials.note_drift": "what a wrong code tells of a phone's clock is known, and nothing else changes",
    "imports.forget": "the lines of a file that has been dealt with, each of which has its result and its entry",
    "imports.keep_results": "whoever was invited by a line has an entry of their own",
    "imports.told": "where a message stands in Slack is delivery's knowledge",
    "invitations.offered": "what was offered in Slack is delivery's knowledge",
    "mailings.note": "what became of a mail is delivery's knowledge",
    "requests.posted": "where a card stands in Slack is delivery's knowledge",
}

# These change nothing that anybody could see.
LOCKS = {
    "accounts.take_workspace": "takes the row that setting up has in place of an organization's",
    "words.merge": "what an index finds is the same before and after",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def faults(module: str, source: str) -> set[str]:
    tree = ast.parse(source)
    functions = {one.name: one for one in tree.body if isinstance(one, Function)}
    makers = set(_makers(tree))
    makers |= _built(tree, makers)
    writing = {name for name, one in functions.items() if _writes(one, makers)}
    while more := {n for n, one in functions.items() if n not in writing and _names(one) & _private(writing)}:
        writing |= more
    public = {name for name in writing - _private(writing) if f"{module}.{name}" not in LOCKS}
    return {name for name in public if not _demands_an_entry(f"{module}.{name}", functions[name])}


def _makers(tree: ast.Module) -> Iterator[str]:
    """The names under which this module knows SQLAlchemy's writing statements, and raw SQL, which may be one."""
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("sqlalchemy"):
            yield from (n.asname or n.name for n in one.names if n.name in {"insert", "update", "delete", "text"})


def _built(tree: ast.Module, makers: set[str]) -> set[str]:
    """The names of statements that are built once, beside the functions that run them."""
    assigned = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign) and _writes(one, makers)]
    names = [name for one in assigned for name in ast.walk(one) if isinstance(name, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _writes(code: ast.stmt, makers: set[str]) -> bool:
    attributes = {one.attr for one in ast.walk(code) if isinstance(one, ast.Attribute)}
    return bool(_names(code) & makers or attributes & {"insert", "update", "delete", "exec_driver_sql"})


def _names(code: ast.stmt) -> set[str]:
    return {one.id for one in ast.walk(code) if isinstance(one, ast.Name)}


def _private(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("_")}


def _demands_an_entry(name: str, function: Function) -> bool:
    """Demands it of its caller (no default), and does something with it."""
    arguments = function.args
    asked = [*arguments.posonlyargs, *arguments.args][: _without_default(arguments)]
    asked += [one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None]
    kinds = {"AuditEntry", "Sequence[AuditEntry]"}
    if name in MAY_BE_SILENT:
        kinds.add("AuditEntry | None")
    entries = {one.arg for one in asked if one.annotation and ast.unparse(one.annotation) in kinds}
    return bool(entries & _names(function))


def _without_default(arguments: ast.arguments) -> int:
    return len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)


MODULES = sorted(path.stem for path in STORAGE.glob("*.py") if path.stem not in MACHINERY)


@pytest.mark.invariant(40)
@pytest.mark.parametrize("module", MODULES)
def test_every_write_demands_its_audit_entry(module: str) -> None:
    assert faults(module, (STORAGE / f"{module}.py").read_text()) == set()


def test_the_writes_are_found_at_all() -> None:
    silenced = {one.partition(".")[0] for one in MAY_BE_SILENT}
    for module in silenced:
        source = (STORAGE / f"{module}.py").read_text().replace("AuditEntry", "str")
        assert {name for name in MAY_BE_SILENT if name.startswith(f"{module}.")} <= {
            f"{module}.{fault}" for fault in faults(module, source)
        }


HEAD = """
from sqlalchemy import insert, select, text, update as change
from storage.tables import members
"""
GOOD = """
async def add(tx: Transaction, row: str, *, entry: AuditEntry) -> None:
    tx.note(entry)
    run(insert(members))
"""
UNASKED = GOOD.replace("entry: AuditEntry", "entry: str")
BROKEN = {
    "no entry": GOOD.replace(", *, entry: AuditEntry", "").replace("    tx.note(entry)\n", ""),
    "an entry with a default": GOOD.replace("entry: AuditEntry", "entry: AuditEntry = NONE"),
    "an entry that may be missing": GOOD.replace("entry: AuditEntry", "entry: AuditEntry | None"),
    "an entry that is dropped": GOOD.replace("    tx.note(entry)\n", ""),
    "an entry of another type": UNASKED,
    "another name for a statement": UNASKED.replace("insert", "change"),
    "a table's own statement": UNASKED.replace("insert(members)", "members.insert()"),
    "a statement built once": "ADD = insert(members)\n" + UNASKED.replace("insert(members)", "ADD"),
    "raw SQL": UNASKED.replace("insert(members)", "text('DELETE FROM members')"),
    "a write behind a private function": "def _a(tx):\n    insert(members)\n\ndef add(tx):\n    _a(tx)",
    "a write two functions away": "def _b(tx):\n    insert(x)\n\ndef _a(tx):\n    _b(tx)\n\ndef add(tx):\n    _a(tx)",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN.keys())
def test_a_write_without_its_entry_is_found(source: str) -> None:
    assert faults("members", HEAD + source) == {"add"}


def test_an_audited_write_and_a_reading_pass() -> None:
    reading = "async def of(tx: Transaction) -> None:\n    run(select(members))\n"
    assert faults("members", HEAD + GOOD + reading) == set()
