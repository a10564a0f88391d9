"""Mails in words, as text and as HTML; every one goes through the same two templates."""

import re
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.wording.common import in_space, role_title
from bot.wording.phrase import NOTHING, Link, Phrase, Typed, When, Who, Words, say
from handlers.models import InvitationLetter

_templates: Final = Environment(
    loader=PackageLoader("bot.wording"),
    autoescape=select_autoescape(enabled_extensions=["html"], default=False),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_ZERO: Final = "\u200b"
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")
_JOINT: Final = re.compile(r"(?<=\w)\.(?=\w)|:(?=//)")


@dataclass(frozen=True, slots=True)
class Written:
    """A mail but for its addresses; it may hold a one-time link or code, so its body never shows in a `repr`."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    phrase: Phrase

    @property
    def plain(self) -> str:
        return "".join(_unlinked(part, Phrase((part,)).plain()) for part in self.phrase.parts)

    @property
    def html(self) -> Markup:
        # Phrases escape what was typed themselves.
        return Markup("".join(_unlinked(part, Phrase((part,)).html()) for part in self.phrase.parts))  # noqa: S704


def _unlinked(part: object, shown: str) -> str:
    """Mail programs turn anything like a web address into a link, so a name such as `Prize: win.example` could lure."""
    if not isinstance(part, Typed | Who):
        return shown
    words = (
        word if _ADDRESS.fullmatch(word) else _JOINT.sub(lambda joint: joint[0] + _ZERO, word)
        for word in shown.split(" ")
    )
    return " ".join(words)


def written(
    subject: Phrase,
    *lines: Phrase,
    organization: str,
    link: Link | None = None,
    code: str = "",
    after: tuple[Phrase, ...] = (),
) -> Written:
    said = {
        "subject": _Line(subject),
        "lines": [_Line(line) for line in lines],
        "organization": _Line(say("{name}", name=organization)),
        "link": link,
        "code": code,
        "after": [_Line(line) for line in after],
    }
    text, html = (_templates.get_template(name).render(said) for name in ("mail.txt", "mail.html"))
    return Written(subject.plain(), text, html)


def invitation_mail(letter: InvitationLetter, url: str) -> Written:
    known = letter.to.name and letter.to.name != letter.to.email
    name = say(" {name}", name=Typed(letter.to.name, 80)) if known else NOTHING
    return written(
        invited(letter, you="you"),
        say("Hello{name},", name=name),
        invited(letter, you="you") + invited_as(letter) + say("."),
        organization=letter.organization,
        link=Link(url, "Accept the invitation"),
        after=(
            say("The link works once, until {expires}.", expires=When(letter.expires)),
            say("If you did not expect this, do nothing: nothing happens unless you accept."),
        ),
    )


def invited(letter: InvitationLetter, *, you: str) -> Phrase:
    organization = Typed(letter.organization, 80)
    if letter.invited_by is None:
        return say("{you} are invited to {organization}", you=Words(you.capitalize()), organization=organization)
    by = letter.invited_by
    return say("{by} invites {you} to {organization}", by=by, you=Words(you), organization=organization)


def invited_as(letter: InvitationLetter) -> Phrase:
    role = role_title(letter.catalogue, letter.role, letter.space)
    return say(" as {role}", role=role) + in_space(letter.catalogue, letter.space)


def code_mail(digits: str, organization: str) -> Written:
    """`digits` is the mailed code of `/access connect`; it stays out of the subject, which many programs log."""
    return written(
        say("Your code for {organization}", organization=Typed(organization, 80)),
        say(
            "Somebody asked to connect a Slack account to your membership in {organization}.", organization=organization
        ),
        say("If it was you, type this code in Slack, where you were asked for it:"),
        organization=organization,
        code=digits,
        after=(
            say("It works once and only for a few minutes. Give it to nobody: Usher never asks for it elsewhere."),
            say("If it was not you, do nothing: without the code nothing happens."),
        ),
    )
