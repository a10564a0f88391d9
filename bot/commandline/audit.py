"""`usher audit verify`: walks the audit's chains, so that nobody changes what was recorded without being noticed."""

import asyncio
from pathlib import Path
from typing import Final

import click

FAILED: Final = 1


@click.group()
def audit() -> None:
    """Look after the record of who did what."""


@audit.command()
@click.option("--organization", metavar="SLUG", help="Only that one's records; otherwise all.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What an earlier `usher audit verify` printed, kept elsewhere: finds records cut off at the end, too.",
)
@click.pass_context
def verify(context: click.Context, organization: str | None, against: Path | None) -> None:
    """Walk every record; exit status 1, and where, if any was changed, added or taken away."""
    printed = against.read_text() if against else ""
    context.exit(0 if asyncio.run(_verify(organization, printed)) else FAILED)


async def _verify(organization: str | None, printed: str) -> bool:
    from bot.commandline.failing import Failed
    from bot.commandline.operator import open_house
    from bot.wording import software as words

    past = words.heads(printed)
    every, some = True, False
    async with open_house() as usher:
        async for chain in usher.queries.walked(slug=organization, past=past):
            some = True
            every = every and chain.wrong is None
            click.echo(words.chain(chain), err=chain.wrong is not None)
        if not some:
            raise Failed(words.unknown_organization(organization or "", await usher.queries.tenants()))
    return every
