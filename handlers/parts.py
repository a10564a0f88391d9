"""What lives as long as the process and every part of it shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.catalogue import Catalogue, shipped
from handlers.catalogue_types import spelt
from handlers.codes import Codes
from handlers.keys import Keyring
from handlers.new_passwords import NewPasswords
from handlers.proof import Enrolments


class Catalogues:
    """The shipped catalogues and the one that the instance was started with."""

    def __init__(self, default: Catalogue, load: Callable[[str], Catalogue]) -> None:
        self.default = default
        self._load = load

    def chosen(self, typed: str) -> Catalogue | None:
        """The one that somebody names, the instance's own for nothing; a path is for the operator's settings alone."""
        name = spelt(typed) or self.default.name
        return self.named(name) if name in (self.default.name, *shipped()) else None

    def named(self, name: str) -> Catalogue:
        return self.default if name == self.default.name else self._load(name)


@dataclass(frozen=True, slots=True)
class House:
    """Lives as long as the process. ``mail``: an SMTP server is set."""

    keyring: Keyring
    codes: Codes
    enrolments: Enrolments
    new_passwords: NewPasswords
    catalogues: Catalogues
    mail: bool
    approvals_channel: str | None
