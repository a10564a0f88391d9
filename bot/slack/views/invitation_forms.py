"""Forms about many invitations: ticking several, and the page that says how many *all* are before they change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.slack.views.blocks import MOST_TICKED, Block, Ticked, asked, checkboxes, modal, radios, rich
from bot.slack.views.fields import Filled, Meta, Unreadable
from bot.slack.views.invitations import state_of
from bot.wording.common import INVITATION, ago, role_title
from bot.wording.phrase import NOTHING, Phrase, say
from handlers.commands import ResendSeveral, RevokeSeveral
from handlers.models import Choice, Desk, InvitationFilter, InvitationRow

SEVERAL_CALLBACK = "several-invitations"
ALL_CALLBACK = "all-invitations"
TICKED = "invitations"
MOST_SHOWN = 50
MOST = 200
"""In one go (see handlers.flows.many_invitations)."""
Deed = Literal["resend", "revoke"]
_DEEDS = (
    Ticked(Choice("resend", "Resend"), "A new link for each; every earlier one dies."),
    Ticked(Choice("revoke", "Revoke"), "Their links die; the same addresses can be invited again."),
)
_DONE: dict[Deed, str] = {
    "resend": "Each gets a new link with a new life, and every earlier link dies at once.",
    "revoke": "Their links die at once. The same addresses can be invited again.",
}


# Ticking several ------------------------------------------------------------------------------------------------------


def build_several(desk: Desk, rows: Sequence[InvitationRow], *, open_: int, exact: bool = True) -> Block:
    """Ten to each part of the list, for checkboxes hold no more."""
    shown = rows[:MOST_SHOWN]
    parts = [shown[at : at + MOST_TICKED] for at in range(0, len(shown), MOST_TICKED)]
    head = say("Tick those that you mean, newest first.") + _more(open_ - len(shown), exact=exact)
    lists = [
        asked(
            f"{TICKED}-{number}",
            "Invitations" if number == 1 else f"Invitations, part {number}",
            checkboxes([_ticked(desk, row) for row in part], ()),
            optional=True,
        )
        for number, part in enumerate(parts, 1)
    ]
    deed = asked("deed", "What to do", radios(_DEEDS, "resend"))
    return modal("Several invitations", SEVERAL_CALLBACK, [rich(head), *lists, deed], submit="Resend or revoke")


def _more(more: int, *, exact: bool) -> Phrase:
    if more <= 0:
        return NOTHING
    least = NOTHING if exact else say(" At least")
    return least + say(
        " {more} older ones are not shown here: filter the list, or take all of a state.", more=f"{more:,}"
    )


def _ticked(desk: Desk, row: InvitationRow) -> Ticked:
    where = f" in {row.space}" if row.space else ""
    role = role_title(desk.catalogue, row.role, row.space)
    return Ticked(Choice(row.id, row.member.email), f"{INVITATION[row.state]}, invited {ago(row.age)}, {role}{where}")


def read_several(form: Filled) -> ResendSeveral | RevokeSeveral:
    """Only what the form offered can be ticked in it; the gate judges each all the same."""
    ticked = tuple(one.value for one in form.many(TICKED))
    if not ticked:
        raise Unreadable(f"{TICKED}-1", say("Tick at least one, or close the form."))
    return command("revoke" if form.choice("deed") == "revoke" else "resend", ticked)


def command(deed: Deed, invitations: tuple[str, ...]) -> ResendSeveral | RevokeSeveral:
    return RevokeSeveral(invitations) if deed == "revoke" else ResendSeveral(invitations)


# All of a state -------------------------------------------------------------------------------------------------------


def build_all(
    deed: Deed, state: InvitationFilter, count: int, *, exact: bool = True, space: Choice | None, now: datetime
) -> Block:
    """Says how many; what came since it was opened is not meant by it."""
    what = f"{'' if exact else 'at least '}{count:,} {state} invitation{'' if count == 1 else 's'}"
    where = say(" to {space}", space=space.label) if space else NOTHING
    lines = [say(f"{deed.capitalize()} {{what}}", what=what) + where + say("?"), say(_DONE[deed])]
    if count > MOST:
        lines.append(
            say("In one go the newest {most} are taken; press the button again for the rest.", most=f"{MOST:,}")
        )
    meta = Meta(mark=f"{deed}|{state}|{now.isoformat()}", space=space.value if space else "")
    title = f"{deed.capitalize()} {state} ones"
    return modal(title, ALL_CALLBACK, [rich(*lines)], submit=deed.capitalize(), meta=meta.dump())


def read_all(form: Filled) -> ResendSeveral | RevokeSeveral:
    """Before it is looked up which they are."""
    return command(stood_for(form)[0], ())


def stood_for(form: Filled) -> tuple[Deed, InvitationFilter, datetime | None]:
    """What the page stood for; no time: it cannot be read, and stands for nothing."""
    deed, state, when = [*form.meta.mark.split("|"), "", "", ""][:3]
    try:
        opened = datetime.fromisoformat(when)
    except ValueError:
        opened = None
    return "revoke" if deed == "revoke" else "resend", state_of(state), opened if opened and opened.tzinfo else None
