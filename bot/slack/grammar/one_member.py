"""``/usher member`` and ``/usher edit``: one person, looked at and changed."""

from collections.abc import Sequence

from bot.slack.grammar.lexer import Token
from bot.slack.grammar.naming import names_somebody, person, several
from bot.slack.grammar.phrase import Phrase, Verb, leftover, marks
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading, Show
from handlers.commands import Person


def one_person(tokens: Sequence[Token]) -> Person | None:
    """For what takes one person and nothing else; None where nobody was named."""
    if tokens and tokens[0].whole and tokens[1:]:
        raise several(tokens) if names_somebody(tokens[1:]) else leftover(tokens[1:])
    return person(tokens)


def card(phrase: Phrase) -> Reading:
    """Nobody named: the list, where each has a card."""
    target = one_person(phrase.head)
    return Show("member", target.typed) if target else Show("members")


def edit(phrase: Phrase) -> Reading:
    """Always the form: what is to be otherwise is best changed where it stands."""
    target = one_person(phrase.head)
    return opened("edit-member", person=target and target.typed)


MEMBER_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "member",
        "member PERSON",
        "everything about one member, and everything that you may do to them",
        "member @ada",
        card,
        needs=frozenset({"list"}),
        marks=marks(),
    ),
    Verb(
        "/usher",
        "edit",
        "edit PERSON",
        "name, timezone, role and {groups} of one member",
        "edit @ada",
        edit,
        needs=frozenset({"edit"}),
        marks=marks(),
        form="edit-member",
    ),
)
