"""``/usher group …``: making groups, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from bot.slack.grammar.lexer import Token, chunks, joined
from bot.slack.grammar.naming import person
from bot.slack.grammar.phrase import Phrase
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, FirstKnown, Reading, Show
from handlers.commands import CreateGroup, JoinGroup, LeaveGroup, Person, RenameGroup

Tokens = Sequence[Token]
# Two names together; each place between them costs a look at the groups there are.
MOST_WORDS = 20


def groups(phrase: Phrase) -> Reading:
    return Show("group", phrase.name) if phrase.name else Show("groups")


def create(phrase: Phrase) -> Reading:
    return Act(CreateGroup(phrase.name)) if phrase.name else opened("create-group")


def delete(phrase: Phrase) -> Reading:
    """It cannot be undone, so the form opens even where everything was typed."""
    return opened("delete-group", group=phrase.name)


def rename(phrase: Phrase) -> Reading:
    head, to = phrase.head, phrase.given("to")
    old, new = (joined(head), joined(to)) if to is not None else _two(head)
    if old and new:
        return Act(RenameGroup(old, new))
    if not 2 <= len(head) <= MOST_WORDS or to is not None:  # noqa: PLR2004 - two names are two words at least
        return opened("rename-group", group=old or joined(head), name=new)
    # Where the old name ends, only who knows the groups can tell: the longest known name wins, the whole first.
    parts = [(joined(head[:at]), joined(head[at:])) for at in range(len(head) - 1, 0, -1)]
    whole = (joined(head), opened("rename-group", group=joined(head)))
    acts = tuple((one, Act(RenameGroup(one, rest))) for one, rest in parts)
    return FirstKnown("group", (whole, *acts), opened("rename-group", group=joined(head[:1]), name=joined(head[1:])))


def _two(head: Tokens) -> tuple[str, str]:
    """What follows a name in quotation marks is the other one."""
    if len(head) >= 2 and head[0].sort == "quoted":  # noqa: PLR2004 - see above
        return joined(head[:1]), joined(head[1:])
    return "", ""


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
