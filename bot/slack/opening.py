"""Opening a form: with what was typed already, and with the command to type instead where Slack opens none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.slack import (
    asking,
    edit_form,
    explaining,
    leaving_forms,
    organization_forms,
    permission_forms,
    space_forms,
    thing_forms,
)
from bot.slack.door import Door, Visit
from bot.slack.grammar import Form, OpenForm, Prefill
from bot.slack.views import (
    change_role,
    checking,
    connect,
    deactivate,
    importing,
    invite,
    reactivate,
    request_access,
    resets,
    set_up,
)
from bot.slack.views.blocks import Block, Message, message
from bot.slack.views.fields import EMPTY, Prefilled
from bot.wording.common import not_opened, quoted_as_typed
from bot.wording.phrase import Command, Typed, say
from handlers.commands import Account
from handlers.models import Choice, Desk

_ID = re.compile(r"[0-9a-f]{32}")
_BUILD: Mapping[Form, Callable[[Desk, Prefilled], Block]] = {
    "set-up": set_up.build,
    "invite": invite.build,
    "change-role": change_role.build,
    "deactivate": deactivate.build,
    "reactivate": reactivate.build,
    "connect": connect.build,
    **space_forms.BUILD,
    **thing_forms.BUILD,
    **organization_forms.BUILD,
    "import": importing.build,
    "reset-password": resets.build_password,
    "reset-2fa": resets.build_factor,
    "check": checking.build,
}


async def form(door: Door, visit: Visit, asked: OpenForm) -> tuple[Block, Prefilled]:
    typed = await prefilled(door, visit, asked.prefill)
    if asked.form == "edit-member":
        return await edit_form.opened(door, visit, typed), typed
    if asked.form == "permissions":
        return await permission_forms.opened(door, visit, typed), typed
    if asked.form in ("why", "who-can"):
        return await explaining.opened(door, visit, asked, typed), typed
    if asked.form == "settings":
        return await organization_forms.opened(door, visit), typed
    if asked.form in leaving_forms.ENDINGS:
        return await leaving_forms.opened(door, visit, asked.form, asked.prefill, typed), typed
    if asked.form == "deactivate":
        typed = await leaving_forms.with_losses(door, visit, typed)
    if asked.form == "delete-space":
        typed = await space_forms.with_losses(door, visit, typed)
    if asked.form == "set-up":
        typed = replace(typed, name=typed.name or await _name_of_workspace(door))
    return build(visit, asked.form, typed), typed


async def blank(door: Door, visit: Visit, which: Form) -> Block:
    """The form as it opens where nothing was typed."""
    return (await form(door, visit, OpenForm(which)))[0]


async def _name_of_workspace(door: Door) -> str:
    installed = await door.identity.installed()
    return installed.name if installed else ""


def build(visit: Visit, which: Form, typed: Prefilled = EMPTY) -> Block:
    if which == "request-access":
        return request_access.build(visit.desk, typed, channel=visit.caller.channel or "")
    return _BUILD[which](visit.desk, typed)


async def open_or_tell(door: Door, visit: Visit, view: Block, instead: Message, *, push: bool = False) -> None:
    """After the ack: nobody is left waiting for a form that does not come."""
    caller = visit.caller
    if await door.calls.open(caller.trigger, view, push=push):
        return
    if not await door.calls.respond(caller.response_url, instead):
        await door.calls.tell(caller.account.user, instead)


# What was typed -------------------------------------------------------------------------------------------------------


async def prefilled(door: Door, visit: Visit, known: Prefill) -> Prefilled:
    person, space = _text(known, "person"), _text(known, "space")
    who = await find_person(door, visit, person) if person else None
    where = await _find_space(door, visit, space) if space else None
    typed = Prefilled(
        role=_text(known, "role"),
        person=who,
        space=where,
        lasts=_text(known, "lasts"),
        until=_moment(_text(known, "until"), visit.desk.timezone),
        reason=_text(known, "reason"),
        emails=_many(known, "emails") or _many(known, "email"),
        groups=_many(known, "groups"),
        name=_text(known, "name"),
    )
    typed = await thing_forms.prefilled(door, visit, known, typed, find_person)
    typed = await asking.prefilled(door, visit, known, typed)
    if person and who is None:
        return replace(
            typed,
            note=say(
                "There is no member {person} here, or more than one: choose somebody from the list.",
                person=quoted_as_typed(person, 80),
            ),
        )
    if space and where is None:
        word = visit.desk.catalogue.words.space
        return replace(
            typed, note=say("There is no {word} “{space}” here that you can reach.", word=word, space=Typed(space, 80))
        )
    return typed


async def find_person(door: Door, visit: Visit, typed: str) -> Choice | None:
    """The one member that the typed words name: a mention, an address or a name; or the value of a button, an id."""
    if typed.startswith("<@"):
        return await of_slack(door, visit, typed[2:-1].partition("|")[0])
    if _ID.fullmatch(typed):
        return await door.usher.queries.listed_member(visit.desk, typed)
    found = await door.usher.queries.people(visit.desk, typed)
    return found[0] if len(found) == 1 else None


async def of_slack(door: Door, visit: Visit, user: str) -> Choice | None:
    member = await door.usher.queries.tied(visit.desk, Account(visit.caller.account.team, user))
    return Choice(member.id, member.name or member.email, member.email) if member else None


async def _find_space(door: Door, visit: Visit, typed: str) -> Choice | None:
    """One that they reach, else one that they may ask for."""
    if own := await space_forms.reached(door, visit, typed):
        return own
    found = await door.usher.queries.spaces(visit.desk, typed)
    exact = [choice for choice in found if choice.label.casefold() == typed.casefold()]
    return next(iter(exact or (found if len(found) == 1 else ())), None)


def _text(known: Prefill, field: str) -> str:
    value = known.get(field, "")
    return value if isinstance(value, str) else " ".join(value)


def _many(known: Prefill, field: str) -> tuple[str, ...]:
    value = known.get(field, ())
    return (value,) if isinstance(value, str) else value


def _moment(text: str, timezone: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(timezone)) if text else None
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


# What to type instead -------------------------------------------------------------------------------------------------


def instead(which: Form, known: Prefill, typed: Prefilled = EMPTY) -> Message:
    """The whole command with all that was typed before; words in capitals are still to be filled in."""
    line = spelled(which, known, typed)
    capitals = ", with your own words for the capitals" if _CAPITALS.search(line) else ""
    helps = f"Type {{line}} again{capitals}." if which in ALWAYS_OPENS else f"Type it all instead{capitals}: {{line}}"
    return message(not_opened(say(helps, line=Command(line))))


ALWAYS_OPENS: frozenset[Form] = frozenset(
    {
        "set-up",
        "connect",
        "settings",
        "import",
        "permissions",
        "edit-member",
        "reset-password",
        "reset-2fa",
        "delete-space",
        "delete-group",
        "remove-resource",
        "org-close",
        *leaving_forms.ENDINGS,
    }
)
"""However much of it is typed; typing it anew asks Slack anew."""
_CAPITALS = re.compile(r"\b(?:EMAIL|PERSON|ROLE|NAME|NEW|GROUP|KIND|ID|ACTION|REASON)\b")
_PLAIN: Mapping[Form, str] = {"set-up": "/usher setup", "connect": "/access connect", "import": "/usher import"}


def spelled(  # noqa: PLR0911 - one line for each form
    which: Form, known: Prefill, typed: Prefilled
) -> str:
    if which in thing_forms.BUILD:
        return thing_forms.spelled(which, known, typed)
    if which in leaving_forms.ENDINGS:
        return leaving_forms.spelled(which, _quoted(_person(known, typed)), _text(known, "reason"))
    if which in space_forms.BUILD:
        return space_forms.spelled(which, known, typed, _person(known, typed))
    if line := _PLAIN.get(which) or organization_forms.spelled(which):
        return line
    words = {field: _text(known, field) for field in ("role", "space", "lasts", "until", "reason")}
    person = _person(known, typed)
    place = typed.space.label if typed.space else words["space"]
    who, role, space = _quoted(person) or "PERSON", words["role"] or "ROLE", _quoted(place)
    where = f" in {space}" if space else ""
    long = f" for {words['lasts']}" if words["lasts"] else f" until {words['until']}" if words["until"] else ""
    because = f" because {words['reason']}" if words["reason"] else ""
    match which:
        case "invite":
            return f"/usher invite {_invited(known)} as {role}{f' to {space}' if space else ''}{_named(known)}"
        case "change-role":
            return f"/usher role {who} {role}{where}{long}{because}"
        case "deactivate" | "reactivate" | "permissions" | "reset-password" | "reset-2fa" | "check" | "edit-member":
            return f"/usher {which.removesuffix('-member')} {who}{where}{because}"
        case "why":
            return f"/usher why {who} can ACTION KIND:NAME"
        case "who-can":
            return "/usher who can ACTION KIND:NAME"
        case _:
            for_ = f" for {_quoted(person)}" if person else ""
            what = asking.spelled(known) or role
            return f"/access request {what}{where}{long}{for_}{because or ' because REASON'}"


def _person(known: Prefill, typed: Prefilled) -> str:
    """As it was typed; a mention or an id can't be typed back, so who it is of is named."""
    words = _text(known, "person")
    if words and not words.startswith("<@") and not _ID.fullmatch(words):
        return words
    return (typed.person.typed or typed.person.label) if typed.person else ""


def _invited(known: Prefill) -> str:
    return ", ".join(_many(known, "emails")) or "EMAIL"


def _named(known: Prefill) -> str:
    groups = ", ".join(_many(known, "groups"))
    name = _text(known, "name")
    return (f" groups {groups}" if groups else "") + (f' named "{name}"' if name else "")


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
