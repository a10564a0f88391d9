"""Words that answers, cards, forms, messages and mails share."""

from datetime import datetime, timedelta

from bot.wording.clean import clean
from bot.wording.phrase import NOTHING, Phrase, Typed, When, Who, say, span
from handlers.catalogue_types import Catalogue
from handlers.catalogue_words import Scope
from handlers.models import InvitationState, RequestCard, RequestState, Status

STATUS: dict[Status, str] = {"invited": "Invited", "active": "Active", "deactivated": "Deactivated"}
STATE: dict[RequestState, str] = {
    "pending": "Waiting",
    "approved": "Approved",
    "denied": "Denied",
    "expired": "Expired",
    "cancelled": "Cancelled",
    "void": "Void",
}
INVITATION: dict[InvitationState, str] = {
    "pending": "Pending",
    "accepted": "Accepted",
    "revoked": "Revoked",
    "expired": "Expired",
}
NO_ROLE = "no role"


def role_title(catalogue: Catalogue, role: str | None, space: str | None = None) -> str:
    """The role as people read it; one that the catalogue no longer knows is shown by its id."""
    if role is None:
        return NO_ROLE
    scope: Scope = "space" if space else "organization"
    found = catalogue.role(role, scope=scope)
    return found.title if found else role


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def in_space(catalogue: Catalogue, space: str | None) -> Phrase:
    """` in the project Apollo`, or nothing for the organization."""
    return say(" in the {kind} {space}", kind=catalogue.words.space, space=space) if space else NOTHING


def lasting(lasts: timedelta | None, until: datetime | None, zone: str = "UTC") -> Phrase:
    """` for 8 hours`, ` until 1 Dec 2026, 18:00`, or nothing."""
    if until is not None:
        return say(" until {until}", until=When(until, zone))
    return say(" for {span}", span=span(lasts)) if lasts is not None else NOTHING


def reason(card: RequestCard, most: int = 1000) -> Phrase:
    """Whoever decides reads all of it; a list shows its beginning."""
    return say("{reason}", reason=Typed(card.reason, most)) if has_reason(card) else say("No reason given.")


def has_reason(card: RequestCard) -> bool:
    """Whether anything of it can be seen."""
    return bool(clean(card.reason))


def not_opened(then: Phrase) -> Phrase:
    """Where Slack opened no form; ``then`` is what helps."""
    return say("Unclear. Slack did not open the form, and nothing was changed. ") + then


def quoted_as_typed(text: str, most: int = 150) -> Phrase:
    """A mention arrives as Slack marks it up; it is shown as the mention it is."""
    if text.startswith("<@") and text.endswith(">"):
        return say("{who}", who=Who("This Slack account", text[2:-1].partition("|")[0]))
    return say("“{it}”", it=Typed(text, most))


def connect_first() -> str:
    """How somebody becomes known to Usher; said wherever they are not."""
    return "/access connect"


_AGES = ((365 * 86400, "year"), (30 * 86400, "month"), (86400, "day"), (3600, "hour"), (60, "minute"))
_TWO_MONTHS = timedelta(days=60)


def ago(length: timedelta) -> str:
    """`3 days ago`: in whole units, days up to two months; what is not over yet, or just over, is just now."""
    seconds = int(length.total_seconds())
    fitting = _AGES if length >= _TWO_MONTHS else _AGES[2:]
    for size, unit in fitting:
        if seconds >= size:
            many = seconds // size
            return f"1 {unit} ago" if many == 1 else f"{many} {unit}s ago"
    return "just now"
