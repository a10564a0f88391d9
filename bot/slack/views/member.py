"""The card of one member: everything about them, their roles to choose, and a button for all that may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.slack import ids
from bot.slack.views.blocks import (
    Block,
    Confirm,
    Element,
    Message,
    actions,
    button,
    divider,
    rich,
    select,
    sure,
)
from bot.slack.views.groups import message
from bot.slack.views.invitations import controls as invitation_controls
from bot.wording import member_card as words
from bot.wording.clean import clean
from bot.wording.common import role_title
from bot.wording.phrase import NOTHING, Phrase, say
from handlers.deeds import Deed
from handlers.member_card_models import MemberCard, There
from handlers.models import Choice, Desk

_ROLE, _ROW = "role", "there"


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: its label, its id, and what a screen reader says of whom."""

    label: str
    action: str
    about: str
    style: str | None = None


# In rows: what is set, what is mended, what ends. Each opens the form of that change, or acts where nothing is asked.
OFFERS: tuple[Mapping[Deed, Offer], ...] = (
    {
        "edit": Offer("Edit", ids.MEMBER_EDIT, "Edit {who}"),
        "permissions": Offer("Permissions", ids.MEMBER_PERMISSIONS, "Permissions of {who}"),
        "check": Offer("Check", ids.MEMBER_CHECK, "Check why {who} cannot sign in or see something"),
    },
    {
        "reset-password": Offer("Reset password", ids.MEMBER_RESET_PASSWORD, "Reset password of {who}"),
        "reset-2fa": Offer("Reset 2FA", ids.MEMBER_RESET_FACTOR, "Reset 2FA of {who}"),
    },
    {
        "deactivate": Offer("Deactivate", ids.MEMBER_DEACTIVATE, "Deactivate {who}"),
        "reactivate": Offer("Reactivate", ids.MEMBER_REACTIVATE, "Reactivate {who}"),
        "remove": Offer("Remove", ids.MEMBER_REMOVE, "Remove {who} from the organization"),
        "delete-data": Offer("Delete data", ids.MEMBER_DELETE_DATA, "Delete data of {who}"),
        "delete": Offer("Delete", ids.MEMBER_DELETE, "Delete the account of {who}", "danger"),
    },
)


def card(desk: Desk, shown: MemberCard, *, said: Phrase = NOTHING, drawn: int = 0) -> Message:
    """``said``: what came of the last act. Each drawing has block ids of its own, for Slack keeps what was chosen where
    an input keeps its ids: what was refused does not stay chosen."""
    catalogue, zone = desk.catalogue, desk.timezone
    head, lines = words.head(shown), words.lines(catalogue, shown, zone)
    waiting = words.waiting(catalogue, shown.requests, zone)
    blocks: list[Block] = [*([rich(said), divider()] if said else []), rich(head, *lines)]
    blocks += _whole_role(desk, shown, drawn)
    text = [*([said] if said else []), head, *lines]
    for there in shown.spaces:
        text.append(told := words.there(catalogue, shown, there, zone))
        blocks += [rich(told), *_controls(desk, shown, there, drawn)]
    if shown.more_spaces:
        text.append(more := say(f"and in {shown.more_spaces} more {catalogue.words.spaces}."))
        blocks.append(rich(more))
    for invitation in shown.invitations:
        text.append(told := words.pending(catalogue, invitation, zone))
        blocks.append(rich(told))
        blocks += (
            invitation_controls(invitation.id, shown.member.email, invitation.state) if invitation.manageable else []
        )
    if shown.more_invitations:
        text.append(more := words.more_invitations(shown.more_invitations))
        blocks.append(rich(more))
    if waiting:
        text += waiting
        blocks += [divider(), rich(*waiting)]
    rows = _offers(shown)
    return message(text, [*blocks, *([divider()] if rows else []), *rows])


def _called(shown: MemberCard) -> str:
    return clean(shown.member.name or shown.member.email, 40)


# Roles ----------------------------------------------------------------------------------------------------------------


def _whole_role(desk: Desk, shown: MemberCard, drawn: int) -> list[Block]:
    """Choosing another one acts at once (000-06, 001-53)."""
    if shown.whole is None or not shown.whole.gives:
        return []
    choices = [Choice(role, role_title(desk.catalogue, role)) for role in shown.whole.gives]
    chosen = actions(f"{_ROLE}-{drawn}:{shown.member.id}", _select(shown, choices, shown.whole.role, ""))
    return [rich(say("Choose another role here:")), chosen]


def _controls(desk: Desk, shown: MemberCard, there: There, drawn: int) -> list[Block]:
    elements: list[Element] = []
    if there.gives:
        choices = [Choice(role, role_title(desk.catalogue, role, there.name)) for role in there.gives]
        elements.append(_select(shown, choices, there.standing.role, there.name))
    if there.revocable:
        place = clean(there.name, 60)
        text = f"{_called(shown)} loses their role in {place} at once, and is told. They stay a member."
        sure_ = Confirm("Revoke access?", text, "Revoke access")
        about = f"Revoke access of {_called(shown)} to {place}"
        elements.append(button("Revoke access", ids.MEMBER_REVOKE, there.id, confirm=sure_, about=about))
    return [actions(f"{_ROW}-{drawn}:{shown.member.id}:{there.id}", *elements)] if elements else []


def _select(shown: MemberCard, choices: Sequence[Choice], now: str | None, place: str) -> Element:
    where = f" in {clean(place, 60)}" if place else ""
    if shown.status == "invited":
        text = f"The link that {_called(shown)} has dies, and a new invitation goes out with the role that you chose."
    else:
        text = f"{_called(shown)} has it{where} from now on, and is told. Some roles wait for somebody's approval."
    element = select(choices, now, placeholder=f"Role of {_called(shown)}{where}")
    return element | {"action_id": ids.MEMBER_ROLE} | sure(Confirm("Change the role?", text, "Change"))


@dataclass(frozen=True, slots=True)
class At:
    """What a choice on a card is about; ``space`` None: the organization. ``drawn``: how often the card was."""

    member: str
    space: str | None
    drawn: int

    @staticmethod
    def load(block_id: str) -> "At":
        """Nonsense is a member who does not exist."""
        drawing, _, about = block_id.partition(":")
        member, _, space = about.partition(":")
        number = drawing.rpartition("-")[2]
        return At(member, space or None, int(number) if number.isascii() and number.isdecimal() else 0)


# All else ------------------------------------------------------------------------------------------------------------


def _offers(shown: MemberCard) -> list[Block]:
    """Only what the viewer may do to this member; whether they may is judged again at the press."""
    rows = [[_button(shown, offer) for deed, offer in row.items() if deed in shown.deeds] for row in OFFERS]
    return [actions(f"member-{at}:{shown.member.id}", *row) for at, row in enumerate(rows) if row]


def _button(shown: MemberCard, offer: Offer) -> Element:
    about = offer.about.format(who=_called(shown))
    return button(offer.label, offer.action, shown.member.id, style=offer.style, about=about)
