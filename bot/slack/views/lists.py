"""Answers that show something: invitations a page at a time, requests, what somebody holds, who they are, help."""

from collections.abc import Callable, Iterable, Sequence

from bot.slack import ids
from bot.slack.grammar.readings import HelpLine
from bot.slack.views.blocks import Block, Confirm, Element, Message, actions, button, clean_lines, divider, rich
from bot.slack.views.card import asked_for, decide, ended, reason_line
from bot.wording.common import INVITATION, STATUS, has_reason, in_space, reason, role_title
from bot.wording.phrase import NOTHING, Command, Fact, Phrase, Typed, When, say, together
from handlers.models import Desk, InvitationPage, InvitationRow, RequestCard

MOST_CHARACTERS = 10_000
"""Slack refuses a message whose blocks hold some 13 000 together."""
SHORT = 200
"""Of a reason, in a list."""
Shown = Callable[[RequestCard], list[Block]]
MOST_REQUESTS = 15
"""Three blocks each; a message holds 50."""

FIRST = "first"
"""What the key of the first page becomes on a button, for Slack takes no empty value."""
REVOKING = Confirm("Revoke the invitation?", "Its links die at once. You can invite the same address again.", "Revoke")


def _message(lines: Sequence[Phrase], blocks: Sequence[Block]) -> Message:
    return Message(clean_lines(together(lines, between="\n").text()), tuple(blocks))


# Invitations ----------------------------------------------------------------------------------------------------------


def invitations(desk: Desk, page: InvitationPage, *, space: str | None = None) -> Message:
    head = _head(page, space)
    blocks: list[Block] = [rich(head)]
    lines = [head]
    for row in page.rows:
        blocks += invitation(desk, row)
        lines.append(invitation_line(desk, row))
    return _message(lines, [*blocks, *_turn(page, space)])


def _head(page: InvitationPage, space: str | None) -> Phrase:
    where = say(" to {space}", space=space) if space else NOTHING
    if not page.total:
        return say("No invitations") + where + say(" yet. Type `/usher invite` to send the first.")
    total = "1 invitation" if page.total == 1 else f"{page.total} invitations"
    shown = total if len(page.rows) == page.total else f"{len(page.rows)} of {total}"
    return say("{shown}", shown=shown) + where + say(", newest first.")


def invitation_line(desk: Desk, row: InvitationRow) -> Phrase:
    catalogue, zone = desk.catalogue, desk.timezone
    name = (
        say(" ({name})", name=Typed(row.member.name, 80))
        if row.member.name and row.member.name != row.member.email
        else NOTHING
    )
    role = say(", {role}", role=role_title(catalogue, row.role, row.space)) + in_space(catalogue, row.space)
    by = say(", invited by {by}", by=row.invited_by) if row.invited_by else NOTHING
    ends = say(", until {ends}", ends=When(row.expires, zone)) if row.state == "pending" else NOTHING
    state = say(" · {state}", state=INVITATION[row.state])
    return say("{email}", email=row.member.email) + name + role + by + state + ends


def invitation(desk: Desk, row: InvitationRow) -> list[Block]:
    """The invitation, and what can still be done with it."""
    open_ = row.state == "pending"
    buttons: list[Element] = []
    if open_ or row.state == "expired":
        buttons.append(button("Resend", ids.RESEND, row.id, about=f"Resend to {row.member.email}"))
    if open_:
        about = f"Revoke the invitation of {row.member.email}"
        buttons.append(button("Revoke", ids.REVOKE, row.id, confirm=REVOKING, about=about))
        buttons.append(button("Copy invite link", ids.COPY_LINK, row.id, about=f"Copy link of {row.member.email}"))
    return [rich(invitation_line(desk, row)), *([actions(f"invitation:{row.id}", *buttons)] if buttons else [])]


def _turn(page: InvitationPage, space: str | None) -> list[Block]:
    """The value is an opaque key; the space rides in the block's id, so that turning keeps to it."""
    buttons: list[Element] = []
    if page.previous is not None:
        buttons.append(button("Previous", ids.INVITATIONS_BACK, page.previous or FIRST))
    if page.next is not None:
        buttons.append(button("Next", ids.INVITATIONS_PAGE, page.next))
    return [divider(), actions(f"page:{(space or '')[:200]}", *buttons)] if buttons else []


# Requests -------------------------------------------------------------------------------------------------------------


def approvals(desk: Desk, cards: Sequence[RequestCard]) -> Message:
    """What waits for the reader, and why they are asked."""
    if not cards:
        return _message([said := say("Nothing waits for your decision.")], [rich(said)])
    head = say("You are asked because your role may make these changes, and nobody decides on their own request.")
    return _requests(head, cards, lambda card: [*request(desk, card), decide(card)], desk)


def requests(desk: Desk, cards: Sequence[RequestCard]) -> Message:
    if not cards:
        return _message([said := say("You have asked for nothing yet. Type `/access request` to ask.")], [rich(said)])
    return _requests(say("Your requests, newest first."), cards, lambda card: own_request(desk, card), desk)


def which(desk: Desk, cards: Sequence[RequestCard]) -> Message:
    """Several could be meant by *cancel*."""
    head = say("Unclear. Several of your requests wait: choose the one to cancel, or name it, as in ") + say(
        "{example}", example=Command("/access cancel NAME")
    )
    return _requests(head, cards, lambda card: own_request(desk, card), desk)


def _requests(head: Phrase, cards: Sequence[RequestCard], block: Shown, desk: Desk) -> Message:
    shown = _fitting(desk, cards)
    more = len(cards) - len(shown)
    tail = [say("{more} more are not shown here.", more=str(more))] if more else []
    lines = [head, *(line for card in shown for line in _lines(desk, card)), *tail]
    blocks = [rich(head), *apart([block(card) for card in shown]), *(rich(line) for line in tail)]
    return _message(lines, blocks)


def apart(rows: Iterable[Sequence[Block]]) -> list[Block]:
    """The rows under each other, a line between them: each holds several paragraphs, and would run into the next."""
    return [part for row in rows for part in (divider(), *row)][1:]


def _fitting(desk: Desk, cards: Sequence[RequestCard]) -> Sequence[RequestCard]:
    """As many as one message holds."""
    left = MOST_CHARACTERS
    for at, card in enumerate(cards[:MOST_REQUESTS]):
        left -= sum(len(line.plain()) for line in _lines(desk, card))
        if left < 0:
            return cards[:at]
    return cards[:MOST_REQUESTS]


def _lines(desk: Desk, card: RequestCard) -> list[Phrase]:
    return [*asked_for(card, desk.timezone, most=5), reason_line(card, SHORT), standing(desk, card)]


def standing(desk: Desk, card: RequestCard) -> Phrase:
    if card.state != "pending":
        return ended(card, desk.timezone)
    return say("Waiting until {expires}.", expires=When(card.expires, desk.timezone))


def request(desk: Desk, card: RequestCard) -> list[Block]:
    quote = reason(card, SHORT) if has_reason(card) else None
    return [rich(*asked_for(card, desk.timezone, most=5), quote=quote, after=[standing(desk, card)])]


def own_request(desk: Desk, card: RequestCard) -> list[Block]:
    cancel = [actions(f"cancel:{card.id}", button("Cancel", ids.CANCEL, card.id))] if card.state == "pending" else []
    return [*request(desk, card), *cancel]


# Oneself --------------------------------------------------------------------------------------------------------------


def me(desk: Desk) -> Message:
    """Who the reader is here, and the way to a password and a second factor."""
    member, organization = desk.member, desk.organization
    name: Fact = member or desk.name
    lines = [
        say(
            "{name} in {organization}", name=name, organization=organization.name if organization else "this workspace"
        ),
        say("E-mail: {email}", email=member.email if member else "–"),
        say("Role: {role}", role=role_title(desk.catalogue, desk.role)),
        say("Status: {status}", status=STATUS[desk.status] if desk.status else "–"),
        say("Password: {it}", it="set" if desk.has_password else "not set"),
        say("2FA: {it}", it="Enabled" if desk.has_factor else "Disabled"),
        say("Timezone: {zone}", zone=desk.timezone),
    ]
    if desk.has_password and desk.has_factor:
        return _message(lines, [rich(*lines)])
    link = button("Set password and second factor", ids.CREDENTIALS)
    return _message(lines, [rich(*lines), actions("credentials", link)])


def help_(lines: Iterable[HelpLine], intro: Phrase) -> Message:
    shown = [intro, *(_help_line(line) for line in lines)]
    return _message(shown, [rich(line) for line in shown])


def _help_line(line: HelpLine) -> Phrase:
    """The example is left out where it is the command without its optional parts."""
    told = say("{usage}\n{about}.", usage=Command(line.usage), about=line.about[:1].upper() + line.about[1:])
    if line.example == line.usage.partition(" [")[0]:
        return told
    return told + say(" For example: {example}", example=Command(line.example))
