"""Endings in words: before anything ends, what will be lost and what will not, in counts."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.wording.phrase import NOTHING, Fact, Phrase, Typed, listed, say
from handlers.catalogue_types import Catalogue
from handlers.leaving_queries import Departure, Ending

MOST_SPACES: Final = 10
NAME: Final = 80

WARNING: Final = say("This cannot be undone.")

# What each of them does at all, where nobody is named yet.
WHAT: Final[Mapping[Ending, Phrase]] = {
    "deactivate": say(
        "No door opens to them any more: sessions, links and waiting requests end, and they are told. Their roles, "
        "groups and data are kept; `/usher reactivate` brings them back with all of it."
    ),
    "remove": say(
        "Ends the membership of the organization: roles, groups, permissions, sessions and links end, and they are "
        "told. What they own is kept and is theirs again when they come back by a new invitation."
    ),
    "delete": say(
        "Erases the account for good: name, address, password, second factor, roles, and the resources that are their "
        "data. What others did stays in the audit, which knows them by a pseudonym from then on. "
    )
    + WARNING,
    "delete-data": say("Unregisters for good every resource that is somebody's data. The account stays. ") + WARNING,
}
COMES_BACK: Final = say(
    "They come back with the roles, groups and permissions they had, and are told. Sessions, links and requests that "
    "ended when they were deactivated do not come back."
)


def who(one: Departure) -> Phrase:
    if one.own:
        return say("This is about your own account, {email}.", email=Typed(one.member.email, NAME))
    named = one.member.name and one.member.name != one.member.email
    address = say(" ({email})", email=Typed(one.member.email, NAME)) if named else NOTHING
    return say("This is about {name}", name=Typed(one.member.name or one.member.email, NAME)) + address + say(".")


def lines(one: Departure, catalogue: Catalogue) -> list[Phrase]:
    """Who it is about, what will be lost, what will not, and what happens when the form is sent."""
    lost, stays = losses(one, catalogue), kept(one, catalogue)
    said = [
        say("Lost: ") + listed(lost) + say(".") if lost else NOTHING,
        say("Kept: ") + listed(stays) + say(".") if stays else NOTHING,
        WARNING if one.how in ("delete", "delete-data") else NOTHING,
        _then(one),
    ]
    return [who(one), *(line for line in said if line)]


def losses(one: Departure, catalogue: Catalogue) -> list[Fact]:
    match one.how:
        case "deactivate":
            return [_of(one, "every session and link"), *_waiting(one)]
        case "remove":
            return [*_held(one, catalogue), _of(one, "every session and link"), *_waiting(one)]
        case "delete":
            own = _of(one, "name, address, password and second factor")
            return [own, *_held(one, catalogue), *_data(one), *_waiting(one)]
        case "delete-data":
            return _data(one)


def kept(one: Departure, catalogue: Catalogue) -> list[Fact]:
    match one.how:
        case "deactivate":
            return [*_held(one, catalogue), *_data(one), *_others(one), say("the account, which can be reactivated")]
        case "remove":
            return [*_data(one), *_others(one), say("the record, for a new invitation")]
        case "delete":
            return [*_others(one), say("what others did, with a pseudonym in place of the name")]
        case "delete-data":
            stays = "your account, with its roles and groups" if one.own else "the account, with its roles and groups"
            return [*_others(one), say(stays)]


def only_owner(one: Departure, catalogue: Catalogue) -> Phrase:
    """Which spaces would be left without an owner (I5)."""
    spaces = [Typed(space.label, NAME) for space in one.alone]
    whose = say("You are") if one.own else say("{name} is", name=Typed(one.member.name or one.member.email, NAME))
    word = catalogue.words.space if len(spaces) == 1 else catalogue.words.spaces
    return whose + say(" the only owner of the {word} ", word=word) + listed(spaces, most=MOST_SPACES)


def heir_needed(one: Departure, catalogue: Catalogue) -> Phrase:
    return only_owner(one, catalogue) + say(": choose who owns {it} from now on.", it=_it(one))


def first_another(one: Departure, catalogue: Catalogue) -> Phrase:
    """Nobody who leaves may leave a space without an owner."""
    return only_owner(one, catalogue) + say(": first give {it} another owner, in Manage access.", it=_it(one))


def _it(one: Departure) -> str:
    return "it" if len(one.alone) == 1 else "them"


def nothing(one: Departure) -> Phrase:
    whose = "You own" if one.own else "They own"
    return say(f"{whose} nothing that is data here, so there is nothing to delete.")


def _then(one: Departure) -> Phrase:
    """What sending the form does."""
    if not one.asks:
        return NOTHING
    return say("Nothing happens until somebody else approves it: sending this asks them.")


# Counts ---------------------------------------------------------------------------------------------------------------


def _of(one: Departure, what: str) -> Phrase:
    return say("your ") + say(what) if one.own else say("their ") + say(what)


def counted(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {many}"


def _held(one: Departure, catalogue: Catalogue) -> list[Fact]:
    """The roles, groups and permissions."""
    words, holds = catalogue.words, one.holds
    said: list[Fact] = [say("the role {role}", role=one.role)] if one.role else []
    counts = (
        (holds.spaces, f"role in a {words.space}", f"roles in {words.spaces}"),
        (holds.groups, words.group, words.groups),
        (holds.addons, "add-on", "add-ons"),
        (holds.lists, "place on a resource's list", "places on resources' lists"),
        (holds.invitations, "open invitation", "open invitations"),
    )
    return [*said, *(counted(*count) for count in counts if count[0])]


def _waiting(one: Departure) -> list[Fact]:
    return [counted(one.holds.requests, "waiting request", "waiting requests")] if one.holds.requests else []


def _data(one: Departure) -> list[Fact]:
    if not one.data:
        return []
    whose = "you own" if one.own else "they own"
    return [say(f"{{count}} that {whose}", count=_kinds(one.data))]


def _kinds(data: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {title.lower()}{'' if count == 1 else 's'}" for title, count in data)


def _others(one: Departure) -> list[Fact]:
    """What they own that is not their data: it belongs to everybody who works with it."""
    if not one.kept:
        return []
    return [counted(one.kept, "other resource that they registered", "other resources that they registered")]
