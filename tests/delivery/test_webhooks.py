"""Other software is told of every change: signed, in order, at least once, and nowhere it should not be told."""

import json
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.delivery import webhooks as delivering
from bot.delivery.slack import SlackSender, slack_client
from bot.delivery.trouble import NoAnswer, NotNow
from bot.delivery.webhooks import WebhookSender
from bot.delivery.worker import Delivery
from handlers.commands import (
    ChangeRole,
    CreateWebhook,
    Deactivate,
    DeleteWebhook,
    Invite,
    RequestAccess,
    WebhookDeleted,
    WebhookMade,
)
from handlers.webhooks import WebhookLetter
from storage.records import AuditEntry
from storage.tables import audit, organizations, outbox, webhooks
from tests.delivery.certificates import contexts
from tests.delivery.receiver import Receiver, receiving
from tests.people import Org, closing, organization, result, told, why
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


@dataclass(frozen=True, slots=True)
class Product:
    """An organization, what listens to it, and the worker that delivers; Slack is not there."""

    org: Org
    receiver: Receiver
    webhook: WebhookMade
    delivery: Delivery

    async def deliver(self, **later: float) -> None:
        self.org.clock.pass_by(**later)
        await self.delivery.drain()

    def all_signed(self) -> bool:
        now = self.org.clock().timestamp()
        return all(one.is_signed_by(self.webhook.secret, at=now) for one in self.receiver.heard)

    async def waiting(self) -> list[dict[str, Any]]:
        rows = [row for row in await self.org.rows(outbox) if row["kind"] == "webhook-event"]
        return sorted(rows, key=lambda row: row["id"])


@asynccontextmanager
async def worker(org: Org) -> AsyncGenerator[Delivery]:
    async with slack_client(token="xoxb-x", base_url="http://127.0.0.1:1/") as client:
        delivery = Delivery(org.usher, slack=SlackSender(client), mail=None, clock=org.clock, public_url="http://x")
        yield delivery
        await delivery.stop()


async def hooked(org: Org, url: str) -> WebhookMade:
    return result(await org.operator(CreateWebhook(url)), WebhookMade)


@asynccontextmanager
async def listening(database_url: str) -> AsyncGenerator[Product]:
    acme = await organization(database_url)
    async with receiving() as receiver, worker(acme) as delivery:
        made = Product(acme, receiver, await hooked(acme, receiver.url), delivery)
        await made.deliver()
        assert receiver.types == ["webhook.created"]
        assert made.all_signed()
        receiver.heard.clear()
        yield made


@pytest.fixture
async def product(database_url: str) -> AsyncIterator[Product]:
    async with listening(database_url) as made:
        yield made


async def test_every_change_arrives_signed_in_order_with_who_did_it_to_whom(product: Product) -> None:
    acme = product.org
    ada, bob = await acme.member("admin"), await acme.member("member")
    asked = await bob.asks(RequestAccess("guest", "less to do"))
    await ada.approves(asked)
    assert why(await bob.does(Deactivate(ada.person))) == "may-not"
    await product.deliver()

    done = (await acme.audited())[-len(product.receiver.heard) :]
    assert product.receiver.types == [row["action"] for row in done]
    assert [one.body["data"]["id"] for one in product.receiver.heard] == [row["id"] for row in done]
    assert {"member.invited", "invitation.accepted"} < set(product.receiver.types)
    assert product.all_signed()
    changed = product.receiver.heard[-1]
    assert changed.headers["Content-Type"] == "application/json"
    assert changed.body == {
        "type": "role.changed",
        "timestamp": "2026-03-02T12:00:00.000000Z",
        "data": {
            "id": done[-1]["id"],
            "organization": "acme",
            "actor": {"id": bob.id, "email": bob.email},
            "target": {"id": bob.id, "email": bob.email},
            "scope": None,
            "request": asked,
            "details": {
                "old": "member",
                "new": "guest",
                "reason": "less to do",
                "via": "request",
                "approver": {"id": ada.id, "email": ada.email},
            },
        },
    }
    assert await product.waiting() == []


async def _undone(acme: Org) -> None:
    async with acme.usher.store.transaction(acme.id, at=acme.clock()) as tx:
        tx.note(AuditEntry(action="never.done", actor="operator"))
        await tx.flush()
        raise ZeroDivisionError


@pytest.mark.invariant(37)
async def test_only_what_was_done_and_committed_is_told_and_once_for_each_webhook(product: Product) -> None:
    acme = product.org
    bob = await acme.member("member")
    second = await hooked(acme, product.receiver.url + "/second")
    await product.deliver()
    product.receiver.heard.clear()

    with pytest.raises(ZeroDivisionError):
        await _undone(acme)
    assert why(await bob.does(Invite(("x@example.com",), "member"))) == "may-not"
    assert await product.waiting() == []
    await acme.founder.does(Deactivate(bob.person))
    rows = await product.waiting()
    assert sorted(row["target"] for row in rows) == sorted(f"webhook:{one.id}" for one in (product.webhook, second))
    await product.deliver()
    assert product.receiver.types == ["member.deactivated"] * 2
    by_path = {one.path: one for one in product.receiver.heard}
    assert by_path["/hooks/second"].is_signed_by(second.secret, at=acme.clock().timestamp())
    assert not by_path["/hooks"].is_signed_by(second.secret, at=acme.clock().timestamp())


@pytest.mark.invariant(38)
async def test_the_same_delivery_again_is_no_second_event(product: Product) -> None:
    bob = await product.org.member("member")
    await product.deliver()
    product.receiver.heard.clear()
    for _ in range(2):
        assert told([await product.org.founder.does(Deactivate(bob.person), delivery="view:1")]) == ["status-changed"]
    await product.deliver()

    assert product.receiver.types == ["member.deactivated"]


async def test_what_fails_is_tried_again_under_the_same_id_and_what_follows_waits_for_it(product: Product) -> None:
    await product.org.operator(Invite(("one@example.com",), "member"))
    await product.org.operator(Invite(("two@example.com",), "member"))
    product.receiver.will_answer(500, 404)
    await product.deliver()
    assert len(product.receiver.heard) == 1
    await product.deliver(seconds=10)
    await product.deliver(seconds=20)

    ids = [one.id for one in product.receiver.heard]
    told_of = [one.body["data"]["details"]["address"] for one in product.receiver.heard]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert told_of == ["one@example.com"] * 3 + ["two@example.com"]
    times = [int(one.headers["webhook-timestamp"]) for one in product.receiver.heard]
    assert times == [times[0], times[0] + 10, times[0] + 30, times[0] + 30]
    assert product.all_signed()


@pytest.mark.parametrize("asked", ["1800", "Mon, 02 Mar 2026 12:30:00 GMT"])
async def test_a_receiver_that_asks_for_time_gets_it(sqlite_url: str, asked: str) -> None:
    async with listening(sqlite_url) as product:
        await product.org.operator(Invite(("one@example.com",), "member"))
        product.receiver.will_answer(429, Retry_After=asked)
        await product.deliver()
        await product.deliver(minutes=29)
        assert len(product.receiver.heard) == 1
        await product.deliver(minutes=1)
        assert len(product.receiver.heard) == 2


async def test_what_never_arrives_becomes_a_dead_letter_and_holds_up_nothing_any_more(sqlite_url: str) -> None:
    async with listening(sqlite_url) as product:
        await product.org.operator(Invite(("one@example.com",), "member"))
        await product.org.operator(Invite(("two@example.com",), "member"))
        product.receiver.will_answer(*[503] * 32)
        for _ in range(33):
            await product.deliver(hours=1)
        [dead] = [row for row in await product.waiting() if row["state"] == "dead"]

    heard = product.receiver.heard
    assert len({one.id for one in heard[:32]}) == 1
    assert heard[-1].body["data"]["details"]["address"] == "two@example.com"
    assert "503" in dead["error"]
    assert product.receiver.url not in dead["error"]


async def test_a_process_that_is_killed_after_sending_leaves_it_to_another_under_the_same_id(database_url: str) -> None:
    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "before-recording":
            raise Killed

    acme = await organization(database_url)
    dying = await acme.replica(reached=kill)
    async with receiving() as receiver, worker(dying) as killed, worker(acme) as other:
        await hooked(acme, receiver.url)
        await killed.drain()
        await other.drain()
        assert len(receiver.heard) == 1
        acme.clock.pass_by(seconds=61)
        await other.drain()

    assert [one.id for one in receiver.heard] == [receiver.heard[0].id] * 2


async def test_410_ends_the_webhook_and_all_that_waits_for_it(product: Product) -> None:
    await product.org.operator(Invite(("one@example.com",), "member"))
    await product.org.operator(Invite(("two@example.com",), "member"))
    product.receiver.will_answer(410)
    await product.deliver()
    await product.org.operator(Invite(("three@example.com",), "member"))
    await product.deliver()

    assert len(product.receiver.heard) == 1
    assert await product.waiting() == []
    [ended] = await product.org.audited("webhook.deleted")
    assert (ended["actor"], ended["target"]) == ("system", f"webhook:{product.webhook.id}")
    assert [row["hooked"] for row in await product.org.rows(organizations)] == [False]
    assert await product.org.chain_is_broken() is None


async def test_a_redirect_leads_nowhere(product: Product) -> None:
    async with receiving() as elsewhere:
        await product.org.operator(Invite(("one@example.com",), "member"))
        product.receiver.will_answer(307, 308, 302, Location=elsewhere.url)
        for _ in range(4):
            await product.deliver(minutes=10)

    assert elsewhere.heard == []
    assert len(product.receiver.heard) == 4
    assert await product.waiting() == []


async def test_receivers_that_keep_usher_waiting_take_no_more_than_two_places(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TIMEOUT", 0.2)
    acme = await organization(sqlite_url)
    async with receiving() as slow, receiving() as quick, worker(acme) as delivery:
        slow.delay = 5
        for number in range(4):
            await hooked(acme, f"{slow.url}/{number}")
        await delivery.drain()
        slow.heard.clear()
        await hooked(acme, quick.url)
        await delivery.drain()
        quick.heard.clear()
        await acme.operator(Invite(("one@example.com",), "member"))
        acme.clock.pass_by(hours=1)
        await delivery.drain()
        errors = [row["error"] or "" for row in await acme.rows(outbox) if row["target"].startswith("webhook:")]

    assert quick.types == ["member.invited"]
    assert len(slow.heard) == 2
    assert sum("TimeoutError" in error for error in errors) >= 2
    assert sum("Others" in error for error in errors) == 2


# Where nothing may go -------------------------------------------------------------------------------------------------

WRONG = [
    "",
    "product.example.com",
    "ftp://product.example.com/",
    "http://product.example.com/",
    "https://user:secret@product.example.com/",
    "https://product.example.com/#here",
    "https:///hooks",
    "https://product.example.com:99999/",
    "https://product.example.com:0/",
    "https://product.example.com/a b",
    "https://product.example.com/\nHost: x",
    "https://prodüct.example.com/",
    f"https://product.example.com/{'x' * 2000}",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[2002:0a00:0001::1]/",
    "http://[::]/",
]


async def test_addresses_that_usher_will_not_send_to_are_refused_when_they_are_given(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    given = [why(await acme.operator(CreateWebhook(url))) for url in WRONG]
    fine = [
        "https://product.example.com/usher?of=acme",
        "http://localhost:1/",
        "https://[::1]/",
        "https://8.8.8.8:8443",
    ]
    made = [await hooked(acme, url) for url in fine]

    assert given == ["url-wrong"] * len(WRONG)
    assert [one.url for one in made] == fine
    assert why(await acme.operator(CreateWebhook(fine[0]))) == "webhook-exists"
    assert why(await acme.founder.does(CreateWebhook("https://mine.example.com/"))) == "may-not"
    assert why(await acme.founder.does(DeleteWebhook(made[0].id))) == "may-not"


def letter(url: str, secret: bytes | None = b"s" * 32) -> WebhookLetter:
    return WebhookLetter("w1", "o1", url, secret, {"type": "x"})


async def test_a_name_that_leads_into_a_private_network_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns a name can point it anywhere after it was given; so the machine is looked at when it is reached."""
    async with receiving() as inside:
        port = int(inside.url.split(":")[2].split("/")[0])
        places = {"hooks.example.com": "127.0.0.1", "local.localhost": "192.0.2.1"}
        asked = socket.getaddrinfo

        def pointing(host: str, *rest: Any, **more: Any) -> Any:
            return asked(places.get(host, host), *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", pointing)
        sender = WebhookSender(clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
        for url in (f"https://hooks.example.com:{port}/", f"http://local.localhost:{port}/", "https://10.0.0.1/"):
            with pytest.raises(NotNow, match="private network"):
                await sender.send(letter(url), key="k")
        places["local.localhost"] = "127.0.0.1"
        assert await sender.send(letter(f"http://local.localhost:{port}/"), key="k")

    assert [one.id for one in inside.heard] == ["k"]


async def test_a_receiver_with_a_certificate_is_asked_for_it(tmp_path: Path) -> None:
    server, trusting = contexts(tmp_path)
    async with receiving(tls=server) as receiver:
        clock = lambda: datetime(2026, 3, 2, tzinfo=UTC)  # noqa: E731 - it stands still
        with pytest.raises(NotNow, match="certificate"):
            await WebhookSender(clock=clock).send(letter(receiver.url), key="k")
        assert receiver.heard == []
        assert await WebhookSender(clock=clock, trust=trusting).send(letter(receiver.url), key="k")
    with pytest.raises(NoAnswer, match="could not be reached"):
        await WebhookSender(clock=clock).send(letter(receiver.url), key="k")
    assert isinstance(trusting, ssl.SSLContext)


# What is kept ---------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(3)
async def test_the_secret_is_sealed_and_of_the_address_the_audit_knows_only_the_host(database_url: str) -> None:
    acme = await organization(database_url)
    made = await hooked(acme, "https://product.example.com/usher?key=hunter2")
    dump = await acme.dump()
    [row] = await acme.rows(webhooks)

    assert made.secret.startswith("whsec_")
    assert made.secret.removeprefix("whsec_") not in dump
    assert made.secret not in repr(made)
    assert dump.count("hunter2") == 1
    assert json.loads((await acme.audited("webhook.created"))[0]["details"])["host"] == "product.example.com"
    assert (row["organization_id"], row["deleted_at"]) == (acme.id, None)


async def test_a_webhook_of_another_organization_is_as_one_that_does_not_exist(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    other = await organization(sqlite_url, workspace="T0OTHER", beside=acme)
    made = await hooked(acme, "https://product.example.com/")

    assert [why(await other.operator(DeleteWebhook(one))) for one in (made.id, made.url)] == ["unknown-webhook"] * 2
    assert [row["slug"] for row in await acme.rows(organizations) if row["hooked"]] == ["acme"]
    result(await acme.operator(DeleteWebhook(made.url)), WebhookDeleted)
    assert why(await acme.operator(DeleteWebhook(made.id))) == "unknown-webhook"
    assert not any(row["hooked"] for row in await acme.rows(organizations))


async def test_what_was_erased_is_left_out(product: Product) -> None:
    acme = product.org
    await acme.operator(Invite(("one@example.com",), "member"))
    async with acme.usher.store.transaction(acme.id, at=acme.clock()) as tx:
        await tx.connection.execute(
            update(audit).where(audit.c.action == "member.invited").values(details=None, salt=None)
        )
    await product.deliver()

    assert product.receiver.heard[-1].body["data"]["details"] == {}
    assert "one@example.com" not in json.dumps(product.receiver.heard[-1].body["data"]["details"])


async def test_an_organization_without_webhooks_pays_nothing_for_those_of_others(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member("member")
    with counting(acme.usher.store) as before:
        await ada.does(ChangeRole(bob.person, "guest"))
    made = await hooked(acme, "https://product.example.com/")
    with counting(acme.usher.store) as with_one:
        await ada.does(ChangeRole(bob.person, "member"))
    await acme.operator(DeleteWebhook(made.id))
    with counting(acme.usher.store) as after:
        await ada.does(ChangeRole(bob.person, "guest"))

    assert not any("webhooks" in statement for statement in [*before.written, *after.written])
    assert sum("webhooks" in statement for statement in with_one.written) == 1
    assert len(with_one.written) == len(before.written) + 1
