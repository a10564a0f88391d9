"""How many are among those that a list of members was narrowed to: counted in one statement, and never for long.

Nobody looks at more than the first ``MOST_COUNTED``: at the members themselves, or at everybody with those words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.listed import Counted
from storage.listing_filters import Among, standing
from storage.listing_ways import AHEAD, FEW, IN_ORDER, Asked, Way, ahead, hits, size, with_words
from storage.tables import placed

MOST_COUNTED = 10_000
# One in ten of those at the beginning: then there are enough soon, without an index of words.
DENSE = AHEAD // 10


async def counted(connection: AsyncConnection, among: Among, values: Mapping[str, object]) -> Counted:
    found = int((await connection.execute(counting(among), values)).scalar_one())
    return Counted(min(found if found >= 0 else ~found, MOST_COUNTED), exact=found >= 0)


@lru_cache(maxsize=256)
def counting(among: Among) -> Select[*tuple[Any, ...]]:
    """A way whose condition is false is not gone: subqueries of CASE are looked at where they are come to."""
    asked = Asked(among)
    ways = list(_ways(asked))
    last = _count_with_words(asked) if among.words else _count(asked, IN_ORDER)
    return select(case(*ways, else_=last) if ways else last)


def _ways(asked: Asked) -> Iterator[tuple[ColumnElement[bool], ColumnElement[int]]]:
    """Along the smallest place, whose rows tell of each most of what else is asked; or along the smallest driver, where
    words are sought only if it is small."""
    among = asked.among
    places, drivers = among.places(), among.drivers()
    sizes = [size(driver) for driver in drivers[: len(places)] or drivers]
    for number, one in enumerate(sizes):
        smallest = [one <= other for other in sizes if other is not one]
        few = [one <= FEW] if among.words and not places else []
        yield and_(literal_column("1") == 1, *smallest, *few), _count_along(asked, number)
    if among.words and not among.sqlite:
        enough = literal_column(str(DENSE), Integer())
        yield ahead(asked, enough) >= DENSE, _count(asked, IN_ORDER)


def _count(asked: Asked, way: Way) -> ColumnElement[int]:
    """Turned round bit by bit: at least so many. By a driver some may come twice, and count once."""
    some = hits(asked, way).limit(_one_more()).subquery()
    different = func.count(some.c.member_id.distinct())
    return select(_sized(func.count(), different)).select_from(some).scalar_subquery()


def _count_along(asked: Asked, way: Way) -> ColumnElement[int]:
    """Who has the words is asked of the first in a place."""
    among = asked.among
    if not (among.words and among.places()):
        return _count(asked, way)
    place = among.places()[way]
    some = select(placed).where(*standing(place)).limit(_one_more()).cte().prefix_with("MATERIALIZED")
    return _among(some, *among.ordered(some), *among.held(some, along=place), *among.said(some))


def _count_with_words(asked: Asked) -> ColumnElement[int]:
    """What else is asked is asked of the first that have the words, for the others may be hundreds of thousands."""
    among = asked.among
    some = with_words(asked).limit(_one_more()).cte().prefix_with("MATERIALIZED")
    return _among(some, *among.ordered(some), *among.held(some))


def _among(some: FromClause, *those: ColumnElement[bool]) -> ColumnElement[int]:
    looked = select(func.count()).select_from(some).scalar_subquery()
    found = select(func.count()).select_from(some).where(*those).scalar_subquery()
    return select(_sized(looked, found)).scalar_subquery()


def _sized(looked: ColumnElement[int], found: ColumnElement[int]) -> ColumnElement[int]:
    return case((looked > MOST_COUNTED, found.bitwise_not()), else_=found)


def _one_more() -> ColumnElement[int]:
    return literal_column(str(MOST_COUNTED + 1), Integer())
