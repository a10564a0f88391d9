"""The card of a request: what is asked, by whom, for whom and why; buttons while it waits, then how it ended."""

from bot.slack import ids
from bot.slack.views.blocks import Block, actions, button, clean_lines, rich
from bot.wording.changes import shows_before_and_after, what, what_short
from bot.wording.common import STATE, has_reason, reason
from bot.wording.phrase import NOTHING, Phrase, When, listed, say, together
from bot.wording.refusals import why_void
from handlers.commands import Named
from handlers.models import RequestCard


def card_blocks(card: RequestCard, zone: str = "UTC") -> tuple[str, list[Block]]:
    """The message's complete text, and its blocks. `zone` is for the text alone; blocks show each reader's own time."""
    asked = asked_for(card, zone)
    stands = [*_progress(card), _life(card, zone)] if card.state == "pending" else [ended(card, zone)]
    told = rich(*asked, quote=reason(card) if has_reason(card) else None, after=stands)
    text = together([*asked, reason_line(card), *stands], between="\n").text()
    return clean_lines(text), [told, decide(card)] if card.state == "pending" else [told]


def asked_for(card: RequestCard, zone: str = "UTC", *, most: int = 50) -> list[Phrase]:
    """Who wants what, and the change from what to what; of a long list of addresses the first `most`."""
    lines = [headline(card, zone, most)]
    if shows_before_and_after(card):
        lines.append(what_short(card))
    return [*lines, *_addresses(card)]


def headline(card: RequestCard, zone: str, most: int) -> Phrase:
    verb = "asks to" if card.change == "request-access" else "wants to"
    return say("{requester} {verb} ", requester=card.requester, verb=verb) + what(card, zone, most=most) + say(".")


def _addresses(card: RequestCard) -> list[Phrase]:
    """Names can be chosen freely, so whoever decides also sees the addresses."""
    if card.target is None or not (card.target.email and card.requester.email):  # of who is deleted none is left
        return []
    if card.target.id == card.requester.id:
        return [say("Account: {email}", email=card.requester.email)]
    return [say("Asked by: {a}\nConcerns: {b}", a=card.requester.email, b=card.target.email)]


def reason_line(card: RequestCard, most: int = 1000) -> Phrase:
    given = reason(card, most)
    return say("Reason: {reason}", reason=given) if has_reason(card) else given


def _progress(card: RequestCard) -> list[Phrase]:
    lines: list[Phrase] = []
    if card.apart:
        lines.append(
            say(
                "{requester} did or approved the other reset lately, and both together take two people.",
                requester=card.requester,
            )
        )
    if card.approvals > 1:
        voted = say(", given by {who}", who=listed(card.votes)) if card.votes else NOTHING
        count = say("Approvals: {have} of {need}", have=str(len(card.votes)), need=str(card.approvals))
        lines.append(count + voted)
    if card.code:
        lines.append(say("Approving takes a one-time code."))
    return lines


def _life(card: RequestCard, zone: str) -> Phrase:
    return say("Waiting until {expires}.", expires=When(card.expires, zone))


def decide(card: RequestCard) -> Block:
    """The value is the request's opaque id and nothing else; who may decide is judged at the press."""
    about = f"the request of {card.requester.name}"
    buttons = [
        button("Approve", ids.APPROVE, card.id, style="primary", about=f"Approve {about}"),
        button("Deny", ids.DENY, card.id, about=f"Deny {about}"),
    ]
    if card.change == "import":
        see = button("See the people", ids.IMPORT_PEOPLE, card.id, about=f"See the people of {about}")
        buttons.append(see)
    return actions(f"request:{card.id}", *buttons)


def ended(card: RequestCard, zone: str = "UTC") -> Phrase:
    """Who decided, when, and what happened."""
    who = say(" by {who}", who=card.decided_by) if card.decided_by else NOTHING
    when = say(", {when}", when=When(card.decided_at, zone)) if card.decided_at else NOTHING
    return say(STATE[card.state]) + who + when + say(". ") + _what_happened(card)


def _what_happened(card: RequestCard) -> Phrase:
    match card.state:
        case "approved":
            also = [vote for vote in card.votes if not _same(vote, card.decided_by)]
            return say("The change has run.") + (say(" Also approved by {who}.", who=listed(also)) if also else NOTHING)
        case "denied":
            return say("Nothing was changed. Why: {why}", why=card.why) if card.why else say("Nothing was changed.")
        case "cancelled":
            return say("Nothing was changed. Why: {why}.", why=card.why) if card.why else say("Nothing was changed.")
        case "expired":
            return say("Nobody decided in time, and nothing was changed.")
        case "void":
            why = say(" Why: {why}", why=why_void(card.why)) if card.why else NOTHING
            return say("Nothing was changed, for things were no longer as shown.") + why
        case "pending":
            return NOTHING


def _same(one: Named, other: Named | None) -> bool:
    return other is not None and one.id == other.id
