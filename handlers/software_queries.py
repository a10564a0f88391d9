"""Reading for the operator at the command line, and for what other software is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.commands import Refusal
from handlers.keys import Broken
from handlers.letters import Letters
from handlers.notices import WebhookEvent
from handlers.webhooks import WebhookLetter, body_of, members_in, sealed_to
from storage import chain, tenants, tokens, webhooks
from storage.chain import Head
from storage.store import Busy, Connection

MOST_TENANTS = 20


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization as the operator names it."""

    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: str
    name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class WebhookRow:
    id: str
    url: str = field(repr=False)
    created: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain of the audit, walked to its end. ``slug`` '': the instance's own. ``wrong``: what is wrong first."""

    id: str
    slug: str
    records: int
    head: str
    wrong: str | None


class SoftwareQueries(Letters):
    """What is read at the command line raises Refusal: busy."""

    @asynccontextmanager
    async def _calmly(self) -> AsyncGenerator[Connection]:
        try:
            async with self._store.reading() as connection:
                yield connection
        except Busy:
            raise Refusal("busy") from None

    async def tenant(self, slug: str) -> Tenant | None:
        async with self._calmly() as connection:
            found = await tenants.by_slug(connection, slug.strip().lower())
        return Tenant(found.id, found.slug, found.name) if found else None

    async def tenants(self) -> tuple[Tenant, ...]:
        """The first of all open organizations, by slug."""
        async with self._calmly() as connection:
            found = await tenants.first_ones(connection, limit=MOST_TENANTS)
        return tuple(Tenant(one.id, one.slug, one.name) for one in found)

    async def tokens(self, organization: str) -> tuple[TokenRow, ...]:
        async with self._calmly() as connection:
            found = await tokens.live(connection, organization)
        return tuple(TokenRow(one.id, one.name, one.created) for one in found)

    async def webhooks(self, organization: str) -> tuple[WebhookRow, ...]:
        async with self._calmly() as connection:
            found = await webhooks.live(connection, organization)
        return tuple(WebhookRow(one.id, one.url, one.created) for one in found)

    async def webhook_letter(self, event: WebhookEvent) -> WebhookLetter | None:
        """None once the webhook is deleted, or the record is gone."""
        async with self._store.reading() as connection:
            found = await webhooks.find(connection, event.webhook)
            record = await webhooks.told(connection, event.entry) if found else None
            if found is None or record is None:
                return None
            webhook, slug = found
            emails = await webhooks.emails(connection, webhook.organization, members_in(record))
        try:
            secret = self._house.keyring.open(webhook.secret_sealed, to=sealed_to(webhook.id))
        except Broken:
            secret = None
        return WebhookLetter(webhook.id, webhook.organization, webhook.url, secret, body_of(record, slug, emails))

    async def walked(self, *, slug: str | None = None, past: Mapping[str, Chain]) -> AsyncIterator[Chain]:
        """Every chain, or one organization's. ``past`` are, by id, chains as they were once seen to be good."""
        async with self._calmly() as connection:
            known = {id_: name for id_, name in await chain.chains(connection) if slug in (None, name)}
            for id_, name in known.items():
                before = Head(id_, past[id_].records, past[id_].head) if id_ in past else None
                found = await chain.walk(connection, id_, past=before)
                yield Chain(id_, name, found.head.seq, found.head.hash, found.wrong)
            gone = past.keys() - known.keys() - await chain.erasing(connection)
            for one in (past[id_] for id_ in gone if slug in (None, past[id_].slug)):
                yield replace(one, wrong="the organization is gone, with all its records")
