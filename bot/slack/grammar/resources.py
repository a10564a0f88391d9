"""``/usher resource …``: what products register, and who is on its list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.slack.grammar.lexer import Token, chunks, is_address, joined, keyword, unquoted
from bot.slack.grammar.naming import no_spaces, person
from bot.slack.grammar.phrase import Confused, Phrase, leftover, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, Reading, Show
from handlers.commands import AddResource, Person, Share, Thing, Unshare

Tokens = Sequence[Token]
_GROUP = frozenset({"group", "groups"})


def resources(phrase: Phrase) -> Reading:
    return Show("resources", phrase.name)


def resource(phrase: Phrase) -> Reading:
    """A name without a kind before it may be a kind alone."""
    name = phrase.name
    if name is None or ":" not in name:
        return Show("resources", name)
    return Show("resource", thing(name).typed)


def thing(text: str) -> Thing:
    """``dataset:Sales``, ``dataset:"Sales report"`` or ``dataset: Sales report``."""
    sort, _, name = text.partition(":")
    return Thing(sort.strip(), unquoted(name.strip()))


def _thing(phrase: Phrase, tokens: Tokens) -> Thing | None:
    """None where nothing was typed. Raises ``Confused``."""
    text = joined(tokens)
    if not text:
        return None
    found = thing(text)
    if not found.sort or not found.named:
        kinds = ", ".join(phrase.desk.catalogue.kinds)
        known = f" Kinds here: {kinds}." if kinds else ""
        raise Confused(f"{said(text)} is no resource: type its kind, a colon and its id or name.{known}")
    return found


def add(phrase: Phrase) -> Reading:
    found, space, name = _thing(phrase, phrase.head), phrase.words("space"), phrase.words("name")
    if space and not phrase.desk.catalogue.space:
        raise no_spaces(phrase.desk.catalogue, space)
    owner = person(phrase.given("owner") or ())
    if found is None or name is None or phrase.unfinished:
        known = {"sort": found.sort, "outside": found.named} if found else {}
        return opened("add-resource", name=name, space=space, owner=owner and owner.typed, **known)
    return Act(AddResource(found.sort, found.named, name, space, owner))


def remove(phrase: Phrase) -> Reading:
    """It cannot be undone, so the form opens even where everything was typed."""
    found = _thing(phrase, phrase.head)
    return opened("remove-resource", resource=found and found.typed)


@dataclass(frozen=True, slots=True)
class Listed:
    """Whom the words put on a list or take off it."""

    people: tuple[Person, ...] = ()
    emails: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def shares(order: type[Share | Unshare], form: Literal["share", "unshare"]) -> Callable[[Phrase], Reading]:
    def read(phrase: Phrase) -> Reading:
        found, who = _thing(phrase, phrase.head), listed(phrase.given("to") or ())
        if found is None or who == Listed():
            typed = tuple(one.typed for one in who.people)
            known = found and found.typed
            return opened(form, resource=known, people=typed, emails=who.emails, groups=who.groups)
        return Act(order(found, who.people, who.emails, who.groups))

    return read


def listed(tokens: Tokens) -> Listed:
    """Mentions, addresses and names, each a person or an address; ``group`` before a name makes it a group's."""
    people: list[Person] = []
    emails: list[str] = []
    groups: list[str] = []
    for part in chunks(tokens):
        if keyword(part[0]) in _GROUP:
            groups += [joined(part[1:])] if part[1:] else []
        elif len(part) == 1 and is_address(joined(part)):
            emails.append(joined(part))
        elif part[0].whole and part[1:]:
            raise leftover(part[1:])
        elif one := person(part):
            people.append(one)
    return Listed(tuple(people), tuple(emails), tuple(groups))
