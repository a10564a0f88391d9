"""Requests as Slack posts them, and the hand that signs them."""

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NEXT_SECRET = "c0ffee22b10e8888abcd99yyyzzz85a5"
# Planted in every body: no log may ever hold it.
MARK = "Zanzibar-418"
NOW = 1_800_000_000

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """`signature` is the true one unless a test sets it; `more` are headers beside the usual three."""

    body: bytes
    content_type: str = FORM
    timestamp: str = str(NOW)
    secret: str = SECRET
    signature: str | None = None
    without: tuple[str, ...] = ()
    more: tuple[Header, ...] = ()
    query: str = ""

    def signed(self) -> str:
        base = b"v0:" + self.timestamp.encode("latin-1") + b":" + self.body
        return "v0=" + hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()

    def bytes(self, port: int) -> bytes:
        """The whole request, one connection each; headers leave as Latin-1, so that a test can send any byte."""
        lines = [f"POST /slack/events{self.query} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers()]
        if not any(name in {"Content-Length", "Transfer-Encoding"} for name, _ in self.more):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    def headers(self) -> list[Header]:
        usual = [
            ("Content-Type", self.content_type),
            ("X-Slack-Request-Timestamp", self.timestamp),
            ("X-Slack-Signature", self.signed() if self.signature is None else self.signature),
        ]
        return [header for header in usual if header[0] not in self.without] + list(self.more)

    def but(self, **changes: Any) -> "Letter":
        return replace(self, **changes)


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def command(text: str = f"invite {MARK}@example.com as member", **fields: str) -> Letter:
    usual = {
        "command": "/usher",
        "text": text,
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2.a",
        "response_url": "https://hooks.example.com/commands/1",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
    }
    return Letter(form(**(usual | fields)))


def interaction(payload: object) -> Letter:
    return Letter(form(payload=json.dumps(payload)))


PERSON = {"user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1", "domain": MARK}, "enterprise": None}
VIEW = {"id": "V1", "type": "modal", "callback_id": "invite", "state": {"values": {"b": {"a": {"value": MARK}}}}}
ACTION = {"type": "button", "action_id": "approve", "block_id": "b1", "value": MARK}
PRESS = {"type": "block_actions", **PERSON, "actions": [ACTION], "channel": {"id": "C1"}, "trigger_id": "1.2.a"}
SUBMISSION = {"type": "view_submission", **PERSON, "view": VIEW, "trigger_id": "1.2.a"}
SUGGESTION = {
    "type": "block_suggestion",
    **PERSON,
    "action_id": "person",
    "block_id": "b1",
    "value": MARK,
    "view": VIEW,
}
SHORTCUT = {"type": "shortcut", **PERSON, "callback_id": "invite_people", "trigger_id": "1.2.a"}
MESSAGE_SHORTCUT = {
    "type": "message_action",
    **PERSON,
    "callback_id": "give_author_access",
    "message": {"type": "message", "user": "U2", "ts": "1.2", "text": MARK},
}
EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1", "view": None},
    "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": "U9", "is_enterprise_install": False}],
    "note": MARK,
}
CHALLENGE = {
    "type": "url_verification",
    "token": MARK,
    "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMm",
}


def event(body: object) -> Letter:
    return Letter(json.dumps(body).encode(), content_type=JSON)


def raw_json(text: str | bytes) -> Letter:
    return Letter(text.encode() if isinstance(text, str) else text, content_type=JSON)
