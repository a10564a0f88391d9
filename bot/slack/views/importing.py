"""Importing people: the form that takes the file, the page while it is read, and what it comes to."""

from collections.abc import Sequence

from bot.importing import MOST_BYTES, MOST_LINES
from bot.slack import ids
from bot.slack.views import answer, parts, roles
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    asked,
    button,
    clean_lines,
    divider,
    file_input,
    modal,
    rich,
    select,
)
from bot.slack.views.fields import EMPTY, Filled, Meta, Prefilled
from bot.wording import importing as words
from bot.wording.phrase import Phrase, say, together
from handlers.commands import Import
from handlers.import_models import ImportPeople, ImportPreview
from handlers.models import Desk

CALLBACK = "import"
CONFIRM_CALLBACK = "confirm-import"
TITLE = "Import people"
FILE = "file"
KINDS = ("csv", "tsv", "txt")


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    choices = roles.in_organization(desk)
    blocks = [
        *parts.note(typed),
        rich(
            say(
                "One person on each line, and in the first line what the columns are: email, name, role, groups, "
                "timezone. Only email is needed. You see what the file comes to before anybody is invited."
            )
        ),
        asked(
            FILE,
            "CSV file",
            file_input(KINDS),
            hint=f"At most {MOST_LINES:,} lines and {MOST_BYTES // 1024**2} MB.",
        ),
    ]
    if choices:
        role = asked("role", "Role", select(choices), optional=True, hint="For lines that name none.")
        blocks.append(role)
    return modal(TITLE, CALLBACK, blocks, submit="Preview")


def read_role(form: Filled) -> str:
    return form.choice("role").partition(":")[2]


def waiting(file: str, external_id: str) -> Block:
    """Under an id of ours, for what comes in its place may be there before Slack has put it up."""
    return answer.page_of(words.reading(file)) | {"external_id": external_id}


# What it comes to -----------------------------------------------------------------------------------------------------


def page(desk: Desk, found: ImportPreview) -> Block:
    blocks = _blocks(desk, found)
    if not found.people:
        return modal(TITLE, "answer", blocks, submit="", close="Close")
    blocks.append(parts.reason(EMPTY, hint="For whoever has to approve it, if somebody has."))
    meta = Meta(mark=found.id).dump()
    return modal(TITLE, CONFIRM_CALLBACK, blocks, submit=invite_label(found), meta=meta, close="Close")


def message(desk: Desk, found: ImportPreview) -> Message:
    """Where the form was closed meanwhile."""
    run = button(invite_label(found), ids.IMPORT_RUN, found.id, style="primary")
    aside = button("Put aside", ids.IMPORT_DROP, found.id)
    buttons = [run, aside] if found.people else [aside]
    text = together([*words.preview(found), *_troubles(desk, found)], between="\n").text()
    return Message(clean_lines(text), (*_blocks(desk, found), actions(f"import:{found.id}", *buttons)))


def invite_label(found: ImportPreview) -> str:
    return f"Invite {words.people(found.people)}"


def _blocks(desk: Desk, found: ImportPreview) -> list[Block]:
    blocks = [rich(*words.preview(found))]
    if found.troubles:
        blocks += [divider(), rich(*_troubles(desk, found))]
    turned = (ids.IMPORT_BACK, found.previous), (ids.IMPORT_PAGE, found.next)
    return [*blocks, *_turns(found.id, *turned)]


def _turns(of: str, back: tuple[str, str | None], on: tuple[str, str | None]) -> list[Block]:
    """Each with its action and the key of its page, where there is one."""
    turns = [
        button(label, action, f"{of}~{page}") for label, (action, page) in (("Previous", back), ("Next", on)) if page
    ]
    return [actions("turn", *turns)] if turns else []


def _troubles(desk: Desk, found: ImportPreview) -> Sequence[Phrase]:
    return [words.trouble(one, desk.catalogue) for one in found.troubles]


def people(desk: Desk, found: ImportPeople) -> Block:
    """Nothing can be sent from here: it is decided on the card."""
    lines = rich(*(words.guest(one, desk.catalogue) for one in found.guests))
    turned = (ids.IMPORT_PEOPLE_BACK, found.previous), (ids.IMPORT_PEOPLE_PAGE, found.next)
    blocks = [rich(words.guests(found)), divider(), lines, *_turns(found.request, *turned)]
    return modal(TITLE, "answer", blocks, submit="", close="Close")


def turned_to(value: str) -> tuple[str, str]:
    """Which import, and which page of it."""
    prepared, _, page = value.partition("~")
    return prepared, page


def read(form: Filled) -> Import:
    return Import(form.meta.mark, form.text("reason"))
