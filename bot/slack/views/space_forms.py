"""Making, renaming and deleting a space, and taking somebody out of one."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, asked, line, modal, rich, searched
from bot.slack.views.fields import EMPTY, Filled, Prefilled, Unreadable
from bot.wording.phrase import say
from bot.wording.spaces import a_space
from handlers.commands import CreateSpace, DeleteSpace, RemoveFromSpace, RenameSpace
from handlers.models import Desk

CREATE_CALLBACK = "create-space"
RENAME_CALLBACK = "rename-space"
DELETE_CALLBACK = "delete-space"
REMOVE_CALLBACK = "remove-from-space"
CALLBACKS = frozenset({RENAME_CALLBACK, DELETE_CALLBACK, REMOVE_CALLBACK})

LONGEST_NAME = 100


def _space(desk: Desk, typed: Prefilled) -> Block:
    word = desk.catalogue.words.space
    search = searched(parts.SPACE, typed.space, placeholder=f"Type the name of {a_space(desk.catalogue)}")
    return asked(parts.SPACE, word.capitalize(), search)


def _read_space(form: Filled) -> str:
    chosen = form.choice(parts.SPACE)
    if not chosen:
        raise Unreadable(parts.SPACE, say("Choose one from the list: type the beginning of its name."))
    return chosen


def _name(typed: Prefilled, label: str) -> Block:
    return asked("name", label, line(typed.name, longest=LONGEST_NAME))


def build_create(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    known = desk.catalogue
    top = known.space_top.title if known.space_top else "highest role"
    what = say("You become its {role}. Nobody else sees it until you give them a role in it.", role=top)
    blocks = [*parts.note(typed), rich(what), _name(typed, "Name")]
    return modal(f"New {known.words.space}", CREATE_CALLBACK, blocks, submit="Create")


def read_create(form: Filled) -> CreateSpace:
    return CreateSpace(form.text("name"))


def build_rename(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [*parts.note(typed), _space(desk, typed), _name(typed, "New name")]
    return modal(f"Rename {a_space(desk.catalogue)}", RENAME_CALLBACK, blocks, submit="Rename")


def read_rename(form: Filled) -> RenameSpace:
    return RenameSpace(_read_space(form), form.text("name"))


def build_delete(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    warning = say(
        "This cannot be undone. Everybody loses the roles and additional permissions they hold in the {word} and is "
        "told, invitations to it end, and so does what was asked for in it. Its people stay members, and what products "
        "registered in it stays registered, outside any {word}.",
        word=desk.catalogue.words.space,
    )
    blocks = [rich(warning), *parts.note(typed), _space(desk, typed)]
    return modal(f"Delete {a_space(desk.catalogue)}", DELETE_CALLBACK, blocks, submit="Delete")


def read_delete(form: Filled) -> DeleteSpace:
    return DeleteSpace(_read_space(form))


def build_remove(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    what = say(
        "Ends the role and additional permissions that somebody holds in one {word}. They stay a member, and are told.",
        word=desk.catalogue.words.space,
    )
    blocks = [*parts.note(typed), rich(what), parts.person(typed), _space(desk, typed), parts.reason(typed)]
    return modal(f"Remove from {a_space(desk.catalogue)}", REMOVE_CALLBACK, blocks, submit="Remove")


def read_remove(form: Filled) -> RemoveFromSpace:
    return RemoveFromSpace(parts.read_person(form), _read_space(form), form.text("reason"))
