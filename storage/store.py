"""The database: engines, the one write transaction, and reading.

On SQLite one connection writes under ``BEGIN IMMEDIATE`` and a pool reads; on PostgreSQL one pool does both. Either
way a command takes its organization's row first, so that the commands of one organization happen one after another.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import chain, sqlite
from storage.transaction import Transaction

_MARGIN = 0.05  # seconds to hear from the driver's thread
BUSY_SECONDS = 2  # below Slack's three seconds
WRITERS, READERS = 10, 5

Reached = Callable[[str], None]
Connection = AsyncConnection  # what handlers may hold without knowing SQLAlchemy


class Busy(Exception):  # noqa: N818 - an answer of the database, not a mistake
    """The database did not answer or did not give its lock in time; nothing has happened."""


class Repeated(Exception):  # noqa: N818
    """The delivery of this transaction was answered before; nothing has happened."""


def unwatched(point: str) -> None:
    del point


class Store:
    """Owns the engines. ``reached`` is told at named points of a write, so that tests can stop the process there."""

    def __init__(self, url: str, *, reached: Reached = unwatched) -> None:
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        self.reached = reached
        self.wakened = asyncio.Event()
        self._turn = asyncio.Lock()
        self.writer, self.reader = (
            sqlite.engines(url, busy_seconds=BUSY_SECONDS) if self.sqlite else _postgres_engines(url)
        )

    async def close(self) -> None:
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()

    @asynccontextmanager
    async def transaction(
        self,
        organization: str | None,
        *,
        at: datetime,
        deadline: float | None = None,
        once: str | None = None,
        lock: bool = True,
    ) -> AsyncGenerator[Transaction]:
        """One write transaction that has taken ``organization``'s row (None: the instance's own).

        ``deadline`` is a time of the running loop; reaching it before the commit undoes everything. Raises Busy, or
        Repeated when ``once`` was stored by an earlier transaction.
        """
        async with _translated(), self._one_writer(deadline), self.writer.connect() as connection:
            async with asyncio.timeout_at(deadline):
                await self._hurry(connection, deadline)
                await connection.begin()
                tx = Transaction(connection, at=at, once=once)
                if lock:
                    await chain.take(tx, organization)
                yield tx
                await _flush(tx)
            self.reached("before-commit")
            # Past this point a deadline may no longer claim that nothing has happened.
            await asyncio.shield(connection.commit())
            self.reached("after-commit")
        if tx.posted:
            self.wakened.set()

    async def _hurry(self, connection: AsyncConnection, deadline: float | None) -> None:
        """Let SQLite wait for its lock no longer than is left after waiting in the process."""
        if self.sqlite and deadline is not None:
            left = deadline - asyncio.get_running_loop().time()
            if left < BUSY_SECONDS:
                await connection.execution_options(patience=max(left - _MARGIN, 0))

    @asynccontextmanager
    async def _one_writer(self, deadline: float | None) -> AsyncGenerator[None]:
        """Waiting in the process is fair and cheap; waiting in SQLite polls."""
        if not self.sqlite:
            yield
            return
        async with asyncio.timeout_at(deadline):
            await self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """A connection for SELECTs, each of which sees what was committed before it. Raises Busy."""
        async with _translated(), self.reader.connect() as connection:
            yield connection


async def _flush(tx: Transaction) -> None:
    try:
        await tx.flush()
    except IntegrityError as error:
        if tx.answering:
            raise Repeated from error
        raise


@asynccontextmanager
async def _translated() -> AsyncGenerator[None, None]:
    try:
        yield
    except (TimeoutError, PoolTimeout) as error:
        raise Busy from error
    except (OperationalError, InterfaceError, DBAPIError) as error:
        if isinstance(error, IntegrityError) or not _is_busy(error):
            raise
        raise Busy from error
    except (ConnectionError, OSError) as error:
        raise Busy from error


_BUSY_WORDS = ("locked", "busy", "Connection", "disk", "full")

# What PostgreSQL says of locks, cancelled statements, restarts and lack of resources; two digits are a whole class.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY_STATES = ("08", "53", "57", "55P03", "40001", "40P01")


def _is_busy(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if str(getattr(getattr(error, "orig", None), "sqlstate", None) or "").startswith(_BUSY_STATES):
        return True
    words = f"{type(getattr(error, 'orig', None)).__name__} {getattr(error, 'orig', '')}"
    return isinstance(error, DBAPIError) and any(word in words for word in _BUSY_WORDS)


def _postgres_engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """Who writes may wait for a row, so readers have connections of their own.

    No pool grows and shrinks: opening a connection costs more than a command. Reads are single statements, and without
    a transaction around them each saves two round trips.
    """
    return _postgres_engine(url, WRITERS), _postgres_engine(url, READERS, isolation_level="AUTOCOMMIT")


def _postgres_engine(url: str, connections: int, **options: Any) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        # The one that was used last knows the statements best.
        pool_use_lifo=True,
        connect_args={
            "timeout": 5,
            "server_settings": {
                "application_name": "usher",
                "lock_timeout": str(BUSY_SECONDS * 1000),
                "idle_in_transaction_session_timeout": "10000",
                "timezone": "UTC",
                # Every statement here is short: compiling one takes longer than running it.
                "jit": "off",
            },
        },
        **options,
    )


async def alive(store: Store) -> bool:
    """Whether the database answers at all."""
    try:
        async with store.reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (Busy, SQLAlchemyError, sqlite3.Error):
        return False
    return True
