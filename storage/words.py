"""The index of words on SQLite (migration 0004): it keeps the words of whoever left it until its parts are merged."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, text

from storage.store import Connection
from storage.transaction import Transaction

_MERGE = text("INSERT INTO directory_words (directory_words, rank) VALUES ('merge', :pages)").bindparams(
    bindparam("pages", type_=Integer())
)
_CHANGES = text("SELECT total_changes()")


def are_kept(connection: Connection) -> bool:
    """PostgreSQL takes them out by itself."""
    return connection.dialect.name == "sqlite"


async def merge(tx: Transaction, *, anew: bool, pages: int) -> bool:
    """About so many pages of it. True: there is more to do.

    ``anew``: all that is there now is to become one part, in which nothing is left of what was deleted before this
    transaction. A merge that is under way begins anew with it (https://sqlite.org/fts5.html#the_merge_command).
    """
    before = int((await tx.connection.execute(_CHANGES)).scalar_one())
    await tx.connection.execute(_MERGE, {"pages": -pages if anew else pages})
    # The command itself counts as one.
    return int((await tx.connection.execute(_CHANGES)).scalar_one()) - before > 1
