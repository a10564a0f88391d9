"""``/usher invite``: a list of addresses, and what each of them is invited to."""

from collections.abc import Sequence

from bot.slack.grammar.lexer import Token, chunks, is_address, joined
from bot.slack.grammar.naming import EVERYWHERE, ROLE_WORDS, is_role_slip, known_role, role_and_space, unknown_role
from bot.slack.grammar.phrase import Confused, Phrase, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, Reading
from handlers.commands import Invite

_AND = frozenset({"and", "&", "+"})


def invite(phrase: Phrase) -> Reading:
    listed, role_words = _addresses_and_role(phrase)
    emails = addresses(listed)
    if emails and not any(map(is_address, emails)):
        raise _no_address(listed)
    found = role_and_space(phrase, role_words, phrase.words("space"))
    groups = tuple(name for part in chunks(phrase.given("groups") or ()) if (name := joined(part)))
    name = phrase.words("name")
    if found.role is None or not emails or found.lacks_space or phrase.unfinished:
        return opened("invite", emails=emails, groups=groups, name=name, **found.prefill())
    return Act(Invite(emails, found.role.id, found.space, groups, name))


def addresses(tokens: Sequence[Token]) -> tuple[str, ...]:
    """As typed, bad ones too: each is answered for. A list pasted from a mail loses the names before its addresses."""
    emails: list[str] = []
    for part in chunks(tokens):
        kept = part[-1:] if part[-1].sort == "recipient" else part
        for token in kept:
            emails += _split(token) if token.sort == "quoted" else [token.seen]
    return tuple(email for email in emails if email.casefold() not in _AND)


def _split(token: Token) -> list[str]:
    return token.value.replace(",", " ").replace(";", " ").split()


def _addresses_and_role(phrase: Phrase) -> tuple[Sequence[Token], Sequence[Token]]:
    marked = phrase.given("role")
    if marked is None:
        return _unmarked(phrase, phrase.head)
    if phrase.head:
        return phrase.head, marked
    # "as viewer ada@example.org"
    named = known_role(phrase.desk.catalogue, marked)
    if named and named.rest and _addresses_follow(named.rest):
        return named.rest, marked[: -len(named.rest)]
    return (), marked


def _unmarked(phrase: Phrase, head: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Without ``as``, the role stands after the last address, or before the first."""
    catalogue = phrase.desk.catalogue
    first = known_role(catalogue, head)
    if first and (not first.rest or _addresses_follow(first.rest)):
        return first.rest, head[: len(head) - len(first.rest)]
    at = _after_addresses(head)
    tail = head[at:]
    for start in (0, *range(max(1, len(tail) - ROLE_WORDS), len(tail))):
        named = known_role(catalogue, tail[start:])
        if named and (start == 0 or not named.rest):
            return head[: at + start], tail[start:]
    if at and tail and (head[at - 1].sort != "separator" or is_role_slip(catalogue, tail[-1])):
        raise unknown_role(phrase, tail, EVERYWHERE)
    return head, ()


def _addresses_follow(tokens: Sequence[Token]) -> bool:
    return tokens[0].sort in {"mail", "recipient"}


def _after_addresses(tokens: Sequence[Token]) -> int:
    """The index after the last word that is an address or separates two."""
    for at in range(len(tokens), 0, -1):
        token = tokens[at - 1]
        if token.sort in {"mail", "recipient", "separator", "mention"} or is_address(token.value):
            return at
    return 0


def _no_address(tokens: Sequence[Token]) -> Confused:
    if any(token.sort == "mention" for token in tokens):
        return Confused(f"{said(joined(tokens))}: an invitation goes to an e-mail address. It stands in their profile.")
    return Confused(f"There is no e-mail address in {said(joined(tokens))}.")
