"""Every outcome in words; the first one is Done, Waiting or Refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from bot.wording import directory, holding, organizations, permissions, software, spaces, things
from bot.wording.common import in_space, role_title
from bot.wording.left_out import left_out
from bot.wording.phrase import NOTHING, Link, Phrase, When, listed, say
from bot.wording.refusals import refused, why_void
from handlers.catalogue_types import Catalogue
from handlers.commands import (
    Accepted,
    Approved,
    AskedAgain,
    CodeSent,
    Connected,
    CredentialsReset,
    CredentialsSet,
    DataDeleted,
    Departed,
    Done,
    Exporting,
    GivenBack,
    GrantGiven,
    GroupChanged,
    Importing,
    ImportRead,
    InvitationChanged,
    InvitationsChanged,
    Invited,
    IsSetUp,
    LinkReady,
    MemberEdited,
    Minted,
    Noted,
    OrganizationChanged,
    Outcome,
    PasswordRevealed,
    PermissionsChanged,
    Refused,
    Removed,
    RequestEnded,
    ResourceChanged,
    Result,
    RoleChanged,
    SentAgain,
    SpaceChanged,
    StatusChanged,
    TokenMade,
    TokenRevoked,
    Voted,
    Waiting,
    WebhookDeleted,
    WebhookMade,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the answer: in which catalogue's titles and which timezone. `link` makes the whole address."""

    catalogue: Catalogue
    zone: str
    link: Callable[[Minted], str] = field(repr=False)


def said(outcome: Outcome, reader: Reader) -> Phrase:
    match outcome:
        case Done(result):
            return done(result, reader)
        case Waiting():
            return waiting(outcome)
        case Refused():
            return refused(outcome)
        case _:
            assert_never(outcome)


def done(result: Result, reader: Reader) -> Phrase:
    match result:
        case RequestEnded(how="void"):
            return _void(result)
        case _:
            return say("Done. ") + _happened(result, reader)


def _happened(result: Result, reader: Reader) -> Phrase:  # noqa: C901, PLR0911, PLR0912 - one line for each thing that can happen
    match result:
        case IsSetUp():
            return _is_set_up(result, reader)
        case CodeSent():
            return _code_sent(result)
        case Connected():
            return _connected(result)
        case LinkReady():
            return _link_ready(result, reader)
        case CredentialsSet():
            return _credentials_set(result)
        case Invited():
            return _invited(result, reader)
        case InvitationChanged():
            return _invitation_changed(result)
        case Accepted():
            return _accepted(result, reader)
        case AskedAgain():
            return say("Whoever invited you is told that you need a new link.")
        case RoleChanged():
            return _role_changed(result, reader) + _alone(alone=result.alone)
        case StatusChanged():
            return _status_changed(result) + _alone(alone=result.alone)
        case PermissionsChanged():
            return permissions.changed(result, reader.catalogue) + _alone(alone=result.alone)
        case SpaceChanged():
            return spaces.changed(result, reader.catalogue) + _alone(alone=result.alone)
        case OrganizationChanged():
            return _organization_changed(result, reader) + _alone(alone=result.alone)
        case Removed():
            return spaces.removed(result, reader.catalogue) + _alone(alone=result.alone)
        case GroupChanged():
            return things.group_changed(result, reader.catalogue)
        case ResourceChanged():
            return things.resource_changed(result, reader.catalogue)
        case GrantGiven():
            return holding.given(result, reader.catalogue, reader.zone)
        case GivenBack():
            return holding.given_back(result, reader.catalogue)
        case TokenMade() | TokenRevoked() | WebhookMade() | WebhookDeleted():
            return software.happened(result)
        case Voted():
            return _voted(result)
        case Approved():
            return say("Approved, and the change has run. ") + _happened(result.result, reader)
        case RequestEnded():
            return _ended(result)
        case MemberEdited() | Departed() | DataDeleted() | CredentialsReset() | Importing():
            return directory.happened(result) + _alone(alone=result.alone)
        case PasswordRevealed() | InvitationsChanged() | Exporting() | ImportRead() | SentAgain():
            return directory.happened(result)
        case Noted():
            return say("It is recorded.")
        case _:
            assert_never(result)


def _organization_changed(result: OrganizationChanged, reader: Reader) -> Phrase:
    link = reader.link(result.link) if result.link else None
    return organizations.changed(result, zone=reader.zone, link=link)


def _is_set_up(result: IsSetUp, reader: Reader) -> Phrase:
    return say(
        "{organization} is set up, and you hold its highest role. Next: {link} (it works once, and only you see it). "
        "Then type `/usher invite`.",
        organization=result.organization,
        link=Link(reader.link(result.link), "Set password and second factor"),
    )


def _code_sent(result: CodeSent) -> Phrase:
    if result.by == "mail":
        return say("A code is on its way to {email}. Type it to connect.", email=result.email)
    return say("Type the six digits that the authenticator of {email} shows now.", email=result.email)


def _connected(result: Connected) -> Phrase:
    connected = say(
        "Your Slack account is connected to {email} in {organization}.",
        email=result.member.email,
        organization=result.organization,
    )
    if result.elsewhere:
        return connected + organizations.elsewhere(result.organization)
    return connected + say(" `/access help` lists what you can do.")


def _link_ready(result: LinkReady, reader: Reader) -> Phrase:
    url, ends = reader.link(result.link), When(result.expires, reader.zone)
    if result.link.purpose == "setup":
        link = Link(url, "Set password and second factor")
        return say("{link}. It works once, until {ends}, and only you see it.", link=link, ends=ends)
    if result.link.purpose == "reset":
        link = Link(url, "Choose a new password")
        return say("{link}. It works once, until {ends}, and only you see it.", link=link, ends=ends)
    return say(
        "The invitation link of {member}: {link}. It works once, until {ends}; every earlier link is dead. "
        "Only you see it: hand it to nobody else.",
        member=result.member,
        link=Link(url, "Accept the invitation"),
        ends=ends,
    )


def _credentials_set(result: CredentialsSet) -> Phrase:
    what = "password and second factor are" if result.factor else "password is"
    return say("Your {what} set in {organization}.", what=what, organization=result.organization)


def _invited(result: Invited, reader: Reader) -> Phrase:
    role = role_title(reader.catalogue, result.role, result.space)
    where = in_space(reader.catalogue, result.space)
    people = listed([person.email for person in result.people])
    head = say("Invited {people} as {role}", people=people, role=role) + where
    they = "The invitation is" if len(result.people) == 1 else "The invitations are"
    ends = say(f". {they} open until {{ends}}.", ends=When(result.expires, reader.zone))
    return head + ends + (NOTHING if result.mailed else _NO_MAIL) + left_out(result.left_out)


_NO_MAIL = say(
    " No mail is set up here: press Copy invite link in `/usher invitations`, and hand the link over yourself."
)


def _invitation_changed(result: InvitationChanged) -> Phrase:
    match result.what:
        case "resent":
            sent = "is mailed" if result.mailed else "is made"
            new = say(
                "A new invitation for {member} {sent}; every earlier link is dead.", member=result.member, sent=sent
            )
            return new + (NOTHING if result.mailed else say(" Press Copy invite link to hand it over."))
        case "revoked":
            return say("The invitation of {member} is revoked, and its links are dead.", member=result.member)
        case "expired":
            return say("The invitation of {member} is over.", member=result.member)


def _accepted(result: Accepted, reader: Reader) -> Phrase:
    role = role_title(reader.catalogue, result.role)
    welcome = say("Welcome to {organization}: you are in as {role}.", organization=result.organization, role=role)
    if result.elsewhere:
        return welcome + organizations.elsewhere(result.organization)
    step = (
        " `/access help` lists what you can do."
        if result.factor
        else " Next: type `/access me` to set a password and a second factor."
    )
    return welcome + say(step)


def _role_changed(result: RoleChanged, reader: Reader) -> Phrase:
    old = role_title(reader.catalogue, result.old, result.space)
    where = in_space(reader.catalogue, result.space)
    if result.new is None:
        return say("{member} no longer holds the role {old}", member=result.member, old=old) + where + say(".")
    new = role_title(reader.catalogue, result.new, result.space)
    ends = say(" until {ends}", ends=When(result.ends, reader.zone)) if result.ends else NOTHING
    before = say(" (before: {old}).", old=old)
    return say("{member} now holds the role {new}", member=result.member, new=new) + where + ends + before


def _status_changed(result: StatusChanged) -> Phrase:
    if result.status == "active":
        return say("{member} is active again, with the role they had.", member=result.member)
    return say(
        "{member} is deactivated: their sessions, links and requests have ended. `/usher reactivate` undoes it.",
        member=result.member,
    )


def _alone(*, alone: bool) -> Phrase:
    if not alone:
        return NOTHING
    return say(" Nobody else could approve it, so your own code did; everybody who manages members is told.")


def _voted(result: Voted) -> Phrase:
    more = "one more approval is" if result.missing == 1 else f"{result.missing} more approvals are"
    return say("Your approval is counted; {more} needed by somebody else.", more=more)


def _ended(result: RequestEnded) -> Phrase:
    match result.how:
        case "denied":
            return say("The request is denied, and whoever asked is told why.")
        case "cancelled":
            return say("The request is cancelled, and its card says so.")
        case _:
            return say("The request is over, and whoever asked is told.")


def _void(result: RequestEnded) -> Phrase:
    because = say(" Reason: {why}", why=why_void(result.why)) if result.why else NOTHING
    return (
        say("Refused. Something changed since this was asked, so the request is void and nothing was done.")
        + because
        + say(" Whoever asked is told and can ask anew.")
    )


def waiting(outcome: Waiting) -> Phrase:
    if outcome.on == "code":
        return say(
            "Waiting for your one-time code: nobody else here could approve this, so your own code decides. "
            "Press Approve and type the six digits that your authenticator shows."
        )
    return say("Waiting ") + _for_whom(outcome) + _what_then(outcome)


def _for_whom(outcome: Waiting) -> Phrase:
    who = listed(outcome.approvers, last=" or ", most=5)
    if outcome.approvals > 1:
        return say("for {count} approvals", count=str(outcome.approvals)) + (
            say(", by {who}.", who=who) if who else say(".")
        )
    return say("for the approval of {who}.", who=who) if who else say("for approval.")


def _what_then(outcome: Waiting) -> Phrase:
    code = " It takes a one-time code of theirs." if outcome.code else ""
    apart = " You did or approved the other reset lately, and both together take two people." if outcome.apart else ""
    return say(apart + code + " You will be told how it ends; `/access requests` shows it and can cancel it.")
