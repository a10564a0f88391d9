"""``/usher remove``, ``delete`` and ``delete-data``: ending a membership, an account, or its data."""

from bot.slack.grammar import spaces
from bot.slack.grammar.managing import of_one, one_person
from bot.slack.grammar.phrase import Phrase, Verb, marks
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading
from handlers.models import Desk


def remove(phrase: Phrase) -> Reading:
    """From a space at once; from the organization by its form, which says what goes with it."""
    who, space = spaces.who_and_where(phrase)
    if space is not None or phrase.all("space") or not _removes_from_organization(phrase.desk):
        return spaces.remove(phrase)
    target = one_person(who)
    return opened("remove-member", person=target and target.typed, reason=phrase.reason)


def _removes_from_organization(desk: Desk) -> bool:
    """Whoever may end no more than somebody's access to a space is asked to which."""
    catalogue = desk.catalogue
    mine, needed = catalogue.organization.get(desk.role or ""), catalogue.needs.get("remove", "")
    return not catalogue.space or catalogue.allows(mine, needed)


LEAVING_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "remove",
        "remove PERSON [from SPACE] [because …]",
        "end somebody's membership",
        "remove @ada because she has left",
        remove,
        needs=frozenset({"remove"}),
        marks=marks(from_="space", in_="space", because="reason"),
        form="remove-member",
        in_space="remove-from-space",
    ),
    Verb(
        "/usher",
        "delete",
        "delete PERSON [because …]",
        "delete an account and its data for good; it cannot be undone",
        "delete @ada because she asked for it",
        of_one("delete-member"),
        needs=frozenset({"delete"}),
        marks=marks(because="reason"),
        form="delete-member",
    ),
    Verb(
        "/usher",
        "delete-data",
        "delete-data PERSON [because …]",
        "delete the data that somebody owns, not the account; it cannot be undone",
        "delete-data @ada because the project is over",
        of_one("delete-data"),
        needs=frozenset({"delete-data"}),
        marks=marks(because="reason"),
        form="delete-data",
    ),
)
