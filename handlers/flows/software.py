"""Tokens by which other software asks Usher, and webhooks by which it is told. Both are made at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from handlers.addresses import webhook_address
from handlers.commands import (
    CreateToken,
    CreateWebhook,
    DeleteWebhook,
    Refusal,
    RevokeToken,
    TokenMade,
    TokenRevoked,
    WebhookDeleted,
    WebhookMade,
)
from handlers.flows.work import Work
from handlers.keys import hashed
from handlers.proof import clean_name
from handlers.tokens import new_token
from handlers.webhooks import new_secret, sealed_to, shown
from storage import tokens, webhooks
from storage.members import folded
from storage.records import TokenRecord, WebhookRecord, new_id


async def create_token(command: CreateToken, work: Work) -> TokenMade:
    name = clean_name(command.name)
    if _named(name, await tokens.live(work.tx.connection, work.organization)):
        raise Refusal("token-exists", "name", name=name)
    token = new_token()
    made = TokenRecord(new_id(), work.organization, name, work.now)
    entry = work.entry("token.created", f"token:{made.id}", name=name)
    await tokens.add(work.tx, made, token_hash=hashed(token), entry=entry)
    return TokenMade(made.id, made.name, token)


async def revoke_token(command: RevokeToken, work: Work) -> TokenRevoked:
    known = await tokens.live(work.tx.connection, work.organization)
    found = next((one for one in known if one.id == command.token), None) or _named(command.token, known)
    if found is None:
        raise Refusal("unknown-token", "token", token=command.token)
    await tokens.revoke(work.tx, found.id, entry=work.entry("token.revoked", f"token:{found.id}", name=found.name))
    return TokenRevoked(found.name)


def _named(name: str, known: Sequence[TokenRecord]) -> TokenRecord | None:
    return next((one for one in known if folded(one.name) == folded(name)), None)


async def create_webhook(command: CreateWebhook, work: Work) -> WebhookMade:
    url = webhook_address(command.url)
    if any(one.url == url for one in await webhooks.live(work.tx.connection, work.organization)):
        raise Refusal("webhook-exists", "url")
    webhook, secret = new_id(), new_secret()
    sealed = work.house.keyring.seal(secret, to=sealed_to(webhook))
    made = WebhookRecord(webhook, work.organization, url, sealed, work.now)
    await webhooks.add(work.tx, made, entry=work.entry("webhook.created", f"webhook:{webhook}", host=_host(url)))
    return WebhookMade(webhook, url, shown(secret))


async def delete_webhook(command: DeleteWebhook, work: Work) -> WebhookDeleted:
    known = await webhooks.live(work.tx.connection, work.organization)
    found = next((one for one in known if command.webhook.strip() in (one.id, one.url)), None)
    if found is None:
        raise Refusal("unknown-webhook", "webhook")
    entry = work.entry("webhook.deleted", f"webhook:{found.id}", host=_host(found.url))
    await webhooks.delete(work.tx, found, entry=entry)
    return WebhookDeleted(found.url)


def _host(url: str) -> str:
    """What the audit keeps of an address: the rest of it may be a secret of the product's."""
    return urlsplit(url).netloc
