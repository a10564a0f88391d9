"""Who a request comes from: what is missing, or not of this workspace, is nobody (invariant 28)."""

from typing import Any

import pytest

from bot.identity import Caller, Identity, Installed, delivery_of, noted
from bot.slack.calls import Calls
from handlers.commands import Account, CardPlace, Refused

pytestmark = pytest.mark.invariant(28)

HERE = Installed("T1", None, "U0BOT")
GRID = Installed("T1", "E1", "U0BOT")
COMMAND = {"command": "/usher", "text": "help", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "t"}
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1", "domain": "x"},
    "enterprise": None,
    "channel": {"id": "C1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2", "is_ephemeral": False},
    "message": {"ts": "1.2"},
    "trigger_id": "t",
    "actions": [{"type": "button", "action_id": "approve", "block_id": "b", "value": "r1"}],
}
SENT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1"},
    "view": {"id": "V1", "type": "modal", "callback_id": "invite", "team_id": "T1"},
}
EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U1"},
}


async def caller(body: dict[str, Any], installed: Installed = HERE) -> Caller | Refused:
    nobody: Any = None
    return await Identity(nobody, Calls(nobody), installed=installed).caller(body)


@pytest.mark.parametrize("body", [COMMAND, PRESS, SENT, EVENT], ids=["command", "press", "form", "event"])
async def test_a_person_is_the_team_and_the_user_and_on_grid_the_enterprise_and_the_user(body: dict[str, Any]) -> None:
    here, grid = await caller(body), await caller(body | {"enterprise": {"id": "E1"}}, GRID)
    assert isinstance(here, Caller)
    assert isinstance(grid, Caller)
    assert here.account == Account("T1", "U1")
    assert grid.account == Account("E1", "U1")
    assert here.workspace == grid.workspace == "T1"


@pytest.mark.parametrize(
    "body",
    [
        COMMAND | {"team_id": "T2"},
        COMMAND | {"user_id": ""},
        COMMAND | {"user_id": "U0BOT"},
        COMMAND | {"team_id": ""},
        COMMAND | {"enterprise_id": "E9"},
        PRESS | {"user": {"id": "U1", "team_id": "T2"}},
        PRESS | {"team": {"id": "T2"}},
        PRESS | {"team": None},
        PRESS | {"user": dict[str, str]()},
        PRESS | {"enterprise": {"id": "E9"}},
        SENT | {"user": {"id": "U1", "team_id": "T2"}},
        EVENT | {"team_id": "T2"},
        EVENT | {"event": {"type": "app_home_opened"}},
    ],
)
async def test_whoever_is_not_surely_of_this_workspace_is_refused(body: dict[str, Any]) -> None:
    assert await caller(body) == Refused("not-for-guests")


@pytest.mark.invariant(35)
async def test_a_pressed_message_is_compared_with_the_card_and_what_only_its_reader_sees_is_none() -> None:
    on_message = await caller(PRESS)
    ephemeral = await caller(PRESS | {"container": PRESS["container"] | {"is_ephemeral": True}})
    on_home = await caller(
        PRESS | {"view": {"id": "V1", "type": "home"}, "container": {"type": "view"}, "message": None}
    )
    placeless = await caller(PRESS | {"container": None, "message": None, "channel": None})
    assert isinstance(on_message, Caller)
    assert isinstance(ephemeral, Caller)
    assert isinstance(on_home, Caller)
    assert isinstance(placeless, Caller)
    assert on_message.card == CardPlace("C1", "1.2")
    assert ephemeral.card is None
    assert on_home.card is None
    assert placeless.card == CardPlace("", "")


@pytest.mark.invariant(38)
@pytest.mark.parametrize(
    ("body", "key"),
    [
        (COMMAND, "trigger:t"),
        (PRESS, "press:t:approve"),
        (SENT, "view:V1:invite"),
        (EVENT, "event:Ev1"),
        (COMMAND | {"trigger_id": None}, None),
    ],
)
def test_every_delivery_has_its_own_key(body: dict[str, Any], key: str | None) -> None:
    assert delivery_of(body) == key


USER: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "real_name": "Ada",
    "tz": "Europe/Berlin",
    "profile": {"email": "ada@example.org", "real_name": "Ada Lovelace"},
}


def test_what_slack_says_of_a_full_member_is_taken_as_it_is() -> None:
    note = noted(USER, Account("T1", "U1"), "T1")
    assert (note.name, note.email, note.timezone) == ("Ada Lovelace", "ada@example.org", "Europe/Berlin")
    assert not any([note.guest, note.bot, note.stranger, note.deleted, note.workspace_admin])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"deleted": True}, "deleted"),
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_bot": True}, "bot"),
        ({"is_workflow_bot": True}, "bot"),
        ({"is_stranger": True}, "stranger"),
        ({"team_id": "T2"}, "stranger"),
        ({"team_id": None}, "stranger"),
        ({"is_admin": True}, "workspace_admin"),
        ({"is_owner": True}, "workspace_admin"),
    ],
)
def test_every_sort_of_account_is_told_apart(said: dict[str, Any], field: str) -> None:
    assert getattr(noted(USER | said, Account("T1", "U1"), "T1"), field) is True


def test_an_address_that_slack_has_not_confirmed_is_none() -> None:
    assert noted(USER | {"is_email_confirmed": False}, Account("T1", "U1"), "T1").email is None
    assert noted(USER | {"profile": {}}, Account("T1", "U1"), "T1").email is None


def test_on_grid_a_person_of_this_workspace_is_no_stranger() -> None:
    of_grid = USER | {"team_id": "T7", "enterprise_user": {"teams": ["T7", "T1"]}}
    assert not noted(of_grid, Account("E1", "U1"), "T1").stranger
    assert noted(USER | {"team_id": "T7", "enterprise_user": {"teams": ["T7"]}}, Account("E1", "U1"), "T1").stranger
