"""A catalogue may make any change wait: each is kept, shown in words, decided and ended like every other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from bot.slack.views import approve_code, deny
from bot.slack.views.blocks import Message
from bot.slack.views.card import card_blocks
from bot.wording.changes import what_short
from handlers.commands import (
    AddResource,
    Approve,
    Approved,
    Cancel,
    ChangeRole,
    ChangeSettings,
    CloseOrganization,
    Command,
    CreateGroup,
    CreateOrganization,
    CreateSpace,
    Deactivate,
    DeleteData,
    DeleteGroup,
    DeleteMember,
    DeleteSpace,
    Deny,
    Done,
    EditMember,
    ExpireRequest,
    Import,
    Invite,
    JoinGroup,
    LeaveGroup,
    Person,
    Reactivate,
    RemoveFromSpace,
    RemoveMember,
    RemoveResource,
    RenameGroup,
    RenameSpace,
    RequestAccess,
    ResetFactor,
    ResetPassword,
    ResetPermissions,
    SetPermissions,
    Share,
    Thing,
    TransferOrganization,
    Unshare,
)
from handlers.gate import PLANS
from handlers.models import CardChange, RequestCard
from handlers.policy import change_named
from tests.people import Org, Somebody, closing, organization, result, told, why
from tests.slack.test_views import slack_takes, slack_takes_message

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

DEFAULT = Path(__file__).parents[2] / "handlers/catalogues/default.toml"
CHANGES = sorted({change_named(kind) for kind in get_args(CardChange)})
REVENUE = Thing("dashboard", "rev-1")


@pytest.fixture
def waiting_for_all(tmp_path: Path) -> str:
    """The default catalogue, in which every change that can wait takes one approval without a code."""
    changes = ", ".join(f'"{one}"' for one in CHANGES)
    text = DEFAULT.read_text()
    before, _, _ = text.partition("[privileged]")
    path = tmp_path / "careful.toml"
    path.write_text(f"{before}[privileged]\nlines = [{{ changes = [{changes}], approvals = 1, code = false }}]\n")
    return str(path)


@dataclass(frozen=True, slots=True)
class Cast:
    """Sue asks, Tess approves, Mel is a plain member, Max manages and is changed, Gus is a guest; Pam owns
    things and goes, Rob goes."""

    org: Org
    sue: Somebody
    tess: Somebody
    mel: Somebody
    max: Somebody
    gus: Somebody
    pam: Somebody
    rob: Somebody


@dataclass(frozen=True, slots=True)
class Step:
    """A change that waits, and what its card says; ``spoils`` is done meanwhile by the operator to make it void."""

    change: Callable[[Cast], Command]
    says: str
    spoils: Callable[[Cast], tuple[Command, ...]] | None = None


def of(person: Somebody) -> Person:
    return person.person


# In this order each finds what the ones before it have left.
STORY: tuple[Step, ...] = (
    Step(lambda _: Invite(("new@acme.example",), "member"), r"invite new@acme\.example as Member"),
    Step(
        lambda c: ChangeRole(of(c.mel), "guest"),
        r"give <@\w+> the role Guest.*Role of <@\w+>: Member → Guest",
        lambda c: (ChangeRole(of(c.mel), "manager"), ChangeRole(of(c.mel), "member")),
    ),
    Step(lambda c: ChangeRole(of(c.mel), "member"), r"Role of <@\w+>: Guest → Member"),
    Step(lambda c: Deactivate(of(c.mel)), r"deactivate <@\w+>"),
    Step(lambda c: Reactivate(of(c.mel)), r"reactivate <@\w+>"),
    Step(
        lambda c: EditMember(of(c.mel), "Mel King", "Europe/Berlin"),
        r"edit <@\w+>: name Mel King; timezone Europe/Berlin",
        lambda c: (EditMember(of(c.mel), "Mel Queen"), EditMember(of(c.mel), "Mel")),
    ),
    Step(
        lambda _: CreateSpace("Apollo"),
        r"create the space Apollo",
        lambda _: (CreateSpace("Apollo"), DeleteSpace("Apollo")),
    ),
    Step(
        lambda _: RenameSpace("Apollo", "Artemis"),
        r"rename the space Apollo to Artemis.*Name: Apollo → Artemis",
        lambda _: (RenameSpace("Apollo", "Ares"), RenameSpace("Ares", "Apollo")),
    ),
    Step(lambda c: ChangeRole(of(c.mel), "viewer", "Artemis"), r"the role Viewer in the space Artemis"),
    Step(
        lambda c: SetPermissions(of(c.mel), "Artemis", ("ticket_creator", "sla_manager")),
        r"change what <@\w+> may do in the space Artemis: add-ons Ticket Creator, SLA Manager",
        lambda c: (
            SetPermissions(of(c.mel), "Artemis", ("sla_manager",)),
            SetPermissions(of(c.mel), "Artemis", ()),
        ),
    ),
    Step(
        lambda c: RemoveFromSpace(of(c.mel), "Artemis"),
        r"remove <@\w+> from the space Artemis",
        lambda c: (ChangeRole(of(c.mel), "editor", "Artemis"), ChangeRole(of(c.mel), "viewer", "Artemis")),
    ),
    Step(lambda _: DeleteSpace("Artemis"), r"delete the space Artemis; this cannot be undone"),
    Step(
        lambda _: CreateGroup("Sales"),
        r"create the group Sales",
        lambda _: (CreateGroup("Sales"), DeleteGroup("Sales")),
    ),
    Step(
        lambda _: RenameGroup("Sales", "Trade"),
        r"rename the group Sales to Trade",
        lambda _: (RenameGroup("Sales", "Shop"), RenameGroup("Shop", "Sales")),
    ),
    Step(
        lambda c: JoinGroup((of(c.mel), of(c.max)), "Trade"),
        r"put <@\w+> and <@\w+> into the group Trade",
        lambda c: (JoinGroup((of(c.max),), "Trade"), LeaveGroup((of(c.max),), "Trade")),
    ),
    Step(
        lambda c: LeaveGroup((of(c.mel),), "Trade"),
        r"take <@\w+> out of the group Trade",
        lambda c: (LeaveGroup((of(c.mel),), "Trade"), JoinGroup((of(c.mel),), "Trade")),
    ),
    Step(
        lambda c: AddResource("dashboard", "rev-1", "Revenue", owner=of(c.mel)),
        r"register the dashboard Revenue, owned by <@\w+>",
        lambda _: (AddResource("dashboard", "rev-1", "Other"), RemoveResource(REVENUE)),
    ),
    Step(
        lambda c: Share(REVENUE, (of(c.max),), ("board@partner.example",), ("Trade",)),
        r"share the dashboard Revenue with <@\w+>, Trade and board@partner\.example",
        lambda c: (Share(REVENUE, (of(c.max),)), Unshare(REVENUE, (of(c.max),))),
    ),
    Step(
        lambda c: Unshare(REVENUE, (of(c.max),)),
        r"take <@\w+> off the list of the dashboard Revenue",
        lambda c: (Unshare(REVENUE, (of(c.max),)), Share(REVENUE, (of(c.max),))),
    ),
    Step(lambda _: AddResource("dashboard", "rev-1", "Income"), r"register the dashboard Income"),
    Step(lambda _: RemoveResource(REVENUE), r"remove the dashboard Income; this cannot be undone"),
    Step(
        lambda _: DeleteGroup("Trade"),
        r"delete the group Trade; this cannot be undone",
        lambda _: (RenameGroup("Trade", "Shop"), RenameGroup("Shop", "Trade")),
    ),
    Step(
        lambda c: SetPermissions(of(c.max), None, None, "blacklist", "read", (), (), (), ("tags",)),
        r"change what <@\w+> may do: datasets Blacklist; usual level Read Only; off: Tags",
        lambda c: (
            SetPermissions(of(c.max), None, None, "full", "read"),
            SetPermissions(of(c.max), None, None, "full", "write"),
        ),
    ),
    Step(lambda c: ResetPermissions(of(c.max)), r"reset what <@\w+> may do to the defaults of their role"),
    Step(
        lambda _: ChangeSettings(invitation_days=3),
        r"change the settings of Acme: days an invitation lives: 3",
        lambda _: (ChangeSettings(invitation_days=5), ChangeSettings(invitation_days=0)),
    ),
    Step(
        lambda c: DeleteData(of(c.pam)),
        r"delete all data that <@\w+> owns; this cannot be undone",
        lambda c: (ChangeRole(of(c.pam), "guest"), ChangeRole(of(c.pam), "member")),
    ),
    Step(
        lambda c: RemoveMember(of(c.rob)),
        r"remove <@\w+> from the organization",
        lambda c: (ChangeRole(of(c.rob), "member"), ChangeRole(of(c.rob), "guest")),
    ),
    Step(
        lambda c: DeleteMember(of(c.pam), of(c.mel)),
        r"delete the account of <@\w+> and its data; this cannot be undone; the spaces that nobody else owns go to <@",
        lambda c: (ChangeRole(of(c.pam), "manager"), ChangeRole(of(c.pam), "member")),
    ),
    Step(lambda c: ResetPassword(of(c.mel)), r"reset the password of <@\w+>"),
    Step(lambda c: ResetFactor(of(c.gus)), r"reset the second factor of <@\w+>"),
    Step(lambda c: TransferOrganization(of(c.max)), r"hand the organization Acme over to <@\w+>"),
)


async def cast_in(database_url: str, catalogue: str) -> Cast:
    org = await organization(database_url, catalogue=catalogue)
    sue, tess = await org.member("super_admin", name="Sue"), await org.member("super_admin", name="Tess")
    mel, max_ = await org.member("member", name="Mel"), await org.member("manager", name="Max")
    gus, pam = await org.member("guest", name="Gus", factor=True), await org.member("member", name="Pam")
    owning = (
        AddResource("image", "img-1", "First light", owner=pam.person),
        CreateSpace("Paris"),
        ChangeRole(pam.person, "owner", "Paris"),
    )
    for command in owning:
        assert isinstance(await org.operator(command), Done), command
    return Cast(org, sue, tess, mel, max_, gus, pam, await org.member("guest", name="Rob"))


async def card_of(cast: Cast, request: str) -> RequestCard:
    card = await cast.org.usher.queries.card(request)
    assert card is not None
    return card


async def shown(cast: Cast, request: str, says: str) -> None:
    card = await card_of(cast, request)
    text, blocks = card_blocks(card)
    assert re.search(says, text, re.DOTALL), text
    slack_takes_message(Message(text, tuple(blocks)))
    assert what_short(card).plain()
    slack_takes(approve_code.build(card))
    slack_takes(deny.build(card))
    queries = cast.org.usher.queries
    assert request in [one.id for one in await queries.waiting(await cast.tess.desk())]
    for nobody in (cast.sue, cast.gus):
        assert request not in [one.id for one in await queries.waiting(await nobody.desk())]
    assert cast.tess.id in [one.member.id for one in await queries.approvers(request)]


async def every_other_end(cast: Cast, says: str, command: Command, spoils: Sequence[Command]) -> None:
    """Denied, cancelled, void and expired; then nothing has changed, and the same can be asked again."""
    denied = await cast.sue.asks(command)
    await shown(cast, denied, says)
    assert why(await cast.sue.does(Approve(denied))) == "own-request"
    assert why(await cast.gus.does(Approve(denied))) == "may-not"
    assert told([await cast.tess.does(Deny(denied, "no"))]) == ["request-ended"]
    cancelled = await cast.sue.asks(command)
    assert told([await cast.sue.does(Cancel(cancelled))]) == ["request-ended"]
    spoilt = await cast.sue.asks(command)
    spoil, *mend = spoils
    assert isinstance(await cast.org.operator(spoil), Done), spoil
    assert why(await cast.tess.does(Approve(spoilt))) in {"request-void", "request-ended"}, command
    for one in mend:
        assert isinstance(await cast.org.operator(one), Done), one
    expired = await cast.sue.asks(command)
    cast.org.clock.pass_by(hours=73)
    for one in (cast.sue, cast.tess, cast.mel, cast.max, cast.gus):
        await one.slack_says()
    assert told([await cast.org.system(ExpireRequest(expired))]) == ["noted"]
    states = [await cast.org.state(one) for one in (denied, cancelled, spoilt, expired)]
    assert states == ["denied", "cancelled", "void", "expired"]


def test_the_story_holds_every_command_that_can_wait() -> None:
    elsewhere = {RequestAccess, CreateOrganization, CloseOrganization, Import}  # Import: with the files it is of
    nobody = SimpleNamespace(person=Person(id="x"))
    cast: Any = SimpleNamespace(**dict.fromkeys(("sue", "tess", "mel", "max", "gus", "pam", "rob"), nobody))
    assert {type(step.change(cast)) for step in STORY} | elsewhere == set(PLANS)


@pytest.mark.invariant(24, 29, 30, 31, 33, 36)
async def test_every_change_waits_is_shown_in_words_and_ends_in_every_way(
    database_url: str, waiting_for_all: str
) -> None:
    cast = await cast_in(database_url, waiting_for_all)
    for step in STORY:
        command = step.change(cast)
        if step.spoils:
            await every_other_end(cast, step.says, command, step.spoils(cast))
        request = await cast.sue.asks(command)
        await shown(cast, request, step.says)
        approved = await cast.tess.does(Approve(request))
        assert told([approved]) == ["approved"], (command, approved)
        assert result(approved, Approved).request == request
        card = await card_of(cast, request)
        text, _ = card_blocks(card)
        assert card.state == "approved"
        assert not re.search(r"\b[0-9a-f]{32}\b", text), "what is gone by now keeps its name"
        assert why(await cast.tess.does(Approve(request))) == "request-ended"
    assert await cast.org.chain_is_broken() is None


@pytest.mark.invariant(29, 30)
async def test_making_and_closing_an_organization_waits_too(database_url: str, waiting_for_all: str) -> None:
    cast = await cast_in(database_url, waiting_for_all)
    close = await cast.sue.asks(CloseOrganization("acme", "sold"))
    await shown(cast, close, r"close the organization Acme")
    make = await cast.sue.asks(CreateOrganization("Beta"))
    await shown(cast, make, r"create the organization Beta")
    assert told([await cast.tess.does(Approve(make))]) == ["approved"]
    assert await cast.org.chain_is_broken() is None
    assert told([await cast.tess.does(Approve(close))]) == ["approved"]


@pytest.mark.invariant(36)
async def test_a_request_for_anything_lives_as_long_as_the_catalogue_says(
    database_url: str, waiting_for_all: str
) -> None:
    cast = await cast_in(database_url, waiting_for_all)
    await cast.org.operator(CreateGroup("Sales"))
    request = await cast.mel.asks(RequestAccess("Sales", "x", lasts=timedelta(hours=1), asked="group"))
    card = await card_of(cast, request)
    assert card.expires - card.created == timedelta(hours=72)
    text, _ = card_blocks(card)
    assert "asks to join the group Sales for 1 hour" in text
