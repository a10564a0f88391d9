"""``/usher permissions``: always the form, for nobody types so many settings in one line."""

from bot.slack.grammar.naming import no_spaces, person
from bot.slack.grammar.phrase import Phrase
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Reading


def permissions(phrase: Phrase) -> Reading:
    target, space = person(phrase.head), phrase.words("space")
    if space and not phrase.desk.catalogue.space:
        raise no_spaces(phrase.desk.catalogue, space)
    return opened("permissions", person=target and target.typed, space=space)
