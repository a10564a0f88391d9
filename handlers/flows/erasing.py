"""Taking out what somebody owned, and what is left of them in what others wrote: some at a time, so that nobody waits.

The command itself takes the first turn. Where much is left, the next ones follow by themselves, each in a transaction
of its own; all of it may be done twice.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from handlers import traces
from handlers.commands import OUTCOMES, Done, Erase, Noted, Result
from handlers.flows.work import Work
from handlers.notices import CardUpdate, Timer
from handlers.traces import Traces
from storage import erasing, requests, words
from storage.erasing import Kept
from storage.records import AuditEntry

RESOURCES, RECORDS, REQUESTS = 1000, 20_000, 1000
"""How many one turn looks at."""
WORDS = 250
"""How many pages of the index of words: 0.1 s; all turns together take some 15 s where there are a million members."""
TURNS = 2
"""How many turns one transaction takes of what is more than that."""

Stage = Literal["data", "audit", "requests", "answers", "words"]


@dataclass(frozen=True, slots=True)
class Turn:
    """``traces`` None: the account stays, its data alone goes."""

    work: Work
    command: Erase
    traces: Traces | None
    entry: AuditEntry


async def go_on(command: Erase, work: Work) -> Result:
    """The next of it. A stale timer changes nothing."""
    found = traces.opened(command.sealed, command.member, work.house.keyring)
    if command.sealed and found is None:
        return Noted(changed=False)
    entry = work.entry("member.erasing", command.member, stage=command.stage)
    await begin(Turn(work, command, found, entry))
    return Noted()


async def begin(turn: Turn) -> None:
    """As much as one transaction may take; what is left falls due at once."""
    now: Erase = turn.command
    turns = TURNS
    while turns:
        left = await _STAGES[now.stage](replace(turn, command=now))
        if left is None:
            return
        turns -= left.stage == now.stage  # there was more than one turn takes
        now = left
    turn.work.post(Timer(now))


def owned_kinds(work: Work) -> tuple[str, ...]:
    """The kinds of resources that are their owner's data."""
    return tuple(kind.id for kind in work.facts.catalogue.kinds.values() if kind.owned)


async def _data(turn: Turn) -> Erase | None:
    work, kinds = turn.work, owned_kinds(turn.work)
    gone = await erasing.unregister(
        work.tx, work.organization, turn.command.member, kinds, most=RESOURCES, entry=turn.entry
    )
    if gone == RESOURCES:
        return turn.command
    return replace(turn.command, stage="audit", after="0") if turn.traces else None


async def _audit(turn: Turn) -> Erase | None:
    """What is about them is known by its target; here are those of others that name them."""
    work, command, known = turn.work, turn.command, _known(turn)
    after = int(command.after)
    until = min(after + RECORDS, command.until)
    found = await erasing.records_with(
        work.tx.connection, work.organization, command.member, known.words, after=after, until=until
    )
    naming = [one.seq for one in found if one.about or _says(json.loads(one.details), known)]
    if naming:
        await erasing.silence_these(work.tx, work.organization, naming, entry=turn.entry)
    if until < command.until:
        return replace(command, after=str(until))
    return replace(command, stage="requests", after="")


def _known(turn: Turn) -> Traces:
    assert turn.traces is not None  # noqa: S101 - the stages after the data are those of a deleted account
    return turn.traces


def _says(value: object, known: Traces) -> bool:
    match value:
        case str():
            return known.are_in(value)
        case list():
            return any(_says(one, known) for one in cast("list[object]", value))
        case dict():
            return any(_says(one, known) for one in cast("dict[str, object]", value).values())
        case _:
            return False


async def _requests(turn: Turn) -> Erase | None:
    """Their cards are drawn anew, so that Slack shows the name no more either."""
    work, command, known = turn.work, turn.command, _known(turn)
    found = await erasing.next_requests(
        work.tx.connection, work.organization, command.member, after=command.after, most=REQUESTS
    )
    for one in found:
        reworded = _reworded(one, known, running=one.id == work.request)
        if reworded != one:
            await erasing.reword(work.tx, reworded, entry=turn.entry)
        if (reworded != one or one.about) and await requests.places(work.tx.connection, one.id):
            work.post(CardUpdate(one.id))
    if len(found) == REQUESTS:
        return replace(command, after=found[-1].id)
    return replace(command, stage="answers", after="")


def _reworded(one: Kept, known: Traces, *, running: bool) -> Kept:
    """Of what was asked by them or about them no word is left, except why they are deleted."""
    about = one.about and not running
    return replace(
        one,
        command=traces.without_in(one.command, known, about=about),
        reason="" if about else known.without(one.reason),
        why="" if about else known.without(one.why),
        old=_value(one.old, known),
        new=_value(one.new, known),
    )


def _value(value: str | None, known: Traces) -> str | None:
    if value is not None and value in (known.name, known.email):
        return traces.pseudonym(known.member)
    return known.without(value) if value else value


_DEALT_WITH = OUTCOMES.dump_json(Done(Noted(changed=False))).decode()


async def _answers(turn: Turn) -> Erase | None:
    """The same words may stand in what was answered to somebody else: `ann@acme.example` in `joann@acme.example`."""
    known, tx = _known(turn), turn.work.tx
    found = await erasing.answers_with(tx.connection, turn.work.organization, (known.member, *known.words))
    naming = [one for one, said in found if known.member in said or _says(json.loads(said), known)]
    if naming:
        await erasing.forget_answers(tx, naming, _DEALT_WITH, entry=turn.entry)
    if words.are_kept(tx.connection):
        # Not before this is committed: until then the index does not know what was deleted.
        turn.work.post(Timer(replace(turn.command, stage="words", after="", sealed="")))
    return None


async def _words(turn: Turn) -> Erase | None:
    begun = replace(turn.command, after="begun")
    return begun if await words.merge(turn.work.tx, anew=turn.command != begun, pages=WORDS) else None


_STAGES: Mapping[Stage, Callable[[Turn], Awaitable[Erase | None]]] = {
    "data": _data,
    "audit": _audit,
    "requests": _requests,
    "answers": _answers,
    "words": _words,
}
