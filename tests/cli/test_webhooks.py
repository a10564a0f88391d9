"""`usher webhook`: made, listed and deleted at the command line, and what was made there is delivered."""

from pathlib import Path

import pytest

from bot.clock import clock
from handlers.commands import Invite
from storage.tables import organizations, webhooks
from tests.cli.conftest import Command
from tests.cli.database import in_a_process, in_a_thread
from tests.delivery.receiver import receiving
from tests.delivery.test_webhooks import worker
from tests.people import closing, organization

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


@pytest.mark.invariant(3)
async def test_a_webhook_is_made_heard_listed_and_deleted_while_usher_serves(
    database_url: str, tmp_path: Path, command: Command
) -> None:
    acme = await organization(database_url)
    usher = in_a_thread(command, database_url)
    async with receiving() as receiver, worker(acme) as delivery:
        made = await in_a_process(tmp_path, database_url, "webhook", "create", receiver.url, "--organization", "acme")
        assert (made.status, made.err) == (0, "")
        acme.clock.now = clock()  # that of the process
        *said, secret = made.out.splitlines()
        await acme.operator(Invite(("one@example.com",), "member"))
        await delivery.drain()
        signed = [one.is_signed_by(secret, at=clock().timestamp()) for one in receiver.heard]
        listed = await usher("webhook", "list")
        again = await usher("webhook", "create", "http://product.example.com/")
        deleted = await usher("webhook", "delete", receiver.url)
        none = await usher("webhook", "list")

    assert receiver.types == ["webhook.created", "member.invited"]
    assert signed == [True, True]
    assert secret.startswith("whsec_")
    assert said[0].startswith(f"Done. The webhook to {receiver.url} is made.")
    [kept] = await acme.rows(webhooks)
    line = listed.out.splitlines()[-1]  # before it stands what the worker here had to say
    assert (line.split()[0], line.split()[-1]) == (kept["id"], receiver.url)
    assert (again.status, len(again.lines)) == (1, 1)
    assert again.err.startswith("Refused. This isn't an address that Usher may send to. Write one like https://")
    assert none.out == "There is no webhook yet. Make one with: usher webhook create URL\n"
    assert deleted.out == f"Done. The webhook to {receiver.url} is deleted, and hears of nothing any more.\n"
    assert [row["hooked"] for row in await acme.rows(organizations)] == [False]
    assert secret.removeprefix("whsec_") not in await acme.dump() + listed.out + again.err + deleted.out
