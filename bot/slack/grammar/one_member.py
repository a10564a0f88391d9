"""``/usher member`` and ``/usher edit``: one person, looked at and changed."""

from bot.slack.grammar.managing import one_person
from bot.slack.grammar.phrase import Phrase, Verb, marks
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading, Show


def card(phrase: Phrase) -> Reading:
    """Nobody named: the list, where each has a card."""
    target = one_person(phrase.head, hint="")
    return Show("member", target.typed) if target else Show("members")


def edit(phrase: Phrase) -> Reading:
    """Always the form: what is to be otherwise is best changed where it stands."""
    target = one_person(phrase.head, hint="")
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
