"""What Slack may do to a message on its way."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.delivery.slack import SlackSender, slack_client
from bot.delivery.slack_errors import TO_REPAIR
from bot.delivery.trouble import NotNow
from tests.delivery.office import TOKEN, Office
from tests.delivery.office import office as opened


async def test_a_notice_arrives_as_a_direct_message(office: Office) -> None:
    told = office.tell("ada")
    await office.deliver()

    assert "deactivated you in Example Corp" in office.heard("ada")[0].text
    assert office.row(told).state == "sent"


async def test_after_429_nothing_is_sent_before_slack_said_and_then_it_arrives_once(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", status=429, retry_after=30)
    office.tell("ada")
    await office.deliver()

    await office.deliver_after(seconds=29)
    assert office.heard("ada") == []
    await office.deliver_after(seconds=2)
    assert len(office.heard("ada")) == 1


async def test_after_429_a_channel_gets_one_message_a_second_and_others_are_not_slowed(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", status=429, retry_after=2)
    for _ in range(4):
        office.tell("ada")
    await office.deliver()
    await office.deliver_after(seconds=2)
    assert len(office.heard("ada")) == 4
    assert [round(slept) for slept in office.clock.slept] == [0, 1, 1, 1]

    office.clock.slept.clear()
    for _ in range(4):
        office.tell("ben")
    await office.deliver()
    assert len(office.heard("ben")) == 4
    assert office.clock.slept == []


async def test_a_channel_that_was_calm_for_a_minute_is_not_slowed_any_more(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", status=429, retry_after=1)
    office.tell("ada")
    await office.deliver()
    await office.deliver_after(seconds=2)
    office.clock.slept.clear()

    office.clock.pass_by(minutes=2)
    office.tell("ada")
    office.tell("ada")
    await office.deliver()
    assert office.clock.slept == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503},
        {"status": 302},
        {"error": "internal_error"},
        {"error": "something_new"},
        {"error": "ratelimited"},
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
@pytest.mark.invariant(37)
async def test_a_failure_delays_a_message_and_never_loses_it(
    office: Office, method: str, fault: dict[str, object]
) -> None:
    office.slack.world.faults.plan(method, times=3, **fault)  # pyright: ignore[reportArgumentType]
    told = office.tell("ada")
    for _ in range(6):
        await office.deliver_after(minutes=5)

    assert len(office.heard("ada")) == 1
    assert office.row(told).parcel.attempts == 4


async def test_an_answer_that_takes_too_long_is_a_failure() -> None:
    async with opened(patience=0.1) as office:
        office.slack.world.faults.plan("chat.postMessage", delay=0.5)
        office.tell("ada")
        await office.deliver()
        assert office.heard("ada") == []
        await office.deliver_after(seconds=1)
        assert "TimeoutError" not in office.row(1).error
        assert office.heard("ada")[0].text


async def test_a_message_whose_answer_is_lost_is_sent_again(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", drop_after=True)
    told = office.tell("ada")
    await office.deliver()
    assert office.row(told).state == "waiting"

    await office.deliver_after(seconds=1)
    assert len(office.heard("ada")) == 2
    assert office.row(told).state == "sent"


async def test_what_goes_to_one_receiver_stays_in_order_whatever_fails(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", times=2, status=500)
    office.slack.world.faults.plan("chat.postMessage", error="internal_error")
    for number in range(1, 6):
        office.tell("ada", f"Organization {number}", target="ada")
    for _ in range(8):
        await office.deliver_after(seconds=40)

    texts = " ".join(message.text for message in office.heard("ada"))
    assert [word for word in texts.split() if word.rstrip(".").isdigit()] == ["1.", "2.", "3.", "4.", "5."]


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "user_disabled", "invalid_blocks"])
async def test_what_can_never_succeed_is_a_dead_letter_at_once_and_the_next_goes_on(error: str) -> None:
    # With mail, who cannot be reached in Slack is told by mail.
    async with opened(mail=False) as office:
        office.slack.world.faults.plan("chat.postMessage", error=error)
        hopeless, following, other = office.tell("ada"), office.tell("ada"), office.tell("ben")
        await office.deliver()

        assert office.row(hopeless).state == "dead"
        assert office.row(hopeless).error.startswith(f"Slack: {error} (")
        assert [office.row(number).state for number in (following, other)] == ["sent", "sent"]


@pytest.mark.parametrize("error", sorted(TO_REPAIR))
async def test_what_an_operator_must_repair_is_retried_slowly_and_said_loudly(office: Office, error: str) -> None:
    office.slack.world.faults.plan("conversations.open", error=error)
    told = office.tell("ada")
    with capture_logs() as logs:
        await office.deliver()
    assert [line["log_level"] for line in logs] == ["error"]
    assert error in logs[0]["why"]

    await office.deliver_after(minutes=4)
    assert office.row(told).parcel.attempts == 1
    await office.deliver_after(minutes=2)
    assert office.row(told).state == "sent"


async def test_after_the_last_try_a_letter_is_dead_with_its_reason(office: Office) -> None:
    office.slack.world.faults.plan("conversations.open", times=1000, error="internal_error")
    told = office.tell("ada")
    started = office.clock()
    while office.row(told).state == "waiting":
        await office.deliver_after(minutes=15)

    assert office.row(told).error == "Slack: internal_error. Given up after 100 tries."
    assert timedelta(hours=20) < office.clock() - started < timedelta(hours=28)


async def test_while_slack_does_not_answer_one_message_at_a_time_tries_it() -> None:
    async with opened(patience=0.2) as office:
        office.slack.world.faults.plan("conversations.open", times=100, delay=0.4)
        for number in range(8):
            office.tell("ada", target=f"target-{number}")
        await office.deliver()
        began = asyncio.get_running_loop().time()
        await office.deliver_after(seconds=2)
        assert office.slack.world.faults.left == 100 - 8 - 1
        assert asyncio.get_running_loop().time() - began < 0.8


@asynccontextmanager
async def answering(answer: web.Response) -> AsyncGenerator[tuple[SlackSender, list[str]]]:
    """A server that answers everything so, and the paths it was asked for."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return answer

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    async with slack_client(token=TOKEN, base_url=base_url) as client:
        yield SlackSender(client), asked
    await runner.cleanup()


async def test_a_redirect_is_not_followed_for_it_could_lead_anywhere() -> None:
    async with answering(web.Response(status=307, headers={"Location": "/elsewhere"})) as (sender, asked):
        with pytest.raises(NotNow, match="redirect") as caught:
            await sender.direct("U1")

    assert caught.value.loud
    assert asked == ["/api/conversations.open"]


@pytest.mark.parametrize("body", ["", "<p>", "[]", "null", "{", '{"error": {"a": 1}}', '{"ok": false, "error": "<a>"}'])
async def test_an_answer_that_is_no_answer_is_tried_again(body: str) -> None:
    async with answering(web.Response(text=body, content_type="application/json")) as (sender, _):
        with pytest.raises(NotNow) as caught:
            await sender.direct("U1")

    assert "<" not in caught.value.error
