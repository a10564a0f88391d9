"""Conditions written so that the databases go the way that is meant, whatever their statistics say or lack."""

from __future__ import annotations

from sqlalchemy import ColumnElement


def unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text, written so that no index of the column comes in."""
    return column.concat("")
