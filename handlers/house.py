"""Putting the parts of what Usher does together; the only place that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.activity import Activity
from handlers.catalogue import load
from handlers.codes import Codes
from handlers.evaluation import Evaluation
from handlers.gate import Gate
from handlers.keys import Keyring
from handlers.new_passwords import NewPasswords
from handlers.parts import Catalogues, House
from handlers.passwords import Passwords
from handlers.post import Post
from handlers.proof import Enrolments
from handlers.queries import Queries
from handlers.tokens import Tokens
from storage import migrations, schema
from storage.store import Reached, Store, unwatched

ExtensionMissing = migrations.ExtensionMissing


class SchemaMismatch(Exception):  # noqa: N818
    """The database has another schema version than this Usher needs; ``usher db upgrade`` mends that."""

    def __init__(self, found: str | None, needed: str) -> None:
        super().__init__(f"the database has schema version {found or 'none'}, this Usher needs {needed}")
        self.found = found
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Usher:
    """What doors and delivery hold."""

    gate: Gate
    queries: Queries
    post: Post
    enrolments: Enrolments
    new_passwords: NewPasswords
    tokens: Tokens
    evaluation: Evaluation
    clock: Callable[[], datetime]
    mail: bool
    store: Store
    passwords: Passwords
    activity: Activity

    async def close(self) -> None:
        await self.post.close()
        self.passwords.close()
        await self.evaluation.close()
        await self.store.close()


async def open_usher(
    *,
    database_url: str,
    keys: Sequence[bytes],
    clock: Callable[[], datetime],
    catalogue: str = "default",
    mail: bool = False,
    approvals_channel: str | None = None,
    reached: Reached = unwatched,
) -> Usher:
    """Open the database and build everything on it. Raises SchemaMismatch, CatalogueError.

    A new SQLite file is made at once; a database that has tables is never changed here.
    """
    chosen = load(catalogue)
    store = Store(database_url, reached=reached)
    try:
        await _check_schema(store)
    except BaseException:
        await store.close()
        raise
    keyring = Keyring(keys)
    passwords = Passwords()
    enrolments = Enrolments(store, keyring, passwords, clock)
    new_passwords = NewPasswords(keyring, passwords, clock)
    house = House(
        keyring=keyring,
        codes=Codes(store, keyring, clock),
        enrolments=enrolments,
        new_passwords=new_passwords,
        catalogues=Catalogues(chosen, load),
        mail=mail,
        approvals_channel=approvals_channel,
    )
    tokens = Tokens(store)
    return Usher(
        gate=Gate(store, house, clock),
        queries=Queries(store, house, clock),
        post=Post(store, clock),
        enrolments=enrolments,
        new_passwords=new_passwords,
        tokens=tokens,
        evaluation=Evaluation(store, house.catalogues, tokens, clock),
        clock=clock,
        mail=mail,
        store=store,
        passwords=passwords,
        activity=Activity(store, clock),
    )


async def _check_schema(store: Store) -> None:
    if store.sqlite and await schema.is_empty(store):
        await schema.upgrade(store)
    found, needed = await schema.version(store), schema.newest()
    if found != needed:
        raise SchemaMismatch(found, needed)


async def upgrade_database(database_url: str) -> tuple[str | None, str]:
    """Bring a database to the newest schema version; the version before and after."""
    store = Store(database_url)
    try:
        before = await schema.version(store)
        await schema.upgrade(store)
        return before, schema.newest()
    finally:
        await store.close()


async def database_version(database_url: str) -> tuple[str | None, str]:
    """The database's schema version and the one needed. Raises whatever keeps it from answering."""
    store = Store(database_url)
    try:
        return await schema.version(store), schema.newest()
    finally:
        await store.close()
