"""An exported file in a real spreadsheet: nothing in it is worked out, and every hostile cell reads as it was typed.

Without LibreOffice these are skipped, except where `USHER_SOFFICE` demands it.
"""

import asyncio
import csv
import io
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from bot.spreadsheets import ENCODING, Rows, as_text, value_of
from tests.conftest import Settled
from tests.doors import Team, team
from tests.slack.test_exports import exported, furnish
from tests.test_spreadsheets import HARMLESS, HOSTILE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# A spreadsheet changes blanks at the ends and what cannot be seen, so these are looked at for formulas alone.
VALUES = [value for value in (*HOSTILE, *HARMLESS) if value.isprintable() and value.strip() == value]
TEXT = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
# Separated by commas, UTF-8; whatever looks like one, a date, a number or a formula, is taken for it.
AS_IT_LIKES = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"


def soffice() -> str:
    found = os.environ.get("USHER_SOFFICE") or shutil.which("soffice")
    if not found:
        pytest.skip(
            "LibreOffice is not installed; `apt-get install libreoffice-calc-nogui`, or name it in USHER_SOFFICE."
        )
    return found


async def converted(file: Path, kind: str) -> Path:
    out = file.parent / "converted"
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    how = ["--headless", "--convert-to", kind, f"--infilter={AS_IT_LIKES}", "--outdir", str(out), str(file)]
    process = await asyncio.create_subprocess_exec(
        soffice(), profile, *how, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    made = out / f"{file.stem}.{kind}"
    assert made.exists(), said.decode()
    return made


def written(path: Path, values: list[str]) -> Path:
    with path.open("w", encoding=ENCODING, newline="") as place:
        Rows(place).write([["value", "beside"], *([value, "x"] for value in values)])
    return path


def workbook(file: Path) -> tuple[list[str], list[str]]:
    """The formulas in it, and the texts of its first column."""
    with ZipFile(file) as parts:
        texts = ET.fromstring(parts.read("xl/sharedStrings.xml"))  # noqa: S314 - LibreOffice wrote it
        sheet = ET.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - likewise
    shared = ["".join(part.text or "" for part in one.iter(f"{TEXT}t")) for one in texts.iter(f"{TEXT}si")]
    first = [cell for cell in sheet.iter(f"{TEXT}c") if cell.get("r", "").startswith("A")]
    formulas = [one.text or "" for one in sheet.iter(f"{TEXT}f")]
    return formulas, [shared[int(cell.findtext(f"{TEXT}v") or 0)] if cell.get("t") == "s" else "" for cell in first]


@pytest.mark.invariant(44)
async def test_hostile_cells_are_text_in_a_workbook(tmp_path: Path) -> None:
    formulas, texts = workbook(await converted(written(tmp_path / "users.csv", VALUES), "xlsx"))
    assert formulas == []
    assert [value_of(text) for text in texts[1:]] == [value for value in VALUES if value]
    formulas, _ = workbook(await converted(written(tmp_path / "unseen.csv", list(HOSTILE)), "xlsx"))
    assert formulas == []


@pytest.mark.invariant(44)
async def test_hostile_cells_are_text_in_an_open_document(tmp_path: Path) -> None:
    with ZipFile(await converted(written(tmp_path / "users.csv", list(HOSTILE)), "ods")) as parts:
        content = ET.fromstring(parts.read("content.xml"))  # noqa: S314 - LibreOffice wrote it
    cells = list(content.iter(f"{TABLE}table-cell"))
    assert len(cells) > len(HOSTILE)
    assert [cell.get(f"{TABLE}formula") for cell in cells if cell.get(f"{TABLE}formula")] == []


@pytest.mark.invariant(44)
async def test_what_a_spreadsheet_saves_again_reads_as_what_was_exported(tmp_path: Path) -> None:
    saved = await converted(written(tmp_path / "users.csv", VALUES), "csv")
    _, *rows = csv.reader(io.StringIO(saved.read_bytes().decode("utf-8-sig"), newline=""))
    assert [value_of(row[0]) for row in rows] == VALUES


async def test_a_cell_that_was_not_made_text_is_worked_out(tmp_path: Path) -> None:
    """Or the tests above would prove nothing."""
    path = tmp_path / "users.csv"
    path.write_text("value\n=1+1\n", encoding=ENCODING)
    formulas, _ = workbook(await converted(path, "xlsx"))
    assert formulas == ["1+1"]
    assert as_text("=1+1") == "'=1+1"


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


@pytest.mark.invariant(44)
async def test_what_arrives_in_slack_opens_without_a_formula(acme: Team, tmp_path: Path) -> None:
    await furnish(acme)
    rows = await exported(acme, acme.ada)
    shutil.copy(acme.ada.files()[-1].path, tmp_path / "users.csv")
    formulas, texts = workbook(await converted(tmp_path / "users.csv", "xlsx"))
    assert formulas == []
    assert [value_of(text) for text in texts] == [row[0] for row in rows]
