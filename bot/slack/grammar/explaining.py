"""``/usher why`` and ``/usher who can``: a question about one action on one thing."""

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.slack.grammar.lexer import Token, joined, unquoted
from bot.slack.grammar.naming import no_spaces, person
from bot.slack.grammar.near import nearest
from bot.slack.grammar.phrase import Confused, Phrase, Slot, Verb, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Explain, OpenForm, Reading, WhoCan
from handlers.catalogue import Catalogue
from handlers.catalogue_types import spelt
from handlers.explaining import FEATURE, ORGANIZATION, SPACE, Topic, actions_on, sorts

ONESELF = frozenset({"me", "myself", "i"})
_MOST_NAMED = 12

Tokens = Sequence[Token]


def why(phrase: Phrase) -> Reading:
    who, rest = _whom_and_what(phrase)
    oneself = joined(who).casefold() in ONESELF
    target = None if oneself else person(who)
    asked = _asked(phrase.desk.catalogue, rest)
    if isinstance(asked, Topic) and (target or oneself):
        return Explain(asked, target)
    return _form("why", asked, _oneself(phrase) if oneself else target and target.typed)


def _oneself(phrase: Phrase) -> str | None:
    """The form asks whoever may choose somebody; about anybody else it is anyway."""
    return phrase.desk.member.email if phrase.desk.member and "list" in phrase.desk.may else None


def who_can(phrase: Phrase) -> Reading:
    asked = _asked(phrase.desk.catalogue, phrase.head)
    return WhoCan(asked) if isinstance(asked, Topic) else _form("who-can", asked, None)


def _form(form: Literal["why", "who-can"], asked: Topic | Mapping[str, str], whom: str | None) -> OpenForm:
    known = {"action": asked.action, "sort": asked.sort, "named": asked.named} if isinstance(asked, Topic) else asked
    return opened(form, person=whom, **known)


def _whom_and_what(phrase: Phrase) -> tuple[Tokens, Tokens]:
    """``can`` may be left out after a whole name, or where the action before ``KIND:NAME`` tells where it ends."""
    marked = phrase.given("can")
    if marked is not None or not phrase.head:
        return phrase.head, marked or ()
    if phrase.head[0].whole or phrase.head[0].value.casefold() in ONESELF:
        return phrase.head[:1], phrase.head[1:]
    actions = _every_action(phrase.desk.catalogue)
    spots = [at for at, token in enumerate(phrase.head) if at and spelt(token.value) in actions]
    return (phrase.head[: spots[0]], phrase.head[spots[0] :]) if spots else (phrase.head, ())


def _every_action(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(spelt(action) for sort in sorts(catalogue) for action in actions_on(catalogue, sort))


# The action and the thing ---------------------------------------------------------------------------------------------


def _asked(catalogue: Catalogue, tokens: Tokens) -> Topic | dict[str, str]:
    """Only what was understood, where it is not the whole of it. Raises ``Confused`` for what is not known here."""
    if not tokens:
        return {}
    action, words = tokens[0].value.casefold(), joined(tokens[1:])
    if not words:
        return {"action": action}
    sort, named = thing(catalogue, words)
    action = _action(catalogue, sort, action)
    if not named and sort != ORGANIZATION:
        return {"action": action, "sort": sort}
    return Topic(action, sort, named)


def thing(catalogue: Catalogue, text: str) -> tuple[str, str]:
    """``KIND:NAME``, or ``KIND NAME``; only the organization needs no name."""
    known = _spellings(catalogue)
    head, colon, name = text.partition(":")
    if not colon:
        head, _, name = text.partition(" ")
    sort, named = known.get(spelt(head)), unquoted(name.strip())
    if spelt(head) == SPACE and not catalogue.space:
        raise no_spaces(catalogue, text)
    if sort is None:
        kinds = ", ".join(sorts(catalogue))
        raise Confused(
            f"{said(head)} is no kind of thing here. Write KIND:NAME; the kinds are {kinds}.",
            nearest=nearest(head, sorts(catalogue)),
        )
    return sort, _toggle(catalogue, named) if sort == FEATURE and named else named


def _spellings(catalogue: Catalogue) -> Mapping[str, str]:
    """What may stand before the colon; a space also goes by the catalogue's own word, a kind by its title."""
    known = {spelt(sort): sort for sort in sorts(catalogue)}
    known |= {spelt(kind.title): kind.id for kind in catalogue.kinds.values()}
    return known | ({spelt(catalogue.words.space): SPACE} if catalogue.space else {})


def _toggle(catalogue: Catalogue, named: str) -> str:
    if found := catalogue.toggle(named):
        return found.id
    raise Confused(
        f"{said(named)} is no feature here. Features: {', '.join(catalogue.toggles)}.",
        nearest=nearest(named, catalogue.toggles),
    )


def _action(catalogue: Catalogue, sort: str, typed: str) -> str:
    known = actions_on(catalogue, sort)
    if found := {spelt(action): action for action in known}.get(spelt(typed)):
        return found
    shown = ", ".join(known[:_MOST_NAMED])
    more = f", and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
    what = catalogue.words.space if sort == SPACE else sort
    raise Confused(
        f"{said(typed)} is nothing that can be done with “{what}”. Actions: {shown}{more}.",
        nearest=nearest(typed, known),
    )


_CAN: Mapping[str, Slot] = {"can": "can", "cannot": "can", "can't": "can", "can’t": "can"}

WHY_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "why",
        "why PERSON can ACTION KIND:NAME",
        "whether somebody can do something, and each reason",
        "why @ada can members:invite organization",
        why,
        marks=_CAN,
        form="why",
    ),
    Verb(
        "/usher",
        "who can",
        "who can ACTION KIND:NAME",
        "who all can do something, each with the reason",
        "who can members:invite organization",
        who_can,
        needs=frozenset({"list", "audit"}),
        marks={},
        form="who-can",
    ),
)
