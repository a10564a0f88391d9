"""What a sentence of a notice is made with: the notice, its letter, and the words that most of them need."""

from dataclasses import dataclass
from typing import Final

from bot.wording.changes import what
from bot.wording.common import in_space, role_title
from bot.wording.phrase import NOTHING, Command, Phrase, Typed, When, say
from handlers.commands import Named
from handlers.models import ToldLetter
from handlers.notices import Told

MINE: Final = Command("/access mine")
ASK: Final = Command("/access request")


@dataclass(frozen=True, slots=True)
class Said:
    """What happened, and what the reader can do next."""

    happened: Phrase
    then: Phrase = NOTHING

    @property
    def all(self) -> tuple[Phrase, ...]:
        return (self.happened, self.then) if self.then else (self.happened,)


@dataclass(frozen=True, slots=True)
class Telling:
    """The notice and its letter side by side, with the words that most sentences need."""

    notice: Told
    letter: ToldLetter

    @property
    def organization(self) -> Phrase:
        return say("{organization}", organization=Typed(self.letter.organization, 80))

    @property
    def by(self) -> Phrase:
        return _named(self.letter.by, "Usher")

    @property
    def subject(self) -> Phrase:
        return _named(self.letter.subject, "Somebody")

    @property
    def about_oneself(self) -> bool:
        """Is the reader the one whom it concerns?"""
        to, subject = self.letter.to, self.letter.subject
        return to is None or subject is None or subject.id == to.member.id

    @property
    def where(self) -> Phrase:
        in_organization = say(" in {organization}", organization=self.organization)
        return in_space(self.letter.catalogue, self.letter.space) or in_organization

    @property
    def zone(self) -> str:
        return self.letter.to.timezone if self.letter.to else "UTC"

    @property
    def until(self) -> Phrase:
        return say(" until {ends}", ends=When(self.notice.ends, self.zone)) if self.notice.ends else NOTHING

    @property
    def request(self) -> Phrase:
        """`Your request to have the role Admin`, or whose request it was."""
        card = self.letter.card
        if card is None:
            return say("A request")
        to, asked = self.letter.to, say(" to {what}", what=what(card, self.zone))
        if to is not None and card.requester.id == to.member.id:
            return say("Your request") + asked
        return say("The request of {requester}", requester=card.requester) + asked

    def role(self, role: str | None) -> str:
        return role_title(self.letter.catalogue, role, self.letter.space)


def _named(member: Named | None, otherwise: str) -> Phrase:
    return say("{member}", member=member) if member else say(otherwise)
