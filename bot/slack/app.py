"""The Bolt app: every listener, by door. The guard has verified and parsed each request before it comes here."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.identity import Body, Identity, Installed
from bot.slack import buttons, commands, events, failing, home, modals, shortcuts, suggestions
from bot.slack.calls import Calls
from bot.slack.door import Door
from bot.slack.homes import Homes
from bot.slack.tasks import Tasks
from bot.slack.views import answer
from bot.slack.views.blocks import message
from bot.wording.phrase import Phrase
from handlers.commands import Minted
from handlers.house import Usher

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

Listener = Callable[[Door, Any, Body], Awaitable[None]]

EVENTS: Mapping[str, Listener] = {
    "app_home_opened": home.opened,
    "team_join": events.account_changed,
    "user_change": events.account_changed,
}


def slack_app(
    usher: Usher, *, client: AsyncWebClient, tasks: Tasks, public_url: str, installed: Installed | None = None
) -> AsyncApp:
    """`installed`: where Usher is installed, if that is known already; else Slack is asked once (`auth.test`)."""
    return app_of(door_of(usher, client=client, tasks=tasks, public_url=public_url, installed=installed), client=client)


def app_of(door: Door, *, client: AsyncWebClient) -> AsyncApp:
    app = _bolt(client)
    _listen(app, door)
    app.error(_failed)
    return app


def door_of(
    usher: Usher, *, client: AsyncWebClient, tasks: Tasks, public_url: str, installed: Installed | None = None
) -> Door:
    calls = Calls(client)
    identity = Identity(usher, calls, installed=installed)

    def link(minted: Minted) -> str:
        return public_url.rstrip("/") + usher.enrolments.path(minted)

    return Door(usher, identity, calls, tasks, Homes(usher, identity, calls), link)


def _bolt(client: AsyncWebClient) -> AsyncApp:
    """Everything is passed, so that nothing comes from the environment behind our back.

    Bolt's own client is made without the token: with one it would ask `auth.test` before the first request and refuse
    that while Slack is down. Our own calls go through `Calls`.
    """
    return AsyncApp(
        name="usher.bolt",  # Bolt sets the level of the logger of this name, with every request
        logger=_quiet(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret="",
        client=AsyncWebClient(base_url=client.base_url),
        authorize=_authorized,
        before_authorize=_answer_ssl_check,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


def _quiet() -> logging.Logger:
    """Below this level Bolt logs whole bodies."""
    logger = logging.getLogger("usher.bolt")
    logger.setLevel(logging.ERROR)
    return logger


async def _authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Bolt wants to know which installation this is; `Identity` compares it with ours, request by request."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="")


async def _answer_ssl_check(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
    """Slack tries our certificate now and then; Bolt's own answer depends on SLACK_VERIFICATION_TOKEN."""
    if body.get("ssl_check") == "1":
        return BoltResponse(status=200)
    await next_()
    return None


def _listen(app: AsyncApp, door: Door) -> None:
    bolt = cast("Any", app)  # Bolt's decorators are untyped.
    for slash in commands.SLASHES:
        bolt.command(slash)(_bound(door, commands.listener))
    for callback in modals.FORMS:
        bolt.view(callback)(_bound(door, modals.listener))
    for action in buttons.PRESSED:
        bolt.action(action)(_bound(door, buttons.listener))
    for search in suggestions.SEARCHES:
        bolt.options(search)(_bound(door, suggestions.listener))
        # A select in a form is read when the form is sent.
        bolt.action(search)(_bound(door, _nothing))
    for callback in shortcuts.SHORTCUTS:
        bolt.shortcut(callback)(_bound(door, shortcuts.listener))
    for event, listener in EVENTS.items():
        bolt.event(event)(_bound(door, listener))


def _bound(door: Door, listener: Listener) -> Callable[..., Awaitable[None]]:
    async def heard(ack: Any, body: dict[str, Any]) -> None:
        await listener(door, ack, body)

    return heard


async def _nothing(door: Door, ack: Any, body: Body) -> None:
    del door, body
    await ack()


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """A fault of ours."""
    if isinstance(error, BoltUnhandledRequestError):
        _log.warning("nobody listens for this", kind=str(body.get("type") or body.get("command"))[:40])
    else:
        failing.logged(error)
    # Slack sends an event again that was not taken, and shows anybody who waits what is said with 200 alone.
    status = 503 if body.get("type") == "event_callback" else 200
    return BoltResponse(status=status, body=_apology(body, failing.said(error)))


def _apology(body: Mapping[str, Any], phrase: Phrase) -> dict[str, Any] | str:
    if "command" in body:
        return {"response_type": "ephemeral", **message(phrase).fields()}
    match body.get("type"):
        case "view_submission":
            return {"response_action": "update", "view": answer.page_of(phrase)}
        case "block_suggestion":
            return {"options": []}
        case _:
            return ""
