"""What the bot's answers do in the client: messages spoken in an ack or through a response_url, forms that change."""

import json
from collections.abc import Mapping
from typing import Any, cast

from bot.playground.arguments import Arguments, unpacked_json
from bot.playground.blockkit import GROUP, OPTION
from bot.playground.blocks import checked_view
from bot.playground.chat_methods import Content, content_of, from_bot
from bot.playground.errors import SlackError
from bot.playground.exchange import Response
from bot.playground.model import Json, Message, Option, Submission, View, plain
from bot.playground.schema import Many
from bot.playground.slack import Slack
from bot.playground.view_methods import push, replace
from bot.playground.wire import JSON, Reply

OPTIONS = Many(OPTION, 0, 100)
GROUPS = Many(GROUP, 0, 100)


def respond(slack: Slack, response: Response, args: Arguments) -> Message | None:
    """One message through a response_url, or in the ack itself. SlackError if Slack would refuse it."""
    original = _original(slack, response)
    if args.flag("delete_original"):
        if original:
            slack.world.remove_message(original.channel, original.ts)
        return None
    content = content_of(args)
    if original and args.flag("replace_original"):
        message = _replaced(slack, original, content)
    else:
        message = from_bot(slack, response.channel, content)
        message = message if args.text("response_type") == "in_channel" else message.evolve(ephemeral_to=response.user)
    slack.world.put_message(message)
    response.posted.append(message.ts)
    response.original = response.original or message.ts
    return message


def _original(slack: Slack, response: Response) -> Message | None:
    return slack.world.message(response.channel, response.original) if response.original else None


def _replaced(slack: Slack, original: Message, content: Content) -> Message:
    """Unlike chat.update, this leaves nothing of what stood there."""
    return original.evolve(
        text=content.text or "",
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        edited=slack.world.next_ts(),
    )


def spoken(slack: Slack, response: Response, reply: Reply) -> Message | None:
    """The message in the body of an ack to a command, if there is one."""
    if not reply.text:
        return None
    if reply.content_type != JSON:
        return respond(slack, response, Arguments(text=reply.text))
    body = _object(reply)
    if body is None:
        raise SlackError("invalid_command_response")
    return respond(slack, response, Arguments(unpacked_json(dict(body)))) if body else None


def after_submission(slack: Slack, view: View, reply: Reply) -> Submission:
    try:
        reply.demand()
        return _answered(slack, view, reply)
    except SlackError as error:
        slack.world.record("view_submission", {"callback_id": view.callback_id}, error.body())
        return Submission(error=f"We had some trouble connecting. Try again? ({error})", view=view, status=reply.status)


def _answered(slack: Slack, view: View, reply: Reply) -> Submission:
    body = _object(reply) if reply.text else {}
    match body:
        case {"response_action": "clear"}:
            slack.world.clear_modals(view.user)
            return Submission(closed=True, status=reply.status)
        case {"response_action": "errors", "errors": errors}:
            return Submission(errors=(shown := _errors(view, errors)), view=_with_errors(slack, view, shown))
        case {"response_action": "update", "view": given}:
            return Submission(view=_updated(slack, view, given), status=reply.status)
        case {"response_action": "push", "view": given}:
            return Submission(view=push(slack, checked_view(given, kind="modal"), view.user), status=reply.status)
        case {} if body == {}:
            slack.world.pop_modal(view)
            return Submission(closed=True, status=reply.status)
        case _:
            raise SlackError("invalid_response_action")


def _errors(view: View, given: Any) -> Mapping[str, str]:
    """Slack shows them only under inputs; anything else makes it say that something went wrong."""
    if not isinstance(given, dict) or not given:
        raise SlackError("invalid_errors")
    errors = cast("dict[str, Any]", given)
    inputs = {control.block_id for control in view.inputs}
    stray = [block_id for block_id, text in errors.items() if block_id not in inputs or not isinstance(text, str)]
    if stray:
        raise SlackError("invalid_errors", [f"no input has this block id [json-pointer:/errors/{stray[0]}]"])
    return {block_id: str(text) for block_id, text in errors.items()}


def _with_errors(slack: Slack, view: View, errors: Mapping[str, str]) -> View:
    shown = (slack.world.view(view.id) or view).evolve(errors=errors)
    slack.world.replace_view(shown)
    return shown


def _updated(slack: Slack, view: View, given: Any) -> View:
    current = slack.world.view(view.id)
    if current is None:
        raise SlackError("not_found")
    return replace(slack, checked_view(given, kind="modal"), current)


def suggestions(reply: Reply) -> list[Json]:
    """The options in an answer to block_suggestion, those of groups with `group` beside them."""
    reply.demand()
    body = _object(reply)
    if body is None or ("options" in body) == ("option_groups" in body):
        raise SlackError("invalid_options")
    rule, key = (OPTIONS, "options") if "options" in body else (GROUPS, "option_groups")
    problems = list(rule.problems(body[key], f"/{key}"))
    if problems:
        raise SlackError("invalid_options", problems)
    if key == "options":
        return cast("list[Json]", body[key])
    return [{**option, "group": plain(group["label"])} for group in body[key] for option in group["options"]]


def option_of(found: Json) -> Option:
    return Option(plain(found["text"]), found["value"], plain(found.get("description")), found.get("group", ""))


def _object(reply: Reply) -> Json | None:
    try:
        body = json.loads(reply.text)
    except ValueError:
        return None
    return cast("Json", body) if isinstance(body, dict) else None
