"""Inviting many by a file: prepared, confirmed, and then done some lines at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from handlers import policy
from handlers.cards import able_to_decide
from handlers.catalogue import Role
from handlers.commands import (
    Actor,
    DropImport,
    Import,
    Importing,
    ImportRead,
    ImportStep,
    Noted,
    PrepareImport,
    Refusal,
    Result,
    Verdict,
)
from handlers.emails import checked_address
from handlers.facts import Case
from handlers.flows.guests import Guest, invite
from handlers.flows.work import Plan, Work, checked_reason, known_role
from handlers.import_lines import KEPT, Examiner, may_give, may_group
from handlers.inviting import why_not
from handlers.notices import ImportNews, Timer
from handlers.proof import showing
from storage import groups, imports, members, requests
from storage.imports import ImportRecord, LineRecord
from storage.members import Wanted, folded
from storage.records import MemberRecord, new_id

MOST_LINES = 10_000
SHOWN = 20  # of groups and addresses, to whoever decides
AT_ONCE = 100  # lines done in one transaction: others wait meanwhile
_LONGEST_FILE = 200
_GROUPS_AT_ONCE = 500
# Letters beyond the first leave one after another, so that what others wait for goes between them; Slack lets nobody
# look up more than about fifty addresses a minute.
_AT_FIRST = 50
_MAILS_APART, _OFFERS_APART = timedelta(seconds=0.02), timedelta(seconds=1.2)


# Preparing ------------------------------------------------------------------------------------------------------------


async def prepare(command: PrepareImport, work: Work) -> Result:
    """Every line is judged, and kept with what would become of it. Nobody is invited."""
    me = _somebody(work)
    policy.check(Case("import"), work.facts)
    found = await _reading(command.prepared, me, work) if command.prepared else None
    if (found.lines if found else 0) + len(command.lines) > MOST_LINES:
        raise Refusal("import-too-long", "file", most=f"{MOST_LINES:,}")
    if not command.lines:
        raise Refusal("import-empty", "file")
    role = known_role(work.facts.catalogue, command.role, in_space=False) if command.role else None
    examiner = Examiner(work.facts, role, await _groups(command, work))
    lines = [examiner.examine(line) for line in command.lines]
    made = found or _made(command, me, work)
    entry = work.entry("import.prepared", f"import:{made.id}", file=made.file, lines=made.lines + len(lines))
    if found is None:
        await imports.add(work.tx, made, entry=entry)
        work.post(Timer(ImportStep(work.organization, made.id)), due=work.now + KEPT)
    await imports.add_lines(work.tx, made.id, lines, entry=entry)
    if command.more:
        return ImportRead(made.id, made.file, ())
    await imports.judge(work.tx, made, entry=entry)
    return ImportRead(made.id, made.file, await counted(work, made.id))


def _made(command: PrepareImport, me: MemberRecord, work: Work) -> ImportRecord:
    return ImportRecord(
        id=new_id(),
        organization=work.organization,
        member=me.id,
        file=showing(command.file)[:_LONGEST_FILE] or "file",
        state="reading",
        lines=0,
        people=0,
        created=work.now,
        ignored=tuple(showing(one)[:_LONGEST_FILE] for one in command.ignored[:50]),
        guessed=showing(command.guessed)[:_LONGEST_FILE],
    )


async def _reading(prepared: str, me: MemberRecord, work: Work) -> ImportRecord:
    """What the earlier parts were kept as. Raises Refusal."""
    found = await imports.find(work.tx.connection, prepared)
    if found is None or (found.organization, found.member, found.state) != (work.organization, me.id, "reading"):
        raise Refusal("import-gone")
    return found


def _somebody(work: Work) -> MemberRecord:
    """Whoever prepares an import confirms it and is told how far it is."""
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    return me


async def _groups(command: PrepareImport, work: Work) -> dict[str, str]:
    named = sorted({name for line in command.lines for name in line.groups})
    found: dict[str, str] = {}
    for start in range(0, len(named), _GROUPS_AT_ONCE):
        found |= await groups.find(work.tx.connection, work.organization, named[start : start + _GROUPS_AT_ONCE])
    return found


async def counted(work: Work, prepared: str) -> tuple[tuple[Verdict, int], ...]:
    found = await imports.counts(work.tx.connection, prepared)
    verdicts: tuple[Verdict, ...] = get_args(Verdict)
    return tuple((verdict, found.get(verdict, 0)) for verdict in verdicts)


async def drop(command: DropImport, work: Work) -> Result:
    found = await _ready(command.prepared, work)
    entry = work.entry("import.dropped", f"import:{found.id}", file=found.file)
    await imports.end(work.tx, found.id, "dropped", entry=entry)
    await imports.forget(work.tx, found.id, entry=entry)
    return Importing("dropped", found.file, 0)


async def _ready(prepared: str, work: Work) -> ImportRecord:
    """One's own that can still be confirmed. Raises Refusal."""
    me = _somebody(work)
    found = await imports.find(work.tx.connection, prepared)
    if found is None or found.organization != work.organization:
        raise Refusal("import-gone")
    if found.member != me.id:
        raise Refusal("import-others")
    if found.state != "ready" or found.created + KEPT <= work.now:
        raise Refusal("import-gone")
    return found


# Confirming -----------------------------------------------------------------------------------------------------------


async def plan_import(command: Import, work: Work) -> Plan:
    found = await _ready(command.prepared, work)
    policy.check(Case("import"), work.facts)
    counts = await imports.roles(work.tx.connection, found.id)
    roles = [known_role(work.facts.catalogue, role, in_space=False) for role in sorted(counts)]
    people = sum(counts.values())
    if not people:
        raise Refusal("import-empty")
    joined = await imports.groups_joined(work.tx.connection, found.id)
    case = Case("import", rows=people, several=tuple(roles), joins=bool(joined))
    policy.check(case, work.facts)
    reason = checked_reason(command.reason, needed=False)
    given = tuple(role.id for role in roles)
    high = [role.id for role in roles if _raises(work, role)]
    raised = await imports.addresses(work.tx.connection, found.id, high, limit=SHOWN) if high else []
    resolved = Import(
        command.prepared,
        reason,
        file=found.file,
        people=people,
        roles=given,
        each=tuple(counts[role] for role in given),
        groups=tuple(joined[:SHOWN]),
        more_groups=max(len(joined) - SHOWN, 0),
        raised=tuple(raised),
        more_raised=sum(counts[role] for role in high) - len(raised),
    )
    return Plan(resolved, work.facts, case, _begin, reason=reason)


def _raises(work: Work, role: Role) -> bool:
    """Whether whoever gets the role manages members by it, or may do more than whoever asks."""
    facts = work.facts
    return facts.catalogue.manages_members(role) or bool(policy.lacks(facts, facts.me, Case("import", new=role)))


async def _begin(work: Work, plan: Plan) -> Result:
    command = plan.command
    assert isinstance(command, Import)  # noqa: S101 - planned above
    entry = work.entry(
        "import.begun", f"import:{command.prepared}", file=command.file, people=command.people, reason=plan.reason
    )
    begun = await imports.begin(work.tx, command.prepared, request=work.request, people=command.people, entry=entry)
    if not begun:
        raise Refusal("import-gone")
    work.post(ImportNews(command.prepared))
    work.post(Timer(ImportStep(work.organization, command.prepared)))
    return Importing("begun", command.file, command.people, alone=work.alone)


# Doing it -------------------------------------------------------------------------------------------------------------


async def step(command: ImportStep, work: Work) -> Result:
    """The next lines, judged by who is there by now. A stale timer changes nothing, a repeated one does what is left.

    Whoever prepared and approved it must still be allowed to: else it stops, and they are told.
    """
    found = await imports.find(work.tx.connection, command.prepared)
    if found is None or found.organization != work.organization:
        return Noted(changed=False)
    if found.state in ("reading", "ready") and found.created + KEPT <= work.now:
        return await _expire(found, work)
    if found.state != "running":
        return await _clear(found, work)
    lines = await imports.undone(work.tx.connection, found.id, limit=AT_ONCE)
    asked = await _as_whoever_asked(found, work)
    if asked is None or (lines and not await _still_may(found, asked, lines)):
        return await _end(found, work, "stopped", why="no-longer-allowed")
    results = await _do(found, asked, lines)
    if results:
        await imports.keep_results(work.tx, found.id, results, entry=None)
    if len(lines) < AT_ONCE:
        return await _end(found, work, "done")
    # Due since it began, so that neither stands behind all the letters that wait to be sent.
    work.post(Timer(command), due=found.started)
    work.post(ImportNews(found.id), due=found.started)
    return Noted()


async def _clear(found: ImportRecord, work: Work) -> Result:
    """The last word about it never arrived, so nothing else took away what stood in the file."""
    if found.ended is None or found.created + KEPT > work.now:
        return Noted(changed=False)
    await imports.forget(work.tx, found.id, entry=work.entry("import.cleared", f"import:{found.id}"))
    return Noted()


async def _expire(found: ImportRecord, work: Work) -> Result:
    """Nobody confirmed it in time, so what stands in the file is kept no longer."""
    entry = work.entry("import.expired", f"import:{found.id}", file=found.file)
    await imports.end(work.tx, found.id, "dropped", entry=entry)
    await imports.forget(work.tx, found.id, entry=entry)
    return Noted()


async def _end(found: ImportRecord, work: Work, state: str, *, why: str = "") -> Result:
    entry = work.entry(f"import.{state}", f"import:{found.id}", file=found.file, why=why)
    await imports.end(work.tx, found.id, state, why=why, entry=entry)
    work.post(ImportNews(found.id, last=True))
    return Noted()


async def _as_whoever_asked(found: ImportRecord, work: Work) -> Work | None:
    """None: they act here no more."""
    loaded = await _load(work, found.member)
    me = loaded[0] if loaded else None
    if me is None or me.status != "active" or not me.listed or (me.team is not None and not me.slack_good):
        return None
    actor = Actor(via="request", organization=work.organization)
    return replace(work, facts=replace(work.facts, me=me, actor=actor), request=found.request)


async def _still_may(found: ImportRecord, asked: Work, lines: Sequence[LineRecord]) -> bool:
    facts = asked.facts
    grouped = any(line.groups for line in lines)
    case = Case("import", rows=found.people, several=_roles(asked, lines), joins=grouped)
    if not may_give(facts, case.several) or (grouped and not may_group(facts)):
        return False
    if not found.request:
        verdict = policy.judge(case, facts)
        return not (verdict.approvals or verdict.code)
    voters = (await requests.votes_of(asked.tx.connection, [found.request])).get(found.request, ())
    others = tuple(one for one in voters if one != found.member)
    able = able_to_decide(case, facts, await _load(asked, *others), excluded=frozenset({found.member}))
    return len(able) == len(others)


def _roles(work: Work, lines: Sequence[LineRecord]) -> tuple[Role, ...]:
    known = work.facts.catalogue.organization
    return tuple(known[role] for role in sorted({line.role for line in lines}) if role in known)


async def _load(work: Work, *ids: str) -> list[MemberRecord]:
    return await members.load(work.tx.connection, work.organization, Wanted(ids=ids), now=work.now)


async def _do(found: ImportRecord, asked: Work, lines: Sequence[LineRecord]) -> list[LineRecord]:
    """What became of each line."""
    first = {folded(line.email): line.line for line in reversed(lines)}
    there = await members.load(asked.tx.connection, asked.organization, Wanted(emails=tuple(first)), now=asked.now)
    known = {folded(one.email): one for one in there}
    results = [_judged(line, known.get(folded(line.email)), first[folded(line.email)], asked) for line in lines]
    guests = [
        _guest(found, line, known.get(folded(line.email)), found.dealt + at)
        for at, line in enumerate(results)
        if line.result == "invited"
    ]
    if guests:
        await invite(asked, guests)
    return results


def _judged(line: LineRecord, there: MemberRecord | None, first: int, asked: Work) -> LineRecord:
    if line.line != first:
        return replace(line, result="left-out", verdict="wrong", why=f"twice:{first}")
    if there is not None and (why := why_not(there)):
        return replace(line, result="left-out", verdict=why)
    if line.role not in asked.facts.catalogue.organization:
        return replace(line, result="left-out", verdict="wrong", why=f"unknown-role:{line.role}")
    if checked_address(line.email) is None:
        return replace(line, result="left-out", verdict="wrong", why="not-an-address")
    return replace(line, result="invited")


def _guest(found: ImportRecord, line: LineRecord, there: MemberRecord | None, place: int) -> Guest:
    return Guest(
        email=there.email if there else line.email,
        role=line.role,
        groups=line.groups,
        name=line.name,
        timezone=line.timezone,
        known=there,
        mail_due=_due(found, place, _MAILS_APART),
        offer_due=_due(found, place, _OFFERS_APART),
    )


def _due(found: ImportRecord, place: int, apart: timedelta) -> datetime | None:
    """None: at once."""
    return found.started + apart * place if found.started and place >= _AT_FIRST else None
