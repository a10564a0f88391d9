"""Lists a page at a time, by key: what is behind a row, never how many rows to leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    own: Mapping[str, str],
    limit: int,
) -> Page:
    """``order`` names columns of ``table`` that tell every row apart. Behind a row that is gone by now is nothing, and
    so it is behind one that is not the reader's (invariant 27): ``own`` says by column what the reader's rows are."""
    if turn.at is not None:
        statement = statement.where(_behind(table, order, turn, own))
    by = [table.c[name] if turn.down else table.c[name].desc() for name in order]
    found = (await connection.execute(statement.order_by(*by).limit(limit + 1))).mappings().all()
    rows = found[:limit]
    return Page(rows if turn.down else rows[::-1], len(found) > limit)


def _behind(table: Table | Subquery, order: Sequence[str], turn: Turn, own: Mapping[str, str]) -> ColumnElement[bool]:
    there = table.alias("there")
    here = [there.c["id"] == turn.at, *(there.c[name] == value for name, value in own.items())]
    clauses: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for name in order:
        column, value = table.c[name], select(there.c[name]).where(*here).scalar_subquery()
        clauses.append(and_(*same, column > value if turn.down else column < value))
        same.append(column == value)
    return or_(*clauses)
