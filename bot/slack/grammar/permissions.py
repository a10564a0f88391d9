"""``/usher permissions``: always the form, for nobody types so many settings in one line."""

from bot.slack.grammar.naming import no_spaces, person
from bot.slack.grammar.phrase import Phrase
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading
from bot.slack.grammar.spaces import who_and_where


def permissions(phrase: Phrase) -> Reading:
    who, space = who_and_where(phrase)
    target = person(who)
    if space and not phrase.desk.catalogue.space:
        raise no_spaces(phrase.desk.catalogue, space)
    return opened("permissions", person=target and target.typed, space=space)
