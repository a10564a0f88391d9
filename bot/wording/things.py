"""Groups and resources in words: what was done to them."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.wording.phrase import NOTHING, Fact, Phrase, Typed, listed, say
from handlers.catalogue_types import Catalogue
from handlers.commands import GroupChanged, ResourceChanged

Changed = Callable[[GroupChanged, Phrase], Phrase]


def group_changed(result: GroupChanged, catalogue: Catalogue) -> Phrase:
    group = say("the {word} {group}", word=catalogue.words.group, group=Typed(result.group, 100))
    return _GROUPS[result.what](result, group)


def _people(result: GroupChanged) -> Phrase:
    return listed(result.people)


_GROUPS: Final[Mapping[str, Changed]] = {
    "created": lambda _, group: say("There is {group} now. `/usher group add` puts people into it.", group=group),
    "renamed": lambda result, group: say(
        "{old} is {group} now; who is in it and what it is on stays.", old=Typed(result.old or "–", 100), group=group
    ),
    "deleted": lambda _, group: say(
        "Deleted {group}: nobody is in it any more, and it is on no list. Whoever was in it is told.", group=group
    ),
    "joined": lambda result, group: say(
        "{who} joined {group}, and {told}.", who=_people(result), group=group, told=_told(result)
    ),
    "left": lambda result, group: say(
        "{who} left {group}, and {told}.", who=_people(result), group=group, told=_told(result)
    ),
}


def _told(result: GroupChanged) -> Phrase:
    return say("is told" if len(result.people) == 1 else "are told")


def resource_changed(result: ResourceChanged, catalogue: Catalogue) -> Phrase:
    kind = catalogue.kinds.get(result.sort)
    title = kind.title if kind else result.sort
    thing = say("the {kind} {name}", kind=title.lower(), name=Typed(result.name, 200))
    return _RESOURCES[result.what](result, thing)


def _who(result: ResourceChanged) -> Phrase:
    facts: list[Fact] = [Typed(one, 100) for one in result.who]
    return listed(facts)


def _notified(result: ResourceChanged, thing: Phrase) -> Phrase:
    if not result.told and not result.missed:
        return say("Nobody is on the list of {thing}, so nobody is told.", thing=thing)
    people = "1 is" if result.told == 1 else f"{result.told} are"
    told = say(f"Of those on the list of {{thing}}, {people} told.", thing=thing)
    if not result.missed:
        return told
    more = result.missed - len(result.who)
    rest = say(f" and {more} more") if more > 0 else NOTHING
    return told + say(" No mail is set up here, so these are not reached: {who}", who=_who(result)) + rest + say(".")


_RESOURCES: Final[Mapping[str, Callable[[ResourceChanged, Phrase], Phrase]]] = {
    "added": lambda _, thing: say("Registered {thing}. `/usher resource share` puts people on its list.", thing=thing),
    "changed": lambda _, thing: say("Changed {thing}; who is on its list stays.", thing=thing),
    "removed": lambda _, thing: say(
        "Took {thing} out of Usher, with its list and everybody's access to it.", thing=thing
    ),
    "shared": lambda result, thing: say(
        "{who} can be found on the list of {thing} now; what each may do there, their role says.",
        who=_who(result),
        thing=thing,
    ),
    "unshared": lambda result, thing: say("{who} no longer on the list of {thing}.", who=_are(result), thing=thing),
    "notified": _notified,
}


def _are(result: ResourceChanged) -> Phrase:
    return _who(result) + say(" is" if len(result.who) == 1 else " are")
