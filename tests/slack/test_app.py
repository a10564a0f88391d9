"""The Bolt app takes nothing from its surroundings, answers every fault in words, and logs none of what was typed."""

import logging
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.identity import Installed
from bot.slack.app import slack_app
from bot.slack.tasks import Tasks
from handlers.queries import Busy
from tests.slack.letters import EVENT, MARK, PRESS, SUBMISSION, SUGGESTION

COMMAND = {"command": "/usher", "text": f"invite {MARK}", "team_id": "T1", "user_id": "U1", "trigger_id": "1.2"}


class Broken:
    """A house in which every room raises."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    def __getattr__(self, name: str) -> Any:
        raise self._failure


def app(failure: Exception) -> AsyncApp:
    house: Any = Broken(failure)
    client = AsyncWebClient(base_url="http://127.0.0.1:1/api/")
    return slack_app(house, client=client, tasks=Tasks(), public_url="http://x", installed=Installed("T1", None, "U9"))


async def answer(body: dict[str, Any], failure: Exception | None = None) -> BoltResponse:
    sent: Any = body
    return await app(failure or ValueError(MARK)).async_dispatch(AsyncBoltRequest(body=sent, mode="socket_mode"))


@pytest.mark.parametrize("body", [COMMAND, PRESS, SUBMISSION, SUGGESTION], ids=["command", "press", "form", "search"])
@pytest.mark.invariant(3)
async def test_a_fault_of_ours_is_answered_in_words_and_never_logged_with_them(
    body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logs, caplog.at_level(logging.DEBUG, logger="usher"):
        said = await answer(body)
    assert said.status == 200
    assert MARK not in f"{said.body}{logs}{caplog.text}"
    assert any(log.get("failure") == "ValueError" for log in logs)


async def test_what_went_wrong_reads_as_uncertain_and_a_busy_database_as_refused() -> None:
    assert "Unclear. Something went wrong" in str((await answer(COMMAND)).body)
    assert "Refused. Usher is busy" in str((await answer(COMMAND, Busy())).body)


async def test_an_event_that_was_not_taken_is_asked_for_again() -> None:
    changed = EVENT | {"event": {"type": "user_change", "user": {"id": "U1", "team_id": "T1"}}}
    assert (await answer(changed)).status == 503


async def test_what_nobody_listens_for_is_taken_quietly() -> None:
    unknown = PRESS | {"actions": [{"type": "button", "action_id": "long_gone", "block_id": "b"}]}
    with capture_logs() as logs:
        assert (await answer(unknown)).status == 200
    assert [log["event"] for log in logs] == ["nobody listens for this"]


async def test_slacks_look_at_the_certificate_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_VERIFICATION_TOKEN", "another")
    assert (await answer({"ssl_check": "1", "token": "whatever"})).status == 200


async def test_nothing_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "xoxb-from-elsewhere")
    made: Any = app(ValueError())
    assert made.client.token is None
    assert made.client.base_url == "http://127.0.0.1:1/api/"
    assert "Unclear" in str((await answer(COMMAND)).body)
