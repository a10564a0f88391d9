"""What could not be delivered: who sees it, what they read of it, and that it is sent again, audited."""

import pytest

from handlers.commands import CreateWebhook, Invite, SendAgain, SentAgain, StartConnecting, WebhookMade
from handlers.dead_letter_queries import UndeliveredPage
from handlers.flows.dead_letters import MOST
from storage.tables import outbox
from tests.people import Org, Somebody, closing, organization, result, why
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")
WHY = "The mail server said: 550 5.1.1 <b@example.com> is unknown; see …"


async def dies(acme: Org, *, kind: str = "") -> list[str]:
    """The keys of what delivery gave up, of one kind or of all."""
    keys: list[str] = []
    while parcels := await acme.usher.post.claim(20):
        for parcel in parcels:
            if kind in ("", parcel.notice.kind):
                await acme.usher.post.dead(parcel, error=WHY)
                keys.append(parcel.key)
            else:
                await acme.usher.post.sent(parcel)
    return keys


async def page(who: Somebody, after: str | None = None) -> UndeliveredPage | None:
    return await who.org.usher.queries.undelivered(await who.desk(), after=after)


async def left(acme: Org) -> dict[str, tuple[str, int]]:
    return {row["key"]: (row["state"], row["attempts"]) for row in await acme.rows(outbox)}


@pytest.mark.invariant(40)
async def test_a_dead_letter_is_due_again_at_once_as_if_never_tried_and_audited(database_url: str) -> None:
    acme = await organization(database_url)
    await dies(acme, kind="nothing")
    await acme.founder.does(Invite(("b@example.com",), "member"))
    [key] = await dies(acme, kind="invitation-mail")
    assert (await left(acme))[key] == ("dead", 1)
    seen = await page(acme.founder)
    assert seen is not None
    [row] = seen.rows
    assert (row.kind, row.to, row.why, row.tries) == ("invitation-mail", "b@example.com", WHY, 1)
    acme.clock.pass_by(hours=3)
    acme.usher.store.wakened.clear()
    assert result(await acme.founder.does(SendAgain(key)), SentAgain) == SentAgain(1, 0)
    assert acme.usher.store.wakened.is_set(), "delivery need not find it by chance"
    assert (await left(acme))[key] == ("waiting", 0)
    [record] = await acme.audited("letter.sent-again")
    assert record["target"] == f"letter:{key}"
    assert key in {parcel.key for parcel in await acme.usher.post.claim(20)}
    assert why(await acme.founder.does(SendAgain(key))) == "letter-gone"
    assert await acme.usher.queries.undelivered_count(await acme.founder.desk()) == 0
    assert await acme.chain_is_broken() is None


async def test_only_who_may_change_settings_sees_them_and_sends_them_again(database_url: str) -> None:
    acme = await organization(database_url)
    manager, member = await acme.member("manager"), await acme.member("member")
    await dies(acme, kind="nothing")
    await acme.founder.does(Invite(("b@example.com",), "member"))
    [key] = await dies(acme, kind="invitation-mail")
    for who in (manager, member):
        assert await page(who) is None
        assert await acme.usher.queries.undelivered_count(await who.desk()) == 0
        assert why(await who.does(SendAgain(key))) == "may-not"
        assert why(await who.does(SendAgain(""))) == "may-not"
    assert (await left(acme))[key] == ("dead", 1)


@pytest.mark.invariant(27)
async def test_a_letter_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    await other.founder.does(Invite(("b@example.com",), "member"))
    [key] = await dies(acme, kind="invitation-mail")
    assert why(await acme.founder.does(SendAgain(key))) == "letter-gone"
    assert why(await acme.founder.does(SendAgain(""))) == "letter-gone"
    assert (await page(acme.founder)) == UndeliveredPage((), 0)
    assert result(await other.founder.does(SendAgain("")), SentAgain).letters == 1


@pytest.mark.invariant(3)
async def test_a_webhook_shows_its_host_and_nothing_shows_codes_or_links(database_url: str) -> None:
    acme = await organization(database_url)
    url = "https://hooks.example.org/secret-path?token=hush"
    result(await acme.operator(CreateWebhook(url)), WebhookMade)
    ada = await acme.webmember()
    bob = await acme.stranger("Bob")
    await bob.does(StartConnecting(ada.email))
    await acme.founder.does(Invite(("b@example.com",), "member"))
    await dies(acme)
    seen = await page(acme.founder)
    assert seen is not None
    kinds = {row.kind: row.to for row in seen.rows}
    assert kinds["webhook-event"] == "hooks.example.org"
    assert kinds["code-mail"] == "Webber"
    assert "hush" not in repr(seen)
    assert "secret-path" not in repr(seen)


async def test_ten_a_page_newest_first_in_few_statements_and_all_are_sent_in_bounded_goes(database_url: str) -> None:
    acme = await organization(database_url)
    await dies(acme, kind="nothing")
    addresses = tuple(f"p{n:03}@example.com" for n in range(200))
    await acme.founder.does(Invite(addresses, "member"))
    await acme.founder.does(Invite(("x@example.com", "y@example.com"), "member"))
    keys = await dies(acme, kind="invitation-mail")
    assert len(keys) == 202
    desk = await acme.founder.desk()
    with counting(acme.usher.store) as counted:
        first = await acme.usher.queries.undelivered(desk)
    assert len(counted.read) <= 3
    assert first is not None
    assert (first.total, len(first.rows), first.turns.previous) == (202, 10, None)
    assert {row.to for row in first.rows[:2]} == {"x@example.com", "y@example.com"}
    second = await page(acme.founder, first.turns.next)
    assert second is not None
    assert not {row.key for row in first.rows} & {row.key for row in second.rows}
    assert await page(acme.founder, second.turns.previous) == first
    with counting(acme.usher.store) as counted:
        done = result(await acme.founder.does(SendAgain("")), SentAgain)
    assert (done.letters, done.left) == (MOST, 2)
    assert len(counted.written) <= 8
    assert len(await acme.audited("letter.sent-again")) == MOST
    assert await page(acme.founder, second.turns.next) is not None, "a key whose row is gone is the first page"
