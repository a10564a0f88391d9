"""Whom and which role the words name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.slack.grammar.lexer import Token, is_address, joined
from bot.slack.grammar.near import is_slip, nearest
from bot.slack.grammar.phrase import Confused, Phrase, leftover, said
from handlers.catalogue import Catalogue, Role, Scope
from handlers.commands import Person
from handlers.models import Desk

EVERYWHERE: tuple[Scope, ...] = ("organization", "space")
# No role's name has more words, and no person's name more than these; so a long text is not searched to its end.
ROLE_WORDS = 4
_NAME_WORDS = 40


@dataclass(frozen=True, slots=True)
class NamedRole:
    """``rest``: the words after the role's name."""

    role: Role
    rest: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A role, as far as it was named, and the space it is held in."""

    role: Role | None
    space: str | None

    @property
    def lacks_space(self) -> bool:
        return self.role is not None and self.role.scope == "space" and self.space is None

    def prefill(self) -> dict[str, str | None]:
        return {"role": self.role.id if self.role else None, "space": self.space}


@dataclass(frozen=True, slots=True)
class Spot:
    start: int
    end: int


def person(tokens: Sequence[Token]) -> Person | None:
    """None where nothing was typed. Raises ``Confused`` for more than one person."""
    if len(tokens) > 1 and names_somebody(tokens):
        raise several(tokens)
    text = joined(tokens)
    match tokens[0].sort if tokens else "word":
        case "mention":
            return Person(slack=tokens[0].value)
        case "mail" | "recipient":
            return Person(email=text)
        case "quoted" if is_address(text):
            return Person(email=text)
        case _:
            name = text.removeprefix("@").strip()
            return Person(name=name) if name else None


def names_somebody(tokens: Sequence[Token]) -> bool:
    """Whether it holds a person, or a comma before one, that cannot be part of a name."""
    return any(token.sort not in {"word", "quoted"} for token in tokens)


def several(tokens: Sequence[Token]) -> Confused:
    return Confused(f"{said(joined(tokens))} is more than one person. Name one at a time.")


def known_role(
    catalogue: Catalogue,
    tokens: Sequence[Token],
    scopes: Sequence[Scope] = EVERYWHERE,
) -> NamedRole | None:
    """The longest name of a role that the words begin with; of two as long, that of the first scope."""
    for count in range(min(len(tokens), ROLE_WORDS), 0, -1):
        if any(token.sort not in {"word", "quoted"} for token in tokens[:count]):
            continue
        name = " ".join(token.value for token in tokens[:count])
        for scope in scopes:
            if role := catalogue.role(name, scope=scope):
                return NamedRole(role, tuple(tokens[count:]))
    return None


def spots(catalogue: Catalogue, tokens: Sequence[Token]) -> list[Spot]:
    """Where the name of a role stands among other words."""
    found: list[Spot] = []
    words = tokens[:_NAME_WORDS]
    for start in range(len(words)):
        if found and start < found[-1].end:
            continue
        if named := known_role(catalogue, words[start:]):
            found.append(Spot(start, len(words) - len(named.rest)))
    return found


def split_person_and_role(phrase: Phrase, tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Words without ``as``: up to where a role's name begins they name the person."""
    if tokens and tokens[0].whole:
        rest = tokens[2:] if tokens[1:] and tokens[1].sort == "separator" else tokens[1:]
        if names_somebody(rest):
            raise several(tokens)
        return tokens[:1], rest
    found = spots(phrase.desk.catalogue, tokens)
    if len(found) > 1:
        raise Confused(f"{said(joined(tokens))} holds more than one role. Put the person's name in quotation marks.")
    if not found:
        if len(tokens) > 1 and is_role_slip(phrase.desk.catalogue, tokens[-1]):
            raise unknown_role(phrase, tokens[-1:], EVERYWHERE)
        return tokens, ()
    start, end = found[0].start, found[0].end
    if start:
        return tokens[:start], tokens[start:]
    # "Guest Wilson" may be one person; nobody is made a guest by a guess.
    if tokens[end:] and not tokens[end].whole:
        raise Confused(f"Who is meant by {said(joined(tokens))}? Type the person first, then the role.")
    return tokens[end:], tokens[:end]


def role_and_space(phrase: Phrase, tokens: Sequence[Token], space: str | None) -> Place:
    """Words after a role that spaces know are the space's name, whose ``in`` was left out."""
    catalogue = phrase.desk.catalogue
    if space is not None and not catalogue.space:
        raise no_spaces(catalogue, space)
    if not tokens:
        return Place(None, space)
    scopes: tuple[Scope, ...] = ("space",) if space is not None else EVERYWHERE
    named = known_role(catalogue, tokens, scopes)
    if named is None:
        raise unknown_role(phrase, tokens, scopes)
    if not named.rest:
        return Place(named.role, space)
    in_space = catalogue.space.get(named.role.id)
    if space is not None or in_space is None or named.rest[0].sort == "separator":
        raise leftover(named.rest)
    return Place(in_space, joined(named.rest))


def no_spaces(catalogue: Catalogue, space: str) -> Confused:
    return Confused(f"There are no {catalogue.words.spaces} here, so leave {said(space)} out.")


def is_role_slip(catalogue: Catalogue, token: Token) -> bool:
    return is_slip(token.value, [role.title for scope in EVERYWHERE for role in roles_of(catalogue, scope).values()])


def unknown_role(phrase: Phrase, tokens: Sequence[Token], scopes: Sequence[Scope]) -> Confused:
    """Says which roles there are, and which was nearest."""
    known = [title for scope in scopes for title in titles(offered(phrase.desk, phrase.verb.offers, scope))]
    guess = nearest(joined(tokens), known) or nearest(tokens[0].seen, known)
    catalogue = phrase.desk.catalogue
    elsewhere = known_role(catalogue, tokens, ("organization",)) if "organization" not in scopes else None
    what = (
        f"{elsewhere.role.title} is a role in the organization, not in a {catalogue.words.space}."
        if elsewhere
        else f"{said(joined(tokens))} is not a role here."
    )
    return Confused(f"{what}{_offer(phrase, scopes)}", nearest=guess)


def roles_of(catalogue: Catalogue, scope: Scope) -> Mapping[str, Role]:
    return catalogue.space if scope == "space" else catalogue.organization


def offered(desk: Desk, offers: str, scope: Scope) -> list[Role]:
    """Highest first. A space's own roles are all named, as the desk does not know whose spaces they are."""
    roles = roles_of(desk.catalogue, scope)
    giver = desk.catalogue.organization.get(desk.role or "")
    if offers == "all" or (scope == "space" and not (giver and giver.gives_in_spaces)):
        mine = frozenset(roles)
    elif giver is None:
        mine = frozenset[str]()
    elif scope == "space":
        mine = giver.gives_in_spaces
    else:
        mine = frozenset(giver.invites) if offers == "invites" else giver.gives
    return sorted((roles[name] for name in mine), key=lambda role: -role.rank)


def titles(roles: Iterable[Role]) -> list[str]:
    return list(dict.fromkeys(role.title for role in roles))


def _offer(phrase: Phrase, scopes: Sequence[Scope]) -> str:
    there = f"in a {phrase.desk.catalogue.words.space}"
    named = {scope: titles(offered(phrase.desk, phrase.verb.offers, scope)) for scope in scopes}
    lead = "Roles" if phrase.verb.offers == "all" else "Roles you may give"
    sentences = [
        f" {f'Roles {there}' if scope == 'space' else lead}: {', '.join(roles)}."
        for scope, roles in named.items()
        if roles
    ]
    return "".join(sentences)
