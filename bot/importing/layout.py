"""How a file is laid out: what separates its cells, and which column is what."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bot.importing.kinds import NotRead

SEPARATORS: Final = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_NOISE = re.compile(r"[\W_]+")
_END = "\x1eend of the file\x1e"
_MOST_COLUMNS = 500
_MOST_SHOWN = 10

# Every spelling in small letters, with nothing but letters and digits; where a file has several, the first of these.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "email": (
        *("email", "emailaddress", "mail", "mailaddress", "workemail", "primaryemail", "useremail", "emailid"),
        *("emails", "email1", "email1value", "emailadresse", "correo", "courriel"),
    ),
    "name": ("name", "fullname", "displayname", "realname", "username"),
    "first": ("firstname", "givenname", "forename", "first", "vorname", "prenom"),
    "last": ("lastname", "familyname", "surname", "last", "nachname"),
    "role": ("role", "roles", "rolename", "userrole", "accesslevel"),
    "groups": ("groups", "group", "teams", "team", "groupnames"),
    "timezone": ("timezone", "tz", "timezoneid", "zone"),
}
# What users.csv holds beside that: it describes members, and cannot be given to anybody.
_OF_EXPORT: Final = frozenset({"status", "2fa", "lastactive"})

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns``: where each column stands; ``begins``: the number of the first row after the header."""

    separator: str
    columns: Mapping[str, int]
    width: int
    begins: int
    ignored: tuple[str, ...] = ()
    header: Sequence[str] = field(default=())


def without_sep_line(text: str) -> tuple[str, str | None]:
    """Excel's own first line, which it does not show; the separator that it names."""
    found = _SEP_LINE.match(text)
    return (text[found.end() :], found[1]) if found else (text, None)


def rows(text: str, separator: str) -> Iterator[Row]:
    """Each row of the file with its number, as a spreadsheet counts them; blank ones too. Raises NotRead."""
    reader = csv.reader(_lines(text), delimiter=separator, skipinitialspace=True)
    number, last = 0, 1
    try:
        for number, row in enumerate(reader, start=1):
            if row == [_END]:
                return
            last = number
            yield number, row
    except csv.Error:
        raise NotRead("long-cell", str(number + 1)) from None
    raise NotRead("open-quote", str(last))


def _lines(text: str) -> Iterator[str]:
    """With an end of ours: where a quote was never closed, it becomes part of a cell."""
    yield from io.StringIO(text if text.endswith(("\n", "\r")) else f"{text}\n", newline="")
    yield _END


def layout_of(text: str, separator: str | None) -> Layout:
    """Raises NotRead."""
    candidates = (separator,) if separator else SEPARATORS
    found = [one for one in (_first_row(text, candidate) for candidate in candidates) if one]
    best = max(found, key=lambda one: (len(one.columns), one.width), default=None)
    if best is None:
        raise NotRead("empty")
    if "email" in best.columns:
        return best
    if any("@" in cell for cell in best.header):
        return _addresses_alone(found)
    raise NotRead("no-email-column", ", ".join(cell for cell in best.header[:_MOST_SHOWN] if cell))


def _first_row(text: str, separator: str) -> Layout | None:
    """As it reads with that separator. None: with it, not even the first row can be read."""
    try:
        first = next((row for row in islice(rows(text, separator), 1000) if any(cell.strip() for cell in row[1])), None)
    except NotRead as unread:
        if unread.why == "open-quote":
            raise
        return None
    if first is None:
        return None
    number, cells = first[0], [cell.strip() for cell in first[1][:_MOST_COLUMNS]]
    spelt = [_NOISE.sub("", cell.casefold()) for cell in cells]
    columns = {column: spelt.index(best) for column, best in _meant(spelt).items()}
    ignored = [
        cell for at, cell in enumerate(cells) if cell and at not in columns.values() and spelt[at] not in _OF_EXPORT
    ]
    return Layout(separator, columns, len(cells), number + 1, tuple(ignored), tuple(cells))


def _meant(spelt: Sequence[str]) -> dict[str, str]:
    return {
        column: best
        for column, known in _NAMES.items()
        if (best := next((spelling for spelling in known if spelling in spelt), None))
    }


def _addresses_alone(found: Sequence[Layout]) -> Layout:
    """No header, and one address on each line: what each line is needs no name."""
    alone = max(found, key=lambda one: one.width)
    if sum(map(bool, alone.header)) > 1:
        raise NotRead("no-header")
    return Layout(
        alone.separator, {"email": alone.header.index(next(filter(None, alone.header)))}, alone.width, alone.begins - 1
    )
