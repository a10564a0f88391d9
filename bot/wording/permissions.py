"""Add-ons, dataset rules and features in words: what was changed, and what each control means."""

from collections.abc import Sequence

from bot.wording.common import in_space
from bot.wording.phrase import NOTHING, Phrase, listed, say
from handlers.catalogue_types import Catalogue
from handlers.commands import Level, Mode, PermissionsChanged

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
