"""Other software before Usher's doors: which tokens open, and that what is revoked opens nothing any more."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import logs
from bot.web.bearer import token_of, unauthorized
from handlers.commands import CreateToken, Deactivate, Person, RevokeToken, TokenMade, TokenRevoked
from handlers.house import Usher
from storage.tables import tokens
from tests.people import Org, closing, organization, result, why
from tests.test_logs import configured
from tests.web.world import served

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Software:
    """Asks a door of Usher's that says whose the token is."""

    session: aiohttp.ClientSession

    async def asks(self, *given: str) -> Answer:
        headers = [("Authorization", one) for one in given]
        async with self.session.get("/whose", headers=headers) as response:
            return Answer(response.status, await response.json(), response.headers.get("WWW-Authenticate"))

    async def shows(self, token: str) -> Answer:
        return await self.asks(f"Bearer {token}")


@asynccontextmanager
async def software(usher: Usher) -> AsyncGenerator[Software]:
    async def whose(request: web.Request) -> web.Response:
        actor = await token_of(request, usher)
        if actor is None:
            return unauthorized()
        return web.json_response({"organization": actor.organization, "token": actor.token, "via": actor.via})

    app = web.Application()
    app.add_routes([web.get("/whose", whose)])
    async with served(app) as address, aiohttp.ClientSession(address) as session:
        yield Software(session)


async def made(org: Org, name: str = "Dashboards") -> TokenMade:
    return result(await org.operator(CreateToken(name)), TokenMade)


async def test_a_token_opens_the_organization_it_was_made_for_and_no_other(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    ours, theirs = await made(acme), await made(other)
    async with software(acme.usher) as product:
        assert (await product.shows(ours.token)).body == {"organization": acme.id, "token": ours.id, "via": "token"}
        assert (await product.shows(theirs.token)).body["organization"] == other.id
        assert (await product.asks(f"bearer  {ours.token} ")).status == 200


async def test_every_wrong_token_gets_the_same_answer(database_url: str) -> None:
    acme = await organization(database_url)
    token = (await made(acme)).token
    stored = (await acme.rows(tokens))[0]["hash"]
    wrong = ["", "Bearer", "Bearer ", f"Basic {token}", token, "Bearer usher_", f"Bearer {token[:-1]}"]
    wrong += [f"Bearer {token}0", f"Bearer {token.upper()}", f"Bearer {stored}", f"Bearer usher_{stored[:48]}"]
    wrong += [f"Bearer usher_{'0' * 48}", f"Bearer {token}, Bearer {token}", "Bearer usher_' OR 1=1 --"]
    async with software(acme.usher) as product:
        answers = [await product.asks(given) for given in wrong]
        answers += [await product.asks(), await product.asks(f"Bearer {token}", f"Bearer {token}")]

    assert {answer.status for answer in answers} == {401}
    assert {answer.challenge for answer in answers} == {'Bearer realm="Usher"'}
    assert {str(answer.body) for answer in answers} == {str(answers[0].body)}
    assert "usher token create" in answers[0].body["error"]


@pytest.mark.invariant(20)
async def test_a_revoked_token_fails_in_the_very_next_request_in_every_process(database_url: str) -> None:
    acme = await organization(database_url)
    beside = await acme.replica()
    token = await made(acme)
    async with software(acme.usher) as here, software(beside.usher) as there:
        before = [(await product.shows(token.token)).status for product in (here, there)]
        result(await acme.operator(RevokeToken(token.id)), TokenRevoked)
        after = [(await product.shows(token.token)).status for product in (there, here)]

    assert (before, after) == ([200, 200], [401, 401])


@pytest.mark.invariant(3)
async def test_only_the_hash_of_a_token_is_kept_and_no_log_holds_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    with configured(stream, monkeypatch):
        acme = await organization(database_url)
        token = await made(acme)
        async with software(acme.usher) as product:
            await product.shows(token.token)
        logs.structlog.get_logger("x").warning(f"given {token.token}", said=f"as {token.token}?", repr=repr(token))

    assert token.token not in await acme.dump()
    assert token.token not in stream.getvalue()
    assert stream.getvalue().count("usher_[hidden]") == 2


async def test_names_of_tokens_differ_and_name_them_until_they_are_revoked(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    first = await made(acme, "Dashboards")

    assert why(await acme.operator(CreateToken(" dashboards "))) == "token-exists"
    assert why(await acme.operator(CreateToken(" \n "))) == "name-wrong"
    assert [why(await other.operator(RevokeToken(one))) for one in (first.id, first.name)] == ["unknown-token"] * 2
    assert result(await acme.operator(RevokeToken("DASHBOARDS")), TokenRevoked).name == "Dashboards"
    assert why(await acme.operator(RevokeToken(first.id))) == "unknown-token"
    assert (await made(acme, "Dashboards")).token != first.token
    created, revoked, _ = [row for row in await acme.audited() if row["action"].startswith("token.")]
    assert (created["target"], revoked["target"]) == (f"token:{first.id}",) * 2
    assert created["actor"] == "operator"
    assert await acme.chain_is_broken() is None


@pytest.mark.invariant(20)
async def test_only_the_operator_makes_tokens_and_a_token_changes_no_people(database_url: str) -> None:
    acme = await organization(database_url)
    token = await made(acme)
    async with software(acme.usher):
        actor = await acme.usher.tokens.actor(token.token)
    assert actor
    bob = await acme.member("member")
    perform = acme.usher.gate.perform

    assert why(await acme.founder.does(CreateToken("mine"))) == "may-not"
    assert why(await acme.founder.does(RevokeToken(token.id))) == "may-not"
    assert why(await perform(CreateToken("more"), by=actor)) == "may-not"
    assert why(await perform(Deactivate(Person(id=bob.id)), by=actor)) == "may-not"
    refused = await acme.audited("deactivate.refused", refused=True)
    assert [row["actor"] for row in refused] == [f"token:{token.id}"]
