"""Many invitations in one go: each judged as if it were alone, counted where it cannot be changed, and audited."""

from datetime import timedelta

import pytest

from bot.slack.views import invitation_forms
from bot.slack.views import invitations as views
from handlers.commands import (
    InvitationsChanged,
    Invite,
    Resend,
    ResendSeveral,
    Revoke,
    RevokeSeveral,
)
from handlers.flows.many_invitations import MOST
from handlers.notices import InvitationMail, InvitationOffer
from storage import invitation_lists
from storage.tables import invitations, members
from tests.people import Org, Somebody, closing, organization, result, why
from tests.test_statements import counting

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")


async def invited(acme: Org, *names: str, role: str = "member", space: str | None = None) -> list[str]:
    return [await acme.invitation(f"{name}@example.com", role, space=space) for name in names]


async def states(acme: Org, ids: list[str]) -> list[str]:
    return [(await acme.row(one))["state"] for one in ids]


async def listed(who: Somebody, **narrowed: str) -> list[str]:
    shown = await who.org.usher.queries.invitations(await who.desk(), **narrowed)  # pyright: ignore[reportArgumentType]
    return [row.member.email for row in shown.rows]


@pytest.mark.seed("003-43", "004-94", "004-95", "004-96")
@pytest.mark.invariant(2, 40)
async def test_all_that_are_resent_get_new_links_and_every_earlier_one_is_dead(database_url: str) -> None:
    acme = await organization(database_url)
    ids = await invited(acme, "a", "b", "c")
    old = [await acme.link(one) for one in ids]
    acme.clock.pass_by(days=8)
    done = result(await acme.founder.does(ResendSeveral(tuple(ids))), InvitationsChanged)
    assert (done.what, len(done.people), done.left) == ("resent", 3, 0)
    for token, one in zip(old, ids, strict=True):
        row = await acme.row(one)
        assert (row["state"], row["version"]) == ("pending", 2)
        assert row["expires_at"] == acme.clock() + timedelta(days=7)
        assert await acme.usher.queries.link_page("invitation", token) is None
        assert await acme.usher.queries.link_page("invitation", await acme.link(one)) is not None
    posted = {one.invitation for one in await acme.notices() if isinstance(one, InvitationMail) and one.version == 2}
    assert posted == set(ids)
    assert len([one for one in await acme.notices() if isinstance(one, InvitationOffer) and one.version == 2]) == 3
    assert [row["target"] for row in await acme.audited("invitation.resent")] == [
        f"member:{await acme.member_of(one)}" for one in ids
    ]
    assert await acme.chain_is_broken() is None


@pytest.mark.seed("003-43")
async def test_those_of_one_command_are_listed_as_they_were_typed(database_url: str) -> None:
    acme = await organization(database_url)
    await invited(acme, "earlier")
    names = [f"{name}@example.com" for name in ("zoe", "adam", "mia", "ben", "lea", "tom")]
    acme.clock.pass_by(minutes=1)
    await acme.founder.does(Invite(tuple(names), "member"))
    assert [one for one in await listed(acme.founder) if one in {*names, "earlier@example.com"}] == [
        *names,
        "earlier@example.com",
    ]


@pytest.mark.seed("003-44")
@pytest.mark.invariant(2, 40)
async def test_pending_and_expired_ones_are_revoked_together_and_may_be_invited_again(database_url: str) -> None:
    acme = await organization(database_url)
    early = await invited(acme, "early")
    acme.clock.pass_by(days=8)
    await acme.fires_timers()
    ids = [*early, *await invited(acme, "late")]
    assert [(await acme.row(one))["state"] for one in ids] == ["expired", "pending"]
    token = await acme.link(ids[1])
    done = result(await acme.founder.does(RevokeSeveral(tuple(ids))), InvitationsChanged)
    assert (done.what, len(done.people), done.left) == ("revoked", 2, 0)
    assert await states(acme, ids) == ["revoked", "revoked"]
    assert await acme.usher.queries.link_page("invitation", token) is None
    gone = [row for row in await acme.rows(members) if row["status"] == "invited"]
    assert [row["listed"] for row in gone] == [False, False]
    assert len(await acme.audited("invitation.revoked")) == 2
    assert [one.member.email for one in (await _page(acme)).rows if one.state == "pending"] == []
    result(await acme.founder.does(Invite(("late@example.com",), "member")), object)
    assert await acme.chain_is_broken() is None


async def _page(acme: Org, **narrowed: str):  # noqa: ANN202 - a page
    return await acme.usher.queries.invitations(await acme.founder.desk(), **narrowed)  # pyright: ignore[reportArgumentType]


async def test_those_that_cannot_be_changed_any_more_are_counted_and_the_rest_change(database_url: str) -> None:
    acme = await organization(database_url)
    ids = await invited(acme, "a", "b", "c")
    await acme.founder.does(Revoke(ids[0]))
    named = (*ids, ids[1], "0" * 32, "nonsense")
    done = result(await acme.founder.does(ResendSeveral(named)), InvitationsChanged)
    assert (len(done.people), done.left) == (2, 3)
    assert await states(acme, ids) == ["revoked", "pending", "pending"]
    assert why(await acme.founder.does(ResendSeveral((ids[0],)))) == "invitation-gone"
    await acme.founder.does(Revoke(ids[1]))
    assert why(await acme.founder.does(ResendSeveral((ids[0], ids[1])))) == "invitations-gone"
    assert why(await acme.founder.does(RevokeSeveral(()))) == "invitations-gone"


async def test_each_is_judged_as_if_it_were_alone(database_url: str) -> None:
    acme = await organization(database_url)
    manager, member = await acme.member("manager"), await acme.member("member")
    [plain], [high] = await invited(acme, "plain"), await invited(acme, "high", role="admin")
    assert why(await manager.does(Resend(high))) == "may-not-give"
    done = result(await manager.does(RevokeSeveral((plain, high))), InvitationsChanged)
    assert (len(done.people), done.left) == (1, 1)
    assert await states(acme, [plain, high]) == ["revoked", "pending"]
    assert why(await manager.does(RevokeSeveral((high,)))) == "may-not-give"
    assert why(await member.does(ResendSeveral((high,)))) == "may-not"
    assert why(await member.does(ResendSeveral(("0" * 32,)))) == "may-not"


@pytest.mark.invariant(27)
async def test_an_invitation_of_another_organization_is_one_that_does_not_exist(database_url: str) -> None:
    acme = await organization(database_url)
    other = await organization(database_url, workspace="T0OTHER", beside=acme)
    [theirs] = await invited(other, "theirs")
    [own] = await invited(acme, "own")
    assert why(await acme.founder.does(RevokeSeveral((theirs,)))) == "invitation-gone"
    done = result(await acme.founder.does(RevokeSeveral((theirs, own))), InvitationsChanged)
    assert (len(done.people), done.left) == (1, 1)
    assert (await acme.row(theirs))["state"] == "pending"


async def test_two_hundred_go_at_once_in_few_statements_and_more_are_too_many(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.founder.does(Invite(tuple(f"p{n}@example.com" for n in range(MOST)), "member"))
    ids = tuple(row["id"] for row in await acme.rows(invitations))
    for command in (ResendSeveral(ids), RevokeSeveral(ids)):
        with counting(acme.usher.store) as counted:
            done = result(await acme.founder.does(command), InvitationsChanged)
        assert len(done.people) == MOST
        assert len(counted.written) <= 10, "\n\n".join(counted.written)
    assert why(await acme.founder.does(ResendSeveral((*ids, "0" * 32)))) == "too-many-invitations"


@pytest.mark.invariant(38)
async def test_the_same_delivery_again_resends_nothing_a_second_time(database_url: str) -> None:
    acme = await organization(database_url)
    ids = tuple(await invited(acme, "a", "b"))
    for _ in range(2):
        done = result(await acme.founder.does(ResendSeveral(ids), delivery="view:V1:several"), InvitationsChanged)
        assert len(done.people) == 2
    assert {(await acme.row(one))["version"] for one in ids} == {2}


# The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-08", "003-41", "003-42", "004-92")
async def test_the_list_is_narrowed_by_state_and_space_and_counts_every_state(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.makes_spaces("Apollo")
    [gone, _] = await invited(acme, "gone", "late")
    acme.clock.pass_by(days=8)
    await invited(acme, "fresh")
    acme.clock.pass_by(seconds=1)
    await invited(acme, "inside", role="viewer", space="apollo")
    await acme.founder.does(Revoke(gone))
    await acme.member(email="in@example.com")
    ada = acme.founder
    page = await _page(acme)
    assert dict(page.counts) == {"pending": 2, "expired": 1, "accepted": 1, "revoked": 1}
    assert await listed(ada, state="pending") == ["inside@example.com", "fresh@example.com"]
    assert await listed(ada, state="expired") == ["late@example.com"], "also where no timer fired yet"
    assert await listed(ada, state="accepted") == ["in@example.com"]
    assert await listed(ada, state="revoked") == ["gone@example.com"]
    assert await listed(ada, space="apollo") == ["inside@example.com"]
    assert await listed(ada, space="apollo", state="expired") == []
    assert await listed(ada, space="nowhere") == []
    [row] = (await _page(acme, state="expired")).rows
    assert (row.age.days, row.over and row.over.days) == (8, 1)


async def test_of_many_in_a_state_the_list_says_that_there_are_at_least_so_many(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = await organization(database_url)
    await invited(acme, "over")
    acme.clock.pass_by(days=8)
    await invited(acme, "one", "two", "three")
    monkeypatch.setattr(invitation_lists, "MOST_COUNTED", 2)
    page = await _page(acme)
    assert (dict(page.counts)["pending"], dict(page.counts)["expired"], page.more) == (2, 1, {"pending"})
    assert not page.exact
    assert (await _page(acme, state="expired")).exact
    assert "Pending: at least 2, Expired: 1, Accepted: 0" in views.page(await acme.founder.desk(), page).text
    form = invitation_forms.build_all("revoke", "pending", 2, exact=False, space=None, now=acme.clock())
    assert "Revoke at least 2 pending invitations?" in str(form)


async def test_pages_are_turned_by_key_within_a_state_and_nonsense_is_the_first(database_url: str) -> None:
    acme = await organization(database_url)
    await acme.founder.does(Invite(tuple(f"p{n:02}@example.com" for n in range(23)), "member"))
    seen: list[str] = []
    after, pages = None, 0
    last = await acme.usher.queries.invitations(await acme.founder.desk(), state="pending")
    while pages == 0 or after:
        page = await acme.usher.queries.invitations(await acme.founder.desk(), after=after, state="pending")
        seen += [row.member.email for row in page.rows]
        after, pages = page.next, pages + 1
        last = page
    assert (pages, len(seen), len(set(seen))) == (3, 23, 23)
    back = await acme.usher.queries.invitations(await acme.founder.desk(), after=last.previous, state="pending")
    assert [row.member.email for row in back.rows] == seen[10:20]
    for nonsense in ("x", f"a~{'0' * 32}", "b~" + "f" * 32):
        page = await acme.usher.queries.invitations(await acme.founder.desk(), after=nonsense)
        assert [row.member.email for row in page.rows] == seen[:10]
