"""As many people as asked, the same every time, with names as uneven as those of real people: few that many bear, many
that few bear. Rows are made while they are read, so that a million need no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import md5
from itertools import accumulate
from random import Random
from typing import Any

Row = tuple[Any, ...]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = (("member", 850), ("guest", 100), ("manager", 48), ("admin", 2))
STATUSES = (("active", 90), ("invited", 5), ("deactivated", 5))
DOMAINS = (("acme.example", 80), ("acme-labs.example", 15), ("mail.example", 5))
ONSETS = (*"bdfghjklmnprstvwz", "br", "ch", "gr", "kl", "sch", "st")
VOWELS = (*"aeiouüé", "ai", "ei", "ie", "au")
CODAS = ("", *"nrlsm", "ck", "nd", "rt", "tz")
FIRST = (
    "maria", "anna", "james", "mohammed", "john", "wei", "elena", "peter", "sofia", "lucas", "fatima", "thomas",
    "laura", "daniel", "julia", "michael", "sarah", "david", "martin", "ana", "jan", "eva", "paul", "nina",
    "alexander", "lena", "ivan", "olga", "jose", "carmen", "yuki", "hiro", "ahmed", "aisha", "chen", "ling",
    "raj", "priya", "omar", "zoe", "oscar", "hanna", "johanna", "felix", "clara", "emma", "noah", "mia", "leon",
    "ben", "lisa", "tim", "katharina", "stefan", "andrea", "marco", "giulia", "pierre", "amelie", "søren",
    "ingrid", "lars", "astrid", "дмитрий", "светлана", "kwame", "ngozi", "zainab", "tomasz", "agnieszka",
    "zsófia", "李娜", "王伟",
)  # fmt: skip
LAST = (
    "smith", "müller", "garcia", "wang", "li", "singh", "kim", "nguyen", "silva", "kowalski", "ivanov", "johnson",
    "schmidt", "rossi", "martin", "brown", "hernandez", "andersson", "tanaka", "hussein", "berg", "fischer", "weber",
    "meyer", "wagner", "becker", "schulz", "hoffmann", "lopez", "gonzalez", "patel", "khan", "ali", "williams", "jones",
    "miller", "davis", "wilson", "taylor", "moore", "jackson", "white", "harris", "clark", "lewis", "young", "walker",
)  # fmt: skip


@cache
def _names(known: tuple[str, ...], count: int, seed: int) -> tuple[Sequence[str], Sequence[float]]:
    """The names, and how often each and all before it are borne."""
    random = Random(seed)  # noqa: S311 - the same every time
    made = dict.fromkeys(known)
    while len(made) < count:
        parts = (random.choice(ONSETS) + random.choice(VOWELS) + random.choice(CODAS) for _ in "ab")
        made["".join(parts)] = None
    return tuple(made), tuple(accumulate(1 / (rank + 12) for rank in range(count)))


def key(sort: str, number: int) -> str:
    """In no order, as real ones are."""
    return md5(f"{sort}{number}".encode(), usedforsecurity=False).hexdigest()


def _one_of(weights: Sequence[tuple[str, int]], random: Random) -> str:
    return random.choices([what for what, _ in weights], [weight for _, weight in weights])[0]


@dataclass(frozen=True, slots=True)
class Populace:
    """``members`` in the organization that is measured, and a tenth as many in nine others."""

    members: int

    @property
    def groups(self) -> int:
        return min(200, max(4, self.members // 50))

    @property
    def spaces(self) -> int:
        return min(1000, max(4, self.members // 50))

    @property
    def everybody(self) -> int:
        return self.members + self.members // 10

    def organization(self, number: int) -> int:
        return 0 if number < self.members else 1 + number % 9

    # Names ------------------------------------------------------------------------------------------------------------

    def first(self) -> tuple[Sequence[str], Sequence[float]]:
        return _names(FIRST, 2_000, 1)

    def last(self) -> tuple[Sequence[str], Sequence[float]]:
        return _names(LAST, 20_000, 2)

    def name(self, random: Random) -> tuple[str, str]:
        (first, often), (last, as_often) = self.first(), self.last()
        return random.choices(first, cum_weights=often)[0], random.choices(last, cum_weights=as_often)[0]

    # Rows -------------------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, tuple[Sequence[str], Iterator[Row]]]:
        """By table, parents first: the columns and the rows."""
        named = ("id", "organization_id", "name", "name_folded", "created_at")
        return {
            "workspaces": (("id", "created_at"), iter([("T0BENCH", NOW)])),
            "organizations": (
                ("id", "workspace_id", "slug", "name", "catalogue", "plan", "created_at", "seq", "head"),
                ((key("o", n), "T0BENCH", f"o{n}", f"O {n}", "default", "", NOW, 0, "") for n in range(10)),
            ),
            "groups": (named, self._named("g", "Group", self.groups)),
            "spaces": ((*named, "slug"), ((*row, row[0]) for row in self._named("s", "Space", self.spaces))),
            "members": (
                (
                    "id", "organization_id", "email", "email_folded", "name", "name_folded", "timezone", "status",
                    "listed", "epoch", "created_at", "active_at",
                ),
                self._members(),
            ),
            "credentials": (("member_id", "factor_sealed", "factor_at", "last_step", "guesses"), self._credentials()),
            "grants": (
                ("id", "organization_id", "member_id", "kind", "what", "space_id", "source", "starts_at"),
                self._grants(),
            ),
            "invitations": (
                (
                    "id", "organization_id", "member_id", "role", "space_id", "groups", "state", "version",
                    "link_hash", "created_at", "expires_at",
                ),
                self._invitations(),
            ),
        }  # fmt: skip

    def _named(self, sort: str, word: str, count: int) -> Iterator[Row]:
        for number in range(count):
            name = f"{word} {number}"
            yield key(sort, number), key("o", 0), name, name.casefold(), NOW

    def _status(self, number: int) -> str:
        return ("invited", "deactivated")[number % 2] if number % 20 in (7, 12) else "active"

    def _members(self) -> Iterator[Row]:
        random = Random(3)  # noqa: S311 - the same every time
        for number in range(self.everybody):
            name, domain, status = self.name(random), _one_of(DOMAINS, random), self._status(number)
            email = f"{'.'.join(name)}.{number}@{domain}".casefold()
            name = "" if status == "invited" else " ".join(name).title()
            active = NOW - timedelta(minutes=number % 100_000) if status == "active" else None
            yield (
                key("m", number), key("o", self.organization(number)), email, email, name, name.casefold(), "UTC",
                status, number % 100 != 3, 0, NOW, active,
            )  # fmt: skip

    def _credentials(self) -> Iterator[Row]:
        for number in range(self.everybody):
            if self._status(number) != "invited":
                yield key("m", number), None, NOW if number % 5 < 2 else None, 0, 0

    def _grants(self) -> Iterator[Row]:
        random = Random(4)  # noqa: S311 - the same every time
        for number in range(self.everybody):
            if self._status(number) == "invited":
                continue
            yield self._grant(number, 0, "role", _one_of(ROLES, random))
            if self.organization(number):
                continue
            for turn in range(number % 3):
                group = int(random.random() ** 3 * self.groups)
                yield self._grant(number, 10 + turn, "group", key("g", group))
            for place in {int(random.random() ** 2 * self.spaces) for _ in range(number % 3)}:
                yield self._grant(number, 100 + place, "role", ("viewer", "editor")[number % 2], key("s", place))

    def _grant(self, number: int, turn: int, kind: str, what: str, space: str = "") -> Row:
        owner = key("o", self.organization(number))
        return key("r", number * 2000 + turn), owner, key("m", number), kind, what, space, "operator", NOW

    def _invitations(self) -> Iterator[Row]:
        random = Random(5)  # noqa: S311 - the same every time
        for number in range(self.everybody):
            if self._status(number) == "invited":
                one = key("i", number)
                yield (
                    one, key("o", self.organization(number)), key("m", number), _one_of(ROLES, random), "", "[]",
                    "pending" if number % 40 < 30 else "expired", 1, one, NOW, NOW + timedelta(days=7),
                )  # fmt: skip
