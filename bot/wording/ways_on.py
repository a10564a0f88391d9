"""The next step where the answer to *why* is no: what to type, filled in as far as it is known."""

from collections.abc import Iterable

from bot.wording.phrase import NOTHING, Command, Phrase, say
from handlers.catalogue_types import Catalogue, Role
from handlers.decision_types import ReasonCode
from handlers.explaining import Explanation

_ROLES: frozenset[ReasonCode] = frozenset({"role-lacks", "no-role"})
_SPACE_ROLES: frozenset[ReasonCode] = frozenset({"role-lacks-in-spaces", "space-role-lacks", "no-space-role"})
_LISTS: frozenset[ReasonCode] = frozenset({"not-seen", "not-on-list"})
_SET: frozenset[ReasonCode] = frozenset(
    {"dataset-blacklisted", "dataset-not-whitelisted", "level-read", "override-read", "toggle-set-off"}
)
_TYPED: dict[ReasonCode, str] = {
    "unknown-subject": "`/usher invite` brings somebody in.",
    "invited": "`/usher invitations` shows it, with Resend.",
    "deactivated": "`/usher reactivate` opens the account again.",
    "toggle-not-on-plan": "`/usher settings` shows the plan.",
}


def way_on(found: Explanation, catalogue: Catalogue) -> Phrase:
    """Nothing where the answer is yes, or where there is no way."""
    code = found.decision.decided.code
    if found.decision.allowed:
        return NOTHING
    if code in _TYPED:
        return say(_TYPED[code])
    return _asked_for(found, catalogue, code) or _set_by_others(found, catalogue, code)


def _asked_for(found: Explanation, catalogue: Catalogue, code: ReasonCode) -> Phrase:
    if code in _LISTS:
        return _ask(found, f"{found.topic.sort}:{_quoted(found.id)}")
    if code in _SPACE_ROLES:
        return _role(found, catalogue.space.values(), f" in {_quoted(found.place)}" if found.place else "")
    if code in _ROLES and found.topic.sort != "feature":
        return _role(found, catalogue.organization.values(), "")
    return NOTHING


def _set_by_others(found: Explanation, catalogue: Catalogue, code: ReasonCode) -> Phrase:
    if code not in _SET and not (code == "toggle-off" and _settable(found, catalogue)):
        return NOTHING
    line = Command(f"/usher permissions {found.who.email}")
    return say("Whoever may change permissions can: {line}.", line=line)


def _role(found: Explanation, roles: Iterable[Role], where: str) -> Phrase:
    """The lowest role that opens it; nobody can ask for one that exactly one person holds."""
    permission = found.decision.decided.facts.get("permission", "")
    fit = [one for one in roles if permission in one.permissions | one.on_resources and not one.exactly_one]
    if not fit:
        return say("No role that can be asked for opens it.")
    lowest = min(fit, key=lambda role: role.rank)
    return _ask(found, f"{_quoted(lowest.title.casefold())}{where}")


def _ask(found: Explanation, what: str) -> Phrase:
    whom = "" if found.oneself else f" for {found.who.email}"
    return say("Ask for it: {line}", line=Command(f"/access request {what}{whom} because REASON"))


def _settable(found: Explanation, catalogue: Catalogue) -> bool:
    title, role = found.decision.decided.facts.get("toggle"), found.decision.decided.facts.get("role")
    settable = [one.settable_for for one in catalogue.toggles.values() if one.title == title]
    return any(catalogue.organization[one].title == role for roles in settable for one in roles)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
