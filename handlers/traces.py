"""What somebody was called, for as long as something of it is to be found or a last message is to reach them.

It is kept sealed, so that a table that still holds it tells nobody anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from pydantic import TypeAdapter

from handlers.commands import Account, Named
from handlers.keys import Broken, Keyring
from handlers.models import Recipient
from storage.records import MemberRecord


def pseudonym(member: str) -> str:
    """What a deleted member is called from then on."""
    return f"Deleted member {member[:6].upper()}"


@dataclass(frozen=True, slots=True)
class Traces:
    """One member as they were. ``shared``: somebody or something else here goes by the same name."""

    member: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    timezone: str = "UTC"
    account: Account | None = None
    shared: bool = False

    @property
    def recipient(self) -> Recipient:
        slack = self.account.user if self.account else None
        return Recipient(Named(self.member, self.name, self.email, slack), self.account, self.email, self.timezone)

    @property
    def words(self) -> tuple[str, ...]:
        """What to look for where it stands among other things. A name of one word, or one that others bear, may mean
        somebody else: it is looked for in what is about this member alone."""
        whole = " ".join(self.name.split())
        return self._all if " " in whole and not self.shared else (self.email,)

    @property
    def _all(self) -> tuple[str, ...]:
        return (self.email, self.name) if self.name.strip() else (self.email,)

    def without(self, text: str, *, about: bool = False) -> str:
        """The text with the pseudonym in their place; ``about``: it is about them."""
        return _pattern(self._all if about else self.words).sub(pseudonym(self.member), text)

    def are_in(self, text: str) -> bool:
        return _pattern(self.words).search(text) is not None


@lru_cache(maxsize=16)
def _pattern(texts: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words alone: `ann@acme.example` does not stand in `joann@acme.example`."""
    found = "|".join(r"\s+".join(re.escape(part) for part in words.split()) for words in texts)
    return re.compile(rf"(?<![\w.+-])(?:{found})(?![\w-]|\.\w)", re.IGNORECASE)


_TRACES: TypeAdapter[Traces] = TypeAdapter(Traces)


def of(member: MemberRecord) -> Traces:
    tied = member.team is not None and member.slack_user is not None and member.slack_good
    account = Account(member.team or "", member.slack_user or "") if tied else None
    return Traces(member.id, member.name, member.email, member.timezone, account)


def sealed(traces: Traces, keyring: Keyring) -> str:
    return keyring.seal_text(_TRACES.dump_json(traces), to=_of(traces.member))


def opened(text: str, member: str, keyring: Keyring) -> Traces | None:
    """None: nothing that any of our keys made for this member."""
    if not text:
        return None
    try:
        return _TRACES.validate_json(keyring.open_text(text, to=_of(member)))
    except (Broken, ValueError):
        return None


def _of(member: str) -> str:
    return f"traces/{member}"


# A kept command ------------------------------------------------------------------------------------------------------


def without_in(command: str, traces: Traces, *, about: bool, running: bool = False) -> str:
    """A command as it was kept, as JSON; ``about``: it is theirs or about them, so what was said goes as well, except
    in the one that is ``running``."""
    kept = cast("dict[str, object]", json.loads(command))
    found = cast("dict[str, object]", _walked(kept, traces))
    if about and "reason" in found:
        found["reason"] = traces.without(str(kept["reason"]), about=True) if running else ""
    if _edits_them(kept, traces):
        found |= {"name": kept.get("name") and pseudonym(traces.member), "timezone": None}
    elif kept.get("kind") == "invite" and kept.get("name") and kept.get("emails") != found.get("emails"):
        found["name"] = None
    return command if found == kept else json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _edits_them(kept: Mapping[str, object], traces: Traces) -> bool:
    """Whether what is in it is what they were to be called, and where they were to live."""
    person = kept.get("person")
    return kept.get("kind") == "edit-member" and isinstance(person, dict) and traces.member in person.values()


def _walked(value: object, traces: Traces) -> object:
    match value:
        case str():
            return traces.without(value)
        case list():
            return [_walked(one, traces) for one in cast("list[object]", value)]
        case dict():
            return {key: _walked(one, traces) for key, one in cast("dict[str, object]", value).items()}
        case _:
            return value
