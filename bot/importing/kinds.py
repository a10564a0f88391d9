"""What a file is that is no CSV: told by its first bytes, for a name says nothing."""

from collections.abc import Mapping
from typing import Final, Literal

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_LINES: Final = 10_000

Why = Literal[
    "empty",
    "too-big",
    "too-many-lines",
    "spreadsheet",  # what: which program's
    "other-file",  # what: which kind
    "no-header",
    "no-email-column",  # what: the columns that there are
    "open-quote",  # what: the line where it begins
    "long-cell",  # what: the line
]


class NotRead(Exception):  # noqa: N818 - an answer to whoever sent the file
    def __init__(self, why: Why, what: str = "") -> None:
        super().__init__(why)
        self.why: Why = why
        self.what = what


_SIGNS: Final[Mapping[bytes, tuple[Why, str]]] = {
    b"PK\x03\x04": ("spreadsheet", ""),  # narrowed down below
    b"PK\x05\x06": ("other-file", "an empty ZIP archive"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("spreadsheet", "an old Excel or Word file"),
    b"%PDF-": ("other-file", "a PDF file"),
    b"\x89PNG\r\n": ("other-file", "a PNG picture"),
    b"\xff\xd8\xff": ("other-file", "a JPEG picture"),
    b"GIF8": ("other-file", "a GIF picture"),
    b"\x1f\x8b": ("other-file", "a gzip archive"),
    b"BZh": ("other-file", "a bzip2 archive"),
    b"7z\xbc\xaf\x27\x1c": ("other-file", "a 7-Zip archive"),
    b"Rar!": ("other-file", "a RAR archive"),
    b"SQLite format 3": ("other-file", "a database"),
    b"{\\rtf": ("other-file", "a formatted text (RTF)"),
}
_IN_ZIP: Final[Mapping[bytes, tuple[Why, str]]] = {
    b"xl/": ("spreadsheet", "an Excel workbook"),
    b"opendocument.spreadsheet": ("spreadsheet", "a LibreOffice spreadsheet"),
    b"Index/Document.iwa": ("spreadsheet", "a Numbers spreadsheet"),
    b"word/": ("other-file", "a Word document"),
}
_LOOKED_AT = 64 * 1024


def check_kind(data: bytes) -> None:
    """Raises NotRead for what is certainly no text with a line for each person."""
    if len(data) > MOST_BYTES:
        raise NotRead("too-big")
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise NotRead("empty")
    sign = next((sign for sign in _SIGNS if data.startswith(sign)), None)
    if sign == b"PK\x03\x04":
        raise NotRead(*_in_archive(data))
    if sign is not None:
        raise NotRead(*_SIGNS[sign])
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise NotRead("other-file", "a web page")
    if start.startswith((b"{", b"[{", b"[\n")):
        raise NotRead("other-file", "JSON")


def _in_archive(data: bytes) -> tuple[Why, str]:
    parts = data[:_LOOKED_AT] + data[-_LOOKED_AT:]
    return next((found for name, found in _IN_ZIP.items() if name in parts), ("other-file", "a ZIP archive"))
