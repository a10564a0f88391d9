"""What the audit says has happened, put together again, to be compared with what the tables hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.crashes.ledger import Entry, Ledger

ENDS = {
    "request.executed": "approved",
    "request.denied": "denied",
    "request.cancelled": "cancelled",
    "request.void": "void",
    "request.expired": "expired",
}


@dataclass(slots=True)
class Standing:
    status: str = ""
    lasting: str | None = None
    temporary: str | None = None
    offered: str | None = None
    """The role that a waiting invitation offers."""


@dataclass(slots=True)
class History:
    """`twice` tells of what was said to happen to something that had ended."""

    people: dict[str, Standing] = field(default_factory=dict[str, Standing])
    requests: dict[str, str] = field(default_factory=dict[str, str])
    twice: list[str] = field(default_factory=list[str])

    def of(self, entry: Entry) -> Standing:
        return self.people.setdefault(entry.target, Standing())


def told(ledger: Ledger, *, top: str) -> History:
    history = History()
    for entry in ledger.entries:
        if entry.action in ENDS or entry.action == "request.made":
            _request(history, entry)
        elif entry.action == "organization.set-up":
            history.people[entry.target] = Standing("active", lasting=top)
        elif entry.action in _HAPPENED and not entry.space:
            _HAPPENED[entry.action](history.of(entry), entry)
    return history


def _request(history: History, entry: Entry) -> None:
    before = history.requests.get(entry.request)
    if before != (None if entry.action == "request.made" else "pending"):
        history.twice.append(f"{entry.seq} {entry.action} after {before}")
    history.requests[entry.request] = ENDS.get(entry.action, "pending")


def _invited(one: Standing, entry: Entry) -> None:
    one.status, one.offered = "invited", entry.details["role"]


def _accepted(one: Standing, entry: Entry) -> None:
    one.status, one.lasting, one.temporary, one.offered = "active", entry.details["role"], None, None


def _changed(one: Standing, entry: Entry) -> None:
    if one.status == "invited":
        one.offered = entry.details["new"]
    elif "ends" in entry.details:
        one.temporary = entry.details["new"]
    else:
        one.lasting, one.temporary = entry.details["new"], None


def _ended(one: Standing, entry: Entry) -> None:
    del entry
    one.temporary = None


def _deactivated(one: Standing, entry: Entry) -> None:
    del entry
    one.status, one.offered = "deactivated", None


def _reactivated(one: Standing, entry: Entry) -> None:
    del entry
    one.status = "active"


def _expired(one: Standing, entry: Entry) -> None:
    del entry
    one.offered = None


_HAPPENED: Mapping[str, Callable[[Standing, Entry], None]] = {
    "member.invited": _invited,
    "invitation.accepted": _accepted,
    "invitation.expired": _expired,
    "role.changed": _changed,
    "role.ended": _ended,
    "member.deactivated": _deactivated,
    "member.reactivated": _reactivated,
}


def held(ledger: Ledger) -> tuple[dict[str, Standing], dict[str, str]]:
    """The same, as the tables have it. A temporary role counts until it was ended, due or not."""
    people = {one: Standing(row["status"]) for one, row in ledger.members.items()}
    for grant in ledger.grants:
        if grant["ended_at"] is None and grant["space_id"] == "":
            if grant["ends_at"] is None:
                people[grant["member_id"]].lasting = grant["what"]
            else:
                people[grant["member_id"]].temporary = grant["what"]
    for invitation in ledger.invitations.values():
        if invitation["state"] == "pending":
            people[invitation["member_id"]].offered = invitation["role"]
    return people, {one: row["state"] for one, row in ledger.requests.items()}
