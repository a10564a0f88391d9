"""What the page shows, as named pieces of JSON. A piece goes to the browser again only when it has changed."""

import json
import secrets
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.playground.mailbox import Mail, Mailbox
from bot.playground.manifest import Manifest
from bot.playground.model import Channel, Json, Message, Team, User, View
from bot.playground.phone import Phone
from bot.playground.shapes import file_shown
from bot.playground.tour import Tour
from bot.playground.world import World

MAX_MESSAGES: Final = 100
MAX_MAILS: Final = 100
MAX_MAIL_TEXT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed as a command: Slack shows it to nobody, the demo shows it to the one who typed."""

    ts: str
    text: str


class Sections:
    def __init__(
        self,
        world: World,
        *,
        manifest: Manifest,
        captions: Mapping[str, str],
        phones: Mapping[str, Phone],
        mailbox: Mailbox | None,
        tour: Tour,
    ) -> None:
        """`captions` says, by user id and in the page's order, what there is to know of each person shown."""
        self._world = world
        self._manifest = manifest
        self._captions = captions
        self._phones = phones
        self._mailbox = mailbox
        self._tour = tour
        self._typed: dict[tuple[str, str], deque[Typed]] = defaultdict(lambda: deque(maxlen=MAX_MESSAGES))
        self._boot = secrets.token_hex(8)
        self._version = -1
        self._told: dict[str, str] = {}

    def remember_typed(self, user_id: str, channel_id: str, text: str) -> None:
        self._typed[user_id, channel_id].append(Typed(self._world.next_ts(), text))
        self._tour.typed(text)
        self._world.changed()

    def told(self) -> dict[str, str]:
        """Every section by name, as JSON. Made once for each version of the world, however many browsers look on."""
        if self._version != self._world.version:
            self._version = self._world.version
            self._told = {name: json.dumps(value) for name, value in self._all().items()}
        return self._told | {f"phone:{user_id}": json.dumps(self._phone(user_id)) for user_id in self._phones}

    def _all(self) -> dict[str, Any]:
        people = {f"person:{user_id}": self._person(user_id) for user_id in self._captions}
        talks = {
            f"talk:{user_id}:{channel.id}": self._talk(user_id, channel.id)
            for user_id in self._captions
            for channel in self._world.channels_of(user_id)
        }
        return {
            "team": self._team(),
            **self._names(),
            **people,
            **talks,
            "mail": self._mail(),
            "tour": self._tour.told(),
        }

    def _team(self) -> Json:
        shortcuts = [
            {"name": shortcut.name, "type": shortcut.type, "callback_id": shortcut.callback_id}
            for shortcut in self._manifest.shortcuts.values()
        ]
        people = list(self._captions)
        return {"boot": self._boot, "name": self._world.team.name, "people": people, "shortcuts": shortcuts}

    def _names(self) -> dict[str, Json]:
        people = {user.id: user.real_name for user in self._world.users.values() if not user.is_bot}
        app = self._world.app
        channels = {channel.id: channel.name for channel in self._world.channels.values() if channel.kind != "im"}
        return {"users": people, "channels": channels, "app": {"id": app.bot_user_id, "name": app.name}}

    def _person(self, user_id: str) -> Json:
        user = self._world.users[user_id]
        modals = self._world.modals(user_id)
        return {
            "id": user_id,
            "handle": user.name,
            "name": user.real_name,
            "caption": self._captions[user_id],
            "standing": slack_role(user, self._world.team),
            "gone": user.deleted,
            "channels": [self._channel(channel) for channel in self._world.channels_of(user_id)],
            "home": _view(self._world.home(user_id)),
            "form": _view(modals[-1] if modals else None),
        }

    def _channel(self, channel: Channel) -> Json:
        label = self._world.app.name if channel.kind == "im" else f"#{channel.name}"
        return {"id": channel.id, "label": label, "kind": channel.kind}

    def _talk(self, user_id: str, channel_id: str) -> list[Json]:
        said = [self._message(message) for message in self._world.messages(channel_id, user_id)]
        typed = [
            {"kind": "typed", "ts": one.ts, "text": one.text} for one in self._typed.get((user_id, channel_id), ())
        ]
        return sorted([*said, *typed], key=lambda one: float(one["ts"]))[-MAX_MESSAGES:]

    def _message(self, message: Message) -> Json:
        sender = self._world.users.get(message.user)
        return {
            "kind": "message",
            "ts": message.ts,
            "name": self._world.app.name if message.by_bot else (sender.real_name if sender else message.user),
            "bot": message.by_bot,
            "text": message.text,
            "blocks": list(message.blocks),
            "ephemeral": message.ephemeral_to is not None,
            "edited": message.edited is not None,
            "files": [file_shown(self._world, file_id) for file_id in message.files],
        }

    def _phone(self, user_id: str) -> list[Json]:
        now = int(self._world.now())
        return [
            {
                "id": code.id,
                "label": code.label,
                "digits": code.digits,
                "period": code.period,
                "until": now + code.seconds_left,
            }
            for code in self._phones[user_id].codes()
        ]

    def _mail(self) -> list[Json]:
        mails: Sequence[Mail] = self._mailbox.messages if self._mailbox else ()
        return [_mail(mail) for mail in reversed(mails[-MAX_MAILS:])]


def slack_role(user: User, team: Team) -> str:
    """What Slack's own pages call this kind of account."""
    kinds = (
        (user.deleted, "deactivated in Slack"),
        (user.team_id != team.id, "from another workspace"),
        (user.is_ultra_restricted, "single-channel guest"),
        (user.is_restricted, "guest"),
        (user.is_owner, "workspace owner"),
        (user.is_admin, "workspace admin"),
    )
    return next((words for applies, words in kinds if applies), "workspace member")


def _view(view: View | None) -> Json | None:
    if view is None:
        return None
    return {
        "id": view.id,
        "title": view.title,
        "submit": view.submit,
        "close": view.close,
        "blocks": list(view.blocks),
        "values": {block: dict(held) for block, held in view.values.items()},
        "errors": dict(view.errors),
    }


def _mail(mail: Mail) -> Json:
    return {
        "id": mail.id,
        "to": mail.to,
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text[:MAX_MAIL_TEXT],
        "at": mail.received_at.timestamp(),
        "links": list(mail.links),
    }
