"""Lists a page at a time, by key: what is behind a row, never how many rows to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Subquery, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a page begins: behind the row ``at``, or before it where ``down`` is False; None: at the first row."""

    at: str | None = None
    down: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """``more``: there are further rows in the direction that was taken."""

    rows: Sequence[RowMapping]
    more: bool


async def page(
    connection: AsyncConnection,
    statement: Select[*tuple[Any, ...]],
    table: Table | Subquery,
    order: Sequence[str],
    turn: Turn,
    *,
    limit: int,
) -> Page:
    """``order`` names columns of ``table`` that tell every row apart. Behind a row that is gone by now is nothing."""
    if turn.at is not None:
        statement = statement.where(_behind(table, order, turn.at, down=turn.down))
    by = [table.c[name] if turn.down else table.c[name].desc() for name in order]
    found = (await connection.execute(statement.order_by(*by).limit(limit + 1))).mappings().all()
    rows = found[:limit]
    return Page(rows if turn.down else rows[::-1], len(found) > limit)


def _behind(table: Table | Subquery, order: Sequence[str], at: str, *, down: bool) -> ColumnElement[bool]:
    there = table.alias("there")
    clauses: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for name in order:
        column, value = table.c[name], select(there.c[name]).where(there.c["id"] == at).scalar_subquery()
        clauses.append(and_(*same, column > value if down else column < value))
        same.append(column == value)
    return or_(*clauses)
