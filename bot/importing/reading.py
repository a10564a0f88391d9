"""The lines of a file. What cannot be read in one of them is said in that line; the others are read all the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.importing.decoding import Text, decoded
from bot.importing.kinds import MOST_LINES, NotRead, check_kind
from bot.importing.layout import Layout, layout_of, rows, without_sep_line
from bot.spreadsheets import names_of, value_of
from handlers.commands import ImportLine
from handlers.emails import checked_address

MOST_GROUPS = 20
_LONGEST = 400
_LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """``ignored``: columns that mean nothing here. ``guessed``: a name with letters beyond ASCII, where how the file is
    written could only be guessed."""

    lines: tuple[ImportLine, ...]
    ignored: tuple[str, ...] = ()
    guessed: str = ""


def read_file(data: bytes) -> ReadFile:
    """Takes up to a second for the longest file, so it is called beside the event loop. Raises NotRead."""
    check_kind(data)
    found = decoded(data)
    text, separator = without_sep_line(found.text)
    layout = layout_of(text, separator)
    lines = tuple(_lines(text, layout))
    if not lines:
        raise NotRead("empty")
    return ReadFile(lines, layout.ignored, _beyond_ascii(lines, found))


def _lines(text: str, layout: Layout) -> Iterator[ImportLine]:
    count, seen = 0, dict[str, int]()
    for number, row in rows(text, layout.separator):
        if number < layout.begins or not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MOST_LINES:
            raise NotRead("too-many-lines")
        line = _line(number, row, layout)
        first = seen.setdefault(line.email.casefold(), number) if line.email else number
        yield line if line.wrong or first == number else replace(line, wrong=f"twice:{first}")


def _line(number: int, row: Sequence[str], layout: Layout) -> ImportLine:
    def cell(column: str) -> str:
        at = layout.columns.get(column)
        return value_of(row[at]) if at is not None and at < len(row) else ""

    typed = _shown(cell("email"))
    name = cell("name").strip() or f"{cell('first').strip()} {cell('last').strip()}".strip()
    groups = _groups(cell("groups"))
    address = checked_address(typed) if typed else None
    wrong = _wrong(typed, address, row, layout)
    if _LOST in typed + name:
        wrong = wrong or "unreadable"
    if len(groups) > MOST_GROUPS:
        wrong = wrong or "too-many-groups"
    return ImportLine(
        line=number,
        email=(address or typed)[:_LONGEST],
        name=name[:_LONGEST],
        role=_shown(cell("role"))[:_LONGEST],
        groups=tuple(group[:_LONGEST] for group in groups[:MOST_GROUPS]),
        timezone=_shown(cell("timezone"))[:_LONGEST],
        wrong=wrong,
    )


def _wrong(typed: str, address: str | None, row: Sequence[str], layout: Layout) -> str:
    if any(cell.strip() for cell in row[layout.width :]):
        return "more-cells"
    if not typed:
        return "no-address"
    return "" if address else "not-an-address"


def _shown(text: str) -> str:
    """Without what does not show: it comes along when an address is copied."""
    return "".join(char for char in text if char.isprintable()).strip()


def _groups(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown for name in names_of(cell) if (shown := _shown(name))))


def _beyond_ascii(lines: Sequence[ImportLine], text: Text) -> str:
    return next((line.name for line in lines if not line.name.isascii()), "") if text.guessed else ""
