"""Who stands before a door in Slack: the request's own words, compared with where Usher is installed.

A person is (enterprise or team id, user id) and nothing else; what is missing, or belongs to another team, is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.slack.calls import Calls
from handlers.commands import SYSTEM, Account, Actor, CardPlace, NoteAccount, Refused
from handlers.house import Usher
from handlers.models import Desk

Body = Mapping[str, Any]
OUTSIDER = Refused("not-for-guests")
UNKNOWN = Refused("unknown-account")


@dataclass(frozen=True, slots=True)
class Installed:
    """Where this Usher is installed, as ``auth.test`` says."""

    team: str
    enterprise: str | None
    bot_user: str
    name: str = ""
    """The workspace's own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """``response_url`` may be used by us alone, so it never shows."""

    account: Account
    workspace: str
    channel: str | None = None
    delivery: str | None = None
    card: CardPlace | None = None
    trigger: str | None = field(default=None, repr=False)
    response_url: str | None = field(default=None, repr=False)

    def by(self, desk: Desk, *, code: str | None = None, card: CardPlace | None = None, channel: str = "") -> Actor:
        return Actor(
            via="slack",
            account=self.account,
            # Who is not connected acts in no organization yet: the gate takes the workspace's own.
            organization=desk.organization.id if desk.organization and desk.member else None,
            delivery=self.delivery,
            code=code,
            channel=channel or self.channel,
            card=card or self.card,
        )


class Identity:
    """Asks Slack once where Usher is installed, and about a person only when what is known of them is too old."""

    def __init__(self, usher: Usher, calls: Calls, *, installed: Installed | None = None) -> None:
        self._usher = usher
        self._calls = calls
        self._installed = installed
        self._learning = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether Slack has said where Usher is installed; until then everybody in Slack is refused."""
        return self._installed is not None

    async def caller(self, body: Body) -> Caller | Refused:
        installed = await self.installed()
        return _caller(body, installed) if installed else UNKNOWN

    async def desk(self, caller: Caller) -> Desk | Refused:
        desk = await self._look(caller)
        if desk.standing == "unknown":
            if not await self.refresh(caller.account, caller.workspace):
                return UNKNOWN
            desk = await self._look(caller)
        match desk.standing:
            case "good":
                if desk.member and desk.status == "active":
                    self._usher.activity.seen(desk.member.id)
                return desk
            case "unknown":
                return UNKNOWN
            case "outsider":
                return OUTSIDER

    async def _look(self, caller: Caller) -> Desk:
        return await self._usher.queries.desk(caller.account, caller.workspace)

    async def refresh(self, account: Account, workspace: str) -> bool:
        """What Slack says of that account right now; False: Slack did not say."""
        user = await self._calls.user(account.user)
        return user is not None and await self.note(user, account, workspace)

    async def note(self, user: Body, account: Account, workspace: str, *, delivery: str | None = None) -> bool:
        if user.get("id") != account.user:
            return False
        by = Actor(via="system", delivery=delivery) if delivery else SYSTEM
        outcome = await self._usher.gate.perform(noted(user, account, workspace), by=by)
        return not isinstance(outcome, Refused)

    async def installed(self) -> Installed | None:
        """None while Slack has not yet said; asked again with the next request."""
        if self._installed is None:
            async with self._learning:
                self._installed = self._installed or await self._learn()
        return self._installed

    async def _learn(self) -> Installed | None:
        answer = await self._calls.whereabouts() or {}
        team, bot_user, enterprise = answer.get("team_id"), answer.get("user_id"), answer.get("enterprise_id")
        if not (team and bot_user):
            return None
        return Installed(
            str(team), str(enterprise) if enterprise else None, str(bot_user), name=str(answer.get("team") or "")
        )


def noted(user: Body, account: Account, workspace: str) -> NoteAccount:
    """Slack's user object: https://docs.slack.dev/reference/objects/user-object"""
    profile = cast("Body", user.get("profile") or {})
    vouched = user.get("is_email_confirmed", True) is not False
    return NoteAccount(
        account=account,
        workspace=workspace,
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        email=str(profile["email"]) if vouched and profile.get("email") else None,
        timezone=str(user.get("tz") or "UTC"),
        deleted=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or account.user == "USLACKBOT"),
        stranger=_is_stranger(user, account, workspace),
        workspace_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
    )


def _is_stranger(user: Body, account: Account, workspace: str) -> bool:
    """In a shared channel Slack shows us people of other teams; on Enterprise Grid the enterprise is one house."""
    home = user.get("team_id")
    if user.get("is_stranger") or not home:
        return True
    return home not in {workspace, account.team} and workspace not in _teams(user)


def _teams(user: Body) -> frozenset[str]:
    enterprise = cast("Body", user.get("enterprise_user") or {})
    return frozenset(str(team) for team in cast("list[object]", enterprise.get("teams") or []))


# What a request says of its sender ------------------------------------------------------------------------------------


def _caller(body: Body, installed: Installed) -> Caller | Refused:
    user, home = _user(body)
    team = _team(body)
    if not user or team != installed.team or home not in {None, team} or user == installed.bot_user:
        return OUTSIDER
    if _enterprise(body) not in {None, installed.enterprise}:
        return OUTSIDER
    return Caller(
        account=Account(installed.enterprise or installed.team, user),
        workspace=installed.team,
        channel=_channel(body),
        delivery=delivery_of(body),
        card=_card(body),
        trigger=body.get("trigger_id"),
        response_url=body.get("response_url"),
    )


def _user(body: Body) -> tuple[str, str | None]:
    """The user's id, and the team that the request itself says they belong to."""
    sender = _event(body).get("user") or body.get("user") or body.get("user_id") or ""
    if isinstance(sender, str):
        return sender, None
    held = cast("Body", sender)
    return str(held.get("id") or ""), held.get("team_id") or None


def _team(body: Body) -> str | None:
    """A view keeps the team it was opened in, also where the sender's own team is another one."""
    view, team = cast("Body", body.get("view") or {}), body.get("team")
    if isinstance(team, dict):
        return cast("Body", team).get("id")
    return team or body.get("team_id") or view.get("team_id")


def _enterprise(body: Body) -> str | None:
    enterprise = body.get("enterprise")
    if isinstance(enterprise, dict):
        return cast("Body", enterprise).get("id")
    team = body.get("team")
    of_team = cast("Body", team).get("enterprise_id") if isinstance(team, dict) else None
    return enterprise or body.get("enterprise_id") or of_team or None


def _channel(body: Body) -> str | None:
    channel = body.get("channel")
    if isinstance(channel, dict):
        return cast("Body", channel).get("id")
    return channel or body.get("channel_id") or None


def _card(body: Body) -> CardPlace | None:
    """Where a pressed message stands. What only its reader sees is no card, and cannot be forwarded."""
    container = cast("Body", body.get("container") or {})
    if body.get("type") != "block_actions" or body.get("view"):
        return None
    if container.get("is_ephemeral") is True:
        return None
    message = cast("Body", body.get("message") or {})
    channel = container.get("channel_id") or _channel(body)
    ts = container.get("message_ts") or message.get("ts")
    # A message whose place is not told can be no card's, and the gate finds no card at such a place.
    return CardPlace(str(channel or ""), str(ts or ""))


def delivery_of(body: Body) -> str | None:
    """One delivery, however often it arrives: each page of a form counts by itself, for one may follow another."""
    match body.get("type"):
        case "view_submission":
            view = cast("Body", body.get("view") or {})
            return f"view:{view.get('id')}:{view.get('callback_id', '')}"
        case "block_actions":
            actions = cast("list[Body]", body.get("actions") or [{}])
            return _keyed("press", body.get("trigger_id"), str(actions[0].get("action_id", "")))
        case "event_callback":
            return _keyed("event", body.get("event_id"))
        case _:
            return _keyed("trigger", body.get("trigger_id"))


def _keyed(kind: str, key: object, more: str = "") -> str | None:
    return ":".join(part for part in (kind, str(key), more) if part) if key else None


def _event(body: Body) -> Body:
    return cast("Body", body.get("event") or {})
