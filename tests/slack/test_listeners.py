"""What the manifest announces and what a view builds is heard, and no scope is asked for that is not used."""

import ast
import re
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
import structlog
import yaml
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.identity import Installed
from bot.slack import app, buttons, commands, ids, modals, shortcuts, suggestions
from bot.slack.tasks import Tasks
from tests.slack.letters import ACTION, EVENT, MESSAGE_SHORTCUT, PRESS, SHORTCUT, SUBMISSION, SUGGESTION, VIEW

ROOT = Path(__file__).parents[2]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in (ROOT / "bot").rglob("*.py")
    if "playground" not in path.parts
}
VIEWS = {name: text for name, text in SOURCES.items() if name.startswith("bot/slack/views/")}


# --- the manifest and the listeners ----------------------------------------------------------------------------------


def announced(manifest: Mapping[str, Any]) -> set[str]:
    features = manifest["features"]
    return {
        *(command["command"] for command in features["slash_commands"]),
        *(shortcut["callback_id"] for shortcut in features["shortcuts"]),
        *manifest["settings"]["event_subscriptions"]["bot_events"],
    }


HEARD = {*commands.SLASHES, *shortcuts.SHORTCUTS, *app.EVENTS}


def test_the_manifest_announces_what_is_heard_and_nothing_else() -> None:
    assert announced(MANIFEST) == HEARD


@pytest.mark.parametrize("place", ["slash_commands", "shortcuts"])
def test_a_manifest_out_of_step_is_found(place: str) -> None:
    shorter = {**MANIFEST, "features": {**MANIFEST["features"], place: MANIFEST["features"][place][1:]}}
    assert announced(shorter) != HEARD


# --- what Slack is asked for -----------------------------------------------------------------------------------------

# https://docs.slack.dev/reference/methods
SCOPES = {
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "views.open": None,
    "views.publish": None,
    "views.push": None,
    "views.update": None,
}
METHOD = re.compile(r'"((?:auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)\.[A-Za-z.]+)"')
NO_METHODS = {"users.csv", "files.slack.com"}


def needed(sources: Collection[str]) -> set[str]:
    """The scopes of every method that is called; an unknown method is a KeyError, until its scope stands above."""
    called = {SCOPES[method] for source in sources for method in METHOD.findall(source) if method not in NO_METHODS}
    takes_files = {"files:read"} if any('"file_input"' in source for source in sources) else set[str]()
    return {"commands", *takes_files, *(scope for scope in called if scope)}


def test_the_scopes_are_those_that_are_used() -> None:
    assert needed(SOURCES.values()) == set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_a_call_without_its_scope_is_found() -> None:
    assert "chat:write" not in needed(['"users.info"'])
    with pytest.raises(KeyError):
        needed(['client.api_call("conversations.history")'])


# --- every id that a view builds -------------------------------------------------------------------------------------


HEARS = "bot/slack/buttons.py"


def constants(module: ModuleType) -> dict[str, str]:
    return {name: str(value) for name, value in vars(module).items() if name.isupper()}


def calls(sources: Mapping[str, str], name: str) -> Iterator[tuple[str, ast.Call]]:
    for place, source in sources.items():
        for one in ast.walk(ast.parse(source)):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == name:
                yield f"{place}:{one.lineno}", one


def spelt_out(sources: Mapping[str, str]) -> set[str]:
    """Buttons and forms whose id is typed on the spot, so that nothing ties it to its listener.

    A form without a button to send it is a page: nothing comes back from it.
    """
    pressed = {place for place, call in calls(sources, "button") if _literal(_argument(call, 1, "action_id"))}
    forms = {
        place
        for place, call in calls(sources, "modal")
        if _literal(_argument(call, 1, "callback_id")) and not _is_page(call)
    }
    bare = {
        f"{place}:{node.lineno}"
        for place, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict) and _names_an_action(node)
    }
    return pressed | forms | bare


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    named = (keyword.value for keyword in call.keywords if keyword.arg == name)
    return call.args[position] if len(call.args) > position else next(named, None)


def _literal(one: ast.expr | None) -> bool:
    return isinstance(one, ast.Constant | ast.JoinedStr)


def _is_page(call: ast.Call) -> bool:
    submit = _argument(call, 99, "submit")
    return isinstance(submit, ast.Constant) and submit.value == ""


def _names_an_action(node: ast.Dict) -> bool:
    pairs = zip(node.keys, node.values, strict=True)
    return any(isinstance(key, ast.Constant) and key.value == "action_id" and _literal(value) for key, value in pairs)


def test_every_id_comes_from_the_list_of_ids() -> None:
    assert spelt_out(SOURCES) == set()


@pytest.mark.parametrize(
    "source",
    [
        'button("Approve", "approve", card.id)',
        'button("Approve", action_id="approve")',
        'modal("Deny", "deny", blocks, submit="Deny")',
        'modal("Deny", f"deny-{card.id}", blocks)',
        '{"type": "button", "action_id": "approve"}',
    ],
)
def test_an_id_typed_on_the_spot_is_found(source: str) -> None:
    assert spelt_out({"sample.py": source}) == {"sample.py:1"}


def test_every_button_has_a_listener_and_every_listener_a_button() -> None:
    shown = {
        name for place, text in SOURCES.items() if place != HEARS for name in re.findall(r"\bids\.([A-Z_]+)", text)
    }
    assert set(constants(ids).values()) == set(buttons.PRESSED)
    assert set(constants(ids)) == shown


def test_every_form_has_a_reader() -> None:
    built = re.findall(r'^\w*CALLBACK = "([\w-]+)"', "\n".join(VIEWS.values()), re.MULTILINE)
    assert set(built) == set(modals.FORMS)


# --- the real Bolt app -----------------------------------------------------------------------------------------------


@pytest.fixture
async def bolt() -> AsyncIterator[AsyncApp]:
    """The real one, installed in another workspace: each listener turns the sender away, a missing one is told."""
    tasks, slack = Tasks(), AsyncWebClient(base_url="http://127.0.0.1:9/")
    elsewhere = Installed(team="T9", enterprise=None, bot_user="U9")
    yield app.slack_app(cast("Any", None), client=slack, tasks=tasks, public_url="", installed=elsewhere)
    await tasks.close(timedelta(0))


async def answer(bolt: AsyncApp, body: Mapping[str, Any]) -> list[str]:
    with structlog.testing.capture_logs() as said:
        await bolt.async_dispatch(AsyncBoltRequest(body=dict(body), mode="socket_mode"))
    return [entry["event"] for entry in said]


def sent() -> Iterator[tuple[str, dict[str, Any]]]:
    command = {"text": "", "team_id": "T1", "user_id": "U1"}
    yield from ((name, {**command, "command": name}) for name in commands.SLASHES)
    for name in buttons.PRESSED:
        yield f"button {name}", {**PRESS, "actions": [{**ACTION, "action_id": name}]}
    for name in modals.FORMS:
        yield f"form {name}", {**SUBMISSION, "view": {**VIEW, "callback_id": name}}
    for name in suggestions.SEARCHES:
        yield f"search {name}", {**SUGGESTION, "action_id": name}
    for shortcut in MANIFEST["features"]["shortcuts"]:
        kind = MESSAGE_SHORTCUT if shortcut["type"] == "message" else SHORTCUT
        yield shortcut["callback_id"], {**kind, "callback_id": shortcut["callback_id"]}
    for name in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        yield name, {**EVENT, "event": {"type": name, "user": {"id": "U1"}}}


SENT = dict(sent())


@pytest.mark.parametrize("name", SENT)
async def test_what_slack_may_send_reaches_its_listener(bolt: AsyncApp, name: str) -> None:
    assert "nobody listens for this" not in await answer(bolt, SENT[name])


async def test_what_nobody_listens_for_is_told(bolt: AsyncApp) -> None:
    unknown = {**PRESS, "actions": [{**ACTION, "action_id": "forgotten"}]}
    assert await answer(bolt, unknown) == ["nobody listens for this"]
