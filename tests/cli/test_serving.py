"""How the whole bot starts and stops."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot import settings
from bot.serving import CannotStart, listen, serving
from tests.patience import PATIENCE
from tests.running import Clock, Running, environment, running_usher, sqlite_url, workspace


async def status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status


async def set_up(bot: Running) -> None:
    ada = bot.person("ada")
    await ada.type("/usher setup")
    await ada.submit(name="Analytical Engines")
    await ada.close()
    await bot.settle()


async def test_while_slack_is_down_it_lives_and_says_that_it_is_not_ready(tmp_path: Path) -> None:
    clock = Clock()
    async with workspace(clock=clock) as (slack, _mailbox):
        slack.world.faults.plan("auth.test", status=503)
        read = settings.load(environment(slack, database_url=sqlite_url(tmp_path)))
        async with serving(read, clock=clock) as bot:
            before = [await status(f"{bot.url}{path}") for path in ("/healthz", "/readyz")]
            async with asyncio.timeout(PATIENCE):
                while await status(f"{bot.url}/readyz") != 200:  # noqa: ASYNC110 - only asking tells
                    await asyncio.sleep(0.05)

    assert before == [200, 503]
    assert len(slack.world.calls_of("auth.test")) == 2


async def test_it_stops_serving_when_it_is_left_and_can_be_started_again_in_the_same_place(tmp_path: Path) -> None:
    async with running_usher(database_url=sqlite_url(tmp_path)) as first:
        await set_up(first)
        url = first.url
    with pytest.raises(aiohttp.ClientConnectionError):
        await status(f"{url}/healthz")
    async with running_usher(database_url=sqlite_url(tmp_path)) as second:
        said = await second.person("ada").type("/usher invite linus@example.com as member")

    assert said.text.startswith("Done")


async def test_what_was_begun_for_slack_is_finished_before_it_ends() -> None:
    async with running_usher() as bot:
        ada = bot.person("ada")
        ada.patience = 0
        bot.playground.world.faults.plan("views.open", delay=0.5)
        await ada.type("/usher setup")
    opened = bot.playground.world.calls_of("views.open")

    assert [call.answer["ok"] for call in opened] == [True]


async def test_what_is_being_sent_when_it_ends_is_sent_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with running_usher(database_url=url) as first:
        await set_up(first)
        first.playground.world.faults.plan("chat.postMessage", delay=0.5)
        await first.person("ada").type("/usher invite linus@example.com as member")
        await asyncio.sleep(0.2)
    sent = len(first.person("linus").dm())
    async with running_usher(database_url=url) as second:
        await second.later(minutes=5)
        again = len(second.person("linus").dm())

    assert (sent, again) == (1, 0)


async def test_what_could_not_be_sent_before_the_end_is_sent_after_the_next_start(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with running_usher(database_url=url) as first:
        await set_up(first)
        await first.mailbox.stop()
        await first.person("ada").type("/usher invite mei@example.com as member")
        await first.settle()
    async with running_usher(database_url=url) as second:
        await second.later(minutes=5)
        mails = [mail.to for mail in second.mailbox.messages]

    assert (first.mailbox.messages, mails) == ([], ["mei@example.com"])


def test_a_free_port_is_also_that_of_peoples_links() -> None:
    listening, read = listen(settings.load({"USHER_PORT": "0"}))
    port = listening.getsockname()[1]
    listening.close()

    assert (read.port, read.public_url) == (port, f"http://127.0.0.1:{port}")


def test_a_public_address_of_ones_own_stays() -> None:
    listening, read = listen(settings.load({"USHER_PORT": "0", "USHER_PUBLIC_URL": "https://usher.example.com"}))
    listening.close()

    assert read.public_url == "https://usher.example.com"


def test_two_cannot_listen_in_one_place() -> None:
    listening, read = listen(settings.load({"USHER_PORT": "0"}))
    with listening, pytest.raises(CannotStart, match=f"port {read.port}"):
        listen(read)
