"""Reading a file of people to invite: bytes in, lines out. Nothing here knows Slack, and nothing is decided here."""

from bot.importing.kinds import MOST_BYTES, MOST_LINES, NotRead, Why
from bot.importing.reading import ReadFile, read_file

__all__ = ["MOST_BYTES", "MOST_LINES", "NotRead", "ReadFile", "Why", "read_file"]
