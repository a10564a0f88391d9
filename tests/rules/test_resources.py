"""What products register, who sees it, who may change it, and who is on its list."""

from collections.abc import Awaitable, Callable

import pytest

from bot.wording import told_things
from handlers.asked import Question
from handlers.catalogue import load
from handlers.commands import (
    Actor,
    AddResource,
    ChangeRole,
    CreateGroup,
    CreateSpace,
    Deactivate,
    DeleteGroup,
    DeleteSpace,
    JoinGroup,
    LeaveGroup,
    Notify,
    Outcome,
    Person,
    RemoveResource,
    ResourceChanged,
    Share,
    Spread,
    Thing,
    Unshare,
)
from handlers.flows import spreading
from handlers.notices import ResourceNews, Timer, Told
from storage.tables import grants, resources, shares
from tests.asking import asking
from tests.people import Org, Somebody, at_once, closing, organization, result, told, why
from tests.rules.test_groups import spreads

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def software(
    acme: Org, command: AddResource | RemoveResource | Notify, *, delivery: str | None = None
) -> Outcome:
    """Other software, by its bearer token."""
    by = Actor(via="token", organization=acme.id, delivery=delivery)
    return await acme.usher.gate.perform(command, by=by)


async def names(acme: Org) -> list[str]:
    return sorted(row["name"] for row in await acme.rows(resources))


async def test_a_resource_is_registered_changed_shared_and_taken_out(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    added = result(await ada.does(AddResource("Dataset", "s/1", "Sales", owner=bob.person)), ResourceChanged)
    assert (added.what, added.sort, added.outside) == ("added", "dataset", "s/1")
    again = result(await ada.does(AddResource("dataset", "s/1", "Sales 2026")), ResourceChanged)
    assert again.what == "changed"
    [row] = await acme.rows(resources)
    assert (row["name"], row["owner_id"]) == ("Sales 2026", bob.id)
    await ada.does(CreateGroup("Design"))
    shared = Share(Thing("dataset", "Sales 2026"), (bob.person,), ("x@elsewhere.example",), ("design",))
    assert result(await ada.does(shared), ResourceChanged).who == (bob.name, "Design", "x@elsewhere.example")
    assert why(await ada.does(shared)) == "already-on-list"
    assert len(await acme.rows(shares)) == 2
    removed = result(await ada.does(RemoveResource(Thing("dataset", "s/1"))), ResourceChanged)
    assert removed.what == "removed"
    assert await acme.rows(resources) == await acme.rows(shares) == []
    assert not [one for one in await acme.rows(grants) if one["kind"] == "resource" and one["ended_at"] is None]
    assert await acme.chain_is_broken() is None


async def sees(somebody: Somebody) -> list[str]:
    """The names of all that they are shown."""
    page = await somebody.org.usher.queries.resources(await somebody.desk())
    return [row.name for row in page.rows]


def image(name: str) -> Thing:
    return Thing("image", name)


# 001: members have their own, a space's roles rule in it --------------------------------------------------------------


@pytest.mark.seed("001-44", "001-45")
async def test_members_register_images_and_see_and_act_on_their_own_alone(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    ada, bob, cleo, gus = [await acme.member(role) for role in ("admin", "member", "member", "guest")]
    assert told([await bob.does(AddResource("image", "b", "Bob's"))]) == ["resource-changed"]
    assert told([await cleo.does(AddResource("image", "c", "Cleo's"))]) == ["resource-changed"]
    assert (await sees(bob), await sees(cleo), await sees(gus), await sees(ada)) == (
        ["Bob's"],
        ["Cleo's"],
        [],
        ["Bob's", "Cleo's"],
    )
    assert why(await gus.does(AddResource("image", "g", "Gus's"))) == "may-not"
    assert why(await bob.does(RemoveResource(image("c")))) == "unknown-resource"
    assert why(await bob.does(AddResource("image", "c", "Mine now"))) == "may-not"
    assert why(await bob.does(AddResource("image", "b", "Bob's", owner=cleo.person))) == "may-not"
    assert why(await bob.does(Share(image("c"), (gus.person,)))) == "unknown-resource"
    async with asking(acme) as product:
        assert await product.can(bob.email, "image", "b") == {"read", "scan", "update", "delete"}
        assert await product.can(bob.email, "image", "c") == set()
    assert told([await ada.does(Share(image("c"), (bob.person,)))]) == ["resource-changed"]
    assert await sees(bob) == ["Bob's", "Cleo's"]
    assert why(await bob.does(RemoveResource(image("c")))) == "may-not"
    assert why(await bob.does(AddResource("image", "c", "Mine now"))) == "may-not"
    assert told([await bob.does(RemoveResource(image("Bob's")))]) == ["resource-changed"]
    assert await names(acme) == ["Cleo's"]


@pytest.mark.seed("001-58", "001-62")
async def test_in_a_space_its_owners_and_editors_look_after_what_is_there(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    bob, cleo, dora, eve = [await acme.member() for _ in range(4)]
    await bob.does(CreateSpace("Lab"))
    for somebody, role in ((cleo, "editor"), (dora, "viewer")):
        await acme.operator(ChangeRole(somebody.person, role, "Lab"))
    assert told([await bob.does(AddResource("image", "1", "One", "Lab"))]) == ["resource-changed"]
    assert told([await cleo.does(AddResource("image", "2", "Two", "lab", owner=bob.person))]) == ["resource-changed"]
    assert why(await dora.does(AddResource("image", "3", "Three", "Lab"))) == "may-not"
    assert why(await eve.does(AddResource("image", "3", "Three", "Lab"))) == "may-not"
    assert [await sees(one) for one in (bob, cleo, dora, eve)] == [["One", "Two"]] * 3 + [[]]
    assert why(await dora.does(RemoveResource(image("1")))) == "may-not"
    assert why(await eve.does(RemoveResource(image("1")))) == "unknown-resource"
    assert told([await cleo.does(Share(image("1"), (eve.person,)))]) == ["resource-changed"]
    assert await sees(eve) == ["One"]
    assert told([await cleo.does(RemoveResource(image("1")))]) == ["resource-changed"]
    assert await names(acme) == ["Two"]


async def test_to_move_something_takes_the_right_to_take_it_away_and_to_add_it_there(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    bob, cleo = await acme.member(), await acme.member()
    await bob.does(CreateSpace("Lab"))
    await cleo.does(CreateSpace("Other"))
    await bob.does(AddResource("image", "1", "One"))
    assert why(await bob.does(AddResource("image", "1", "One", "Other"))) == "may-not"
    assert told([await bob.does(AddResource("image", "1", "One", "Lab"))]) == ["resource-changed"]
    await acme.operator(ChangeRole(cleo.person, "viewer", "Lab"))
    assert why(await cleo.does(AddResource("image", "1", "One", "Other"))) == "may-not"
    [row] = await acme.rows(resources)
    assert (row["owner_id"], row["space_id"] != "") == (bob.id, True)
    assert told([await bob.does(DeleteSpace("Lab"))]) == ["space-changed"]
    assert [(row["name"], row["space_id"]) for row in await acme.rows(resources)] == [("One", "")]


# 002: lists -----------------------------------------------------------------------------------------------------------


def task(name: str) -> Thing:
    return Thing("task", name)


@pytest.mark.seed("002-08", "002-11", "002-12", "002-23", "002-24", "002-25")
async def test_a_list_makes_visible_and_the_role_says_what_may_be_done(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation")
    admin, manager, user, viewer = [await acme.member(one) for one in ("admin", "manager", "user", "viewer")]
    for outside, name in (("t1", "Backup"), ("t2", "Report")):
        assert told([await admin.does(AddResource("task", outside, name))]) == ["resource-changed"]
    assert why(await user.does(AddResource("task", "t3", "Mine"))) == "may-not"
    assert [await sees(one) for one in (admin, manager, user, viewer)] == [["Backup", "Report"], [], [], []]
    shared = Share(task("Backup"), (user.person, viewer.person, manager.person))
    assert told([await admin.does(shared)]) == ["resource-changed"]
    assert [await sees(one) for one in (manager, user, viewer)] == [["Backup"]] * 3
    async with asking(acme) as product:
        assert await product.can(viewer.email, "task", "t1") == {"view"}
        assert await product.can(user.email, "task", "t1") == {"view", "execute"}
        assert await product.can(user.email, "task", "t2") == set()
        assert await product.can(admin.email, "task", "t2") == {"view", "execute", "modify", "share", "script"}
        assert told([await admin.does(Unshare(task("t1"), (user.person,)))]) == ["resource-changed"]
        assert await product.can(user.email, "task", "t1") == set()
    assert why(await user.does(Share(task("t1"), (viewer.person,)))) == "unknown-resource"
    assert why(await viewer.does(Share(task("t1"), (user.person,)))) == "may-not"
    assert why(await admin.does(Unshare(task("t1"), (user.person,)))) == "not-on-list"


@pytest.mark.seed("002-08")
async def test_where_a_kind_knows_sharing_the_role_must_hold_that_too(database_url: str) -> None:
    acme = await organization(database_url, catalogue="automation")
    admin, user = await acme.member("admin"), await acme.member("user")
    assert told([await admin.does(AddResource("log", "l", "Output"))]) == ["resource-changed"]
    assert why(await admin.does(Share(Thing("log", "l"), (user.person,)))) == "may-not"
    assert told([await acme.founder.does(Share(Thing("log", "l"), (user.person,)))]) == ["resource-changed"]


@pytest.mark.seed("002-26", "002-27")
async def test_everybody_on_a_list_is_told_once_whatever_their_role(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "AT_ONCE", 2)
    acme = await organization(database_url, catalogue="automation")
    root, crew = acme.founder, [await acme.member(one) for one in ("viewer", "user", "manager", "admin", "viewer")]
    listed, twice, grouped, gone, never = crew
    await root.does(CreateGroup("Operators"))
    await root.does(JoinGroup((twice.person, grouped.person), "Operators"))
    await root.does(AddResource("task", "t", "Backup"))
    people = tuple(one.person for one in (listed, twice, gone))
    addresses = ("plain@elsewhere.example", "Other@Elsewhere.example", never.email)
    assert told([await root.does(Share(task("t"), people, addresses, ("operators",)))]) == ["resource-changed"]
    assert {row["what"] for row in await acme.rows(shares) if row["kind"] == "email"} == {
        "plain@elsewhere.example",
        "other@elsewhere.example",
    }
    await root.does(Deactivate(gone.person))
    done = result(await software(acme, Notify(task("t"), "Backup\n<!channel> failed")), ResourceChanged)
    assert (done.what, done.told, done.missed) == ("notified", 6, 0)
    await spreads(acme)
    news = [one for one in await acme.notices() if isinstance(one, ResourceNews)]
    assert sorted(one.to for one in news if one.to) == sorted(one.id for one in (listed, twice, grouped, never))
    assert len([one for one in news if one.share]) == 2
    letters = [letter for one in news if (letter := await acme.usher.queries.news_letter(one))]
    assert {letter.email for letter in letters if letter.to is None} == {
        "plain@elsewhere.example",
        "Other@elsewhere.example",
    }
    for letter in letters:
        text, blocks = told_things.news(letter)
        assert "Backup" in text
        assert "<!channel>" not in text
        assert "mrkdwn" not in str(blocks)
    assert why(await listed.does(Notify(task("t"), "Hello"))) == "may-not"
    assert why(await never.does(Notify(task("none"), "Hello"))) == "unknown-resource"
    assert why(await root.does(Notify(task("t"), " \n "))) == "text-wrong"
    assert why(await root.does(Notify(task("t"), "x" * 3001))) == "text-wrong"


async def test_the_same_row_tells_the_next_of_many_only_once(database_url: str) -> None:
    """Whoever dies between doing it and recording that, does it again."""
    acme = await organization(database_url)
    beside, bob = await acme.replica(), await acme.member()
    await acme.operator(AddResource("image", "i", "Scan"))
    await acme.operator(Share(image("i"), (bob.person,)))
    await software(acme, Notify(image("i"), "Done"))
    [spread] = [
        one.command for one in await acme.notices() if isinstance(one, Timer) and isinstance(one.command, Spread)
    ]
    by = Actor(via="system", delivery="timer/key")
    acts = [lambda org=org: org.usher.gate.perform(spread, by=by) for org in (acme, beside, acme)]
    assert told(await at_once(*acts)) == ["noted"] * 3
    assert len([one for one in await acme.notices() if isinstance(one, ResourceNews)]) == 1


async def test_without_mail_whoever_only_a_mail_could_reach_is_reported(database_url: str) -> None:
    acme = await organization(database_url, mail=False)
    web, bob = await acme.webmember(), await acme.member()
    await acme.operator(AddResource("image", "i", "Scan"))
    await acme.operator(Share(image("i"), (web.person, bob.person), ("plain@elsewhere.example",)))
    done = result(await software(acme, Notify(image("i"), "Done")), ResourceChanged)
    assert (done.told, done.missed, set(done.who)) == (1, 2, {web.email, "plain@elsewhere.example"})


async def test_who_was_taken_off_or_is_gone_by_then_is_told_nothing(database_url: str) -> None:
    acme = await organization(database_url)
    bob, cleo = await acme.member(), await acme.member()
    await acme.operator(AddResource("image", "i", "Scan"))
    shared = Share(image("i"), (bob.person, cleo.person), ("plain@elsewhere.example",))
    await acme.operator(shared)
    await software(acme, Notify(image("i"), "Done"))
    await acme.operator(Unshare(image("i"), (bob.person,)))
    await spreads(acme)
    news = [one for one in await acme.notices() if isinstance(one, ResourceNews)]
    assert [one.to for one in news] == [cleo.id, None]
    await acme.operator(Unshare(image("i"), emails=("PLAIN@elsewhere.example",)))
    await acme.operator(Deactivate(cleo.person))
    assert [await acme.usher.queries.news_letter(one) for one in news] == [None, None]
    await acme.operator(RemoveResource(image("i")))
    assert [await acme.usher.queries.news_letter(one) for one in news] == [None, None]


# Lists in every catalogue ---------------------------------------------------------------------------------------------


async def test_plain_addresses_are_listed_only_where_the_catalogue_has_them(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging")
    await acme.operator(AddResource("image", "i", "Scan"))
    assert why(await acme.operator(Share(image("i"), emails=("plain@elsewhere.example",)))) == "not-by-email"
    bob = await acme.member()
    assert told([await acme.operator(Share(image("i"), emails=(bob.email.upper(),)))]) == ["resource-changed"]
    assert await sees(bob) == ["Scan"]
    assert [one.to for one in await acme.notices() if isinstance(one, Told) and one.about == "shared"] == [bob.id]


@pytest.mark.parametrize("catalogue", ["mondoo", "resmo"])
async def test_where_no_product_registers_anything_that_is_said(database_url: str, catalogue: str) -> None:
    acme = await organization(database_url, catalogue=catalogue)
    refused = await acme.founder.does(AddResource("dataset", "d", "Sales"))
    assert why(refused) == "unknown-kind"
    assert "none, for no product registers anything here" in str(refused)


async def test_mistakes_about_resources_are_told_apart(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    invited = Person(email="new@example.com")
    await acme.invitation("new@example.com")
    for outside in ("1", "2"):
        await ada.does(AddResource("image", outside, "Twin"))
    await ada.does(AddResource("image", "3", "Single"))
    wrong = {
        "unknown-kind": [AddResource("planet", "x", "X"), RemoveResource(Thing("planet", "x"))],
        "id-wrong": [AddResource("image", one, "X") for one in ("", " x", "x\u0000", "x" * 201, "\u202ex")],
        "name-wrong": [AddResource("image", "x", one) for one in ("", " \n", "x" * 201)],
        "unknown-space": [AddResource("image", "x", "X", "Nowhere")],
        "unknown-person": [AddResource("image", "x", "X", owner=Person(email="no@example.com"))],
        "nothing-changes": [AddResource("image", "3", "Single")],
        "unknown-resource": [RemoveResource(image("none")), Share(image("none"), (bob.person,))],
        "ambiguous-resource": [RemoveResource(image("twin")), Share(image("Twin"), (bob.person,))],
        "nobody-named": [Share(image("3")), Unshare(image("3"))],
        "no-addresses": [Share(image("3"), emails=("nonsense@",))],
        "unknown-group": [Share(image("3"), groups=("Nobody",))],
        "not-a-member": [Share(image("3"), (invited,))],
        "not-on-oneself": [Share(image("3"), (ada.person,)), Share(image("3"), emails=(ada.email,))],
        "not-on-list": [Unshare(image("3"), (bob.person,)), Unshare(image("3"), emails=("x@example.org",))],
    }
    for code, commands in wrong.items():
        assert told([await ada.does(command) for command in commands]) == [code] * len(commands)
    assert await names(acme) == ["Single", "Twin", "Twin"]
    assert told([await ada.does(RemoveResource(image("2")))]) == ["resource-changed"]
    assert told([await ada.does(RemoveResource(image("tWIN")))]) == ["resource-changed"]


@pytest.mark.invariant(27)
async def test_a_resource_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    await other.operator(AddResource("image", "i", "Theirs"))
    [theirs] = await acme.rows(resources)
    for named in (theirs["id"], "i", "Theirs"):
        for command in (RemoveResource(image(named)), Share(image(named), (acme.founder.person,))):
            assert why(await acme.founder.does(command)) == "unknown-resource"
        assert why(await software(acme, RemoveResource(image(named)))) == "unknown-resource"
    assert result(await acme.founder.does(AddResource("image", "i", "Ours")), ResourceChanged).what == "added"
    assert await sees(acme.founder) == ["Ours"]


# 004: dashboards ------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-62", "004-125", "004-126", "004-127")
async def test_who_sees_a_dashboard_follows_the_dashboard_groups(database_url: str) -> None:
    acme = await organization(database_url, catalogue="resplendent")
    ada, bob = await acme.member("admin"), await acme.member("member")
    await acme.operator(AddResource("dashboard", "d", "Revenue"))
    await ada.does(CreateGroup("Finance"))
    async with asking(acme) as product:
        assert not await product.may(acme.founder.email, "view", "dashboard", "d")
        assert not await product.may(bob.email, "view", "dashboard", "d")
        await ada.does(JoinGroup((bob.person,), "Finance"))
        assert not await product.may(bob.email, "view", "dashboard", "d")
        assert told([await ada.does(Share(Thing("dashboard", "Revenue"), groups=("Finance",)))]) == ["resource-changed"]
        assert await product.can(bob.email, "dashboard", "d") == {"view"}
        assert await sees(bob) == ["Revenue"]
        await ada.does(LeaveGroup((bob.person,), "Finance"))
        assert not await product.may(bob.email, "view", "dashboard", "d")
        assert await sees(bob) == []
        await ada.does(JoinGroup((bob.person,), "Finance"))
        await ada.does(Unshare(Thing("dashboard", "d"), groups=("Finance",)))
        assert not await product.may(bob.email, "view", "dashboard", "d")
        await ada.does(Share(Thing("dashboard", "d"), groups=("Finance",)))
        await ada.does(DeleteGroup("Finance"))
        assert not await product.may(bob.email, "view", "dashboard", "d")


# At once --------------------------------------------------------------------------------------------------------------


async def test_of_twenty_who_register_the_same_at_once_one_adds_it(database_url: str) -> None:
    acme = await organization(database_url)
    beside = await acme.replica()
    acts = [
        lambda n=n: software(beside if n % 2 else acme, AddResource("image", "same", f"Number {n}")) for n in range(20)
    ]
    outcomes = [result(one, ResourceChanged).what for one in await at_once(*acts)]
    assert sorted(outcomes) == ["added"] + ["changed"] * 19
    assert len(await acme.rows(resources)) == 1
    assert await acme.chain_is_broken() is None


async def test_sharing_and_taking_out_at_once_leave_no_list_without_its_resource(database_url: str) -> None:
    acme = await organization(database_url)
    ada, beside = await acme.member("admin"), await acme.replica()
    crew = [await acme.member() for _ in range(4)]
    await ada.does(AddResource("image", "i", "Scan"))

    def shares_with(who: Somebody) -> Callable[[], Awaitable[Outcome]]:
        return lambda: ada.does(Share(image("i"), (who.person,), (f"{who.id}@elsewhere.example",)))

    acts = [shares_with(one) for one in crew]
    acts.insert(2, lambda: ada.at(beside).does(RemoveResource(image("i"))))
    assert set(told(await at_once(*acts))) <= {"resource-changed", "unknown-resource"}
    assert await acme.rows(resources) == await acme.rows(shares) == []
    assert not [one for one in await acme.rows(grants) if one["kind"] == "resource" and one["ended_at"] is None]


# What is listed is what is decided ------------------------------------------------------------------------------------


@pytest.mark.invariant(25)
@pytest.mark.parametrize("catalogue", ["default", "imaging", "automation", "resplendent"])
async def test_what_somebody_is_shown_is_what_they_can_do_something_with(sqlite_url: str, catalogue: str) -> None:
    """The search and the decision are two forms of one rule. Beside that, whoever may change what only a list shows
    is shown it too, so that there is a way to its list."""
    acme = await organization(sqlite_url, catalogue=catalogue)
    rules = load(catalogue)
    people = [acme.founder, *[await acme.member(role) for role in rules.organization if rules.top.id != role]]
    await acme.operator(CreateGroup("Readers"))
    await acme.operator(JoinGroup((people[-1].person,), "Readers"))
    if rules.space:
        await acme.operator(CreateSpace("Lab"))
        await acme.operator(ChangeRole(people[-2].person, list(rules.space)[-1], "Lab"))
    for kind in rules.kinds:
        await register_every_sort(acme, kind, people, space="Lab" if rules.space else None)
    everything = {(row["kind"], row["outside_id"]) for row in await acme.rows(resources)}
    for somebody in people:
        shown = await everything_shown(somebody)
        for kind, outside in everything:
            question = Question(somebody.email, rules.kinds[kind].actions[0], kind, outside)
            [decision] = await acme.usher.evaluation.decide(acme.id, [question])
            seen = any(reason.code in SEEN for reason in decision.reasons)
            if rules.kinds[kind].seen_by == "reach" or seen:
                assert ((kind, outside) in shown) is seen, (somebody.name, kind, outside, decision.reasons)


SEEN = {"sees-everything", "sees-all-spaces", "sees-own", "sees-in-space", "on-list", "group-on-list"}


async def register_every_sort(acme: Org, kind: str, people: list[Somebody], *, space: str | None) -> None:
    """Nobody's, in a space, each one's own, on each one's list, and on a group's."""
    added = [AddResource(kind, "plain", "Plain"), AddResource(kind, "group", "Group")]
    added += [AddResource(kind, "inside", "Inside", space)] if space else []
    for number, one in enumerate(people):
        added += [AddResource(kind, f"own-{number}", "Own", owner=one.person), AddResource(kind, f"list-{number}", "L")]
    assert set(told([await acme.operator(one) for one in added])) == {"resource-changed"}
    shared = [Share(Thing(kind, f"list-{number}"), (one.person,)) for number, one in enumerate(people)]
    shared.append(Share(Thing(kind, "group"), groups=("Readers",)))
    assert set(told([await acme.operator(one) for one in shared])) == {"resource-changed"}


async def everything_shown(somebody: Somebody) -> set[tuple[str, str]]:
    """Page by page, there and back."""
    queries, desk = somebody.org.usher.queries, await somebody.desk()
    page = await queries.resources(desk)
    found = [page]
    while page.turns.next:
        page = await queries.resources(desk, after=page.turns.next)
        found.append(page)
    rows = [row for one in found for row in one.rows]
    assert len({row.id for row in rows}) == len(rows) == page.total
    back = [page]
    while page.turns.previous:
        page = await queries.resources(desk, after=page.turns.previous)
        back.append(page)
    assert [one.rows for one in reversed(back)] == [one.rows for one in found]
    return {(row.sort, row.outside) for row in rows}
