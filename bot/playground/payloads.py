"""What Slack sends to an app: commands, interactions, events. Shapes from docs.slack.dev."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot.playground.model import Channel, Control, Json, Message, User, View
from bot.playground.shapes import message_json, view_json
from bot.playground.slack import Slack

VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 # Slack still sends one; nothing may trust it


def command(
    slack: Slack, user: User, channel: Channel, *, name: str, text: str, trigger_id: str, response_url: str
) -> dict[str, str]:
    team = slack.world.team
    enterprise = {"enterprise_id": team.enterprise_id, "enterprise_name": team.name} if team.enterprise_id else {}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        **enterprise,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": slack.world.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def block_actions(
    slack: Slack,
    user: User,
    on: Message | View,
    action: Json,
    *,
    trigger_id: str,
    response_url: str | None,
    state: Json,
) -> Json:
    payload = {
        "type": "block_actions",
        "user": _user(user),
        **_origin(slack),
        "container": _container(on),
        "trigger_id": trigger_id,
    }
    if isinstance(on, Message):
        payload |= {"channel": _channel(slack, on), "state": {"values": state}, "response_url": response_url}
        # An ephemeral message is not kept by Slack, so it cannot be told.
        payload |= {} if on.ephemeral_to else {"message": message_json(slack.world, on)}
    else:
        payload |= {"view": view_json(slack.world, on)}
    return payload | {"actions": [action]}


def action_of(control: Control, held: Mapping[str, Any], action_ts: str) -> Json:
    """One entry of `actions`: what was pressed or chosen."""
    told = ("text", "value", "style", "placeholder", "url")
    presets = [key for key in control.element if key.startswith("initial_")]
    seen = {key: control.element[key] for key in (*told, *presets) if key in control.element}
    ids = {"action_id": control.action_id, "block_id": control.block_id, "type": control.type}
    return {**seen, **ids, **held, "action_ts": action_ts}


def view_submission(slack: Slack, user: User, view: View, *, trigger_id: str, response_urls: list[Json]) -> Json:
    return {
        "type": "view_submission",
        "user": _user(user),
        **_origin(slack),
        "trigger_id": trigger_id,
        "view": view_json(slack.world, view),
        "response_urls": response_urls,
    }


def view_closed(slack: Slack, user: User, view: View, *, is_cleared: bool) -> Json:
    return {
        "type": "view_closed",
        "user": _user(user),
        **_origin(slack),
        "view": view_json(slack.world, view),
        "is_cleared": is_cleared,
    }


def block_suggestion(slack: Slack, user: User, on: Message | View, control: Control, text: str) -> Json:
    payload = {
        "type": "block_suggestion",
        "user": _user(user),
        **_origin(slack),
        "container": _container(on),
        "action_id": control.action_id,
        "block_id": control.block_id,
        "value": text,
    }
    if isinstance(on, View):
        return payload | {"view": view_json(slack.world, on)}
    return payload | {"channel": _channel(slack, on), "message": message_json(slack.world, on)}


def shortcut(slack: Slack, user: User, *, callback_id: str, trigger_id: str) -> Json:
    return {
        "type": "shortcut",
        **_origin(slack),
        "action_ts": slack.world.next_ts(),
        "user": _user(user),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def message_action(
    slack: Slack, user: User, message: Message, *, callback_id: str, trigger_id: str, response_url: str
) -> Json:
    return {
        "type": "message_action",
        **_origin(slack),
        "action_ts": slack.world.next_ts(),
        "user": _user(user),
        "channel": _channel(slack, message),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "response_url": response_url,
        "message_ts": message.ts,
        "message": message_json(slack.world, message),
    }


def event(slack: Slack, inner: Json) -> Json:
    world = slack.world
    enterprise = world.team.enterprise_id
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team.id,
        "context_team_id": world.team.id,
        "context_enterprise_id": enterprise,
        "api_app_id": world.app.id,
        "event": {**inner, "event_ts": world.next_ts()},
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(world.now()),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": world.team.id,
                "user_id": world.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def url_verification(challenge: str) -> Json:
    return {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}


def _origin(slack: Slack) -> Json:
    """The team is always the app's own, also when the person is another's."""
    team = slack.world.team
    enterprise = {"id": team.enterprise_id, "name": team.name} if team.enterprise_id else None
    return {
        "api_app_id": slack.world.app.id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": team.id, "domain": team.domain, **({"enterprise_id": team.enterprise_id} if enterprise else {})},
        "enterprise": enterprise,
        "is_enterprise_install": False,
    }


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


def _container(on: Message | View) -> Json:
    if isinstance(on, View):
        return {"type": "view", "view_id": on.id}
    return {
        "type": "message",
        "message_ts": on.ts,
        "channel_id": on.channel,
        "is_ephemeral": on.ephemeral_to is not None,
    }


def _channel(slack: Slack, message: Message) -> Json:
    return {"id": message.channel, "name": _channel_name(slack.world.channels[message.channel])}


def _channel_name(channel: Channel) -> str:
    """Private channels do not tell their names here."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
