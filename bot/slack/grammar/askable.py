"""What the words of a request ask for: a role, an add-on, ``KIND:NAME``, a group, or something that is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.grammar.lexer import Token, joined, unquoted
from bot.slack.grammar.naming import EVERYWHERE, known_role, no_spaces, role_and_space, unknown_role
from bot.slack.grammar.near import nearest
from bot.slack.grammar.phrase import Confused, Phrase, said
from handlers.catalogue import Addon, Catalogue, Scope
from handlers.catalogue_types import spelt
from handlers.commands import Asked

Tokens = Sequence[Token]
# No add-on's title has more words.
_ADDON_WORDS = 6
_MARKED: dict[str, Asked] = {"role": "role", "addon": "add-on", "group": "group"}


@dataclass(frozen=True, slots=True)
class Meant:
    """``named`` is the id of a role or add-on, and otherwise what was typed; '' is nothing yet."""

    asked: Asked
    named: str
    space: str | None = None
    lacks_space: bool = False

    @property
    def lacks_anything(self) -> bool:
        return not self.named or self.lacks_space

    def prefill(self) -> dict[str, str | None]:
        """``addon`` is an id; ``asked`` is ``group:NAME`` or ``resource:KIND:NAME``."""
        known: dict[str, str | None] = {"space": self.space}
        if not self.named:
            return known
        match self.asked:
            case "role":
                return known | {"role": self.named}
            case "add-on":
                return known | {"addon": self.named}
            case _:
                return known | {"asked": f"{self.asked}:{self.named}"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no catalogue knows: of a group or a space, or mistyped."""

    name: str
    confused: Confused


def meant(phrase: Phrase, tokens: Tokens) -> Meant | Unknown:
    """A role comes first, then an add-on, then a kind of resource. Raises ``Confused``."""
    space = phrase.words("space")
    if space is not None and not phrase.desk.catalogue.space:
        raise no_spaces(phrase.desk.catalogue, space)
    marked, rest = _marked(phrase, tokens)
    match marked:
        case "group":
            return Meant("group", _outside_spaces(phrase, joined(rest), "group"))
        case "role":
            return _role(phrase, rest, space)
        case "add-on":
            return _addon(phrase, rest, space) or _no_such_addon(phrase, rest)
        case _:
            return _unmarked(phrase, tokens, space)


def _marked(phrase: Phrase, tokens: Tokens) -> tuple[Asked | None, Tokens]:
    """``group Sales``: the word before the name tells what it is, unless the whole begins with a known name."""
    if len(tokens) < 2 or tokens[0].whole or _named(phrase.desk.catalogue, tokens):  # noqa: PLR2004 - a word and a name
        return None, tokens
    words: dict[str, Asked] = {**_MARKED, spelt(phrase.desk.catalogue.words.group): "group"}
    found = words.get(spelt(tokens[0].value).replace("_", ""))
    return (found, tokens[1:]) if found else (None, tokens)


def _named(catalogue: Catalogue, tokens: Tokens) -> bool:
    return known_role(catalogue, tokens) is not None or known_addon(catalogue, tokens) is not None


def _unmarked(phrase: Phrase, tokens: Tokens, space: str | None) -> Meant | Unknown:
    catalogue = phrase.desk.catalogue
    if not tokens:
        return Meant("role", "", space)
    addon, role = known_addon(catalogue, tokens), known_role(catalogue, tokens, _scopes(space))
    longer = len(addon[1]) - len(role.rest) if addon and role else 0
    if addon and role and not longer:
        raise Confused(
            f"{said(joined(tokens[: len(tokens) - len(role.rest)]))} is a role and an add-on here. Put `role` or "
            "`add-on` before the name."
        )
    if addon and (role is None or longer < 0):
        return _with_place(addon[0], addon[1], space)
    if role is not None:
        return _role(phrase, tokens, space)
    if thing := _resource(phrase, tokens):
        return thing
    confused = unknown_role(phrase, tokens, _scopes(space))
    if space is not None:
        raise confused
    return Unknown(joined(tokens), _also_addons(phrase, confused, tokens))


def _scopes(space: str | None) -> Sequence[Scope]:
    return ("space",) if space is not None else EVERYWHERE


def _role(phrase: Phrase, tokens: Tokens, space: str | None) -> Meant:
    found = role_and_space(phrase, tokens, space)
    return Meant("role", found.role.id if found.role else "", found.space, found.lacks_space)


# Add-ons --------------------------------------------------------------------------------------------------------------


def known_addon(catalogue: Catalogue, tokens: Tokens) -> tuple[Addon, Tokens] | None:
    """The longest name of an add-on that the words begin with, and the words after it."""
    for count in range(min(len(tokens), _ADDON_WORDS), 0, -1):
        if any(token.sort not in {"word", "quoted"} for token in tokens[:count]):
            continue
        if addon := catalogue.addon(" ".join(token.value for token in tokens[:count])):
            return addon, tokens[count:]
    return None


def _addon(phrase: Phrase, tokens: Tokens, space: str | None) -> Meant | None:
    found = known_addon(phrase.desk.catalogue, tokens)
    return _with_place(*found, space) if found else None


def _with_place(addon: Addon, rest: Tokens, space: str | None) -> Meant:
    """Words after it are the space's name, whose ``in`` was left out."""
    if rest and (space is not None or not addon.on_space or rest[0].sort == "separator"):
        raise Confused(f"{said(joined(rest))} was not understood there.")
    place = joined(rest) or space
    return Meant("add-on", addon.id, place, lacks_space=place is None and not addon.on_organization)


def _no_such_addon(phrase: Phrase, tokens: Tokens) -> Meant:
    titles = [addon.title for addon in phrase.desk.catalogue.addons.values()]
    there = f" Add-ons: {', '.join(titles)}." if titles else ""
    raise Confused(f"{said(joined(tokens))} is not an add-on here.{there}", nearest=nearest(joined(tokens), titles))


def _also_addons(phrase: Phrase, confused: Confused, tokens: Tokens) -> Confused:
    """A mistyped add-on is as likely meant as a mistyped role."""
    catalogue = phrase.desk.catalogue
    titles = [addon.title for addon in catalogue.addons.values()]
    guess = confused.nearest or nearest(joined(tokens), titles)
    also = f" No {catalogue.words.group} goes by that name either, as far as you can ask for one."
    return Confused(confused.what + also, nearest=guess)


# Resources ------------------------------------------------------------------------------------------------------------


def _resource(phrase: Phrase, tokens: Tokens) -> Meant | None:
    """``KIND:NAME``."""
    text = joined(tokens)
    head, colon, name = text.partition(":")
    if not colon:
        return None
    kinds, kind = phrase.desk.catalogue.kinds, phrase.desk.catalogue.kind(head)
    if kind is None:
        shown = f" Kinds: {', '.join(kinds)}." if kinds else ""
        raise Confused(f"{said(head)} is no kind of resource here.{shown}", nearest=nearest(head, kinds))
    named = unquoted(name.strip())
    return Meant("resource", _outside_spaces(phrase, f"{kind.id}:{named}" if named else "", kind.id))


def _outside_spaces(phrase: Phrase, name: str, what: str) -> str:
    if phrase.words("space") is not None:
        raise Confused(f"A {what} is asked for without a {phrase.desk.catalogue.words.space}: leave that out.")
    return name
