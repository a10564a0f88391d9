"""From the text of a slash command to what is meant; pure functions."""

from bot.slack.grammar.reading import LONGEST, read
from bot.slack.grammar.readings import (
    Act,
    CancelWhich,
    Form,
    HelpLine,
    OpenForm,
    Prefill,
    Reading,
    Show,
    Slash,
    Unclear,
)
from bot.slack.grammar.verbs import help_lines, usable

__all__ = [
    "LONGEST",
    "Act",
    "CancelWhich",
    "Form",
    "HelpLine",
    "OpenForm",
    "Prefill",
    "Reading",
    "Show",
    "Slash",
    "Unclear",
    "help_lines",
    "read",
    "usable",
]
