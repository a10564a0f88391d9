"""Importing people: the file is fetched and read after Slack has its answer, and what it comes to is shown then."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.importing import MOST_BYTES, NotRead, ReadFile, read_file
from bot.slack import failing, ids
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, open_view, show
from bot.slack.views import answer
from bot.slack.views import importing as views
from bot.slack.views.blocks import Block, Message, message
from bot.slack.views.fields import Filled, Unreadable
from bot.wording import importing as words
from bot.wording.phrase import Phrase, say
from handlers.commands import Done, DropImport, Import, ImportRead, Outcome, PrepareImport, Refused

# One transaction each, and between two of them others have their turn.
TOGETHER: Final = 500
TRIES: Final = 5
# A file of the largest size is read for a second, and two at once would only be slower.
_one_at_a_time = asyncio.Semaphore(1)


async def submitted(door: Door, visit: Visit, sent: Filled) -> Block:
    file = sent.file(views.FILE)
    if file is None:
        raise Unreadable(views.FILE, say("Choose a CSV file."))
    if file.size > MOST_BYTES:
        raise Unreadable(views.FILE, words.not_read(file.name, NotRead("too-big")))
    role = views.read_role(sent)
    waiting = secrets.token_urlsafe(16)
    if not door.tasks.start(_read(door, visit, waiting, (file.name, file.url, role)), name="import"):
        return answer.page(Refused("busy"), visit.reader)
    return views.waiting(file.name, waiting)


async def _read(door: Door, visit: Visit, waiting: str, asked: tuple[str, str, str]) -> None:
    page, said = await _looked_through(door, visit, *asked)
    if not await door.calls.put_in_place(waiting, page):
        await door.calls.tell(visit.caller.account.user, said)


async def _looked_through(door: Door, visit: Visit, name: str, url: str, role: str) -> tuple[Block, Message]:
    """Slack has its answer, so whatever goes wrong is to be said here, or *Waiting* would stand for ever."""
    try:
        return await _preview(door, visit, name, url, role)
    except Exception as error:  # noqa: BLE001 - logged there
        return _both(failing.logged(error))


async def _preview(door: Door, visit: Visit, name: str, url: str, role: str) -> tuple[Block, Message]:
    """As a page, and as the message for whoever closed the form meanwhile."""
    data = await door.calls.download(url, most=MOST_BYTES)
    if data is None:
        return _both(words.not_fetched(name))
    try:
        async with _one_at_a_time:
            file = await asyncio.to_thread(read_file, data)
    except NotRead as not_read:
        return _both(words.not_read(name, not_read))
    outcome = await _prepare(door, visit, PrepareImport(name, (), role, file.ignored, file.guessed), file)
    match outcome:
        case Done(ImportRead(id=prepared)):
            found = await door.usher.queries.import_preview(visit.desk, prepared)
            if found is not None:
                return views.page(visit.desk, found), views.message(visit.desk, found)
            outcome = Refused("import-gone")
        case _:
            pass
    return answer.page(outcome, visit.reader), answer.answer(outcome, visit.reader)


def _both(phrase: Phrase) -> tuple[Block, Message]:
    return answer.page_of(phrase), message(phrase)


async def _prepare(door: Door, visit: Visit, command: PrepareImport, file: ReadFile) -> Outcome:
    """Part after part; the same delivery again finds each of them done."""
    outcome: Outcome = Refused("import-empty")
    for start in range(0, len(file.lines), TOGETHER):
        lines, more = file.lines[start : start + TOGETHER], start + TOGETHER < len(file.lines)
        part = replace(command, lines=lines, more=more)
        outcome = await _patiently(door, visit, part, f"{visit.caller.delivery}/{start}")
        match outcome:
            case Done(ImportRead(id=prepared)):
                command = replace(command, prepared=prepared)
            case _:
                break
    return outcome


async def _patiently(door: Door, visit: Visit, part: PrepareImport, delivery: str) -> Outcome:
    """Nobody waits for Slack's answer any more, so a busy database is asked again."""
    by = replace(visit.caller, delivery=delivery).by(visit.desk)
    for tries in range(TRIES):
        outcome = await door.usher.gate.perform(part, by=by)
        if outcome != Refused("busy"):
            return outcome
        await asyncio.sleep(tries)
    return Refused("busy")


# Buttons --------------------------------------------------------------------------------------------------------------


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    prepared, page = views.turned_to(press.value)
    found = await door.usher.queries.import_preview(visit.desk, prepared, page=page)
    if found is None:
        show(door, visit, press, answer.answer(Refused("import-gone"), visit.reader), replace=True)
    elif press.surface == "modal":
        door.tasks.start(_update(door, press, views.page(visit.desk, found)), name="page")
    else:
        show(door, visit, press, views.message(visit.desk, found), replace=True)


async def _people(door: Door, visit: Visit, press: Press) -> None:
    """Whoever may decide about an import sees all whom it would invite."""
    request, page = views.turned_to(press.value)
    found = await door.usher.queries.import_people(visit.desk, request, page=page)
    if found is None:
        show(door, visit, press, answer.answer(Refused("request-gone"), visit.reader))
    elif press.surface == "modal" and press.action.get("action_id") != ids.IMPORT_PEOPLE:
        door.tasks.start(_update(door, press, views.people(visit.desk, found)), name="page")
    else:
        open_view(door, visit, press, views.people(visit.desk, found), message(words.NOT_SHOWN))


async def _update(door: Door, press: Press, view: Block) -> None:
    await door.calls.update(press.view, view)


async def _run(door: Door, visit: Visit, press: Press) -> None:
    await _end(door, visit, press, await door.perform(Import(press.value), visit))


async def _drop(door: Door, visit: Visit, press: Press) -> None:
    await _end(door, visit, press, await door.perform(DropImport(press.value), visit))


async def _end(door: Door, visit: Visit, press: Press, outcome: Outcome) -> None:
    """The message has served: how it ended stands in its place."""
    if view := await door.next_form(outcome, visit):
        open_view(door, visit, press, view, answer.answer(outcome, visit.reader))
        return
    show(door, visit, press, answer.answer(outcome, visit.reader), replace=outcome != Refused("busy"))


PRESSED: Mapping[str, Handler] = {
    ids.IMPORT_PAGE: _turn,
    ids.IMPORT_BACK: _turn,
    ids.IMPORT_RUN: _run,
    ids.IMPORT_DROP: _drop,
    ids.IMPORT_PEOPLE: _people,
    ids.IMPORT_PEOPLE_PAGE: _people,
    ids.IMPORT_PEOPLE_BACK: _people,
}
