"""The list of invitations: what became of each and when, filtered by state, and what can still be done with one."""

from bot.slack import ids
from bot.slack.views.blocks import (
    Block,
    Confirm,
    Element,
    Message,
    actions,
    button,
    clean_lines,
    divider,
    rich,
    select,
)
from bot.slack.views.lists import apart
from bot.wording.common import INVITATION, ago, in_space, role_title
from bot.wording.phrase import NOTHING, Phrase, Typed, When, say, together
from handlers.models import Choice, Desk, InvitationFilter, InvitationPage, InvitationRow, InvitationState

FIRST = "first"
"""What the key of the first page becomes on a button, for Slack takes no empty value."""
ALL = "all"
"""And what no state becomes in a select."""
STATES: tuple[InvitationState, ...] = ("pending", "expired", "accepted", "revoked")
OPEN: tuple[InvitationState, ...] = ("pending", "expired")
REVOKING = Confirm("Revoke the invitation?", "Its links die at once. You can invite the same address again.", "Revoke")
_ENDED: dict[InvitationState, str] = {"expired": "expired", "accepted": "accepted", "revoked": "revoked"}


def page(desk: Desk, shown: InvitationPage) -> Message:
    head = _head(shown)
    lines = [head, *(line(desk, row) for row in shown.rows)]
    rows = apart([one(desk, row) for row in shown.rows])
    blocks = [rich(head), *_filter(shown), *rows, *_turn(shown), *_many(shown)]
    return Message(clean_lines(together(lines, between="\n").text()), tuple(blocks))


def _head(shown: InvitationPage) -> Phrase:
    where = say(" to {space}", space=shown.space.label) if shown.space else NOTHING
    everything = sum(count for _, count in shown.counts)
    if not everything:
        return say("No invitations") + where + say(" yet. Type `/usher invite` to send the first.")
    total = shown.total
    what = f"{shown.state} invitation" if shown.state else "invitation"
    counted = f"1 {what}" if total == 1 else f"{_number(total, exact=shown.exact)} {what}s"
    if not total:
        return say(f"No {what}s") + where + say(". ") + _counts(shown)
    few = counted if len(shown.rows) == total else f"{len(shown.rows)} of {counted}"
    return say("{few}", few=few) + where + say(", newest first. ") + _counts(shown)


def _counts(shown: InvitationPage) -> Phrase:
    """How many there are of each state, whichever is shown."""
    counted = ", ".join(f"{INVITATION[state]}: {_of(shown, state)}" for state, _ in shown.counts)
    return say("{counted}.", counted=counted)


def _of(shown: InvitationPage, state: InvitationState) -> str:
    return _number(shown.count(state), exact=state not in shown.more)


def _number(count: int, *, exact: bool) -> str:
    return f"{count:,}" if exact else f"at least {count:,}"


# One ------------------------------------------------------------------------------------------------------------------


def line(desk: Desk, row: InvitationRow) -> Phrase:
    catalogue = desk.catalogue
    name = (
        say(" ({name})", name=Typed(row.member.name, 80))
        if row.member.name and row.member.name != row.member.email
        else NOTHING
    )
    role = say(", {role}", role=role_title(catalogue, row.role, row.space)) + in_space(catalogue, row.space)
    by = say(" by {by}", by=row.invited_by) if row.invited_by else NOTHING
    state = say(" · {state}", state=INVITATION[row.state])
    asked = say(", invited {ago}", ago=ago(row.age)) + by
    return say("{email}", email=row.member.email) + name + role + state + asked + _ended(desk, row)


def _ended(desk: Desk, row: InvitationRow) -> Phrase:
    if row.state == "pending":
        return say(", until {ends}", ends=When(row.expires, desk.timezone))
    return say(f", {_ENDED[row.state]} {{ago}}", ago=ago(row.over)) if row.over is not None else NOTHING


def one(desk: Desk, row: InvitationRow) -> list[Block]:
    """The invitation, and what can still be done with it."""
    return [rich(line(desk, row)), *controls(row.id, row.member.email, row.state)]


def controls(invitation: str, email: str, state: InvitationState) -> list[Block]:
    buttons: list[Element] = []
    if state in ("pending", "expired"):
        buttons = [
            button("Resend", ids.RESEND, invitation, about=f"Resend to {email}"),
            button("Revoke", ids.REVOKE, invitation, confirm=REVOKING, about=f"Revoke the invitation of {email}"),
        ]
    if state == "pending":
        buttons.append(button("Copy invite link", ids.COPY_LINK, invitation, about=f"Copy invite link of {email}"))
    return [actions(f"invitation:{invitation}", *buttons)] if buttons else []


# Filtering, turning pages, and many -----------------------------------------------------------------------------------


def _kept(name: str, shown: InvitationPage) -> str:
    """State and space ride in the block's id, so that what is pressed keeps to them."""
    return f"{name}:{shown.state}:{shown.space.value if shown.space else ''}"


def kept(block: str) -> tuple[InvitationFilter, str | None]:
    """The state and the space's id, as ``_kept`` wrote them; nonsense is everything."""
    _, _, rest = block.partition(":")
    state, _, space = rest.partition(":")
    return state_of(state), space[:200] or None


def state_of(text: str) -> InvitationFilter:
    for state in STATES:
        if state == text:
            return state
    return ""


def _filter(shown: InvitationPage) -> list[Block]:
    everything = sum(count for _, count in shown.counts)
    if not everything:
        return []
    choices = [Choice(ALL, f"All ({_number(everything, exact=not shown.more)})")]
    choices += [Choice(state, f"{INVITATION[state]} ({_of(shown, state)})") for state, _ in shown.counts]
    chosen = select(choices, shown.state or ALL, placeholder="Status") | {"action_id": ids.INVITATIONS_STATE}
    return [actions(_kept("filter", shown), chosen)]


def _turn(shown: InvitationPage) -> list[Block]:
    buttons: list[Element] = []
    if shown.previous is not None:
        buttons.append(button("Previous", ids.INVITATIONS_BACK, shown.previous or FIRST))
    if shown.next is not None:
        buttons.append(button("Next", ids.INVITATIONS_PAGE, shown.next))
    return [actions(_kept("page", shown), *buttons)] if buttons else []


def _many(shown: InvitationPage) -> list[Block]:
    """For several in one go, where there are several."""
    pending = shown.count("pending") if shown.state in ("", "pending") else 0
    expired = shown.count("expired") if shown.state in ("", "expired") else 0
    if pending + expired < 2:  # noqa: PLR2004 - one has its own buttons
        return []
    buttons = [button("Choose several", ids.INVITATIONS_CHOOSE, "choose")]
    if expired:
        buttons.append(button(f"Resend all that expired ({_of(shown, 'expired')})", ids.INVITATIONS_RESEND, "expired"))
        buttons.append(button(f"Revoke all that expired ({_of(shown, 'expired')})", ids.INVITATIONS_CLEAR, "expired"))
    if pending:
        buttons.append(button(f"Revoke all pending ({_of(shown, 'pending')})", ids.INVITATIONS_REVOKE, "pending"))
    return [divider(), actions(_kept("many", shown), *buttons)]
