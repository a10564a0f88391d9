"""Ending a membership, an account, or its data: what will be lost and what will not, and then a button."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.slack.views import parts
from bot.slack.views.blocks import Block, asked, modal, rich, searched
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled, Unreadable
from bot.wording import leaving as words
from bot.wording.phrase import Phrase, say
from handlers.commands import DeleteData, DeleteMember, Person, RemoveMember
from handlers.leaving_queries import Departure, Ending
from handlers.models import Desk

REMOVE_CALLBACK = "remove-member"
DELETE_CALLBACK = "delete-member"
DATA_CALLBACK = "delete-data"
PICK_CALLBACK = "leaving-of"
HEIR: Final = "heir"

_TITLE: Final[Mapping[Ending, str]] = {
    "remove": "Remove a member",
    "delete": "Delete a member",
    "delete-data": "Delete data",
}
_OWN_TITLE: Final[Mapping[Ending, str]] = {"delete": "Delete my account", "delete-data": "Delete my data"}
_CALLBACK: Final[Mapping[Ending, str]] = {
    "remove": REMOVE_CALLBACK,
    "delete": DELETE_CALLBACK,
    "delete-data": DATA_CALLBACK,
}
_ENDINGS: Final[Mapping[str, Ending]] = {"remove": "remove", "delete": "delete", "delete-data": "delete-data"}
_SEND: Final[Mapping[Ending, str]] = {"remove": "Remove", "delete": "Delete", "delete-data": "Delete data"}


# Whom ---------------------------------------------------------------------------------------------------------------


def build_pick(how: Ending, typed: Prefilled = EMPTY) -> Block:
    """The first page, where nobody was named yet: nothing is counted, and nothing can be sent. A reason that was typed
    stands there too, to go on to the next."""
    blocks = [*parts.note(typed), rich(words.WHAT[how]), parts.person(typed)]
    blocks += [parts.reason(typed)] if typed.reason else []
    return modal(_TITLE[how], PICK_CALLBACK, blocks, submit="Next", meta=Meta(mark=how).dump())


def read_pick(form: Filled) -> RemoveMember | DeleteMember | DeleteData:
    """Whom it is to be about; nothing has happened yet."""
    return _COMMAND[how_of(form)](parts.read_person(form))


def how_of(form: Filled) -> Ending:
    """What cannot be read takes least away."""
    return _ENDINGS.get(form.meta.mark, "remove")


_COMMAND: Final[Mapping[Ending, Callable[[Person], RemoveMember | DeleteMember | DeleteData]]] = {
    "remove": RemoveMember,
    "delete": DeleteMember,
    "delete-data": DeleteData,
}


# What it costs --------------------------------------------------------------------------------------------------------


def build(desk: Desk, one: Departure, typed: Prefilled = EMPTY) -> Block:
    meta = Meta(person=one.member.id, mark=one.how).dump()
    # A paragraph each: whoever destroys something reads what.
    blocks = [*parts.note(typed), *(rich(line) for line in words.lines(one, desk.catalogue))]
    if one.alone and one.how == "remove":
        return _page(one, words.who(one), words.first_another(one, desk.catalogue))
    if one.how == "delete-data" and not one.data:
        return _page(one, words.who(one), words.nothing(one))
    blocks += _heir(desk, one, typed) if one.alone and one.how == "delete" else []
    blocks.append(parts.reason(typed))
    send = "Ask" if one.asks and one.own else _SEND[one.how]
    return modal(_title(one), _CALLBACK[one.how], blocks, submit=send, meta=meta)


def _title(one: Departure) -> str:
    return _OWN_TITLE[one.how] if one.own and one.how in _OWN_TITLE else _TITLE[one.how]


def _page(one: Departure, *lines: Phrase) -> Block:
    """Where sending would only be refused."""
    return modal(_title(one), "answer", [rich(*lines)], submit="", close="Close")


def _heir(desk: Desk, one: Departure, typed: Prefilled) -> list[Block]:
    search = searched(HEIR, typed.first(HEIR), placeholder="Type a name or an e-mail")
    return [rich(words.heir_needed(one, desk.catalogue)), asked(HEIR, "New owner", search)]


def read_remove(form: Filled) -> RemoveMember:
    return RemoveMember(_person(form), form.text("reason"))


def read_delete(form: Filled) -> DeleteMember:
    heir = form.choice(HEIR)
    return DeleteMember(_person(form), Person(id=heir) if heir else None, form.text("reason"))


def read_data(form: Filled) -> DeleteData:
    return DeleteData(_person(form), form.text("reason"))


def _person(form: Filled) -> Person:
    if not form.meta.person:
        raise Unreadable("reason", say("Open this form anew: it no longer says whom it is about."))
    return Person(id=form.meta.person)
