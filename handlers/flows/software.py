"""Tokens by which other software asks Usher. Only the operator, at the command line, makes and revokes them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.commands import CreateToken, Refusal, RevokeToken, TokenMade, TokenRevoked
from handlers.flows.work import Work
from handlers.keys import hashed
from handlers.proof import clean_name
from handlers.tokens import new_token
from storage import tokens
from storage.members import folded
from storage.records import TokenRecord, new_id


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
