"""``/usher members``: the list, narrowed."""

from __future__ import annotations

from bot.slack.grammar import filtering
from bot.slack.grammar.phrase import Phrase, Verb
from bot.slack.grammar.readings import Reading, Show


def members(phrase: Phrase) -> Reading:
    return Show("members", filtering.spelled(filtering.read(phrase.text, phrase.desk)))


LIST_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "members",
        "members [WORDS] [role:R] [status:S] [2fa:on|off] [space:SPACE] [group:G]",
        "the members, ten a page; words and filters narrow the list",
        "members ada role:{role} status:active",
        members,
        needs=frozenset({"list"}),
    ),
)
