"""Answers "may this person do this?" for other software: at once where nothing has changed, and never out of date.

Everything that could change a decision is audited, and every audit record moves the organization's head. So what was
read and decided is kept together with the head it was read under, and each question first asks where the head is now.
Ends of grants are judged at use, with the clock. It holds no lock and writes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from handlers import reaching
from handlers.asked import Asked, Known, Question, asked, known
from handlers.catalogue import Catalogue
from handlers.commands import Refusal
from handlers.decisions import Decision, Subject
from handlers.parts import Catalogues
from handlers.reaching import Found, Search
from handlers.tokens import Tokens
from storage.heads import heads_of
from storage.store import Busy, Store

__all__ = ["Answer", "Evaluation", "Found", "Question", "Session"]

ANSWERS, TOKENS = 20_000, 1_000  # some 40 MB at most
LONGEST = 1_000  # characters of a question that is worth keeping
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps what was used last, and no more than ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Session:
    """An organization, and where its head was after the question had come."""

    organization: str
    seq: int


@dataclass(slots=True)
class Answer:
    """A decision, true under this head, from ``since`` on and before ``until``: in between no grant of theirs ends.

    ``shown``: what a door has made of it, so that it need not be made again.
    """

    decision: Decision
    catalogue: Catalogue
    seq: int
    since: datetime
    until: datetime
    shown: bytes | None = None


class Evaluation:
    def __init__(self, store: Store, catalogues: Catalogues, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._catalogues = catalogues
        self._tokens = tokens
        self._clock = clock
        self._heads = heads_of(store)
        self._answers = Recent[tuple[str, Question], Answer](ANSWERS)
        self._holders = Recent[str, Session](TOKENS)

    async def close(self) -> None:
        await self._heads.close()

    # Who asks, and where things stand ---------------------------------------------------------------------------------

    async def session(self, organization: str) -> Session:
        """Raises Refusal: no-organization, busy."""
        seq = await self._head(organization)
        if seq is None:
            raise Refusal("no-organization")
        return Session(organization, seq)

    async def holder(self, token: str) -> Session | None:
        """The organization that a bearer token belongs to; None for one that opens nothing (any more).

        Making and revoking tokens is audited too, so a token is looked up again only when the head has moved; and only
        after the head was read, so that what is known of it may be newer than that, never older.
        """
        kept = self._holders.get(token)
        organization = kept.organization if kept else await self._organization(token)
        if organization is None:
            return None
        seq = await self._head(organization)
        if kept is not None and seq == kept.seq:
            return kept
        if seq is None or await self._organization(token) != organization:
            return None
        session = Session(organization, seq)
        self._holders.put(token, session)
        return session

    async def _head(self, organization: str) -> int | None:
        try:
            return await self._heads.seq(organization)
        except Busy:
            raise Refusal("busy") from None

    async def _organization(self, token: str) -> str | None:
        actor = await self._tokens.actor(token)
        return actor.organization if actor else None

    # Deciding ---------------------------------------------------------------------------------------------------------

    async def decide(self, organization: str, questions: Sequence[Question]) -> list[Decision]:
        """In the order of the questions. Raises Refusal: no-organization, busy."""
        return [answer.decision for answer in await self.answers(await self.session(organization), questions)]

    async def answers(self, session: Session, questions: Sequence[Question]) -> list[Answer]:
        """``session`` was just made. All answers are of one moment. Raises Refusal: no-organization, busy."""
        now = self._clock()
        kept = [self._kept(session, question, now) for question in questions]
        missing = [question for question, answer in zip(questions, kept, strict=True) if answer is None]
        if not missing:
            return [answer for answer in kept if answer]
        facts = await self._known(session.organization, asked(missing))
        if facts.seq != session.seq and len(missing) < len(questions):
            # Something has changed since, and what was kept may be part of that.
            facts, kept = await self._known(session.organization, asked(questions)), [None] * len(questions)
        return [
            answer or self._answered(session.organization, facts, question, now)
            for question, answer in zip(questions, kept, strict=True)
        ]

    def _kept(self, session: Session, question: Question, now: datetime) -> Answer | None:
        answer = self._answers.get((session.organization, question))
        if answer is not None and answer.seq == session.seq and answer.since <= now < answer.until:
            return answer
        return None

    def _answered(self, organization: str, facts: Known, question: Question, now: datetime) -> Answer:
        since, until = _holds_within(facts.subject(question.subject), now)
        answer = Answer(facts.decide(question, now=now), facts.catalogue, facts.seq, since, until)
        if sum(map(len, question)) <= LONGEST:
            self._answers.put((organization, question), answer)
        return answer

    async def _known(self, organization: str, wanted: Asked) -> Known:
        async with _patiently(), self._store.reading() as connection:
            found = await known(connection, organization, wanted, self._catalogues)
        if found is None:
            raise Refusal("no-organization")
        return found

    # Searching --------------------------------------------------------------------------------------------------------

    async def subjects(
        self, organization: str, action: str, kind: str, named: str, *, after: str | None = None, limit: int = 10
    ) -> Found:
        """Who can do it: e-mail addresses, in the order of the alphabet. Raises Refusal: no-organization, busy."""
        async with self._searching(organization, Question("", action, kind, named), after, limit) as (search, facts):
            return await reaching.subjects(search, facts)

    async def resources(
        self, organization: str, subject: str, action: str, kind: str, *, after: str | None = None, limit: int = 10
    ) -> Found:
        """What somebody can do it to: ids as they are asked about. Raises Refusal: no-organization, busy."""
        async with self._searching(organization, Question(subject, action, kind, ""), after, limit) as (search, facts):
            return await reaching.resources(search, facts)

    async def actions(self, organization: str, subject: str, kind: str, named: str) -> list[str]:
        """What somebody can do to it, in the catalogue's order. Raises Refusal: no-organization, busy."""
        question = Question(subject, "", kind, named)
        facts = await self._known(organization, asked([question]))
        return reaching.actions(facts, question, now=self._clock())

    @asynccontextmanager
    async def _searching(
        self, organization: str, question: Question, after: str | None, limit: int
    ) -> AsyncGenerator[tuple[Search, Known]]:
        async with _patiently(), self._store.reading() as connection:
            search = Search(connection, organization, self._catalogues, question, after or "", limit, self._clock())
            facts = await search.load(asked([question]))
            if facts is None:
                raise Refusal("no-organization")
            yield search, facts


@asynccontextmanager
async def _patiently() -> AsyncGenerator[None]:
    try:
        yield
    except Busy:
        raise Refusal("busy") from None


def _holds_within(subject: Subject | None, now: datetime) -> tuple[datetime, datetime]:
    """From the last end of a grant that has passed to the next that comes."""
    ends = [one.ends for one in subject.held if one.ends] if subject else []
    return max((end for end in ends if end <= now), default=_EVER), min((e for e in ends if e > now), default=_NEVER)
