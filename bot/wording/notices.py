"""What people are told unasked: who did it, what changed, until when, and what they can do next."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.slack import ids
from bot.slack.views.blocks import Block, actions, button, clean_lines, rich
from bot.wording import directory, holding, organizations, permissions, spaces, told_things
from bot.wording.changes import what
from bot.wording.mails import Written, invited, invited_as, written
from bot.wording.member_card import offered_to
from bot.wording.phrase import NOTHING, Command, Phrase, Typed, When, say
from bot.wording.refusals import why_void
from bot.wording.telling import ASK, MINE, Said, Telling
from handlers.models import InvitationLetter, ToldLetter
from handlers.notices import About, Told


def told(notice: Told, letter: ToldLetter) -> tuple[str, list[Block]]:
    said = _said(notice, letter).all
    return _one_text(said), [rich(*said), *_offer(notice)]


def _offer(notice: Told) -> list[Block]:
    """A name is taken by a press, never silently."""
    if notice.about != "name-offered" or not notice.new:
        return []
    return [actions(offered_to(notice.to), button("Take this name", ids.TAKE_NAME, notice.new))]


def told_mail(notice: Told, letter: ToldLetter) -> Written:
    said = _said(notice, letter)
    return written(_subject(notice, letter), *said.all, organization=letter.organization)


def invitation_offer(letter: InvitationLetter) -> tuple[str, list[Block]]:
    """The direct message of an invitation: with one button, for whom Slack vouches for the invited address."""
    offer = invited(letter, you="you") + invited_as(letter) + say(".")
    until = say(
        "Press Accept to join; the invitation is open until {expires}. If you did not expect it, do nothing.",
        expires=When(letter.expires),
    )
    about = f"Accept the invitation to {letter.organization}"
    accept = button("Accept", ids.ACCEPT, letter.invitation, style="primary", about=about)
    pressed = actions(f"invitation:{letter.invitation}", accept)
    return _one_text((offer, until)), [rich(offer, until), pressed]


def _one_text(lines: tuple[Phrase, ...]) -> str:
    return clean_lines("\n".join(line.text() for line in lines))


def _said(notice: Told, letter: ToldLetter) -> Said:
    return SENTENCES[notice.about](Telling(notice, letter))


_NOT_YOU: Final = say("If that was not you, tell somebody who manages members at once.")


def _role_changed(told: Telling) -> Said:
    whose = say("your") if told.about_oneself else told.subject + say("’s")
    happened = say(
        "{by} changed {whose} role{where}: {old} → {new}{until}.",
        by=told.by,
        whose=whose,
        where=told.where,
        old=told.role(told.notice.old),
        new=told.role(told.notice.new),
        until=told.until,
    )
    return Said(happened, say("{mine} shows all that you hold.", mine=MINE) if told.about_oneself else NOTHING)


def _deactivated(told: Telling) -> Said:
    happened = say("{by} deactivated you in {organization}.", by=told.by, organization=told.organization)
    ended = say(" Your sessions, links and waiting requests have ended; your data is kept.")
    return Said(happened + ended, say("Is that a mistake? Somebody who manages members there can undo it: ask them."))


def _reactivated(told: Telling) -> Said:
    happened = say("{by} reactivated you in {organization}.", by=told.by, organization=told.organization)
    return Said(happened, say("{mine} shows what you hold.", mine=MINE))


def _approved(told: Telling) -> Said:
    card, to = told.letter.card, told.letter.to
    by = say(" by {by}", by=card.decided_by) if card and card.decided_by else NOTHING
    mine = card and card.target and to and card.target.id == to.member.id
    then = say("{mine} shows what you hold now.", mine=MINE) if mine else NOTHING
    return Said(told.request + say(" was approved") + by + say(", and it is done."), then)


def _denied(told: Telling) -> Said:
    card = told.letter.card
    by = say(" by {by}", by=card.decided_by) if card and card.decided_by else NOTHING
    why = say(" Reason: {why}", why=card.why) if card and card.why else NOTHING
    again = say("Talk to them, or ask again with another reason: {ask}.", ask=ASK)
    return Said(told.request + say(" was denied") + by + say(".") + why, again)


def _expired(told: Telling) -> Said:
    happened = say(" was closed, because nobody decided it in time. Nothing has changed.")
    return Said(told.request + happened, say("Do you still need it? Ask again, and tell somebody who can decide."))


def _cancelled(told: Telling) -> Said:
    by = say(" by {by}", by=told.letter.by) if told.letter.by else NOTHING
    return Said(told.request + say(" was cancelled") + by + say(". Nothing has changed."))


def _void(told: Telling) -> Said:
    card = told.letter.card
    why = say(" Why: {why}", why=why_void(card.why)) if card and card.why else NOTHING
    happened = say(" ended, because something changed since it was asked. Nothing was done.")
    return Said(told.request + happened + why, say("Do you still need it? Ask again as things stand now."))


def _accepted(told: Telling) -> Said:
    new = say(" as {role}", role=told.role(told.notice.new)) if told.notice.new else NOTHING
    joined = say(
        "{subject} accepted your invitation to {organization}", subject=told.subject, organization=told.organization
    )
    return Said(joined + new + say("."))


def _asked_again(told: Telling) -> Said:
    happened = say(
        "{subject} asks for a new invitation to {organization}, because the link they have no longer works.",
        subject=told.subject,
        organization=told.organization,
    )
    return Said(happened, say("{list} has Resend beside their name.", list=Command("/usher invitations")))


def _alone(told: Telling) -> Said:
    card = told.letter.card
    did = say(" made a change alone") + (say(": {what}.", what=what(card, told.zone)) if card else say("."))
    why = say(" Nobody else could approve it, so their own one-time code decided.")
    return Said(told.by + did + why, say("Should it not stand? Whoever manages members can undo it."))


def _codes_locked(told: Telling) -> Said:
    happened = say("Ten wrong one-time codes were typed for you in {organization},", organization=told.organization)
    locked = say(" so your codes are locked for 15 minutes.")
    return Said(happened + locked, _NOT_YOU)


def _factor_changed(told: Telling) -> Said:
    happened = say("A password or second factor was set for you in {organization}.", organization=told.organization)
    return Said(happened, _NOT_YOU)


def _connected(told: Telling) -> Said:
    happened = say(
        "A Slack account is now connected to your membership in {organization}.", organization=told.organization
    )
    return Said(happened, _NOT_YOU)


def _permissions_changed(told: Telling) -> Said:
    given, taken = (told.notice.new or "").split(","), (told.notice.old or "").split(",")
    said = permissions.difference(
        told.letter.catalogue,
        [one for one in given if one != "datasets"] if told.notice.new else (),
        taken if told.notice.old else (),
        datasets="datasets" in given,
    )
    happened = say("{by} changed what you may do{where}.", by=told.by, where=told.where)
    return Said(happened + said, say("{mine} shows all that you hold.", mine=MINE))


SENTENCES: Final[Mapping[About, Callable[[Telling], Said]]] = {
    "role-changed": _role_changed,
    "access-ended": holding.told_ended,
    "access-given": holding.told_given,
    "deactivated": _deactivated,
    "reactivated": _reactivated,
    "request-approved": _approved,
    "request-denied": _denied,
    "request-expired": _expired,
    "request-cancelled": _cancelled,
    "request-void": _void,
    "invitation-accepted": _accepted,
    "asked-again": _asked_again,
    "changed-alone": _alone,
    "codes-locked": _codes_locked,
    "factor-changed": _factor_changed,
    "account-connected": _connected,
    "permissions-changed": _permissions_changed,
    "organization-closed": organizations.told_closed,
    "catalogue-changed": organizations.told_catalogue,
    "removed-from-space": spaces.told_removed,
    "space-deleted": spaces.told_deleted,
    "group-joined": told_things.joined,
    "group-left": told_things.left,
    "group-deleted": told_things.deleted,
    "shared": told_things.shared,
    "unshared": told_things.unshared,
    "removed": directory.told_removed,
    "deleted": directory.told_deleted,
    "data-deleted": directory.told_data_deleted,
    "edited": directory.told_edited,
    "password-reset": directory.told_password_reset,
    "factor-reset": directory.told_factor_reset,
    "left-slack": directory.told_left_slack,
    "back-in-slack": directory.told_back_in_slack,
    "name-offered": directory.told_name_offered,
}

# What a mail is about, in the few words that a list of mails shows.
SUBJECTS: Final[Mapping[About, str]] = {
    "role-changed": "Your role in {organization} has changed",
    "access-ended": "Your access in {organization} has ended",
    "access-given": "You were given access in {organization}",
    "deactivated": "You were deactivated in {organization}",
    "reactivated": "You are active again in {organization}",
    "request-approved": "Approved: a request in {organization}",
    "request-denied": "Denied: a request in {organization}",
    "request-expired": "Nobody decided a request in {organization}",
    "request-cancelled": "Cancelled: a request in {organization}",
    "request-void": "A request in {organization} has ended",
    "invitation-accepted": "Your invitation to {organization} was accepted",
    "asked-again": "A new invitation to {organization} is asked for",
    "changed-alone": "A change in {organization} without a second person",
    "codes-locked": "Your one-time codes for {organization} are locked",
    "factor-changed": "Your password or second factor for {organization} was set",
    "account-connected": "A Slack account was connected to your membership in {organization}",
    "permissions-changed": "What you may do in {organization} has changed",
    "organization-closed": "{organization} was closed",
    "catalogue-changed": "What roles allow in {organization} has changed",
    "removed-from-space": "Your access in {organization} has changed",
    "space-deleted": "Your access in {organization} has changed",
    "group-joined": "Your access in {organization} has changed",
    "group-left": "Your access in {organization} has changed",
    "group-deleted": "Your access in {organization} has changed",
    "shared": "Something in {organization} was shared with you",
    "unshared": "Your access in {organization} has changed",
    "removed": "You were removed from {organization}",
    "deleted": "Your account in {organization} is deleted",
    "data-deleted": "Your data in {organization} was deleted",
    "edited": "Your details in {organization} have changed",
    "password-reset": "Your password for {organization} was reset",
    "factor-reset": "Your second factor for {organization} was reset",
    "left-slack": "Somebody of {organization} was deactivated in Slack",
    "back-in-slack": "Somebody of {organization} is active in Slack again",
    "name-offered": "Another name for you in {organization}",
}


def _subject(notice: Told, letter: ToldLetter) -> Phrase:
    return say(SUBJECTS[notice.about], organization=Typed(letter.organization, 80))
