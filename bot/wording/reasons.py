"""Each reason of a decision as a sentence: which rule spoke, from which grant, until when, and who gave it.

The evaluation endpoint gives the same sentences as plain text in `context.reasons`.
"""

from collections.abc import Mapping

from bot.wording.phrase import NOTHING, Command, Fact, Phrase, When, Words, say
from handlers.catalogue_types import Catalogue
from handlers.decision_types import Decision, Reason, ReasonCode
from handlers.explaining import NOTHING_KNOWN, KnownNames
from handlers.holdings import Held

# Without their full stop, for where a grant comes from stands before it. {they} is whom it is about, or "you".
# In braces: the reason's facts, {place} the space that a grant stands in, {space} and {spaces} the catalogue's words.
SENTENCES: Mapping[ReasonCode, str] = {
    "unknown-subject": "Nobody with this address is a member here",
    "invited": "The invitation is not accepted yet, and until then it opens nothing",
    "deactivated": "The account is deactivated, and that closes everything",
    "unknown-target": "There is nothing of this name here",
    "unknown-type": "There is no kind “{type}” here",
    "unknown-action": "“{action}” is nothing that can be done with “{type}”",
    "role-holds": "The role {role} opens {permission}",
    "role-lacks": "The role {role} doesn't open {permission}",
    "no-role": "{permission} needs a role in the organization, and there is none",
    "role-holds-in-spaces": "The role {role} in the organization opens {permission} in every {space}",
    "role-lacks-in-spaces": "The role {role} in the organization doesn't open {permission} in its {spaces}",
    "space-role-holds": "The role {role} in {place} opens {permission}",
    "space-role-lacks": "The role {role} in {place} doesn't open {permission}",
    "no-space-role": "{permission} needs a role in this {space}, and there is none",
    "capped": "The role {given} in {place} counts as {role}: the role in the organization allows no more there",
    "addon-opens": "The add-on {addon} opens {permission}",
    "addon-rests": "The add-on {addon} opens nothing now: it stands on top of other roles",
    "sees-everything": "The role {role} reaches every {kind}",
    "sees-all-spaces": "The role {role} reaches everything in every {space}",
    "sees-own": "Its owner sees it",
    "sees-in-space": "The role {role} in {place} shows what lies in it",
    "on-list": "{They} are on its list",
    "group-on-list": "{group} is on its list, and {they} are in it",
    "not-seen": "{They} don't see it: it isn't {their} own, in no {space} of {theirs}, and {they} aren't on its list",
    "not-on-list": "Only its list shows a {kind}, and neither {they} nor a {group_word} of {theirs} is on it",
    "datasets-always-full": "For the role {role} every dataset is open to read and write, whatever is set",
    "datasets-stay-closed": "For the role {role} no dataset is ever open to {action}, whatever is held or set",
    "datasets-not-on-plan": "On the plan {plan} nobody's datasets are restricted",
    "dataset-full": "{Their} access mode is Full Access",
    "dataset-not-blacklisted": "{Their} blacklist doesn't name it",
    "dataset-blacklisted": "{Their} blacklist names it",
    "dataset-whitelisted": "{Their} whitelist names it",
    "dataset-not-whitelisted": "{Their} whitelist doesn't name it",
    "level-read": "{Their} permission level is Read Only",
    "level-write": "{Their} permission level is Read + Write",
    "override-read": "For this dataset {their} level is set to Read",
    "override-write": "For this dataset {their} level is set to Read + Write",
    "toggle-not-on-plan": "{toggle} begins with the plan {plan}",
    "toggle-set-on": "{toggle} is switched on for {them}",
    "toggle-set-off": "{toggle} is switched off for {them}",
    "toggle-on": "{toggle} is on for the role {role}",
    "toggle-off": "{toggle} is off for the role {role}",
    "toggle-not-settable": "{toggle} can't be set for the role {role}, so what was set doesn't count",
}

# How a grant came to be, by its source; without the second where it is not known who did it.
_FROM: Mapping[str, tuple[str, str]] = {
    "setup": ("held since the organization was set up", "held since the organization was set up"),
    "invitation": ("by the invitation of {giver}", "by an invitation"),
    "request": ("asked for, and approved by {giver}", "asked for and approved"),
    "person": ("given by {giver}", "given by somebody"),
    "operator": ("given by whoever runs Usher", "given by whoever runs Usher"),
}


_OTHERS: Mapping[str, Fact] = {name: Words(name) for name in ("They", "they", "Their", "their", "theirs", "them")}
_ONESELF: Mapping[str, Fact] = {
    "They": Words("You"),
    "they": Words("you"),
    "Their": Words("Your"),
    "their": Words("your"),
    "theirs": Words("yours"),
    "them": Words("you"),
}


def sentence(
    reason: Reason,
    catalogue: Catalogue,
    known: KnownNames = NOTHING_KNOWN,
    *,
    zone: str = "UTC",
    oneself: bool = False,
) -> Phrase:
    """Which rule spoke, and in brackets where that comes from."""
    return rule(reason, catalogue, known, oneself=oneself) + origin(reason.grant, known, zone=zone) + say(".")


def rule(reason: Reason, catalogue: Catalogue, known: KnownNames = NOTHING_KNOWN, *, oneself: bool = False) -> Phrase:
    words = catalogue.words
    facts: dict[str, Fact] = {name: Command(fact) if ":" in fact else fact for name, fact in reason.facts.items()}
    facts |= _ONESELF if oneself else _OTHERS
    facts |= {"space": words.space, "spaces": words.spaces, "group_word": words.group}
    if "kind" in reason.facts:
        facts["kind"] = reason.facts["kind"].casefold()
    facts["place"] = _place(reason.grant, catalogue, known)
    if name := known.things.get(reason.facts.get("group", "")):
        facts["group"] = say("The {word} {name}", word=words.group, name=name)
    elif "group" in reason.facts:
        facts["group"] = say("A {word}", word=words.group)
    return say(SENTENCES[reason.code], **facts)


def _place(grant: Held | None, catalogue: Catalogue, known: KnownNames) -> Phrase:
    name = known.things.get(grant.space) if grant else None
    kind = catalogue.words.space
    return say("the {kind} {name}", kind=kind, name=name) if name else say("this {kind}", kind=kind)


def origin(grant: Held | None, known: KnownNames = NOTHING_KNOWN, *, zone: str = "UTC") -> Phrase:
    """` (given by Grace, until 1 Dec 2026)`; nothing where no grant stands behind the rule."""
    if grant is None:
        return NOTHING
    giver = known.givers.get(grant.source_id or "")
    named, unnamed = _FROM.get(grant.source, ("given by {giver}", "given"))
    came = say(named, giver=giver) if giver else say(unnamed)
    ends = say(", until {ends}", ends=When(grant.ends, zone)) if grant.ends else say(", for good")
    return say(" (") + came + ends + say(")")


def plain(decision: Decision, catalogue: Catalogue, known: KnownNames = NOTHING_KNOWN) -> list[str]:
    """Every reason in one line each, what decided first."""
    others = [reason for reason in decision.reasons if reason is not decision.decided]
    return [sentence(reason, catalogue, known).plain() for reason in (decision.decided, *others)]
