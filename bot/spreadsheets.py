"""Cells of CSV files as spreadsheets and people read them; what is written here is read back here as it was.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which makes it text. So does one that
has apostrophes before such a beginning already, so that reading can take off exactly one. The same is done within a
cell behind what separates cells elsewhere: where commas stand in numbers, spreadsheets begin a cell there.
"""

import csv
import io
import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import IO, Final, TextIO

ENCODING: Final = "utf-8-sig"
"""With the mark by which Excel knows it."""
LINE_END: Final = "\r\n"

# Spreadsheets skip what is not seen before a formula, and some take full-width signs for the narrow ones.
_UNSEEN: Final = r"\s\x00-\x1f\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SIGNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
_FORMULA: Final = re.compile(rf"'*(?:[\t\r\n]|[{_UNSEEN}]*[{_SIGNS}])")
_WITHIN: Final = re.compile(rf"(?<=[;|])(?='*[\"{_UNSEEN}]*[{_SIGNS}])")
_KEPT_WITHIN: Final = re.compile(rf"(?<=[;|])'(?='*[\"{_UNSEEN}]*[{_SIGNS}])")
_QUOTED: Final = re.compile(r'[",;\r\n]|^\s|\s$')


def as_text(value: str) -> str:
    """The cell that shows this value, and never works anything out."""
    within = _WITHIN.sub("'", value)
    return f"'{within}" if _FORMULA.match(within) else within


def value_of(cell: str) -> str:
    """What `as_text` was given."""
    value = cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
    return _KEPT_WITHIN.sub("", value)


class Rows:
    def __init__(self, place: TextIO) -> None:
        self._writer = csv.writer(place, lineterminator=LINE_END)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        self._writer.writerows([as_text(value) for value in row] for row in rows)


@contextmanager
def rows_in(file: IO[bytes]) -> Generator[Rows]:
    """A new file's rows; it stays open."""
    place = io.TextIOWrapper(file, encoding=ENCODING, newline="")
    try:
        yield Rows(place)
    finally:
        place.detach()


def names_cell(names: Iterable[str]) -> str:
    """Several names in one cell: with commas between, and such as hold one in quotation marks."""
    return ",".join(_named(name) for name in names)


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if _QUOTED.search(name) else name


def names_of(cell: str) -> tuple[str, ...]:
    """What `names_cell` was given; people may put a blank behind the comma, or names on lines of their own."""
    read = csv.reader(io.StringIO(cell, newline=""), skipinitialspace=True)
    return tuple(name for row in read for name in row if name)
