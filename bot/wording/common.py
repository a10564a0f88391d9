"""Words that answers, cards, forms, messages and mails share."""

from datetime import datetime, timedelta

from bot.wording.clean import clean
from bot.wording.phrase import NOTHING, Phrase, Typed, When, listed, say, span
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


def in_space(catalogue: Catalogue, space: str | None) -> Phrase:
    """` in the project Apollo`, or nothing for the organization."""
    return say(" in the {kind} {space}", kind=catalogue.words.space, space=space) if space else NOTHING


def lasting(lasts: timedelta | None, until: datetime | None, zone: str = "UTC") -> Phrase:
    """` for 8 hours`, ` until 1 Dec 2026, 18:00`, or nothing."""
    if until is not None:
        return say(" until {until}", until=When(until, zone))
    return say(" for {span}", span=span(lasts)) if lasts is not None else NOTHING


def what(card: RequestCard, zone: str = "UTC", *, most: int = 5) -> Phrase:
    """What is asked for, to be read after *wants to* or *asked to*: `give @ada the role Admin for 8 hours`."""
    match card.change:
        case "invite":
            return (
                say("invite {people}", people=listed(card.emails, most=most))
                + say(" as {role}", role=_new(card))
                + _where(card)
            )
        case "change-role" | "request-access":
            return _give(card, zone)
        case "deactivate":
            return say("deactivate {target}", target=_target(card))
        case "reactivate":
            return say("reactivate {target}", target=_target(card))


def _give(card: RequestCard, zone: str) -> Phrase:
    if card.new is None:
        taken = role_title(card.catalogue, card.old, card.space)
        return say("take the role {role} from {target}", role=taken, target=_target(card)) + _where(card)
    own = card.target is not None and card.target.id == card.requester.id
    given = (
        say("have the role {role}", role=_new(card))
        if own
        else say("give {target} the role {role}", target=_target(card), role=_new(card))
    )
    return given + _where(card) + lasting(card.lasts, card.until, zone)


def _new(card: RequestCard) -> str:
    return role_title(card.catalogue, card.new, card.space)


def _where(card: RequestCard) -> Phrase:
    return in_space(card.catalogue, card.space)


def _target(card: RequestCard) -> Phrase:
    return say("{target}", target=card.target) if card.target else say("somebody who is no longer here")


def what_short(card: RequestCard) -> Phrase:
    """A heading: `Role of @ada: Member → Admin`."""
    match card.change:
        case "invite":
            return say("Invitation as {role}", role=_new(card)) + _where(card)
        case "change-role" | "request-access":
            old = role_title(card.catalogue, card.old, card.space)
            new = _new(card)
            return say("Role of {target}", target=_target(card)) + _where(card) + say(": {a} → {b}", a=old, b=new)
        case "deactivate":
            return say("Deactivate {target}", target=_target(card))
        case "reactivate":
            return say("Reactivate {target}", target=_target(card))


def reason(card: RequestCard, most: int = 1000) -> Phrase:
    """Whoever decides reads all of it; a list shows its beginning."""
    return say("{reason}", reason=Typed(card.reason, most)) if has_reason(card) else say("No reason given.")


def has_reason(card: RequestCard) -> bool:
    """Whether anything of it can be seen."""
    return bool(clean(card.reason))


def connect_first() -> str:
    """How somebody becomes known to Usher; said wherever they are not."""
    return "/access connect"
