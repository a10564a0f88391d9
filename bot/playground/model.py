"""What there is in the pretend Slack: a team, an app, people, channels, messages, views. The world replaces them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "shared", "im"]

COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSpec:
    """Somebody who is to exist. `name` is the handle: `@ada`, and the key for `Playground.person`."""

    name: str
    real_name: str = ""
    email: str | None = None
    id: str = ""
    tz: str = "Europe/London"
    tz_label: str = ""
    locale: str = "en-US"
    colour: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    email_confirmed: bool = True
    """Whether Slack vouches for the address."""
    team_id: str = ""
    """Another team's id makes an outsider of a shared channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel that is to exist. Without `members` every person of the team who is no guest is in it."""

    name: str
    id: str = ""
    kind: Literal["public", "private", "shared"] = "public"
    members: Sequence[str] | None = None
    bot: bool = True
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    domain: str
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True)
class App:
    """The installed app, seen from Slack's side."""

    id: str
    name: str
    bot_id: str
    bot_user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None
    tz: str
    tz_label: str
    tz_offset: int
    locale: str
    colour: str
    updated: int
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    """Of another team, and in no channel that the app is in (Slack says so only of those)."""
    is_email_confirmed: bool = True
    deleted: bool = False

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def evolve(self, **changes: Any) -> "User":
        return replace(self, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    id: str
    name: str
    kind: ChannelKind
    created: int
    members: frozenset[str]
    """User ids, the bot's among them where it is in."""
    topic: str = ""
    user: str = ""
    """The person at the other end of a direct message."""

    def evolve(self, **changes: Any) -> "Channel":
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Control:
    """One thing in a message or view that can be pressed, chosen or filled in."""

    block_id: str
    action_id: str
    type: str
    label: str
    element: Json = field(repr=False)
    is_input: bool

    @property
    def value(self) -> str:
        return str(self.element.get("value", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    ts: str
    channel: str
    user: str
    text: str
    blocks: Sequence[Json] = ()
    attachments: Sequence[Json] = ()
    by_bot: bool = False
    ephemeral_to: str | None = None
    """The only user id that sees it; None: everybody in the channel."""
    edited: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    files: Sequence[str] = ()

    def evolve(self, **changes: Any) -> "Message":
        return replace(self, **changes)

    @property
    def controls(self) -> list[Control]:
        return list(controls(self.blocks))

    @property
    def words(self) -> str:
        """All that can be read: the text, then what the blocks say, one line each."""
        return "\n".join([self.text, *texts(self.blocks)])

    def button(self, label_or_action_id: str) -> Control | None:
        return find_control(self.controls, label_or_action_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    id: str
    type: Literal["modal", "home"]
    user: str
    blocks: Sequence[Json]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    callback_id: str = ""
    title: str = ""
    submit: str = ""
    close: str = ""
    private_metadata: str = field(default="", repr=False)
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict[str, dict[str, Json]])
    """What the person has filled in, as in `state.values`: block id, action id, `{"type": …, "value": …}`."""
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the form shows under its inputs: block id, text."""
    response_url: str = field(default="", repr=False)

    def evolve(self, **changes: Any) -> "View":
        return replace(self, **changes)

    @property
    def controls(self) -> list[Control]:
        return list(controls(self.blocks))

    @property
    def inputs(self) -> list[Control]:
        return [control for control in self.controls if control.is_input]

    @property
    def words(self) -> str:
        """All that can be read: the title, then what the blocks say, one line each."""
        return "\n".join([self.title, *texts(self.blocks)])

    def button(self, label_or_action_id: str) -> Control | None:
        return find_control(self.controls, label_or_action_id)


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    value: str
    description: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person sees after an act. `error` is Slack's own text, not the bot's."""

    message: Message | None = None
    view: View | None = None
    """A form that opened because of the act."""
    error: str | None = None
    status: int | None = None
    """The bot's HTTP status; None if it gave none."""
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    @property
    def words(self) -> str:
        return self.message.words if self.message else (self.error or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What became of a sent form. `sent` is False if the form itself stopped it, as Slack's does."""

    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    closed: bool = False
    view: View | None = None
    """The view now on top, when the bot's answer updated or pushed one."""
    error: str | None = None
    sent: bool = True
    status: int | None = None


def controls(blocks: Sequence[Json]) -> Iterator[Control]:
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        if block.get("type") == "input":
            yield _control(block_id, block.get("element", {}), plain(block.get("label")), is_input=True)
        if block.get("type") == "section" and "accessory" in block:
            yield _control(block_id, block["accessory"], plain(block.get("text")), is_input=False)
        if block.get("type") == "actions":
            for element in block.get("elements", ()):
                yield _control(block_id, element, "", is_input=False)


def _control(block_id: str, element: Json, label: str, *, is_input: bool) -> Control:
    own = plain(element.get("text")) or ("" if is_input else plain(element.get("placeholder"))) or label
    return Control(block_id, str(element.get("action_id", "")), str(element.get("type", "")), own, element, is_input)


def find_control(all_controls: Sequence[Control], wanted: str) -> Control | None:
    """By action id, else by visible label in any letter case, else by block id."""
    by_action = [control for control in all_controls if control.action_id == wanted]
    by_label = [control for control in all_controls if control.label.casefold() == wanted.casefold()]
    by_block = [control for control in all_controls if control.block_id == wanted]
    return next(iter([*by_action, *by_label, *by_block]), None)


def texts(node: Any) -> Iterator[str]:
    """Every piece of text in blocks, in reading order; option lists and confirmations are left out."""
    if isinstance(node, list | tuple):
        for child in node:  # pyright: ignore[reportUnknownVariableType] # JSON from the bot
            yield from texts(child)
    elif isinstance(node, dict):
        yield from _texts_of(node)  # pyright: ignore[reportUnknownArgumentType] # JSON from the bot


def _texts_of(node: Json) -> Iterator[str]:
    if node.get("type") in ("plain_text", "mrkdwn", "text") and isinstance(node.get("text"), str):
        yield node["text"]
        return
    for key in ("text", "label", "hint", "fields", "elements", "element", "accessory", "title", "alt_text"):
        child = node.get(key)
        if key == "alt_text" and isinstance(child, str):
            yield child
        yield from texts(child)


def plain(text_object: Any) -> str:
    """The text of a text object, or nothing."""
    return str(text_object.get("text", "")) if isinstance(text_object, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def slug(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())
