"""Edit one member: name, role, timezone and groups (004-20); and one's own name and timezone (004-114).

Only what was changed in the form is sent on: what stood there first is compared with what stands there at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.views import parts
from bot.slack.views.blocks import Block, asked, line, modal, rich, searched, searched_many, select
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled, Unreadable, mapping
from bot.slack.views.group_forms import GROUPS
from bot.wording.common import role_title
from bot.wording.phrase import say
from handlers.commands import ChangeProfile, ChangeRole, EditMember, Person
from handlers.member_card_models import Editable
from handlers.models import Choice, Desk

CALLBACK = "edit-member"
PICK_CALLBACK = "edit-member-of"
PROFILE_CALLBACK = "profile"
TITLE = "Edit a member"
TIMEZONE = "timezone"
NAME, ROLE = "name", "role"
LONGEST_NAME = 100


# Whose ----------------------------------------------------------------------------------------------------------------


def build_pick(typed: Prefilled = EMPTY) -> Block:
    """The first page, where nobody was named yet."""
    return modal(TITLE, PICK_CALLBACK, [*parts.note(typed), parts.person(typed)], submit="Next")


def read_pick(form: Filled) -> EditMember:
    """Whom; nothing is changed yet."""
    return EditMember(parts.read_person(form))


# What stands in it ----------------------------------------------------------------------------------------------------


def build(desk: Desk, shown: Editable) -> Block:
    address = say("E-mail: {email}. It cannot be changed: invite another address instead.", email=shown.member.email)
    blocks = [rich(address), _name(shown.name), *_role(desk, shown), _timezone(shown.timezone), *_groups(desk, shown)]
    return modal(TITLE, CALLBACK, blocks, submit="Save", meta=Meta(person=shown.member.id).dump())


def build_profile(name: str, timezone: str) -> Block:
    return modal("Edit your profile", PROFILE_CALLBACK, [_name(name), _timezone(timezone)], submit="Save")


def _name(name: str) -> Block:
    """Whoever has no name yet may be left without one."""
    return asked(NAME, "Name", line(name, longest=LONGEST_NAME), optional=not name)


def _role(desk: Desk, shown: Editable) -> list[Block]:
    """One that the editor may not give them stays as it is, and stands there to be read."""
    if not shown.gives:
        return [rich(say("Role: {role}, which is not yours to change.", role=role_title(desk.catalogue, shown.role)))]
    choices = [Choice(role, role_title(desk.catalogue, role)) for role in shown.gives]
    kept = shown.role is not None and shown.role not in shown.gives
    hint = f"Now {role_title(desk.catalogue, shown.role)}; leave it empty to keep that." if kept else ""
    optional = shown.role not in shown.gives
    return [asked(ROLE, "Role", select(choices, shown.role), optional=optional, hint=hint)]


def _timezone(zone: str) -> Block:
    search = searched(TIMEZONE, Choice(zone, zone), placeholder="Type a city, such as Berlin")
    return asked(TIMEZONE, "Timezone", search)


def _groups(desk: Desk, shown: Editable) -> list[Block]:
    if shown.groups is None:
        return []
    word = desk.catalogue.words.groups.capitalize()
    return [asked(GROUPS, word, searched_many(GROUPS, shown.groups), optional=True)]


# What was changed -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """None: left as it is. Groups that were put in, and those that were taken out."""

    person: str
    name: str | None
    timezone: str | None
    role: str | None
    joined: frozenset[str]
    left: frozenset[str]

    @property
    def details(self) -> bool:
        """Whether anything but the role is to be otherwise, or nothing at all: then the gate says so."""
        changed = self.name is not None or self.timezone is not None or bool(self.joined or self.left)
        return changed or self.role is None


def read(form: Filled) -> Changes:
    shown, now = _shown_groups(form), frozenset(choice.value for choice in form.many(GROUPS))
    return Changes(
        person=form.meta.person,
        name=_changed(_first(form, NAME).get("initial_value"), form.text(NAME)),
        timezone=_changed(_option(_first(form, TIMEZONE)), _timezone_of(form)),
        role=_changed(_option(_first(form, ROLE)), form.choice(ROLE)) or None,
        joined=now - shown,
        left=shown - now,
    )


def read_first(form: Filled) -> EditMember | ChangeRole:
    """The details come first, then the role: each is judged, and may wait, by itself."""
    changes = read(form)
    return role_of(changes) if changes.role and not changes.details else details_of(changes)


def details_of(changes: Changes) -> EditMember:
    """What the form did not show, or somebody else changed meanwhile, stays as it is."""
    joined, left = tuple(sorted(changes.joined)), tuple(sorted(changes.left))
    return EditMember(Person(id=changes.person), changes.name, changes.timezone, joined, left)


def role_of(changes: Changes) -> ChangeRole:
    return ChangeRole(Person(id=changes.person), changes.role or "")


def read_profile(form: Filled) -> ChangeProfile:
    return ChangeProfile(form.text(NAME) or None, _timezone_of(form))


def _timezone_of(form: Filled) -> str:
    zone = form.choice(TIMEZONE)
    if not zone:
        raise Unreadable(TIMEZONE, say("Choose a timezone from the list: type the beginning of a city."))
    return zone


def _changed(first: object, now: str) -> str | None:
    return now if now != str(first or "") else None


def _first(form: Filled, name: str) -> Mapping[str, Any]:
    """The element as the form showed it, with what it began with."""
    return mapping(next((block.get("element") for block in form.blocks if block.get("block_id") == name), None))


def _option(element: Mapping[str, Any]) -> object:
    return mapping(element.get("initial_option")).get("value")


def _shown_groups(form: Filled) -> frozenset[str]:
    options: Sequence[object] = _first(form, GROUPS).get("initial_options") or ()
    return frozenset(str(mapping(option).get("value")) for option in options)
