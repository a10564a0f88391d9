"""*Why* and *who can*: the forms that ask, and the answers, with every rule that spoke."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack import ids
from bot.slack.views import parts
from bot.slack.views.blocks import (
    Block,
    Element,
    Message,
    actions,
    asked,
    button,
    clean_lines,
    divider,
    modal,
    rich,
    searched,
    select,
)
from bot.slack.views.fields import EMPTY, Filled, Prefilled, Unreadable
from bot.slack.views.invitations import FIRST
from bot.wording.phrase import Command, Fact, Phrase, say, together
from bot.wording.reasons import rule, sentence
from bot.wording.ways_on import way_on
from handlers.commands import Person
from handlers.decision_types import Decision, Reason, ReasonCode
from handlers.explaining import (
    FEATURE,
    ORGANIZATION,
    SPACE,
    USE,
    Explanation,
    Holder,
    Holders,
    Topic,
    actions_on,
    sorts,
)
from handlers.models import Choice, Desk

CALLBACK = "why"
WHO_CALLBACK = "who-can"
THING = "thing"
SORT, ACTION = "sort", "action"


# The forms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """What is chosen so far. What follows the kind is shown once that is chosen."""

    sort: str = ""
    thing: Choice | None = None
    action: str = ""


def build(desk: Desk, draft: Draft, typed: Prefilled = EMPTY) -> Block:
    whom = [parts.person(typed)] if may_ask_about_others(desk) else [rich(_ABOUT_YOURSELF)]
    return modal("Why", CALLBACK, [*parts.note(typed), *whom, *_topic(desk, draft)], submit="Ask")


def build_who(desk: Desk, draft: Draft, typed: Prefilled = EMPTY) -> Block:
    return modal("Who can", WHO_CALLBACK, [*parts.note(typed), *_topic(desk, draft)], submit="Ask")


_ABOUT_YOURSELF = say("This is about you: about others, whoever looks after members can ask.")


def may_ask_about_others(desk: Desk) -> bool:
    return bool(desk.may & {"list", "audit"})


def _topic(desk: Desk, draft: Draft) -> list[Block]:
    """Choosing a kind draws the form anew: a block of another kind has another id, so that nothing chosen stays."""
    kinds = [Choice(sort, _title(desk, sort)) for sort in sorts(desk.catalogue)]
    chosen = select(kinds, draft.sort or None) | {"action_id": ids.WHY_SORT}
    return [asked(SORT, "What kind of thing", chosen, dispatch=True), *_thing(desk, draft), *_action(desk, draft)]


def _title(desk: Desk, sort: str) -> str:
    words = {ORGANIZATION: "Organization", FEATURE: "Feature", SPACE: desk.catalogue.words.space.capitalize()}
    return words.get(sort) or desk.catalogue.kinds[sort].title


def _thing(desk: Desk, draft: Draft) -> list[Block]:
    if draft.sort in ("", ORGANIZATION):
        return []
    block, title = f"{THING}-{draft.sort}", _title(desk, draft.sort)
    if draft.sort == FEATURE:
        toggles = [Choice(one.id, one.title) for one in desk.catalogue.toggles.values()]
        return [asked(block, title, select(toggles, draft.thing.value if draft.thing else None))]
    search = parts.SPACE if draft.sort == SPACE else THING
    return [asked(block, title, searched(search, draft.thing, placeholder="Type the beginning of its name"))]


def _action(desk: Desk, draft: Draft) -> list[Block]:
    if draft.sort in ("", FEATURE):
        return []
    known = [Choice(action, action) for action in actions_on(desk.catalogue, draft.sort)]
    return [asked(f"{ACTION}-{draft.sort}", "Action", select(known, draft.action or None))]


def read(form: Filled) -> tuple[Person | None, Topic]:
    """No person: the asker themselves."""
    person = parts.read_person(form) if parts.PERSON in form.values else None
    return person, read_topic(form)


def read_topic(form: Filled) -> Topic:
    sort = form.choice(SORT)
    action = USE if sort == FEATURE else form.choice(f"{ACTION}-{sort}")
    thing = form.choice(f"{THING}-{sort}")
    if not sort or not action or (not thing and sort != ORGANIZATION):
        raise Unreadable(SORT, say("Choose a kind, and then what the form asks of it."))
    return Topic(action, sort, thing)


# The answers ----------------------------------------------------------------------------------------------------------


def _told(lines: Sequence[Phrase]) -> Message:
    return Message(clean_lines(together(lines, between="\n").text()), (rich(*lines),))


def explanation(desk: Desk, found: Explanation) -> Message:
    """Yes or no first; then the rule that decided, the others, and the next step where it says no."""
    decided = _say(desk, found.decision.decided, found)
    others = [reason for reason in found.decision.reasons if reason is not found.decision.decided]
    lines = [
        _answer(desk, found),
        say("What decided: ") + decided,
        *(say("{side} ", side=_SIDES[reason.allows]) + _say(desk, reason, found) for reason in others),
    ]
    way = way_on(found, desk.catalogue)
    return _told([*lines, way] if way else lines)


_SIDES: dict[bool | None, Phrase] = {True: say("For it:"), False: say("Against it:"), None: say("Besides:")}


def _say(desk: Desk, reason: Reason, found: Explanation | Holders) -> Phrase:
    oneself = isinstance(found, Explanation) and found.oneself
    return sentence(reason, desk.catalogue, found.known, zone=desk.timezone, oneself=oneself)


def _answer(desk: Desk, found: Explanation) -> Phrase:
    who: Fact = say("You") if found.oneself else found.who
    can = say("can") if found.decision.allowed else say("can't")
    yes = say("Yes. ") if found.decision.allowed else say("No. ")
    return yes + say("{who} {can} ", who=who, can=can) + _act(desk, found.topic, found.title) + say(".")


def _act(desk: Desk, topic: Topic, title: str) -> Phrase:
    """`read the dataset Sales`, `members:invite in Acme`, `use AI Chat Access`."""
    action = Command(topic.action)
    match topic.sort:
        case "organization":
            return say("{action} in {title}", action=action, title=title)
        case "space":
            return say("{action} in the {kind} {title}", action=action, kind=desk.catalogue.words.space, title=title)
        case "feature":
            return say("use {title}", title=title)
        case sort:
            return say("{action} the {kind} {title}", action=action, kind=_title(desk, sort).casefold(), title=title)


def holders(desk: Desk, found: Holders) -> Message:
    act = _act(desk, found.topic, found.title)
    if not found.rows:
        nobody = say("Nobody else can ") if found.later else say("Nobody can ")
        return _told([nobody + act + say(".")]).and_then(*_turn(found))
    head = say("These can ") + act + say(", by address:")
    return _told([head, *(_holder(desk, row, found) for row in found.rows)]).and_then(*_turn(found))


def _holder(desk: Desk, row: Holder, found: Holders) -> Phrase:
    opens, *sees = _telling(row.decision)
    told = [_say(desk, opens, found), *(rule(reason, desk.catalogue, found.known) + say(".") for reason in sees)]
    return say("{who}: ", who=row.who) + together(told, between=" ")


_SEEING: frozenset[ReasonCode] = frozenset(
    {"sees-everything", "sees-all-spaces", "sees-own", "sees-in-space", "on-list", "group-on-list"}
)


def _telling(decision: Decision) -> list[Reason]:
    """What opens it, and of a resource how they come to see it."""
    seen = [reason for reason in decision.reasons if reason.code in _SEEING]
    return [decision.decided, *seen[:1]]


def _turn(found: Holders) -> list[Block]:
    """What is asked about rides in the block's id, for a button's value is the key of the page."""
    buttons: list[Element] = []
    if found.later:
        buttons.append(button("First page", ids.WHO_CAN_FIRST, FIRST))
    if found.next:
        buttons.append(button("Next", ids.WHO_CAN_PAGE, found.next))
    topic = found.topic
    return [divider(), actions(f"who {topic.action} {topic.sort} {topic.named}", *buttons)] if buttons else []


def topic_of(block: str) -> Topic | None:
    """What the buttons under a page were about."""
    match block.split(" ", maxsplit=3):
        case ["who", action, sort, named]:
            return Topic(action, sort, named)
        case _:
            return None
