"""Other software that asks Usher what somebody may do: over real HTTP, with a token that the operator made.

`async with asking(acme) as product:` and then `await product.may(ada.email, "read", "image", "scan-1")`; once only:
`await ask(acme, ada.email, "read", "image", "scan-1")`. A whole running bot may be asked likewise. What is asked of an
organization without a bot is also typed in Slack as `/usher why`, and the two answers must be one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.slack import grammar
from bot.slack.grammar import Explain
from bot.slack.views import why
from bot.web.app import web_app
from handlers.commands import Actor, Command, CreateToken, Done, Refusal, TokenMade
from handlers.house import Usher
from storage.tables import organizations
from tests.people import Org, result
from tests.running import Running
from tests.web.world import PUBLIC, served

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Heard:
    status: int
    said: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the organization; `slug` names the organization where one asks about it."""

    session: aiohttp.ClientSession
    token: str = field(repr=False)
    slug: str
    org: Org | None = field(default=None, repr=False)

    async def may(self, email: str, action: str, kind: str, named: str = "") -> bool:
        """No name: the organization itself."""
        decision = (await self.asks(email, action, kind, named))["decision"]
        if self.org is not None:
            assert await typed(self.org, email, action, kind, named) is decision, "Slack says otherwise"
        return decision

    async def reasons(self, email: str, action: str, kind: str, named: str = "") -> list[str]:
        return (await self.asks(email, action, kind, named))["context"]["reasons"]

    async def asks(self, email: str, action: str, kind: str, named: str = "") -> dict[str, Any]:
        heard = await self.post("/access/v1/evaluation", question(email, action, kind, named or self.slug))
        assert heard.status == 200, heard
        return heard.said

    async def may_each(self, email: str, action: str, kind: str, *names: str) -> list[bool]:
        """One call for all of them."""
        each = [{"resource": {"type": kind, "id": name}} for name in names]
        top = {"subject": {"type": "user", "id": email}, "action": {"name": action}}
        heard = await self.post("/access/v1/evaluations", {**top, "evaluations": each})
        assert heard.status == 200, heard
        return [one["decision"] for one in heard.said["evaluations"]]

    async def can(self, email: str, kind: str, named: str = "") -> set[str]:
        """All that somebody may do to it."""
        asked = question(email, "", kind, named or self.slug)
        heard = await self.post("/access/v1/search/action", {**asked, "page": {"limit": 1000}})
        assert heard.status == 200, heard
        found = {one["name"] for one in heard.said["results"]}
        if self.org is not None:
            assert all([await typed(self.org, email, one, kind, named) for one in found]), "Slack says otherwise"
        return found

    async def post(self, path: str, body: Any = None, *, token: str | None = None, **sent: Any) -> Heard:
        """`body` as JSON, or whatever `sent` says (`data`, `headers`)."""
        headers = {"Authorization": f"Bearer {token or self.token}", **sent.pop("headers", {})}
        more = {"json": body} if body is not None else {}
        async with self.session.post(path, headers=headers, **more, **sent) as answer:
            said = await answer.json() if answer.content_type == "application/json" else await answer.text()
            return Heard(answer.status, said, answer.headers)


def question(email: str, action: str, kind: str, named: str) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": email},
        "action": {"name": action},
        "resource": {"type": kind, "id": named},
    }


async def ask(where: Org | Running, email: str, action: str, kind: str, named: str = "") -> bool:
    async with asking(where) as product:
        return await product.may(email, action, kind, named)


async def typed(org: Org, email: str, action: str, kind: str, named: str) -> bool:
    """The first word that the founder reads after `/usher why`; who or what is unknown can do nothing."""
    desk = await org.founder.desk()
    thing = f'"{kind}:{named}"' if named and kind != "organization" else kind
    reading = grammar.read("/usher", f"why {email} can {action} {thing}", desk=desk, now=org.clock())
    assert isinstance(reading, Explain), reading
    try:
        found = await org.usher.queries.why(desk, reading.topic, reading.person, org.usher.evaluation)
    except Refusal as refusal:
        if refusal.code not in UNKNOWN:
            raise
        return False
    return why.explanation(desk, found).text.startswith("Yes. ")


UNKNOWN = ("unknown-person", "unknown-kind", "unknown-resource", "unknown-space", "unknown-toggle")


@asynccontextmanager
async def asking(where: Org | Running) -> AsyncGenerator[Product]:
    """In a running bot it asks about its first organization."""
    usher = where.usher
    found = await _organization(usher, where.id if isinstance(where, Org) else None)
    async with AsyncExitStack() as stack:
        if isinstance(where, Running):
            address = where.url
        else:
            address = await stack.enter_async_context(served(web_app(usher, public_url=PUBLIC, slack=None)))
        session = await stack.enter_async_context(aiohttp.ClientSession(address))
        org = where if isinstance(where, Org) else None
        yield Product(session, await new_token(usher, found["id"]), found["slug"], org)


async def operator_does(acme: Org, *commands: Command) -> None:
    """One after another; the operator waits for nobody."""
    for command in commands:
        assert isinstance(outcome := await acme.operator(command), Done), outcome


async def new_token(usher: Usher, organization: str) -> str:
    by = Actor(via="operator", organization=organization)
    return result(await usher.gate.perform(CreateToken(f"product {next(_numbers)}"), by=by), TokenMade).token


async def _organization(usher: Usher, known: str | None) -> Mapping[str, Any]:
    chosen = select(organizations).where(organizations.c.closed_at.is_(None)).order_by(organizations.c.created_at)
    if known is not None:
        chosen = chosen.where(organizations.c.id == known)
    async with usher.store.reading() as connection:
        return dict((await connection.execute(chosen)).mappings().first() or {})
