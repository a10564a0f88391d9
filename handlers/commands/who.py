"""Who asks, and whom a command names."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Account:
    """A Slack account: the team's (or, on Enterprise Grid, the enterprise's) id and the user's id in it."""

    team: str
    user: str


# request: whoever asked, when somebody else's approval runs what they asked for.
# token: other software, by its bearer token.
Via = Literal["slack", "link", "operator", "system", "request", "token"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, through which door. Secrets never show in its ``repr``.

    ``delivery`` names the one delivery this act came with (Slack's trigger, view or event id, a form's nonce); the same
    delivery again gets the same answer. ``code`` is a one-time code typed for this act alone.
    ``token`` is the id of the token by which other software acts.
    """

    via: Via
    account: Account | None = None
    organization: str | None = None
    link: str | None = dataclasses.field(default=None, repr=False)
    delivery: str | None = None
    code: str | None = dataclasses.field(default=None, repr=False)
    channel: str | None = None
    card: CardPlace | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where a pressed message stands in Slack; compared with where the card was posted (invariant 35)."""

    channel: str
    ts: str


SYSTEM = Actor(via="system")


@dataclass(frozen=True, slots=True)
class Person:
    """A member as somebody named them: exactly one field is set."""

    id: str | None = None
    email: str | None = None
    slack: str | None = None
    name: str | None = None

    @property
    def typed(self) -> str:
        """The words to give back to whoever typed them."""
        return self.name or self.email or (f"<@{self.slack}>" if self.slack else "") or self.id or ""


@dataclass(frozen=True, slots=True)
class Named:
    """A member as an answer shows them."""

    id: str
    name: str
    email: str
    slack: str | None = None
