"""What the pretend Slack needs to know of an app: its manifest.yml, read as Slack reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    type: str
    callback_id: str


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    scopes: frozenset[str]
    commands: Mapping[str, bool]
    """Command to whether its text arrives escaped."""
    shortcuts: Mapping[str, Shortcut]
    events: frozenset[str]
    home_tab: bool
    dm_open: bool
    """Whether people may write to the app in its direct messages."""
    hints: Mapping[str, str]
    """Command to its usage hint."""


def read_manifest(path: Path) -> Manifest:
    document = _dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    features = _dict(document.get("features"))
    home = _dict(features.get("app_home"))
    commands = _list(features.get("slash_commands"))
    shortcuts = [Shortcut(item["name"], item["type"], item["callback_id"]) for item in _list(features.get("shortcuts"))]
    return Manifest(
        name=str(_dict(features.get("bot_user")).get("display_name") or "App"),
        scopes=frozenset(_dig(document, "oauth_config", "scopes").get("bot") or ()),
        commands={item["command"]: bool(item.get("should_escape")) for item in commands},
        shortcuts={shortcut.callback_id: shortcut for shortcut in shortcuts},
        events=frozenset(_dig(document, "settings", "event_subscriptions").get("bot_events") or ()),
        home_tab=bool(home.get("home_tab_enabled")),
        dm_open=bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled"),
        hints={item["command"]: str(item.get("usage_hint", "")) for item in commands},
    )


def _dig(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        document = _dict(document.get(key))
    return document


def _dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", value) if isinstance(value, list) else []
