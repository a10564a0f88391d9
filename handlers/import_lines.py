"""What would become of each line of a file, as far as the file itself and the rules tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from handlers import policy
from handlers.catalogue import Role
from handlers.commands import ImportLine, Refusal
from handlers.facts import Case, Facts
from handlers.proof import clean_name
from handlers.zones import checked_zone
from storage.imports import LineRecord
from storage.members import folded

WhyWrong = Literal[
    "not-an-address",
    "no-address",
    "more-cells",
    "unreadable",
    "twice",  # :the line where it stood before
    "no-role",
    "unknown-role",  # :as typed
    "may-not-give",  # :the role
    "unknown-group",  # :as typed
    "too-many-groups",
    "may-not-groups",
    "unknown-timezone",  # :as typed
    "name-too-long",
]
KEPT = timedelta(days=7)  # until somebody confirms it
LONGEST_ADDRESS = 254  # RFC 5321
_MOST_SAID = 100


@dataclass(slots=True)
class Examiner:
    """``role`` is for lines that name none; ``groups`` are ids by folded name and by id. Looks at each role once."""

    facts: Facts
    role: Role | None
    groups: Mapping[str, str]
    _seen: dict[str, int] = field(default_factory=dict[str, int])
    _given: dict[str, bool] = field(default_factory=dict[str, bool])

    def examine(self, line: ImportLine) -> LineRecord:
        role = self._role(line)
        wrong = line.wrong or self._wrong(line, role)
        if wrong or role is None:
            return _kept(line, verdict="wrong", why=wrong[: _MOST_SAID + 40])
        return LineRecord(
            line=line.line,
            email=line.email,
            name=clean_name(line.name) if line.name.strip() else "",
            role=role.id,
            groups=tuple(dict.fromkeys(self.groups[folded(one)] for one in line.groups)),
            timezone=checked_zone(line.timezone) if line.timezone else "",
            verdict="will-invite",
        )

    def _role(self, line: ImportLine) -> Role | None:
        return self.facts.catalogue.role(line.role) if line.role else self.role

    def _wrong(self, line: ImportLine, role: Role | None) -> str:
        """Of several mistakes the first; a line is one person's, so a second one of the same address is none."""
        address = folded(line.email)
        if not address or len(address) > LONGEST_ADDRESS:
            return "not-an-address" if address else "no-address"
        if (first := self._seen.setdefault(address, line.line)) != line.line:
            return f"twice:{first}"
        return self._wrong_role(line, role) or self._wrong_groups(line) or _wrong_person(line)

    def _wrong_role(self, line: ImportLine, role: Role | None) -> str:
        if role is None:
            return f"unknown-role:{line.role[:_MOST_SAID]}" if line.role else "no-role"
        return "" if self._may_give(role) else f"may-not-give:{role.title}"

    def _may_give(self, role: Role) -> bool:
        if role.id not in self._given:
            self._given[role.id] = may_give(self.facts, (role,))
        return self._given[role.id]

    def _wrong_groups(self, line: ImportLine) -> str:
        if line.groups and not may_group(self.facts):
            return "may-not-groups"
        missing = next((one for one in line.groups if folded(one) not in self.groups), None)
        return f"unknown-group:{missing[:_MOST_SAID]}" if missing else ""


def may_give(facts: Facts, roles: Sequence[Role]) -> bool:
    try:
        policy.check(Case("import", several=tuple(roles)), facts)
    except Refusal:
        return False
    return True


def may_group(facts: Facts) -> bool:
    try:
        policy.check(Case("groups"), facts)
    except Refusal:
        return False
    return True


def _wrong_person(line: ImportLine) -> str:
    try:
        if line.name.strip():
            clean_name(line.name)
        if line.timezone:
            checked_zone(line.timezone)
    except Refusal as refusal:
        return "name-too-long" if refusal.field == "name" else f"unknown-timezone:{line.timezone[:_MOST_SAID]}"
    return ""


def _kept(line: ImportLine, *, verdict: str, why: str) -> LineRecord:
    return LineRecord(line.line, line.email, line.name, line.role, line.groups, line.timezone, verdict, why)
