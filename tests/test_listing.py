"""The list of members beside a plain model of it: by every way there is, on both databases, whatever is sought."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import directory, listing, listing_sizes, listing_ways
from storage.listed import EVERYBODY, Listed, Narrow
from storage.listing_filters import Among, values
from storage.listing_ways import BY_WORDS, IN_ORDER, Asked, asked_values
from storage.members import folded
from storage.paging import Turn
from tests.listed_examples import EXAMPLES, NAMES, NARROW, PEOPLE, SOMEONE, of
from tests.listed_pages import paged, written
from tests.listed_people import NOW, ROLES, STATUSES, Grant, House, Someone, someone


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


async def by_each_way(
    connection: AsyncConnection, house: House, narrow: Narrow, turn: Turn, limit: int
) -> list[list[Listed]]:
    among = Among.of(narrow, sqlite=connection.dialect.name == "sqlite")
    asked = Asked(among, turned=turn.at is not None, down=turn.down)
    given = values(house.id, narrow, NOW) | asked_values(house.id, turn, limit)
    ways = [IN_ORDER, *range(len(among.drivers())), *([BY_WORDS] if narrow.words else [])]
    return [await listing.rows_of(connection, asked, way, given) for way in ways]


@given(people=PEOPLE, others=PEOPLE, said=st.lists(NARROW, min_size=1, max_size=4), limit=st.integers(1, 4))
@EXAMPLES
def test_pages_and_counts_hold_exactly_who_should_be_there_in_order(  # noqa: PLR0917 - what is tried
    database_url: str,
    runner: asyncio.Runner,
    people: list[Someone],
    others: list[Someone],
    said: list[dict[str, Any]],
    limit: int,
) -> None:
    house, beside = House(people), House([replace(one, id=one.id[::-1], grants=[], promises=[]) for one in others])

    async def look() -> None:
        async with written(database_url, house, beside) as connection:
            for narrow in [EVERYBODY, *(of(house, one) for one in said)]:
                expected = house.among(narrow)
                assert await paged(connection, house, narrow, limit=limit, down=True) == expected
                assert await paged(connection, house, narrow, limit=limit, down=False) == expected
                counted = await listing.count(connection, house.id, narrow, now=NOW)
                assert (counted.count, counted.exact) == (len(expected), True)
                some = listing.everybody(connection, house.id, narrow, now=NOW, at_once=limit)
                assert [row async for rows in some for row in rows] == expected

    runner.run(look())


@given(people=PEOPLE.filter(bool), said=NARROW, at=st.integers(0, 8), down=st.booleans(), limit=st.integers(1, 4))
@EXAMPLES
def test_every_way_leads_to_the_same_page(  # noqa: PLR0917 - what is tried
    database_url: str,
    runner: asyncio.Runner,
    people: list[Someone],
    said: dict[str, Any],
    at: int,
    down: bool,
    limit: int,
) -> None:
    """Also behind somebody who is not in the list (any more)."""
    house = House(people)
    narrow, there = of(house, said), people[at % len(people)]

    async def look() -> None:
        every = replace(house, people=[replace(one, listed=True, deleted=False) for one in people]).shown()
        order = [one.id for one in every]
        behind = [one for one in house.among(narrow) if (order.index(one.id) > order.index(there.id)) is down]
        expected = [one for one in behind if one.id != there.id]
        expected = expected[:limit] if down else expected[::-1][:limit]
        async with written(database_url, house) as connection:
            for rows in await by_each_way(connection, house, narrow, Turn(there.id, down=down), limit):
                assert rows == expected

    runner.run(look())


CHANGES = st.lists(
    st.tuples(st.sampled_from(["change", "change", "end", "revoke", "lose", "enter"]), st.integers(0, 20), SOMEONE),
    max_size=6,
)


@given(people=PEOPLE.filter(bool), changes=CHANGES)
@EXAMPLES
def test_the_database_keeps_the_directory_and_its_tallies_through_every_change(
    database_url: str, runner: asyncio.Runner, people: list[Someone], changes: list[tuple[str, int, Someone]]
) -> None:
    house = House(people)

    async def look() -> None:
        async with written(database_url, house) as connection:
            for sort, number, someone in changes:
                await _do(connection, house, sort, number, someone)
                tallies = await listing.tallies(connection, house.id)
                assert (tallies.statuses, tallies.roles) == house.tallies()
                for narrow in (
                    EVERYBODY,
                    *(Narrow(role=role) for role in ROLES),
                    Narrow(words=("ana",)),
                    *there(house),
                ):
                    assert await paged(connection, house, narrow, limit=4, down=True) == house.among(narrow)
            if connection.dialect.name == "sqlite":
                check = "INSERT INTO directory_words (directory_words, rank) VALUES ('integrity-check', 1)"
                await connection.execute(text(check))

    runner.run(look())


def there(house: House) -> list[Narrow]:
    """Each place, and each with everything that its rows tell about who is there."""
    spaces, groups = [Narrow(spaces=(one,)) for one in house.spaces], [Narrow(group=one) for one in house.groups]
    roles = [replace(one, role=role, in_space=True) for one in spaces for role in ROLES]
    told = [replace(one, status="active", factor=True, role=ROLES[0]) for one in groups]
    return [*spaces, *groups, *roles, *told]


async def _do(connection: AsyncConnection, house: House, sort: str, number: int, someone: Someone) -> None:
    if sort == "enter" or not house.people:
        someone.email = f"{number}.{len(house.people)}.{someone.id}@x.example"
        house.people.append(someone)
        await house.enter(connection, someone)
        return
    at = number % len(house.people)
    match sort:
        case "change":
            await house.change(connection, at, someone)
        case "end":
            await house.end_grants(connection)
        case "revoke":
            await house.end_promises(connection)
        case _:
            await house.lose(connection, at)


@given(people=PEOPLE, words=NAMES, status=st.sampled_from([None, *STATUSES]))
@EXAMPLES
def test_suggestions_begin_with_what_was_typed(
    database_url: str, runner: asyncio.Runner, people: list[Someone], words: str, status: str | None
) -> None:
    house, key = House(people), folded(words)

    def begins(one: Someone) -> bool:
        return f" {key}" in f" {folded(one.name)} {folded(one.email)}" and status in {None, one.status}

    async def look() -> None:
        async with written(database_url, house) as connection:
            found = await directory.beginning(connection, house.id, words, status=status)
            assert [one.id for one in found] == [one.id for one in house.shown() if begins(one)]

    runner.run(look())


# An export ------------------------------------------------------------------------------------------------------------

MEANWHILE: dict[str, Callable[[Someone], Someone]] = {
    "is called otherwise, further on": lambda one: replace(one, name="Zed"),
    "is called otherwise, before": lambda one: replace(one, name="Aaa"),
    "gets a name": lambda one: replace(one, name=one.name or "Zed"),
    "leaves the list": lambda one: replace(one, listed=False),
    "is erased": lambda one: replace(one, name="", email="", deleted=True),
}
EXPORTED: dict[str, Callable[[House], Narrow]] = {
    "everybody": lambda _: EVERYBODY,
    "words": lambda _: Narrow(words=("org",)),
    "group": lambda house: Narrow(group=house.groups[0]),
    "role": lambda _: Narrow(role="admin"),
    "spaces": lambda house: Narrow(spaces=tuple(house.spaces)),
}


@pytest.mark.invariant(44)
@pytest.mark.parametrize("what", MEANWHILE)
async def test_whatever_becomes_of_the_last_of_a_chunk_nobody_else_is_lost_or_repeated(
    database_url: str, what: str
) -> None:
    for asked in EXPORTED.values():
        house = House([exported(name) for name in ("Ana Org", "", "Cid Org", "Dan Org", "Eli Org", "Fay Org")])
        at_first, changed, rows = house.shown(), set[str](), list[Listed]()
        async with written(database_url, house) as connection:
            async for some in listing.everybody(connection, house.id, asked(house), now=NOW, at_once=2):
                rows += some
                if len(changed) < 2:
                    last = next(one for one in house.people if one.id == some[-1].id)
                    await house.change(connection, house.people.index(last), MEANWHILE[what](last))
                    changed.add(last.id)
        stayed = [one.id for one in at_first if one.id not in changed]
        assert [row.id for row in rows if row.id not in changed] == stayed


def exported(name: str) -> Someone:
    """Among those of every export here."""
    grants = [Grant("role", 0, -1, "lasting"), Grant("role", 0, 0, "lasting"), Grant("group", 0, -1, "lasting")]
    email = f"zz.{name[:3]}@org.example" if name else "bob@org.example"
    return Someone(name, email, "active", True, False, None, grants, [])


# Many -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few are many."""
    for module, name, few in (
        (listing_ways, "FEW", 2),
        (listing_ways, "MANY", 4),
        (listing_ways, "AHEAD", 5),
        (listing_ways, "AHEAD_SLOWLY", 4),
        (listing_sizes, "FEW", 2),
        (listing_sizes, "MOST_COUNTED", 6),
        (listing_sizes, "DENSE", 1),
    ):
        monkeypatch.setattr(module, name, few)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for built in (listing_ways.looking, listing_sizes.counting, listing.showing):
        built.cache_clear()


@pytest.mark.usefixtures("soon")
@given(people=PEOPLE, said=NARROW)
@EXAMPLES
def test_where_there_are_too_many_to_count_it_says_so_and_pages_stay_right(
    database_url: str, runner: asyncio.Runner, people: list[Someone], said: dict[str, Any]
) -> None:
    house = House(people)
    narrow = of(house, said)

    async def look() -> None:
        expected = house.among(narrow)
        async with written(database_url, house) as connection:
            assert await paged(connection, house, narrow, limit=2, down=True) == expected
            counted = await listing.count(connection, house.id, narrow, now=NOW)
            assert counted.count == len(expected) if counted.exact else counted.count <= len(expected)
            assert counted.exact or len(expected) >= 3

    runner.run(look())


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("name", ["Member {}", ""])
async def test_where_many_begin_alike_their_list_is_read_in_order_and_not_by_words(
    database_url: str, name: str
) -> None:
    """SQLite would read all of them for each page, in no order."""
    alike = House([someone(name.format(n), f"000000{n}@x.example") for n in range(6)])
    apart = House([someone(name and f"{n} {name}", f"{n}000000@x.example") for n in range(6)])
    assert await _way(database_url, alike) == IN_ORDER
    assert await _way(database_url, apart) == (BY_WORDS if "sqlite" in database_url else IN_ORDER)


async def _way(database_url: str, house: House) -> int:
    narrow = Narrow(words=("x.example",))
    async with written(database_url, house) as connection:
        assert await paged(connection, house, narrow, limit=2, down=True) == house.among(narrow)
        asked = Asked(Among.of(narrow, sqlite=connection.dialect.name == "sqlite"))
        given = values(house.id, narrow, NOW) | asked_values(house.id, Turn(), 2)
        return await listing_ways.choose(connection, asked, given, 2)
