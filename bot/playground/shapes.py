"""People, channels, messages and views as Slack writes them in JSON."""

from typing import Any

from bot.playground.files import file_json, gone_json
from bot.playground.model import Channel, Json, Message, User, View
from bot.playground.world import World


def user_json(world: World, user: User, *, with_email: bool) -> Json:
    """As in users.info. A deleted account says much less of itself; a stranger is in no channel that the app sees."""
    shown: Json = {"id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted}
    if not user.deleted:
        shown |= _living(user)
    shown |= {"profile": _profile(user, with_email=with_email), "is_bot": user.is_bot, "is_app_user": False}
    if not user.deleted and not user.is_bot:
        shown["is_email_confirmed"] = user.is_email_confirmed
    if user.team_id != world.team.id:
        shown["is_stranger"] = user.is_stranger
    elif world.team.enterprise_id:
        shown["enterprise_user"] = {"id": user.id, "enterprise_id": world.team.enterprise_id, "teams": [world.team.id]}
    return shown | {"updated": user.updated, "who_can_share_contact_card": "EVERYONE"}


def _living(user: User) -> Json:
    return {
        "color": user.colour,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz_label,
        "tz_offset": user.tz_offset,
        "is_admin": user.is_admin or user.is_owner,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": user.is_ultra_restricted,
    }


def _profile(user: User, *, with_email: bool) -> Json:
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "fields": None,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "",
        "first_name": first,
        "last_name": last,
        "team": user.team_id,
    }
    if with_email and user.email is not None:
        profile["email"] = user.email
    return profile


def channel_json(world: World, channel: Channel) -> Json:
    if channel.kind == "im":
        return _im_json(world, channel)
    private, shared = channel.kind == "private", channel.kind == "shared"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "created": channel.created,
        "is_archived": False,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "is_shared": shared,
        "is_org_shared": False,
        "is_ext_shared": shared,
        "is_pending_ext_shared": False,
        "context_team_id": world.team.id,
        "shared_team_ids": _teams(world, channel),
        "creator": "USLACKBOT",
        "is_member": world.app.bot_user_id in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _teams(world: World, channel: Channel) -> list[str]:
    foreign = {world.users[member].team_id for member in channel.members if member in world.users}
    return [world.team.id, *sorted(foreign - {world.team.id})]


def _im_json(world: World, channel: Channel) -> Json:
    user = world.users.get(channel.user)
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": world.team.id,
        "user": channel.user,
        "is_user_deleted": bool(user and user.deleted),
        "is_open": True,
        "priority": 0,
    }


def message_json(world: World, message: Message) -> Json:
    shown: Json = {"user": message.user, "type": "message", "ts": message.ts, "text": message.text}
    if message.by_bot:
        shown |= {"bot_id": world.app.bot_id, "app_id": world.app.id, "bot_profile": _bot_profile(world)}
    shown["team"] = world.team.id if message.by_bot else world.users[message.user].team_id
    optional: dict[str, Any] = {
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "thread_ts": message.thread_ts,
        "metadata": message.metadata,
        "files": [file_shown(world, file_id) for file_id in message.files],
    }
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.edited}
    return shown | {key: value for key, value in optional.items() if value}


def file_shown(world: World, file_id: str) -> Json:
    file = world.files.get(file_id)
    return file_json(world.files, world.team.id, file) if file else gone_json(file_id)


def _bot_profile(world: World) -> Json:
    app = world.app
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.bot_user_id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "team_id": world.team.id,
    }


def view_json(world: World, view: View) -> Json:
    return {
        "id": view.id,
        "team_id": world.team.id,
        "type": view.type,
        "blocks": list(view.blocks),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": view.external_id,
        "state": {"values": {block: dict(held) for block, held in view.values.items()}},
        "hash": view.hash,
        "title": _plain(view.title or "View Title"),
        "submit": _plain(view.submit) if view.submit else None,
        "close": _plain(view.close) if view.close else None,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": world.app.id,
        "app_installed_team_id": world.team.id,
        "bot_id": world.app.bot_id,
    }


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}
