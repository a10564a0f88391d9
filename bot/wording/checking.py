"""What was looked at when somebody cannot get in, each thing in one line, and what mends it."""

from collections.abc import Mapping
from typing import Final

from bot.wording.common import role_title
from bot.wording.phrase import Command, Fact, Phrase, Typed, When, say
from handlers.catalogue_types import Catalogue
from handlers.checking import Checked, Finding, Mark, Unknown
from handlers.codes import STEP_SECONDS

MARKS: Final[Mapping[Mark, str]] = {"good": "✓", "bad": "✗", "open": "–"}

# In braces: {email}, {name}, {at} a moment, {number}, {text}, and {me} what they type themselves.
SENTENCES: Final[Mapping[str, str]] = {
    "address": "The address is {email}: it has to be typed so, letter by letter.",
    "active": "The account is active.",
    "invited": "They were invited and have not accepted yet, so they cannot sign in.",
    "deactivated": "The account is deactivated, and no door opens to it.",
    "not-invited": "No invitation waits for them any more: invite them anew.",
    "pending": "Their invitation is open until {at}.",
    "expired": "Their invitation has expired: {at}.",
    "renewed": "It was sent anew {number}: only the newest link works.",
    "locked": "Locked out after ten wrong codes, until {at}. It ends by itself.",
    "not-locked": "Not locked out by wrong codes.",
    "password": "A password is set. If they forgot it, reset it.",
    "no-password": "No password is set: {me} leads them to one, or reset it.",
    "must-change": "A generated password is set, to be changed at the next sign-in.",
    "password-link": "A link to a new password is on its way to them, and works until {at}.",
    "factor": "The second factor is set up. If the phone is lost and no recovery code is left, reset it.",
    "no-factor": "No second factor is set up, and none is asked for; {me} leads them to one.",
    "factor-missing": "No second factor is set up, and here they need one: {me} leads them to it.",
    "clock": "The phone’s clock is right: its last code came in time.",
    "clock-unknown": "The phone’s clock is not known: no code was typed since the second factor was set up.",
    "clock-ahead": "The phone’s clock runs {text} ahead: switch on automatic time on it.",
    "clock-behind": "The phone’s clock runs {text} behind, or the last code was an old one: switch on automatic time.",
    "recovery-codes": "{text} left: each takes the place of one code from the phone.",
    "no-mail": "No mail is sent here, so nothing can arrive: use Copy invite link, or Slack.",
    "nothing-mailed": "No mail was sent to them yet.",
    "mail-sent": "The last mail, {text}, was handed over: {at}. If it is not there, look in the spam folder.",
    "mail-later": "The last mail, {text}, could not be handed over yet and is tried again.",
    "mail-dead": "The last mail, {text}, could not be delivered.",
    "tied": "Their Slack account is connected.",
    "not-tied": "No Slack account is connected: {connect} in Slack ties it.",
    "slack-gone": "Their Slack account is deactivated there, or a guest’s, so it does nothing here.",
    "slack-address": "Their Slack account has another address, {text}; what is mailed goes to {email}.",
    "role": "Their role is {text}.",
    "promised-role": "Their role is {text} once they accept.",
    "no-role": "They have no role in the organization.",
    "groups": "They are in {text}.",
    "no-groups": "They are in no {group}.",
}
_MAILS: Final[Mapping[str, str]] = {
    "invitation": "an invitation",
    "reset": "a link to a new password",
    "code": "a code to connect Slack",
    "told": "news of a change",
}
_LONGEST = 300


def head(checked: Checked) -> Phrase:
    bad = sum(1 for one in checked.findings if one.mark == "bad")
    found = "nothing is wrong that can be seen from here" if not bad else "1 thing is wrong" if bad == 1 else ""
    return say("Check of {who}: {found}.", who=checked.card.member, found=found or f"{bad} things are wrong")


def line(found: Finding, checked: Checked, catalogue: Catalogue, zone: str) -> Phrase:
    said = say(SENTENCES[found.code], **_facts(found, checked, catalogue, zone))
    return say("{mark} ", mark=MARKS[found.mark]) + said + _reason(found)


def _facts(found: Finding, checked: Checked, catalogue: Catalogue, zone: str) -> dict[str, Fact]:
    return {
        "email": Typed(checked.card.member.email, 254),
        "at": When(found.at, zone) if found.at else "",
        "number": _times(found.number),
        "text": _text(found, catalogue),
        "me": Command("/access me"),
        "connect": Command("/access connect"),
        "group": catalogue.words.group,
    }


def _text(found: Finding, catalogue: Catalogue) -> Fact:
    match found.code:
        case "clock-ahead" | "clock-behind":
            return _minutes(found.number)
        case "recovery-codes":
            return f"{found.number or 'No'} recovery code{'' if found.number == 1 else 's'}"
        case "mail-sent" | "mail-later" | "mail-dead":
            return _MAILS.get(found.text.partition("\n")[0], "a mail")
        case "role" | "promised-role":
            return role_title(catalogue, found.text)
        case "groups":
            return Typed(", ".join(found.text.split("\n")), _LONGEST)
        case _:
            return Typed(found.text, _LONGEST)


def _reason(found: Finding) -> Phrase:
    """What the mail server said; it may have been told anything by anybody."""
    error = found.text.partition("\n")[2] if found.code.startswith("mail-") else ""
    return say(" {error}", error=Typed(error, _LONGEST)) if error else say("")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _minutes(steps: int) -> str:
    minutes, seconds = divmod(steps * STEP_SECONDS, 60)
    said = [f"{minutes} minute{'' if minutes == 1 else 's'}"] if minutes else []
    return " ".join([*said, *([f"{seconds} seconds"] if seconds else [])])


def unknown(found: Unknown) -> list[Phrase]:
    if found.slack or found.typed.startswith("<@"):
        whose = say(" Slack knows it as {address}.", address=Typed(found.slack, 254)) if found.slack else say("")
        who = say("Refused. This Slack account is not tied to a member here.") + whose
        ties = say("{connect} in Slack ties it, if they are a member.", connect=Command("/access connect"))
        return [who, ties, *_invite(found, found.slack)]
    lines = [say("Refused. Nobody here is called “{typed}”.", typed=Typed(found.typed, 120))]
    if found.tied is not None:
        address = Typed(found.tied.email, 254)
        who = say("It is the address of {who} in Slack; here theirs is {address}.", who=found.tied, address=address)
        lines.append(who)
    lines += [say("Perhaps {who}, {address}?", who=one, address=Typed(one.email, 254)) for one in found.near]
    return [*lines, *_invite(found, found.typed)]


def _invite(found: Unknown, address: str) -> list[Phrase]:
    """A name is nothing to invite."""
    whom = address if "@" in address else "EMAIL"
    line = Command(f"/usher invite {whom} as ROLE")
    return [say("If they are to come in: {line}", line=line)] if found.invites else []


SEE: Final = say("If they cannot see something, choose it, and read which rule says so:")
