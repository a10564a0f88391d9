"""Inputs that several forms ask for in the same words; each block id is the field of the command."""

from bot.slack.views import roles
from bot.slack.views.blocks import Block, asked, grouped_select, line, moment, rich, searched
from bot.slack.views.fields import Filled, Prefilled, Unreadable
from bot.wording.phrase import say
from handlers.commands import Person
from handlers.models import Desk

PERSON = "person"
SPACE = "space"
LONGEST_REASON = 1000


def note(typed: Prefilled) -> list[Block]:
    return [rich(typed.note)] if typed.note else []


def person(typed: Prefilled, label: str = "Person") -> Block:
    return asked(PERSON, label, searched(PERSON, typed.person, placeholder="Type a name or an e-mail"))


def read_person(form: Filled) -> Person:
    chosen = form.choice(PERSON)
    if not chosen:
        raise Unreadable(PERSON, say("Choose a person from the list: type the beginning of a name or an e-mail."))
    return Person(id=chosen)


def role(desk: Desk, typed: Prefilled, groups: roles.Groups) -> list[Block]:
    """Slack takes no select without options, so who has nothing to choose from reads that."""
    if not any(groups.values()):
        return [rich(say("Your role gives no roles to others."))]
    space = typed.space.label if typed.space else ""
    return [asked("role", "Role", grouped_select(groups, roles.initial(desk, typed.role, space)))]


def space(desk: Desk, typed: Prefilled, *, hint: str = "") -> list[Block]:
    """Nothing where the catalogue has no spaces."""
    if not desk.catalogue.space:
        return []
    words = desk.catalogue.words
    search = searched(SPACE, typed.space, placeholder=f"Type the name of a {words.space}")
    hint = hint or f"Only for a role in one {words.space}."
    return [asked(SPACE, words.space.capitalize(), search, optional=True, hint=hint)]


def how_long(typed: Prefilled, *, hint: str = "Leave both this and the next field empty for good.") -> list[Block]:
    for_ = line(typed.lasts, longest=60, placeholder="8h, 2d or 1w")
    return [
        asked("lasts", "For how long", for_, optional=True, hint=hint),
        asked("until", "Or until", moment(typed.until_seconds), optional=True),
    ]


def read_how_long(form: Filled) -> None:
    if form.text("lasts") and form.moment("until"):
        raise Unreadable("until", say("Say either for how long or until when, not both."))


def reason(typed: Prefilled, *, needed: bool = False, hint: str = "Whoever is concerned can read it.") -> Block:
    box = line(typed.reason, longest=LONGEST_REASON, many=True)
    return asked("reason", "Reason", box, optional=not needed, hint=hint)
