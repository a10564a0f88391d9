"""From the text of a slash command to what is meant; pure functions."""

from bot.slack.grammar.reading import LONGEST, read
from bot.slack.grammar.readings import (
    Act,
    AskFor,
    CancelWhich,
    Explain,
    FirstKnown,
    Form,
    HeldWhich,
    HelpLine,
    OpenForm,
    Prefill,
    Reading,
    Show,
    Slash,
    Unclear,
    WhoCan,
)
from bot.slack.grammar.verbs import about_spaces, help_lines, usable

__all__ = [
    "LONGEST",
    "Act",
    "AskFor",
    "CancelWhich",
    "Explain",
    "FirstKnown",
    "Form",
    "HeldWhich",
    "HelpLine",
    "OpenForm",
    "Prefill",
    "Reading",
    "Show",
    "Slash",
    "Unclear",
    "WhoCan",
    "about_spaces",
    "help_lines",
    "read",
    "usable",
]
