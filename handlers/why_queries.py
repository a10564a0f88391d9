"""Explaining decisions: why somebody can do something or cannot, and who all can.

The decision itself is the one that other software is given, by the same ``Evaluation``; here it only gets its names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from handlers import policy
from handlers.asked import Question
from handlers.catalogue import Change
from handlers.commands import SYSTEM, Person, Refusal
from handlers.decisions import Decision, ReasonCode
from handlers.evaluation import Evaluation
from handlers.explaining import Explanation, Holder, Holders, KnownNames, Topic
from handlers.facts import Facts, named
from handlers.finding import find, wanted
from handlers.letters import Letters
from handlers.models import Choice, Desk
from handlers.paging import PAGE
from storage import explaining, members, names, organizations, resources, spaces
from storage.members import Wanted, folded
from storage.records import MemberRecord, SpaceRecord
from storage.resources import EVERYTHING
from storage.store import Connection

_UNSEEN: frozenset[ReasonCode] = frozenset({"not-seen", "not-on-list"})
_OFFERED = re.compile(r".* \(([^()]+)\)")
# In the organization, either of them lets somebody ask about others; in a space, whoever sees who has access to it.
_ASKS: tuple[Change, ...] = ("list", "audit")


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is asked about: ``id`` as others name it, ``key`` as we do; ``place`` is the space it is or lies in."""

    id: str
    key: str
    title: str
    place: SpaceRecord | None = None


class WhyQueries(Letters):
    async def why(self, desk: Desk, topic: Topic, person: Person | None, evaluation: Evaluation) -> Explanation:
        """``person`` None: the asker. Raises Refusal."""
        async with self._store.reading() as connection:
            facts, target = await self._asker(connection, desk, person)
            thing = await self._thing(connection, facts, topic, others=target is not facts.me)
        [decision] = await self._decided(evaluation, facts, topic, thing, (target,))
        thing = _as_seen(facts, topic, thing, decision)
        return Explanation(
            who=named(target),
            oneself=target is facts.me,
            topic=replace(topic, named=thing.key),
            title=thing.title,
            id=thing.id,
            place=thing.place.name if thing.place else "",
            decision=decision,
            known=await self._names(facts, (decision,)),
        )

    async def who_can(self, desk: Desk, topic: Topic, evaluation: Evaluation, *, after: str | None = None) -> Holders:
        """Raises Refusal."""
        async with self._store.reading() as connection:
            facts, _ = await self._asker(connection, desk)
            thing = await self._thing(connection, facts, topic, others=True)
        organization = facts.organization.id
        found = await evaluation.subjects(organization, topic.action, topic.sort, thing.id, after=after, limit=PAGE)
        people = await self._people(facts, found.ids)
        decisions = await self._decided(evaluation, facts, topic, thing, people)
        return Holders(
            topic=replace(topic, named=thing.key),
            title=thing.title,
            rows=tuple(Holder(named(one), decision) for one, decision in zip(people, decisions, strict=True)),
            next=found.next,
            later=after is not None,
            known=await self._names(facts, decisions),
        )

    async def _people(self, facts: Facts, emails: Sequence[str]) -> list[MemberRecord]:
        """In the order of the addresses."""
        asked = Wanted(emails=tuple(folded(email) for email in emails))
        async with self._store.reading() as connection:
            loaded = await members.load(connection, facts.organization.id, asked, now=facts.now)
        return sorted(loaded, key=lambda one: folded(one.email))

    async def things(self, desk: Desk, sort: str, words: str) -> tuple[Choice, ...]:
        """What a form offers of one kind: everything to who may ask about others, else what is theirs.

        What was offered is found again when it is pasted back: `Nginx image (42)`.
        """
        if desk.organization is None or desk.member is None or sort not in desk.catalogue.kinds:
            return ()
        pasted = _OFFERED.fullmatch(words.strip())
        words = pasted[1] if pasted else words
        async with self._store.reading() as connection:
            try:
                facts, me = await self._asker(connection, desk)
            except Refusal:
                return ()
            # Whoever may ask about what is in one space is not shown what lies elsewhere.
            mine = None if _asks(facts, None) else me.id
            found = await explaining.resources_like(
                connection, facts.organization.id, sort, words, seen_by=mine, now=facts.now
            )
        return tuple(Choice(one, f"{name} ({outside})") for one, outside, name in found)

    # Who asks about whom and what -------------------------------------------------------------------------------------

    async def _asker(
        self, connection: Connection, desk: Desk, person: Person | None = None
    ) -> tuple[Facts, MemberRecord]:
        """Who asks, and whom it is about: the asker where nobody is named. Raises Refusal."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        organization, now = await organizations.find(connection, desk.organization.id), self._clock()
        asked = wanted(person, desk.account.team) if person else Wanted()
        everybody = replace(asked, ids=(*asked.ids, desk.member.id))
        loaded = await members.load(connection, desk.organization.id, everybody, now=now)
        me = next((one for one in loaded if one.id == desk.member.id), None)
        if organization is None or me is None:
            raise Refusal("not-connected")
        if me.status != "active":
            raise Refusal("not-active", organization=organization.name)
        facts = Facts(now, SYSTEM, organization, self._catalogue(organization), me=me)
        try:
            return facts, find(loaded, person) if person else me
        except Refusal:
            if not policy.permitted(facts).intersection(_ASKS):
                raise Refusal("may-not") from None
            raise

    async def _thing(self, connection: Connection, facts: Facts, topic: Topic, *, others: bool) -> _Thing:
        """Whoever may not ask about others there hears no more than that. Raises Refusal."""
        try:
            thing = await self._found(connection, facts, topic)
        except Refusal:
            if others and not _asks(facts, None):
                raise Refusal("may-not") from None
            raise
        if others and not _asks(facts, thing.place):
            raise Refusal("may-not")
        return thing

    async def _found(self, connection: Connection, facts: Facts, topic: Topic) -> _Thing:
        organization, catalogue = facts.organization, facts.catalogue
        match topic.sort:
            case "organization":
                if topic.named and folded(topic.named) not in (organization.slug, folded(organization.name)):
                    raise Refusal("unknown-organization", "thing", organization=topic.named)
                return _Thing(organization.slug, "", organization.name)
            case "feature" if topic.named in catalogue.toggles:
                return _Thing(topic.named, topic.named, catalogue.toggles[topic.named].title)
            case "feature":
                raise Refusal("unknown-toggle", "thing", toggle=topic.named, known=", ".join(catalogue.toggles))
            case "space":
                place = await spaces.find(connection, organization.id, topic.named)
                if place is None:
                    raise Refusal("unknown-space", "thing", space=topic.named, place=catalogue.words.space)
                return _Thing(place.slug, place.id, place.name, place)
            case sort if sort in catalogue.kinds:
                return await self._resource(connection, organization.id, topic)
            case sort:
                raise Refusal("unknown-kind", "sort", kind=sort, known=", ".join(catalogue.kinds))

    async def _resource(self, connection: Connection, organization: str, topic: Topic) -> _Thing:
        now = self._clock()
        match await resources.called(connection, organization, topic.sort, topic.named, EVERYTHING, now=now):
            case [one]:
                place = await spaces.find(connection, organization, one.space) if one.space else None
                return _Thing(one.outside, one.id, one.name, place)
            case []:
                raise Refusal("unknown-resource", "thing", resource=f"{topic.sort}:{topic.named}")
            case several:
                ids = ", ".join(f"{one.kind}:{one.outside}" for one in several)
                raise Refusal("ambiguous-resource", "thing", resource=f"{topic.sort}:{topic.named}", several=ids)

    # The decision and the names in it ---------------------------------------------------------------------------------

    async def _decided(
        self, evaluation: Evaluation, facts: Facts, topic: Topic, thing: _Thing, people: Sequence[MemberRecord]
    ) -> list[Decision]:
        questions = [Question(one.email, topic.action, topic.sort, thing.id) for one in people]
        return await evaluation.decide(facts.organization.id, questions)

    async def _names(self, facts: Facts, decisions: Iterable[Decision]) -> KnownNames:
        reasons = [reason for decision in decisions for reason in decision.reasons]
        held = [reason.grant for reason in reasons if reason.grant]
        things = {one.space for one in held if one.space} | {
            reason.facts["group"] for reason in reasons if "group" in reason.facts
        }
        sources = sorted({one.source_id for one in held if one.source_id})
        organization = facts.organization.id
        async with self._store.reading() as connection:
            givers = await explaining.givers(connection, organization, sources)
            asked = Wanted(ids=tuple(sorted(set(givers.values()))))
            people = {one.id: one for one in await members.load(connection, organization, asked, now=facts.now)}
            known = await names.of_things(connection, organization, sorted(things))
        return KnownNames(known, {source: named(people[one]) for source, one in givers.items() if one in people})


def _as_seen(facts: Facts, topic: Topic, thing: _Thing, decision: Decision) -> _Thing:
    """Whoever does not see a resource hears of it only what they knew: its id, never its name. Raises Refusal."""
    if _asks(facts, thing.place) or not any(reason.code in _UNSEEN for reason in decision.reasons):
        return thing
    if topic.named not in (thing.id, thing.key):
        raise Refusal("unknown-resource", "thing", resource=f"{topic.sort}:{topic.named}")
    return replace(thing, title=thing.id)


def _asks(facts: Facts, place: SpaceRecord | None) -> bool:
    """Whether somebody may ask about others: about anything, or about what is in one space."""
    assert facts.me is not None  # noqa: S101 - the caller looked
    me = facts.me
    if any(policy.holds(facts, me, change) for change in _ASKS):
        return True
    return place is not None and policy.holds(replace(facts, space=place), me, "list")
