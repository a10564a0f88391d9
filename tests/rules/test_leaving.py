"""The endings of a membership through the gate: removed, deleted, and the data alone; what goes and what stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import and_, text, update

from handlers.commands import (
    AcceptInSlack,
    Account,
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    CreateSpace,
    DataDeleted,
    DeleteData,
    DeleteMember,
    Deny,
    Departed,
    Done,
    EditMember,
    Export,
    Filters,
    ImportLine,
    ImportRead,
    Invite,
    JoinGroup,
    Notify,
    Outcome,
    Person,
    PrepareImport,
    Reactivate,
    RemoveMember,
    RequestAccess,
    ResetPassword,
    SetPermissions,
    Share,
    StartConnecting,
    Thing,
)
from handlers.flows import erasing
from handlers.notices import NOTICES, Told
from storage import directory, imports, mailings
from storage import erasing as rows
from storage.erasing import Tombstone
from storage.outbox import done
from storage.records import AuditEntry
from storage.tables import (
    audit,
    grants,
    guesses,
    invitations,
    members,
    outbox,
    requests,
    resources,
    shares,
    slack_accounts,
    spaces,
    ties,
    toggles,
)
from storage.tables import imports as import_rows
from storage.tables import mailings as mailings_table
from tests.asking import asking, operator_does
from tests.people import Org, Somebody, at_once, closing, organization, result, told, waits, why

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"
QUIXOTE = "Zdenka Quixote"
ADDRESS = "zdenka.quixote@acme.example"


async def quixote(acme: Org, role: str = "member") -> Somebody:
    """Somebody whose name and address stand nowhere by chance."""
    return await acme.member(role, name=QUIXOTE, email=ADDRESS)


async def decided(acme: Org, command: Command, by: Somebody) -> Outcome:
    """Asked for by ``by``, allowed by the founder."""
    return await acme.founder.approves(waits(await by.does(command)))


async def row(acme: Org, one: Somebody) -> dict[str, Any]:
    return next(row for row in await acme.rows(members) if row["id"] == one.id)


async def waiting_invitation(acme: Org) -> str:
    return next(one["id"] for one in await acme.rows(invitations) if one["state"] == "pending")


async def until_all_is_done(acme: Org) -> int:
    """What was left for later is done as delivery does it, one row after another; how many there were."""
    turns = 0
    while left := [row for row in await acme.rows(outbox) if '"erase"' in row["notice"]]:
        timer: Any = NOTICES.validate_json(left[0]["notice"])
        assert isinstance(await acme.system(timer.command), Done)
        async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
            await done(tx, left[0]["key"])
        turns += 1
    return turns


# Removed from the organization ----------------------------------------------------------------------------------------


@pytest.mark.seed("003-46", "003-47")
@pytest.mark.invariant(2, 20)
async def test_removing_ends_all_they_hold_and_keeps_what_they_own(database_url: str) -> None:
    acme = await organization(database_url)
    ada = await acme.member("admin")
    bob = await quixote(acme)
    await operator_does(
        acme,
        CreateSpace("Apollo"),
        CreateGroup("Design"),
        JoinGroup((bob.person,), "Design"),
        ChangeRole(bob.person, "viewer", "Apollo"),
        SetPermissions(bob.person, "Apollo", addons=("ticket_creator",)),
        AddResource("image", "img-1", "First light", owner=bob.person),
        AddResource("dashboard", "rev-1", "Revenue"),
        Share(Thing("dashboard", "rev-1"), (bob.person,)),
        SetPermissions(bob.person, on=("ai_chat",)),
    )
    waiting = await bob.asks(RequestAccess("manager", "please"))
    before = await row(acme, bob)
    assert result(await ada.does(RemoveMember(bob.person, "left")), Departed).how == "removed"
    after = await row(acme, bob)
    assert (after["status"], after["listed"], after["email"]) == ("deactivated", False, before["email"])
    assert after["epoch"] > before["epoch"]
    assert [one for one in await acme.rows(grants) if one["member_id"] == bob.id and one["ended_at"] is None] == []
    assert bob.id not in {one["member_id"] for one in (*await acme.rows(ties), *await acme.rows(toggles))}
    assert await acme.state(waiting) == "cancelled"
    assert [one["owner_id"] for one in await acme.rows(resources) if one["outside_id"] == "img-1"] == [bob.id]
    assert why(await bob.does(RequestAccess("manager", "again"))) == "not-connected"
    assert why(await ada.does(RemoveMember(bob.person))) == "unknown-person"
    assert why(await ada.does(Reactivate(bob.person))) == "unknown-person"
    assert await acme.chain_is_broken() is None


async def test_whoever_was_removed_comes_back_by_invitation_and_finds_what_is_theirs(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await quixote(acme)
    await operator_does(acme, AddResource("image", "img-1", "First light", owner=bob.person))
    await ada.does(RemoveMember(bob.person))
    async with asking(acme) as product:
        assert not await product.may(ADDRESS, "read", "image", "img-1")
        assert isinstance(await ada.does(Invite((ADDRESS,), "member")), Done)
        invitation = await waiting_invitation(acme)
        assert isinstance(await bob.does(AcceptInSlack(invitation)), Done)
        assert await product.may(ADDRESS, "read", "image", "img-1")
    desk = await bob.desk()
    assert (desk.status, desk.role) == ("active", "member")
    assert desk.member
    assert desk.member.id == bob.id


async def test_whoever_is_removed_or_deleted_is_told_though_nothing_leads_to_them_any_more(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    ada, bob, cleo = await acme.member("admin"), await quixote(acme), await acme.member()
    await ada.does(RemoveMember(bob.person))
    await decided(acme, DeleteMember(cleo.person), ada)
    for one, about in ((bob, "removed"), (cleo, "deleted")):
        [notice] = [told for told in await acme.notices() if isinstance(told, Told) and told.about == about]
        assert one.email not in notice.sealed
        letter = await acme.usher.queries.told_letter(notice)
        assert letter.to
        assert (letter.to.email, letter.to.account) == (one.email, one.account)
        forged = Told(to=ada.id, about="deleted", sealed=notice.sealed)
        other = (await acme.usher.queries.told_letter(forged)).to
        assert other
        assert other.email == ada.email, "what was sealed for one opens for nobody else"


async def test_the_only_owner_of_a_space_is_not_removed_before_it_has_another(database_url: str) -> None:
    acme = await organization(database_url)
    ada, bob, cleo = await acme.member("admin"), await acme.member(), await acme.member()
    await bob.does(CreateSpace("Apollo"))
    refused = await ada.does(RemoveMember(bob.person))
    assert why(refused) == "only-owner"
    assert "Apollo" in str(refused)
    await bob.does(ChangeRole(cleo.person, "owner", "Apollo"))
    assert isinstance(await ada.does(RemoveMember(bob.person)), Done)


@pytest.mark.invariant(24)
@pytest.mark.parametrize("make", [RemoveMember, DeleteMember, DeleteData], ids=lambda make: make.__name__)
async def test_nobody_ends_what_is_above_them_and_nobody_without_the_right(
    database_url: str, make: Callable[[Person], Command]
) -> None:
    acme = await organization(database_url)
    admin, member, guest = [await acme.member(role) for role in ("admin", "member", "guest")]
    await operator_does(acme, AddResource("image", "1", "One", owner=acme.founder.person))
    assert why(await admin.does(make(acme.founder.person))) == "may-not-act-on"
    for nobody in (member, guest):
        assert why(await nobody.does(make(admin.person))) == "may-not"
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    assert why(await other.founder.does(make(member.person))) == "unknown-person"


# Deleted --------------------------------------------------------------------------------------------------------------


async def lived(acme: Org, one: Somebody, boss: Somebody) -> None:
    """A life that leaves traces wherever a name or an address can stand."""
    await operator_does(
        acme,
        CreateGroup("Design"),
        AddResource("image", "img-1", "First light", owner=one.person),
        AddResource("dashboard", "rev-1", "Revenue"),
    )
    await boss.does(Share(Thing("dashboard", "rev-1"), (), (f"Other.{ADDRESS}",)))
    await boss.does(ChangeRole(one.person, "guest", reason=f"{QUIXOTE} asked for less"))
    await boss.does(ChangeRole(one.person, "member", reason="back"))
    await one.asks(RequestAccess("manager", f"{QUIXOTE} here, I am to help"))
    other = await acme.member(name="Other")
    await boss.does(ChangeRole(other.person, "guest", reason=f"as {QUIXOTE.upper()} ({ADDRESS}) told me"))
    await boss.asks(ChangeRole(other.person, "admin", reason=f"in place of {QUIXOTE}"))
    await boss.does(Invite((ADDRESS, "new@acme.example"), "member"))


@pytest.mark.seed("001-16", "004-90")
@pytest.mark.invariant(2, 20, 41)
async def test_a_deleted_member_leaves_a_pseudonym_and_an_audit_that_verifies(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await lived(acme, bob, boss)
    assert QUIXOTE in await acme.dump()
    before = {one["id"] for one in await acme.rows(audit)}
    approved = await decided(acme, DeleteMember(bob.person, reason=f"{QUIXOTE} has left us"), boss)
    assert told([approved]) == ["approved"]
    dump = (await acme.dump()).casefold().replace(f"other.{ADDRESS}", "")
    left = [line for line in dump.splitlines() if QUIXOTE.casefold() in line or ADDRESS in line]
    assert left == []
    assert f"other.{ADDRESS}" in (await acme.dump()).casefold(), "an address that only ends alike is somebody else's"
    assert await acme.chain_is_broken() is None
    assert {one["id"] for one in await acme.rows(audit)} > before, "no record goes"
    stone = await row(acme, bob)
    assert stone["name"] == f"Deleted member {bob.id[:6].upper()}"
    assert "@" not in stone["email"]
    assert (stone["listed"], stone["deleted_at"]) == (False, acme.clock())
    assert [one for one in await acme.rows(resources) if one["outside_id"] == "img-1"] == []
    kept = [one for one in await acme.rows(audit) if one["actor"] == f"member:{boss.id}"]
    assert any(one["details"] for one in kept), "what says nothing of them stays readable"
    about = [one for one in await acme.rows(audit) if one["target"] == f"member:{bob.id}" and one["id"] in before]
    assert len(about) > 3
    assert {(one["details"], one["salt"]) for one in about} == {(None, None)}, "also what names them with no word"
    assert why(await boss.does(DeleteMember(Person(id=bob.id)))) == "unknown-person"


async def test_what_is_left_of_a_long_life_goes_some_at_a_time(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RESOURCES", 2)
    monkeypatch.setattr(erasing, "RECORDS", 3)
    monkeypatch.setattr(erasing, "READ", 1)
    monkeypatch.setattr(erasing, "REQUESTS", 1)
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await lived(acme, bob, boss)
    await operator_does(acme, *[AddResource("image", f"more-{n}", "More", owner=bob.person) for n in range(9)])
    request = waits(await boss.does(DeleteMember(bob.person, reason="left us")))
    approved = await acme.founder.approves(request)
    assert "resources=10" in str(approved)
    assert ADDRESS not in "".join(one["notice"] for one in await acme.rows(outbox)), "sealed while it waits"
    assert await until_all_is_done(acme) > 3
    assert [one for one in await acme.rows(resources) if one["owner_id"] == bob.id] == []
    assert (await acme.request(request))["reason"] == "left us", "why they are deleted stays to be read"
    dump = (await acme.dump()).replace(f"Other.{ADDRESS}", "").replace(f"other.{ADDRESS}", "")
    assert [line for line in dump.splitlines() if QUIXOTE in line or ADDRESS in line] == []
    assert await acme.chain_is_broken() is None


SPELT = {
    QUIXOTE: ("Zdenka  Quixote", "Zdenka\nQuixote", "ZDENKA\tquixote", "zden\u212aa Qu\u0131xote"),
    "Özge Åberg-Łoś": ("özge åberg-łoś", "ÖZGE  ÅBERG-ŁOŚ"),
    "Мария Круз": ("мария\nкруз", "МАРИЯ КРУЗ"),
    'Bo "Sky" O\'Lun_d%': ('bo "s\u212ay" o\'lun_d%', 'BO "SKY"\nO\'LUN_D%'),
}


@pytest.mark.parametrize("name", SPELT)
async def test_a_deleted_member_is_found_however_others_wrote_the_name(database_url: str, name: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, other = await acme.member("admin", factor=True), await acme.member(name="Other")
    bob = await acme.member(name=name, email=ADDRESS)
    reasons = [f"as {spelt} told me" for spelt in (name, *SPELT[name])]
    for number, reason in enumerate((*reasons, "nobody told me")):
        await boss.does(ChangeRole(other.person, ("guest", "member")[number % 2], reason=reason))
    await decided(acme, DeleteMember(bob.person), boss)
    changed = [one["details"] for one in await acme.audited("role.changed") if one["target"] == f"member:{other.id}"]
    assert [json.loads(one)["reason"] for one in changed if one] == ["nobody told me"]
    assert name not in await acme.dump()


async def test_a_name_of_one_word_goes_from_what_is_about_them_and_stays_elsewhere(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, other = await acme.member("admin", factor=True), await acme.member(name="Other")
    bob = await acme.member(name="Zdenka", email="z.q@acme.example")
    request = waits(await boss.does(DeleteMember(bob.person, reason="ZDENKA has left us")))
    await boss.does(ChangeRole(other.person, "guest", reason="the Zdenka is a project of theirs"))
    assert told([await acme.founder.approves(request)]) == ["approved"]
    left = [line for line in (await acme.dump()).splitlines() if "zdenka" in line.casefold()]
    assert [json.loads(one)["reason"] for one in left] == ["the Zdenka is a project of theirs"]
    called = f"Deleted member {bob.id[:6].upper()}"
    assert (await acme.request(request))["reason"] == f"{called} has left us"
    [deleted] = await acme.audited("member.deleted")
    assert json.loads(deleted["details"])["reason"] == f"{called} has left us"


async def test_names_that_a_deleted_member_had_before_or_was_denied_go_too(database_url: str, tmp_path: Path) -> None:
    text, _, _ = DEFAULT.read_text().partition("[privileged]")
    catalogue = tmp_path / "careful.toml"
    catalogue.write_text(
        f'{text}[privileged]\nlines = [{{ changes = ["edit", "delete"], approvals = 1, code = false }}]\n'
    )
    acme = await organization(database_url, catalogue=str(catalogue))
    ada, hal, bob = await acme.member("admin"), await acme.member("admin"), await quixote(acme)
    await hal.approves(await ada.asks(EditMember(bob.person, "Zora Quixote-Smith", "Asia/Tokyo")))
    await hal.does(Deny(await ada.asks(EditMember(bob.person, "Zelda Third", "Asia/Manila")), "no"))
    assert told([await hal.approves(await ada.asks(DeleteMember(bob.person)))]) == ["approved"]
    dump = await acme.dump()
    assert [one for one in ("Zdenka", "Zora", "Zelda", "Asia/Tokyo", "Asia/Manila") if one in dump] == []
    edits = [one["id"] for one in await acme.rows(requests) if one["change"] == "edit-member"]
    cards = [await acme.usher.queries.card(one) for one in edits]
    assert [card.becomes for card in cards if card] == [(("name", f"Deleted member {bob.id[:6].upper()}"),)] * 2


LETTERS = {"told", "invitation-mail", "invitation-offer", "code-mail", "reset-letter", "resource-news"}


async def test_what_could_not_be_delivered_to_a_deleted_member_goes_with_them(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, cleo = await acme.member("admin", factor=True), await acme.stranger("Cleo")
    acme.clock.pass_by(seconds=1)
    theirs = and_(outbox.c.kind.in_(LETTERS), outbox.c.created_at >= acme.clock())
    await operator_does(
        acme,
        AddResource("dashboard", "rev-1", "Revenue"),
        Share(Thing("dashboard", "rev-1"), (), (ADDRESS,)),
        Notify(Thing("dashboard", "rev-1"), "It grew"),
    )
    for _ in "members", "addresses":
        await acme.fires_timers()
    bob = await quixote(acme)
    assert isinstance(await boss.does(ResetPassword(bob.person)), Done)
    assert isinstance(await cleo.does(StartConnecting(ADDRESS)), Done)
    request = waits(await boss.does(DeleteMember(bob.person)))
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        given_up = update(outbox).where(theirs).values(state="dead", error=f"550 5.1.1 <{ADDRESS}>: unknown")
        assert set((await tx.connection.execute(given_up.returning(outbox.c.kind))).scalars()) == LETTERS
    assert told([await acme.founder.approves(request)]) == ["approved"]
    assert [one["target"] for one in await acme.rows(outbox) if one["error"]] == []


async def test_a_mail_on_its_way_while_its_reader_is_deleted_leaves_no_address_behind(database_url: str) -> None:
    acme = await organization(database_url)
    bob, store = await quixote(acme), acme.usher.store
    invitation = next(one["id"] for one in await acme.rows(invitations) if one["member_id"] == bob.id)

    async def bounces(what: str, about: str) -> None:
        async with store.transaction(None, at=acme.clock(), lock=False) as tx:
            await mailings.note(tx, what, about, "dead", f"550 5.1.1 <{ADDRESS}>: unknown", entry=None)

    async with store.transaction(acme.id, at=acme.clock()) as tx:
        entry = AuditEntry(action="member.deleted", actor="system", target=f"member:{bob.id}")
        stone = Tombstone(bob.id, "Deleted member", f"deleted:{bob.id}")
        await rows.bury(tx, stone, ADDRESS, entry=entry)
        meanwhile = [asyncio.create_task(bounces(*one)) for one in (("invitation", invitation), ("told", bob.id))]
        await asyncio.sleep(0.3)
        assert not any(one.done() for one in meanwhile), "they wait for what becomes of the member"
    await asyncio.gather(*meanwhile)
    await bounces("invitation", invitation)
    assert await acme.rows(mailings_table) == []


async def test_only_answers_that_name_a_deleted_member_are_forgotten(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    boss, ann = await acme.member("admin", factor=True), await acme.member(name="Ann Lee", email="ann@acme.example")
    joann = await acme.member(name="Joann", email="joann@acme.example")
    namesake = await other.member(name="Ann Lee", email="lee@other.example")
    asked: Mapping[str, tuple[Somebody, Command]] = {
        "ann": (boss, ChangeRole(ann.person, "guest")),
        "joann": (boss, ChangeRole(joann.person, "guest")),
        "namesake": (other.founder, ChangeRole(namesake.person, "guest")),
    }
    before = {key: await one.does(command, delivery=key) for key, (one, command) in asked.items()}
    assert all(isinstance(one, Done) for one in before.values()), before
    await decided(acme, DeleteMember(ann.person), boss)
    after = {key: await one.does(command, delivery=key) for key, (one, command) in asked.items()}
    assert {key for key in asked if after[key] != before[key]} == {"ann"}
    assert "ann@acme.example" not in str(after["ann"])


async def test_what_slack_said_of_a_deleted_member_goes_in_whatever_letters(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    other = Account(acme.workspace, "U0OTHER")
    for account, email in ((bob.account, "Q@home.example"), (other, ADDRESS.upper())):
        await bob.slack_says(account=account, email=email)
    await decided(acme, DeleteMember(bob.person), boss)
    left = {one["slack_user"] for one in await acme.rows(slack_accounts)}
    assert not left & {bob.account.user, other.user}
    assert {boss.account.user, acme.founder.account.user} <= left


async def test_the_index_of_words_keeps_nothing_of_a_deleted_member(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In letters that no other name has, nor any number by chance."""
    monkeypatch.setattr(erasing, "WORDS", 1)
    monkeypatch.setattr(erasing, "TURNS", 1)
    acme = await organization(sqlite_url, factor=True)
    boss, wynn = await acme.member("admin", factor=True), await acme.member(name="Ŵŷnn Ŵŷnter", email=ADDRESS)

    async def kept() -> bool:
        async with acme.usher.store.reading() as connection:
            blocks = (await connection.execute(text("SELECT block FROM directory_words_data"))).scalars()
            return any("ŵŷ".encode() in block for block in blocks)

    assert await kept()
    await decided(acme, DeleteMember(wynn.person), boss)
    assert await until_all_is_done(acme) > 1
    assert not await kept()
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        sound = "INSERT INTO directory_words (directory_words, rank) VALUES ('integrity-check', 1)"
        await tx.connection.execute(text(sound))
    async with acme.usher.store.reading() as connection:
        assert [one.id for one in await directory.beginning(connection, acme.id, boss.email, status=None)] == [boss.id]


async def test_no_file_of_people_keeps_the_name_of_a_deleted_member_as_its_example(sqlite_url: str) -> None:
    """A name that shows whether a file was read rightly is somebody's."""
    acme = await organization(sqlite_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    lines = (ImportLine(2, ADDRESS, name=QUIXOTE, role="member"), ImportLine(3, "new@acme.example", role="member"))
    for _ in "ready", "over":
        prepared = result(await boss.does(PrepareImport("people.csv", lines, guessed=QUIXOTE)), ImportRead).id
    async with acme.usher.store.transaction(None, at=acme.clock(), lock=False) as tx:
        await imports.forget(tx, prepared, entry=None)
    await decided(acme, DeleteMember(bob.person), boss)
    assert {one["guessed"] for one in await acme.rows(import_rows)} == {""}


async def test_the_address_of_a_deleted_member_is_free_for_somebody_new(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await decided(acme, DeleteMember(bob.person), boss)
    assert isinstance(await boss.does(Invite((ADDRESS,), "member")), Done)
    rows = [one for one in await acme.rows(members) if one["email"] == ADDRESS]
    assert [one["id"] == bob.id for one in rows] == [False]
    await bob.slack_says()
    invitation = await waiting_invitation(acme)
    assert isinstance(await bob.does(AcceptInSlack(invitation)), Done)
    desk = await bob.desk()
    assert desk.member
    assert desk.member.id != bob.id


@pytest.mark.seed("004-120")
@pytest.mark.invariant(24, 32)
async def test_nobody_deletes_their_own_account_and_everybody_may_ask_for_it(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    request = waits(await bob.does(DeleteMember(bob.person, reason="enough")))
    assert (await row(acme, bob))["status"] == "active"
    assert why(await bob.does(DeleteMember(bob.person, reason="enough"))) == "already-asked"
    assert {one.member.id for one in await acme.usher.queries.approvers(request)} == {acme.founder.id, boss.id}
    approved = await boss.approves(request)
    assert told([approved]) == ["approved"]
    assert (await row(acme, bob))["deleted_at"]
    own = waits(await boss.does(DeleteMember(boss.person)))
    assert why(await boss.approves(own)) == "own-request"


async def test_an_own_deletion_waits_also_where_the_catalogue_says_nothing_of_it(database_url: str) -> None:
    for catalogue, role in (("resmo", "user"), ("mondoo", "viewer"), ("resplendent", "member")):
        acme = await organization(database_url, catalogue=catalogue, workspace=f"T0{catalogue.upper()}", factor=True)
        one = await acme.member(role)
        assert told([await one.does(DeleteMember(one.person))]) == ["waiting-approval"], catalogue


async def test_spaces_that_nobody_else_owns_go_to_an_heir_who_is_named(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob, cleo = await acme.member("admin", factor=True), await quixote(acme), await acme.member()
    guest = await acme.member("guest")
    await bob.does(CreateSpace("Apollo"))
    await bob.does(CreateSpace("Borea"))
    await bob.does(ChangeRole(cleo.person, "viewer", "Apollo"))
    refused = await acme.founder.does(DeleteMember(bob.person))
    assert why(refused) == "only-owner"
    assert "Apollo, Borea" in str(refused)
    for wrong in (bob, guest):
        assert why(await acme.founder.does(DeleteMember(bob.person, wrong.person))) == "heir-wrong"
    assert why(await boss.does(DeleteMember(bob.person, cleo.person))) == "heir-not-given", "K2"
    assert why(await acme.founder.does(DeleteMember(bob.person, acme.founder.person))) == "not-on-oneself"
    request = waits(await acme.founder.does(DeleteMember(bob.person, cleo.person)))
    assert why(await cleo.does(ChangeRole(bob.person, "viewer", "Apollo"))) == "may-not"
    second = await acme.member("super_admin", factor=True)
    assert told([await second.approves(request)]) == ["approved"]
    ids = {one["id"] for one in await acme.rows(spaces)}
    live = [one for one in await acme.rows(grants) if one["space_id"] in ids and one["ended_at"] is None]
    assert sorted((one["member_id"], one["what"], one["ends_at"]) for one in live) == [(cleo.id, "owner", None)] * 2


@pytest.mark.invariant(25, 31)
@pytest.mark.parametrize("own", [False, True], ids=["by another", "their own"])
async def test_an_heir_is_approved_by_who_could_give_them_the_spaces(database_url: str, *, own: bool) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob, cleo = await acme.member("admin", factor=True), await quixote(acme), await acme.member()
    second = await acme.member("super_admin", factor=True)
    await bob.does(CreateSpace("Apollo"))
    command = DeleteMember(bob.person, cleo.person)
    request = waits(await (bob if own else second).does(command))
    expected = {acme.founder.id, second.id} if own else {acme.founder.id}
    assert {one.member.id for one in await acme.usher.queries.approvers(request)} == expected
    assert request not in {card.id for card in await acme.usher.queries.waiting(await boss.desk())}
    assert request in {card.id for card in await acme.usher.queries.waiting(await acme.founder.desk())}
    assert why(await boss.approves(request)) == "heir-not-given", "K2"
    if own:
        await acme.operator(ChangeRole(second.person, "admin"))
        assert why(await second.approves(request)) == "heir-not-given"
    assert told([await acme.founder.approves(request)]) == ["approved"]


async def test_who_alone_could_give_the_spaces_deletes_alone(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    await acme.member("admin", factor=True)
    bob, cleo = await quixote(acme), await acme.member()
    await bob.does(CreateSpace("Apollo"))
    request = waits(await acme.founder.does(DeleteMember(bob.person, cleo.person)))
    assert (await acme.request(request))["lone"]
    assert told([await acme.founder.approves(request)]) == ["approved"]


async def test_whoever_asks_for_an_heir_to_whom_nobody_else_could_give_the_spaces_is_refused(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    await acme.member("admin", factor=True)
    bob = await quixote(acme)
    await bob.does(CreateSpace("Apollo"))
    assert why(await bob.does(DeleteMember(bob.person, acme.founder.person))) == "nobody-approves"


MEANWHILE: Mapping[str, Callable[[Somebody], Command]] = {
    "another role": lambda bob: ChangeRole(bob.person, "manager"),
    "a space of their own": lambda _: CreateSpace("Apollo"),
    "removed before": lambda bob: RemoveMember(bob.person),
}


@pytest.mark.invariant(29, 33)
@pytest.mark.parametrize(
    "meanwhile",
    MEANWHILE.values(),
    ids=MEANWHILE.keys(),
)
async def test_what_changed_meanwhile_makes_a_deletion_void(
    database_url: str, meanwhile: Callable[[Somebody], Command]
) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    request = waits(await boss.does(DeleteMember(bob.person)))
    spoils = meanwhile(bob)
    outcome = await (bob.does(spoils) if isinstance(spoils, CreateSpace) else acme.operator(spoils))
    assert isinstance(outcome, Done), outcome
    acme.clock.next_step()
    assert why(await acme.founder.approves(request)) in ("request-void", "request-ended")
    assert (await row(acme, bob))["deleted_at"] is None


async def test_whoever_was_removed_can_still_be_deleted_by_their_address(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await boss.does(RemoveMember(bob.person))
    assert told([await decided(acme, DeleteMember(Person(email=ADDRESS)), boss)]) == ["approved"]
    assert ADDRESS not in await acme.dump()


async def test_what_slack_said_of_whoever_was_removed_goes_when_they_are_deleted(database_url: str) -> None:
    """Also under another address than theirs here, when no tie leads there any more."""
    acme = await organization(database_url, factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await bob.slack_says(email="zdenka.private@slack.example")
    await boss.does(RemoveMember(bob.person))
    await bob.slack_says(email="zdenka.home@slack.example")
    assert told([await decided(acme, DeleteMember(Person(email=ADDRESS)), boss)]) == ["approved"]
    assert [line for line in (await acme.dump()).splitlines() if "zdenka" in line.casefold()] == []
    kept = {one["slack_user"] for one in await acme.rows(slack_accounts)}
    assert kept == {acme.founder.account.user, boss.account.user}


async def test_what_slack_said_of_a_founder_goes_with_them_too(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    first, twin = acme.founder, await acme.member("super_admin", factor=True)
    await first.slack_says(name="Rosalind Root", email="rosalind@slack.example")
    await acme.operator(RemoveMember(first.person))
    await acme.operator(DeleteMember(Person(email=first.email)))
    assert {one["slack_user"] for one in await acme.rows(slack_accounts)} == {twin.account.user}
    assert "rosalind" not in (await acme.dump()).casefold()


async def test_names_that_were_offered_to_a_deleted_member_are_not_left_to_be_guessed(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss, bob, cleo = await acme.member("admin", factor=True), await quixote(acme), await acme.member()
    for one in bob, cleo:
        await one.slack_says(name="Robin Renamed")
    await decided(acme, DeleteMember(bob.person), boss)
    kept = [one["id"] for one in await acme.rows(guesses)]
    assert [cleo.id in id_ for id_ in kept if id_.startswith("name/")] == [True]


async def test_the_audit_says_that_members_were_searched_for_an_export_and_not_by_which_words(sqlite_url: str) -> None:
    acme = await organization(sqlite_url)
    await acme.founder.does(Export(Filters(words="quixote zden", status="active")))
    [entry] = await acme.audited("members.exported")
    assert json.loads(entry["details"])["filters"] == {"words": True, "status": "active"}


async def test_somebody_invited_is_deleted_with_the_invitation(database_url: str) -> None:
    acme = await organization(database_url, factor=True)
    boss = await acme.member("admin", factor=True)
    token = await acme.link(await acme.invitation(ADDRESS))
    assert told([await decided(acme, DeleteMember(Person(email=ADDRESS)), boss)]) == ["approved"]
    assert await acme.usher.queries.link_page("invitation", token) is None
    assert ADDRESS not in await acme.dump()
    assert [one for one in await acme.notices() if isinstance(one, Told) and one.about == "deleted"] == []


# Data -----------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-20", "001-21", "001-23")
async def test_deleting_data_unregisters_what_they_own_and_leaves_the_account(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", factor=True)
    boss, bob = await acme.member("admin", factor=True), await quixote(acme)
    await operator_does(
        acme,
        AddResource("image", "img-1", "One", owner=bob.person),
        AddResource("image", "img-2", "Two", owner=bob.person),
        AddResource("image", "img-3", "Three", owner=boss.person),
    )
    async with asking(acme) as product:
        assert await product.may(ADDRESS, "read", "image", "img-1")
        approved = await decided(acme, DeleteData(bob.person), boss)
        assert told([approved]) == ["approved"]
        assert not await product.may(ADDRESS, "read", "image", "img-1")
        assert not await product.may(boss.email, "read", "image", "img-2")
        assert await product.may(boss.email, "read", "image", "img-3")
    [entry] = await acme.audited("member.data_deleted")
    said = json.loads(entry["details"])
    assert (said["resources"], said["things"], said["more"]) == (2, ["image:img-1", "image:img-2"], False)
    assert (await bob.desk()).status == "active"
    assert why(await boss.does(DeleteData(bob.person))) == "nothing-owned"
    [notice] = [one for one in await acme.notices() if isinstance(one, Told) and one.about == "data-deleted"]
    assert notice.to == bob.id


@pytest.mark.seed("001-24", "001-26")
async def test_own_data_goes_at_once_where_the_catalogue_says_so_and_else_is_asked_for(database_url: str) -> None:
    acme = await organization(database_url, catalogue="imaging", factor=True)
    bob = await quixote(acme)
    await operator_does(acme, AddResource("image", "img-1", "One", owner=bob.person))
    assert result(await bob.does(DeleteData(bob.person)), DataDeleted).resources == 1
    assert await acme.rows(resources) == []
    ruled = await organization(database_url, catalogue="automation", workspace="T0AUTO", factor=True)
    eve = await ruled.member("user")
    kind = next((kind.id for kind in (await eve.desk()).catalogue.kinds.values() if kind.owned), None)
    if kind is not None:
        await operator_does(ruled, AddResource(kind, "1", "One", owner=eve.person))
        assert told([await eve.does(DeleteData(eve.person))]) == ["waiting-approval"]


async def test_much_data_goes_some_at_a_time(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "RESOURCES", 2)
    acme = await organization(database_url)
    bob, cleo = await quixote(acme), await acme.member()
    await operator_does(acme, *[AddResource("image", f"{n}", "One", owner=bob.person) for n in range(9)])
    await operator_does(
        acme, Share(Thing("image", "1"), (cleo.person,)), AddResource("image", "cleo", "C", owner=cleo.person)
    )
    assert result(await bob.does(DeleteData(bob.person)), DataDeleted).resources == 9
    assert await until_all_is_done(acme) > 1
    assert [one["outside_id"] for one in await acme.rows(resources)] == ["cleo"]
    assert await acme.rows(shares) == []
    assert await acme.chain_is_broken() is None


async def test_all_that_is_unregistered_is_named_to_other_software(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RESOURCES", 2)
    acme = await organization(database_url, factor=True)
    boss, bob, cleo = await acme.member("admin", factor=True), await quixote(acme), await acme.member()
    for one in bob, cleo:
        await operator_does(acme, *[AddResource("image", f"{one.id}-{n}", "One", owner=one.person) for n in range(7)])
    assert result(await bob.does(DeleteData(bob.person, "enough")), DataDeleted).resources == 7
    approved = await decided(acme, DeleteMember(cleo.person), boss)
    assert "resources=7" in str(approved)
    await until_all_is_done(acme)
    for one in bob, cleo:
        records = [r for r in await acme.audited("member.data_deleted") if r["target"] == f"member:{one.id}"]
        said = [json.loads(record["details"]) for record in records]
        assert [(turn["resources"], turn["more"]) for turn in said] == [(2, True)] * 3 + [(1, False)]
        things = [thing for turn in said for thing in turn["things"]]
        assert sorted(things) == [f"image:{one.id}-{n}" for n in range(7)]
    [deleted] = await acme.audited("member.deleted")
    assert json.loads(deleted["details"])["resources"] == 7


async def test_what_is_registered_after_data_was_deleted_stays(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RESOURCES", 2)
    acme = await organization(database_url)
    bob = await quixote(acme)
    await operator_does(acme, *[AddResource("image", f"{n}", "One", owner=bob.person) for n in range(9)])
    assert isinstance(await bob.does(DeleteData(bob.person)), Done)
    acme.clock.pass_by(days=3)
    await operator_does(acme, AddResource("image", "later", "Later", owner=bob.person))
    await until_all_is_done(acme)
    assert [one["outside_id"] for one in await acme.rows(resources)] == ["later"]


# The last one who holds the highest role ------------------------------------------------------------------------------


@pytest.mark.invariant(23)
@pytest.mark.parametrize("make", [RemoveMember, DeleteMember], ids=lambda make: make.__name__)
async def test_the_last_holder_is_neither_removed_nor_deleted(
    database_url: str, make: Callable[[Person], Command]
) -> None:
    acme = await organization(database_url)
    assert why(await acme.operator(make(acme.founder.person))) == "last-holder"
    if make is DeleteMember:
        assert why(await acme.founder.does(make(acme.founder.person))) == "last-holder"


@pytest.mark.invariant(23)
async def test_holders_who_all_leave_at_once_leave_one(database_url: str) -> None:
    acme = await organization(database_url)
    twin = await acme.replica()
    holders = [acme.founder, *[await acme.member("super_admin") for _ in range(4)]]
    leave: list[Callable[[], Awaitable[Outcome]]] = []
    for at in (acme, twin):
        for one in holders:
            leave.append(lambda at=at, one=one: at.operator(RemoveMember(one.person)))
            leave.append(lambda at=at, one=one: at.operator(DeleteMember(one.person)))
    await at_once(*leave)
    desks = [await one.desk() for one in holders]
    assert [(desk.status, desk.role) for desk in desks].count(("active", "super_admin")) == 1
    assert await acme.chain_is_broken() is None
