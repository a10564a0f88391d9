"""One's own organizations, and the forms that make, hand over and close one."""

from bot.slack import ids
from bot.slack.views import parts, set_up
from bot.slack.views.blocks import (
    Block,
    Element,
    Message,
    actions,
    asked,
    button,
    clean_lines,
    divider,
    line,
    modal,
    rich,
    select,
)
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording import organizations as words
from bot.wording.phrase import Phrase, say, together
from handlers.commands import CloseOrganization, CreateOrganization, TransferOrganization
from handlers.models import Choice, Desk
from handlers.organization_models import OrganizationPage, OrganizationRow

CREATE_CALLBACK = "org-create"
CLOSE_CALLBACK = "org-close"
TRANSFER_CALLBACK = "org-transfer"
LONGEST_NAME = 100

# One's own ------------------------------------------------------------------------------------------------------------

HEAD = say("Your organizations in this workspace. Commands, Home and `/access` are about the one you act in.")
NONE = say("You are in no organization yet: accept an invitation, or type `/access connect`.")
MORE = say("In another one as well? `/access connect EMAIL` ties this Slack account to it.")


def page(found: OrganizationPage) -> Message:
    lines = [HEAD, *(words.row(one) for one in found.rows), MORE] if found.rows else [NONE]
    blocks = [rich(HEAD), *(block for one in found.rows for block in _row(one)), rich(MORE)] if found.rows else []
    text = clean_lines(together(lines, between="\n").text())
    return Message(text, (*(blocks or [rich(NONE)]), *_turn(found)))


def _row(one: OrganizationRow) -> list[Block]:
    if one.current:
        return [rich(words.row(one))]
    use = button("Use", ids.ORG_USE, one.id, about=f"Use {one.name}")
    return [rich(words.row(one)), actions(f"org:{one.id}", use)]


def _turn(found: OrganizationPage) -> list[Block]:
    buttons: list[Element] = []
    if found.turns.previous is not None:
        buttons.append(button("Previous", ids.ORGS_BACK, found.turns.previous))
    if found.turns.next is not None:
        buttons.append(button("Next", ids.ORGS_PAGE, found.turns.next))
    return [divider(), actions("orgs-page", *buttons)] if buttons else []


# One more -------------------------------------------------------------------------------------------------------------


def build_create(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [
        rich(say("You become its first member, with its highest role, and act in it from then on.")),
        asked("name", "Name", line(typed.name, longest=LONGEST_NAME, placeholder="Example Ltd")),
        asked(
            "catalogue",
            "Catalogue",
            select(catalogues(desk), desk.catalogue.name),
            hint="Which roles there are, and what each of them may do.",
        ),
        asked(
            "plan",
            "Plan",
            select([Choice(plan, plan.capitalize()) for plan in set_up.plans()]),
            optional=True,
            hint="Leave it empty for the one that the catalogue begins with.",
        ),
    ]
    return modal("New organization", CREATE_CALLBACK, blocks, submit="Create")


def catalogues(desk: Desk) -> list[Choice]:
    """The shipped ones, and the one in use where it is none of them."""
    found = [Choice(name, title) for name, title in set_up.titles()]
    own = Choice(desk.catalogue.name, desk.catalogue.title)
    return found if any(one.value == own.value for one in found) else [*found, own]


def read_create(form: Filled) -> CreateOrganization:
    return CreateOrganization(form.text("name"), form.choice("catalogue"), form.choice("plan"))


# Handing over ---------------------------------------------------------------------------------------------------------


def build_transfer(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    top = desk.catalogue.top
    what = say(
        "In {name} the role {role} goes to the person you choose, and you take the next one below. Others approve it.",
        name=words.called(_name(desk)),
        role=top.title,
    )
    return modal(
        "Hand over",
        TRANSFER_CALLBACK,
        [*parts.note(typed), rich(what), parts.person(typed), parts.reason(typed)],
        submit="Hand over",
    )


def read_transfer(form: Filled) -> TransferOrganization:
    return TransferOrganization(parts.read_person(form), form.text("reason"))


def _name(desk: Desk) -> str:
    return desk.organization.name if desk.organization else ""


# Closing --------------------------------------------------------------------------------------------------------------


def build_close(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    """The name is typed anew, whatever was typed before: that is what keeps a slip from closing anything."""
    blocks = [
        rich(*_warning(desk)),
        asked("organization", "Name", line(longest=LONGEST_NAME), hint=f"To be sure, type {_name(desk)} once more."),
        parts.reason(typed),
    ]
    return modal("Close an organization", CLOSE_CALLBACK, blocks, submit="Close it")


def _warning(desk: Desk) -> list[Phrase]:
    name = words.called(_name(desk))
    return [
        say("This cannot be undone."),
        say("Once others have approved it, {name} closes at once: nobody reaches anything in it any more.", name=name),
        say("Sessions, links, invitations, requests, tokens and webhooks end, and its people are told."),
        say(
            "All its data is kept for 30 days and then erased for good: members, roles, what is registered, the audit."
        ),
    ]


def read_close(form: Filled) -> CloseOrganization:
    return CloseOrganization(form.text("organization"), form.text("reason"))
