"""Organizations in words: what became of one, who is told, one's own ones, and what another catalogue would mean."""

from typing import assert_never

from bot.wording.common import STATUS, role_title
from bot.wording.phrase import NOTHING, Command, Link, Phrase, Typed, When, say, together
from bot.wording.telling import MINE, Said, Telling
from handlers.commands import OrganizationChanged
from handlers.organization_models import OrganizationRow, Settings
from handlers.recataloguing import Preview, Shift

_NAME = 80
MOST_PERMISSIONS = 12
"""Of what a role gains or loses, so many are named; the whole stands in `usher catalogue show`."""


def called(name: str) -> Typed:
    return Typed(name, _NAME)


# What became of it ----------------------------------------------------------------------------------------------------


def changed(result: OrganizationChanged, *, zone: str, link: str | None) -> Phrase:
    """``link``: the address of the one-time link, where there is one."""
    name = called(result.organization)
    match result.what:
        case "created":
            return _created(result, name, link)
        case "used":
            return say(
                "You act in {name} now: commands, Home and `/access` are about it. `/usher org` lists your others.",
                name=name,
            )
        case "closed":
            return _closed(result, name, zone)
        case "transferred":
            return say(
                "{who} now holds the highest role in {name}, and whoever had it holds the next one below.",
                who=say("{who}", who=result.member) if result.member else say("Somebody else"),
                name=name,
            )
        case "settings":
            return say("The settings of {name} are changed. `/usher settings` shows them.", name=name)
        case _:
            assert_never(result.what)


def _created(result: OrganizationChanged, name: Typed, link: str | None) -> Phrase:
    made = say("{name} is made; whoever asked holds its highest role and acts in it now.", name=name)
    if link is None:
        return made + say(" `/access me` gives them the link to set a password and a second factor in it.")
    return (
        say("{name} is made: you hold its highest role, and act in it now. ", name=name)
        + say("Next: {link} (it works once, and only you see it). ", link=Link(link, "Set password and second factor"))
        + say("{slug} leads back here at any time.", slug=Command(f"/usher org use {result.slug}"))
    )


def _closed(result: OrganizationChanged, name: Typed, zone: str) -> Phrase:
    gone = say(" Its data is erased on {gone}.", gone=When(result.gone, zone)) if result.gone else NOTHING
    ended = say(
        "{name} is closed: its sessions, links, invitations, requests, tokens and webhooks have ended, and its people "
        "are told.",
        name=name,
    )
    return ended + gone


def elsewhere(organization: str) -> Phrase:
    """For whoever joined one while they act in another."""
    line = Command(f"/usher org use {organization}")
    return say(" You still act in another organization: {line} changes that.", line=line)


# Who is told ----------------------------------------------------------------------------------------------------------


def told_closed(told: Telling) -> Said:
    happened = say("{by} closed {organization}.", by=told.by, organization=told.organization)
    ended = say(" Nothing in it works any more: sessions, links, requests and access have ended.")
    gone = (
        say(" Its data is erased on {gone}.", gone=When(told.notice.ends, told.zone)) if told.notice.ends else NOTHING
    )
    return Said(happened + ended + gone, say("If that surprises you, talk to them."))


def told_catalogue(told: Telling) -> Said:
    happened = say(
        "{by} changed the catalogue of {organization} from {old} to {new}, so roles may allow other things now.",
        by=told.by,
        organization=told.organization,
        old=told.notice.old or "–",
        new=told.notice.new or "–",
    )
    return Said(happened + say(" Your roles stayed the same."), say("{mine} shows what you hold.", mine=MINE))


# One's own ------------------------------------------------------------------------------------------------------------


def row(one: OrganizationRow) -> Phrase:
    role = role_title(one.catalogue, one.role)
    here = say(" · you act here") if one.current else NOTHING
    status = say(" · {status}", status=STATUS[one.status]) if one.status != "active" else NOTHING
    return say("{name} ({slug}), {role}", name=called(one.name), slug=one.slug, role=role) + status + here


# What another catalogue would mean ------------------------------------------------------------------------------------


def now(settings: Settings) -> Phrase:
    return say(
        "For {name}: catalogue {catalogue}, plan {plan}.",
        name=called(settings.organization),
        catalogue=settings.catalogue.title,
        plan=settings.plan.capitalize(),
    )


def preview(found: Preview) -> list[Phrase]:
    head = say(
        "What changes with the catalogue {new} in place of {old}. Nobody's role changes; what a role allows does:",
        new=found.new.title,
        old=found.old.title,
    )
    rests = say(
        "What {new} has no use for rests, and comes back with {old}: features set otherwise, dataset rules, {spaces}.",
        new=found.new.title,
        old=found.old.title,
        spaces=found.old.words.spaces,
    )
    approval = say("Somebody else who may change settings has to approve it, with a one-time code.")
    return [head, *(_shift(found, one) for one in found.shifts), rests, approval]


def _shift(found: Preview, one: Shift) -> Phrase:
    where = say(" in a {word}", word=found.old.words.space) if one.held.in_space else NOTHING
    holders = "1 person" if one.held.holders == 1 else f"{one.held.holders} people"
    title = say("• {old}", old=one.old) if one.old == one.new else say("• {old} → {new}", old=one.old, new=one.new)
    gained, lost = _some("gains", one.gained), _some("loses", one.lost)
    same = say("nothing changes") if not (one.gained or one.lost) else NOTHING
    parts = together([part for part in (same, gained, lost) if part], between="; ")
    return title + where + say(", {holders}: ", holders=holders) + parts + say(".")


def _some(verb: str, permissions: tuple[str, ...]) -> Phrase:
    if not permissions:
        return NOTHING
    more = len(permissions) - MOST_PERMISSIONS
    listed = ", ".join(permissions[:MOST_PERMISSIONS]) + (f" and {more} more" if more > 0 else "")
    return say("{verb} {listed}", verb=verb, listed=Typed(listed, 1500))
