import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.demo import Demo, demo
from bot.serving import CannotStart
from handlers.catalogue import shipped
from tests.cli.process import files_in, running
from tests.running import Clock

shares_one_demo = pytest.mark.asyncio(loop_scope="module")


async def test_the_demo_tells_its_address_answers_there_and_ends_without_a_trace(tmp_path: Path) -> None:
    async with running(tmp_path, "demo", "--port", "0") as process:
        address = re.search(r"http://127\.0\.0\.1:\d+", await process.line())
        assert address
        async with aiohttp.ClientSession() as http, http.get(address[0]) as page:
            assert page.status == 200
        assert files_in(tmp_path)
        ended = await process.end()

    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert files_in(tmp_path) == []


async def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotStart, match="usher demo --port 0"):
        await _start(port=taken.getsockname()[1])


async def _start(port: int) -> None:
    async with demo(clock=Clock(), port=port, catalogue="default", empty=True):
        pass


async def test_an_empty_demo_begins_with_setting_up() -> None:
    async with demo(clock=Clock(), port=0, catalogue="default", empty=True) as empty:
        ada = empty.playground.person("ada")
        await ada.type("/usher setup")
        await ada.submit(name="Difference Engines")
        said = await ada.wait_for_modal("Difference Engines")

    assert "Done" in said.words


@pytest.mark.parametrize("catalogue", sorted(set(shipped()) - {"default"}))
async def test_the_demo_plays_with_every_shipped_catalogue(catalogue: str) -> None:
    async with demo(clock=Clock(), port=0, catalogue=catalogue, empty=False) as made:
        tour = made.page.tour.told()
        waits = await made.playground.person("katherine").type("/access requests")
        mail = made.mailbox.messages

    assert "I look after new colleagues" in waits.words
    assert [one.to for one in mail] == ["hypatia@example.org"]
    assert not any(step["done"] for step in tour)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play() -> AsyncIterator[Demo]:
    async with demo(clock=Clock(), port=0, catalogue="default", empty=False) as made:
        yield made


@shares_one_demo
async def test_the_admin_approves_the_waiting_request_with_the_code_on_her_phone(play: Demo) -> None:
    grace, katherine = play.playground.person("grace"), play.playground.person("katherine")
    await grace.press("Approve")
    await grace.wait_for_modal("Manager")
    await grace.submit(one_time_code=play.page.phone("grace").codes()[0].digits)

    told = await katherine.wait_for(lambda message: "approved" in message.words and message.channel.startswith("D"))

    assert "Manager" in told.words


@shares_one_demo
async def test_the_super_admin_invites_somebody_and_the_mail_arrives(play: Demo) -> None:
    said = await play.playground.person("ada").type("/usher invite wangari@example.com as member")
    mail = await play.mailbox.wait_for(to="wangari@example.com")

    assert said.text.startswith("Done")
    async with aiohttp.ClientSession() as http, http.get(mail.links[0]) as page:
        assert "Analytical Engines" in await page.text()


@shares_one_demo
async def test_a_guest_is_turned_away(play: Demo) -> None:
    said = await play.playground.person("emmy").type("/access request member because I like it here")

    assert said.text.startswith("Refused")
