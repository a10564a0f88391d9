"""``/usher group …``: making groups, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from bot.slack.grammar.lexer import Token, chunks, joined
from bot.slack.grammar.naming import person
from bot.slack.grammar.phrase import Phrase
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, Reading, Show
from bot.slack.grammar.renaming import renames
from handlers.commands import CreateGroup, JoinGroup, LeaveGroup, Person, RenameGroup

Tokens = Sequence[Token]


def groups(phrase: Phrase) -> Reading:
    return Show("group", phrase.name) if phrase.name else Show("groups")


def create(phrase: Phrase) -> Reading:
    return Act(CreateGroup(phrase.name)) if phrase.name else opened("create-group")


def delete(phrase: Phrase) -> Reading:
    """It cannot be undone, so the form opens even where everything was typed."""
    return opened("delete-group", group=phrase.name)


rename = renames("group", "rename-group", RenameGroup)


def moves(
    order: type[JoinGroup | LeaveGroup], form: Literal["join-group", "leave-group"]
) -> Callable[[Phrase], Reading]:
    """For people who join or leave."""

    def read(phrase: Phrase) -> Reading:
        named, group = _people_and_group(phrase)
        several = people(named)
        if not several or not group:
            typed = tuple(one.typed for one in several)
            return opened(form, people=typed, group=group)
        return Act(order(several, group))

    return read


def people(parts: Sequence[Tokens]) -> tuple[Person, ...]:
    return tuple(one for part in parts if (one := person(part)))


def _people_and_group(phrase: Phrase) -> tuple[Sequence[Tokens], str]:
    """Without ``to``, what follows the last person is the group, where it is clear where that one ends."""
    parts = chunks(phrase.head)
    to = phrase.given("to")
    if to is not None or not parts:
        return parts, joined(to or ())
    last = parts[-1]
    if last[0].whole and last[1:]:
        return [*parts[:-1], last[:1]], joined(last[1:])
    return parts, ""
