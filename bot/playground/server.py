"""The pretend Slack as one object: a world, a Web API in front of it, and people who act on the bot."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from bot.playground.acts import Acts
from bot.playground.api import Api
from bot.playground.cast import bot_user, channel_of, user_of, with_strangers
from bot.playground.exchange import Exchange
from bot.playground.file_server import FileServer
from bot.playground.loopback import only_from_here, require_loopback
from bot.playground.manifest import Manifest, read_manifest
from bot.playground.model import App, ChannelSpec, PersonSpec, Team, slug
from bot.playground.office import Office
from bot.playground.person import Person
from bot.playground.slack import Slack
from bot.playground.wire import Wire
from bot.playground.world import World

LARGEST_REQUEST = 4 * 1024**2


class Playground:
    """`world` is its state; `person`, `acts` and `office` act on it; `wire` remembers what was sent to the bot.

    `app` takes further routes until `start`, which are kept to this machine like its own.
    """

    def __init__(
        self,
        *,
        manifest: Path,
        people: Sequence[PersonSpec],
        channels: Sequence[ChannelSpec],
        bot_token: str,
        signing_secret: str,
        clock: Callable[[], datetime],
        team_id: str = "T0USHER",
        team_name: str = "Usher demo",
        enterprise_id: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        answer_within: float = 3.0,
        retry_delays: Sequence[float] = (0, 60, 300),
    ) -> None:
        require_loopback(host)
        self._host, self._port = host, port
        self.manifest = read_manifest(manifest)
        team = Team(team_id, team_name, team_name.lower().replace(" ", "-"), enterprise_id)
        self.world = _world(team, self.manifest, people, channels, clock)
        exchange = Exchange(self.world.now)
        self._slack = Slack(self.world, self.manifest, exchange, bot_token, signing_secret)
        self.wire = Wire(self._slack, answer_within=answer_within, retry_delays=retry_delays)
        self.acts = Acts(self._slack, self.wire)
        self.office = Office(self._slack, self.wire)
        self.app = web.Application(middlewares=[only_from_here], client_max_size=LARGEST_REQUEST)
        Api(self._slack).add_routes(self.app)
        FileServer(self._slack).add_routes(self.app)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return self._slack.url

    @property
    def api_url(self) -> str:
        """What the bot takes for Slack's address; ends with a slash, as the client demands."""
        return f"{self._slack.url}/api/"

    @property
    def bot_url(self) -> str:
        return self._slack.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._slack.bot_url = url

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._slack.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self.world.files.url = self._slack.url
        await self.wire.open()

    async def stop(self) -> None:
        await self.wire.close()
        if self._runner:
            await self._runner.cleanup()
        self.world.files.close()

    def person(self, name: str) -> Person:
        """By handle, id or e-mail address."""
        user = self.world.user_named(name)
        if user is None:
            raise KeyError(f"There is nobody called {name!r} in the playground.")
        return Person(user.id, self.acts, self._slack)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _world(
    team: Team,
    manifest: Manifest,
    people: Sequence[PersonSpec],
    channels: Sequence[ChannelSpec],
    clock: Callable[[], datetime],
) -> World:
    now, key = clock(), slug(manifest.name)
    app = App(f"A0{key}", manifest.name, f"B0{key}", f"U0{key}BOT")
    users = [user_of(spec, team.id, now) for spec in people]
    _distinct([user.id for user in users], "people")
    rooms = [channel_of(spec, users, app, team.id, now) for spec in channels]
    _distinct([room.id for room in rooms], "channels")
    everybody = [bot_user(app, team.id, now), *with_strangers(users, rooms, app, team.id)]
    return World(team=team, app=app, users=everybody, channels=rooms, clock=clock)


def _distinct(ids: Sequence[str], what: str) -> None:
    doubled = sorted({one for one in ids if ids.count(one) > 1})
    if doubled:
        raise ValueError(f"Two {what} of the playground have the same id, {', '.join(doubled)}; give one another `id`.")
