"""The operator before an open Usher: which organization is meant, and what becomes of a command."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot import settings
from bot.clock import clock
from bot.commandline.failing import Failed
from bot.database import explained
from bot.wording import software as words
from bot.wording.refusals import refused
from handlers.commands import Actor, Command, Done, Outcome, Refusal, Refused, Result, Waiting
from handlers.house import Usher, open_usher
from handlers.software_queries import Tenant

TRIES: Final = 4
"""A running Usher writes too; each try waits some seconds for its turn."""


@dataclass(frozen=True, slots=True)
class Operator:
    usher: Usher
    tenant: Tenant

    async def does(self, command: Command) -> Result:
        """Raises Failed."""
        by = Actor(via="operator", organization=self.tenant.id)
        outcome = await self.usher.gate.perform(command, by=by)
        for _ in range(TRIES - 1):
            if outcome != Refused("busy"):
                break
            outcome = await self.usher.gate.perform(command, by=by)
        return _result(outcome)


def _result(outcome: Outcome) -> Result:
    match outcome:
        case Done(result):
            return result
        case Refused():
            raise Failed(refused(outcome).plain())
        case Waiting():
            raise AssertionError("The operator waits for nobody.")


@asynccontextmanager
async def open_house() -> AsyncGenerator[Usher]:
    """On the database in the environment's settings, which Usher may be serving meanwhile. Raises what `main` tells."""
    read = settings.load(os.environ)
    file = read.database.file
    with explained(read.database):
        if file and not file.exists():
            raise Failed(words.no_database(str(file)))
        usher = await open_usher(
            database_url=read.database.url.get_secret_value(),
            keys=[key.get_secret_value() for key in read.secret_keys],
            catalogue=read.catalogue,
            clock=clock,
        )
    try:
        yield usher
    except Refusal as refusal:
        raise Failed(refused(Refused(refusal.code, refusal.field, refusal.facts)).plain()) from None
    finally:
        await usher.close()


@asynccontextmanager
async def operator(slug: str | None) -> AsyncGenerator[Operator]:
    async with open_house() as usher:
        yield Operator(usher, await _tenant(usher, slug))


async def _tenant(usher: Usher, slug: str | None) -> Tenant:
    """The one that is named, or the only one. Raises Failed."""
    if slug is not None:
        found = await usher.queries.tenant(slug)
        if found is None:
            raise Failed(words.unknown_organization(slug, await usher.queries.tenants()))
        return found
    match await usher.queries.tenants():
        case ():
            raise Failed(words.NO_ORGANIZATION)
        case (only,):
            return only
        case several:
            raise Failed(words.which_organization(several))
