import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.guard import Guard, events_route
from tests.slack.letters import (
    CHALLENGE,
    EVENT,
    FORM,
    JSON,
    MARK,
    MESSAGE_SHORTCUT,
    NEXT_SECRET,
    NOW,
    PRESS,
    SECRET,
    SHORTCUT,
    SUBMISSION,
    SUGGESTION,
    VIEW,
    Letter,
    command,
    event,
    form,
    interaction,
    raw_json,
)

Change = Callable[[Letter], Letter]


@dataclass
class Office:
    """The guard and a real Bolt app on a real port, under a clock that a test may move."""

    port: int = 0
    time: datetime = field(default_factory=lambda: datetime.fromtimestamp(NOW, UTC))
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def post(self, letter: Letter) -> int:
        return (await self.raw(letter.bytes(self.port)))[0]

    async def raw(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body


DOORS = (
    ("command", "/usher"),
    ("action", "approve"),
    ("view", "invite"),
    ("options", "person"),
    ("shortcut", "invite_people"),
    ("shortcut", "give_author_access"),
    ("event", "app_home_opened"),
)


def bolt(heard: list[dict[str, Any]]) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B9", bot_user_id="U9")

    app = AsyncApp(authorize=authorize, process_before_response=True, signing_secret="not asked")

    async def listen(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()

    for door, name in DOORS:
        getattr(app, door)(name)(listen)
    return app


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    here = Office()
    guard = Guard(
        signing_secrets=[NEXT_SECRET, SECRET],
        clock=lambda: here.time,
        limit_bytes=20_000,
        limit_seconds=0.3,
        capacity=50,
    )
    app = web.Application()
    app.router.add_post("/slack/events", events_route(guard, bolt(here.heard).async_dispatch))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(access_log=None, lingering_time=0)
    here.port = int(server.port or 0)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - aiohttp
    yield here
    await server.close()


def but(**changes: Any) -> Change:
    return lambda letter: letter.but(**changes)


def header(name: str, value: str) -> Change:
    return lambda letter: letter.but(more=((name, value),))


def instead(letter: Letter) -> Change:
    """The body of another letter, properly signed: only its form is at fault."""
    return lambda _: letter


def press_with(**changes: Any) -> Change:
    return instead(interaction(PRESS | changes))


def without(name: str) -> Change:
    return but(without=(name,))


def nested(depth: int) -> str:
    return json.dumps(EVENT)[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}"


BODY = command().body
UNSIGNED: dict[str, Change] = {
    "without a signature": without("X-Slack-Signature"),
    "without a timestamp": without("X-Slack-Request-Timestamp"),
    "with an empty signature": but(signature=""),
    "signed with another secret": but(secret="another secret of the right len"),
    "with the signature of another body": but(signature=command("help").signed()),
    "with the signature of another time": lambda letter: letter.but(
        signature=letter.but(timestamp=str(NOW - 1)).signed()
    ),
    "with a signature in capitals": lambda letter: letter.but(signature=letter.signed().upper().replace("V0", "v0")),
    "with a signature cut short": lambda letter: letter.but(signature=letter.signed()[:-1]),
    "with a signature of another version": lambda letter: letter.but(signature=letter.signed().replace("v0", "v1")),
    "with a signature beyond ASCII": but(signature="v0=" + "é" * 64),
    "with two signatures": lambda letter: letter.but(more=(("X-Slack-Signature", letter.signed()),)),
    "with two timestamps": header("X-Slack-Request-Timestamp", str(NOW)),
    "with a timestamp in words": but(timestamp="yesterday"),
    "with a negative timestamp": but(timestamp="-1"),
    "with a fractional timestamp": but(timestamp=f"{NOW}.0"),
    "with a timestamp in other digits": but(timestamp=str(NOW).replace("1", "\xb9")),
    "with an endless timestamp": but(timestamp="9" * 400),
    "from six minutes ago": but(timestamp=str(NOW - 360)),
    "from six minutes ahead": but(timestamp=str(NOW + 360)),
    "that is an unsigned ssl_check": instead(Letter(form(ssl_check="1", token=MARK), signature="")),
}
MALFORMED: dict[str, Change] = {
    "without a content type": without("Content-Type"),
    "with an unknown content type": but(content_type="text/plain"),
    "with another charset": but(content_type=f"{FORM}; charset=utf-16"),
    "with a boundary": but(content_type=f"{FORM}; boundary=x"),
    "that says it is JSON and is a form": but(content_type=JSON),
    "that says it is a form and is JSON": instead(event(EVENT).but(content_type=FORM)),
    "with a query": but(query="?text=" + MARK),
    "said to be packed": header("Content-Encoding", "gzip"),
    "larger than the limit": instead(command("x" * 21_000)),
    "with no body": but(body=b""),
    "with a broken escape": but(body=BODY + b"&more=%zz"),
    "with an escape that is not UTF-8": but(body=BODY + b"&more=%ff%fe"),
    "with raw bytes in a form": but(body=BODY + "&more=é".encode()),
    "with a field named twice": but(body=BODY + b"&user_id=U2"),
    "with a field without a value": but(body=BODY + b"&more"),
    "with a hundred fields": but(body=BODY + b"".join(b"&f%d=1" % i for i in range(100))),
    "with NUL in its text": instead(command("a\x00b")),
    "that is a command without its person": but(body=form(command="/usher", text=MARK, team_id="T1")),
    "that is a command without its slash": instead(command(command="usher")),
    "with a payload beside a command": but(body=BODY + b"&payload=%7B%7D"),
    "with two payloads": instead(Letter(interaction(PRESS).body + b"&payload=%7B%7D")),
    "with a payload that is no JSON": instead(Letter(form(payload="{" + MARK))),
    "with a payload that is a list": instead(interaction([PRESS])),
    "with a payload of unknown type": press_with(type="dialog_" + MARK),
    "with a payload from nobody": press_with(user=None),
    "with a person who is a word": press_with(user=MARK),
    "with a team that is a number": press_with(team=7),
    "with an action that is a word": press_with(actions=[MARK]),
    "with no action": press_with(actions=[]),
    "with an action without an id": press_with(actions=[{"type": "button", "value": MARK}]),
    "with a form that is a list": instead(interaction(SUBMISSION | {"view": [VIEW]})),
    "with fields that are a word": instead(interaction(SUBMISSION | {"view": VIEW | {"state": {"values": MARK}}})),
    "with links that are words": press_with(response_urls=[MARK]),
    "with JSON that stops": instead(raw_json(json.dumps(EVENT)[:-1])),
    "with JSON that is not UTF-8": instead(raw_json(b'{"type": "\xff\xfe"}')),
    "with a byte order mark": instead(raw_json("\ufeff" + json.dumps(EVENT))),
    "with JSON that is a word": instead(raw_json(json.dumps(MARK))),
    "with an empty object": instead(raw_json("{}")),
    "with NaN": instead(raw_json(json.dumps(EVENT | {"n": float("nan")}))),
    "with a number of 5000 digits": instead(raw_json(json.dumps(EVENT)[:-1] + ', "n": ' + "9" * 5000 + "}")),
    "with half a surrogate pair": instead(raw_json(json.dumps(EVENT)[:-1] + ', "n": "\\ud800"}')),
    "with a key named twice": instead(raw_json(json.dumps(EVENT)[:-1] + ', "team_id": "T2"}')),
    "nested 60 deep": instead(raw_json(nested(60))),
    "nested 9000 deep": instead(raw_json(nested(9000))),
    "with an event that is a word": instead(event(EVENT | {"event": MARK})),
    "with an event without a type": instead(event(EVENT | {"event": {"user": "U1"}})),
    "with authorizations that are words": instead(event(EVENT | {"authorizations": [MARK]})),
    "with a challenge that is markup": instead(event(CHALLENGE | {"challenge": "<script>"})),
    "with an item Bolt cannot read": instead(event(EVENT | {"event": {"type": "x", "item": {"channel": 5}}})),
}
ODD = [(name, change, 401) for name, change in UNSIGNED.items()] + [(n, c, 400) for n, c in MALFORMED.items()]


@pytest.mark.parametrize(("name", "change", "status"), ODD, ids=[name for name, _, _ in ODD])
async def test_a_request_that_is_odd_is_refused_and_its_neighbour_is_heard(
    office: Office, name: str, change: Change, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    valid = command()
    odd = change(valid)
    with structlog.testing.capture_logs() as said:
        refused, body = await office.raw(odd.bytes(office.port))
    assert refused == status
    assert body == b""
    assert office.heard == []
    assert said[0].keys() == {"event", "log_level", "reason", "status", "size", "remote"}
    assert MARK not in str(said) + caplog.text
    assert await office.post(valid) == 200
    assert [heard["user_id"] for heard in office.heard] == ["U1"]


VALID: dict[str, Letter] = {
    "a command": command(),
    "a command with an empty text": command(""),
    "a command that says payload": command("invite payload@example.com"),
    "a command in many letters": command("„Ærøskøbing“ 🎺 \u202e"),
    "a command with a charset": command().but(content_type=f'{FORM}; Charset="UTF-8"'),
    "a command signed with the newer secret": command().but(secret=NEXT_SECRET),
    "a command from four minutes ago": command().but(timestamp=str(NOW - 240)),
    "a command from four minutes ahead": command().but(timestamp=str(NOW + 240)),
    "a press": interaction(PRESS),
    "a press on Home": interaction(PRESS | {"channel": None, "view": VIEW | {"type": "home"}}),
    "a press on a message": interaction(PRESS | {"message": {"ts": "1.2", "user": "U9"}, "container": {"type": "m"}}),
    "a submission": interaction(SUBMISSION),
    "a submission of an organization": interaction(SUBMISSION | {"team": None, "is_enterprise_install": True}),
    "a suggestion": interaction(SUGGESTION),
    "a global shortcut": interaction(SHORTCUT),
    "a message shortcut": interaction(MESSAGE_SHORTCUT),
    "an event": event(EVENT),
    "an event with a charset": event(EVENT).but(content_type="Application/JSON;charset=utf-8"),
    "an event nested 40 deep": raw_json(nested(40)),
    "a body in pieces": command().but(
        body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
        signature=command().signed(),
        more=(("Transfer-Encoding", "chunked"),),
    ),
}


@pytest.mark.parametrize("letter", VALID.values(), ids=VALID.keys())
async def test_a_true_request_reaches_bolt(office: Office, letter: Letter) -> None:
    assert await office.post(letter) == 200
    assert len(office.heard) == 1


async def test_bolt_hears_exactly_what_was_signed(office: Office) -> None:
    await office.post(command("invite payload@example.com +1 100% a&b=c"))
    await office.post(interaction(PRESS))
    assert office.heard[0]["text"] == "invite payload@example.com +1 100% a&b=c"
    assert office.heard[1] == PRESS


async def test_slacks_checks_are_answered_once_they_are_signed(office: Office) -> None:
    status, body = await office.raw(event(CHALLENGE).bytes(office.port))
    assert (status, json.loads(body)) == (200, {"challenge": CHALLENGE["challenge"]})
    assert await office.post(Letter(form(ssl_check="1", token="x"))) == 200
    assert office.heard == []


async def test_a_captured_request_is_not_heard_twice_within_its_ten_minutes(office: Office) -> None:
    letter = command().but(timestamp=str(NOW + 299))
    statuses = [await office.post(letter)]
    for minutes in (0, 4, 9):
        office.time = datetime.fromtimestamp(NOW, UTC) + timedelta(minutes=minutes)
        statuses.append(await office.post(letter))
    assert statuses == [200, 401, 401, 401]
    assert len(office.heard) == 1


async def test_of_twenty_copies_at_once_one_is_heard(office: Office) -> None:
    statuses = await asyncio.gather(*(office.post(command()) for _ in range(20)))
    assert sorted(statuses) == [200] + [401] * 19


async def test_a_menu_that_is_opened_twice_in_a_second_gets_its_options_twice(office: Office) -> None:
    """Both requests are the same to the last byte; nothing else may come twice, and these no later."""
    asked = interaction(SUGGESTION)
    statuses = [await office.post(asked), await office.post(asked)]
    office.time += timedelta(seconds=4)
    statuses.append(await office.post(asked))
    assert statuses == [200, 200, 401]
    press = interaction(PRESS)
    assert [await office.post(press), await office.post(press)] == [200, 401]


async def test_an_event_that_slack_sends_again_is_no_replay(office: Office) -> None:
    assert await office.post(event(EVENT)) == 200
    again = event(EVENT).but(timestamp=str(NOW + 1), more=(("X-Slack-Retry-Num", "1"),))
    assert await office.post(again) == 200


async def test_the_replay_memory_is_bounded_and_forgets_only_what_is_stale(office: Office) -> None:
    for number in range(50):
        assert await office.post(command(str(number))) == 200
    assert await office.post(command("one too many")) == 401
    office.time += timedelta(minutes=11)
    assert await office.post(command("later").but(timestamp=str(NOW + 660))) == 200


async def test_bolt_is_not_steered_by_headers(office: Office) -> None:
    lazy = command().but(more=(("X-Slack-Bolt-Lazy-Only", "1"), ("X-Slack-Bolt-Lazy-Function-Name", "listen")))
    assert await office.post(lazy) == 200
    assert len(office.heard) == 1


def head(*lines: str) -> bytes:
    letter = command()
    usual = [f"{name}: {value}" for name, value in letter.headers()]
    return "\r\n".join(["POST /slack/events HTTP/1.1", "Host: x", *usual, *lines, "", ""]).encode()


BROKEN = {
    "a length that lies": head("Content-Length: 9000") + BODY,
    "a body that never comes": head("Content-Length: 10"),
    "a length that is a word": head("Content-Length: ten") + BODY,
    "two lengths": head(f"Content-Length: {len(BODY)}", "Content-Length: 5") + BODY,
    "pieces of no size": head("Transfer-Encoding: chunked") + b"zz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "pieces beyond the limit": head("Transfer-Encoding: chunked") + (b"2000\r\n" + b"x" * 0x2000 + b"\r\n") * 4,
    "two content types": head(f"Content-Length: {len(BODY)}", f"Content-Type: {JSON}") + BODY,
    "a header with NUL": head("X-More: \x00" + MARK) + BODY,
    "a first line that is no request": MARK.encode() + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_connection_gets_400_and_the_next_one_is_served(
    office: Office, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as said:
        status, _ = await office.raw(request_bytes)
    assert status == 400
    assert MARK not in str(said)
    assert await office.post(command()) == 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
BODIES: list[dict[str, Any]] = [PRESS, SUBMISSION, SUGGESTION, SHORTCUT, MESSAGE_SHORTCUT]
KEYS = sorted({key for body in [*BODIES, EVENT] for key in body} | {"item", "function_data", "is_ext_shared_channel"})


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.sampled_from([*BODIES, EVENT]), changes=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=3))
async def test_no_value_in_any_field_makes_the_endpoint_stumble(
    office: Office, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    office.time += timedelta(minutes=11)
    changed = body | changes
    letter = event(changed) if body is EVENT else interaction(changed)
    assert await office.post(letter.but(timestamp=str(int(office.time.timestamp())))) in {200, 400, 404}


def test_a_guard_without_a_secret_does_not_start() -> None:
    for secrets in ([], [""], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="signing secret"):
            Guard(signing_secrets=secrets, clock=lambda: datetime.fromtimestamp(NOW, UTC))
