"""Why somebody cannot get in: each thing that was looked at in a line, and a button for what mends it."""

from collections.abc import Mapping
from typing import Final

from bot.slack import ids
from bot.slack.views import parts
from bot.slack.views.blocks import Block, Element, Message, actions, button, clean_lines, modal, rich, searched
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording import checking as words
from bot.wording.phrase import Phrase, say, together
from handlers.checking import Checked, Mend, Unknown
from handlers.commands import Named
from handlers.models import Desk

CALLBACK = "check"
SEES: Final = "check:"

# What each is called, what it opens, and what a screen reader says of whom, in the same words.
_MENDS: Final[Mapping[Mend, tuple[str, str, str]]] = {
    "reactivate": ("Reactivate", ids.MEMBER_REACTIVATE, "Reactivate {who}"),
    "resend": ("Resend", ids.RESEND, "Resend the invitation of {who}"),
    "copy-link": ("Copy invite link", ids.COPY_LINK, "Copy invite link of {who}"),
    "reset-password": ("Reset password", ids.MEMBER_RESET_PASSWORD, "Reset password of {who}"),
    "reset-2fa": ("Reset 2FA", ids.MEMBER_RESET_FACTOR, "Reset 2FA of {who}"),
    "role": ("Change role", ids.CHECK_ROLE, "Change role of {who}"),
    "edit": ("Edit", ids.MEMBER_EDIT, "Edit {who} and their groups"),
}


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    what = say("Looks for why somebody cannot sign in, cannot see something, or got no mail. Nothing is changed.")
    return modal("Check a member", CALLBACK, [*parts.note(typed), rich(what), parts.person(typed)], submit="Check")


def read(form: Filled) -> str:
    """The id of whom it is about. Raises Unreadable."""
    return parts.read_person(form).id or ""


def card(desk: Desk, checked: Checked) -> Message:
    lines = [words.line(one, checked, desk.catalogue, desk.timezone) for one in checked.findings]
    head = words.head(checked)
    mends = {mend: None for one in checked.findings for mend in one.mends}
    buttons = [_button(mend, checked) for mend in mends if mend in _MENDS]
    member = checked.card.member
    blocks: list[Block] = [rich(head), rich(*lines), actions(f"mend:{member.id}", *buttons, _open_card(member))]
    text = [head, *lines]
    if desk.catalogue.kinds and checked.card.status == "active":
        text.append(words.SEE)
        search = searched(ids.CHECK_SEES, placeholder="Type the beginning of its name")
        blocks += [rich(words.SEE), actions(f"{SEES}{member.id}", search)]
    return Message(clean_lines(together(text, between="\n").text()), tuple(blocks))


def _button(mend: Mend, checked: Checked) -> Element:
    label, action, about = _MENDS[mend]
    value = checked.invitation if mend in ("resend", "copy-link") else checked.card.member.id
    return button(label, action, value, about=about.replace("{who}", checked.card.member.name))


def _open_card(member: Named) -> Element:
    """Where the card gave way to the check, this leads back to it."""
    return button("Open card", ids.MEMBER, member.id, about=f"Open card of {member.name}")


def unknown(found: Unknown) -> Message:
    """Slack wants every button of a row to be another one, so each stands in a row of its own."""
    people = {one.id: one for one in (*found.near, *([found.tied] if found.tied else []))}.values()
    rows = [actions(f"near:{one.id}", button(f"Check {one.name}", ids.MEMBER_CHECK, one.id)) for one in people]
    lines = words.unknown(found)
    return Message(clean_lines(together(lines, between="\n").text()), (rich(*lines), *rows))


def sees(answer: Message, groups: Phrase, member: Named, *, edits: bool) -> Message:
    """The answer to *why*, and beside it the groups, which may be what is missing."""
    change = [button("Edit", ids.MEMBER_EDIT, member.id, about=f"Edit {member.name} and their groups")] if edits else []
    again = button("Check", ids.MEMBER_CHECK, member.id, about=f"Check {member.name} again")
    row = actions(f"mend:{member.id}", *change, again)
    return Message(clean_lines(f"{answer.text}\n{groups.text()}"), (*answer.blocks, rich(groups), row))
