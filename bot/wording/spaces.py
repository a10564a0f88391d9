"""Spaces in words: what became of one, who is told, and how lists and cards speak of them."""

from collections.abc import Sequence

from bot.wording.common import role_title
from bot.wording.phrase import NOTHING, Command, Phrase, Typed, When, listed, say
from bot.wording.telling import ASK, MINE, Said, Telling
from handlers.catalogue_types import Catalogue
from handlers.commands import Removed, SpaceChanged
from handlers.space_models import AccessRow, SpaceCard, SpaceRow, Standing

_NAME = 80


def a_space(catalogue: Catalogue) -> str:
    """`a space`, `an area`: with the catalogue's own word."""
    word = catalogue.words.space
    return f"{'an' if word[:1].casefold() in 'aeiou' else 'a'} {word}"


def called(catalogue: Catalogue, name: str) -> Phrase:
    """`the space Apollo`."""
    return say("the {kind} {name}", kind=catalogue.words.space, name=Typed(name, _NAME))


# What became of it ----------------------------------------------------------------------------------------------------


def changed(result: SpaceChanged, catalogue: Catalogue) -> Phrase:
    match result.what:
        case "created":
            return _created(result, catalogue)
        case "renamed":
            old = Typed(result.old or "", _NAME)
            return say(
                "The {kind} {old} is now called {name}; its slug stays {slug}, so that other software finds it.",
                kind=catalogue.words.space,
                old=old,
                name=Typed(result.space, _NAME),
                slug=result.slug,
            )
        case "deleted":
            return say(
                "Deleted {space}: nobody has access to it any more, and its invitations and requests have ended. "
                "What products registered in it stays registered, outside any {kind}.",
                space=called(catalogue, result.space),
                kind=catalogue.words.space,
            )


def _created(result: SpaceChanged, catalogue: Catalogue) -> Phrase:
    return say(
        "{space} is made, with its maker as {role}. Its slug is {slug}; {line} leads to Manage access.",
        space=say("The {kind} {name}", kind=catalogue.words.space, name=Typed(result.space, _NAME)),
        role=catalogue.space_top.title if catalogue.space_top else "its first member",
        slug=result.slug,
        line=Command(f"/usher {catalogue.words.space} {result.space}"),
    )


def removed(result: Removed, catalogue: Catalogue) -> Phrase:
    old = role_title(catalogue, result.old, result.space)
    return say("{member} no longer holds the role {old} in ", member=result.member, old=old) + (
        called(catalogue, result.space) + say(", and is told.")
    )


# Who is told ----------------------------------------------------------------------------------------------------------


def told_removed(told: Telling) -> Said:
    role = told.role(told.notice.old)
    happened = say("{by} ended your access to {space}: you were {role} there.", by=told.by, space=_its(told), role=role)
    return Said(happened, say("Do you still need it? Ask with {ask}; {mine} shows what you hold.", ask=ASK, mine=MINE))


def told_deleted(told: Telling) -> Said:
    happened = say("{by} deleted {space}, so your access to it has ended.", by=told.by, space=_its(told))
    return Said(happened, say("{mine} shows what you hold.", mine=MINE))


def _its(told: Telling) -> Phrase:
    """Its name, and that of its organization; whoever is in several knows which is meant."""
    catalogue, name = told.letter.catalogue, told.letter.space
    which = called(catalogue, name) if name else say("{one}", one=a_space(catalogue))
    return which + say(" in {organization}", organization=told.organization)


# Lists and cards ------------------------------------------------------------------------------------------------------


def standing(catalogue: Catalogue, one: Standing, zone: str) -> Phrase:
    """Who the reader is there: `Editor until 1 Dec`, `reached as Admin`."""
    if one.role is not None:
        lower = say(", counts as {role}", role=_space_role(catalogue, one.counts_as)) if one.counts_as else NOTHING
        return say("{role}", role=_space_role(catalogue, one.role)) + _until(one, zone) + lower
    if one.reached_as is not None:
        return say("reached as {role} of the organization", role=role_title(catalogue, one.reached_as))
    return say("no role")


def _space_role(catalogue: Catalogue, role: str | None) -> str:
    return role_title(catalogue, role, "space")


def _until(one: Standing, zone: str) -> Phrase:
    return say(" until {ends}", ends=When(one.ends, zone)) if one.ends else NOTHING


def row(catalogue: Catalogue, one: SpaceRow, zone: str) -> Phrase:
    return say("{name} · ", name=Typed(one.name, _NAME)) + standing(catalogue, one.standing, zone)


def card(catalogue: Catalogue, one: SpaceCard, zone: str) -> list[Phrase]:
    words = catalogue.words
    lines = [
        say("{kind} {name}", kind=words.space.capitalize(), name=Typed(one.name, _NAME)),
        say("Slug: {slug}", slug=one.slug),
        say("You: ") + standing(catalogue, one.standing, zone),
        say("People with a role here: {count}", count=str(one.people)),
    ]
    if one.invitations is not None:
        lines.append(say("Open invitations: {count}", count=str(one.invitations)))
    return [*lines, say("Resources: ") + resources(catalogue, one.resources)]


def resources(catalogue: Catalogue, counted: Sequence[tuple[str, int]]) -> Phrase:
    if not counted:
        return say("none")
    return listed([say(f"{count} {{kind}}", kind=_kind(catalogue, kind)) for kind, count in counted])


def _kind(catalogue: Catalogue, kind: str) -> str:
    known = catalogue.kinds.get(kind)
    return known.title if known else kind


def losses(catalogue: Catalogue, one: SpaceCard) -> Phrase:
    """How much goes with a space, and how much is left outside it."""
    people = "1 person loses" if one.people == 1 else f"{one.people} people lose"
    ends = [say(f"{people} their role in it")]
    if one.invitations:
        ends.append(
            say("1 open invitation ends" if one.invitations == 1 else f"{one.invitations} open invitations end")
        )
    kept = [resources(catalogue, one.resources) + say(" stay registered")] if one.resources else []
    return say("{name}: ", name=Typed(one.name, _NAME)) + listed([*ends, *kept]) + say(".")


def access_row(catalogue: Catalogue, one: AccessRow, zone: str) -> Phrase:
    """Who, by which address, and why they have access."""
    known = one.member.name and one.member.name != one.member.email
    who = say("{member}", member=one.member) + (say(" ({email})", email=one.member.email) if known else NOTHING)
    also = (
        say(" (reaches it anyway as {role} of the organization)", role=role_title(catalogue, one.standing.reached_as))
        if one.standing.role is not None and one.standing.reached_as is not None
        else NOTHING
    )
    return who + say(" · ") + standing(catalogue, one.standing, zone) + also
