"""Which words the list of members finds, and in which order, whatever they are made of."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import listing
from storage.listed import EVERYBODY, Narrow
from storage.migrations.directory_in_sqlite import place
from storage.paging import Turn
from storage.store import Store
from storage.words import merge
from tests.listed_pages import paged, writing, written
from tests.listed_people import NOW, House, someone


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("limit", [1, 3])
async def test_whoever_begins_alike_stands_in_order_however_they_came(
    database_url: str, down: bool, limit: int
) -> None:
    """SQLite's numbers tell the first letters apart, and behind these only who came first."""
    names = [f"{name} {letter}" for letter in "cabd" for name in ("Ana Bergmann", "Жанна", "Ana-Lena", "")]
    house = House([someone(name.strip(), f"ana{n}@x.example") for n, name in enumerate(names)])
    async with written(database_url, house) as connection:
        for narrow in (EVERYBODY, Narrow(words=("ana",)), Narrow(words=("ana", "be"))):
            assert await paged(connection, house, narrow, limit=limit, down=down) == house.among(narrow)


# SQLite's numbers -----------------------------------------------------------------------------------------------------

SIGNS = st.text(st.sampled_from(" !&'()*+,-./059:;?@[^_`abz{~éж中😀\U0010ffff"), max_size=9)
ALIKE = (1 << 20) - 1


def least(*called: str) -> list[int]:
    statement = f"SELECT {place(':organization', ':called')}"
    with closing(sqlite3.connect(":memory:")) as database:
        given = ({"organization": "ab", "called": one} for one in called)
        return [database.execute(statement, one).fetchone()[0] for one in given]


@given(begin=SIGNS, one=SIGNS, other=SIGNS)
@example(begin="", one="\U0010ffff\U0010ffff", other="\U0001ffff")
def test_no_number_is_above_that_of_who_stands_behind_in_the_list(begin: str, one: str, other: str) -> None:
    first, last = sorted([f"{begin}{one}" or "a", f"{begin}{other}" or "a"])
    lower, higher = least(first, last)
    assert 0xAB << 55 <= lower <= higher < 0xAC << 55


@pytest.mark.parametrize("sign", [*"abyz0189.-_@+'", " "])
def test_people_with_the_usual_signs_are_told_apart_up_to_the_sixth(sign: str) -> None:
    before, between, behind = least(f"a.{sign}-0 z", f"a.{sign}-0.z", f"a.{sign}-01z")
    assert before < between < behind


@pytest.mark.parametrize("free", [True, False])
async def test_whoever_changes_finds_a_number_though_the_last_was_taken(sqlite_url: str, free: bool) -> None:
    """As if people who begin alike had changed a million times."""
    house = House([someone(f"Member {n}", f"m{n}@x.example") for n in range(4)])
    async with written(sqlite_url, house) as connection:
        if free:
            await house.lose(connection, 0)
        last = text("UPDATE directory SET number = number | :alike WHERE called = 'member 2'")
        await connection.execute(last, {"alike": ALIKE})
        await connection.execute(text("INSERT INTO directory_words (directory_words) VALUES ('rebuild')"))
        for n in (9, 8, 7):
            house.people.append(someone(f"Member {n}", f"m{n}@x.example"))
            await house.enter(connection, house.people[-1])
        await house.change(connection, 0, someone("Member 5", "m5@x.example"))
        beginnings = await connection.execute(text("SELECT DISTINCT number & ~:alike FROM directory"), {"alike": ALIKE})
        assert len(beginnings.all()) == 1
        for narrow in (EVERYBODY, Narrow(words=("member",))):
            assert await paged(connection, house, narrow, limit=2, down=True) == house.among(narrow)


# Who seeks to find more -----------------------------------------------------------------------------------------------


HOSTILE = (
    "%",
    "_",
    "%%%",
    "a_a",
    '"',
    '""" OR words:a',
    "*",
    "an*",
    "' OR 1=1 --",
    "\\",
    "\\%",
    "/",
    "/%",
    "NEAR(a",
    "^an",
)


@pytest.mark.invariant(27, 43)
@pytest.mark.parametrize(
    "word", [*HOSTILE, "\0", "a\0b", "\ud800", "-ana", "a" * 5000, "(", "{words}:", "directory_words"]
)
async def test_words_mean_nothing_but_themselves(database_url: str, word: str) -> None:
    people = [someone("Ana Aba", "ana@x.example"), someone("Bob", "bob@x.example")]
    people += [someone(f"x{odd}x", f"{number}@x.example") for number, odd in enumerate(HOSTILE)]
    house, beside = House(people), House([someone(f"x{word[:9]}x", "z@x.example")] if word.isprintable() else [])
    async with written(database_url, house, beside) as connection:
        narrow = Narrow(words=(word.casefold(),))
        expected = [] if "\0" in word or word == "\ud800" else house.among(narrow)
        found = await listing.page(connection, house.id, narrow, Turn(), now=NOW, limit=50)
        assert list(found.rows) == expected
        assert (await listing.count(connection, house.id, narrow, now=NOW)).count == len(expected)


@pytest.mark.invariant(27)
async def test_behind_somebody_of_another_organization_is_what_is_behind_nobody(database_url: str) -> None:
    house, beside = House([someone("Ana", "a@x.example")]), House([someone("Aaron", "b@x.example")])
    async with written(database_url, house, beside) as connection:
        for narrow in (EVERYBODY, Narrow(words=("ana",))):
            pages = [
                await listing.page(connection, house.id, narrow, Turn(at), now=NOW, limit=5)
                for at in (beside.people[0].id, "f" * 32)
            ]
            assert [list(found.rows) for found in pages] == [[], []]


async def test_words_are_found_again_after_the_file_was_made_anew(sqlite_url: str) -> None:
    """VACUUM gives new row ids to whatever has no number of its own."""
    house = House([someone(f"Ana {n}", f"a{n}@x.example") for n in range(9)])
    store = Store(sqlite_url)
    async with store.writer.connect() as connection:
        await house.write(connection)
        await house.lose(connection, 2)
        await connection.commit()
    await store.close()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))) as file:
        file.execute("VACUUM")
        file.execute("INSERT INTO directory_words (directory_words, rank) VALUES ('integrity-check', 1)")
    async with writing(sqlite_url) as connection:
        narrow = Narrow(words=("ana",))
        assert await paged(connection, house, narrow, limit=4, down=True) == house.among(narrow)


async def test_who_left_the_index_is_not_in_it_after_a_merge_though_others_enter_meanwhile(sqlite_url: str) -> None:
    """In letters that no other name has, nor any number by chance."""
    enters = "INSERT INTO directory_words (rowid, words) VALUES (:number, :words)"
    leaves = "INSERT INTO directory_words (directory_words, rowid, words) VALUES ('delete', :number, :words)"
    in_one = "INSERT INTO directory_words (directory_words) VALUES ('optimize')"
    store, numbers = Store(sqlite_url), count(1)

    async def enter(*words: str) -> None:
        async with store.transaction(None, at=NOW, lock=False) as tx:
            await tx.connection.execute(text(enters), [{"number": next(numbers), "words": one} for one in words])

    async def turn(*, anew: bool) -> bool:
        async with store.transaction(None, at=NOW, lock=False) as tx:
            return await merge(tx, anew=anew, pages=10)

    async def kept() -> bool:
        async with store.reading() as connection:
            blocks = (await connection.execute(text("SELECT block FROM directory_words_data"))).scalars()
            return any("ŵŷ".encode() in block for block in blocks)

    try:
        await enter("  ŵŷnn")
        await enter(*(f"  {n**5:x}  {n**7:x}" for n in range(1, 3000)))
        for one, given in ((in_one, {}), (leaves, {"number": 1, "words": "  ŵŷnn"})):
            async with store.transaction(None, at=NOW, lock=False) as tx:
                await tx.connection.execute(text(one), given)
        assert await kept()
        turns, more = 1, await turn(anew=True)
        while more:
            for _ in range(3) if turns < 50 else ():
                await enter(f"  {turns**9:x}")
            turns, more = turns + 1, await turn(anew=False)
        assert turns > 3
        assert not await kept()
    finally:
        await store.close()
