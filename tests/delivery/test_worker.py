"""The worker goes on, whatever befalls one parcel, the outbox or the process."""

import asyncio
import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.delivery import worker
from bot.delivery.worker import SIDE_BY_SIDE
from bot.playground import mailbox as faults
from handlers.commands import ExpireInvitation, Refused
from handlers.models import ToldLetter
from handlers.notices import CodeMail, InvitationMail, Timer, Told
from handlers.post import LEASE, Parcel
from tests.delivery.office import CODE, LINK_TOKEN, TOKEN, Office, invitation
from tests.delivery.office import office as opened
from tests.patience import PATIENCE


async def eventually(office: Office, who: str, count: int = 1) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(office.heard(who)) < count:  # noqa: ASYNC110 - the pretend Slack tells nobody
            await asyncio.sleep(0.01)


async def test_a_surprise_in_one_parcel_is_logged_by_type_and_ends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Told) -> ToldLetter:
        raise RuntimeError(f"with a secret: {CODE}")

    bad, good = office.tell("ada"), office.put(Timer(ExpireInvitation("inv")))
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(office.shelf, "told_letter", broken)
        await office.deliver()

    assert office.row(good).state == "sent"
    assert office.row(bad).error == "Usher failed (RuntimeError)."
    assert [line["error"] for line in logs if line["log_level"] == "error"] == ["RuntimeError"]
    assert CODE not in repr(logs)
    await office.deliver_after(seconds=1)
    assert len(office.heard("ada")) == 1


async def test_a_parcel_that_never_ends_is_cut_short_before_its_lease_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_: Told) -> ToldLetter:
        await asyncio.Event().wait()
        raise AssertionError

    assert timedelta(seconds=worker.DEADLINE) < LEASE
    monkeypatch.setattr(worker, "DEADLINE", 0.1)
    monkeypatch.setattr(office.shelf, "told_letter", endless)
    told = office.tell("ada")
    await office.deliver()

    assert (office.row(told).state, office.row(told).error) == ("waiting", "Usher failed (TimeoutError).")


async def test_an_outbox_that_cannot_be_read_is_read_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, failures = office.outbox.claim, iter([OSError(), RuntimeError(), OSError()])

    async def sometimes(limit: int = 20) -> list[Parcel]:
        if failure := next(failures, None):
            raise failure
        return await claim(limit)

    monkeypatch.setattr(office.outbox, "claim", sometimes)
    office.tell("ada")
    running = asyncio.create_task(office.delivery.run())
    await eventually(office, "ada")
    await office.delivery.stop()
    await running


@pytest.mark.invariant(37)
async def test_what_was_sent_while_the_database_was_busy_is_recorded_later_and_not_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, failures = office.outbox.sent, iter([OSError(), OSError()])

    async def sometimes(parcel: Parcel, **more: object) -> None:
        if failure := next(failures, None):
            raise failure
        await sent(parcel, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(office.outbox, "sent", sometimes)
    told = office.tell("ada")
    await office.deliver()
    await office.deliver_after(minutes=10)

    assert office.row(told).state == "sent"
    assert len(office.heard("ada")) == 1


@pytest.mark.invariant(37)
async def test_a_worker_that_is_cancelled_while_it_sends_records_it_or_leaves_it_to_the_lease(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", delay=0.2)
    told = office.tell("ada")
    running = asyncio.create_task(office.delivery.run())
    while not office.calls("conversations.open"):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert office.row(told).state == "sent"
    assert len(office.heard("ada")) == 1


async def test_a_worker_that_may_wait_no_longer_leaves_the_parcel_to_its_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.worker.GRACE", 0.1)
    office.slack.world.faults.plan("conversations.open", delay=3)
    told = office.tell("ada")
    running = asyncio.create_task(office.delivery.run())
    while office.slack.world.faults.left:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.01)
    await office.delivery.stop()
    await running

    assert office.row(told).state == "waiting"
    heir = office.another_worker()
    office.clock.pass_by(seconds=60)
    await heir.drain()
    assert office.row(told).state == "sent"


async def test_two_workers_on_one_outbox_never_both_send(office: Office) -> None:
    for number in range(30):
        office.tell(("ada", "ben", "cleo")[number % 3], f"Organization {number}")
    heir = office.another_worker()
    await asyncio.gather(office.delivery.drain(), heir.drain())

    said = [message.text for who in ("ada", "ben", "cleo") for message in office.heard(who)]
    assert len(said) == len(set(said)) == 30


async def test_receivers_are_served_side_by_side_but_not_without_bound(office: Office) -> None:
    office.slack.world.faults.plan("conversations.open", times=SIDE_BY_SIDE * 2, delay=0.3)
    for number in range(SIDE_BY_SIDE * 2):
        office.tell("ada", target=f"target-{number}")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await office.deliver()

    assert 0.6 <= loop.time() - began < 1.5
    assert len(office.heard("ada")) == SIDE_BY_SIDE * 2


async def test_draining_beside_a_running_worker_waits_for_what_that_one_sends(office: Office) -> None:
    office.slack.world.faults.plan("chat.postMessage", delay=0.2)
    running = asyncio.create_task(office.delivery.run())
    told = office.tell("ada")
    await asyncio.sleep(0)
    await office.delivery.drain()

    assert office.row(told).state == "sent"
    await office.delivery.stop()
    await running


# Timers ---------------------------------------------------------------------------------------------------------------


async def test_a_timer_performs_its_command_as_the_system(office: Office) -> None:
    timer = office.put(Timer(ExpireInvitation("inv")))
    await office.deliver()

    assert office.shelf.performed == [ExpireInvitation("inv")]
    assert office.row(timer).state == "sent"


async def test_a_timer_that_meets_a_busy_database_fires_again(office: Office) -> None:
    office.shelf.outcome = Refused("busy")
    timer = office.put(Timer(ExpireInvitation("inv")))
    await office.deliver()
    await office.deliver_after(seconds=1)

    assert len(office.shelf.performed) == 2
    assert office.row(timer).state == "waiting"


async def test_a_stale_timer_is_done(office: Office) -> None:
    office.shelf.outcome = Refused("invitation-gone")
    timer = office.put(Timer(ExpireInvitation("inv")))
    await office.deliver()

    assert office.row(timer).state == "sent"


# Who is told where ----------------------------------------------------------------------------------------------------


async def test_who_has_no_slack_is_told_by_mail(office: Office) -> None:
    office.tell("zoe")
    await office.deliver()

    assert office.mailbox.messages[0].to == "zoe@example.org"
    assert office.slack.world.calls_of("chat.postMessage") == []


async def test_who_cannot_be_reached_in_slack_is_told_by_mail(office: Office) -> None:
    office.tell("dan")
    await office.deliver()

    assert [mail.to for mail in office.mailbox.messages] == ["dan@example.org"]


async def test_without_slack_and_mail_there_is_nothing_to_do() -> None:
    async with opened(mail=False) as office:
        told, gone = office.tell("zoe"), office.put(Told("nobody", "deactivated"))
        await office.deliver()

        assert [office.row(number).state for number in (told, gone)] == ["sent", "sent"]


# Secrets --------------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(3)
async def test_no_link_no_code_and_no_token_is_ever_logged_or_kept(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.shelf.letters["inv"], office.shelf.codes["proof"] = invitation("zoe"), ("zoe@example.org", CODE, "Corp")
    with capture_logs() as logs:
        for fault in (faults.BUSY, faults.NO_SUCH_PERSON, faults.REJECTED, faults.LOST_AFTER_DATA):
            office.mailbox.fail_next(fault, times=2)
            office.put(InvitationMail("inv", 1))
            office.put(CodeMail("proof"))
            office.tell("ada")
            await office.deliver_after(minutes=90)
    mails = "".join(mail.text for mail in office.mailbox.messages)
    # The pretend mail server writes what it receives to its own log, as no client does.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]
    kept = repr([logs, ours, office.outbox.rows])

    assert LINK_TOKEN in mails
    assert CODE in mails
    for secret in (LINK_TOKEN, CODE, TOKEN):
        assert secret not in kept
