"""The command line: `usher`. Here, and in `bot.serving`, the parts are put together."""

import asyncio
import contextlib
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from logging import DEBUG, INFO, WARNING
from typing import TYPE_CHECKING, Final

import click
import structlog

from bot.clock import clock
from bot.commandline.audit import audit
from bot.commandline.software import token, webhook

if TYPE_CHECKING:
    from bot.settings import Settings

# Heavy libraries are imported where they are used, so that `usher --help` answers at once.

FAILED: Final = 1
CANNOT_START: Final = 2
INTERRUPTED: Final = 130

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Told:
    """What was said on the command line before the command."""

    debug: bool = False


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Write more to the log, and show the traceback of an error.")
@click.pass_obj
def usher(told: Told, *, debug: bool) -> None:
    """Usher keeps who is in an organization, with which role, for how long, and who allowed it."""
    told.debug = debug
    _log_from(INFO, told)


def _log_from(level: int, told: Told) -> None:
    from bot import logs

    logs.configure(level=DEBUG if told.debug else level)


# usher run ------------------------------------------------------------------------------------------------------------


@usher.command()
def run() -> None:
    """Serve a Slack workspace, with the settings in the environment."""
    from bot import settings

    asyncio.run(_run(settings.load(os.environ, slack_required=True)))


async def _run(settings: "Settings") -> None:
    from bot.serving import serving
    from bot.signals import stop_signal

    with stop_signal() as stop:
        async with serving(settings, clock=clock) as bot:
            if settings.slack_app_token:
                click.echo(
                    "SLACK_APP_TOKEN is not used yet: there is no Socket Mode in this Usher. "
                    f"Let Slack send to {bot.settings.public_url}/slack/events instead."
                )
            click.echo(f"Usher listens on {bot.url} for {bot.settings.public_url}. Ctrl-C ends it.")
            await stop.wait()


# usher check ----------------------------------------------------------------------------------------------------------


@usher.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Look at settings, database, catalogue, manifest, Slack and mail; exit status 0 if all are good."""
    _log_from(WARNING, context.obj)
    context.exit(0 if asyncio.run(_check()) else FAILED)


async def _check() -> bool:
    from bot.check import check

    every = True
    async for finding in check(os.environ, clock=clock):
        every = every and finding.good
        color = "green" if finding.good else "red"
        click.echo(f"{click.style(_mark(good=finding.good), fg=color)} {finding.what}: {finding.said}")
    return every


def _mark(*, good: bool) -> str:
    """Old terminals cannot write the signs."""
    sign, words = ("✓", "good") if good else ("✗", "wrong")
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return words
    return sign


# usher db, usher catalogue --------------------------------------------------------------------------------------------


@usher.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the version that this Usher needs. A new one is made."""
    from bot import settings
    from bot.database import explained
    from handlers import house

    database = settings.load(os.environ).database
    with explained(database):
        before, after = asyncio.run(house.upgrade_database(database.url.get_secret_value()))
    done = "was at that version already" if before == after else f"was at {before}" if before else "was empty"
    click.echo(f"Done. The database has schema version {after}; it {done}.")


@usher.group()
def catalogue() -> None:
    """Look at the roles and permissions that an organization can have."""


@catalogue.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print the role matrix of a shipped catalogue or a TOML file (otherwise: of USHER_CATALOGUE)."""
    from rich.console import Console
    from rich.markdown import Markdown

    from handlers.catalogue import load
    from handlers.matrix import matrix

    said = matrix(load(name or os.environ.get("USHER_CATALOGUE", "").strip() or "default"))
    console = Console()
    if console.is_terminal:
        console.print(Markdown(said))
    else:
        click.echo(said, nl=False)


# usher token, usher webhook, usher audit ------------------------------------------------------------------------------

for _group in (token, webhook, audit):
    usher.add_command(_group)


# usher demo -----------------------------------------------------------------------------------------------------------


@usher.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free one.")
@click.option("--catalogue", "name", default="default", show_default=True, help="A shipped name, or a TOML file.")
@click.option("--empty", is_flag=True, help="Start before anything is set up: begin with /usher setup.")
@click.pass_obj
def demo(told: Told, *, port: int, name: str, empty: bool) -> None:
    """Try all of Usher without Slack: the whole bot, with a page on which you play everybody."""
    _log_from(WARNING, told)
    asyncio.run(_demo(port, name, empty=empty))


async def _demo(port: int, name: str, *, empty: bool) -> None:
    from bot.demo import demo
    from bot.signals import stop_signal

    with stop_signal() as stop:
        async with demo(clock=clock, port=port, catalogue=name, empty=empty) as play:
            click.echo(f"Open {play.playground.url} and play everybody. Ctrl-C ends the demo; nothing of it is kept.")
            await stop.wait()


# What went wrong ------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    told = Told()
    try:
        status = usher.main(args=arguments, prog_name="usher", standalone_mode=False, obj=told)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _nobody_reads()
        sys.exit(FAILED)
    except Exception as error:
        if told.debug:
            raise
        sys.exit(_explained(error))
    sys.exit(status if isinstance(status, int) else 0)


def _explained(error: Exception) -> int:
    lines = _expected(error)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        return CANNOT_START
    reference = secrets.token_hex(4)
    _log.critical("the command failed", reference=reference, exc_info=error)
    click.echo(
        f"Usher failed unexpectedly (reference {reference}; the log holds where). "
        "Try again; if it goes on, run it with --debug and report what you see.",
        err=True,
    )
    return FAILED


def _expected(error: Exception) -> tuple[str, ...]:
    """What whoever typed the command can put right, one line each."""
    from bot.database import DatabaseTrouble
    from bot.serving import CannotStart
    from bot.settings import SettingsError
    from handlers.catalogue import CatalogueError

    match error:
        case SettingsError():
            return error.lines
        case CatalogueError():
            return (f"The catalogue can't be used: {error}.",)
        case CannotStart() | DatabaseTrouble():
            return (str(error),)
        case _:
            return ()


def _nobody_reads() -> None:
    """As in `usher catalogue show | head`. Python would complain once more when it flushes at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
