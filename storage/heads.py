"""Where an organization's audit stands now. Every change moves it, so what was read under the same head is still true.

Asked before every decision, it must cost next to nothing: on SQLite a connection in the loop's own thread looks whether
anything was written at all, on PostgreSQL one statement answers everybody who asked while the one before was under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Mapping
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL

from storage.store import BUSY_SECONDS, Busy, Store

_MOST = 10_000  # organizations whose head is remembered


class Heads(Protocol):
    async def seq(self, organization: str) -> int | None:
        """None: there is no such organization (any more). Never older than the call. Raises Busy."""
        ...

    async def close(self) -> None: ...


def heads_of(store: Store) -> Heads:
    url = store.reader.url
    return _SqliteHeads(url.database or "") if store.sqlite else _PostgresHeads(url)


_ONE = "SELECT seq FROM organizations WHERE id = ? AND closed_at IS NULL"


class _SqliteHeads:
    """Reading never waits for the writer (WAL), and a page of the database is read faster than a thread is woken."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._known: dict[str, int | None] = {}

    async def seq(self, organization: str) -> int | None:
        try:
            return self._seq(organization)
        except sqlite3.Error as error:
            await self.close()
            raise Busy from error

    def _seq(self, organization: str) -> int | None:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, cached_statements=8)
        # Read to their ends, for an open statement would go on seeing the past.
        [(version,)] = self._connection.execute("PRAGMA data_version").fetchall()
        if version != self._version or len(self._known) > _MOST:
            self._known, self._version = {}, version
        if organization not in self._known:
            rows = self._connection.execute(_ONE, (organization,)).fetchall()
            self._known[organization] = rows[0][0] if rows else None
        return self._known[organization]

    async def close(self) -> None:
        self._known, self._version = {}, -1
        if self._connection is not None:
            self._connection.close()
            self._connection = None


_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_MANY = "SELECT id, seq FROM organizations WHERE id = ANY($1::text[]) AND closed_at IS NULL"


class _PostgresHeads:
    """Whoever asks while a statement is under way waits for the next one, together with all the others: what began
    before they asked may be out of date."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: Any = None
        self._statement: Any = None
        self._busy = False
        self._asked: set[str] = set()
        self._next: asyncio.Future[Mapping[str, int]] | None = None
        self._rounds: asyncio.Task[None] | None = None

    async def seq(self, organization: str) -> int | None:
        if self._busy:
            return (await asyncio.shield(self._joined(organization))).get(organization)
        self._busy = True
        try:
            return (await self._fetch([organization])).get(organization)
        finally:
            self._busy = False
            self._go_on()

    def _joined(self, organization: str) -> asyncio.Future[Mapping[str, int]]:
        self._asked.add(organization)
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            # Who asked may have gone by the time of the answer; then nobody misses it.
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        return self._next

    def _go_on(self) -> None:
        if self._next is not None:
            self._busy = True
            self._rounds = asyncio.create_task(self._answer_all())

    async def _answer_all(self) -> None:
        try:
            while (waiting := self._next) is not None:
                asked, self._asked, self._next = list(self._asked), set(), None
                await self._answer(waiting, asked)
        finally:
            self._busy = False

    async def _answer(self, waiting: asyncio.Future[Mapping[str, int]], asked: list[str]) -> None:
        try:
            waiting.set_result(await self._fetch(asked))
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            waiting.set_exception(error)
        except BaseException:
            waiting.cancel()
            raise

    async def _fetch(self, asked: list[str]) -> Mapping[str, int]:
        """Raises Busy."""
        known = self._statement is not None
        try:
            return await self._asking(asked)
        except _LOST as error:
            self._give_up()
            if not known or isinstance(error, TimeoutError):
                raise Busy from error
        # The server was started anew, say: a new connection knows.
        return await self._fetch(asked)

    async def _asking(self, asked: list[str]) -> Mapping[str, int]:
        if self._statement is None:
            driver: Any = asyncpg  # which tells the type checker nothing of what it returns
            settings = {"application_name": "usher"}
            self._connection = await driver.connect(
                self._url, timeout=BUSY_SECONDS, command_timeout=BUSY_SECONDS, server_settings=settings
            )
            self._statement = await self._connection.prepare(_MANY)
        return dict(await self._statement.fetch(asked))

    def _give_up(self) -> None:
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)
        connection, self._connection, self._statement = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await connection.close(timeout=2)
