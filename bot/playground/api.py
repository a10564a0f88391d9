"""The Web API over HTTP: token, scope, planned faults, then the method; and the response_urls beside it."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.playground import chat_methods, file_methods, people_methods, view_methods
from bot.playground.answers import respond
from bot.playground.arguments import Arguments, arguments_of
from bot.playground.errors import SlackError
from bot.playground.faults import Fault
from bot.playground.model import Json
from bot.playground.slack import Slack

TOO_MANY = 429
BAD_REQUEST = 400
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Method:
    run: Callable[[Slack, Arguments], Json]
    scopes: tuple[str, ...] = ()
    """Any one of them; none: no scope is needed, or the method looks for itself."""


METHODS = {
    "auth.test": Method(people_methods.auth_test),
    "chat.postMessage": Method(chat_methods.post_message, ("chat:write",)),
    "chat.postEphemeral": Method(chat_methods.post_ephemeral, ("chat:write",)),
    "chat.update": Method(chat_methods.update, ("chat:write",)),
    "chat.delete": Method(chat_methods.delete, ("chat:write",)),
    "views.open": Method(view_methods.open_view),
    "views.push": Method(view_methods.push_view),
    "views.update": Method(view_methods.update_view),
    "views.publish": Method(view_methods.publish_view),
    "files.getUploadURLExternal": Method(file_methods.get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(file_methods.complete_upload, ("files:write",)),
    "files.info": Method(file_methods.info, ("files:read",)),
    "files.delete": Method(file_methods.delete, ("files:write",)),
    "conversations.open": Method(people_methods.conversations_open, ("im:write",)),
    "conversations.info": Method(people_methods.conversations_info),
    "conversations.members": Method(people_methods.conversations_members),
    "conversations.list": Method(people_methods.conversations_list),
    "users.info": Method(people_methods.users_info, ("users:read",)),
    "users.list": Method(people_methods.users_list, ("users:read",)),
    "users.lookupByEmail": Method(people_methods.users_lookup_by_email, ("users:read.email",)),
}


class Api:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self._called)
        app.router.add_post("/{kind:commands|actions|app}/{team}/{key}", self._responded)

    async def _called(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fault = self._slack.world.faults.take(method)
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and (fault.status or fault.error):
            return self._failed(method, fault)
        args = Arguments()
        try:
            args = await arguments_of(request)
            body = {"ok": True, **self._run(method, request, args)}
        except SlackError as error:
            body = error.body()
        self._slack.world.record(method, args, body)
        if fault and fault.drop_after:
            drop(request)
        return web.json_response(body, headers=self._headers(method))

    def _run(self, method: str, request: web.Request, args: Arguments) -> Json:
        known = METHODS.get(method)
        if known is None:
            raise SlackError("unknown_method", req_method=method)
        self._authenticate(request, args)
        self._slack.need(*known.scopes)
        return known.run(self._slack, args)

    def _authenticate(self, request: web.Request, args: Arguments) -> None:
        kind, _, header = request.headers.get("Authorization", "").partition(" ")
        token = header.strip() if kind.lower() == "bearer" else args.text("token")
        if not token:
            raise SlackError("not_authed")
        if not hmac.compare_digest(token.encode(), self._slack.bot_token.encode()):
            raise SlackError("invalid_auth")

    def _headers(self, method: str) -> dict[str, str]:
        known = METHODS.get(method)
        accepted = {"X-Accepted-OAuth-Scopes": ",".join(known.scopes)} if known and known.scopes else {}
        return {"X-OAuth-Scopes": ",".join(sorted(self._slack.manifest.scopes)), **accepted}

    def _failed(self, method: str, fault: Fault) -> web.Response:
        status = fault.status or 200
        error = fault.error or ("ratelimited" if status == TOO_MANY else "internal_error")
        body: Json = {"ok": False, "error": error}
        self._slack.world.record(method, {}, body, status)
        headers = {"Retry-After": str(fault.retry_after or 1)} if status == TOO_MANY or fault.retry_after else {}
        return web.json_response(body, status=status, headers=headers)

    async def _responded(self, request: web.Request) -> web.Response:
        fault = self._slack.world.faults.take("response_url")
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and (fault.status or fault.error):
            return self._failed("response_url", fault)
        status, args = 200, Arguments()
        body: dict[str, Any] = {"ok": True}
        try:
            args = await arguments_of(request)
            respond(self._slack, self._slack.exchange.use(request.match_info["key"]), args)
        except SlackError as error:
            status, body = NOT_FOUND if error.code.endswith("_url") else BAD_REQUEST, error.body()
        self._slack.world.record("response_url", args, body, status)
        if fault and fault.drop_after:
            drop(request)
        return web.json_response(body, status=status)


def drop(request: web.Request) -> None:
    """Cuts the connection, so that the caller cannot know whether the call was carried out."""
    if request.transport:
        request.transport.abort()
