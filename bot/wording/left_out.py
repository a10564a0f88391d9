"""Who of a list was not invited, why, and what helps."""

from collections.abc import Iterable, Mapping
from typing import Literal

from bot.wording.phrase import Phrase, listed, say, together
from handlers.commands import NotInvited

Why = Literal["not-an-address", "already-member", "already-invited", "deactivated"]
STANDS: Mapping[Literal["already-member", "already-invited", "deactivated"], str] = {
    "already-member": "already a member",
    "already-invited": "already invited",
    "deactivated": "deactivated",
}
_WHY: Mapping[Why, tuple[str, str]] = {
    "not-an-address": ("not an e-mail address", "correct it and invite again"),
    "already-member": (STANDS["already-member"], "change the role with `/usher role`"),
    "already-invited": (STANDS["already-invited"], "Resend in `/usher invitations` sends a new link"),
    "deactivated": (STANDS["deactivated"], "`/usher reactivate` brings them back"),
}
_BY_TEXT: Mapping[str, Why] = {str(why): why for why in _WHY}


def known_why(text: str) -> Why:
    return _BY_TEXT.get(text, "not-an-address")


def left_out(people: Iterable[NotInvited]) -> Phrase:
    """Grouped, so that 200 addresses stay readable."""
    by_why: dict[Why, list[str]] = {}
    for one in people:
        by_why.setdefault(one.why, []).append(one.email)
    return together([_group(why, emails) for why, emails in by_why.items()], between="")


def _group(why: Why, emails: list[str]) -> Phrase:
    reason, help_ = _WHY[why]
    return say("\nLeft out, {reason}: {emails} (", reason=reason, emails=listed(emails)) + say(help_ + ").")
