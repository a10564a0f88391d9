"""The Web API, called by the real client."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.playground import PersonSpec, Playground
from tests.playground.workspace import MANIFEST, Clock, button, client, options, playground, refusal, section

GENERAL, SECRET, HIDDEN, RANDOM = "C0GENERAL", "C0SECRET", "C0HIDDEN", "C0RANDOM"
ADA, BEN, GUS, OLGA, FAR, DAN = "U0ADA", "U0BEN", "U0GUS", "U0OLGA", "U0FAR", "U0DAN"


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    async with playground() as started:
        yield started


@pytest.fixture
def slack(ground: Playground) -> Any:
    return client(ground)


async def refused(slack: Any, method: str, **args: Any) -> Any:
    return await refusal(slack.api_call(method, json=args))


async def error_of(slack: Any, method: str, **args: Any) -> str:
    return str((await refused(slack, method, **args))["error"])


def manifest_without(tmp_path: Path, *scopes: str) -> Path:
    text = MANIFEST.read_text()
    for scope in scopes:
        text = text.replace(f'"{scope}", ', "").replace(f', "{scope}"]', "]")
    path = tmp_path / "manifest.yml"
    path.write_text(text)
    return path


# ---- who calls


async def test_the_app_learns_who_it_is(slack: Any) -> None:
    answer = await slack.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0USHER", "U0USHERBOT", "B0USHER")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


async def test_no_token_and_a_wrong_token_are_told_apart(ground: Playground) -> None:
    assert await error_of(client(ground, token="xoxb-wrong"), "auth.test") == "invalid_auth"
    async with aiohttp.ClientSession() as session, session.post(ground.api_url + "auth.test") as response:
        assert (await response.json())["error"] == "not_authed"


async def test_a_method_that_slack_has_not_is_unknown(slack: Any) -> None:
    assert await error_of(slack, "chat.telepathy") == "unknown_method"


async def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    async with playground(manifest=manifest_without(tmp_path, "chat:write")) as ground:
        answer = await refused(client(ground), "chat.postMessage", channel=GENERAL, text="hello")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in answer["provided"]


async def test_addresses_are_hidden_without_their_own_scope(slack: Any, tmp_path: Path) -> None:
    assert (await slack.users_info(user=ADA))["user"]["profile"]["email"] == "ada@example.com"
    async with playground(manifest=manifest_without(tmp_path, "users:read.email")) as ground:
        poor = client(ground)
        assert "email" not in (await poor.users_info(user=ADA))["user"]["profile"]
        assert await error_of(poor, "users.lookupByEmail", email="ada@example.com") == "missing_scope"


async def test_arguments_arrive_as_json_form_query_and_get(ground: Playground) -> None:
    url, headers = ground.api_url + "users.info", {"Authorization": "Bearer xoxb-playground-token"}
    async with aiohttp.ClientSession(headers=headers) as session:
        answers = [
            await (await session.post(url, json={"user": ADA})).json(),
            await (await session.post(url, data={"user": ADA})).json(),
            await (await session.post(url, params={"user": ADA})).json(),
            await (await session.get(url, params={"user": ADA})).json(),
        ]
        broken = await (await session.post(url, data="{", headers={"Content-Type": "application/json"})).json()
    assert [answer["user"]["id"] for answer in answers] == [ADA] * 4
    assert broken["error"] == "invalid_json"


# ---- people


async def test_people_look_as_slack_shows_them(slack: Any) -> None:
    ada, gus, dan = [(await slack.users_info(user=user))["user"] for user in (ADA, GUS, DAN)]
    assert (ada["is_owner"], ada["is_admin"], ada["tz"], ada["is_email_confirmed"]) == (
        True,
        True,
        "Europe/London",
        True,
    )
    assert (gus["is_restricted"], gus["is_ultra_restricted"]) == (True, False)
    assert dan["deleted"] is True
    assert "tz" not in dan


async def test_an_outsider_is_a_stranger_only_where_no_channel_is_shared(slack: Any) -> None:
    olga, far = [(await slack.users_info(user=user))["user"] for user in (OLGA, FAR)]
    assert (olga["team_id"], olga["is_stranger"]) == ("T0OTHER", False)
    assert far["is_stranger"] is True


async def test_an_address_finds_only_living_people_of_the_team(slack: Any) -> None:
    assert (await slack.users_lookupByEmail(email="BEN@example.com"))["user"]["id"] == BEN
    for email in ("dan@example.com", "olga@other.example", "nobody@example.com"):
        assert await error_of(slack, "users.lookupByEmail", email=email) == "users_not_found"
    assert await error_of(slack, "users.info", user="U0NOBODY") == "user_not_found"


async def test_lists_come_in_pages(slack: Any) -> None:
    seen: list[str] = []
    async for page in await slack.users_list(limit=3):
        assert len(page["members"]) <= 3
        seen += [member["id"] for member in page["members"]]
    assert sorted(seen) == sorted(["U0USHERBOT", ADA, BEN, GUS, OLGA, FAR, DAN])
    assert await error_of(slack, "users.list", cursor="nonsense") == "invalid_cursor"


# ---- channels


async def test_channels_are_shown_as_far_as_the_scopes_reach(slack: Any) -> None:
    general = (await slack.conversations_info(channel=GENERAL))["channel"]
    assert (general["name"], general["is_member"], general["is_private"]) == ("general", True, False)
    assert (await slack.conversations_info(channel="C0PARTNERS"))["channel"]["is_ext_shared"] is True
    assert await error_of(slack, "conversations.info", channel=SECRET) == "missing_scope"
    assert await error_of(slack, "conversations.info", channel="C0NOWHERE") == "channel_not_found"
    assert await error_of(slack, "conversations.list", types="private_channel") == "missing_scope"
    assert [c["name"] for c in (await slack.conversations_list())["channels"]] == ["general", "random", "partners"]
    assert (await slack.conversations_members(channel=GENERAL))["members"] == [ADA, BEN, "U0USHERBOT"]


async def test_direct_messages_are_opened_once_and_only_with_people_who_can_read_them(slack: Any) -> None:
    first, second = await slack.conversations_open(users=BEN), await slack.conversations_open(users=[BEN])
    assert first["channel"]["id"] == second["channel"]["id"]
    assert (first["already_open"], second["already_open"]) == (False, True)
    assert await error_of(slack, "conversations.open", users="U0NOBODY") == "user_not_found"
    assert await error_of(slack, "conversations.open", users="U0USHERBOT") == "cannot_dm_bot"
    assert await error_of(slack, "conversations.open", users=DAN) == "user_disabled"
    assert await error_of(slack, "conversations.open", users=f"{ADA},{BEN}") == "missing_scope"


# ---- messages


async def test_a_message_is_posted_changed_and_deleted(ground: Playground, slack: Any) -> None:
    posted = await slack.chat_postMessage(channel=GENERAL, text="one", blocks=[section("first")])
    assert posted["message"]["bot_id"] == "B0USHER"
    assert posted["message"]["blocks"][0]["block_id"]
    await slack.chat_update(channel=GENERAL, ts=str(posted["ts"]), text="two")
    kept = ground.person("ada").messages("general")[0]
    assert (kept.text, kept.blocks[0]["text"]["text"]) == ("two", "first")
    await slack.chat_update(channel=GENERAL, ts=str(posted["ts"]), text="three", blocks=[])
    assert ground.person("ada").messages("general")[0].blocks == []
    await slack.chat_delete(channel=GENERAL, ts=str(posted["ts"]))
    assert ground.person("ada").messages("general") == []
    assert await error_of(slack, "chat.update", channel=GENERAL, ts=posted["ts"], text="x") == "message_not_found"


async def test_a_person_is_reached_by_their_id(ground: Playground, slack: Any) -> None:
    posted = await slack.chat_postMessage(channel=BEN, text="for you")
    assert posted["channel"] == "D0BEN"
    assert [message.text for message in ground.person("ben").dm()] == ["for you"]
    assert ground.person("ada").dm() == []


async def test_where_the_bot_is_not_it_cannot_post(slack: Any) -> None:
    assert await error_of(slack, "chat.postMessage", channel=RANDOM, text="x") == "not_in_channel"
    assert await error_of(slack, "chat.postMessage", channel=HIDDEN, text="x") == "channel_not_found"
    assert await error_of(slack, "chat.postMessage", channel="C0NOWHERE", text="x") == "channel_not_found"
    assert await error_of(slack, "chat.postMessage", channel=DAN, text="x") == "channel_not_found"


async def test_only_one_person_sees_an_ephemeral_message_and_it_cannot_be_changed(
    ground: Playground, slack: Any
) -> None:
    posted = await slack.chat_postEphemeral(channel=GENERAL, user=BEN, text="psst")
    assert [message.text for message in ground.person("ben").messages("general")] == ["psst"]
    assert ground.person("ada").messages("general") == []
    ts = posted["message_ts"]
    assert await error_of(slack, "chat.update", channel=GENERAL, ts=ts, text="x") == "message_not_found"
    assert await error_of(slack, "chat.postEphemeral", channel=GENERAL, user=GUS, text="x") == "user_not_in_channel"


async def test_somebody_elses_message_cannot_be_changed(ground: Playground, slack: Any) -> None:
    mine = await ground.person("ada").post("general", "mine")
    assert await error_of(slack, "chat.update", channel=GENERAL, ts=mine.ts, text="x") == "cant_update_message"
    assert await error_of(slack, "chat.delete", channel=GENERAL, ts=mine.ts) == "cant_delete_message"


async def test_an_empty_and_an_overlong_message_are_refused(slack: Any) -> None:
    assert await error_of(slack, "chat.postMessage", channel=GENERAL, text=" ") == "no_text"
    assert await error_of(slack, "chat.postMessage", channel=GENERAL, text="x" * 40_001) == "msg_too_long"
    posted = await slack.chat_postMessage(channel=GENERAL, text="x" * 40_000)
    assert await error_of(slack, "chat.update", channel=GENERAL, ts=posted["ts"], text="x" * 4001) == "msg_too_long"


async def test_what_blocks_break_is_told_with_a_pointer(slack: Any) -> None:
    answer = await refused(slack, "chat.postMessage", channel=GENERAL, text="x", blocks=[section("x" * 3001)])
    assert answer["error"] == "invalid_blocks"
    pointer = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {pointer}"]
    assert await error_of(slack, "chat.postMessage", channel=GENERAL, blocks="nonsense") == "invalid_blocks_format"
    long = [section("x" * 2900) for _ in range(5)]
    assert await error_of(slack, "chat.postMessage", channel=GENERAL, text="x", blocks=long) == "msg_blocks_too_long"


async def test_every_block_and_element_gets_an_id(ground: Playground, slack: Any) -> None:
    nameless = {key: part for key, part in button("Go", "").items() if key != "action_id"}
    select = {"type": "static_select", "options": options("A", "B")}
    blocks = [{"type": "actions", "elements": [nameless, select]}, {"type": "divider"}]
    await slack.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    message = ground.person("ada").messages("general")[0]
    assert all(block["block_id"] for block in message.blocks)
    assert len({control.action_id for control in message.controls} - {""}) == 2


# ---- faults and the record


async def test_a_planned_429_says_when_to_come_again(ground: Playground, slack: Any) -> None:
    ground.world.faults.plan("chat.postMessage", status=429, retry_after=7)
    answer = await refusal(slack.chat_postMessage(channel=GENERAL, text="x"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert (await slack.chat_postMessage(channel=GENERAL, text="x"))["ok"]


async def test_a_dropped_connection_hides_that_the_call_was_done(ground: Playground, slack: Any) -> None:
    slack.retry_handlers.clear()
    ground.world.faults.plan("chat.postMessage", drop_after=True)
    with pytest.raises(aiohttp.ClientError):
        await slack.chat_postMessage(channel=GENERAL, text="once")
    assert [message.text for message in ground.person("ada").messages("general")] == ["once"]


async def test_planned_errors_run_out(ground: Playground, slack: Any) -> None:
    ground.world.faults.plan("*", times=2, error="fatal_error")
    assert [await error_of(slack, "auth.test") for _ in range(2)] == ["fatal_error"] * 2
    assert (await slack.auth_test())["ok"]
    assert ground.world.faults.left == 0


async def test_calls_are_recorded_without_the_token(ground: Playground, slack: Any) -> None:
    await slack.chat_postMessage(channel=GENERAL, text="hello", token="xoxb-playground-token")
    (call,) = ground.world.calls_of("chat.postMessage")
    assert (call.args["text"], call.answer["ok"]) == ("hello", True)
    assert "xoxb-playground-token" not in repr(ground.world.calls)


# ---- this machine only


def test_two_people_cannot_have_one_id() -> None:
    twins = [PersonSpec(name="a.b"), PersonSpec(name="ab")]
    with pytest.raises(ValueError, match="U0AB"):
        Playground(manifest=MANIFEST, people=twins, channels=[], bot_token="", signing_secret="", clock=Clock())


async def test_ushers_own_manifest_is_understood() -> None:
    async with playground(manifest=Path(__file__).parents[2] / "manifest.yml") as ground:
        assert set(ground.manifest.commands) == {"/usher", "/access"}
        assert {"invite_people", "request_access", "give_author_access"} <= set(ground.manifest.shortcuts)
        assert (await client(ground).chat_postMessage(channel=ADA, text="hello"))["ok"]


def test_the_playground_refuses_to_listen_for_others() -> None:
    with pytest.raises(ValueError, match="listens on this machine only"):
        Playground(
            manifest=MANIFEST,
            people=[],
            channels=[],
            bot_token="",
            signing_secret="",
            clock=Clock(),
            host="0.0.0.0",  # noqa: S104 # the point of the test
        )


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", ""])
async def test_another_name_for_this_machine_is_refused(ground: Playground, host: str) -> None:
    async with (
        aiohttp.ClientSession(headers={"Host": host}) as session,
        session.get(ground.api_url + "auth.test") as response,
    ):
        assert response.status == 421


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_cannot_act(ground: Playground, headers: dict[str, str]) -> None:
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(ground.api_url + "auth.test") as response,
    ):
        assert response.status == 403
