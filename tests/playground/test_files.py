"""Files: chosen in forms, fetched by the bot, uploaded by it in three steps, shared, opened and deleted."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground import Attachment, Playground
from bot.playground.files import LARGEST
from bot.playground.forms import LARGEST_CHOSEN, CannotChooseError
from tests.playground.test_web_api import error_of, manifest_without, refused
from tests.playground.workspace import (
    TOKEN,
    bolt,
    client,
    dispatching,
    field,
    modal,
    playground,
    refusal,
    section,
    serving,
)

ADA_DM, GENERAL, RANDOM = "D0ADA", "C0GENERAL", "C0RANDOM"
CSV = b"email,role\r\nben@example.com,Member\r\n"
PEOPLE_CSV = Attachment("People.csv", CSV)


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    async with playground() as started:
        yield started


@pytest.fixture
def slack(ground: Playground) -> Any:
    return client(ground)


async def get(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as response:
        return response.status, response.content_type, await response.read()


async def post(url: str, body: bytes) -> int:
    async with aiohttp.ClientSession() as http, http.post(url, data=body) as response:
        return response.status


# ---- the bot uploads


async def place(slack: Any, length: int = len(CSV), name: str = "users.csv") -> Any:
    return await slack.files_getUploadURLExternal(filename=name, length=length)


async def uploaded(slack: Any) -> str:
    promised = await place(slack)
    assert await post(promised["upload_url"], CSV) == 200
    return str(promised["file_id"])


async def complete(slack: Any, file_id: str, **more: Any) -> Any:
    return await slack.files_completeUploadExternal(files=[{"id": file_id, "title": "Users"}], **more)


async def direct(slack: Any) -> str:
    return str((await slack.conversations_open(users="U0ADA"))["channel"]["id"])


async def test_a_file_in_three_steps_arrives_as_a_message(ground: Playground, slack: Any) -> None:
    answer = await complete(slack, await uploaded(slack), channel_id=await direct(slack), initial_comment="Here.")

    (file,), ada = answer["files"], ground.person("ada")
    assert (file["name"], file["title"], file["size"], file["mimetype"]) == ("users.csv", "Users", len(CSV), "text/csv")
    assert [message.text for message in ada.dm()] == ["Here."]
    (seen,) = ada.files()
    assert (seen.name, seen.path.read_bytes()) == ("users.csv", CSV)
    assert ground.person("ben").files() == []


async def test_the_sdk_uploads_in_its_own_way(ground: Playground, slack: Any) -> None:
    await slack.files_upload_v2(channel=await direct(slack), filename="users.csv", content=CSV, initial_comment="Hi")

    assert [file.path.read_bytes() for file in ground.person("ada").files()] == [CSV]


async def test_blocks_stand_where_there_is_no_comment(ground: Playground, slack: Any) -> None:
    blocks = json.dumps([section("Here")])
    to = await direct(slack)
    await complete(slack, await uploaded(slack), channel_id=to, blocks=blocks)
    await complete(slack, await uploaded(slack), channel_id=to, blocks=blocks, initial_comment="There")

    assert [message.words for message in ground.person("ada").dm()] == ["\nHere", "There"]


async def test_what_is_not_shared_is_seen_by_nobody(ground: Playground, slack: Any) -> None:
    file_id = await uploaded(slack)
    await complete(slack, file_id)

    assert ground.person("ada").dm() == []
    assert (await slack.files_info(file=file_id))["file"]["ims"] == []


async def test_a_file_is_finished_once_and_only_when_it_has_arrived(slack: Any) -> None:
    promised = await place(slack)
    refused_early = await refusal(complete(slack, promised["file_id"]))
    assert refused_early["error"] == "file_update_failed"
    await post(promised["upload_url"], CSV)
    await complete(slack, promised["file_id"])
    assert (await refusal(complete(slack, promised["file_id"])))["error"] == "file_not_found"


@pytest.mark.parametrize("body", [CSV[:-1], CSV + b"x"], ids=["shorter", "longer"])
async def test_another_length_than_was_promised_is_refused(slack: Any, body: bytes) -> None:
    promised = await place(slack)
    assert await post(promised["upload_url"], body) == 400
    assert (await refusal(complete(slack, promised["file_id"])))["error"] == "file_update_failed"


async def test_an_upload_that_nobody_promised_is_unknown(ground: Playground) -> None:
    assert await post(f"{ground.url}/upload/v1/made-up", CSV) == 404


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"filename": "a.csv", "length": 0}, "missing_argument"),
        ({"filename": "a.csv", "length": LARGEST + 1}, "file_upload_size_restricted"),
        ({"filename": "a.csv", "length": "many"}, "invalid_arguments"),
        ({"length": 3}, "invalid_arguments"),
    ],
)
async def test_a_place_is_refused(slack: Any, args: dict[str, Any], error: str) -> None:
    assert await error_of(slack, "files.getUploadURLExternal", **args) == error


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("U0ADA", "channel_not_found"),
        ("C0HIDDEN", "channel_not_found"),
        (RANDOM, "not_in_channel"),
    ],
)
async def test_a_file_goes_only_where_the_bot_is(ground: Playground, slack: Any, channel: str, error: str) -> None:
    file_id = await uploaded(slack)
    assert (await refusal(complete(slack, file_id, channel_id=channel)))["error"] == error
    await complete(slack, file_id, channel_id=GENERAL)
    assert [message.files for message in ground.person("ben").messages("general")] == [(file_id,)]


@pytest.mark.parametrize("files", [[], [{"title": "Users"}], "F0X", None])
async def test_files_to_finish_must_be_named(slack: Any, files: Any) -> None:
    assert await error_of(slack, "files.completeUploadExternal", files=files) == "invalid_arguments"


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("files.getUploadURLExternal", "files:write"),
        ("files.completeUploadExternal", "files:write"),
        ("files.delete", "files:write"),
        ("files.info", "files:read"),
    ],
)
async def test_each_method_needs_its_scope(tmp_path: Any, method: str, scope: str) -> None:
    async with playground(manifest=manifest_without(tmp_path, scope)) as ground:
        answer = await refused(client(ground), method)
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)


# ---- reading and deleting


async def test_a_private_address_wants_the_bots_token(slack: Any) -> None:
    (file,) = (await complete(slack, await uploaded(slack)))["files"]

    for url in (file["url_private"], file["url_private_download"]):
        assert await get(url, TOKEN) == (200, "text/csv", CSV)
        for token in ("", "xoxb-wrong"):
            status, kind, body = await get(url, token)
            assert (status, kind) == (200, "text/html")
            assert b"Sign in" in body


async def test_without_the_scope_a_private_address_shows_the_sign_in_page(tmp_path: Any) -> None:
    async with playground(manifest=manifest_without(tmp_path, "files:read")) as ground:
        (file,) = (await complete(client(ground), await uploaded(client(ground))))["files"]
        assert (await get(file["url_private"], TOKEN))[1] == "text/html"


async def test_a_deleted_file_is_gone_everywhere(ground: Playground, slack: Any) -> None:
    file_id = await uploaded(slack)
    (file,) = (await complete(slack, file_id, channel_id=await direct(slack)))["files"]
    await slack.files_delete(file=file_id)

    assert (await get(file["url_private"], TOKEN))[0] == 404
    assert ground.person("ada").files() == []
    for method in ("files.info", "files.delete"):
        assert await error_of(slack, method, file=file_id) == "file_not_found"


# ---- somebody chooses files in a form


def file_form(**element: Any) -> dict[str, Any]:
    return modal(field("csv", "CSV file", {"type": "file_input", "action_id": "file", **element}))


async def sending(ground: Playground, form: dict[str, Any], *files: Attachment | str) -> tuple[Any, list[Any]]:
    """What became of the form, and the views that the bot was sent."""
    app, sent = bolt(ground), list[Any]()

    async def open_it(ack: Any, command: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=form)

    async def take(ack: Any, view: Any) -> None:
        sent.append(view)
        await ack()

    app.command("/usher")(open_it)
    app.view("form")(take)
    async with serving(ground, dispatching(app)):
        ada = ground.person("ada")
        await ada.type("/usher")
        done = await ada.submit(csv_file=list(files))
        return done, sent


async def test_a_chosen_file_reaches_the_bot_as_slack_tells_it(ground: Playground, slack: Any) -> None:
    done, (view,) = await sending(ground, file_form(filetypes=["csv"], max_files=1), PEOPLE_CSV)

    assert done.closed
    held = view["state"]["values"]["csv"]["file"]
    (file,) = held["files"]
    assert held["type"] == "file_input"
    told = {"name": "People.csv", "mimetype": "text/csv", "filetype": "csv", "size": len(CSV), "user": "U0ADA"}
    assert {key: file[key] for key in told} == told
    assert await get(file["url_private_download"], TOKEN) == (200, "text/csv", CSV)
    assert (await slack.files_info(file=file["id"]))["file"] == file
    assert await error_of(slack, "files.delete", file=file["id"]) == "cant_delete_file"


TEN = [Attachment(f"{number}.csv", b"x") for number in range(10)]


@pytest.mark.parametrize(
    ("element", "files", "complaint"),
    [
        ({}, [], "Please complete this required field."),
        ({"max_files": 1}, TEN[:2], "Please choose at most 1 file."),
        ({}, [*TEN, PEOPLE_CSV], "Please choose at most 10 files."),
        ({"filetypes": ["csv", "txt"]}, [Attachment("a.png", b"x")], "a.png is of a kind"),
        ({"filetypes": ["csv"]}, [Attachment("csv.exe", b"x")], "csv.exe is of a kind"),
        ({}, [Attachment("big.csv", b"x" * (LARGEST_CHOSEN + 1))], "big.csv is larger than 10 MB."),
    ],
    ids=["none", "two", "eleven", "kind", "named like the kind", "large"],
)
async def test_the_form_itself_refuses(
    ground: Playground, element: dict[str, Any], files: list[Attachment], complaint: str
) -> None:
    done, sent = await sending(ground, file_form(**element), *files)

    assert done.errors["csv"].startswith(complaint)
    assert sent == []


@pytest.mark.parametrize(
    ("element", "files"),
    [({}, TEN), ({"filetypes": ["CSV"]}, [PEOPLE_CSV]), ({}, [Attachment("a", b"x" * LARGEST_CHOSEN)])],
    ids=["ten", "any case", "just small enough"],
)
async def test_the_form_takes_what_is_within_its_limits(
    ground: Playground, element: dict[str, Any], files: list[Attachment]
) -> None:
    done, sent = await sending(ground, file_form(**element), *files)

    assert done.closed
    assert len(sent[0]["state"]["values"]["csv"]["file"]["files"]) == len(files)


async def test_nobody_sends_anothers_file_nor_one_that_is_not_there(ground: Playground) -> None:
    bens = await ground.acts.attached("U0BEN", PEOPLE_CSV)
    for file_id in (bens, "F0NOWHERE"):
        with pytest.raises(CannotChooseError):
            await sending(ground, file_form(), file_id)


@pytest.mark.parametrize("most", [0, 11, "3"])
async def test_a_form_asks_for_one_to_ten_files(ground: Playground, slack: Any, most: Any) -> None:
    trigger, view = "1.2.x", file_form(max_files=most)
    answer = await refused(slack, "views.open", trigger_id=trigger, view=view)
    assert answer["error"] == "invalid_arguments"
    assert "/view/blocks/0/element/max_files" in str(answer["response_metadata"])


async def test_a_form_that_takes_files_needs_the_scope_to_read_them(tmp_path: Any) -> None:
    async with playground(manifest=manifest_without(tmp_path, "files:read")) as ground:
        await sending_refused(ground)


async def sending_refused(ground: Playground) -> None:
    app, said = bolt(ground), list[str]()

    async def open_it(ack: Any, command: Any, client: Any) -> None:
        await ack()
        opened = client.views_open(trigger_id=command["trigger_id"], view=file_form())
        said.append((await refusal(opened))["error"])

    app.command("/usher")(open_it)
    async with serving(ground, dispatching(app)):
        await ground.person("ada").type("/usher")
    assert said == ["missing_scope"]
