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
from storage import erasing, mentions, requests, words
from storage.mentions import Kept
from storage.records import AuditEntry

RESOURCES, RECORDS, READ, REQUESTS = 200, 20_000, 500, 50
"""How many one turn looks at; of the records that the database looks through, so many are read.

The resources of one turn are named in one record, which other software is sent.
"""
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
    turns = TURNS
    while turns:
        left = await _STAGES[turn.command.stage](turn)
        if left is None:
            return
        turns -= left.stage == turn.command.stage  # there was more than one turn takes
        turn = replace(turn, command=left)
    turn.work.post(Timer(turn.command))


def owned_kinds(work: Work) -> tuple[str, ...]:
    """The kinds of resources that are their owner's data."""
    return tuple(kind.id for kind in work.facts.catalogue.kinds.values() if kind.owned)


async def _data(turn: Turn) -> Erase | None:
    """Each turn has a record of its own, so that whoever listens hears of everything that went."""
    work, command, kinds = turn.work, turn.command, owned_kinds(turn.work)
    found = await erasing.some_owned(
        work.tx.connection, work.organization, command.member, kinds, until=command.at, most=RESOURCES + 1
    )
    some, more = found[:RESOURCES], len(found) > RESOURCES
    if some:
        said = {"resources": len(some), "things": [f"{one.kind}:{one.outside}" for one in some], "more": more}
        entry = replace(turn.entry, action="member.data_deleted", details={**turn.entry.details, **said})
        await erasing.unregister(work.tx, work.organization, [one.id for one in some], entry=entry)
    if more:
        return command
    return replace(command, stage="audit", after="0") if turn.traces else None


async def _audit(turn: Turn) -> Erase | None:
    """What is about them is known by its target; here are those of others that name them."""
    work, command, known = turn.work, turn.command, _known(turn)
    after = int(command.after)
    until = min(after + RECORDS, command.until)
    found = await mentions.records_with(
        work.tx.connection, work.organization, command.member, known.words, after=after, until=until, most=READ
    )
    naming = [one.seq for one in found if one.about or _says(json.loads(one.details), known)]
    if naming:
        await mentions.silence_these(work.tx, work.organization, naming, entry=turn.entry)
    if len(found) == READ:
        return replace(command, after=str(found[-1].seq))
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
    found = await mentions.next_requests(
        work.tx.connection, work.organization, command.member, after=command.after, most=REQUESTS
    )
    changed = [new for one in found if (new := _reworded(one, known, running=one.id == command.request)) != one]
    if changed:
        await mentions.reword(work.tx, changed, entry=turn.entry)
    told = {one.id for one in changed} | {one.id for one in found if one.about}
    for request in await requests.shown(work.tx.connection, sorted(told)) if told else ():
        work.post(CardUpdate(request))
    if len(found) == REQUESTS:
        return replace(command, after=found[-1].id)
    return replace(command, stage="answers", after="")


def _reworded(one: Kept, known: Traces, *, running: bool) -> Kept:
    """Of what was asked by them or about them no word is left, except why they are deleted."""
    gone = one.about and not running
    described = one.about and one.change in _DESCRIBING
    return replace(
        one,
        command=traces.without_in(one.command, known, about=one.about, running=running),
        reason="" if gone else known.without(one.reason, about=one.about),
        why="" if gone else known.without(one.why, about=one.about),
        old=None if described else _value(one.old, known),
        new=None if described else _value(one.new, known),
    )


_DESCRIBING = frozenset({"edit-member"})
"""Their values before and after are what somebody is called and where they live; those of others are ids."""


def _value(value: str | None, known: Traces) -> str | None:
    if value is not None and value in (known.name, known.email):
        return traces.pseudonym(known.member)
    return known.without(value) if value else value


_DEALT_WITH = OUTCOMES.dump_json(Done(Noted(changed=False))).decode()


async def _answers(turn: Turn) -> Erase | None:
    """The same words may stand in what was answered to somebody else: `ann@acme.example` in `joann@acme.example`."""
    work, command, known = turn.work, turn.command, _known(turn)
    sought = (known.member, *known.words)
    found = await mentions.answers_with(work.tx.connection, work.organization, sought, after=command.after, most=READ)
    naming = [one for one, said in found if known.member in said or _says(json.loads(said), known)]
    if naming:
        await mentions.forget_answers(work.tx, naming, _DEALT_WITH, entry=turn.entry)
    if len(found) == READ:
        return replace(command, after=found[-1][0])
    if words.are_kept(work.tx.connection):
        # Not before this is committed: until then the index does not know what was deleted.
        work.post(Timer(replace(command, stage="words", after="", sealed="")))
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
