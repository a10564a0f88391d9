"""Conditions written so that the databases go the way that is meant, whatever their statistics say or lack."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func


def unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text, written so that no index of the column comes in."""
    return column.concat("")


def unindexed_time(column: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """The same time, likewise."""
    return func.coalesce(column, column)
