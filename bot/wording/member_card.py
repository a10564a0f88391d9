"""One member in words: everything on their card."""

from collections.abc import Sequence
from typing import Final

from bot.wording.common import INVITATION, STATUS, in_space, role_title
from bot.wording.directory import resources
from bot.wording.members import FACTOR, last_active
from bot.wording.phrase import NOTHING, Fact, Phrase, Typed, When, listed, say
from bot.wording.spaces import standing
from handlers.catalogue_types import Catalogue
from handlers.member_card_models import Addition, MemberCard, Pending, There, Waits, Whole
from handlers.models import CardChange
from handlers.space_models import Standing

_NAME, _ADDRESS, _SHORT = 80, 254, 60
_MOST = 10
ROLE_FOLLOWS: Final = say("The role follows in a moment; close this, and you are told by direct message how it ends.")

# What somebody asked for, in few words: the card of the request says all of it.
ASKED: Final[dict[CardChange, str]] = {
    "invite": "to invite people",
    "change-role": "to give {about} another role",
    "request-access": "for access",
    "deactivate": "to deactivate {about}",
    "reactivate": "to reactivate {about}",
    "create-space": "for a new {space}",
    "rename-space": "to rename a {space}",
    "delete-space": "to delete a {space}",
    "remove-from-space": "to end the access of {about}",
    "create-group": "for a new {group}",
    "rename-group": "to rename a {group}",
    "delete-group": "to delete a {group}",
    "join-group": "to put {about} into a {group}",
    "leave-group": "to take {about} out of a {group}",
    "add-resource": "to register a resource",
    "remove-resource": "to remove a resource",
    "share": "to share a resource",
    "unshare": "to take somebody off a list",
    "set-permissions": "to change what {about} may do",
    "reset-permissions": "to reset what {about} may do",
    "create-organization": "for a new organization",
    "close-organization": "to close the organization",
    "transfer-organization": "to hand the organization to {about}",
    "change-settings": "to change the settings",
    "edit-member": "to edit {about}",
    "remove-member": "to remove {about} from the organization",
    "delete-member": "to delete the account of {about}",
    "delete-data": "to delete the data of {about}",
    "reset-password": "to reset the password of {about}",
    "reset-2fa": "to reset the second factor of {about}",
    "import": "to import people",
}


# A button that takes a name stands in a block that says whose it is to be.
_OFFERED: Final = "name:"
NOT_THIS_MEMBERSHIP: Final = say(
    "Refused. This offer is about your name in another organization. `/usher org use` leads there; then press again."
)


def offered_to(member: str) -> str:
    return f"{_OFFERED}{member}"


def named_in(block_id: str) -> str:
    return block_id.removeprefix(_OFFERED)


def head(card: MemberCard) -> Phrase:
    """The name that they have here, who they are in Slack, and the address."""
    address = Typed(card.member.email, _ADDRESS)
    if card.member.name == card.member.email:
        return say("{email}", email=address)
    slack = say(" ({mention})", mention=card.member) if card.member.slack else NOTHING
    return say("{name}", name=Typed(card.member.name, _NAME)) + slack + say(" · {email}", email=address)


def lines(catalogue: Catalogue, card: MemberCard, zone: str) -> list[Phrase]:
    status = say("Status: {status}", status=STATUS[card.status])
    if card.whole is None:
        return [status, *_invited_by(card, zone), *_additions(catalogue, card, zone)]
    whole = card.whole
    return [
        say("Role: ") + _role(catalogue, card, whole, zone),
        status,
        say("2FA: {it}", it=FACTOR[whole.factor]),
        say("Groups: ") + _groups(whole, zone),
        say("Last active: {it}", it=last_active(whole.active, now=card.now, zone=zone)),
        say("Timezone: {zone}", zone=Typed(whole.timezone, _SHORT)),
        say("Slack: {it}", it="connected" if whole.tied else "not connected"),
        *_invited_by(card, zone),
        *_additions(catalogue, card, zone),
        *_things(catalogue, whole, zone),
        *([say("Owns: {count}", count=resources(whole.owns))] if whole.owns else []),
    ]


def _role(catalogue: Catalogue, card: MemberCard, whole: Whole, zone: str) -> Phrase:
    role = say("{role}", role=Typed(role_title(catalogue, whole.role), _NAME))
    if card.status == "invited" and whole.role is not None:
        return role + say(" once they accept")
    if whole.ends is None:
        return role
    then = say(", then {role}", role=role_title(catalogue, whole.returns_to)) if whole.returns_to else NOTHING
    return role + say(" until {ends}", ends=When(whole.ends, zone)) + then


def _groups(whole: Whole, zone: str) -> Phrase:
    named = [
        say("{name}", name=Typed(name, _SHORT)) + (say(" until {ends}", ends=When(ends, zone)) if ends else NOTHING)
        for name, ends in whole.groups
    ]
    return listed(named, most=_MOST) if named else say("none")


def _invited_by(card: MemberCard, zone: str) -> list[Phrase]:
    if card.invited_by is None or card.invited_at is None:
        return []
    return [say("Invited by {by}, {at}", by=card.invited_by, at=When(card.invited_at, zone))]


def _additions(catalogue: Catalogue, card: MemberCard, zone: str) -> list[Phrase]:
    if not card.addons:
        return []
    return [say("Add-ons: ") + listed([_addition(catalogue, one, zone) for one in card.addons], most=_MOST)]


def _addition(catalogue: Catalogue, one: Addition, zone: str) -> Phrase:
    known = catalogue.addons.get(one.addon)
    ends = say(" until {ends}", ends=When(one.ends, zone)) if one.ends else NOTHING
    return say("{title}", title=known.title if known else one.addon) + in_space(catalogue, one.space) + ends


def _things(catalogue: Catalogue, whole: Whole, zone: str) -> list[Phrase]:
    """Only access that ends: what is for good stands on the list of the resource."""
    if not whole.things:
        return []
    named: list[Fact] = [
        say(
            "the {kind} {name} until {ends}",
            kind=kind.title.lower() if (kind := catalogue.kinds.get(sort)) else sort,
            name=Typed(name, _SHORT),
            ends=When(ends, zone),
        )
        for sort, name, ends in whole.things
    ]
    return [say("Access for a while: ") + listed(named, most=_MOST)]


# Rows -----------------------------------------------------------------------------------------------------------------


def there(catalogue: Catalogue, card: MemberCard, one: There, zone: str) -> Phrase:
    """`Apollo: Editor until 1 Dec`."""
    held: Standing = one.standing
    promised = say(" once they accept") if card.status == "invited" else NOTHING
    return say("{name}: ", name=Typed(one.name, _NAME)) + standing(catalogue, held, zone) + promised


def pending(catalogue: Catalogue, one: Pending, zone: str) -> Phrase:
    role = say("{role}", role=role_title(catalogue, one.role, one.space)) + in_space(catalogue, one.space)
    until = say(", until {ends}", ends=When(one.expires, zone))
    over = say(", since {ends}: the link no longer works", ends=When(one.expires, zone))
    return (
        say("Invitation as ")
        + role
        + say(f": {INVITATION[one.state].lower()}")
        + (until if one.state == "pending" else over)
    )


def more_invitations(count: int) -> Phrase:
    return say(f"and {count:,} more invitation{'' if count == 1 else 's'}: `/usher invitations` shows them.")


def waiting(catalogue: Catalogue, rows: Sequence[Waits], zone: str) -> list[Phrase]:
    if not rows:
        return []
    more = [say(f"and {len(rows) - _MOST} more")] if len(rows) > _MOST else []
    return [say("Waits for a decision:"), *(_waits(catalogue, one, zone) for one in rows[:_MOST]), *more]


def _waits(catalogue: Catalogue, one: Waits, zone: str) -> Phrase:
    words = catalogue.words
    facts: dict[str, Fact] = {"space": words.space, "group": words.group, "about": _about(one)}
    asked = say("• {by} asked ", by=one.by) + say(ASKED[one.change], **facts) + _where(catalogue, one)
    return asked + _becomes(catalogue, one) + say(", open until {at}", at=When(one.expires, zone))


def _about(one: Waits) -> Fact:
    if one.about is None:
        return say("somebody")
    return say("themselves") if one.about.id == one.by.id else one.about


def _where(catalogue: Catalogue, one: Waits) -> Phrase:
    return in_space(catalogue, one.space)


def _becomes(catalogue: Catalogue, one: Waits) -> Phrase:
    """What is asked for by its name, where the catalogue knows it; groups and resources are named on the request."""
    if one.change not in ("change-role", "request-access") or one.new is None:
        return NOTHING
    role = (catalogue.space if one.space else catalogue.organization).get(one.new)
    if role is not None:
        old = role_title(catalogue, one.old, one.space)
        return say(": {old} → {new}", old=old, new=role.title)
    addon = catalogue.addons.get(one.new)
    return say(": {title}", title=addon.title) if addon else NOTHING
