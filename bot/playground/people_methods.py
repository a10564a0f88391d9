"""auth.*, users.* and conversations.* of the Web API."""

from bot.playground.arguments import Arguments
from bot.playground.errors import SlackError
from bot.playground.model import Channel, Json, User
from bot.playground.paging import page
from bot.playground.shapes import channel_json, user_json
from bot.playground.slack import Slack

READ_SCOPES = {"public": "channels:read", "shared": "channels:read", "private": "groups:read", "im": "im:read"}
LIST_TYPES = {
    "public_channel": ("channels:read", ("public", "shared")),
    "private_channel": ("groups:read", ("private",)),
    "im": ("im:read", ("im",)),
    "mpim": ("mpim:read", ()),
}


def auth_test(slack: Slack, args: Arguments) -> Json:  # noqa: ARG001 # every method has the same shape
    world = slack.world
    return {
        "url": f"https://{world.team.domain}.slack.com/",
        "team": world.team.name,
        "user": world.app.name.lower(),
        "team_id": world.team.id,
        "user_id": world.app.bot_user_id,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": world.team.enterprise_id} if world.team.enterprise_id else {}),
    }


def users_info(slack: Slack, args: Arguments) -> Json:
    user = slack.world.users.get(args.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    shown = _shown(slack, user)
    if args.flag("include_locale"):
        shown["locale"] = user.locale
    return {"user": shown}


def users_list(slack: Slack, args: Arguments) -> Json:
    ids, metadata = page(list(slack.world.users), args, kind="user", default=1000)
    members = [_shown(slack, slack.world.users[user_id]) for user_id in ids]
    return {"members": members, "cache_ts": int(slack.world.now()), "response_metadata": metadata}


def users_lookup_by_email(slack: Slack, args: Arguments) -> Json:
    """Finds only living accounts of this team, as Slack does."""
    user = slack.world.user_by_email(args.required("email"))
    if user is None or user.deleted or user.team_id != slack.world.team.id:
        raise SlackError("users_not_found")
    return {"user": _shown(slack, user)}


def _shown(slack: Slack, user: User) -> Json:
    return user_json(slack.world, user, with_email=slack.holds("users:read.email"))


def conversations_open(slack: Slack, args: Arguments) -> Json:
    if args.text("channel"):
        return {"channel": _opened(slack, _known(slack, args), args)}
    named = [user.strip() for user in args.text("users").split(",") if user.strip()]
    if not named:
        raise SlackError("users_list_not_supplied")
    if len(named) > 1:
        slack.need("mpim:write")
    user = _reachable(slack, named[0])
    already = "D" + user.id[1:] in slack.world.channels
    channel = slack.world.im_with(user.id)
    return {"no_op": already, "already_open": already, "channel": _opened(slack, channel, args)}


def _reachable(slack: Slack, user_id: str) -> User:
    user = slack.world.users.get(user_id)
    if user is None or user.team_id != slack.world.team.id:
        raise SlackError("user_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    return user


def _opened(slack: Slack, channel: Channel, args: Arguments) -> Json:
    return channel_json(slack.world, channel) if args.flag("return_im") else {"id": channel.id}


def conversations_info(slack: Slack, args: Arguments) -> Json:
    channel = _readable(slack, args)
    shown = channel_json(slack.world, channel)
    if args.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def conversations_members(slack: Slack, args: Arguments) -> Json:
    members, metadata = page(sorted(_readable(slack, args).members), args, kind="user", default=100)
    return {"members": members, "response_metadata": metadata}


def conversations_list(slack: Slack, args: Arguments) -> Json:
    kinds: set[str] = set()
    for name in args.text("types", "public_channel").split(","):
        if name.strip() not in LIST_TYPES:
            raise SlackError("invalid_types")
        scope, of_kind = LIST_TYPES[name.strip()]
        slack.need(scope)
        kinds.update(of_kind)
    seen = [
        channel.id for channel in slack.world.channels.values() if channel.kind in kinds and visible(slack, channel)
    ]
    ids, metadata = page(seen, args, kind="channel", default=100)
    channels = [channel_json(slack.world, slack.world.channels[channel_id]) for channel_id in ids]
    return {"channels": channels, "response_metadata": metadata}


def _readable(slack: Slack, args: Arguments) -> Channel:
    slack.need(*dict.fromkeys(READ_SCOPES.values()))
    channel = _known(slack, args)
    slack.need(READ_SCOPES[channel.kind])
    return channel


def _known(slack: Slack, args: Arguments) -> Channel:
    channel = slack.world.channels.get(args.text("channel"))
    if channel is None or not visible(slack, channel):
        raise SlackError("channel_not_found")
    return channel


def visible(slack: Slack, channel: Channel) -> bool:
    """The app sees every public channel, and of the others those it is in."""
    return channel.kind in ("public", "shared") or slack.world.app.bot_user_id in channel.members
