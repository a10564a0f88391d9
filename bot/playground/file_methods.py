"""files.* of the Web API."""

from typing import Any, cast

from bot.playground.arguments import Arguments
from bot.playground.blocks import message_blocks
from bot.playground.chat_methods import LONGEST_TEXT, postable
from bot.playground.errors import SlackError
from bot.playground.files import LARGEST, File, file_json
from bot.playground.model import Channel, Json, Message
from bot.playground.schema import Many, Obj, Str, problem
from bot.playground.slack import Slack

NAMED = Many(Obj({"id": Str(shortest=1)}, {"title": Str(), "highlight_type": Str()}), 1)


def get_upload_url(slack: Slack, args: Arguments) -> Json:
    name, length = args.required("filename"), args.number("length", 0)
    if length < 1:
        raise SlackError("missing_argument")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    files = slack.world.files
    file = files.made(name, slack.world.app.bot_user_id, slack.world.now())
    return {"upload_url": files.promise(file, length), "file_id": file.id}


def complete_upload(slack: Slack, args: Arguments) -> Json:
    """Without a channel the file stays the app's own; it is kept, and nobody sees it."""
    named, channel = _named(args.get("files")), _channel(slack, args)
    comment = args.text("initial_comment")
    if len(comment) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    blocks = None if comment or args.get("blocks") is None else message_blocks(args["blocks"])
    finished = [_titled(slack, slack.world.files.finish(file_id), title) for file_id, title in named]
    if channel:
        finished = _shared(slack, finished, channel, comment, blocks or ())
    slack.world.changed()
    return {"files": [_shown(slack, file) for file in finished]}


def _named(given: Any) -> list[tuple[str, str]]:
    problems = list(NAMED.problems(given, "/files"))
    if problems:
        raise SlackError("invalid_arguments", problems)
    return [(str(one["id"]), str(one.get("title") or "")) for one in cast("list[Json]", given)]


def _channel(slack: Slack, args: Arguments) -> Channel | None:
    """Slack takes a channel's id here, no name and no person's id."""
    channel_id = args.text("channel_id")
    if not channel_id:
        return None
    if channel_id not in slack.world.channels:
        raise SlackError("channel_not_found")
    return postable(slack, channel_id)


def _titled(slack: Slack, file: File, title: str) -> File:
    return slack.world.files.put(file.evolve(title=title)) if title else file


def _shared(slack: Slack, files: list[File], channel: Channel, comment: str, blocks: Any) -> list[File]:
    world = slack.world
    shared = [world.files.put(file.evolve(channels=file.channels | {channel.id})) for file in files]
    world.put_message(
        Message(
            ts=world.next_ts(),
            channel=channel.id,
            user=world.app.bot_user_id,
            text=comment,
            blocks=blocks,
            by_bot=True,
            files=tuple(file.id for file in shared),
        )
    )
    return shared


def info(slack: Slack, args: Arguments) -> Json:
    file = _file(slack, args)
    return {"file": _shown(slack, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(slack: Slack, args: Arguments) -> Json:
    """An app deletes only what it uploaded."""
    file = _file(slack, args)
    if file.user != slack.world.app.bot_user_id:
        raise SlackError("cant_delete_file")
    slack.world.files.remove(file)
    slack.world.changed()
    return {}


def _file(slack: Slack, args: Arguments) -> File:
    file_id = args.text("file")
    if not file_id:
        raise SlackError("invalid_arguments", [problem("missing required field: file", "")])
    file = slack.world.files.get(file_id)
    if file is None:
        raise SlackError("file_not_found")
    return file


def _shown(slack: Slack, file: File) -> Json:
    return file_json(slack.world.files, slack.world.team.id, file)
