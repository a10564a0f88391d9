"""``/usher space …`` and ``/usher remove``: making spaces, and taking somebody out of one."""

from collections.abc import Sequence

from bot.slack.grammar.lexer import Token, joined
from bot.slack.grammar.naming import names_somebody, person, several
from bot.slack.grammar.phrase import Phrase, Verb, leftover, marks
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, Reading, Show
from bot.slack.grammar.renaming import renames
from handlers.commands import CreateSpace, RemoveFromSpace, RenameSpace

_TWO = 2


def listed(phrase: Phrase) -> Reading:
    """What follows are words to search for."""
    return Show("spaces", phrase.name)


def one(phrase: Phrase) -> Reading:
    return Show("space", phrase.name) if phrase.name else Show("spaces")


def create(phrase: Phrase) -> Reading:
    return Act(CreateSpace(phrase.name)) if phrase.name else opened("create-space")


def delete(phrase: Phrase) -> Reading:
    """It cannot be undone, so the form opens even where everything was typed."""
    return opened("delete-space", space=phrase.name)


rename = renames("space", "rename-space", RenameSpace)


def remove(phrase: Phrase) -> Reading:
    who, space = who_and_where(phrase)
    target = person(who)
    if target is None or not space or phrase.unfinished:
        return opened("remove-from-space", person=target and target.typed, space=space, reason=phrase.reason)
    return Act(RemoveFromSpace(target, space, phrase.reason or ""))


def who_and_where(phrase: Phrase) -> tuple[Sequence[Token], str | None]:
    """Without ``from``, what follows a whole name is the space."""
    head, space = phrase.head, phrase.words("space")
    if not (head and head[0].whole and head[1:]):
        return head, space
    if names_somebody(head[1:]):
        raise several(head)
    if space is not None:
        raise leftover(head[1:])
    return head[:1], joined(head[1:])


SPACE_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "spaces",
        "spaces [WORDS]",
        "the {spaces} that you reach",
        "spaces",
        listed,
        spaces=True,
    ),
    Verb(
        "/usher",
        "space",
        "space NAME",
        "one {space}: who you are there, and Manage access where it is yours",
        "space Apollo",
        one,
        spaces=True,
    ),
    Verb(
        "/usher",
        "space create",
        "space create NAME",
        "make a {space}, and own it",
        "space create Apollo",
        create,
        needs=frozenset({"create-space"}),
        form="create-space",
        spaces=True,
    ),
    Verb(
        "/usher",
        "space rename",
        "space rename OLD NEW",
        "give a {space} another name",
        "space rename Apollo to Artemis",
        rename,
        needs=frozenset({"rename-space"}),
        marks=marks(to="to"),
        form="rename-space",
        spaces=True,
    ),
    Verb(
        "/usher",
        "space delete",
        "space delete NAME",
        "delete a {space}; it cannot be undone",
        "space delete Apollo",
        delete,
        needs=frozenset({"delete-space"}),
        form="delete-space",
        spaces=True,
    ),
)
