"""``/access``: asking for something, keeping it for longer, giving it back, and connecting this Slack account."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.slack.grammar.askable import Unknown, meant
from bot.slack.grammar.lexer import Token, is_address, joined
from bot.slack.grammar.naming import person
from bot.slack.grammar.phrase import Confused, Phrase, leftover, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, AskFor, CancelWhich, HeldWhich, Reading
from bot.slack.grammar.terms import cut_time, term
from bot.slack.grammar.times import duration
from handlers.commands import Person, RequestAccess, StartConnecting

# What begins so was meant as a duration, even if it is a wrong one; anything else after `for` is a person.
_COUNTED = re.compile(r"[-+.]?[0-9]|an? ", re.ASCII | re.IGNORECASE)
_ONESELF = frozenset({"me", "myself"})
_FILLER = "access"

Tokens = Sequence[Token]


def request(phrase: Phrase) -> Reading:
    words, bare = cut_time(_role_words(phrase))
    lasts, whom, after = _for(phrase)
    how_long = term(phrase, lasts, [*bare, *after])
    target = _target(whom)
    reason = phrase.reason or ""
    draft = RequestAccess("", reason, phrase.words("space"), how_long.lasts, how_long.until, target)
    known = {"reason": reason, "person": target and target.typed} | how_long.prefill(phrase.desk.timezone)
    found = meant(phrase, words)
    if isinstance(found, Unknown):
        guess = found.confused
        return AskFor(found.name, draft, opened("request-access", **known), guess.what, guess.nearest)
    if found.lacks_anything or phrase.unfinished or not reason:
        return opened("request-access", **known, **found.prefill())
    return Act(replace(draft, role=found.named, space=found.space, asked=found.asked))


def cancel(phrase: Phrase) -> Reading:
    return CancelWhich(phrase.name)


def extend(phrase: Phrase) -> Reading:
    """Without a time it is for as long as it was before."""
    words, bare = cut_time(phrase.head)
    how_long = term(phrase, phrase.given("for"), bare)
    return HeldWhich("extend", _whole_name(phrase, words), how_long.lasts, how_long.until, phrase.reason or "")


def give_back(phrase: Phrase) -> Reading:
    return HeldWhich("give-back", _whole_name(phrase, phrase.head))


def _whole_name(phrase: Phrase, words: Tokens) -> str | None:
    """``editor in Apollo`` is one name; a place alone is the name of what is held there."""
    place = phrase.words("space")
    name = joined(words)
    return f"{name} in {place}" if name and place else name or place or None


def connect(phrase: Phrase) -> Reading:
    """A code typed here is never taken nor said back: it belongs into the form."""
    email = joined(phrase.head[:1])
    if not email or email.isdigit():
        return opened("connect", email=phrase.desk.email)
    if not is_address(email):
        raise Confused(f"{said(email)} is not an e-mail address.")
    if phrase.head[1:]:
        return opened("connect", email=email)
    return Act(StartConnecting(email))


def _role_words(phrase: Phrase) -> Tokens:
    """``request access as editor`` says no more than ``request editor``."""
    head, marked = phrase.head, phrase.given("role")
    if head and head[0].value.casefold() == _FILLER:
        head = head[1:]
    if head and marked:
        raise leftover(head)
    return marked or head


def _for(phrase: Phrase) -> tuple[Tokens | None, Tokens, Tokens]:
    """What followed ``for``: a duration, a person, and a duration or date that followed the person."""
    lengths: list[Tokens] = []
    people: list[Tokens] = []
    for tokens in phrase.all("for"):
        (lengths if _is_length(tokens) else people).append(tokens)
    if len(lengths) > 1 or len(people) > 1:
        raise Confused("“for” can name one duration and one person, each only once.")
    who, after = cut_time(people[0]) if people else ((), ())
    return (lengths[0] if lengths else None), who, after


def _is_length(tokens: Tokens) -> bool:
    text = joined(tokens)
    return duration(text) is not None or (tokens[:1] != () and not tokens[0].whole and bool(_COUNTED.match(text)))


def _target(tokens: Tokens) -> Person | None:
    return None if joined(tokens).casefold() in _ONESELF else person(tokens)
