"""Whom somebody may list, and what of them: the same for the list, the export and the counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers import policy
from handlers.catalogue import Catalogue, Role
from handlers.commands import Filters, Refusal
from handlers.facts import Facts
from handlers.reach import spaces_of
from storage import called
from storage.called import Called
from storage.listed import Narrow
from storage.members import folded
from storage.records import MemberRecord, SpaceRecord
from storage.store import Connection

COLUMNS = ("email", "name", "role", "status", "groups", "2fa", "last_active", "timezone")
IN_SPACES = ("email", "name", "role", "status")
MOST_WORDS, LONGEST_WORD = 8, 100
_NAME_WORDS = 12


@dataclass(frozen=True, slots=True)
class Viewer:
    """``lists``: the spaces whose people somebody may list; None: everybody. ``reaches``: the spaces that they know
    of; None: all."""

    organization: str
    catalogue: Catalogue
    lists: tuple[str, ...] | None
    reaches: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Sought:
    """The filters as they were understood: what storage narrows by, and, by the names that things really have, what it
    means. ``role`` is the title."""

    narrow: Narrow
    filters: Filters
    role: str = ""


async def narrowed(connection: Connection, facts: Facts, filters: Filters) -> Narrow:
    """The filters as storage takes them. Raises Refusal: what was typed is not known, or nobody may be listed.

    Whoever may list only those of certain spaces sees nobody else, whatever the filters say.
    """
    return (await sought(connection, viewer(facts), filters)).narrow


def columns(facts: Facts) -> tuple[str, ...]:
    """Of the columns of ``users.csv``, those that ``facts.me`` may see, in order."""
    return shown_to(viewer(facts))


def shown_to(asking: Viewer) -> tuple[str, ...]:
    return COLUMNS if asking.lists is None else IN_SPACES


def viewer(facts: Facts) -> Viewer:
    """Raises Refusal for who may not act at all."""
    me = policy.acts(facts)
    return Viewer(facts.organization.id, facts.catalogue, lists_in(facts, me), spaces_of(facts, me))


def lists_in(facts: Facts, me: MemberRecord | None) -> tuple[str, ...] | None:
    """The spaces whose people a member may list; None: everybody."""
    if me is None or policy.holds(replace(facts, space=None), me, "list"):
        return None
    places = sorted({grant.space for grant in me.roles if grant.space})
    return tuple(one for one in places if policy.holds(_inside(facts, one), me, "list"))


def _inside(facts: Facts, space: str) -> Facts:
    return replace(facts, space=SpaceRecord(space, facts.organization.id, "", "", None))


# From what was typed to what there is ---------------------------------------------------------------------------------


async def sought(connection: Connection, asking: Viewer, filters: Filters) -> Sought:
    """One statement at most. Raises Refusal."""
    if asking.lists == ():
        raise Refusal("may-not", change="list")
    if asking.lists is not None and filters.factor:
        raise Refusal("factor-not-shown", "factor")
    named = {"space": _beginnings(filters.space), "group": _beginnings(filters.group)}
    found = await called.find(connection, asking.organization, **named, among=_among(asking))
    space = _space(asking, filters, found.space)
    group = _group(asking, filters, found.group)
    words = " ".join([filters.words, *_behind(filters.space, space), *_behind(filters.group, group)]).strip()
    narrow = Narrow(
        words=_words(words),
        status=filters.status,
        factor={"on": True, "off": False}.get(filters.factor),
        spaces=(space.id,) if space else asking.lists,
        group=group.id if group else "",
    )
    role, in_space = _role(asking, filters.role, narrow)
    return Sought(
        replace(narrow, role=role.id if role else "", in_space=in_space),
        replace(
            filters,
            words=words,
            role=role.id if role else "",
            space=space.name if space else "",
            group=group.name if group else "",
        ),
        role=role.title if role else "",
    )


def _beginnings(typed: str) -> list[str]:
    """The longest name that there is wins, for what stands behind it may be a word to search for."""
    words = typed.split()
    return [" ".join(words[:count]) for count in range(min(len(words), _NAME_WORDS), 0, -1)]


def _behind(typed: str, found: Called | None) -> list[str]:
    return typed.split()[len(found.typed.split()) :] if found else []


def _words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(folded(text).split()))
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise Refusal("text-wrong", "words", most=str(LONGEST_WORD))
    return words


def _among(asking: Viewer) -> frozenset[str] | None:
    """The spaces that can be named: reached, and their people theirs to list."""
    if asking.lists is None or asking.reaches is None:
        known = asking.reaches if asking.lists is None else asking.lists
        return None if known is None else frozenset(known)
    return frozenset(asking.lists) & frozenset(asking.reaches)


def _space(asking: Viewer, filters: Filters, found: Called | None) -> Called | None:
    """One whose people are not theirs to list is no other than one that there is not (invariant 27)."""
    if not filters.space:
        return None
    if not asking.catalogue.space:
        raise Refusal("no-spaces", "space", kind=asking.catalogue.words.spaces)
    if found is None:
        raise Refusal("unknown-space", "space", space=filters.space, place=asking.catalogue.words.space)
    return found


def _group(asking: Viewer, filters: Filters, found: Called | None) -> Called | None:
    """Groups are shown only to who may list everybody."""
    if filters.group and (found is None or asking.lists is not None):
        raise Refusal("unknown-group", "group", group=filters.group, word=asking.catalogue.words.group)
    return found


def _role(asking: Viewer, typed: str, narrow: Narrow) -> tuple[Role | None, bool]:
    """In a space the role held there is meant, where there is one of that name; else the one in the organization, for
    who may see those: whom a filter leaves over says as much as a column would."""
    if not typed:
        return None, False
    catalogue = asking.catalogue
    inside = catalogue.role(typed, scope="space") if narrow.spaces is not None else None
    whole = asking.lists is None
    role = inside or (catalogue.role(typed) if whole else None)
    if role is None:
        in_space = catalogue.space.values() if narrow.spaces is not None else ()
        known = [*in_space, *(catalogue.organization.values() if whole else ())]
        titles = dict.fromkeys(one.title for one in known)
        raise Refusal("unknown-role", "role", role=typed, known=", ".join(titles))
    return role, inside is not None
