"""What somebody holds beside a role, in words: what was given, what ended, and what was given back."""

from datetime import datetime

from bot.wording.common import in_space, role_title
from bot.wording.phrase import NOTHING, Phrase, When, say
from bot.wording.telling import ASK, MINE, Said, Telling
from handlers.catalogue_types import Catalogue
from handlers.commands import Asked, GivenBack, GrantGiven


def thing(catalogue: Catalogue, asked: Asked, name: str) -> Phrase:
    """`the role Editor`, `the add-on Ticket Creator`, `the place in the group Sales`, `the access to Revenue`."""
    match asked:
        case "role":
            return say("the role {name}", name=name)
        case "add-on":
            return say("the add-on {name}", name=name)
        case "group":
            return say("the place in the {word} {name}", word=catalogue.words.group, name=name)
        case "resource":
            return say("the access to {name}", name=name)


def until(ends: datetime | None, zone: str) -> Phrase:
    return say(" until {ends}", ends=When(ends, zone)) if ends else NOTHING


def given(result: GrantGiven, catalogue: Catalogue, zone: str) -> Phrase:
    it = thing(catalogue, result.asked, result.what) + in_space(catalogue, result.space)
    return say("{member} now has {it}", member=result.member, it=it) + until(result.ends, zone) + say(".")


def given_back(result: GivenBack, catalogue: Catalogue) -> Phrase:
    it = thing(catalogue, result.asked, result.what) + in_space(catalogue, result.space)
    left = (
        say(" You hold {role} there now.", role=role_title(catalogue, result.returns_to, result.space))
        if result.returns_to
        else NOTHING
    )
    return say("You gave {it} back.", it=it) + left


# Unasked --------------------------------------------------------------------------------------------------------------


def _named(telling: Telling, what: str | None) -> Phrase:
    """By its name, which what was deleted since has lost."""
    asked, catalogue = telling.notice.asked, telling.letter.catalogue
    addon = catalogue.addons.get(what or "")
    name = addon.title if addon and asked == "add-on" else telling.letter.thing
    return thing(catalogue, asked, name or "something that is no longer there")


def told_given(telling: Telling) -> Said:
    happened = say("{by} let you have {it}", by=telling.by, it=_named(telling, telling.notice.new))
    return Said(happened + telling.where + telling.until + say("."), say("{mine} shows all that you hold.", mine=MINE))


def told_ended(telling: Telling) -> Said:
    again = say("Do you still need it? Ask again with {ask}.", ask=ASK)
    old, new = telling.notice.old, telling.notice.new
    if telling.notice.asked != "role":
        it = _named(telling, old)
        return Said(say("The time of {it}{where} is over.", it=it, where=telling.where), again)
    happened = say("Your temporary role {old}{where} has ended.", old=telling.role(old), where=telling.where)
    return Said(happened + say(" You hold {new} there now.", new=telling.role(new)), again)
