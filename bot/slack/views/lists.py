"""Answers that show something: requests, what somebody holds, who they are, help."""

from collections.abc import Callable, Iterable, Sequence

from bot.slack import ids
from bot.slack.grammar.readings import HelpLine
from bot.slack.views.blocks import Block, Message, actions, button, clean_lines, divider, rich
from bot.slack.views.card import asked_for, decide, ended, reason_line
from bot.wording.common import STATUS, has_reason, reason, role_title
from bot.wording.phrase import Command, Fact, Phrase, When, say, together
from handlers.models import Desk, RequestCard

MOST_CHARACTERS = 10_000
"""Slack refuses a message whose blocks hold some 13 000 together."""
SHORT = 200
"""Of a reason, in a list."""
Shown = Callable[[RequestCard], list[Block]]
MOST_REQUESTS = 15
"""Three blocks each; a message holds 50."""


def _message(lines: Sequence[Phrase], blocks: Sequence[Block]) -> Message:
    return Message(clean_lines(together(lines, between="\n").text()), tuple(blocks))


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
        say("Name: {name}", name=member.name if member else desk.name),
        say("E-mail: {email}", email=member.email if member else "–"),
        say("Role: {role}", role=role_title(desk.catalogue, desk.role)),
        say("Status: {status}", status=STATUS[desk.status] if desk.status else "–"),
        say("Password: {it}", it="set" if desk.has_password else "not set"),
        say("2FA: {it}", it="Enabled" if desk.has_factor else "Disabled"),
        say("Timezone: {zone}", zone=desk.zone or desk.timezone),
    ]
    return _message(lines, [rich(*lines), *_settings(desk), *_endings(desk)])


def _settings(desk: Desk) -> list[Block]:
    active = desk.member is not None and desk.status == "active"
    edit = [button("Edit", ids.PROFILE, about="Edit your name and timezone")] if active else []
    done = desk.has_password and desk.has_factor
    link = [] if done else [button("Set password and second factor", ids.CREDENTIALS)]
    return [actions("credentials", *edit, *link)] if edit or link else []


def _endings(desk: Desk) -> list[Block]:
    """Each opens a form that says what will be lost."""
    if desk.member is None or desk.status != "active":
        return []
    data = [button("Delete my data", ids.DELETE_MY_DATA)] if any(k.owned for k in desk.catalogue.kinds.values()) else []
    return [actions("my-end", *data, button("Ask to delete my account", ids.DELETE_ME))]


def help_(lines: Iterable[HelpLine], intro: Phrase) -> Message:
    shown = [intro, *(_help_line(line) for line in lines)]
    return _message(shown, [rich(line) for line in shown])


def _help_line(line: HelpLine) -> Phrase:
    """The example is left out where it is the command without its optional parts."""
    told = say("{usage}\n{about}.", usage=Command(line.usage), about=line.about[:1].upper() + line.about[1:])
    if line.example == line.usage.partition(" [")[0]:
        return told
    return told + say(" For example: {example}", example=Command(line.example))
