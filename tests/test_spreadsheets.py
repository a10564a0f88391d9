"""Cells that would be formulas are text, and whatever is written is read back as it was."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.spreadsheets import Rows, as_text, names_cell, names_of, value_of

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "'=1",
    "''=1",
    "' =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "−1",
    '=HYPERLINK("https://evil.example";"Click")',
    "=cmd|'/C calc'!A0",
    "=WEBSERVICE(A1)",
)
"""Each would be worked out by some spreadsheet, or looks as if it had been made text already."""
HARMLESS = ("", "Ada", "O'Brien", "'s-Gravenhage", "'", "''", "a=b", "1-2", "ada@example.com", "Ada, Countess", 'a"b')
texts = st.text(st.characters(exclude_categories=["Cs"]))
signs = st.text(" '\t\r\n=+-@＝a\";|", max_size=6)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_would_be_a_formula_gets_one_apostrophe(value: str) -> None:
    assert as_text(value) == f"'{value}"
    assert value_of(as_text(value)) == value


@pytest.mark.invariant(44)
@pytest.mark.parametrize("value", ["Ada;=1+1;", "Ada; =1+1;x", "Ada|@SUM(A1)", 'Ada;"=1+1;', "a;b;-1", "Ada;'=1"])
def test_no_cell_begins_a_formula_where_other_signs_separate_cells(value: str) -> None:
    """Excel takes a semicolon for that wherever commas stand in numbers."""
    made = io.StringIO(newline="")
    Rows(made).write([["ada@example.com", value]])
    for separator in ";|":
        read = [
            cell for row in csv.reader(io.StringIO(made.getvalue(), newline=""), delimiter=separator) for cell in row
        ]
        assert [cell for cell in read if cell.strip(' "\r\n')[:1] in tuple("=+-@")] == []
    assert value_of(as_text(value)) == value


@pytest.mark.parametrize("value", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(value: str) -> None:
    assert as_text(value) == value == value_of(value)


@given(st.one_of(texts, signs, st.builds(str.__add__, signs, texts)))
def test_a_cell_reads_as_what_was_written(value: str) -> None:
    assert value_of(as_text(value)) == value
    assert as_text(value).lstrip(" \t\r\n")[:1] not in tuple("=+-@")


@given(st.lists(st.one_of(texts, signs).filter(bool), max_size=5))
@example(["A, B", 'the "best"', " edge ", "two\nlines", "C"])
def test_names_in_one_cell_read_as_what_was_written(names: list[str]) -> None:
    assert names_of(value_of(as_text(names_cell(names)))) == tuple(names)


def test_names_as_people_write_them() -> None:
    assert names_of('Design,  Sales and more, "A, B"\nEngines') == ("Design", "Sales and more", "A, B", "Engines")


@given(st.lists(st.lists(st.one_of(texts, signs), min_size=2, max_size=4), max_size=4))
def test_a_sheet_reads_as_what_was_written(rows: list[list[str]]) -> None:
    place = io.StringIO(newline="")
    Rows(place).write(rows)
    read = csv.reader(io.StringIO(place.getvalue(), newline=""))
    assert [[value_of(cell) for cell in row] for row in read] == rows
