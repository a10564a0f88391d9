"""``/usher``: setup, invitations, and what is done to one person."""

from collections.abc import Callable, Sequence

from bot.slack.grammar.lexer import Token, joined
from bot.slack.grammar.naming import (
    known_role,
    names_somebody,
    no_spaces,
    person,
    role_and_space,
    several,
    split_person_and_role,
)
from bot.slack.grammar.phrase import Confused, Phrase, leftover, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, Form, Reading, Show
from bot.slack.grammar.terms import cut_time, term
from handlers.commands import ChangeRole, Deactivate, Person, Reactivate
from handlers.models import InvitationState


def set_up(phrase: Phrase) -> Reading:
    return opened("set-up", name=phrase.name)


def invitations(phrase: Phrase) -> Reading:
    """A state may be narrowed to by `status:expired`, or by its bare word where nothing else stands there."""
    words, state = _without_state(phrase.head)
    space = phrase.words("space")
    if space and words:
        raise leftover(words)
    space = space or joined(words) or None
    if space and not phrase.desk.catalogue.space:
        raise no_spaces(phrase.desk.catalogue, space)
    about = " ".join(part for part in (state and f"{STATUS}{state}", space) if part)
    return Show("invitations", about or None)


STATUS = "status:"
_STATES: tuple[InvitationState, ...] = ("pending", "expired", "accepted", "revoked")


def _without_state(tokens: Sequence[Token]) -> tuple[Sequence[Token], str]:
    for at, token in enumerate(tokens):
        marked = token.sort == "word" and token.value.casefold().startswith(STATUS)
        bare = token.sort == "word" and len(tokens) == 1 and token.value.casefold() in _STATES
        if marked or bare:
            return (*tokens[:at], *tokens[at + 1 :]), _state(token.value.casefold().removeprefix(STATUS))
    return tokens, ""


def _state(typed: str) -> str:
    if typed not in _STATES:
        raise Confused(f"{said(typed)} is no status of an invitation. It is one of {', '.join(_STATES)}.")
    return typed


def change_role(phrase: Phrase) -> Reading:
    who, role_words, space = _whom_what_where(phrase)
    role_words, bare = cut_time(role_words)
    how_long = term(phrase, phrase.given("for"), bare)
    target = person(who)
    found = role_and_space(phrase, role_words, space)
    if target is None or found.role is None or found.lacks_space or phrase.unfinished:
        known = {"reason": phrase.reason} | found.prefill() | how_long.prefill(phrase.desk.timezone)
        return opened("change-role", person=target and target.typed, **known)
    return Act(ChangeRole(target, found.role.id, found.space, how_long.lasts, how_long.until, phrase.reason or ""))


def _whom_what_where(phrase: Phrase) -> tuple[Sequence[Token], Sequence[Token], str | None]:
    """``to`` leads to the role, or, where a role was named before it, to the space."""
    marked, to, space = phrase.given("role"), phrase.given("to"), phrase.words("space")
    if marked is None and to and known_role(phrase.desk.catalogue, to):
        return phrase.head, to, space
    who, role_words = (phrase.head, marked) if marked else split_person_and_role(phrase, phrase.head)
    if to and role_words:
        if space is not None:
            raise leftover(to)
        return who, role_words, joined(to)
    return who, role_words or to or (), space


def of_one(form: Form, order: type[Deactivate | Reactivate] | None = None) -> Callable[[Phrase], Reading]:
    """For what is done to one person, with a reason at most. Without ``order`` the form opens however much was typed:
    it says what will be lost."""

    def read(phrase: Phrase) -> Reading:
        target = one_person(phrase.head)
        if target is None or phrase.unfinished or order is None:
            return opened(form, person=target and target.typed, reason=phrase.reason)
        return Act(order(target, phrase.reason or ""))

    return read


def only(reading: Reading) -> Callable[[Phrase], Reading]:
    """For what nothing may follow."""

    def read(phrase: Phrase) -> Reading:
        if phrase.head:
            raise leftover(phrase.head)
        return reading

    return read


def one_person(tokens: Sequence[Token], *, hint: str = " A reason starts with `because`.") -> Person | None:
    """Words after a whole name are not taken for a reason: they may be a second person, who would be forgotten.
    ``hint``: what could stand there."""
    if tokens and tokens[0].whole and tokens[1:]:
        if names_somebody(tokens[1:]):
            raise several(tokens)
        raise Confused(f"{said(joined(tokens[1:]))} was not understood there.{hint}")
    return person(tokens)
