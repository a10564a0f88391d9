"""What happens between a person who types or presses and a real Bolt app."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground import Answer, PersonSpec, Playground
from bot.playground.forms import CannotChooseError
from tests.playground.workspace import (
    SECRET,
    Clock,
    bolt,
    button,
    client,
    dispatching,
    eventually,
    modal,
    options,
    playground,
    refusal,
    section,
    serving,
)


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    async with playground(answer_within=0.3, retry_delays=(0, 0.05, 0.05)) as started:
        yield started


@pytest.fixture
async def app(ground: Playground) -> AsyncIterator[Any]:
    app = bolt(ground)
    async with serving(ground, dispatching(app)):
        yield app


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "acts", "elements": list(elements)}


# ---- commands


async def test_a_command_arrives_with_everything_slack_sends(ground: Playground, app: Any) -> None:
    bodies: list[dict[str, Any]] = []

    @app.command("/usher")
    async def usher(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack("Done")

    answer = await ground.person("ben").type("/usher invite someone")
    assert (answer.text, answer.message and answer.message.ephemeral_to) == ("Done", "U0BEN")
    (body,) = bodies
    assert (body["command"], body["text"]) == ("/usher", "invite someone")
    assert (body["team_id"], body["channel_id"], body["channel_name"]) == ("T0USHER", "C0GENERAL", "general")
    assert (body["user_id"], body["user_name"], body["api_app_id"]) == ("U0BEN", "ben", "A0USHER")
    assert body["trigger_id"]
    assert body["response_url"].startswith(ground.url)
    assert [message.text for message in ground.person("ada").messages("general")] == []


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ("role @ben admin", "role <@U0BEN|ben> admin"),
        ("see #general, please", "see <#C0GENERAL|general>, please"),
        ("invite a@b.example", "invite <mailto:a@b.example|a@b.example>"),
        ("see https://a.example/?x=1&y=2", "see <https://a.example/?x=1&amp;y=2>"),
        ("ask <@U0BEN|ben> why", "ask <@U0BEN|ben> why"),
        ("1 < 2 & <script>", "1 &lt; 2 &amp; &lt;script&gt;"),
        ("nobody called @zoe", "nobody called @zoe"),
    ],
)
async def test_an_escaped_command_carries_ids(ground: Playground, app: Any, typed: str, received: str) -> None:
    @app.command("/usher")
    async def usher(ack: Any, body: dict[str, Any]) -> None:
        await ack(json.dumps(body["text"]))

    assert json.loads((await ground.person("ada").type(f"/usher {typed}")).text) == received


async def test_an_unescaped_command_carries_what_was_typed(ground: Playground, app: Any) -> None:
    @app.command("/plain")
    async def plain(ack: Any, body: dict[str, Any]) -> None:
        await ack(json.dumps(body["text"]))

    assert json.loads((await ground.person("ada").type("/plain @ben <b>")).text) == "@ben <b>"


async def test_an_answer_may_be_for_the_whole_channel(ground: Playground, app: Any) -> None:
    @app.command("/usher")
    async def usher(ack: Any) -> None:
        await ack(text="Look", blocks=[section("all")], response_type="in_channel")

    await ground.person("ben").type("/usher show")
    assert [message.text for message in ground.person("ada").messages("general")] == ["Look"]


async def test_an_empty_ack_says_nothing_and_what_follows_is_seen(ground: Playground, app: Any) -> None:
    @app.command("/usher")
    async def usher(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        if body["text"] == "later":
            await respond("Done, later")

    ben = ground.person("ben")
    ben.patience = 0.1
    assert (await ben.type("/usher quiet")).message is None
    assert (await ben.type("/usher later")).text == "Done, later"


async def test_who_may_not_type_a_command_reaches_no_bot(ground: Playground, app: Any) -> None:
    async def error(name: str, text: str, channel: str) -> str:
        return (await ground.person(name).type(text, channel=channel)).error or ""

    assert "another workspace" in await error("olga", "/usher help", "partners")
    assert "not in this channel" in await error("gus", "/usher help", "general")
    assert "deactivated" in await error("dan", "/usher help", "general")
    assert "not a valid command" in await error("ada", "/nonsense", "general")
    assert not ground.wire.deliveries


async def test_requests_are_signed_over_the_raw_bytes(ground: Playground) -> None:
    seen: list[tuple[bytes, dict[str, str]]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((await request.read(), dict(request.headers)))
        return web.Response()

    async with serving(ground, handle):
        await ground.person("ada").raw(b"payload=%7B%7D")
    body, headers = seen[0]
    base = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    assert headers["X-Slack-Signature"] == "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Request-Timestamp"] == str(int(ground.world.now()))


@pytest.mark.parametrize(
    ("status", "error"), [(404, "http_client_error"), (500, "http_service_error"), (302, "dispatch_failed")]
)
async def test_a_bot_that_fails_is_named_to_the_person(ground: Playground, status: int, error: str) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})

    async with serving(ground, handle):
        answer = await ground.person("ada").type("/usher help")
    assert answer.error == f"/usher failed because the app did not respond ({error})."
    assert answer.status == status


async def test_a_bot_that_is_late_or_gone_is_named_to_the_person(ground: Playground) -> None:
    async def handle(_: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    async with serving(ground, handle):
        late = await ground.person("ada").type("/usher help")
    gone = await ground.person("ada").type("/usher help")
    assert (late.error, late.status) == ("/usher failed because the app did not respond (operation_timeout).", None)
    assert gone.error == "/usher failed because the app did not respond (dispatch_failed)."


async def test_an_ack_that_slack_would_refuse_is_an_error(ground: Playground, app: Any) -> None:
    @app.command("/usher")
    async def usher(ack: Any) -> None:
        await ack(text="x", blocks=[section("x" * 3001)])

    answer = await ground.person("ada").type("/usher help")
    assert answer.error
    assert "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" in answer.error


# ---- response_url


async def test_a_response_url_works_five_times_and_for_half_an_hour(ground: Playground, app: Any) -> None:
    urls: list[str] = []

    @app.command("/usher")
    async def usher(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack("first")

    await ground.person("ada").type("/usher one")
    await ground.person("ada").type("/usher two")
    webhook: Any = AsyncWebhookClient(urls[0])
    assert [(await webhook.send(text=str(n))).status_code for n in range(5)] == [200] * 5
    sixth = await webhook.send(text="6")
    assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")
    clock: Any = ground.world.clock
    clock.advance(30 * 60 + 1)
    webhook = AsyncWebhookClient(urls[1])
    late = await webhook.send(text="late")
    assert json.loads(late.body)["error"] == "expired_url"
    assert len(ground.person("ada").messages("general")) == 7
    assert ground.person("ben").messages("general") == []


async def test_a_response_replaces_or_deletes_the_message_that_was_pressed(ground: Playground, app: Any) -> None:
    @app.action("change")
    async def change(ack: Any, respond: Any) -> None:
        await ack()
        await respond("changed", replace_original=True)

    @app.action("remove")
    async def remove(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    await client(ground).chat_postEphemeral(
        channel="C0GENERAL", user="U0BEN", text="old", blocks=[actions(button("Change", "change"))]
    )
    ben = ground.person("ben")
    answer = await ben.press("Change")
    assert (answer.text, [len(message.blocks) for message in ben.messages()]) == ("changed", [0])
    await client(ground).chat_postMessage(channel="C0GENERAL", text="x", blocks=[actions(button("Remove", "remove"))])
    await ben.press("Remove")
    assert [message.text for message in ground.person("ada").messages("general")] == []


# ---- buttons


async def test_a_press_tells_who_where_and_what(ground: Playground, app: Any) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        bodies.append(body)

    ben = ground.person("ben")
    ben.patience = 0.05
    posted = await client(ground).chat_postMessage(
        channel="C0PARTNERS", text="card", blocks=[actions(button("Approve", "approve", "r1"))]
    )
    await ben.press("Approve")
    olga = ground.person("olga")
    olga.patience = 0.05
    await olga.press("approve")
    for body, (name, team) in zip(bodies, [("U0BEN", "T0USHER"), ("U0OLGA", "T0OTHER")], strict=True):
        assert (body["user"]["id"], body["user"]["team_id"], body["team"]["id"]) == (name, team, "T0USHER")
        assert (body["container"]["type"], body["container"]["message_ts"]) == ("message", posted["ts"])
        assert (body["channel"]["id"], body["message"]["text"]) == ("C0PARTNERS", "card")
        (action,) = body["actions"]
        assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "acts", "r1")


async def test_a_press_on_an_ephemeral_message_brings_no_message(ground: Playground, app: Any) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("go")
    async def go(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond("Done")

    await client(ground).chat_postEphemeral(
        channel="C0GENERAL", user="U0ADA", text="x", blocks=[actions(button("Go", "go"))]
    )
    assert (await ground.person("ada").press("Go")).text == "Done"
    assert "message" not in bodies[0]
    assert bodies[0]["container"]["is_ephemeral"] is True


async def test_an_old_card_can_still_be_pressed_and_a_deleted_one_cannot(ground: Playground, app: Any) -> None:
    pressed: list[str] = []

    @app.action("go")
    async def go(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        pressed.append(action["value"])

    slack, ada = client(ground), ground.person("ada")
    ada.patience = 0.05
    posted = await slack.chat_postMessage(channel="C0GENERAL", text="x", blocks=[actions(button("Go", "go", "old"))])
    (old,) = ada.messages("general")
    await slack.chat_update(channel="C0GENERAL", ts=str(posted["ts"]), text="decided", blocks=[])
    await ada.press("Go", on=old)
    assert pressed == ["old"]
    await slack.chat_delete(channel="C0GENERAL", ts=str(posted["ts"]))
    assert (await ada.press("Go", on=old)).error == "This is no longer there."


async def test_a_choice_in_a_message_is_sent_as_the_option(ground: Playground, app: Any) -> None:
    chosen: list[dict[str, Any]] = []

    @app.action("role")
    async def role(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        chosen.append(body)

    select = {"type": "static_select", "action_id": "role", "options": options("Admin", "Member")}
    await client(ground).chat_postMessage(channel="C0GENERAL", text="x", blocks=[actions(select)])
    ada = ground.person("ada")
    ada.patience = 0.05
    await ada.press("role", choose="Member")
    assert chosen[0]["actions"][0]["selected_option"]["value"] == "member"
    assert chosen[0]["state"]["values"]["acts"]["role"]["selected_option"]["value"] == "member"
    with pytest.raises(CannotChooseError, match="Admin, Member"):
        await ada.press("role", choose="Owner")


async def test_an_overflow_menu_sends_what_was_chosen(ground: Playground, app: Any) -> None:
    @app.action("more")
    async def more(ack: Any, action: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(action["selected_option"]["value"])

    menu = {"type": "overflow", "action_id": "more", "options": options("Resend", "Revoke")}
    await client(ground).chat_postMessage(channel="C0GENERAL", text="x", blocks=[section("x", accessory=menu)])
    assert (await ground.person("ada").press("more", choose="Revoke")).text == "revoke"


# ---- forms open once, in time


async def test_a_trigger_opens_one_form_within_three_seconds(ground: Playground) -> None:
    slack, clock = client(ground), ground.world.clock
    triggers: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        triggers.append(parse_qs(await request.text())["trigger_id"][0])
        return web.Response()

    assert isinstance(clock, Clock)
    view = modal(section("hello"))
    async with serving(ground, handle):
        ada = ground.person("ada")
        ada.patience = 0.05
        await ada.type("/usher one")
        await ada.type("/usher two")
    assert (await slack.views_open(trigger_id=triggers[0], view=view))["view"]["root_view_id"]
    assert ada.modal
    assert "hello" in ada.modal.words
    for trigger, wanted in [
        (triggers[0], "exchanged_trigger_id"),
        ("1.2.invented", "invalid_trigger_id"),
        ("nonsense", "invalid_arguments"),
    ]:
        assert (await refusal(slack.views_open(trigger_id=trigger, view=view)))["error"] == wanted
    clock.advance(3.1)
    assert (await refusal(slack.views_open(trigger_id=triggers[1], view=view)))["error"] == "expired_trigger_id"


async def test_a_form_that_opens_after_the_ack_is_in_the_answer(ground: Playground, app: Any) -> None:
    tasks: list[asyncio.Task[Any]] = []

    @app.command("/usher")
    async def usher(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        opening = client(ground).views_open(trigger_id=body["trigger_id"], view=modal(section("hello")))
        tasks.append(asyncio.create_task(opening))

    answer: Answer = await ground.person("ada").type("/usher invite")
    assert answer.view
    assert answer.view.title == "A form"
    await asyncio.gather(*tasks)


# ---- shortcuts and events


async def test_shortcuts_reach_their_listeners(ground: Playground, app: Any) -> None:
    @app.shortcut("invite_people")
    async def invite(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client(ground).views_open(trigger_id=body["trigger_id"], view=modal(section("invite")))

    @app.shortcut("give_author_access")
    async def give(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(f"{body['message']['user']} {body['message']['text']}")

    ada = ground.person("ada")
    assert (await ada.shortcut("invite_people")).view
    written = await ground.person("ben").post("general", "let me in")
    assert (await ada.shortcut("give_author_access", message=written)).text == "U0BEN let me in"
    assert "another workspace" in ((await ground.person("olga").shortcut("invite_people")).error or "")


async def test_home_is_published_when_it_is_opened(ground: Playground, app: Any) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        await client(ground).views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("yours")]})

    home = await ground.person("ben").open_home()
    assert home
    assert home.words.strip() == "yours"
    assert ground.person("ada").home is None


async def test_the_bot_hears_of_changed_and_new_people(ground: Playground, app: Any) -> None:
    heard: list[tuple[str, bool]] = []

    @app.event("user_change")
    async def changed(event: dict[str, Any]) -> None:
        heard.append((event["user"]["id"], event["user"]["deleted"]))

    @app.event("team_join")
    async def joined(event: dict[str, Any]) -> None:
        heard.append((event["user"]["id"], event["user"]["deleted"]))

    await ground.office.change("ben", deleted=True)
    await ground.office.join(PersonSpec(name="zoe", email="zoe@example.com"))
    assert heard == [("U0BEN", True), ("U0ZOE", False)]
    assert "U0ZOE" in ground.world.channels["C0GENERAL"].members


async def test_an_event_that_is_not_taken_is_sent_three_times_more(ground: Playground) -> None:
    tries: list[tuple[str, str, str]] = []

    async def handle(request: web.Request) -> web.Response:
        headers = request.headers
        event_id = (await request.json())["event_id"]
        tries.append((event_id, headers.get("X-Slack-Retry-Num", ""), headers.get("X-Slack-Retry-Reason", "")))
        return web.Response(status=500)

    async with serving(ground, handle):
        await ground.office.change("ben", tz="Europe/Rome")
        await eventually(lambda: len(tries) == 4)
    assert len({event_id for event_id, _, _ in tries}) == 1
    assert [number for _, number, _ in tries] == ["", "1", "2", "3"]
    assert {reason for _, _, reason in tries} == {"", "http_error"}


async def test_the_address_is_verified_by_a_challenge(ground: Playground) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"challenge": (await request.json())["challenge"]})

    async def mute(_: web.Request) -> web.Response:
        return web.Response()

    async with serving(ground, echo):
        assert await ground.office.verify_url()
    async with serving(ground, mute):
        assert not await ground.office.verify_url()


async def test_a_delivery_can_arrive_twice(ground: Playground) -> None:
    bodies: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response()

    async with serving(ground, handle):
        ada = ground.person("ada")
        ada.patience = 0.05
        await ada.type("/usher help")
        await ground.wire.again(ground.wire.deliveries[-1])
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
