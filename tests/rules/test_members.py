"""Who lists whom: everybody, the people of their spaces, or nobody; narrowed as they say, a page at a time."""

from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.commands import (
    ChangeRole,
    CreateGroup,
    CreateSpace,
    Deactivate,
    Done,
    Export,
    Filters,
    Invite,
    JoinGroup,
    Refusal,
)
from handlers.home_queries import ACCESS_SOON, INVITATIONS_SOON
from handlers.member_models import MemberPage, MemberRow
from handlers.models import NO_TALLIES
from storage.listed import MOST_THERE
from storage.store import Store
from tests.people import Org, Somebody, closing, organization, told
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"


async def page(who: Somebody, after: str | None = None, **filters: str) -> MemberPage:
    found = await asks(who, after, **filters)
    assert isinstance(found, MemberPage), found
    return found


async def asks(who: Somebody, after: str | None = None, **filters: str) -> MemberPage | Refusal:
    asked = Filters(**filters)  # pyright: ignore[reportArgumentType] - as a test says it
    return await who.org.usher.queries.members(await who.desk(), asked, after=after)


async def refused(who: Somebody, **filters: str) -> tuple[str, str | None]:
    found = await asks(who, **filters)
    assert isinstance(found, Refusal), found
    return found.code, found.field


async def emails(who: Somebody, **filters: str) -> set[str]:
    return {row.email for row in (await page(who, **filters)).rows}


def row_of(found: MemberPage, somebody: Somebody) -> MemberRow:
    return next(row for row in found.rows if row.id == somebody.id)


# Who sees whom --------------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-04", "004-02", "004-03", "004-04", "004-05", "004-06", "004-07", "004-100", "004-101")
async def test_everybody_is_listed_with_role_status_groups_and_second_factor(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin", name="Ada", factor=True)
    bob = await acme.member("member", name="Bob")
    gone = await acme.member("guest", name="Gone")
    await acme.invitation("new@example.com", "manager")
    await acme.operator(CreateGroup("Design"))
    await acme.operator(JoinGroup((bob.person,), "Design"))
    await acme.operator(Deactivate(gone.person))
    found = await page(ada)
    assert (found.total, found.exact, found.everybody) == (5, True, True)
    assert [row.name or row.email for row in found.rows] == ["Ada", "Bob", "Gone", "new@example.com", "Root"]
    assert (row_of(found, ada).role, row_of(found, ada).factor) == ("admin", True)
    assert (row_of(found, bob).groups, row_of(found, bob).factor, row_of(found, bob).status) == (
        ("Design",),
        False,
        "active",
    )
    assert row_of(found, gone).status == "deactivated"
    assert [(row.role, row.status) for row in found.rows if not row.name] == [("manager", "invited")]


LISTS = [
    ("default", "super_admin", True),
    ("default", "manager", True),
    ("default", "member", False),
    ("default", "guest", False),
    ("resmo", "admin", True),
    ("resmo", "user", False),
    ("imaging", "admin", True),
    ("imaging", "member", False),
    ("automation", "manager", True),
    ("automation", "owner", True),
    ("automation", "admin", False),
    ("mondoo", "editor", True),
    ("mondoo", "viewer", False),
    ("resplendent", "admin", True),
    ("resplendent", "staff", False),
]


@pytest.mark.seed("000-04", "001-47", "001-51", "002-15", "002-18", "002-19")
@pytest.mark.parametrize(("catalogue", "role", "lists"), LISTS)
async def test_the_catalogue_says_who_lists_members(sqlite_url: str, catalogue: str, role: str, lists: bool) -> None:
    acme = await organization(sqlite_url, catalogue=catalogue)
    who = await acme.member(role) if role != acme.founder.name else acme.founder
    if lists:
        assert len((await page(who)).rows) == 2
    else:
        assert await refused(who) == ("may-not", None)


@pytest.mark.seed("004-93")
async def test_whoever_is_deactivated_lists_nobody(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    ada = await acme.member("admin")
    await acme.operator(Deactivate(ada.person))
    assert await refused(ada) == ("may-not", None)


@pytest.mark.seed("001-61", "001-70")
async def test_whoever_manages_a_space_lists_its_people_and_no_more_of_them_than_that(database_url: str) -> None:
    acme = await organization(database_url)
    bob, cleo, dora = [await acme.member("member", name=name) for name in ("Bob", "Cleo", "Dora")]
    await bob.does(CreateSpace("Apollo"))
    await dora.does(CreateSpace("Gemini"))
    await bob.does(ChangeRole(cleo.person, "viewer", space="apollo"))
    await acme.operator(CreateGroup("Design"))
    await acme.operator(JoinGroup((cleo.person,), "Design"))
    found = await page(bob)
    assert [(row.name, row.role, row.in_space, row.groups) for row in found.rows] == [
        ("Bob", "owner", True, ()),
        ("Cleo", "viewer", True, ()),
    ]
    assert (found.total, found.everybody) == (2, False)
    assert await emails(bob, role="viewer") == {cleo.email}
    assert await emails(bob, words="dora") == set()
    assert await refused(bob, space="Gemini") == ("unknown-space", "space")
    assert await refused(bob, space="Nowhere") == ("unknown-space", "space")
    assert await refused(bob, group="Design") == ("unknown-group", "group")
    assert await refused(bob, factor="on") == ("factor-not-shown", "factor")
    assert await refused(cleo) == ("may-not", None)


@pytest.mark.invariant(44)
async def test_whoever_manages_several_spaces_reads_the_roles_in_these_and_none_in_the_organization(
    database_url: str,
) -> None:
    acme = await organization(database_url)
    bob, cleo, dora = await acme.member("member", name="Bob"), await acme.member("admin", name="Cleo"), acme.founder
    for space in ("Apollo", "Gemini"):
        await bob.does(CreateSpace(space))
    await dora.does(CreateSpace("Secret"))
    for space, role in (("gemini", "viewer"), ("apollo", "editor")):
        await bob.does(ChangeRole(cleo.person, role, space=space))
    await dora.does(ChangeRole(cleo.person, "viewer", space="secret"))
    await bob.does(ChangeRole(cleo.person, "owner", space="apollo", lasts=timedelta(hours=1)))
    await bob.does(Invite(("new@acme.example",), "viewer", space="gemini"))
    assert {row.name: (row.role, row.in_space, row.there) for row in (await page(bob)).rows} == {
        "Bob": (None, False, (("Apollo", "owner"), ("Gemini", "owner"))),
        "Cleo": (None, False, (("Apollo", "owner"), ("Gemini", "viewer"))),
        "": (None, False, (("Gemini", "viewer"),)),
    }
    assert [(row.role, row.there) for row in (await page(bob, space="gemini", words="cleo")).rows] == [("viewer", ())]


@pytest.mark.invariant(45)
async def test_of_somebody_in_very_many_spaces_some_roles_are_told_and_that_there_are_more(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member", name="Bob")
    names = [f"Space {number:02}" for number in range(MOST_THERE + 1)]
    for space in names:
        await bob.does(CreateSpace(space))
    [row] = (await page(bob)).rows
    assert (row.there, row.elsewhere) == (tuple((name, "owner") for name in names[:MOST_THERE]), True)


@pytest.mark.invariant(44)
async def test_roles_in_the_organization_are_no_filter_for_whoever_lists_the_people_of_their_spaces_alone(
    sqlite_url: str,
) -> None:
    """They see roles in their spaces and no others, so none of the others tells by its rows who holds it."""
    acme = await organization(sqlite_url)
    bob, cleo = await acme.member("member", name="Bob"), await acme.member("guest", name="Cleo")
    await bob.does(CreateSpace("Apollo"))
    await bob.does(ChangeRole(cleo.person, "viewer", space="apollo"))
    for filters in ({"role": "guest"}, {"role": "admin"}, {"role": "boss"}, {"role": "guest", "space": "apollo"}):
        assert await refused(bob, **filters) == ("unknown-role", "role")
    found = await asks(bob, role="guest")
    assert isinstance(found, Refusal)
    assert found.facts["known"] == "Owner, Editor, Viewer"


@pytest.mark.invariant(27)
async def test_people_of_another_organization_are_never_shown(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    ada, eve = await acme.member("admin", name="Ada"), await other.member("admin", name="Eve")
    await other.operator(CreateGroup("Secret"))
    await other.founder.does(CreateSpace("Hidden"))
    assert eve.email not in await emails(ada)
    assert await emails(ada, words="eve") == set()
    assert [row.id for row in (await page(ada, f"a~{eve.id}")).rows] == [row.id for row in (await page(ada)).rows]
    for filters in ({"space": "Hidden"}, {"group": "Secret"}):
        there, nowhere = await refused(ada, **filters), await refused(ada, **dict.fromkeys(filters, "Nowhere"))
        assert there == nowhere


@pytest.mark.invariant(27)
async def test_a_space_that_is_not_reached_does_not_change_what_a_longer_name_means(database_url: str) -> None:
    """Nobody learns of a space by what its name does to a search."""
    acme = await organization(database_url)
    ada, mona = await acme.member("super_admin"), await acme.member("manager", name="Mona")
    await ada.does(CreateSpace("Apollo"))
    await ada.does(ChangeRole(mona.person, "viewer", space="apollo"))
    before = (await page(mona, space="Apollo mona")).filters
    await ada.does(CreateSpace("Apollo Mona"))
    assert (await page(mona, space="Apollo mona")).filters == before == Filters(words="mona", space="Apollo")
    assert (await page(ada, space="Apollo mona")).filters == Filters(space="Apollo Mona")


@pytest.mark.parametrize(("export", "said"), [("members:list", ["exporting"] * 2), ("nobody", ["may-not"] * 2)])
async def test_where_a_catalogue_closes_the_export_nobody_has_it_nor_is_offered_it(
    sqlite_url: str, tmp_path: Path, export: str, said: list[str]
) -> None:
    catalogue = tmp_path / "c.toml"
    catalogue.write_text(DEFAULT.read_text().replace('export = "members:list"', f'export = "{export}"'))
    acme = await organization(sqlite_url, catalogue=str(catalogue))
    bob, cleo = await acme.member("member"), await acme.member("member")
    await bob.does(CreateSpace("Apollo"))
    assert told([await one.does(Export()) for one in (acme.founder, bob)]) == said
    offered = [("export" in (await one.desk()).may) for one in (acme.founder, bob, cleo)]
    assert offered == [*(one == "exporting" for one in said), False]


# Narrowing ------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-106")
async def test_words_and_filters_narrow_the_list_together(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin", name="Ada", factor=True)
    bob = await acme.member("manager", name="Bob")
    cleo = await acme.member("member", name="Cleo")
    await ada.does(CreateGroup("Deep Blue"))
    await ada.does(JoinGroup((bob.person, cleo.person), "Deep Blue"))
    await acme.founder.does(CreateSpace("Apollo 13"))
    await acme.founder.does(ChangeRole(cleo.person, "editor", space="apollo-13"))
    assert await emails(ada, words="CLE") == {cleo.email}
    assert await emails(ada, words=f"cleo {cleo.email.upper()}") == {cleo.email}
    assert await emails(ada, words="cleo bob") == set()
    assert await emails(ada, role="Manager") == {bob.email}
    assert await emails(ada, factor="on") == {ada.email}
    assert ada.email not in await emails(ada, factor="off")
    assert await emails(ada, group="deep blue") == {bob.email, cleo.email}
    assert await emails(ada, group="deep blue", role="member") == {cleo.email}
    for named in ("Apollo 13", "apollo-13", "APOLLO 13 cleo"):
        assert await emails(ada, space=named, role="editor") == {cleo.email}
    assert await emails(ada, space="apollo-13", role="owner") == {acme.founder.email}
    assert await emails(ada, space="apollo-13", role="member") == {cleo.email}
    assert await emails(ada, status="invited") == set()


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"role": "boss"}, ("unknown-role", "role")),
        ({"role": "editor"}, ("unknown-role", "role")),
        ({"space": "Nowhere"}, ("unknown-space", "space")),
        ({"group": "Nobody"}, ("unknown-group", "group")),
        ({"words": "a " * 9 + "b c d e f g h i"}, ("text-wrong", "words")),
        ({"words": "a" * 101}, ("text-wrong", "words")),
    ],
)
async def test_what_is_not_known_is_refused_with_its_field(
    sqlite_url: str, filters: dict[str, str], why: tuple[str, str]
) -> None:
    assert await refused((await organization(sqlite_url)).founder, **filters) == why


async def test_where_there_are_no_spaces_none_can_be_named(sqlite_url: str) -> None:
    acme = await organization(sqlite_url, catalogue="automation")
    assert await refused(acme.founder, space="Apollo") == ("no-spaces", "space")


# Pages ----------------------------------------------------------------------------------------------------------------


async def crowded(database_url: str, people: int) -> Org:
    acme = await organization(database_url)
    addresses = tuple(f"p{number:03}@example.com" for number in range(people))
    await acme.operator(Invite(addresses, "member"))
    return acme


@pytest.mark.seed("004-106")
async def test_pages_are_turned_there_and_back_and_nobody_is_missed_or_shown_twice(database_url: str) -> None:
    acme = await crowded(database_url, 24)
    seen, after, keys = list[str](), None, list[str | None]()
    while True:
        found = await page(acme.founder, after)
        assert found.total == 25
        assert len(found.rows) <= 10
        seen += [row.id for row in found.rows]
        keys.append(found.turns.previous)
        if found.turns.next is None:
            break
        after = found.turns.next
    assert (len(seen), len(set(seen)), keys[0]) == (25, 25, None)
    back = await page(acme.founder, keys[-1])
    assert [row.id for row in back.rows] == seen[10:20]
    first = await page(acme.founder, back.turns.previous)
    assert ([row.id for row in first.rows], first.turns.previous) == (seen[:10], None)
    for nonsense in ("", "x", "a~", f"b~{'0' * 32}", "a~'; DROP TABLE members; --"):
        assert [row.id for row in (await page(acme.founder, nonsense)).rows] == seen[:10]


async def test_a_page_keeps_its_place_though_somebody_comes_and_goes(database_url: str) -> None:
    acme = await crowded(database_url, 15)
    first = await page(acme.founder)
    await acme.operator(Invite(("a@example.com",), "member"))
    second = await page(acme.founder, first.turns.next)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}


async def test_the_list_takes_three_statements_at_most_whatever_narrows_it(database_url: str) -> None:
    acme = await crowded(database_url, 24)
    await acme.operator(CreateGroup("Design"))
    await acme.founder.does(CreateSpace("Apollo"))
    desk, queries, store = await acme.founder.desk(), acme.usher.queries, acme.usher.store
    everything = Filters("p", "member", "invited", "off", "Apollo", "Design")
    next_ = (await page(acme.founder)).turns.next
    for filters, after in ((Filters(), None), (Filters(), next_), (Filters(words="p0"), None), (everything, None)):
        assert await _statements(store, queries.members(desk, filters, after=after)) <= 3


async def _statements(store: Store, look: Awaitable[MemberPage | Refusal]) -> int:
    with counting(store) as counted:
        assert isinstance(await look, MemberPage)
    return len(counted.read) + len(counted.written)


# Home -----------------------------------------------------------------------------------------------------------------


async def test_home_counts_for_who_may_list_everybody_alone(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, cleo = [await acme.member(role) for role in ("manager", "member", "member")]
    await acme.invitation("new@example.com", "admin")
    await acme.operator(Deactivate(cleo.person))
    await bob.does(CreateSpace("Apollo"))
    queries = acme.usher.queries
    tallies = await queries.tallies(await ada.desk())
    assert tallies.statuses == (("active", 3), ("invited", 1), ("deactivated", 1))
    assert tallies.roles == (("super_admin", 1), ("manager", 1), ("member", 1))
    assert await queries.tallies(await bob.desk()) == NO_TALLIES


async def test_home_tells_what_ends_soon_of_those_whom_one_manages(database_url: str) -> None:
    acme = await organization(database_url)
    roles = ("manager", "admin", "member", "member", "member", "manager")
    mona, ada, bob, cleo, dora, nina = [await acme.member(role) for role in roles]
    await bob.does(CreateSpace("Apollo"))
    for who, role, space, lasts in (
        (dora, "guest", None, ACCESS_SOON - timedelta(hours=1)),
        (ada, "manager", None, timedelta(days=1)),
        (cleo, "manager", None, ACCESS_SOON + timedelta(hours=1)),
        (cleo, "editor", "apollo", timedelta(days=2)),
        (mona, "member", None, timedelta(days=3)),
    ):
        assert isinstance(await acme.operator(ChangeRole(who.person, role, space=space, lasts=lasts)), Done)
    queries = acme.usher.queries

    async def soon(who: Somebody) -> list[tuple[str, str, str | None]]:
        return [(one.member.email, one.held.role, one.held.space) for one in await queries.soon(await who.desk())]

    every = [(ada.email, "manager", None), (cleo.email, "editor", "Apollo"), (mona.email, "member", None)]
    every.append((dora.email, "guest", None))
    assert await soon(acme.founder) == every
    assert await soon(bob) == [(cleo.email, "editor", "Apollo")]
    assert await soon(nina) == [(dora.email, "guest", None)], "a manager manages members and guests"
    assert await soon(dora) == []


async def test_home_tells_which_invitations_end_soon(database_url: str) -> None:
    acme = await organization(database_url)
    bob = await acme.member("member")
    await bob.does(CreateSpace("Apollo"))
    await acme.invitation("org@example.com")
    await acme.invitation("space@example.com", "viewer", space="apollo")
    queries = acme.usher.queries
    assert await queries.soon(await acme.founder.desk()) == ()
    life = timedelta(days=7)
    acme.clock.pass_by(seconds=(life - INVITATIONS_SOON).total_seconds() + 1)
    for who in (acme.founder, bob):
        await who.slack_says()
    mine = await queries.soon(await acme.founder.desk())
    assert {(one.member.email, one.invited) for one in mine} == {("org@example.com", True), ("space@example.com", True)}
    assert [one.member.email for one in await queries.soon(await bob.desk())] == ["space@example.com"]
    acme.clock.pass_by(seconds=INVITATIONS_SOON.total_seconds())
    for who in (acme.founder, bob):
        await who.slack_says()
    assert await queries.soon(await acme.founder.desk()) == ()
