"""*Why* and *who can*, as they are asked: typed in full, by a form, and a page further."""

from collections.abc import Awaitable

from bot.slack.door import Door, Visit
from bot.slack.grammar import Explain, OpenForm, WhoCan
from bot.slack.views import answer, why
from bot.slack.views.blocks import Block, Message, modal
from bot.slack.views.fields import Filled, Prefilled
from handlers.commands import Person, Refusal, Refused
from handlers.explaining import FEATURE, SPACE, Topic
from handlers.models import Choice


async def explained(door: Door, visit: Visit, topic: Topic, person: Person | None) -> Message:
    async def told() -> Message:
        found = await door.usher.queries.why(visit.desk, topic, person, door.usher.evaluation)
        return why.explanation(visit.desk, found)

    return await _or_refused(visit, told())


async def holders(door: Door, visit: Visit, topic: Topic, *, after: str | None = None) -> Message:
    async def told() -> Message:
        found = await door.usher.queries.who_can(visit.desk, topic, door.usher.evaluation, after=after)
        return why.holders(visit.desk, found)

    return await _or_refused(visit, told())


async def _or_refused(visit: Visit, told: Awaitable[Message]) -> Message:
    try:
        return await told
    except Refusal as refusal:
        return answer.answer(Refused(refusal.code, refusal.field, refusal.facts), visit.reader)


async def answered(door: Door, visit: Visit, asked: Explain | WhoCan) -> Message:
    match asked:
        case Explain(topic, person):
            return await explained(door, visit, topic, person)
        case WhoCan(topic):
            return await holders(door, visit, topic)


# The forms ------------------------------------------------------------------------------------------------------------


async def opened(door: Door, visit: Visit, asked: OpenForm, typed: Prefilled) -> Block:
    sort, named = str(asked.prefill.get("sort", "")), str(asked.prefill.get("named", ""))
    action = str(asked.prefill.get("action", ""))
    thing = await _thing(door, visit, sort, named) if named else None
    build = why.build if asked.form == "why" else why.build_who
    return build(visit.desk, why.Draft(sort, thing, action), typed)


async def _thing(door: Door, visit: Visit, sort: str, named: str) -> Choice | None:
    """The one that the typed words name."""
    if sort == FEATURE:
        return Choice(named, named)
    search = door.usher.queries.spaces(visit.desk, named) if sort == SPACE else things(door, visit, sort, named)
    found = await search
    return found[0] if len(found) == 1 else None


async def things(door: Door, visit: Visit, sort: str, words: str) -> tuple[Choice, ...]:
    return await door.usher.queries.things(visit.desk, sort, words)


async def why_page(door: Door, visit: Visit, form: Filled) -> Block:
    """Raises Unreadable."""
    person, topic = why.read(form)
    return _page(await explained(door, visit, topic, person))


async def who_can_page(door: Door, visit: Visit, form: Filled) -> Block:
    """Raises Unreadable."""
    return _page(await holders(door, visit, why.read_topic(form)))


def _page(said: Message) -> Block:
    """The form's last page."""
    return modal("Answer", "answer", said.blocks, submit="", close="Close")
