"""``/usher export``: the members as a file, narrowed as the list is."""

from bot.slack.grammar import filtering
from bot.slack.grammar.phrase import Phrase, Verb
from bot.slack.grammar.readings import Act, Reading
from handlers.commands import Export


def export(phrase: Phrase) -> Reading:
    return Act(Export(filtering.read(phrase.text, phrase.desk)))


EXPORT_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "export",
        "export [WORDS] [role:R] [status:S] [2fa:on|off] [space:SPACE] [group:G]",
        "the members as users.csv, in your direct messages; words and filters narrow it as they do the list",
        "export role:{role} status:active",
        export,
        needs=frozenset({"export"}),
    ),
)
