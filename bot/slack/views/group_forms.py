"""Making, renaming and deleting a group, and who is in it."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, asked, line, modal, rich, searched, searched_many
from bot.slack.views.fields import EMPTY, Filled, Prefilled, Unreadable
from bot.wording.phrase import say
from handlers.commands import CreateGroup, DeleteGroup, JoinGroup, LeaveGroup, Person, RenameGroup
from handlers.models import Desk

CREATE_CALLBACK = "create-group"
RENAME_CALLBACK = "rename-group"
DELETE_CALLBACK = "delete-group"
JOIN_CALLBACK = "join-group"
LEAVE_CALLBACK = "leave-group"

LONGEST_NAME = 100
GROUP, GROUPS, PEOPLE = "group", "groups", "people"


def _word(desk: Desk) -> str:
    return desk.catalogue.words.group


def group(desk: Desk, typed: Prefilled) -> Block:
    word = _word(desk)
    search = searched(GROUP, typed.first(GROUP), placeholder=f"Type the name of a {word}")
    return asked(GROUP, word.capitalize(), search)


def read_group(form: Filled) -> str:
    chosen = form.choice(GROUP)
    if not chosen:
        raise Unreadable(GROUP, say("Choose one from the list: type the beginning of its name."))
    return chosen


def people(typed: Prefilled, *, optional: bool = False, hint: str = "") -> Block:
    return asked(PEOPLE, "People", searched_many(PEOPLE, typed.chosen.get(PEOPLE, ())), optional=optional, hint=hint)


def read_people(form: Filled) -> tuple[Person, ...]:
    return tuple(Person(id=one.value) for one in form.many(PEOPLE))


def _name(typed: Prefilled, label: str = "Name") -> Block:
    return asked("name", label, line(typed.name, longest=LONGEST_NAME))


def build_create(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    return modal(f"New {_word(desk)}", CREATE_CALLBACK, [*parts.note(typed), _name(typed)], submit="Create")


def read_create(form: Filled) -> CreateGroup:
    return CreateGroup(form.text("name"))


def build_rename(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [*parts.note(typed), group(desk, typed), _name(typed, "New name")]
    return modal(f"Rename a {_word(desk)}", RENAME_CALLBACK, blocks, submit="Rename")


def read_rename(form: Filled) -> RenameGroup:
    return RenameGroup(read_group(form), form.text("name"))


def build_delete(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    warning = say(
        "This cannot be undone. Whoever is in the {word} loses what it gave them, and is told; it leaves every list.",
        word=_word(desk),
    )
    blocks = [*parts.note(typed), rich(warning), group(desk, typed)]
    return modal(f"Delete a {_word(desk)}", DELETE_CALLBACK, blocks, submit="Delete")


def read_delete(form: Filled) -> DeleteGroup:
    return DeleteGroup(read_group(form))


def build_join(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [*parts.note(typed), people(typed), group(desk, typed)]
    return modal(f"Add to a {_word(desk)}", JOIN_CALLBACK, blocks, submit="Add")


def read_join(form: Filled) -> JoinGroup:
    return JoinGroup(read_people(form), read_group(form))


def build_leave(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [*parts.note(typed), people(typed), group(desk, typed)]
    return modal("Take people out", LEAVE_CALLBACK, blocks, submit="Remove")


def read_leave(form: Filled) -> LeaveGroup:
    return LeaveGroup(read_people(form), read_group(form))
