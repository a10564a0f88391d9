"""Usher's own pretend Slack: for `usher demo`, for developers, and for the tests."""

from bot.playground.acts import Acts
from bot.playground.client import Values
from bot.playground.files import Attachment, File
from bot.playground.model import (
    Answer,
    Channel,
    ChannelSpec,
    Control,
    Message,
    Option,
    PersonSpec,
    Submission,
    Team,
    User,
    View,
)
from bot.playground.office import Office
from bot.playground.person import Person
from bot.playground.server import Playground
from bot.playground.wire import Delivery, Reply
from bot.playground.world import Call, Ticks, World

__all__ = [
    "Acts",
    "Answer",
    "Attachment",
    "Call",
    "Channel",
    "ChannelSpec",
    "Control",
    "Delivery",
    "File",
    "Message",
    "Office",
    "Option",
    "Person",
    "PersonSpec",
    "Playground",
    "Reply",
    "Submission",
    "Team",
    "Ticks",
    "User",
    "Values",
    "View",
    "World",
]
