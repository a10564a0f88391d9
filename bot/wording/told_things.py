"""What people are told of groups that they are in, and of resources whose list they are on."""

from typing import Final

from bot.slack.views.blocks import Block, clean_lines, rich
from bot.wording.mails import Written, written
from bot.wording.phrase import Command, Phrase, Typed, say, together
from bot.wording.telling import ASK, MINE, Said, Telling
from handlers.models import NewsLetter

_ASK_AGAIN: Final = say("Do you still need it? Ask again with {ask}.", ask=ASK)


def _group(told: Telling) -> Phrase:
    return say("the {word} {name}", word=told.letter.catalogue.words.group, name=Typed(told.letter.thing or "–", 100))


def _thing(told: Telling) -> Phrase:
    return say("{name}", name=Typed(told.letter.thing or "something that is no longer there", 200))


def joined(told: Telling) -> Said:
    happened = say("{by} put you into {group} in {it}.", by=told.by, group=_group(told), it=told.organization)
    return Said(happened, say("{mine} shows all that you hold.", mine=MINE))


def left(told: Telling) -> Said:
    happened = say("{by} took you out of {group} in {it}.", by=told.by, group=_group(told), it=told.organization)
    return Said(happened, _ASK_AGAIN)


def deleted(told: Telling) -> Said:
    """Nothing but the notice holds the group's name any more."""
    word, name = told.letter.catalogue.words.group, Typed(told.notice.old or "–", 100)
    happened = say("{by} deleted the {word} {name} in {it}", by=told.by, word=word, name=name, it=told.organization)
    return Said(happened + say("; what it gave you has ended."), _ASK_AGAIN)


def shared(told: Telling) -> Said:
    happened = say("{by} shared {thing} with you in {it}.", by=told.by, thing=_thing(told), it=told.organization)
    return Said(happened, say("{list} shows all that you can see.", list=Command("/usher resources")))


def unshared(told: Telling) -> Said:
    happened = say("{by} took you off the list of {thing}", by=told.by, thing=_thing(told))
    return Said(happened + say(" in {it}.", it=told.organization), _ASK_AGAIN)


# What a product tells everybody on a list -----------------------------------------------------------------------------


def news(letter: NewsLetter) -> tuple[str, list[Block]]:
    """The text is somebody else's, so it stands apart and says nothing in Slack's marks."""
    head = _head(letter)
    quote = together(_lines(letter), between="\n")
    text = clean_lines("\n".join((head.text(), quote.text(), _why(letter).text())))
    return text, [rich(head, quote=quote, after=[_why(letter)])]


def news_mail(letter: NewsLetter) -> Written:
    subject = say("{name} in {it}", name=Typed(letter.name, 100), it=Typed(letter.organization, 80))
    return written(subject, _head(letter), *_lines(letter), _why(letter), organization=letter.organization)


def _lines(letter: NewsLetter) -> list[Phrase]:
    return [say("{line}", line=Typed(line, 3000)) for line in letter.text.splitlines() if line.strip()]


def _head(letter: NewsLetter) -> Phrase:
    thing = say("the {kind} {name}", kind=letter.kind.lower(), name=Typed(letter.name, 200))
    return say("News of {thing} in {it}:", thing=thing, it=Typed(letter.organization, 80))


def _why(letter: NewsLetter) -> Phrase:
    if letter.to is None:
        return say("You get this because your address is on its list. Its owner can take it off.")
    return say("You get this because you are on its list, yourself or with a group of yours.")
