"""Files of people, as programs and hands write them: read rightly, or said why not."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing import MOST_BYTES, MOST_LINES, NotRead, ReadFile, read_file
from bot.spreadsheets import as_text, names_cell
from handlers.commands import ImportLine

ADA = ImportLine(2, "ada@example.org", "Ada Lovelace", "admin", ("Engines", "Poets"), "Europe/London")
HEADER = ("email", "name", "role", "groups", "timezone")
ROW = (ADA.email, ADA.name, ADA.role, "Engines,Poets", ADA.timezone)


def written(*rows: Sequence[str], encoding: str = "utf-8", **dialect: object) -> bytes:
    place = io.StringIO(newline="")
    csv.writer(place, **dialect).writerows(rows)  # pyright: ignore[reportArgumentType] # whatever csv takes
    return place.getvalue().encode(encoding)


def one(data: bytes) -> ImportLine:
    (line,) = read_file(data).lines
    return line


def why(data: bytes) -> tuple[str, str]:
    with pytest.raises(NotRead) as raised:
        read_file(data)
    return raised.value.why, raised.value.what


# How it is written ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "ascii"]
)
def test_every_usual_encoding_and_separator_is_read(separator: str, encoding: str) -> None:
    assert one(written(HEADER, ROW, encoding=encoding, delimiter=separator)) == ADA


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_letters_of_two_bytes_are_known_with_and_without_their_mark(encoding: str, mark: str) -> None:
    assert one((mark + "email,name\nada@example.org,Zoë Ångström\n").encode(encoding)).name == "Zoë Ångström"


def test_what_is_no_utf_8_is_taken_for_windows_and_shown() -> None:
    found = read_file(written(("email", "name"), ("jose@example.org", "José Muñoz"), encoding="cp1252"))
    assert (found.lines[0].name, found.guessed) == ("José Muñoz", "José Muñoz")
    assert read_file(written(("email", "name"), ("jose@example.org", "José"))).guessed == ""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_in_every_way(end: str, last: bool) -> None:
    text = end.join(["email,name", "ada@example.org,Ada", "", "bob@example.org,Bob"]) + (end if last else "")
    assert [(line.line, line.email) for line in read_file(text.encode()).lines] == [
        (2, "ada@example.org"),
        (4, "bob@example.org"),
    ]


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_excels_own_first_line_names_the_separator(first: str) -> None:
    line = one((first + "name;email\r\nLovelace, Ada;ada@example.org\r\n").encode())
    assert (line.email, line.name, line.line) == ("ada@example.org", "Lovelace, Ada", 2)


def test_a_separator_inside_quotes_separates_nothing() -> None:
    line = one(b'"name, whole";"role, if any";email\n"Lovelace; Ada";admin;ada@example.org\n')
    assert line.email == "ada@example.org"


def test_cells_hold_quotes_and_line_breaks() -> None:
    found = read_file(b'email,name\n"ada@example.org","Ada ""the\nfirst"" Lovelace"\nbob@example.org,Bob\n')
    assert [line.name for line in found.lines] == ['Ada "the\nfirst" Lovelace', "Bob"]
    assert [line.line for line in found.lines] == [2, 3]


def test_what_does_not_show_comes_along_with_a_copied_address() -> None:
    data = "email,name\n\u200b\u202aada@example.org\u202c\u00a0,Ada\n".encode()
    assert one(data).email == "ada@example.org"
    assert one(b"email,name\nada@exam\0ple.org,A\0da\n" + b"\n" * 200).email == "ada@example.org"


# What the columns are called ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        ("Email", "Name", "Role", "Groups", "Timezone"),
        ("E-mail", "Full name", "ROLE", "Teams", "Time zone"),
        ("EMAIL ADDRESS", "display_name", "role", "group", "tz"),
        ("e_mail", "Display Name", "Role name", "team", "TIME-ZONE"),
        (" Mail ", "real.name", "User role", "Group names", "timezone"),
    ],
)
def test_columns_are_known_by_every_usual_name(header: tuple[str, ...]) -> None:
    assert one(written(header, ROW)) == ADA
    assert one(written(header[::-1], ROW[::-1])) == ADA


def test_a_name_in_two_columns_is_one() -> None:
    assert one(b"First name,Last name,Mail\nAda,Lovelace,ada@example.org\n").name == "Ada Lovelace"
    assert one(b"surname;given name;mail\nLovelace;Ada;ada@example.org\n").name == "Ada Lovelace"


def test_of_two_columns_that_could_be_meant_the_plainer_name_wins() -> None:
    found = read_file(b"username,name,work email,email\nada1,Ada,old@example.org,ada@example.org\n")
    assert (found.lines[0].name, found.lines[0].email) == ("Ada", "ada@example.org")
    assert found.ignored == ("username", "work email")


def test_unknown_columns_are_named_and_those_of_the_export_are_not() -> None:
    found = read_file(b"email,Phone,status,2fa,last_active,Shoe size\nada@example.org,1,active,on,,40\n")
    assert found.ignored == ("Phone", "Shoe size")


def test_one_column_of_addresses_needs_no_header() -> None:
    for data in (b"ada@example.org\nbob@example.org\n", b"ada@example.org;\nbob@example.org;\n"):
        assert [(line.line, line.email) for line in read_file(data).lines] == [
            (1, "ada@example.org"),
            (2, "bob@example.org"),
        ]


# What is wrong in a line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ("ada", "not-an-address"),
        ("ada@", "not-an-address"),
        ("ada@example.org bob@example.org", "not-an-address"),
        (",Ada", "no-address"),
        ("ada@example.org,Lovelace, Ada", "more-cells"),
        ("ada@example.org,A\ufffdda", "unreadable"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_the_others_are_read(cells: str, wrong: str) -> None:
    found = read_file(f"email,name\n{cells}\nbob@example.org,Bob\n".encode())
    assert [line.wrong for line in found.lines] == [wrong, ""]


def test_the_same_address_twice_is_said_with_the_line_where_it_stood() -> None:
    found = read_file(b"email\nada@example.org\nbob@example.org\nADA@example.org\n")
    assert [line.wrong for line in found.lines] == ["", "", "twice:2"]


def test_short_rows_have_empty_cells() -> None:
    assert one(b"email,name,role\nada@example.org\n") == ImportLine(2, "ada@example.org")


def test_too_many_groups_are_said() -> None:
    groups = ",".join(f"G{number}" for number in range(21))
    assert one(written(("email", "groups"), ("ada@example.org", groups))).wrong == "too-many-groups"


# What is no such file -------------------------------------------------------------------------------------------------


def archive(*names: str) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return place.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", ("empty", "")),
        (b" \r\n\t\n", ("empty", "")),
        (b"\xef\xbb\xbf", ("empty", "")),
        (b"email,name\n", ("empty", "")),
        (b"email\n" + b"\n" * 50, ("empty", "")),
        (archive("xl/workbook.xml"), ("spreadsheet", "an Excel workbook")),
        (archive("word/document.xml"), ("other-file", "a Word document")),
        (archive("people.csv"), ("other-file", "a ZIP archive")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, ("spreadsheet", "an old Excel or Word file")),
        (b"\x89PNG\r\n\x1a\n....", ("other-file", "a PNG picture")),
        (b"%PDF-1.7 ...", ("other-file", "a PDF file")),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", ("other-file", "a web page")),
        (b'{"members": []}', ("other-file", "JSON")),
        (bytes(range(32)) * 300, ("other-file", "no text")),
        (b"Phone,Name\n1,Ada\n", ("no-email-column", "Phone, Name")),
        (b"ada@example.org,Ada\nbob@example.org,Bob\n", ("no-header", "")),
        (b'email,name\nada@example.org,"Ada\nbob@example.org,Bob\n', ("open-quote", "2")),
        (b"email,name\nada@example.org," + b"x" * 140_000 + b"\n", ("long-cell", "2")),
        (b"x" * (MOST_BYTES + 1), ("too-big", "")),
    ],
)
def test_what_is_no_list_of_people_is_named(data: bytes, told: tuple[str, str]) -> None:
    assert why(data) == told


def test_ten_thousand_lines_are_read_and_one_more_is_too_many() -> None:
    rows = [(f"p{number}@example.org",) for number in range(MOST_LINES)]
    assert len(read_file(written(("email",), *rows)).lines) == MOST_LINES
    assert why(written(("email",), *rows, ("one.more@example.org",))) == ("too-many-lines", "")


@pytest.mark.parametrize("filler", [b",", b'"', b"\n", b"a,", b"\t", b"=", b"'"])
def test_no_file_takes_long(filler: bytes) -> None:
    data = b"email,name\nada@example.org,Ada\n" + filler * ((MOST_BYTES - 100) // len(filler))
    with contextlib.suppress(NotRead):
        assert len(read_file(data).lines) <= MOST_LINES


# Whatever is written is read back -------------------------------------------------------------------------------------

SHOWN = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs"], exclude_characters="\ufffd")
NAMES = st.text(SHOWN, max_size=40).map(lambda text: " ".join(text.split()))
GROUPS = st.lists(st.text(SHOWN, min_size=1, max_size=20), max_size=4, unique=True)
CODES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@st.composite
def people(draw: st.DrawFn) -> list[ImportLine]:
    return [
        ImportLine(at + 2, f"p{at}@example.org", draw(NAMES), draw(NAMES), tuple(draw(GROUPS)), draw(NAMES))
        for at in range(draw(st.integers(1, 4)))
    ]


@settings(max_examples=300)
@given(
    people(),
    st.sampled_from(CODES),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.permutations(range(5)),
)
@pytest.mark.invariant(44)
def test_what_a_program_writes_is_read_back(  # noqa: PLR0917 - each is drawn by itself
    lines: list[ImportLine], encoding: str, separator: str, end: str, quoting: int, order: list[int]
) -> None:
    cells = [(one.email, one.name, one.role, names_cell(one.groups), one.timezone) for one in lines]
    rows = [[row[at] for at in order] for row in (HEADER, *(tuple(map(as_text, row)) for row in cells))]
    data = written(*rows, encoding=encoding, delimiter=separator, lineterminator=end, quoting=quoting)
    assert read_file(data) == ReadFile(tuple(lines))


@given(st.binary(max_size=2000))
def test_whatever_is_sent_is_read_or_refused(data: bytes) -> None:
    for whole in (data, b"email,name\n" + data):
        with contextlib.suppress(NotRead):
            read_file(whole)
