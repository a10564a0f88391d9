"""What the parts of the pretend Slack share: the world, the app's manifest and secrets, what interactions left open."""

from dataclasses import dataclass, field

from bot.playground.errors import SlackError
from bot.playground.exchange import Exchange
from bot.playground.manifest import Manifest
from bot.playground.world import World


@dataclass(slots=True)
class Slack:
    world: World
    manifest: Manifest
    exchange: Exchange
    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    url: str = ""
    bot_url: str = ""

    def holds(self, scope: str) -> bool:
        return scope in self.manifest.scopes

    def need(self, *scopes: str) -> None:
        """Any one of them will do."""
        if scopes and not self.manifest.scopes.intersection(scopes):
            provided = ",".join(sorted(self.manifest.scopes))
            raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)
