"""The machines that keep the architecture, and for each of them a sample that it must reject."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINTER = PROJECT["tool"]["importlinter"]
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in LINTER["contracts"]}
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text())
SCHEMA = yaml.safe_load((ROOT / "tests/data/manifest_schema/manifest.schema.2.0.0.json").read_text())


def run(tool: str, *arguments: str, cwd: Path = ROOT, stdin: str = "") -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / tool
    return subprocess.run([program, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, check=False)


# --- who may import whom ---------------------------------------------------------------------------------------------


def lint_imports(folder: Path) -> str:
    return run("lint-imports", "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo", cwd=folder).stdout


def broken_in(report: str) -> set[str]:
    return {name for name, contract in CONTRACTS.items() if f"{contract['name']} BROKEN" in report}


def named_modules() -> Iterator[str]:
    """Every module of ours that a contract names, so that the small tree below has them all."""
    for contract in CONTRACTS.values():
        for key in ("layers", "source_modules", "forbidden_modules", "protected_modules", "allowed_importers"):
            yield from (name for name in contract.get(key, []) if name.split(".")[0] in LINTER["root_packages"])
    yield "storage.records"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in named_modules():
        folder = tmp_path
        for part in name.split("."):
            folder /= part
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
    (tmp_path / "bot/door.py").write_text("import aiohttp, slack_bolt, click, handlers.queries, handlers.commands\n")
    (tmp_path / "handlers/gate/run.py").write_text("import handlers.flows, handlers.policy, storage.store\n")
    (tmp_path / "handlers/policy/judge.py").write_text("import storage.records, handlers.commands, datetime\n")
    (tmp_path / "storage/members.py").write_text("import sqlalchemy, storage.records\n")
    return tmp_path


SAMPLES = [
    ("direction", "storage.sample", "import handlers.commands"),
    ("direction", "storage.sample", "from bot import settings"),
    ("direction", "handlers.sample", "import bot"),
    ("doors-do-not-store", "bot.sample", "from storage import records"),
    ("doors-do-not-store", "bot.deep.sample", "import storage.store"),
    ("one-gate", "handlers.queries.sample", "import handlers.flows"),
    ("one-gate", "handlers.sample", "from handlers.flows import invitations"),
    ("one-gate", "bot.sample", "import handlers.flows.sample"),
    *(
        ("handlers-know-no-doors", "handlers.sample", f"import {name}")
        for name in ("slack_bolt", "slack_sdk", "aiohttp")
    ),
    *(("handlers-know-no-doors", "storage.sample", f"import {name}") for name in ("jinja2", "click", "aiosmtplib")),
    *(("sql-stays-in-storage", "handlers.sample", f"import {name}") for name in ("sqlalchemy", "aiosqlite", "sqlite3")),
    ("sql-stays-in-storage", "bot.sample", "from sqlalchemy.ext.asyncio import AsyncEngine"),
    *(("pure", "handlers.policy.sample", f"import {name}") for name in ("storage.store", "handlers.gate", "asyncio")),
    ("pure", "handlers.catalogue.sample", "def read():\n    import handlers.queries"),
    ("pure", "handlers.commands.sample", "from handlers import flows"),
]


def plant(tree: Path, module: str, source: str) -> None:
    path = tree / Path(*module.split(".")).with_suffix(".py")
    for folder in reversed(path.relative_to(tree).parents[:-1]):
        (tree / folder).mkdir(exist_ok=True)
        (tree / folder / "__init__.py").touch()
    path.write_text(source + "\n")


def test_the_import_contracts_hold() -> None:
    report = lint_imports(ROOT)
    assert f"{len(CONTRACTS)} kept, 0 broken" in report, report


def test_the_small_tree_is_in_order(tree: Path) -> None:
    assert f"{len(CONTRACTS)} kept, 0 broken" in lint_imports(tree)


@pytest.mark.parametrize(("contract", "module", "source"), SAMPLES)
def test_a_forbidden_import_is_found(tree: Path, contract: str, module: str, source: str) -> None:
    plant(tree, module, source)
    assert contract in broken_in(lint_imports(tree))


def test_every_contract_has_a_sample_that_breaks_it() -> None:
    assert {contract for contract, _, _ in SAMPLES} == set(CONTRACTS)


def test_every_part_of_policy_and_catalogue_is_held_to_be_pure() -> None:
    parts = {
        f"handlers.{path.stem}" for name in ("policy*", "catalogue*.py") for path in (ROOT / "handlers").glob(name)
    }
    assert parts - {"handlers.catalogues"} <= set(CONTRACTS["pure"]["source_modules"])


# --- what may not be called ------------------------------------------------------------------------------------------

BANNED = [
    "from unittest.mock import AsyncMock",
    "import unittest.mock",
    "from unittest import mock",
    "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)",
    "import datetime as dt\n\nNOW = dt.datetime.now(dt.UTC)",
    "from datetime import datetime\n\nclock = datetime.now",
    "from datetime import datetime\n\nNOW = datetime.utcnow()",
    "import time\n\nNOW = time.time()",
    "from time import time\n\nNOW = time()",
]


def ruff(source: str, where: str) -> str:
    return run("ruff", "check", "--select", "TID251", "--stdin-filename", where, "-", stdin=source + "\n").stdout


@pytest.mark.parametrize("where", ["handlers/sample.py", "bot/sample.py", "storage/sample.py", "tests/sample.py"])
@pytest.mark.parametrize("source", BANNED)
def test_a_banned_call_is_found(source: str, where: str) -> None:
    assert "TID251" in ruff(source, where)


def test_the_times_that_may_be_read_are_not_banned() -> None:
    for source in ("import time\n\nSTART = time.monotonic()", "from datetime import date\n\nDAY = date(2026, 1, 1)"):
        assert "All checks passed" in ruff(source, "handlers/sample.py")


# --- the Slack app ---------------------------------------------------------------------------------------------------


def without(path: str) -> dict[str, Any]:
    return changed(path, None)


def changed(path: str, value: object) -> dict[str, Any]:
    copy = yaml.safe_load(yaml.safe_dump(MANIFEST))
    *way, last = path.split(".")
    place = copy
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


def test_the_manifest_is_what_slack_accepts() -> None:
    jsonschema.validate(MANIFEST, SCHEMA)


@pytest.mark.parametrize(
    "broken",
    [
        without("display_information"),
        changed("display_information.long_description", "Too short."),
        changed("display_information.name", "U" * 36),
        without("features.shortcuts.0.callback_id"),
        changed("features.shortcuts.0.type", "channel"),
        changed("features.slash_commands.0.command", "usher"),
        changed("settings.interactivity.request_url", "usher.example.com"),
        changed("settings.event_subscriptions.bot_events", ["user_change", "user_change"]),
        changed("settings.surprise", 1),
    ],
)
def test_a_manifest_that_slack_refuses_is_found(broken: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_all_of_slack_comes_in_by_one_door() -> None:
    addresses = re.findall(r"https?://\S+/\S*", (ROOT / "manifest.yml").read_text())
    assert set(addresses) == {"https://usher.example.com/slack/events"}
    assert len(addresses) == 5


def test_typed_mentions_arrive_as_ids() -> None:
    assert [command["should_escape"] for command in MANIFEST["features"]["slash_commands"]] == [True, True]


# --- what is installed -----------------------------------------------------------------------------------------------


def needed(requirement: str) -> Iterator[str]:
    """The names of everything that a requirement brings on this machine, extras included."""
    waiting, seen = [Requirement(requirement)], set[str]()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if str(one) in seen:
            continue
        seen.add(str(one))
        yield name
        brought = map(Requirement, requires(name))
        extras = one.extras or {""}
        waiting += [r for r in brought if not r.marker or any(r.marker.evaluate({"extra": extra}) for extra in extras)]


def requires(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError:
        return []


def pinned(text: str) -> dict[str, str]:
    lines = [line.split("==") for line in text.splitlines() if line]
    return {canonicalize_name(name): version for name, version in lines}


def test_everything_that_is_installed_is_pinned_to_what_was_tested() -> None:
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pins = pinned((ROOT / "constraints.txt").read_text())
    names = {name for requirement in wanted for name in needed(requirement)}
    assert names - pins.keys() == set()
    assert all(re.fullmatch(r"[0-9][\w.]*", version) for version in pins.values())
