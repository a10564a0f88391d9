"""Things to try in the demo, ticked off by what is seen to happen: what people typed and what the bot then said."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.playground.model import Message
from bot.playground.world import World

MAX_TYPED: Final = 500


@dataclass(frozen=True, slots=True)
class Step:
    """Done once something `typed` and something the bot `said` since the start match; an empty pattern always does."""

    title: str
    how: str
    person: str
    text: str = ""
    typed: str = ""
    said: str = ""


GUEST: Final = "grace@example.org"


@dataclass(frozen=True, slots=True)
class Roles:
    """What the catalogue calls the roles of the tour: the one that hands out power by its id and its title."""

    powerful: str = "admin"
    powerful_title: str = "Admin"
    asked: str = "manager"
    plain: str = "member"


DEFAULT_ROLES: Final = Roles()


def six_steps(
    *, admin: str, approver: str, member: str, newcomer: str = GUEST, roles: Roles = DEFAULT_ROLES
) -> tuple[Step, ...]:
    """The default tour, told for people of these handles; the admin holds the highest role."""
    title = re.escape(roles.powerful_title)
    return (
        Step(
            "Invite someone",
            "Typed in full, a command acts at once. Left incomplete, it opens the form.",
            person=admin,
            text=f"/usher invite {newcomer} as {roles.plain}",
            typed=r"^/usher\s+invite\b",
            said=r"Done\b.*\b[Ii]nvited\b",
        ),
        Step(
            "Accept from the mailbox",
            "Open the mail and follow its link. The page is the real one, and its set-up key fits any phone here.",
            person=admin,
            said=r"\baccepted your invitation\b|\byou are in as\b",
        ),
        Step(
            f"Raise them to {roles.powerful_title}",
            "This hands out power, so somebody else approves it, with the one-time code that their phone shows.",
            person=admin,
            text=f"/usher role {newcomer} {roles.powerful} because she runs the lab",
            said=rf"\bholds the role\W+{title}\b|→\W+{title}\b[\s\S]*\bThe change has run\b",
        ),
        Step(
            "Ask for access",
            "Anybody may ask, and says why. The card goes to those who may decide, and to nobody else.",
            person=member,
            text=f"/access request {roles.asked} for 4h because I stand in today",
            typed=r"^/access\s+request\b",
            said=r"^\W*Waiting\b",
        ),
        Step(
            "Deny it, with a reason",
            "Press Deny on the card and say why. Whoever asked hears it.",
            person=approver,
            said=r"\b(is|was) denied\b",
        ),
        Step(
            "Deactivate someone",
            "From then on no door opens for them. Of somebody who manages members, another person must approve it.",
            person=admin,
            text=f"/usher deactivate {newcomer} because the tour ends here",
            said=r"\bis deactivated\b|\bdeactivated you\b",
        ),
    )


class Tour:
    def __init__(self, steps: Sequence[Step], world: World) -> None:
        self._steps = steps
        self._world = world
        self.begin()

    def begin(self) -> None:
        """Forgets what has happened so far: what a demo does to furnish itself is no part of the tour."""
        self._start = float(self._world.next_ts())
        self._typed: list[str] = []
        self._done: set[int] = set()

    def typed(self, text: str) -> None:
        self._typed = [*self._typed, text][-MAX_TYPED:]

    def told(self) -> list[dict[str, Any]]:
        self._look()
        return [
            {"title": step.title, "how": step.how, "person": step.person, "text": step.text, "done": at in self._done}
            for at, step in enumerate(self._steps)
        ]

    def _look(self) -> None:
        left = [(at, step) for at, step in enumerate(self._steps) if at not in self._done]
        said = [*(message.words for message in self._since_start()), *self._last_pages()] if left else []
        self._done |= {at for at, step in left if _seen(step.typed, self._typed) and _seen(step.said, said)}

    def _since_start(self) -> Iterable[Message]:
        for channel_id in self._world.channels:
            for message in self._world.messages(channel_id):
                if message.by_bot and float(message.edited or message.ts) > self._start:
                    yield message

    def _last_pages(self) -> Iterable[str]:
        """What the bot says at the end of a form: a page with nothing to send."""
        opened = (view for user_id in self._world.users for view in self._world.modals(user_id))
        return (view.words for view in opened if not view.submit)


def _seen(pattern: str, texts: Iterable[str]) -> bool:
    return not pattern or any(re.search(pattern, text, re.MULTILINE) for text in texts)
