"""What could not be delivered, through the doors of Slack, with a mail server that really refuses."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.mailbox import NO_SUCH_PERSON, TRY_LATER
from tests.conftest import Settled
from tests.doors import Team, team
from tests.running import busy


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        await found.bot.settle()
        yield found


def labels(controls: list[str]) -> list[str]:
    return [one for one in controls if one.startswith("Undelivered")]


async def test_a_refused_mail_is_listed_and_sent_again_once_the_server_takes_it(acme: Team) -> None:
    ada, mailbox = acme.ada, acme.bot.mailbox
    assert not labels([one.label for one in (await ada.type("/usher settings")).view.controls])  # pyright: ignore[reportOptionalMemberAccess]
    await ada.close()
    mailbox.fail_next(NO_SUCH_PERSON)
    await ada.type("/usher invite nobody@example.net as member")
    await acme.bot.settle()
    assert not [one for one in mailbox.messages if one.to == "nobody@example.net"]

    form = (await ada.type("/usher settings")).view
    assert form is not None
    assert labels([one.label for one in form.controls]) == ["Undelivered (1)"]
    opened = (await ada.press("Undelivered (1)", on=form)).view
    assert opened is not None
    assert "1 message could not be delivered. Mend what is in the way" in opened.words
    assert "Invitation by mail for nobody@example.net, just now, after 1 try" in opened.words
    assert "The mail server said: 550 5.1.1 There is no such mailbox" in opened.words

    await ada.press("Send again", on=opened)
    again = await ada.wait_for_modal("Done. It is being sent again.")
    assert "Everything was delivered" in again.words
    await acme.bot.settle()
    [mail] = [one for one in mailbox.messages if one.to == "nobody@example.net"]
    assert "/invitations/" in mail.text
    await ada.close()
    assert not labels([one.label for one in (await ada.type("/usher settings")).view.controls])  # pyright: ignore[reportOptionalMemberAccess]


@pytest.mark.invariant(46)
async def test_where_the_page_cannot_be_drawn_anew_how_it_ended_is_told(
    acme: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.bot.mailbox.fail_next(NO_SUCH_PERSON)
    await acme.ada.type("/usher invite nobody@example.net as member")
    await acme.bot.settle()
    form = (await acme.ada.type("/usher settings")).view
    opened = (await acme.ada.press("Undelivered (1)", on=form)).view
    monkeypatch.setattr(acme.bot.usher.queries, "undelivered", busy)
    await acme.ada.press("Send again", on=opened)
    await acme.ada.wait_for_modal("Done. It is being sent again.")


@pytest.mark.invariant(46)
async def test_what_was_given_up_after_a_day_is_sent_all_again_from_home(acme: Team) -> None:
    ada, mailbox = acme.ada, acme.bot.mailbox
    mailbox.fail_next(TRY_LATER, times=200)
    await ada.type("/usher invite one@example.net, two@example.net as member")
    for _ in range(40):
        await acme.bot.later(hours=1)
    mailbox.forgive()
    home = await ada.open_home()
    assert home is not None
    opened = (await ada.press("Undelivered (2)", on=home)).view
    assert opened is not None
    assert "after 32 tries" in opened.words
    assert "Given up after 32 tries." in opened.words
    await ada.press("Send all again", on=opened)
    await ada.wait_for_modal("Done. 2 are being sent again.")
    await acme.bot.settle()
    assert {one.to for one in mailbox.messages} >= {"one@example.net", "two@example.net"}


async def test_nobody_else_is_led_there(acme: Team) -> None:
    acme.bot.mailbox.fail_next(NO_SUCH_PERSON)
    await acme.grace.type("/usher invite nobody@example.net as guest")
    await acme.bot.settle()
    for person in (acme.linus, acme.mei):
        home = await person.open_home()
        assert home is not None
        assert not labels([one.label for one in home.controls])
