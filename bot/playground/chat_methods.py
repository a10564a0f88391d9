"""chat.* of the Web API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.playground.arguments import Arguments
from bot.playground.blocks import message_blocks
from bot.playground.errors import SlackError
from bot.playground.model import Channel, Json, Message
from bot.playground.people_methods import visible
from bot.playground.schema import Anything, Many, Obj, Str
from bot.playground.shapes import message_json
from bot.playground.slack import Slack

LONGEST_TEXT = 40_000
LONGEST_EDITED_TEXT = 4_000
MOST_ATTACHMENTS = 100
METADATA = Obj({"event_type": Str(shortest=1), "event_payload": Anything()})
ATTACHMENTS = Many(Anything(), 0, MOST_ATTACHMENTS)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is to say. None: not mentioned by the caller, which is another thing than empty."""

    text: str | None
    blocks: Sequence[Json] | None
    attachments: Sequence[Json] | None


def content_of(args: Arguments, *, longest: int = LONGEST_TEXT) -> Content:
    """SlackError for a message that Slack would refuse."""
    text, blocks, attachments = args.get("text"), args.get("blocks"), args.get("attachments")
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_arguments", ["must provide a string [json-pointer:/text]"])
    if text is not None and len(text) > longest:
        problems = [f"must be less than {longest + 1} characters [json-pointer:/text]"]
        raise SlackError("msg_too_long", problems)
    if not (text and text.strip()) and not blocks and not attachments:
        raise SlackError("no_text")
    return Content(text, None if blocks is None else message_blocks(blocks), _attachments(attachments))


def _attachments(given: Any) -> Sequence[Json] | None:
    if given is None:
        return None
    if list(ATTACHMENTS.problems(given, "/attachments")):
        raise SlackError("too_many_attachments" if isinstance(given, list) else "invalid_attachments")
    return [_attachment(item, f"/attachments/{index}") for index, item in enumerate(cast("list[Any]", given))]


def _attachment(given: Any, at: str) -> Json:
    if not isinstance(given, dict):
        raise SlackError("invalid_attachments")
    attachment = cast("Json", given)
    if "blocks" in attachment:
        return {**attachment, "blocks": message_blocks(attachment["blocks"], f"{at}/blocks")}
    return attachment


def post_message(slack: Slack, args: Arguments) -> Json:
    channel = postable(slack, args.text("channel"))
    message = _new(slack, channel, content_of(args)).evolve(
        thread_ts=args.text("thread_ts") or None, metadata=_metadata(args.get("metadata"))
    )
    slack.world.put_message(message)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(slack.world, message)}


def post_ephemeral(slack: Slack, args: Arguments) -> Json:
    channel = postable(slack, args.text("channel"))
    user = args.required("user")
    person = slack.world.users.get(user)
    if user not in channel.members or (person and person.deleted):
        raise SlackError("user_not_in_channel")
    message = _new(slack, channel, content_of(args)).evolve(ephemeral_to=user)
    slack.world.put_message(message)
    return {"message_ts": message.ts}


def update(slack: Slack, args: Arguments) -> Json:
    """What the call does not mention stays: text alone leaves the old blocks standing, as in Slack."""
    message = _own(slack, args, "cant_update_message")
    changed = edited(slack, message, content_of(args, longest=LONGEST_EDITED_TEXT))
    if "metadata" in args:
        changed = changed.evolve(metadata=_metadata(args["metadata"]))
    slack.world.put_message(changed)
    shown = message_json(slack.world, changed)
    return {"channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": shown}


def delete(slack: Slack, args: Arguments) -> Json:
    message = _own(slack, args, "cant_delete_message")
    slack.world.remove_message(message.channel, message.ts)
    return {"channel": message.channel, "ts": message.ts}


def edited(slack: Slack, message: Message, content: Content) -> Message:
    return message.evolve(
        text=message.text if content.text is None else content.text,
        blocks=message.blocks if content.blocks is None else content.blocks,
        attachments=message.attachments if content.attachments is None else content.attachments,
        edited=slack.world.next_ts(),
    )


def _new(slack: Slack, channel: Channel, content: Content) -> Message:
    return Message(
        ts=slack.world.next_ts(),
        channel=channel.id,
        user=slack.world.app.bot_user_id,
        text=content.text or "",
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        by_bot=True,
    )


def from_bot(slack: Slack, channel_id: str, content: Content) -> Message:
    """A message as the bot, in a channel that is known to exist; not yet put anywhere."""
    return _new(slack, slack.world.channels[channel_id], content)


def postable(slack: Slack, name: str) -> Channel:
    """By id, by `#name`, or by the id of a person, which means the direct messages with them."""
    world = slack.world
    user = world.users.get(name)
    if user and not user.deleted and not user.is_bot and user.team_id == world.team.id:
        return world.im_with(user.id)
    channel = world.channels.get(name) or (world.channel_named(name) if name.startswith("#") else None)
    if channel is None or not visible(slack, channel):
        raise SlackError("channel_not_found")
    if world.app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _own(slack: Slack, args: Arguments, refusal: str) -> Message:
    world = slack.world
    channel = world.channels.get(args.text("channel"))
    if channel is None or not visible(slack, channel):
        raise SlackError("channel_not_found")
    message = world.message(channel.id, args.required("ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    if not message.by_bot:
        raise SlackError(refusal)
    return message


def _metadata(given: Any) -> Json | None:
    if given is None:
        return None
    if list(METADATA.problems(given, "/metadata")):
        raise SlackError("invalid_metadata_format")
    return cast("Json", given)
