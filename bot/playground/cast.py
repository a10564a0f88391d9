"""Makes the people and channels of the pretend Slack from their descriptions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.playground.model import COLOURS, App, Channel, ChannelSpec, PersonSpec, User, slug


def user_of(spec: PersonSpec, team_id: str, now: datetime) -> User:
    there = now.astimezone(ZoneInfo(spec.tz))
    offset = there.utcoffset()
    user_id = spec.id or "U0" + slug(spec.name)
    return User(
        id=user_id,
        team_id=spec.team_id or team_id,
        name=spec.name,
        real_name=spec.real_name or spec.name.replace(".", " ").title(),
        email=spec.email,
        tz=spec.tz,
        tz_label=spec.tz_label or (there.tzname() or spec.tz),
        tz_offset=int(offset.total_seconds()) if offset else 0,
        locale=spec.locale,
        colour=spec.colour or COLOURS[sum(user_id.encode()) % len(COLOURS)],
        updated=int(now.timestamp()),
        is_admin=spec.is_admin or spec.is_owner,
        is_owner=spec.is_owner,
        is_restricted=spec.is_restricted,
        is_ultra_restricted=spec.is_ultra_restricted,
        is_bot=spec.is_bot,
        is_email_confirmed=spec.email_confirmed and spec.email is not None,
        deleted=spec.deleted,
    )


def bot_user(app: App, team_id: str, now: datetime) -> User:
    spec = PersonSpec(
        name=app.name.lower(), real_name=app.name, id=app.bot_user_id, is_bot=True, tz="America/Los_Angeles"
    )
    return user_of(spec, team_id, now)


def channel_of(spec: ChannelSpec, users: Iterable[User], app: App, team_id: str, now: datetime) -> Channel:
    members = _members(spec, list(users), team_id)
    return Channel(
        id=spec.id or "C0" + slug(spec.name),
        name=spec.name,
        kind=spec.kind,
        created=int(now.timestamp()),
        members=frozenset(members | ({app.bot_user_id} if spec.bot else set())),
        topic=spec.topic,
    )


def _members(spec: ChannelSpec, users: Sequence[User], team_id: str) -> set[str]:
    if spec.members is None:
        return {
            user.id for user in users if user.team_id == team_id and not (user.is_guest or user.is_bot or user.deleted)
        }
    by_name = {user.name: user.id for user in users} | {user.id: user.id for user in users}
    unknown = [name for name in spec.members if name not in by_name]
    if unknown:
        raise ValueError(f"#{spec.name}: there is nobody called {', '.join(unknown)}.")
    return {by_name[name] for name in spec.members}


def with_strangers(users: Iterable[User], channels: Sequence[Channel], app: App, team_id: str) -> list[User]:
    """Marks people of other teams that share no channel with the app."""
    met = {member for channel in channels if app.bot_user_id in channel.members for member in channel.members}
    return [user.evolve(is_stranger=user.team_id != team_id and user.id not in met) for user in users]
