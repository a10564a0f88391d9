"""What Slack tells of accounts, as signed events, and what follows from it here."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground import PersonSpec
from tests.conftest import Settled
from tests.doors import Team, read, team


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        await found.bot.settle()
        yield found


async def leaves(acme: Team, name: str) -> None:
    await acme.bot.playground.office.change(name, deleted=True)
    await acme.bot.settle()


@pytest.mark.invariant(20, 28)
async def test_whoever_is_deactivated_in_slack_is_out_and_managers_are_told(acme: Team) -> None:
    assert await acme.status("linus") == "active"
    await leaves(acme, "linus")
    assert await acme.status("linus") == "deactivated"
    for manager in (acme.ada, acme.grace):
        told = manager.dm()[-1].text
        assert "was deactivated in Slack, and so in Acme too." in told
        assert "`/usher reactivate` undoes it" in told
    await acme.bot.playground.office.change("linus", deleted=False)
    await acme.bot.settle()
    assert await acme.status("linus") == "deactivated", "nobody comes back by Slack alone"
    assert "is active in Slack again, and still deactivated in Acme." in acme.ada.dm()[-1].text
    assert "Done" in (await acme.ada.type("/usher reactivate linus@example.com")).text
    assert await acme.status("linus") == "active"


@pytest.mark.invariant(38)
async def test_the_same_event_again_deactivates_and_tells_once(acme: Team) -> None:
    wire = acme.bot.playground.wire
    await leaves(acme, "linus")
    count = len(acme.ada.dm())
    assert count
    [sent] = [one for one in wire.deliveries if b'"user_change"' in one.body]
    await wire.again(sent)
    await acme.bot.settle()
    assert len(acme.ada.dm()) == count


async def test_the_setting_is_chosen_in_the_form_and_then_nothing_follows(acme: Team) -> None:
    form = (await acme.ada.type("/usher settings")).view
    assert form
    assert "When somebody is deactivated in Slack" in form.words
    done = await acme.ada.submit(follow_slack="Change nothing here")
    assert "Done" in read(done, acme.ada)
    await leaves(acme, "linus")
    assert await acme.status("linus") == "active"
    await acme.ada.close()
    await acme.ada.type("/usher settings")
    unchanged = await acme.ada.submit()
    assert "Refused" in read(unchanged, acme.ada) or unchanged.errors


@pytest.mark.invariant(23)
async def test_the_last_head_stays_and_managers_hear_why(acme: Team) -> None:
    await leaves(acme, "ada")
    assert await acme.status("ada") == "active"
    assert "but not in Acme: nobody else holds the highest role." in acme.grace.dm()[-1].text


@pytest.mark.invariant(28)
async def test_whoever_joins_slack_after_they_were_invited_is_offered_their_invitation_once(acme: Team) -> None:
    await acme.ada.type("/usher invite nell@example.com as member")
    await acme.bot.settle()
    ground = acme.bot.playground
    await ground.office.join(PersonSpec(name="nell", real_name="Nell Gwyn", email="nell@example.com"))
    await acme.bot.settle()
    nell = acme.nell
    assert len(nell.dm()) == 1
    await ground.office.change("nell", real_name="Nell G.")
    await nell.type("/access me")
    await acme.bot.settle()
    assert len([one for one in nell.dm() if one.controls]) == 1, "once"
    assert "Welcome to Acme" in (await nell.press("Accept", on=nell.dm()[0])).text
    assert await acme.status("nell") == "active"


@pytest.mark.invariant(28)
@pytest.mark.parametrize("said", [{"is_restricted": True}, {"is_bot": True}, {"team_id": "T0PARTNER"}])
async def test_guests_bots_and_other_teams_are_offered_nothing(acme: Team, said: dict[str, Any]) -> None:
    await acme.ada.type("/usher invite nell@example.com as member")
    await acme.bot.settle()
    spec = PersonSpec(name="nell", real_name="Nell Gwyn", email="nell@example.com", **said)
    await acme.bot.playground.office.join(spec)
    await acme.bot.settle()
    assert acme.nell.dm() == []


async def test_another_name_in_slack_is_offered_and_not_taken(acme: Team) -> None:
    await acme.bot.playground.office.change("linus", real_name="Linus C. Pauling")
    await acme.bot.settle()
    told = acme.linus.dm()[-1].text
    assert "Slack now knows you as “Linus C. Pauling”; in Acme you have another name." in told
    count = len(acme.linus.dm())
    await acme.bot.playground.office.change("linus", tz="Europe/Paris")
    await acme.bot.settle()
    assert len(acme.linus.dm()) == count
    listed = await acme.ada.type("/usher invitations")
    assert "Linus C." not in listed.text
