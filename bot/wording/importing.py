"""Imports in words: why a file or a line cannot be read, what would become of it, and how far it is."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.importing import MOST_BYTES, MOST_LINES, NotRead, Why
from bot.wording.common import people
from bot.wording.directory import VERDICT
from bot.wording.phrase import NOTHING, Phrase, Typed, listed, say
from handlers.catalogue import Catalogue
from handlers.import_models import ImportGuest, ImportLetter, ImportPeople, ImportPreview, ImportResult, ImportTrouble

RESULTS: Final = "results.csv"
WITHOUT_RESULTS: Final = " next time. Whoever was invited stays so: `/usher invitations` lists them."
RESULT_COLUMNS: Final = ("line", "email", "name", "role", "result", "reason")
_BOXES: Final = 10
_LONG: Final = 80

# Files that cannot be read -------------------------------------------------------------------------------------------

_NOT_READ: Final[Mapping[Why, tuple[str, str]]] = {
    "empty": ("there is nobody in it", "Put one person on each line, below a first line such as email,name,role."),
    "too-big": (
        f"it is larger than {MOST_BYTES // 1024**2} MB",
        "Split it, and import the parts one after another.",
    ),
    "too-many-lines": (
        f"it has more than {MOST_LINES:,} lines",
        "Split it, and import the parts one after another.",
    ),
    "spreadsheet": (
        "it is {what} and no CSV file",
        "Open it, choose Save as (or Export), and there CSV UTF-8; then choose that file.",
    ),
    "other-file": (
        "it is {what} and no CSV file",
        "Save the list from your spreadsheet as CSV UTF-8, and choose that file.",
    ),
    "no-header": (
        "its first line does not say what the columns are",
        "Write the names of the columns into the first line, such as email,name,role.",
    ),
    "no-email-column": (
        "it has no column of e-mail addresses; its columns are: {what}",
        "Call that column email, and choose the file again.",
    ),
    "open-quote": (
        "a quotation mark is opened near line {what} and never closed",
        "Close it, or save the list from your spreadsheet anew.",
    ),
    "long-cell": (
        "line {what} holds a cell that is far too long",
        "Look for a quotation mark too many in that line.",
    ),
}


def not_read(file: str, why: NotRead) -> Phrase:
    reason, step = _NOT_READ[why.why]
    told = say(reason, what=Typed(why.what, 200)) if "{what}" in reason else say(reason)
    read = say("Refused. {file} was not read, for ", file=Typed(file, _LONG))
    return read + told + say(f". Nobody was invited. {step}")


def not_fetched(file: str) -> Phrase:
    return say(
        "Refused. {file} could not be had from Slack, so nobody was invited. Type `/usher import` and choose it again; "
        "if it goes on, tell whoever runs Usher: `usher check` says what is missing.",
        file=Typed(file, _LONG),
    )


def reading(file: str) -> Phrase:
    return say(
        "Waiting for {file} to be read. Nobody is invited until you have seen what it comes to; close this, and you "
        "are told by direct message.",
        file=Typed(file, _LONG),
    )


# Lines ---------------------------------------------------------------------------------------------------------------

_WHY: Final[Mapping[str, str]] = {
    "not-an-address": "not an e-mail address",
    "no-address": "no e-mail address",
    "more-cells": "more cells than columns: put quotation marks around what holds a comma",
    "unreadable": "characters that cannot be read: save the file as CSV UTF-8",
    "twice": "the same address stands in line {what} already",
    "no-role": "no role, and none was chosen for lines without one",
    "unknown-role": "no role is called “{what}”",
    "may-not-give": "you may not give the role {what}",
    "unknown-group": "no {group} is called “{what}”",
    "too-many-groups": "more than 20 {groups}",
    "may-not-groups": "you may not put people into {groups}",
    "unknown-timezone": "“{what}” is no timezone; write Europe/Berlin, for example",
    "name-too-long": "the name is longer than 100 characters",
}


_VERDICT: Final[Mapping[str, str]] = {**VERDICT}


def why_line(verdict: str, why: str, catalogue: Catalogue) -> Phrase:
    code, _, what = why.partition(":")
    words = _WHY.get(code) if verdict == "wrong" else None
    if words is None:
        return say(_VERDICT[verdict])
    return say(words, what=Typed(what, _LONG), group=catalogue.words.group, groups=catalogue.words.groups)


def trouble(one: ImportTrouble, catalogue: Catalogue) -> Phrase:
    address = say("{email}: ", email=Typed(one.email, _LONG)) if one.email else NOTHING
    return say("Line {line}: ", line=f"{one.line:,}") + address + why_line(one.verdict, one.why, catalogue)


def guest(one: ImportGuest, catalogue: Catalogue) -> Phrase:
    """Somebody who would be invited, as whoever decides reads it."""
    role = catalogue.organization.get(one.role)
    name = say(", {name}", name=Typed(one.name, _LONG)) if one.name else NOTHING
    into = (
        say(", into {groups}", groups=listed([Typed(it, _LONG) for it in one.groups], most=5))
        if one.groups
        else NOTHING
    )
    who = say("Line {line}: {email}", line=f"{one.line:,}", email=Typed(one.email, _LONG))
    return who + name + say(" as {role}", role=role.title if role else one.role) + into


NOT_SHOWN: Final = say("Unclear. Slack did not show the people. Press See the people again.")


def guests(found: ImportPeople) -> Phrase:
    return say("{file} would invite {people}.", file=Typed(found.file, _LONG), people=people(found.people))


# The preview ---------------------------------------------------------------------------------------------------------


def preview(found: ImportPreview) -> Sequence[Phrase]:
    lines = "1 line" if found.lines == 1 else f"{found.lines:,} lines"
    counted = [say(f"{count:,} {VERDICT[verdict]}") for verdict, count in found.counts if count]
    said = [say("{file} has {lines}: ", file=Typed(found.file, _LONG), lines=lines) + listed(counted) + say(".")]
    said.append(say("Nobody is invited yet.") if found.people else say("There is nobody in it to invite."))
    if found.ignored:
        columns = listed([say("{it}", it=Typed(one, 40)) for one in found.ignored[:10]])
        said.append(say("Not used, for Usher knows no such column: ") + columns + say("."))
    if found.guessed:
        said.append(
            say(
                "The file does not say how its letters are written. Is this name right: {name}? If it is not, save the "
                "file as CSV UTF-8 and choose it again.",
                name=Typed(found.guessed, _LONG),
            )
        )
    return said


# How far it is -------------------------------------------------------------------------------------------------------


def news(letter: ImportLetter) -> Sequence[Phrase]:
    """The first line says it all, for those who hear it read out; the second is the bar."""
    file = Typed(letter.file, _LONG)
    if letter.state == "running":
        words = say(
            "Inviting {people} from {file}: {dealt} done.",
            people=people(letter.people),
            file=file,
            dealt=f"{letter.dealt:,}",
        )
        return [words, bar(letter)]
    left = letter.lines - letter.invited
    nobody = "nobody" if letter.state == "stopped" else "Nobody"
    many = people(letter.invited) if letter.invited else nobody
    are = "had been" if letter.state == "stopped" else "is" if letter.invited <= 1 else "are"
    invited = say("{many} from {file} {are} invited.", many=many, file=file, are=are)
    rest = (
        say(" {left} of its lines came to nothing; {results} says which and why.", left=f"{left:,}", results=RESULTS)
        if left
        else NOTHING
    )
    if letter.state == "stopped":
        why = say("Refused. The import was stopped, for whoever confirmed or approved it may no longer do so. By then ")
        return [why + invited + rest + say(" Ask somebody who may invite them to import the file again.")]
    mail = NOTHING if letter.mailed else say(" No mail is sent here: use Copy invite link in `/usher invitations`.")
    return [say("Done. ") + invited + rest + mail, bar(letter)]


def bar(letter: ImportLetter) -> Phrase:
    share = min(letter.dealt / letter.people, 1.0) if letter.people else 1.0
    full = int(share * _BOXES)
    return say(f"{'█' * full}{'░' * (_BOXES - full)} {int(share * 100)} %")


def result_row(one: ImportResult, catalogue: Catalogue) -> tuple[str, ...]:
    known = catalogue.organization.get(one.role)
    if one.result == "invited":
        became, why = "invited", ""
    elif one.verdict == "will-invite":
        became, why = "not done", "the import was stopped"
    else:
        became, why = "left out", why_line(one.verdict, one.why, catalogue).plain()
    return (str(one.line), one.email, one.name, known.title if known else one.role, became, why)
