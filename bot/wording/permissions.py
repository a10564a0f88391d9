"""Add-ons, dataset rules and features in words: what was changed, and what each control means."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.wording.common import in_space
from bot.wording.phrase import NOTHING, Phrase, When, listed, say
from handlers.catalogue_types import Addon, Catalogue, Toggle
from handlers.commands import Level, Mode, Named, Override, PermissionsChanged
from handlers.permission_rules import Controls

MODES: dict[Mode, str] = {"full": "Full Access", "blacklist": "Blacklist", "whitelist": "Whitelist"}
# What each mode opens (004-53 to 004-55); short, for it stands beside its radio button.
MODE_MEANS: dict[Mode, str] = {
    "full": "Every dataset that their role allows.",
    "blacklist": "Every dataset but the selected ones.",
    "whitelist": "Only the selected datasets.",
}
LEVELS: dict[Level, str] = {"write": "Read + Write", "read": "Read Only"}
# (004-56, 004-57)
LEVEL_MEANS: dict[Level, str] = {
    "write": "May use and edit a dataset.",
    "read": "May use it in widgets and beyond, may not edit it.",
}


def titles(catalogue: Catalogue, tokens: Sequence[str]) -> list[str]:
    """`addon:ID` and `toggle:ID` as people read them; what the catalogue no longer knows is shown by its id."""
    return [_title(catalogue, *token.partition(":")[::2]) for token in tokens if token]


def _title(catalogue: Catalogue, sort: str, name: str) -> str:
    known = catalogue.addons if sort == "addon" else catalogue.toggles
    return known[name].title if name in known else name


def changed(result: PermissionsChanged, catalogue: Catalogue) -> Phrase:
    head = (
        say("{member} has the features of their role again", member=result.member)
        if result.reset
        else say("The permissions of {member} are changed", member=result.member)
    )
    said = difference(catalogue, result.given, result.taken, datasets=result.datasets)
    return head + in_space(catalogue, result.space) + say(".") + said


def difference(catalogue: Catalogue, given: Sequence[str], taken: Sequence[str], *, datasets: bool) -> Phrase:
    """` Now: Policy Editor. No longer: Tags. The rules for datasets have changed.`, or nothing."""
    now = say(" Now: {what}.", what=listed(titles(catalogue, given))) if given else NOTHING
    gone = say(" No longer: {what}.", what=listed(titles(catalogue, taken))) if taken else NOTHING
    return now + gone + (say(" The rules for datasets have changed.") if datasets else NOTHING)


# The form -------------------------------------------------------------------------------------------------------------

NOTHING_TO_SET = say(
    "There is nothing to set beside the role here: this catalogue has no add-ons, rules for datasets or features. "
    "`/usher role` changes the role."
)
RESET = "Reset to Role Defaults"
RESET_ASKS = "Every feature becomes as the role has it. Add-ons and the rules for datasets stay as they are."
PICKER: dict[Mode, str] = {"blacklist": "Blocked Datasets", "whitelist": "Allowed Datasets"}
PICKER_HINT: dict[Mode, str] = {
    "blacklist": "Type to search. With none selected, every dataset is open.",
    "whitelist": "Type to search. With none selected, no dataset is open.",
}
# Label and hint of the two fields; whoever is in neither has the default (004-45, 004-46).
OVERRIDES: dict[Override, tuple[str, str]] = {
    "read": ("Override: Read", "Of the allowed datasets; these are read only, whatever the default level."),
    "write": (
        "Override: Read + Write",
        "These are read and written. A dataset in neither field follows the default level.",
    ),
}


def head(member: Named, what: Controls, space: str | None) -> Phrase:
    """Whose permissions they are, and where the rest is set."""
    role = what.role.title if what.role else "no role"
    here = say("{member} · {role}", member=member, role=role) + in_space(what.catalogue, space)
    if space and (what.catalogue.toggles or what.catalogue.datasets):
        return here + say(". Datasets and features belong to the organization: `/usher permissions PERSON`.")
    return here + say(".")


def addons(what: Controls, held: Collection[str]) -> list[Phrase]:
    """Nothing where the catalogue has none; else on which role they go, and what that means here (003-26)."""
    known = what.catalogue.addons.values()
    if not known:
        return []
    roles = addon_roles(what)
    if not roles:
        where = what.catalogue.words.space
        return [say(f"Add-ons are given in one {where}: `/usher permissions PERSON in {where.upper()}`.")]
    if what.addons:
        return [say("Each opens something more; what is unticked is taken away at once.")]
    resting = say(" Those that are held rest: they open nothing until the role fits.") if held else NOTHING
    return [_where_they_go(what, roles) + resting]


def _where_they_go(what: Controls, roles: Sequence[str]) -> Phrase:
    own = say("the role here is {role}", role=what.role.title) if what.role else say("there is no role here yet")
    place = f" in {what.catalogue.words.space.upper()}" if what.in_space else ""
    only = say("Add-ons go on {roles} alone, and ", roles=listed(roles)) + own
    return only + say(f": `/usher role PERSON ROLE{place}` changes that.")


def addon_roles(what: Controls) -> list[str]:
    """The titles of the roles in this scope that add-ons go on."""
    roles = what.catalogue.space if what.in_space else what.catalogue.organization
    wanted = {role for addon in what.catalogue.addons.values() for role in what.wanted(addon)}
    return [role.title for role in roles.values() if role.id in wanted]


def addon(one: Addon, ends: datetime | None) -> str:
    """`Policies: add, remove`, or how long it is held."""
    if ends:
        return f"Until {When(ends).plain}; untick to end it now."
    by_resource: dict[str, list[str]] = {}
    for permission in sorted(one.opens):
        resource, _, action = permission.partition(":")
        by_resource.setdefault(resource, []).append(action)
    opens = "; ".join(f"{resource.replace('_', ' ')}: {', '.join(done)}" for resource, done in by_resource.items())
    return opens[:1].upper() + opens[1:]


def datasets(what: Controls, mode: Mode) -> list[Phrase]:
    """What holds for this role whatever is chosen, and what beats what."""
    role = what.role.title if what.role else "no role"
    match what.datasets:
        case "always-full":
            return [say("{role} always reads and writes every dataset (nothing to set).", role=role)]
        case "not-on-plan":
            plan = what.catalogue.features["dataset-rules"].capitalize()
            mine = what.plan.capitalize()
            return [say("Rules for datasets come with the plan {plan}; the plan here is {mine}.", plan=plan, mine=mine)]
        case "ai-chat-only":
            return [say("These rules apply to AI Chat only, which must be on below.") + _whatever(what)]
        case "every-control" if mode == "whitelist":
            return [say("In a whitelist an override beats the default level.")]
        case _:
            return []


def _whatever(what: Controls) -> Phrase:
    """What the role itself keeps closed (004-51, 004-52)."""
    rules, role = what.catalogue.datasets, what.role
    if rules is None or role is None:
        return NOTHING
    never = {"write": "reads and never writes", "open": "opens no dataset page"}
    closed = [said for action, said in never.items() if f"{rules.kind}:{action}" not in role.on_resources]
    return say(f" Whatever is set, {{role}} {' and '.join(closed)}.", role=role.title) if closed else NOTHING


def feature(one: Toggle) -> str:
    """The first sentence of what it is; the others stand below all of them."""
    return one.text.partition(". ")[0].removesuffix(".") + "."


def features(what: Controls) -> list[Phrase]:
    """What the first sentences left out, what is blocked all the same (004-83, 004-84), and what other plans have."""
    if not what.toggles:
        return _beyond(what)
    more = ((one.title, one.text.partition(". ")[2]) for one in what.toggles)
    return [
        *(say("{title}: {rest}", title=title, rest=rest) for title, rest in more if rest),
        say("A plan or role can still block an action although its feature is on; off may only make a page read-only."),
        *_beyond(what),
    ]


def _beyond(what: Controls) -> list[Phrase]:
    """How many more features there are on which plan (004-39, 004-82)."""
    plans = [one.plan for one in what.beyond_plan]
    counted = ((plan, plans.count(plan)) for plan in what.catalogue.plans if plan in plans)
    return [
        say("{count} more with the plan {plan}.", count=str(count), plan=plan.capitalize()) for plan, count in counted
    ]
