"""Text and records as hostile, as long and as odd as they can come, and a place to see what a view holds."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from hypothesis import strategies as st

from handlers.catalogue import load, shipped
from handlers.commands import Asked, Named
from handlers.models import (
    Access,
    Becoming,
    CardChange,
    Choice,
    Desk,
    Ending,
    Home,
    InvitationRow,
    RequestCard,
    Status,
    Tallies,
)
from tests.slack.desks import ADA, desk

NASTY = (
    "<!channel> <@U0EVIL> <https://evil.example|click>",
    "*bold* _it_ ~gone~ `code` ```block``` > quote",
    "@here @channel @everyone :tada: https://evil.example",
    "\u202egnp.exe\u202c \u200b\u2066x\u2069\u0000\u001b[31m",
    "&lt;!channel&gt; &amp;",
    "line\nbreak\r\n\u2028para\u2029",
    "a" * 5000,
    "🙂" * 2000,
    "Z\u0351\u0360" * 200,
    "   ",
    "",
    '"><script>alert(1)</script>',
    "{name} {0} %s",
)

text = st.one_of(st.sampled_from(NASTY), st.text(max_size=300))
ids = st.uuids().map(str)
emails = st.one_of(text, st.just("ada@example.org"))
moments = st.integers(0, 29_000).map(lambda days: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days))
slack_ids = st.one_of(st.none(), st.just("U0ADA"), st.just("U1> <!channel"))
people = st.builds(Named, id=ids, name=text, email=emails, slack=slack_ids)
catalogues = st.sampled_from(shipped()).map(load)
zones = st.sampled_from(["Europe/Berlin", "UTC", "Not/AZone", "../../etc/passwd", ""])
roles = st.one_of(st.none(), st.sampled_from(["super_admin", "owner", "viewer", "member"]), text)
spaces = st.one_of(st.none(), text)

cards = st.builds(
    RequestCard,
    id=ids,
    organization=text,
    catalogue=catalogues,
    change=st.sampled_from(get_args(CardChange)),
    state=st.sampled_from(["pending", "approved", "denied", "expired", "cancelled", "void"]),
    requester=people,
    target=st.one_of(st.none(), people),
    emails=st.lists(emails, max_size=200).map(tuple),
    old=roles,
    new=roles,
    space=spaces,
    lasts=st.one_of(st.none(), st.just(timedelta(hours=8))),
    until=st.one_of(st.none(), moments),
    reason=text,
    approvals=st.integers(1, 2),
    votes=st.lists(people, max_size=2).map(tuple),
    code=st.booleans(),
    lone=st.booleans(),
    created=moments,
    expires=moments,
    decided_by=st.one_of(st.none(), people),
    decided_at=st.one_of(st.none(), moments),
    why=st.one_of(text, st.just("may-not"), st.just("same-role")),
    asked=st.sampled_from(get_args(Asked)),
    extends=st.booleans(),
    thing=text,
    sort=text,
    people=st.lists(people, max_size=30).map(tuple),
    others=st.lists(text, max_size=3).map(tuple),
    becomes=st.lists(st.tuples(st.sampled_from(get_args(Becoming)), text), max_size=4).map(tuple),
    joined=st.lists(text, max_size=30).map(tuple),
    left=st.lists(text, max_size=30).map(tuple),
    counts=st.lists(st.tuples(text, st.integers(1, 10_000)), max_size=6).map(tuple),
    more=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
)


@st.composite
def rows(draw: st.DrawFn, most: int = 30, prefix: str = "r") -> tuple[RequestCard, ...]:
    """Copies of one, each with an id of its own: a list as long as it gets, without a long time to draw it."""
    one, many = draw(cards), draw(st.sampled_from([0, 1, most]))
    return tuple(dataclasses.replace(one, id=f"{prefix}{at}") for at in range(many))


invitation = st.builds(
    InvitationRow,
    id=ids,
    member=people,
    role=text,
    space=spaces,
    state=st.sampled_from(["pending", "accepted", "revoked", "expired"]),
    invited_by=st.one_of(st.none(), people),
    created=moments,
    expires=moments,
    age=st.timedeltas(),
    over=st.one_of(st.none(), st.timedeltas()),
)


@st.composite
def several_invitations(draw: st.DrawFn) -> tuple[InvitationRow, ...]:
    row, many = draw(invitation), draw(st.integers(0, 10))
    return tuple(dataclasses.replace(row, id=f"i{at}") for at in range(many))


held = st.builds(
    Access,
    role=roles.filter(bool).map(str),
    space=spaces,
    ends=st.one_of(st.none(), moments),
    source=st.just("person"),
    returns_to=roles,
    id=ids,
    asked=st.sampled_from(get_args(Asked)),
    thing=text,
    place=ids,
    rests=st.booleans(),
    extendable=st.booleans(),
    returnable=st.booleans(),
)


@st.composite
def holdings(draw: st.DrawFn, most: int = 10) -> tuple[Access, ...]:
    """Each with a grant of its own."""
    found = draw(st.lists(held, max_size=most))
    return tuple(dataclasses.replace(one, id=f"g{at}") for at, one in enumerate(found))


@st.composite
def endings(draw: st.DrawFn, most: int = 9) -> tuple[Ending, ...]:
    found = draw(holdings(most))
    return tuple(Ending(draw(people), dataclasses.replace(one, id=f"e{one.id}"), draw(st.booleans())) for one in found)


tallies = st.builds(
    Tallies,
    statuses=st.tuples(*(st.tuples(st.just(one), st.integers(0, 10**7)) for one in get_args(Status))),
    roles=st.lists(st.tuples(text, st.integers(1, 10**6)), max_size=30).map(tuple),
)
choices = st.builds(Choice, value=ids, label=text)


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    catalogue = draw(catalogues)
    role = draw(st.sampled_from(sorted(catalogue.organization)))
    who = desk(catalogue.name, role)
    assert who.organization
    named = dataclasses.replace(who.organization, name=draw(text))
    return dataclasses.replace(who, organization=named, name=draw(text), email=draw(emails), timezone=draw(zones))


@st.composite
def homes(draw: st.DrawFn) -> Home:
    return Home(
        desk=draw(desks()),
        access=draw(holdings(10)),
        more_access=draw(st.booleans()),
        mine=draw(rows(prefix="m")),
        waiting=draw(rows()),
        tallies=draw(tallies),
        soon=draw(endings()),
        invitations=draw(several_invitations()),
    )


def a_card(**changes: Any) -> RequestCard:
    usual = RequestCard(
        id="r1",
        organization="Acme",
        catalogue=load("default"),
        change="change-role",
        state="pending",
        requester=ADA,
        target=Named("m2", "Grace Hopper", "grace@example.org", "U0GRACE"),
        emails=(),
        old="member",
        new="admin",
        space=None,
        lasts=None,
        until=None,
        reason="on call",
        approvals=1,
        votes=(),
        code=True,
        lone=False,
        created=datetime(2026, 11, 21, tzinfo=UTC),
        expires=datetime(2026, 11, 24, tzinfo=UTC),
        decided_by=None,
        decided_at=None,
        why="",
    )
    return dataclasses.replace(usual, **changes)


def walk(node: object) -> Iterator[dict[str, Any]]:
    """Every object in blocks or views."""
    if isinstance(node, dict):
        held_ = cast("dict[str, Any]", node)
        yield held_
        for child in held_.values():
            yield from walk(child)
    elif isinstance(node, list | tuple):
        for child in cast("list[object]", node):
            yield from walk(child)
