"""The list of invitations, its filter and pages, and what is done to many of them in one go."""

from collections.abc import Mapping

from bot.slack import ids, space_forms
from bot.slack.door import Door, Visit
from bot.slack.pressing import Handler, Press, does, open_view, show
from bot.slack.views import invitation_forms, invitations, invite, spaces
from bot.slack.views.blocks import Block, Message, message
from bot.slack.views.fields import Filled
from bot.slack.views.invitation_forms import Deed
from bot.wording.common import not_opened
from bot.wording.phrase import say
from handlers.commands import Command, CopyLink, Resend, Revoke
from handlers.models import InvitationFilter, InvitationState

_STATUS = "status:"


async def shown(door: Door, visit: Visit, about: str) -> Message:
    """``about``: a space, and before it `status:pending` or another state."""
    state, space = _narrowed(about)
    if space and await space_forms.reached(door, visit, space) is None:
        return spaces.unknown(visit.desk, space)
    return await _page(door, visit, state, space or None)


def _narrowed(about: str) -> tuple[InvitationFilter, str]:
    if not about.startswith(_STATUS):
        return "", about
    state, _, space = about.removeprefix(_STATUS).partition(" ")
    return invitations.state_of(state), space


async def _page(
    door: Door, visit: Visit, state: InvitationFilter = "", space: str | None = None, after: str | None = None
) -> Message:
    page = await door.usher.queries.invitations(visit.desk, state=state, space=space, after=after)
    return invitations.page(visit.desk, page)


async def _open(door: Door, visit: Visit, press: Press) -> None:
    show(door, visit, press, await _page(door, visit))


async def of_space(door: Door, visit: Visit, press: Press) -> None:
    """Those to one space alone (003-41)."""
    found = await space_forms.reached(door, visit, press.value)
    said = await _page(door, visit, space=found.value) if found else spaces.unknown(visit.desk, "")
    show(door, visit, press, said)


async def _turn(door: Door, visit: Visit, press: Press) -> None:
    state, space = invitations.kept(press.block)
    after = None if press.value == invitations.FIRST else press.value
    show(door, visit, press, await _page(door, visit, state, space, after), replace=True)


async def _filter(door: Door, visit: Visit, press: Press) -> None:
    _, space = invitations.kept(press.block)
    chosen = invitations.state_of(press.chosen)
    show(door, visit, press, await _page(door, visit, chosen, space), replace=True)


# Many -----------------------------------------------------------------------------------------------------------------

_NOT_OPENED = message(not_opened(say("Press the button again, or take one after the other in `/usher invitations`.")))


async def _choose(door: Door, visit: Visit, press: Press) -> None:
    state, space = invitations.kept(press.block)
    queries, desk = door.usher.queries, visit.desk
    rows = await queries.open_invitations(desk, space=space, state=state, most=invitation_forms.MOST_SHOWN)
    page = await queries.invitations(desk, state=state, space=space)
    if not rows:
        show(door, visit, press, invitations.page(desk, page), replace=True)
        return
    meant: list[InvitationState] = [one for one in invitations.OPEN if state in ("", one)]
    view = invitation_forms.build_several(
        desk, rows, open_=sum(page.count(one) for one in meant), exact=page.more.isdisjoint(meant)
    )
    open_view(door, visit, press, view, _NOT_OPENED)


def _all(deed: Deed, state: InvitationFilter) -> Handler:
    """A page that says how many; they change when it is sent."""

    async def pressed(door: Door, visit: Visit, press: Press) -> None:
        _, space = invitations.kept(press.block)
        page = await door.usher.queries.invitations(visit.desk, state=state, space=space)
        if not page.total:
            show(door, visit, press, invitations.page(visit.desk, page), replace=True)
            return
        view = invitation_forms.build_all(
            deed, state, page.total, exact=page.exact, space=page.space, now=door.usher.clock()
        )
        open_view(door, visit, press, view, _NOT_OPENED)

    return pressed


async def all_meant(door: Door, visit: Visit, form: Filled) -> Command:
    """Those that the sent page stood for and that are still so."""
    deed, state, opened = invitation_forms.stood_for(form)
    if opened is None or not state:
        return invitation_forms.command(deed, ())
    found = await door.usher.queries.invitations_in(
        visit.desk, space=form.meta.space or None, state=state, until=opened, most=invitation_forms.MOST
    )
    return invitation_forms.command(deed, tuple(found))


# Inviting -------------------------------------------------------------------------------------------------------------


async def review(door: Door, visit: Visit, form: Filled) -> Block | None:
    """Who will be invited as what. None: it was reviewed as it stands, is one person, or could invite nobody."""
    command = invite.read(form)
    if "invite" not in visit.desk.may or not invite.wants_review(form, command):
        return None
    found = await door.usher.queries.invite_preview(visit.desk, command)
    chosen = form.chosen("space")
    return invite.build_review(visit.desk, form, found, chosen.label if chosen else None) if found.invited else None


PRESSED: Mapping[str, Handler] = {
    ids.RESEND: does(Resend),
    ids.REVOKE: does(Revoke),
    ids.COPY_LINK: does(CopyLink),
    ids.INVITATIONS: _open,
    ids.SPACE_INVITATIONS: of_space,
    ids.INVITATIONS_PAGE: _turn,
    ids.INVITATIONS_BACK: _turn,
    ids.INVITATIONS_STATE: _filter,
    ids.INVITATIONS_CHOOSE: _choose,
    ids.INVITATIONS_RESEND: _all("resend", "expired"),
    ids.INVITATIONS_CLEAR: _all("revoke", "expired"),
    ids.INVITATIONS_REVOKE: _all("revoke", "pending"),
}
