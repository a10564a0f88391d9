"""Resets in words: what somebody is asked before one, and the letter with the link to a new password."""

from typing import Final

from bot.slack.views.blocks import Block, clean_lines, rich
from bot.wording.mails import Written, written
from bot.wording.phrase import NOTHING, Link, Phrase, Typed, When, say
from handlers.catalogue_types import Catalogue
from handlers.models import NewPasswordLetter

_CHOOSE = "Choose a new password"
_SEE = "See your new password"


def new_password_mail(letter: NewPasswordLetter, url: str) -> Written:
    what, after = _said(letter)
    name = letter.to.member.name if letter.to.member.name != letter.to.email else ""
    hello = say("Hello {name},", name=Typed(name, 80)) if name else say("Hello,")
    return written(
        say("Your password for {organization}", organization=Typed(letter.organization, 80)),
        hello,
        what,
        organization=letter.organization,
        link=Link(url, _button(letter)),
        after=after,
    )


def new_password_message(letter: NewPasswordLetter, url: str) -> tuple[str, list[Block]]:
    what, after = _said(letter)
    lines = (what, say("{link}", link=Link(url, _button(letter))), *after)
    return clean_lines("\n".join(line.text() for line in lines)), [rich(*lines)]


def _button(letter: NewPasswordLetter) -> str:
    return _SEE if letter.link.purpose == "reveal" else _CHOOSE


def _said(letter: NewPasswordLetter) -> tuple[Phrase, tuple[Phrase, ...]]:
    organization = Typed(letter.organization, 80)
    if letter.link.purpose == "reveal":
        what = say(
            "Your password for {organization} was reset: the old one no longer works. Behind this link a new one is "
            "made and shown to you, once.",
            organization=organization,
        )
    else:
        works = say("; until then the old one works.") if letter.old else say(".")
        what = say(
            "Your password for {organization} is to be reset. Behind this link you choose a new one",
            organization=organization,
        )
        what += works
    stays = say(" Your second factor stays as it is.") if letter.factor else NOTHING
    works = say("The link works once, until {expires}.", expires=When(letter.expires, letter.to.timezone)) + stays
    return what, (works, say("Did you not expect this? Tell somebody who manages members at once."))


# Before it is done ----------------------------------------------------------------------------------------------------

_IT_IS_THEY: Final = say("Be sure that it is they who ask, and not somebody in their name: call them, or meet them.")


def password_warning(catalogue: Catalogue) -> tuple[Phrase, ...]:
    """What the catalogue's way means for whoever is chosen (001-18, X1)."""
    stays = say("Their second factor stays as it is. You never see a password.")
    way = catalogue.rules.password_reset
    if way == "generate":
        assigned = say(
            "A new password will be assigned to them. The old one stops working at once, and their sessions and links "
            "end: this cannot be undone. They alone are shown the new one, once, behind a link that goes to them."
        )
        return assigned, stays, _IT_IS_THEY
    chosen = say(
        "They get a link to choose a new password, which works once, for an hour. The old one works until they have "
        "chosen; then their sessions end."
    )
    return chosen, stays, _IT_IS_THEY


FACTOR_WARNING: Final = (
    say(
        "Their authenticator and recovery codes stop working here at once, and their sessions and links end: this "
        "cannot be undone. They are told, and set up a new second factor."
    ),
    say("Their password stays as it is."),
    _IT_IS_THEY,
)
