"""A small real Slack app for trying the page: it answers commands, opens forms, posts cards, draws Home, suggests."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground

TOKEN = "xoxb-playground"
SECRET = "a-signing-secret-of-the-playground"
CODE = "123456"
SECRET_METADATA = "metadata-that-only-the-app-may-see"

Ack = Callable[..., Awaitable[Any]]


def text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str) -> dict[str, Any]:
    return {"text": text(words), "value": value}


def field(name: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": name, **element}
    return {"type": "input", "block_id": name, "label": text(label), "element": element, **more}


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "invite",
    "private_metadata": SECRET_METADATA,
    "title": text("Invite people"),
    "submit": text("Invite"),
    "close": text("Cancel"),
    "blocks": [
        field("email", "E-mail", {"type": "plain_text_input", "placeholder": text("One or more")}),
        field(
            "role", "Role", {"type": "static_select", "options": [option("Admin", "admin"), option("Member", "member")]}
        ),
        field("space", "Space", {"type": "external_select", "min_query_length": 1}),
        field(
            "groups",
            "Groups",
            {"type": "checkboxes", "options": [option("Design", "design"), option("Engines", "engines")]},
            optional=True,
        ),
        field("code", "One-time code", {"type": "plain_text_input", "max_length": 6}, hint=text("From your phone")),
    ],
}

FILE_FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "bring",
    "title": text("Bring a file"),
    "submit": text("Bring"),
    "blocks": [
        field(
            "csv", "CSV file", {"type": "file_input", "filetypes": ["csv"], "max_files": 1}, hint=text("Any encoding")
        )
    ],
}

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Raise <@U0CLEO> to Admin?*"}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "approve", "text": text("Approve"), "style": "primary"},
            {
                "type": "button",
                "action_id": "deny",
                "text": text("Deny"),
                "style": "danger",
                "confirm": {
                    "title": text("Deny this?"),
                    "text": text("Cleo is told."),
                    "confirm": text("Deny it"),
                    "deny": text("Not now"),
                },
            },
        ],
    },
]

SPACES = ["Analytics", "Archive", "Billing"]


class SmallApp:
    """Remembers the forms sent to it in `sent`: block id to plain value."""

    def __init__(self, playground: Playground) -> None:
        self.client: Any = AsyncWebClient(token=TOKEN, base_url=playground.api_url)  # only partly typed
        self.sent: list[dict[str, Any]] = []
        # The playground's clock stands still in these tests, so signatures are old to Bolt's.
        self.app = AsyncApp(
            signing_secret=SECRET, client=self.client, process_before_response=True, request_verification_enabled=False
        )
        app: Any = self.app  # Bolt's decorators are only partly typed
        app.command("/usher")(self.command)
        app.view("invite")(self.submitted)
        app.view("bring")(self.brought)
        app.options("space")(self.spaces)
        app.action("approve")(self.decided)
        app.action("deny")(self.decided)
        app.event("app_home_opened")(self.home)
        app.shortcut("invite_people")(self.shortcut)
        app.shortcut("give_author_access")(self.shortcut)

    async def call(self, method: str, **arguments: Any) -> None:
        await self.client.api_call(method, json=arguments)

    async def command(self, ack: Ack, command: dict[str, Any]) -> None:
        match command["text"].split(" ", 1):
            case ["form"]:
                await self.call("views.open", trigger_id=command["trigger_id"], view=FORM)
                await ack()
            case ["file"]:
                await self.call("views.open", trigger_id=command["trigger_id"], view=FILE_FORM)
                await ack()
            case ["card"]:
                await self.call("chat.postMessage", channel=command["channel_id"], text="Raise Cleo?", blocks=CARD)
                await ack()
            case ["say", words]:
                await ack(words)
            case _:
                await ack("Unclear: try say, card or form.")

    async def submitted(self, ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        values = {block: _plain(next(iter(held.values()))) for block, held in view["state"]["values"].items()}
        if values["code"] != CODE:
            await ack(response_action="errors", errors={"code": "This code is wrong. 4 tries left."})
            return
        self.sent.append(values)
        await ack()
        await self.call("chat.postMessage", channel=body["user"]["id"], text=f"Done: {values['email']} is invited.")

    async def brought(self, ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Fetches the file and sends it back, turned round."""
        (file,) = view["state"]["values"]["csv"]["csv"]["files"]
        await ack()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with ClientSession(headers=headers) as http, http.get(file["url_private_download"]) as response:
            turned = (await response.read())[::-1]
        direct = await self.client.conversations_open(users=body["user"]["id"])
        channel = direct["channel"]["id"]
        await self.client.files_upload_v2(
            channel=channel, filename=f"turned {file['name']}", content=turned, initial_comment="Here it is."
        )

    async def spaces(self, ack: Ack, payload: dict[str, Any]) -> None:
        found = [space for space in SPACES if payload["value"].casefold() in space.casefold()]
        await ack(options=[option(space, space.lower()) for space in found])

    async def decided(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        done = "Approved" if action["action_id"] == "approve" else "Denied"
        words = f"{done} by <@{body['user']['id']}>"
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]
        place = body["container"]
        await self.call("chat.update", channel=place["channel_id"], ts=place["message_ts"], text=words, blocks=blocks)
        await ack()

    async def home(self, event: dict[str, Any]) -> None:
        blocks = [{"type": "header", "text": text("Your access")}, *CARD]
        await self.call("views.publish", user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def shortcut(self, ack: Ack, shortcut: dict[str, Any]) -> None:
        await self.call("views.open", trigger_id=shortcut["trigger_id"], view=FORM)
        await ack()

    async def receive(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))


@asynccontextmanager
async def serving(playground: Playground) -> AsyncGenerator[SmallApp]:
    small = SmallApp(playground)
    site_app = web.Application()
    site_app.router.add_post("/slack/events", small.receive)
    runner = web.AppRunner(site_app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    playground.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield small
    finally:
        await runner.cleanup()


def _plain(held: dict[str, Any]) -> Any:
    if "selected_options" in held:
        return [chosen["value"] for chosen in held["selected_options"]]
    return held["selected_option"]["value"] if "selected_option" in held else held["value"]
