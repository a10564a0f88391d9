"""The members as a file: that it is on its way, what stands above it, and why it was not sent."""

from bot.wording.members import narrowed
from bot.wording.phrase import Phrase, Typed, say
from handlers.commands import Exporting
from handlers.member_models import MembersSheet, SheetKept

FILE = "users.csv"


def exporting(result: Exporting) -> Phrase:
    some = "" if result.exact else "at least "
    many = f" with {some}{members(result.members)}" if result.exact or result.members else ""
    return say(f"{FILE}{many} is on its way to your direct messages.")


def members(count: int) -> str:
    return {0: "no member", 1: "1 member"}.get(count, f"{count:,} members")


def above(sheet: MembersSheet, count: int) -> Phrase:
    """`users.csv: 1,234 members with role Admin, of Acme.`"""
    by = narrowed(sheet.catalogue, sheet.sought.filters, sheet.sought.role)
    return say(f"{FILE}: {members(count)}") + by + say(", of {it}.", it=Typed(sheet.organization, 80))


def kept(sheet: SheetKept) -> Phrase:
    it = Typed(sheet.organization, 80)
    if sheet.gone:
        why = say("Refused. What you narrowed the list of {it} to is no longer there, so ", it=it)
        return why + say(f"{FILE} was not made. Ask for it again with `/usher export`.")
    why = say("Refused. By now you may no longer export the members of {it}, so ", it=it)
    return why + say(f"{FILE} was not made. Ask whoever manages the members.")


def not_taken(file: str, reason: str, then: str) -> Phrase:
    """``then`` is the step after an admin has allowed it."""
    why = say(f"{file} was made, but Slack did not take it: {{why}}. ", why=reason)
    return why + say(f"Ask an admin of this Slack workspace to allow it{then}")


AGAIN = ", then type `/usher export` again."
