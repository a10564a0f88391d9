"""views.* of the Web API, and what becomes of a view that the bot sends in an answer."""

import secrets
from typing import Any, Literal

from bot.playground.arguments import Arguments
from bot.playground.blocks import checked_view
from bot.playground.errors import SlackError
from bot.playground.forms import initial_values, kept_values
from bot.playground.model import Json, View, controls, plain
from bot.playground.shapes import view_json
from bot.playground.slack import Slack

MOST_MODALS = 3


def open_view(slack: Slack, args: Arguments) -> Json:
    trigger_id = args.required("trigger_id")
    given = checked_view(_required_view(args), kind="modal")
    trigger = slack.exchange.spendable(trigger_id)
    view = _made(slack, given, trigger.user, "modal")
    slack.world.clear_modals(trigger.user)
    slack.world.push_modal(view)
    trigger.view_id = view.id
    return {"view": view_json(slack.world, view)}


def push_view(slack: Slack, args: Arguments) -> Json:
    trigger_id = args.required("trigger_id")
    given = checked_view(_required_view(args), kind="modal")
    trigger = slack.exchange.spendable(trigger_id)
    if not trigger.in_modal:
        raise SlackError("invalid_trigger_id")
    view = push(slack, given, trigger.user)
    trigger.view_id = view.id
    return {"view": view_json(slack.world, view)}


def update_view(slack: Slack, args: Arguments) -> Json:
    given = checked_view(_required_view(args))
    view = _existing(slack, args)
    if view.type != given["type"]:
        raise SlackError("invalid_arguments", [f"unsupported type: {given['type']} [json-pointer:/view/type]"])
    _same_hash(args, view)
    changed = replace(slack, given, view)
    return {"view": view_json(slack.world, changed)}


def publish_view(slack: Slack, args: Arguments) -> Json:
    if not slack.manifest.home_tab:
        raise SlackError("not_enabled")
    given = checked_view(_required_view(args), kind="home")
    user = slack.world.users.get(args.required("user_id"))
    if user is None or user.deleted or user.is_bot:
        raise SlackError("user_not_found")
    published = slack.world.home(user.id)
    if published is None:
        view = _made(slack, given, user.id, "home")
        slack.world.put_home(view)
    else:
        _same_hash(args, published)
        view = replace(slack, given, published)
    return {"view": view_json(slack.world, view)}


def push(slack: Slack, given: Json, user_id: str) -> View:
    """Lays a checked view on the person's stack."""
    stack = slack.world.modals(user_id)
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= MOST_MODALS:
        raise SlackError("push_limit_reached")
    view = _made(slack, given, user_id, "modal")
    view = view.evolve(root_view_id=stack[0].id, previous_view_id=stack[-1].id)
    slack.world.push_modal(view)
    return view


def replace(slack: Slack, given: Json, view: View) -> View:
    """Puts a checked view in the place of one; what was typed stays where block and action keep their ids."""
    _scoped(slack, given)
    _free_external_id(slack, given, view.id)
    changed = view.evolve(**_parts(given), hash=_new_hash(slack), errors={})
    changed = changed.evolve(values=kept_values(changed, view))
    slack.world.replace_view(changed)
    return changed


def _made(slack: Slack, given: Json, user_id: str, kind: Literal["modal", "home"]) -> View:
    _scoped(slack, given)
    _free_external_id(slack, given, None)
    view_id = "V" + secrets.token_hex(5).upper()
    view = View(id=view_id, type=kind, user=user_id, root_view_id=view_id, hash=_new_hash(slack), **_parts(given))
    return view.evolve(values=initial_values(view.controls))


def _scoped(slack: Slack, given: Json) -> None:
    """A form that takes files needs the scope to read them."""
    if any(control.type == "file_input" for control in controls(given["blocks"])):
        slack.need("files:read")


def _parts(given: Json) -> dict[str, Any]:
    return {
        "blocks": given["blocks"],
        "callback_id": given.get("callback_id", ""),
        "title": plain(given.get("title")),
        "submit": plain(given.get("submit")),
        "close": plain(given.get("close")),
        "private_metadata": given.get("private_metadata", ""),
        "external_id": given.get("external_id", ""),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
    }


def _required_view(args: Arguments) -> Any:
    args.required("view")
    return args["view"]


def _existing(slack: Slack, args: Arguments) -> View:
    if not args.text("view_id") and not args.text("external_id"):
        raise SlackError("invalid_arguments", ["missing required field: view_id [json-pointer:]"])
    by_id, by_external_id = slack.world.view, slack.world.view_with_external_id
    view = by_id(args.text("view_id")) if args.text("view_id") else by_external_id(args.text("external_id"))
    if view is None:
        raise SlackError("not_found")
    return view


def _same_hash(args: Arguments, view: View) -> None:
    if args.text("hash") and args.text("hash") != view.hash:
        raise SlackError("hash_conflict")


def _free_external_id(slack: Slack, given: Json, own: str | None) -> None:
    external_id = given.get("external_id")
    taken = slack.world.view_with_external_id(external_id) if external_id else None
    if taken and taken.id != own:
        raise SlackError("duplicate_external_id")


def _new_hash(slack: Slack) -> str:
    return f"{int(slack.world.now())}.{secrets.token_hex(4)}"
