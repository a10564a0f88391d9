"""The README tells the truth."""

import re
import tomllib
from pathlib import Path

from bot.settings import NAMES
from tests.readme import README, filled

PROJECT = Path(__file__).parent.parent


def test_the_made_parts_of_the_readme_are_up_to_date() -> None:
    text = README.read_text()
    assert filled(text) == text, "run: python -m tests.readme"


def test_every_dependency_says_why() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    table = README.read_text().partition("## Dependencies")[2].partition("\n## ")[0].casefold()
    missing = [name for one in named if (name := re.split(r"[\[<>=]", one)[0]).casefold() not in table]
    assert not missing


def test_every_setting_is_explained() -> None:
    table = README.read_text().partition("## Settings")[2].partition("\n## ")[0]
    assert [name for name in NAMES if f"`{name}`" not in table] == []


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README.read_text())
    assert pictures
    assert all((PROJECT / picture).is_file() for picture in pictures)


def test_every_constraint_pins_a_version() -> None:
    lines = [line for line in (PROJECT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!-]+", line) for line in lines)
