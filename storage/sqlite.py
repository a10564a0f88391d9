"""SQLite's engines: one writer, some readers, and one hop to the driver's thread for each statement.

Through aiosqlite alone SQLAlchemy hops four times a statement (open a cursor, execute, fetch, close), once more to
begin and when a connection is given back. Here the thread does it all at once and hands over what was found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolResetState

READERS = 4
_Found = tuple[Any, int, int | None, list[Any]]


def engines(url: str, *, busy_seconds: int) -> tuple[AsyncEngine, AsyncEngine]:
    """The writer, which begins every transaction with the lock, and the readers."""
    writer = _engine(url, 1, busy_seconds)
    # Nobody begins a transaction on a reader, so there is none to roll back.
    reader = _engine(url, READERS, busy_seconds, skip_autocommit_rollback=True)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    return writer, reader


def _engine(url: str, connections: int, busy_seconds: int, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,
        connect_args={"timeout": busy_seconds, "async_creator_fn": _connect},
        **options,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "reset", _undo_what_is_open)
    return engine


def _prepare(connection: Any, record: object) -> None:
    """SQLAlchemy's recipe: the driver begins nothing by itself. WAL lets readers pass the writer."""
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(connection.driver_connection.timeout * 1000)}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """``patience``: seconds that this transaction may still wait for the lock, where they are fewer than usual."""
    driver: Any = connection.connection.driver_connection
    patience = connection.get_execution_options().get("patience")
    driver.begins = _begin if patience is None else partial(_begin_soon, patience)


def _undo_what_is_open(connection: DBAPIConnection, record: object, state: PoolResetState) -> None:
    """Most connections come back without a transaction, and to see that needs no hop."""
    del record
    driver: Any = connection.driver_connection
    driver.begins = None
    if not state.terminate_only and driver.in_transaction:
        connection.rollback()


# One hop a statement --------------------------------------------------------------------------------------------------


def _connect(database: str, *, timeout: float, **options: Any) -> _Connection:
    return _Connection(lambda: sqlite3.connect(database, timeout=timeout, **options), timeout)


class _Connection(aiosqlite.Connection):
    def __init__(self, connector: Callable[[], sqlite3.Connection], timeout: float) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self.timeout = timeout
        # How the next statement is to begin a transaction first, in the same hop.
        self.begins: Callable[[sqlite3.Connection], None] | None = None
        self._thread.daemon = True  # as SQLAlchemy makes it: a forgotten connection must not keep the process

    def cursor(self) -> _Cursor:  # pyright: ignore[reportIncompatibleMethodOverride] # it needs no waiting any more
        return _Cursor(self)

    async def run(self, work: Callable[..., _Found], statement: str, parameters: Iterable[Any]) -> _Found:
        """In the driver's thread, after everything that was asked of it before."""
        work, self.begins = (partial(_after, self.begins, work) if self.begins else work), None
        return await self._execute(work, self._conn, statement, parameters)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class _Cursor:
    """What SQLAlchemy asks of a cursor."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> None:
        self._keep(await self._connection.run(_execute, statement, parameters))

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> None:
        self._keep(await self._connection.run(_execute_many, statement, parameters))

    def _keep(self, found: _Found) -> None:
        self.description, self.rowcount, self.lastrowid, self._rows = found

    async def fetchall(self) -> Sequence[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """It was closed in the thread."""


def _after(
    begin: Callable[[sqlite3.Connection], None],
    work: Callable[..., _Found],
    connection: sqlite3.Connection,
    statement: str,
    parameters: Any,
) -> _Found:
    begin(connection)
    return work(connection, statement, parameters)


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE").close()


def _begin_soon(patience: float, connection: sqlite3.Connection) -> None:
    """The driver's thread cannot be interrupted while it waits, so it must not wait longer than whoever asked."""
    usual = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}").close()
    try:
        _begin(connection)
    finally:
        connection.execute(f"PRAGMA busy_timeout={usual}").close()


def _execute(connection: sqlite3.Connection, statement: str, parameters: Any) -> _Found:
    return _found(connection.execute(statement, parameters))


def _execute_many(connection: sqlite3.Connection, statement: str, parameters: Any) -> _Found:
    return _found(connection.executemany(statement, parameters))


def _found(cursor: sqlite3.Cursor) -> _Found:
    rows = cursor.fetchall() if cursor.description else []
    found = (cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    cursor.close()
    return found
