"""What is done for somebody who cannot get in: resets, which always open their form, and looking for the reason."""

from collections.abc import Sequence

from bot.slack.grammar.explaining import thing
from bot.slack.grammar.lexer import Token, joined
from bot.slack.grammar.managing import of_one, one_person
from bot.slack.grammar.phrase import Confused, Phrase, Slot, Verb, marks
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading, Show
from handlers.catalogue import Change

CAN_SEE = "\ncan see "
"""Between the person and the thing in what *check* is asked about; nobody can type it, for a command is one line."""

_SEEING = frozenset({"see", "view", "read", "open"})


def check(phrase: Phrase) -> Reading:
    target, asked = one_person(phrase.head, hint=""), phrase.given("can")
    if target is None:
        return opened("check")
    return Show("check", target.typed + (CAN_SEE + _thing(phrase, asked) if asked is not None else ""))


def _thing(phrase: Phrase, tokens: Sequence[Token]) -> str:
    """``KIND:NAME``; of the words before it only what is called seeing may stand there."""
    rest = tokens[1:] if tokens and tokens[0].value.casefold() in _SEEING else tokens
    if not rest:
        raise Confused("What they cannot see is missing: write it as KIND:NAME.")
    sort, named = thing(phrase.desk.catalogue, joined(rest))
    if sort not in phrase.desk.catalogue.kinds or not named:
        kinds = ", ".join(phrase.desk.catalogue.kinds) or "none"
        raise Confused(f"What they cannot see is written as KIND:NAME; the kinds are {kinds}.")
    return f"{sort}:{named}"


_CAN: dict[str, Slot] = {"can": "can", "cannot": "can", "can't": "can", "can’t": "can"}
_MANAGING: frozenset[Change] = frozenset(
    {"invite", "change-role", "deactivate", "reactivate", "reset-password", "reset-2fa", "permissions"}
)

MENDING_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "reset-password",
        "reset-password PERSON [because …]",
        "a new password for somebody who cannot get in",
        "reset-password @ada because she forgot it",
        of_one("reset-password"),
        needs=frozenset({"reset-password"}),
        marks=marks(because="reason"),
        form="reset-password",
    ),
    Verb(
        "/usher",
        "reset-2fa",
        "reset-2fa PERSON [because …]",
        "no second factor for somebody who lost theirs, until they set up a new one",
        "reset-2fa @ada because her phone is lost",
        of_one("reset-2fa"),
        needs=frozenset({"reset-2fa"}),
        marks=marks(because="reason"),
        form="reset-2fa",
    ),
    Verb(
        "/usher",
        "check",
        "check PERSON [can see KIND:NAME]",
        "why somebody cannot sign in, cannot see something, or got no mail",
        "check @ada",
        check,
        needs=_MANAGING,
        marks=_CAN,
        form="check",
    ),
)
