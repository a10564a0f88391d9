"""What may be asked about the directory: one member, their end, many at once by a file, and what follows Slack."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.commands.who import Person

StatusFilter = Literal["", "invited", "active", "deactivated"]
FactorFilter = Literal["", "on", "off"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list of members; an empty field narrows nothing.

    ``words`` are sought in names and addresses. ``role``, ``space`` and ``group`` are ids, or names as typed.
    """

    words: str = ""
    role: str = ""
    status: StatusFilter = ""
    factor: FactorFilter = ""
    space: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class EditMember:
    """None: left as it is. The member is put into the groups ``joined`` and taken out of those in ``left``, by id or
    name (004-20); in all others they stay as they are."""

    person: Person
    name: str | None = None
    timezone: str | None = None
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kind: Literal["edit-member"] = "edit-member"


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """A member's own name and timezone (004-114); None: left as it is."""

    name: str | None = None
    timezone: str | None = None
    kind: Literal["change-profile"] = "change-profile"


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Ends the membership of the organization; the record stays unlisted and returns by invitation (X2, 003-47)."""

    person: Person
    reason: str = ""
    kind: Literal["remove-member"] = "remove-member"


@dataclass(frozen=True, slots=True)
class DeleteMember:
    """The account and its data, for good (001-16). ``heir`` becomes owner of the spaces nobody else owns (I5)."""

    person: Person
    heir: Person | None = None
    reason: str = ""
    kind: Literal["delete-member"] = "delete-member"


@dataclass(frozen=True, slots=True)
class DeleteData:
    """Every resource that the member owns, of kinds that are owned; the member stays (001-21 to 001-26)."""

    person: Person
    reason: str = ""
    kind: Literal["delete-data"] = "delete-data"


@dataclass(frozen=True, slots=True)
class Erase:
    """Usher's own: the next of what is left of somebody whose data, or whose whole account, was deleted.

    ``at`` is when that was decided: what came to be later stays. ``sealed`` holds what to look for, and opens for that
    member alone; empty: their data is all that goes. ``stage`` and ``after`` are how far it is, ``until`` is the last
    record of the audit that there was then, ``request`` what was approved.
    """

    organization: str
    member: str
    at: datetime
    sealed: str = ""
    until: int = 0
    request: str = ""
    stage: Literal["data", "audit", "requests", "answers", "words"] = "data"
    after: str = ""
    kind: Literal["erase"] = "erase"


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """By link or by generating a new one, as the catalogue says (X1)."""

    person: Person
    reason: str = ""
    kind: Literal["reset-password"] = "reset-password"


@dataclass(frozen=True, slots=True)
class ResetFactor:
    """The second factor and its recovery codes are gone; the member sets up a new one (004-104, 004-105)."""

    person: Person
    reason: str = ""
    kind: Literal["reset-2fa"] = "reset-2fa"


@dataclass(frozen=True, slots=True)
class FinishReset:
    """What the ``/reset/TOKEN`` page sends; ``sealed`` was made by ``Enrolments``."""

    sealed: str = dataclasses.field(repr=False)
    kind: Literal["finish-reset"] = "finish-reset"


@dataclass(frozen=True, slots=True)
class Reveal:
    """What the ``/reveal/TOKEN`` page sends; ``sealed`` holds the hash of the new password that it is about to show."""

    sealed: str = dataclasses.field(repr=False)
    kind: Literal["reveal"] = "reveal"


@dataclass(frozen=True, slots=True)
class ResendSeveral:
    invitations: tuple[str, ...]
    kind: Literal["resend-several"] = "resend-several"


@dataclass(frozen=True, slots=True)
class RevokeSeveral:
    invitations: tuple[str, ...]
    kind: Literal["revoke-several"] = "revoke-several"


@dataclass(frozen=True, slots=True)
class Export:
    """``users.csv`` of what the filters show, in the asker's direct messages (004-107 to 004-110)."""

    filters: Filters = Filters()
    kind: Literal["export"] = "export"


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of a file; ``line`` counts from 1, the header included. ``wrong``: why it cannot be read."""

    line: int
    email: str
    name: str = ""
    role: str = ""
    groups: tuple[str, ...] = ()
    timezone: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class PrepareImport:
    """Keeps the lines of a file and says what would become of each. Nobody is invited by it.

    ``role`` is for lines that name none. ``ignored`` are columns that mean nothing here, ``guessed`` is a name that
    shows whether the file was read rightly, where that had to be guessed. A long file comes in parts, so that nobody
    waits long: ``prepared`` is what the first of them was kept as, and ``more`` says that another one follows.
    """

    file: str
    lines: tuple[ImportLine, ...] = dataclasses.field(repr=False)
    role: str = ""
    ignored: tuple[str, ...] = ()
    guessed: str = ""
    prepared: str = ""
    more: bool = False
    kind: Literal["prepare-import"] = "prepare-import"


@dataclass(frozen=True, slots=True)
class Import:
    """Invites everybody whom a prepared import would invite."""

    prepared: str
    reason: str = ""
    # Filled in by the plan, for approvers to see and to judge by: how many get which role, the groups that anybody
    # joins, and whose role manages members or gives more than the asker holds; of many the first, and how many more.
    file: str = ""
    people: int = 0
    roles: tuple[str, ...] = ()
    each: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    more_groups: int = 0
    raised: tuple[str, ...] = ()
    more_raised: int = 0
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class DropImport:
    prepared: str
    kind: Literal["drop-import"] = "drop-import"


@dataclass(frozen=True, slots=True)
class ImportStep:
    """Usher's own: the next lines of a running import."""

    organization: str
    prepared: str
    kind: Literal["import-step"] = "import-step"


@dataclass(frozen=True, slots=True)
class SendAgain:
    """What could not be delivered is tried again; ``letter`` is the outbox row's key, '' the oldest of all of them."""

    letter: str
    kind: Literal["send-again"] = "send-again"


@dataclass(frozen=True, slots=True)
class FollowSlack:
    """Usher's own: the Slack account that a member is tied to was deactivated in Slack."""

    organization: str
    member: str
    kind: Literal["follow-slack"] = "follow-slack"
