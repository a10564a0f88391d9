"""One organization, one bot after another: each is killed while people act, and what it leaves is looked at."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.playground import Call, Playground
from bot.playground.mailbox import Mail
from storage.store import Store
from tests.crashes import checks, ledger
from tests.crashes.bot import Bots, Life
from tests.crashes.ledger import Ledger, Row
from tests.crashes.people import Act, People
from tests.crashes.story import TOP, Scene, Story
from tests.crashes.wire import Fuse, Shared

RESTART = 3.0
LEASE = 60.0
QUIET = 1.0
"""After this long without its point being reached, a bot is killed all the same."""

Fate = Fuse | float
"""A named point, or after how much of the time that a round takes."""
USUAL = 0.8


@dataclass(slots=True)
class Trial:
    url: str = field(repr=False)
    playground: Playground
    mails: list[Mail]
    shared: Shared
    people: People
    rng: Random
    bots: Bots
    life: Life = field(init=False)
    settled: Ledger = field(init=False)
    story: Story = field(init=False)
    calls: list[Call] = field(default_factory=list[Call])
    kills: Counter[str] = field(default_factory=Counter[str])
    seconds: list[float] = field(default_factory=list[float])
    flying: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """Rows of the outbox, and the number of the try, that were on their way when a bot died."""
    usual: float = USUAL
    """How many seconds people act in a round, on this machine."""
    finished: int = 0
    """Acts whose code was spent just before the crash, and that the same delivery then finished."""

    async def begin(self) -> None:
        self.story = Story(self.people, self.rng)
        began = self.shared.clock()
        await self.restart()
        await self.settle(began)

    async def round(self, fate: Fate) -> None:
        self.people.acts.clear()
        scene = Scene(self.settled, self.shared.clock(), self.playground.world, self.mails)
        hit = await self._until_killed(self.story.lanes(scene), fate)
        acts = tuple(self.people.acts)
        if self.rng.random() < 0.15:
            await self._die_while_recovering()
        died = self.shared.clock()
        await self.restart()
        found = await ledger.read(self.url)
        self._note_flying(found, died)
        checks.nothing_answered_is_lost(found, acts)
        await self._try_spent_codes(found, acts, spent=hit == "code-spent")
        await self._send_again(acts)
        await self.settle(died)
        await self._links_lead_where_they_should(scene, acts)

    # ---- dying

    async def _until_killed(self, lanes: Sequence[Any], fate: Fate) -> str | None:
        self.shared.arm(fate if isinstance(fate, Fuse) else None)
        acting = asyncio.gather(*lanes)
        if isinstance(fate, Fuse):
            began = time.monotonic()
            await acting
            self.usual = (self.usual + time.monotonic() - began) / 2
            await self._wait_for_the_end()
        else:
            await asyncio.sleep(fate * self.usual)
        await self._kill()
        await acting
        return self.life.hit

    async def _wait_for_the_end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                await self.life.end()

    async def _kill(self) -> None:
        self.life.kill()
        await self.life.end()
        self.shared.arm(None)
        self.kills[self.life.hit or "at random"] += 1

    async def _die_while_recovering(self) -> None:
        """It was about to go on where the one before it had stopped."""
        self._note_flying(await ledger.read(self.url), self.shared.clock())
        self.shared.skip(seconds=LEASE + 1)
        self.shared.arm(Fuse(self.rng.choice(("before-commit", "after-commit", "before-recording")), 1))
        self.life, _ = await self.bots.start()
        await self._wait_for_the_end()
        await self._kill()

    # ---- rising

    async def restart(self) -> None:
        self.life, seconds = await self.bots.start()
        assert not self.life.over, "it does not start again"
        self.playground.bot_url = self.life.url
        self.seconds.append(seconds)

    def _note_flying(self, found: Ledger, died: datetime) -> None:
        """Whoever was leased before the death; what was leased since then is free later."""
        for row in found.outbox:
            if row["leased_until"] and row["leased_until"] <= died + timedelta(seconds=LEASE):
                self.flying.add((row["key"], row["attempts"]))

    async def _try_spent_codes(self, found: Ledger, acts: Sequence[Act], *, spent: bool) -> None:
        """A spent code stays spent: it serves the act it was typed for and no other."""
        stranded = [act for act in acts if act.code and not act.said and self._is_spent(found, act)]
        assert stranded or not spent, "a code was spent, and is not"
        for act in stranded:
            if act.key in found.deliveries or act.anew is None:
                continue
            other = await act.anew()
            assert other is None or not other.code or not other.taken, f"one code served twice: {act}, {other}"
            self.finished += (await act.again()).startswith("Done")

    def _is_spent(self, found: Ledger, act: Act) -> bool:
        member = found.member_of(self.people.person(act.who).user.email or "")
        return member is not None and found.credentials[member["id"]]["last_step"] >= self.people.step(act)

    async def _send_again(self, acts: Sequence[Act]) -> None:
        """What was done before the crash gets its first answer and does nothing more; the rest is done now, or not."""
        before = await ledger.read(self.url)
        for act in acts:
            if outcome := before.outcome(act.key):
                self._same(act, outcome, await act.again())
        after = await ledger.read(self.url)
        assert after.entries == before.entries, f"done again: {after.entries[len(before.entries) :]}"
        for act in acts:
            if not act.said and act.key not in before.deliveries:
                await act.again()

    def _same(self, act: Act, outcome: Mapping[str, Any], words: str) -> None:
        """What a pressed button did is said elsewhere, and which request to cancel is looked up before it is asked."""
        if act.what.startswith(("press", "/access cancel")):
            return
        assert words.lower().startswith(outcome["outcome"]), f"{act} was answered {outcome}, and then: {words}"
        if act.said:
            assert words == act.said

    # ---- looking

    async def settle(self, died: datetime) -> None:
        """Delivers everything, and looks at all of it."""
        async with self._store() as store:
            await self._rest(store, died)  # a lease must not end while its owner lives
            self.shared.skip(seconds=LEASE + self.rng.uniform(1, 60))
            if self.kills.total() % 8 == 7:
                self.shared.skip(hours=73)  # requests and temporary roles end
            self.life.wake()
            await self._rest(store, died)
        for user in self.playground.world.users:
            self.playground.world.clear_modals(user)
        self.settled = await ledger.read(self.url)
        self._collect_calls()
        self.look()

    @asynccontextmanager
    async def _store(self) -> AsyncGenerator[Store]:
        store = Store(self.url)
        try:
            yield store
        finally:
            await store.close()

    async def _rest(self, store: Store, died: datetime) -> None:
        """Until the bot has nothing left that it could do now."""
        async with asyncio.timeout(30):
            while any(self._is_moving(row, died) for row in await ledger.first_of_each_target(store)):  # noqa: ASYNC110 - no row tells
                await asyncio.sleep(0.03)

    def _is_moving(self, row: Row, died: datetime) -> bool:
        """Leased by the living, or free for them; not leased by the dead, and not due later."""
        now, leased = self.shared.clock(), row["leased_until"]
        if row["due_at"] > now:
            return False
        return leased is None or leased <= now or leased > died + timedelta(seconds=LEASE)

    def _collect_calls(self) -> None:
        calls = self.playground.world.calls
        assert len(calls) < (calls.maxlen or 0), "the playground forgot some calls"
        self.calls += calls
        calls.clear()

    def look(self) -> None:
        checks.sound(self.settled, now=self.shared.clock(), top=TOP)
        checks.everything_is_sent(self.settled)
        checks.each_arrived(self.settled, world=self.playground.world, calls=self.calls, mails=self.mails)
        tries = Counter(row for row, _ in self.flying)
        for row in self.settled.journal:
            again = row.attempts - 1
            assert row.kind == "timer" or again == tries[row.key], f"{row} met {tries[row.key]} crashes on its way"

    async def _links_lead_where_they_should(self, scene: Scene, acts: Sequence[Act]) -> None:
        """Whoever did not get in still holds a link that lets them in; of whoever did, it is dead (1, 8)."""
        for mail in scene.invited():
            if any(act.who == mail.to for act in acts):
                member = self.settled.member_of(mail.to)
                assert member
                assert await self.people.opens(mail) == (member["status"] == "invited"), f"{mail.to} is {member}"
