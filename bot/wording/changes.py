"""What a request wants changed, in words: as a sentence goes on, and as a heading."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.wording.common import in_space, lasting, people, role_title
from bot.wording.phrase import NOTHING, Fact, Phrase, Typed, listed, say, together
from handlers.models import Becoming, CardChange, RequestCard

MOST_NAMED = 20


def what(card: RequestCard, zone: str = "UTC", *, most: int = 5) -> Phrase:
    """What is asked for, to be read after *wants to* or *asked to*: `give @ada the role Admin for 8 hours`."""
    if card.change == "invite":
        return (
            say("invite {people}", people=listed(card.emails, most=most))
            + say(" as {role}", role=_new(card))
            + _where(card)
            + _into(card, most)
            + _becoming(card)
        )
    return _import(card, most) if card.change == "import" else _WHAT[card.change](card, zone)


def what_short(card: RequestCard) -> Phrase:
    """A heading: `Role of @ada: Member → Admin`."""
    return _SHORT[card.change](card)


def shows_before_and_after(card: RequestCard) -> bool:
    """Whether the heading says more than the sentence."""
    return card.change in {"change-role", "rename-space", "rename-group"} or (
        card.change == "request-access" and card.asked == "role"
    )


# Words that several sentences need ------------------------------------------------------------------------------------


def _new(card: RequestCard) -> str:
    return role_title(card.catalogue, card.new, card.space)


def _where(card: RequestCard) -> Phrase:
    return in_space(card.catalogue, card.space)


def _target(card: RequestCard) -> Phrase:
    return say("{target}", target=card.target) if card.target else say("somebody who is no longer here")


def _thing(card: RequestCard) -> Phrase:
    return say("{thing}", thing=card.thing or "–")


def _the_space(card: RequestCard) -> Phrase:
    return say("the {word} {thing}", word=card.catalogue.words.space, thing=_thing(card))


def _the_group(card: RequestCard) -> Phrase:
    return say("the {word} {thing}", word=card.catalogue.words.group, thing=_thing(card))


def _the_resource(card: RequestCard) -> Phrase:
    return say("the {sort} {thing}", sort=card.sort.lower() or "resource", thing=_thing(card))


def _who(card: RequestCard) -> Phrase:
    """People, groups and addresses."""
    facts: list[Fact] = [*card.people, *card.others]
    return listed(facts, most=MOST_NAMED) if facts else say("nobody who is still here")


def _own(card: RequestCard) -> bool:
    return card.target is not None and card.target.id == card.requester.id


# Sentences ------------------------------------------------------------------------------------------------------------


def _give(card: RequestCard, zone: str) -> Phrase:
    if card.new is None:
        taken = role_title(card.catalogue, card.old, card.space)
        return say("take the role {role} from {target}", role=taken, target=_target(card)) + _where(card)
    given = say("the role {role}", role=_new(card)) + _where(card)
    return _has(card, given) + lasting(card.lasts, card.until, zone)


def _has(card: RequestCard, given: Phrase) -> Phrase:
    """`have it`, `keep it longer`, or `give it to somebody`."""
    if card.extends:
        whose = NOTHING if _own(card) else say(" of {target}", target=_target(card))
        return say("extend {it}", it=given) + whose
    if _own(card):
        return say("have {it}", it=given)
    return say("give {target} {it}", target=_target(card), it=given)


def _ask(card: RequestCard, zone: str) -> Phrase:
    long = lasting(card.lasts, card.until, zone)
    match card.asked:
        case "role":
            return _give(card, zone)
        case "add-on":
            return _has(card, say("the add-on {thing}", thing=_thing(card)) + _where(card)) + long
        case "group":
            given = _the_group(card)
            if card.extends:
                return _has(card, say("the place in ") + given) + long
            return (say("join ") if _own(card) else say("put {target} into ", target=_target(card))) + given + long
        case "resource":
            return _has(card, say("access to ") + _the_resource(card) + _where(card)) + long


def _set_permissions(card: RequestCard, zone: str) -> Phrase:
    del zone
    head = say("change what {target} may do", target=_target(card)) + _where(card)
    return head + _becoming(card)


def _becoming(card: RequestCard, *more: Phrase) -> Phrase:
    said = [*(say(_BECOMING[what], value=_value(what, value)) for what, value in card.becomes), *filter(None, more)]
    return say(": ") + together(said, between="; ") if said else NOTHING


def _groups(card: RequestCard, names: Sequence[str], most: int = MOST_NAMED) -> Phrase:
    word = card.catalogue.words.group if len(names) == 1 else card.catalogue.words.groups
    return say("the {word} {names}", word=word, names=listed(names, most=most, beside=card.more[0]))


def _into(card: RequestCard, most: int) -> Phrase:
    return say(", into ") + _groups(card, card.joined, min(most, MOST_NAMED)) if card.joined else NOTHING


def _import(card: RequestCard, most: int) -> Phrase:
    """Everybody by role and group, and by address whoever gets much by it: the file's name may say anything."""
    many = sum(count for _, count in card.counts)
    roles = [say(f"{count:,} as {{role}}", role=role_title(card.catalogue, role)) for role, count in card.counts]
    head = say(f"import {people(many)} from a file: ") + listed(roles) + _into(card, most)
    raised = listed(card.emails, most=min(most, MOST_NAMED), beside=card.more[1])
    what_for = say("; to manage members, or to do more than {who} may: ", who=card.requester)
    return head + (what_for + raised if card.emails else NOTHING) + say("; ") + _file(card)


def _file(card: RequestCard) -> Phrase:
    return together([say(_BECOMING[what], value=Typed(value, 80)) for what, value in card.becomes])


def _edit(card: RequestCard, zone: str) -> Phrase:
    del zone
    joined = say("into ") + _groups(card, card.joined) if card.joined else NOTHING
    left = say("out of ") + _groups(card, card.left) if card.left else NOTHING
    return say("edit {target}", target=_target(card)) + _becoming(card, joined, left)


def _value(what: Becoming, value: str) -> Fact:
    """As the form shows it."""
    if what in {"plan", "catalogue"}:
        return value.capitalize()
    return say(_VALUES[value]) if what in {"mode", "level"} and value in _VALUES else value


_BECOMING: Final[Mapping[Becoming, str]] = {
    "add-ons": "add-ons {value}",
    "mode": "datasets {value}",
    "level": "usual level {value}",
    "datasets": "selected {value}",
    "on": "on: {value}",
    "off": "off: {value}",
    "plan": "plan {value}",
    "catalogue": "catalogue {value}",
    "invitation-days": "days an invitation lives: {value}",
    "approvals-channel": "approvals channel {value}",
    "name": "name {value}",
    "timezone": "timezone {value}",
    "heir": "left to {value}",
    "file": "file {value}",
    "follow-slack": "following Slack: {value}",
    "effects": "by which {value}",
}
_VALUES: Final[Mapping[str, str]] = {
    "full": "Full Access",
    "blacklist": "Blacklist",
    "whitelist": "Whitelist",
    "read": "Read Only",
    "write": "Read + Write",
}


def _account(card: RequestCard) -> Phrase:
    return say("their own account") if _own(card) else say("the account of {target}", target=_target(card))


def _left_to(card: RequestCard) -> Phrase:
    if not card.people:
        return NOTHING
    return say("; the {spaces} that nobody else owns go to {heir}", spaces=card.catalogue.words.spaces, heir=_who(card))


def _rename(of: Callable[[RequestCard], Phrase]) -> Callable[[RequestCard, str], Phrase]:
    return lambda card, _: say("rename {it} to {new}", it=of(card), new=card.new or "–")


def _add_resource(card: RequestCard, zone: str) -> Phrase:
    del zone
    owner = say(", owned by {owner}", owner=_who(card)) if card.people else NOTHING
    return say("register {it}", it=_the_resource(card)) + _where(card) + owner


_WHAT: Final[Mapping[CardChange, Callable[[RequestCard, str], Phrase]]] = {
    "change-role": _give,
    "request-access": _ask,
    "deactivate": lambda card, _: say("deactivate {target}", target=_target(card)),
    "reactivate": lambda card, _: say("reactivate {target}", target=_target(card)),
    "create-space": lambda card, _: say("create ") + _the_space(card),
    "rename-space": _rename(_the_space),
    "delete-space": lambda card, _: say("delete {it}; this cannot be undone", it=_the_space(card)),
    "remove-from-space": lambda card, _: (
        say("remove {target} from the {word} ", target=_target(card), word=card.catalogue.words.space)
        + say("{space}", space=card.space or "–")
    ),
    "create-group": lambda card, _: say("create ") + _the_group(card),
    "rename-group": _rename(_the_group),
    "delete-group": lambda card, _: say("delete {it}; this cannot be undone", it=_the_group(card)),
    "join-group": lambda card, _: say("put {who} into ", who=_who(card)) + _the_group(card),
    "leave-group": lambda card, _: say("take {who} out of ", who=_who(card)) + _the_group(card),
    "add-resource": _add_resource,
    "remove-resource": lambda card, _: say("remove {it}; this cannot be undone", it=_the_resource(card)),
    "share": lambda card, _: say("share {it} with {who}", it=_the_resource(card), who=_who(card)),
    "unshare": lambda card, _: say("take {who} off the list of {it}", who=_who(card), it=_the_resource(card)),
    "set-permissions": _set_permissions,
    "reset-permissions": lambda card, _: say(
        "reset what {target} may do to the defaults of their role", target=_target(card)
    ),
    "create-organization": lambda card, _: say("create the organization {thing}", thing=_thing(card)) + _becoming(card),
    "close-organization": lambda card, _: say("close the organization {thing}", thing=_thing(card)),
    "transfer-organization": lambda card, _: say(
        "hand the organization {thing} over to {target}", thing=_thing(card), target=_target(card)
    ),
    "change-settings": lambda card, _: say("change the settings of {it}", it=card.organization) + _becoming(card),
    "edit-member": _edit,
    "remove-member": lambda card, _: say("remove {target} from the organization", target=_target(card)),
    "delete-member": lambda card, _: (
        say("delete {account} and its data; this cannot be undone", account=_account(card)) + _left_to(card)
    ),
    "delete-data": lambda card, _: (
        say("delete all of their own data; this cannot be undone")
        if _own(card)
        else say("delete all data that {target} owns; this cannot be undone", target=_target(card))
    ),
    "reset-password": lambda card, _: say("reset the password of {target}", target=_target(card)),
    "reset-2fa": lambda card, _: say("reset the second factor of {target}", target=_target(card)),
    "import": lambda card, _: _import(card, MOST_NAMED),
}


# Headings -------------------------------------------------------------------------------------------------------------


def _short_role(card: RequestCard) -> Phrase:
    old = role_title(card.catalogue, card.old, card.space)
    change = say(": {b}, for longer", b=_new(card)) if card.extends else say(": {a} → {b}", a=old, b=_new(card))
    return say("Role of {target}", target=_target(card)) + _where(card) + change


def _short_request(card: RequestCard) -> Phrase:
    if card.asked == "role":
        return _short_role(card)
    it = {"add-on": say("add-on "), "group": say("{word} ", word=card.catalogue.words.group), "resource": NOTHING}[
        card.asked
    ]
    return say("Access of {target}: ", target=_target(card)) + it + _thing(card) + _where(card)


def _short_rename(card: RequestCard) -> Phrase:
    return say("Name: {a} → {b}", a=_thing(card), b=card.new or "–")


_SHORT: Final[Mapping[CardChange, Callable[[RequestCard], Phrase]]] = {
    "invite": lambda card: say("Invitation as {role}", role=_new(card)) + _where(card),
    "change-role": _short_role,
    "request-access": _short_request,
    "deactivate": lambda card: say("Deactivate {target}", target=_target(card)),
    "reactivate": lambda card: say("Reactivate {target}", target=_target(card)),
    "create-space": lambda card: say("Create ") + _the_space(card),
    "rename-space": _short_rename,
    "delete-space": lambda card: say("Delete ") + _the_space(card),
    "remove-from-space": lambda card: say("Remove {target}", target=_target(card)) + _where(card),
    "create-group": lambda card: say("Create ") + _the_group(card),
    "rename-group": _short_rename,
    "delete-group": lambda card: say("Delete ") + _the_group(card),
    "join-group": lambda card: say("Into {it}: {who}", it=_the_group(card), who=_who(card)),
    "leave-group": lambda card: say("Out of {it}: {who}", it=_the_group(card), who=_who(card)),
    "add-resource": lambda card: say("Register ") + _the_resource(card),
    "remove-resource": lambda card: say("Remove ") + _the_resource(card),
    "share": lambda card: say("Share {it} with {who}", it=_the_resource(card), who=_who(card)),
    "unshare": lambda card: say("Off the list of {it}: {who}", it=_the_resource(card), who=_who(card)),
    "set-permissions": lambda card: say("Permissions of {target}", target=_target(card)) + _where(card),
    "reset-permissions": lambda card: say("Permissions of {target}: role defaults", target=_target(card)),
    "create-organization": lambda card: say("Create the organization {thing}", thing=_thing(card)),
    "close-organization": lambda card: say("Close the organization {thing}", thing=_thing(card)),
    "transfer-organization": lambda card: say("Hand {thing} to {target}", thing=_thing(card), target=_target(card)),
    "change-settings": lambda card: say("Settings of {it}", it=card.organization),
    "edit-member": lambda card: say("Details of {target}", target=_target(card)),
    "remove-member": lambda card: say("Remove {target}", target=_target(card)),
    "delete-member": lambda card: say("Delete {target}", target=_target(card)),
    "delete-data": lambda card: say("Delete the data of {target}", target=_target(card)),
    "reset-password": lambda card: say("Password of {target}: reset", target=_target(card)),
    "reset-2fa": lambda card: say("Second factor of {target}: reset", target=_target(card)),
    "import": lambda card: say("Import, ") + _file(card),
}
