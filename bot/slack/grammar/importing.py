"""``/usher import``: a form takes the file."""

from bot.slack.grammar.managing import only
from bot.slack.grammar.phrase import Verb, marks
from bot.slack.grammar.readings import OpenForm

IMPORT_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "import",
        "import",
        "invite many people by a CSV file; you see first what it comes to",
        "import",
        only(OpenForm("import")),
        needs=frozenset({"import"}),
        marks=marks(),
        form="import",
    ),
)
