"""`kill -9`, fifty times on each database, at named points and at random ones, while people act.

Nothing that was answered is lost, nothing is half done, and every notice arrives.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from bot import settings
from bot.delivery.slack import slack_client
from bot.demo_seed import Seed, SeedClock
from bot.identity import Identity
from bot.playground import Playground
from bot.playground.mailbox import Mail, Mailbox
from bot.serving import opened, token_of
from bot.shipped import manifest_path
from bot.slack.calls import Calls
from handlers import catalogue as catalogues
from tests.crashes import ledger
from tests.crashes.bot import bots
from tests.crashes.people import People
from tests.crashes.story import APPROVALS, CAST, ROOMS
from tests.crashes.trial import RESTART, Fate, Trial
from tests.crashes.wire import POINTS, Fuse, Shared
from tests.running import SECRET, TOKEN, environment

KILLS = 50
AT_EACH_POINT = 6
# How often a point is passed in a round, so that the bot dies early and late.
PASSES: Mapping[str, int] = {
    "guess-counted": 1,
    "code-spent": 1,
    "before-commit": 16,
    "after-commit": 16,
    "before-recording": 6,
}
LATEST = 1.3
# Otherwise people were only refused, and nothing could be lost.
HAPPENED = frozenset(
    {"member.invited", "invitation.accepted", "request.made", "request.executed", "role.changed", "member.deactivated"}
)


def fates(rng: Random) -> list[Fate]:
    named: list[Fate] = [Fuse(point, rng.randint(1, PASSES[point])) for point in POINTS for _ in range(AT_EACH_POINT)]
    at_random: list[Fate] = [rng.uniform(0.0, LATEST) for _ in range(KILLS - len(named))]
    return rng.sample([*named, *at_random], KILLS)


@asynccontextmanager
async def trial(url: str, folder: Path, rng: Random) -> AsyncGenerator[Trial]:
    async with AsyncExitStack() as stack:
        shared = Shared.made(folder / "shared")
        mailbox, mails = Mailbox(clock=shared.clock), list[Mail]()
        mailbox.subscribe(mails.append)
        await mailbox.start()
        stack.push_async_callback(mailbox.stop)
        playground = await stack.enter_async_context(
            Playground(
                manifest=manifest_path(),
                people=CAST,
                channels=ROOMS,
                bot_token=TOKEN,
                signing_secret=SECRET,
                clock=shared.clock,
            )
        )
        environ = environment(playground, database_url=url, smtp_url=mailbox.smtp_url)
        environ |= {"USHER_APPROVALS_CHANNEL": APPROVALS}
        people = People(playground, shared, mails)
        await furnish(environ, playground, shared, people)
        made = await stack.enter_async_context(bots(environ, shared=folder / "shared", log=folder / "log"))
        yield Trial(url, playground, mails, shared, people, rng, made)


async def furnish(environ: Mapping[str, str], playground: Playground, shared: Shared, people: People) -> None:
    """An organization as the demo begins with it."""
    clock = SeedClock(shared.clock())
    read = settings.load(environ, slack_required=True)
    usher = await opened(read, clock=clock)
    try:
        await ledger.keep_journal(usher.store)
        async with slack_client(token=token_of(read), base_url=read.slack_api_url) as client:
            identity = Identity(usher, Calls(client))
            await Seed(usher, identity, playground, clock, people.phone).furnish(catalogues.load("default"))
    finally:
        await usher.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.invariant(1, 8, 23, 29, 30, 37, 38, 40)
async def test_nothing_is_lost_or_half_done_however_often_the_bot_is_killed(database_url: str, tmp_path: Path) -> None:
    seed = os.environ.get("USHER_TEST_CRASH_SEED") or secrets.token_hex(4)
    print(f"to see the same again: USHER_TEST_CRASH_SEED={seed}")
    rng = Random(seed)  # noqa: S311 - it only chooses moments
    async with trial(database_url, tmp_path, rng) as bot:
        await bot.begin()
        for number, fate in enumerate(fates(rng) + fates(rng)):
            if number >= KILLS and not lacking(bot):
                break
            print(f"round {number}: {fate}", flush=True)
            await bot.round(fate)
        print(dict(bot.kills), Counter(one.action for one in bot.settled.entries))
        print(f"{len(bot.flying)} notices on their way, {bot.finished} acts finished, slowest {max(bot.seconds):.2f} s")
        assert bot.kills.total() >= KILLS
        assert not lacking(bot)
        assert max(bot.seconds) < RESTART, f"it took {max(bot.seconds):.1f} s to start again"
        assert not complaints(tmp_path / "log")


def lacking(bot: Trial) -> list[str]:
    """What the rounds were to show and have not shown yet; what people do in a round is left to chance."""
    unhit = [f"no kill at {point}" for point in POINTS if not bot.kills[point]]
    undone = [f"no {action}" for action in sorted(HAPPENED - {one.action for one in bot.settled.entries})]
    unfinished = [] if bot.finished else ["no act whose code was spent before a crash was finished after it"]
    return [*unhit, *undone, *unfinished]


def complaints(log: Path) -> list[str]:
    """What the bots could not explain."""
    return [line for line in log.read_text().splitlines() if json.loads(line)["level"] in {"error", "critical"}]
