"""The directory in words: what became of a member, their data, their credentials, and of many at once."""

from collections.abc import Mapping
from typing import Final, assert_never

from bot.wording.common import people
from bot.wording.exports import exporting
from bot.wording.left_out import STANDS
from bot.wording.phrase import NOTHING, Command, Phrase, Typed, listed, say
from bot.wording.telling import MINE, Said, Telling
from handlers.commands import (
    CredentialsReset,
    DataDeleted,
    Departed,
    Exporting,
    Importing,
    ImportRead,
    InvitationsChanged,
    MemberEdited,
    PasswordRevealed,
    SentAgain,
    Verdict,
)

Happened = (
    MemberEdited
    | Departed
    | DataDeleted
    | CredentialsReset
    | PasswordRevealed
    | InvitationsChanged
    | Exporting
    | ImportRead
    | Importing
    | SentAgain
)

VERDICT: Final[Mapping[Verdict, str]] = {
    "will-invite": "will be invited",
    **STANDS,
    "wrong": "wrong",
}


def resources(count: int) -> str:
    return "1 resource" if count == 1 else f"{count:,} resources"


# What became of it ----------------------------------------------------------------------------------------------------


def happened(result: Happened) -> Phrase:  # noqa: C901, PLR0911 - one line for each
    match result:
        case MemberEdited():
            return _edited(result)
        case Departed():
            return _departed(result)
        case DataDeleted():
            return _data_deleted(result)
        case CredentialsReset():
            return _reset(result)
        case PasswordRevealed():
            return say("The new password counts from now on.")
        case InvitationsChanged():
            return _invitations(result)
        case Exporting():
            return exporting(result)
        case ImportRead():
            return _read(result)
        case Importing():
            return _importing(result)
        case SentAgain():
            return _sent_again(result)
        case _:
            assert_never(result)


def _sent_again(result: SentAgain) -> Phrase:
    them = "It is" if result.letters == 1 else f"{result.letters:,} are"
    left = say(" {left} more are left: send them when these are through.", left=f"{result.left:,}")
    return say(f"{them} being sent again. What cannot be delivered comes back here.") + (
        left if result.left else NOTHING
    )


def _edited(result: MemberEdited) -> Phrase:
    what = listed(result.changed)
    if result.own:
        return say("Changed: your {what}.", what=what)
    return say("Changed for {member}: {what}.", member=result.member, what=what)


def _departed(result: Departed) -> Phrase:
    if result.how == "removed":
        return say(
            "{member} is removed from the organization: their roles, groups, sessions and links have ended. Their data "
            "is kept, and they come back by a new invitation.",
            member=result.member,
        )
    gone = (
        say(" {count} went with it.", count=resources(result.resources).capitalize()) if result.resources else NOTHING
    )
    return say("The account is deleted for good; the audit knows it as {member}.", member=result.member) + gone


def _data_deleted(result: DataDeleted) -> Phrase:
    whose = say("you") if result.own else say("{member}", member=result.member)
    stays = say(" Your account stays.") if result.own else say(" The account stays.")
    return say("Deleted {count} that {whose} owned.", count=resources(result.resources), whose=whose) + stays


def _reset(result: CredentialsReset) -> Phrase:
    way = _WAYS[result.way]
    match result.what:
        case "password-link":
            return say(
                "{member} gets a link to choose a new password, {way}. The old one works until then.",
                member=result.member,
                way=way,
            )
        case "password-generated":
            return say(
                "The old password of {member} no longer works. They get a link to their new one, {way}; it is shown "
                "once, to them alone.",
                member=result.member,
                way=way,
            )
        case "factor":
            told = say(" They are told {way}.", way=way) if way else NOTHING
            gone = say("The second factor of {member} and their recovery codes are gone.", member=result.member)
            return gone + told + say(" {me} leads them to set up a new one.", me=Command("/access me"))


_WAYS: Final[Mapping[str, str]] = {
    "mail": "by mail",
    "direct-message": "by direct message",
    "both": "by mail and by direct message",
    "none": "",
}


def _invitations(result: InvitationsChanged) -> Phrase:
    count = "1 invitation" if len(result.people) == 1 else f"{len(result.people):,} invitations"
    left = say(" {left} could not be changed any more.", left=f"{result.left:,}") if result.left else NOTHING
    if result.what == "revoked":
        return say("{count} revoked: their links are dead.", count=count) + left
    how = NOTHING if result.mailed else say(" No mail is sent here: use Copy invite link in `/usher invitations`.")
    return say("{count} resent: the earlier links are dead.", count=count) + how + left


def _read(result: ImportRead) -> Phrase:
    counted = ", ".join(f"{count:,} {VERDICT[verdict]}" for verdict, count in result.counts if count)
    return say(
        "{file} is read: {counted}. Nobody is invited yet.", file=Typed(result.file, 80), counted=counted or "no lines"
    )


def _importing(result: Importing) -> Phrase:
    if result.what == "dropped":
        return say("{file} is put aside, and nobody was invited.", file=Typed(result.file, 80))
    return say(
        "Inviting {count} from {file}. A direct message shows how far it is.",
        count=people(result.people),
        file=Typed(result.file, 80),
    )


# What is told ---------------------------------------------------------------------------------------------------------


def told_removed(told: Telling) -> Said:
    happened = say("{by} removed you from {organization}.", by=told.by, organization=told.organization)
    ended = say(" Your roles, groups, sessions and links there have ended; your data is kept.")
    return Said(happened + ended, say("Is that a mistake? A new invitation brings you back: ask somebody there."))


def told_deleted(told: Telling) -> Said:
    happened = say("{by} deleted your account in {organization}", by=told.by, organization=told.organization)
    return Said(happened + say(" and the data that was yours there. This cannot be undone."))


def told_data_deleted(told: Telling) -> Said:
    happened = say(
        "{by} deleted the data that you owned in {organization}.", by=told.by, organization=told.organization
    )
    return Said(happened + say(" Your account stays."), say("{mine} shows what you hold.", mine=MINE))


def told_edited(told: Telling) -> Said:
    what = listed((told.notice.new or "details").split(","))
    happened = say("{by} changed your {what} in {organization}.", by=told.by, what=what, organization=told.organization)
    return Said(happened, say("{me} shows your profile.", me=Command("/access me")))


def told_password_reset(told: Telling) -> Said:
    happened = say("{by} reset your password in {organization}.", by=told.by, organization=told.organization)
    return Said(happened, _NOT_EXPECTED)


def told_factor_reset(told: Telling) -> Said:
    happened = say(
        "{by} reset your second factor in {organization}. Your authenticator and your recovery codes for it no longer "
        "work.",
        by=told.by,
        organization=told.organization,
    )
    return Said(happened, say("Set up a new one: {me}.", me=Command("/access me")) + say(" ") + _NOT_EXPECTED)


def told_left_slack(told: Telling) -> Said:
    happened = say("{subject} was deactivated in Slack", subject=told.subject)
    if told.notice.old:
        return Said(
            happened
            + say(", but not in {organization}: nobody else holds the highest role.", organization=told.organization),
            say("Give it to somebody else, then type `/usher deactivate`."),
        )
    return Said(
        happened + say(", and so in {organization} too.", organization=told.organization),
        say("`/usher reactivate` undoes it; `/usher settings` says whether Usher follows Slack."),
    )


def told_back_in_slack(told: Telling) -> Said:
    happened = say(
        "{subject} is active in Slack again, and still deactivated in {organization}.",
        subject=told.subject,
        organization=told.organization,
    )
    return Said(happened, say("`/usher reactivate` lets them in again, with the role they had."))


def told_name_offered(told: Telling) -> Said:
    happened = say(
        "Slack now knows you as “{name}”; in {organization} you have another name.",
        name=Typed(told.notice.new or "", 80),
        organization=told.organization,
    )
    return Said(happened, say("Nothing has changed: press Take this name, or leave it as it is."))


_NOT_EXPECTED: Final = say("Did you not expect this? Tell somebody who manages members at once.")
