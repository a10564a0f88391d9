"""Ways to the members of a page. Which is the shortest nobody knows beforehand, so a cheap question comes first.

*in order*: along the index until there are enough. Right where many are among them. *by driver*: everybody who is in
one place, in order until there are enough; or everybody who bears the role or is in one of the spaces, then sorted,
which is right where these are few. *by words*: SQLite's index of words
nearly stands in the order of the list (``migrations/directory_in_sqlite.py``), so it is read until there are enough
and, where too many begin alike, not at all; PostgreSQL's gives everybody, who are then sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.hints import unindexed
from storage.listing_filters import ORGANIZATION, Among, Ids, bearing, standing, text
from storage.paging import Turn
from storage.tables import directory, members, placed

# How many are fetched and sorted without asking for anything better, and how many at most.
FEW, MANY = 2_000, 10_000
# How far is looked ahead: at what the rows say themselves, and at what is found out about each.
AHEAD, AHEAD_SLOWLY = 4_000, 1_000
# How many of those that begin alike can be told apart by their numbers.
_ALIKE = (1 << 20) - 1

Found = Select[*tuple[Any, ...]]
# A way is one of these, or the number of a driver.
Way = int
IN_ORDER: Final = -1
BY_WORDS: Final = -2


@dataclass(frozen=True, slots=True)
class Asked:
    """The shape of a page: whether it begins behind (or before) somebody. ``exported``: behind where somebody stood
    when they were read, wherever they stand by now."""

    among: Among
    turned: bool = False
    down: bool = True
    exported: bool = False


LIMIT = bindparam("limit", type_=Integer())


def asked_values(organization: str, turn: Turn, limit: int) -> dict[str, object]:
    """The parameters that a page has beside ``listing_filters.values``."""
    digits = "0123456789abcdef"
    first, second = (digits.find(one) & 15 for one in organization[:2])
    least = first << 59 | second << 55
    return {"at": turn.at, "limit": limit, "least": least, "most": least | (1 << 55) - 1}


STANDS = 2


def stand(keys: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Where each stands: so many columns as ``STANDS`` says."""
    return keys.c.called, keys.c.get("number", null())


def behind(row: Row[*tuple[Any, ...]]) -> dict[str, object]:
    """The parameters of the next part of an export, behind this row with what ``stand`` tells."""
    called, number = row[-STANDS:]
    begins = {} if number is None else {"least": number & ~_ALIKE}
    return {"at": row[0], "called": called, **begins}


# Which way ------------------------------------------------------------------------------------------------------------


async def choose(connection: AsyncConnection, asked: Asked, values: Mapping[str, object], limit: int) -> Way:
    """In one statement, or none."""
    among, drivers = asked.among, _drivers(asked.among)
    if not drivers and not among.words:
        return IN_ORDER
    places = len(among.places())
    if places == 1 and not among.words:
        return 0
    *sizes, near = (await connection.execute(looking(asked), values)).one()
    smallest, driver = min(zip(sizes, range(drivers), strict=True), default=(MANY + 1, IN_ORDER))
    if smallest <= FEW:
        return driver
    if places:
        place = min(range(places), key=sizes.__getitem__)
        return place if not among.words or sizes[place] <= MANY or near > FEW else BY_WORDS
    if among.words and near < limit:
        return BY_WORDS
    # Where an index tells in order all that is asked, many are never far.
    return IN_ORDER if near >= limit or smallest > MANY or not _looks_ahead(among) else driver


@lru_cache(maxsize=256)
def _drivers(among: Among) -> int:
    return len(among.drivers())


@lru_cache(maxsize=256)
def looking(asked: Asked) -> Found:
    """The sizes of the drivers; where none is small also how many there are ahead, or beside a place with the words."""
    among = asked.among
    drivers, places = among.drivers(), len(among.places())
    if not drivers:
        return select(_near(asked))
    sizes = select(*(size(driver).label(f"size{number}") for number, driver in enumerate(drivers)))
    if not _looks_ahead(among):
        return sizes.add_columns(literal_column("0", Integer()))
    found = sizes.cte().prefix_with("MATERIALIZED")
    small = [one <= literal_column(str(MANY if number < places else FEW)) for number, one in enumerate(found.c)]
    more = _up_to(FEW, with_words(asked)) if places else _near(asked)
    return select(*found.c, case((or_(*small), literal_column("0", Integer())), else_=more))


def _looks_ahead(among: Among) -> bool:
    return bool(among.words) or among.in_space or (among.spaces or 0) > 1


def _near(asked: Asked) -> ColumnElement[int]:
    """How many are ahead; none is said where SQLite's words lead to a page without many who begin alike."""
    if not (asked.among.sqlite and asked.among.words):
        return ahead(asked, LIMIT)
    few = _up_to(FEW, _begin_alike(asked)) <= literal_column(str(FEW))
    return case((few, literal_column("0", Integer())), else_=ahead(asked, LIMIT))


def size(driver: Ids) -> ColumnElement[int]:
    return _up_to(MANY, driver)


def _up_to(most: int, found: Found) -> ColumnElement[int]:
    """How many there are; one more than ``most`` is enough."""
    some = found.limit(literal_column(str(most + 1), Integer())).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def ahead(asked: Asked, enough: ColumnElement[int]) -> ColumnElement[int]:
    """How many of the next rows are among them; that there are enough is enough."""
    among = asked.among
    rows = select(directory).where(*among.ordered(), *_behind(asked))
    far = AHEAD_SLOWLY if among.group or among.spaces is not None or among.in_space else AHEAD
    near = sorted_by(rows, directory, asked).limit(literal_column(str(far))).subquery("near")
    some = select(near.c.number).where(*among.held(near), *among.said(near)).limit(enough).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def sorted_by(statement: Found, d: FromClause, asked: Asked) -> Found:
    key = (d.c.called, d.c.member_id)
    return statement.order_by(*(key if asked.down else (one.desc() for one in key)))


def _behind(asked: Asked, d: FromClause = directory) -> list[ColumnElement[bool]]:
    """Behind somebody of another organization is nothing, as behind nobody (invariant 27)."""
    if not asked.turned:
        return []
    key = tuple_(d.c.called, d.c.member_id)
    if asked.exported:
        return [key > tuple_(text("called"), text("at"))]
    own = and_(members.c.id == text("at"), members.c.organization_id == ORGANIZATION)
    unnamed = members.c.name_folded == literal_column("''", Text())
    called = case((unnamed, members.c.email_folded), else_=members.c.name_folded)
    there = tuple_(select(called).where(own).scalar_subquery(), text("at"))
    return [key > there if asked.down else key < there]


# The ways -------------------------------------------------------------------------------------------------------------


def some(asked: Asked, way: Way) -> Found:
    """The keys of the next ``limit`` members, and what the directory knows of them."""
    if way == IN_ORDER:
        return sorted_by(hits(asked, way).where(*_behind(asked)), directory, asked).limit(LIMIT)
    if way == BY_WORDS and asked.among.sqlite:
        return _by_sqlite_words(asked)
    if way in range(len(asked.among.places())):
        return sorted_by(hits(asked, way).where(*_behind(asked, placed)), placed, asked).limit(LIMIT)
    # All of them first: the database must not think that reading in order would find the next ones sooner.
    all_of_them = hits(asked, way) if way == BY_WORDS else hits(asked, way).distinct()
    found = all_of_them.cte().prefix_with("MATERIALIZED")
    return sorted_by(select(found).where(*_behind(asked, found)), found, asked).limit(LIMIT)


def hits(asked: Asked, way: Way) -> Found:
    """The keys of all there are, in no order; by a driver some may come twice."""
    among = asked.among
    if way in range(len(places := among.places())):
        return _standing(among, places[way])
    if among.bears and way == len(among.drivers()) - 1:
        return _keys(among, bearing(), *among.said())
    if way >= 0:
        ids = among.drivers()[way].subquery(f"driver{way}")
        # The plus keeps SQLite from going through the whole directory beside them.
        one = literal_column(f"+{ids.name}.member_id", Text()) if among.sqlite else ids.c.member_id
        both = ids.join(directory, directory.c.member_id == one)
        return _keys(among, *among.said()).select_from(both)
    if way == IN_ORDER:
        return _keys(among, *among.said())
    if among.sqlite:
        return _matching(asked, *_range(asked))
    there = with_words(asked).cte().prefix_with("MATERIALIZED")
    return select(*_known(there)).where(*among.ordered(there), *among.held(there))


def _standing(among: Among, place: str) -> Found:
    keys = select(*_known(placed)).where(*standing(place), *among.ordered(placed))
    return keys.where(*among.held(placed, along=place), *among.said(placed))


def _keys(among: Among, *clauses: ColumnElement[bool]) -> Found:
    return select(*_known(directory)).where(*among.ordered(), *among.held(), *clauses)


def _known(d: FromClause) -> list[ColumnElement[Any]]:
    return [d.c.member_id, d.c.called, d.c.role, d.c.factor]


# SQLite's words -------------------------------------------------------------------------------------------------------

_WORDS = table("directory_words", column("rowid", Integer()))


def _by_sqlite_words(asked: Asked) -> Found:
    """Those with the lowest numbers, and everybody who begins like the last of them, sorted."""
    return sorted_by(_matching(asked, *_within(asked)), directory, asked).limit(LIMIT)


def _begin_alike(asked: Asked) -> Found:
    """Whoever is read for a page by words."""
    return select(_WORDS.c.rowid).where(*_have_words(*_within(asked)))


def _within(asked: Asked) -> tuple[ColumnElement[int], ColumnElement[int]]:
    begins, ends = _range(asked)
    turned = _WORDS.c.rowid if asked.down else _WORDS.c.rowid.desc()
    enough = _matching(asked, begins, ends).order_by(turned).limit(LIMIT).cte().prefix_with("MATERIALIZED")
    last = _last_alike(func.max(enough.c.number)) if asked.down else _first_alike(func.min(enough.c.number))
    until = func.coalesce(select(last).having(func.count() == LIMIT).scalar_subquery(), ends if asked.down else begins)
    return (begins, until) if asked.down else (until, ends)


def _matching(asked: Asked, begins: ColumnElement[int], ends: ColumnElement[int]) -> Found:
    rows = select(*_known(directory), directory.c.number)
    asked_too = (*asked.among.ordered(), *asked.among.held(), *_behind(asked))
    return _with_words(rows, begins, ends).where(*asked_too)


def with_words(asked: Asked) -> Found:
    """Everybody who has them, whatever else is asked, in no order.

    Were PostgreSQL offered any other index beside that of words, it would read all of that one too wherever it plans
    without knowing the words.
    """
    rows = select(directory).where(unindexed(directory.c.organization_id) == ORGANIZATION)
    return _with_words(rows, *_range(asked)) if asked.among.sqlite else rows.where(*asked.among.like())


def _with_words(rows: Found, begins: ColumnElement[int], ends: ColumnElement[int]) -> Found:
    # The plus keeps SQLite from looking every member up in the index of words.
    both = _WORDS.join(directory, directory.c.number == literal_column("+directory_words.rowid", Integer()))
    return rows.select_from(both).where(*_have_words(begins, ends))


def _have_words(begins: ColumnElement[int], ends: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    matches = literal_column("directory_words").op("MATCH", is_comparison=True)(text("match"))
    return matches, _WORDS.c.rowid.between(begins, ends)


def _range(asked: Asked) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The numbers of one organization, from or up to those that begin like the one where the page begins."""
    begins, ends = bindparam("least", type_=Integer()), bindparam("most", type_=Integer())
    if not asked.turned or asked.exported:
        return begins, ends
    there = select(directory.c.number).where(directory.c.member_id == text("at")).scalar_subquery()
    if asked.down:
        return func.coalesce(_first_alike(there), begins), ends
    return begins, func.coalesce(_last_alike(there), ends)


def _first_alike(number: ColumnElement[int]) -> ColumnElement[int]:
    return number.bitwise_and(literal_column(str(~_ALIKE), Integer()))


def _last_alike(number: ColumnElement[int]) -> ColumnElement[int]:
    return number.bitwise_or(literal_column(str(_ALIKE), Integer()))
