"""What Slack makes of a command's text when the manifest says `should_escape`."""

import re

from bot.playground.world import World

READY = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|mailto:[^>|]+|https?://[^>|]+|![a-z^]+[^>|]*)(?:\|[^>]*)?>")
"""What the client has already made of a picked name; it passes through as it is."""
PIECES = re.compile(
    rf"(?P<ready>{READY.pattern})"
    r"|(?P<url>https?://[^\s<>|]+)"
    r"|(?P<email>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<user>(?<![\w@])@[\w.-]*\w)"
    r"|(?P<channel>(?<![\w#])#[\w-]*\w)"
    r"|(?P<special>[&<>])"
)
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped_text(text: str, world: World) -> str:
    return PIECES.sub(lambda found: _piece(found, world), text)


def _piece(found: re.Match[str], world: World) -> str:
    piece = found[0]
    match found.lastgroup:
        case "url":
            return f"<{_entities(piece)}>"
        case "email":
            return f"<mailto:{piece}|{piece}>"
        case "user":
            user = world.user_named(piece)
            return f"<@{user.id}|{user.name}>" if user else piece
        case "channel":
            channel = world.channel_named(piece)
            return f"<#{channel.id}|{channel.name}>" if channel else piece
        case "special":
            return ENTITIES[piece]
        case _:
            return piece


def _entities(text: str) -> str:
    return re.sub("[&<>]", lambda found: ENTITIES[found[0]], text)
