"""`usher token` and `usher webhook`: how other software comes to ask Usher, and to be told by it."""

import asyncio
from collections.abc import Callable
from typing import Any

import click

# Heavy libraries are imported where they are used, so that `usher --help` answers at once.

_organization: Callable[[Any], Any] = click.option(
    "--organization", metavar="SLUG", help="Which organization; may be left out where there is one alone."
)


@click.group()
def token() -> None:
    """Look after the tokens by which other software asks Usher."""


@token.command("create")
@click.argument("name")
@_organization
def create_token(name: str, organization: str | None) -> None:
    """Make a token, and print it alone on the last line. It is shown only once."""
    asyncio.run(_create_token(name, organization))


async def _create_token(name: str, organization: str | None) -> None:
    from bot.commandline.operator import operator
    from bot.wording.software import happened
    from handlers.commands import CreateToken, TokenMade

    async with operator(organization) as by:
        made = await by.does(CreateToken(name))
        assert isinstance(made, TokenMade)  # noqa: S101 - what the command comes to
        click.echo(f"Done. {happened(made).plain()}\n{made.token}")


@token.command("list")
@_organization
def list_tokens(organization: str | None) -> None:
    """Show id, time of making and name of every token; never the token itself."""
    asyncio.run(_list_tokens(organization))


async def _list_tokens(organization: str | None) -> None:
    from bot.commandline.operator import operator
    from bot.wording import software as words

    async with operator(organization) as by:
        rows = await by.usher.queries.tokens(by.tenant.id)
        click.echo("\n".join(words.tokens(rows)) or words.NO_TOKENS)


@token.command("revoke")
@click.argument("token", metavar="NAME|ID")
@_organization
def revoke_token(token: str, organization: str | None) -> None:
    """End a token: from the next request on it opens nothing."""
    from handlers.commands import RevokeToken

    asyncio.run(_do(RevokeToken(token), organization))


@click.group()
def webhook() -> None:
    """Look after the addresses that are told of every change."""


@webhook.command("create")
@click.argument("url")
@_organization
def create_webhook(url: str, organization: str | None) -> None:
    """Tell URL of every change from now on, and print the secret alone on the last line. It is shown only once."""
    asyncio.run(_create_webhook(url, organization))


async def _create_webhook(url: str, organization: str | None) -> None:
    from bot.commandline.operator import operator
    from bot.wording.software import happened
    from handlers.commands import CreateWebhook, WebhookMade

    async with operator(organization) as by:
        made = await by.does(CreateWebhook(url))
        assert isinstance(made, WebhookMade)  # noqa: S101 - what the command comes to
        click.echo(f"Done. {happened(made).plain()}\n{made.secret}")


@webhook.command("list")
@_organization
def list_webhooks(organization: str | None) -> None:
    """Show id, time of making and address of every webhook; never the secret."""
    asyncio.run(_list_webhooks(organization))


async def _list_webhooks(organization: str | None) -> None:
    from bot.commandline.operator import operator
    from bot.wording import software as words

    async with operator(organization) as by:
        rows = await by.usher.queries.webhooks(by.tenant.id)
        click.echo("\n".join(words.webhooks(rows)) or words.NO_WEBHOOKS)


@webhook.command("delete")
@click.argument("webhook", metavar="URL|ID")
@_organization
def delete_webhook(webhook: str, organization: str | None) -> None:
    """End a webhook: it hears of nothing any more."""
    from handlers.commands import DeleteWebhook

    asyncio.run(_do(DeleteWebhook(webhook), organization))


async def _do(command: Any, organization: str | None) -> None:
    from bot.commandline.operator import operator
    from bot.wording.software import happened
    from handlers.commands import TokenRevoked, WebhookDeleted

    async with operator(organization) as by:
        result = await by.does(command)
        assert isinstance(result, TokenRevoked | WebhookDeleted)  # noqa: S101 - what these commands come to
        click.echo(f"Done. {happened(result).plain()}")
