"""App Home: what I hold, what I asked for, what waits for me, and for those who manage members what they can do."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.slack import ids
from bot.slack.views import dead_letters, holding
from bot.slack.views.blocks import MOST_IN_VIEW, Block, Element, actions, button, header, rich
from bot.slack.views.card import decide
from bot.slack.views.invitations import one as invitation
from bot.slack.views.lists import apart, own_request, request
from bot.slack.views.managing import ending_soon, picture
from bot.slack.views.spaces import create, row
from bot.wording.common import role_title
from bot.wording.phrase import say
from bot.wording.refusals import reason_and_step
from handlers.catalogue_words import Change
from handlers.commands import Refused
from handlers.models import Desk, Home

Row = TypeVar("Row")

"""A Home holds 100 blocks, and all of these together have to fit."""
MOST_WAITING = 7
MOST_MINE = 6
MOST_ACCESS = 5
MOST_SPACES = 5
MOST_INVITATIONS = 5

_ACTIONS: tuple[tuple[str, str, Change], ...] = (
    ("Members", ids.MEMBERS, "list"),
    ("Invite people", ids.INVITE, "invite"),
    ("Import", ids.IMPORT, "import"),
    ("Export", ids.EXPORT, "export"),
    ("Change role", ids.CHANGE_ROLE, "change-role"),
    ("Deactivate", ids.DEACTIVATE, "deactivate"),
    ("Reactivate", ids.REACTIVATE, "reactivate"),
    ("Settings", ids.SETTINGS, "settings"),
)


def build(home: Home) -> Block:
    desk = home.desk
    if desk.organization is None:
        return _view(_nobody_yet(desk))
    if desk.member is None:
        way_in = _closed(Refused("not-connected"), "Connect", ids.CONNECT)
        return _view([rich(say("Welcome to Usher.")), *way_in, *_elsewhere(home)])
    if desk.status != "active":
        refusal = Refused("not-active", facts={"organization": desk.organization.name})
        return _view([rich(reason_and_step(refusal)), *_elsewhere(home)])
    return _view([*_greeting(home), *_waiting(home), *_access(home), *_spaces(home), *_mine(home), *_manage(home)])


def closed(refusal: Refused) -> Block:
    """For who may not come in at all."""
    return _view([rich(reason_and_step(refusal))])


def _view(blocks: Sequence[Block]) -> Block:
    return {"type": "home", "callback_id": "home", "blocks": list(blocks[:MOST_IN_VIEW])}


def _nobody_yet(desk: Desk) -> list[Block]:
    welcome = rich(say("Welcome to Usher."))
    if desk.workspace_admin:
        start = say(
            "This workspace has no organization yet. Set it up: you become its first member, with the highest role."
        )
        return [welcome, rich(start), actions("set-up", button("Set up", ids.SET_UP, style="primary"))]
    return [welcome, rich(reason_and_step(Refused("no-organization")))]


def _closed(refusal: Refused, label: str, action: str) -> list[Block]:
    return [rich(reason_and_step(refusal)), actions("way-in", button(label, action, style="primary"))]


def _greeting(home: Home) -> list[Block]:
    desk = home.desk
    name = desk.organization.name if desk.organization else ""
    line = say("You are {role} in {name}.", role=role_title(desk.catalogue, desk.role), name=name)
    buttons: list[Element] = [
        button("Request access", ids.REQUEST_ACCESS),
        button("About me", ids.ME),
        *_organizations(home),
    ]
    return [rich(line), actions("myself", *buttons)]


def _elsewhere(home: Home) -> list[Block]:
    """Whoever is shut out of this organization may well be in another one."""
    others = _organizations(home)
    return [actions("elsewhere", *others)] if others else []


def _organizations(home: Home) -> list[Element]:
    """For whoever has others to choose from."""
    return [button("Organizations", ids.ORGS)] if home.several else []


def _waiting(home: Home) -> list[Block]:
    if not home.waiting:
        return []
    rows = _rows(home.waiting, MOST_WAITING, lambda card: [*request(home.desk, card), decide(card)], "/usher approvals")
    return [header("Waiting for your decision"), *rows]


def _access(home: Home) -> list[Block]:
    if not home.access:
        return [header("My access"), rich(say("No role yet. Press Request access to ask for one."))]
    shown = home.access[:MOST_ACCESS]
    more = [rich(say("`/access mine` shows the rest."))] if home.more_access or len(home.access) > len(shown) else []
    return [header("My access"), *holding.rows(home.desk, shown), *more]


def _spaces(home: Home) -> list[Block]:
    """Also where there are none yet, for somebody has to make the first."""
    shown, desk = home.spaces, home.desk
    if shown is None or not (shown.rows or "create-space" in desk.may):
        return []
    words = desk.catalogue.words
    rows = apart([row(desk, one) for one in shown.rows[:MOST_SPACES]])
    more = shown.total - len(shown.rows[:MOST_SPACES])
    if more > 0:
        rows.append(rich(say("{more} more: type ", more=str(more)) + say(f"`/usher {words.spaces}`.")))
    return [header(f"My {words.spaces}"), *rows, *create(desk)]


def _mine(home: Home) -> list[Block]:
    if not home.mine:
        return []
    rows = _rows(home.mine, MOST_MINE, lambda card: own_request(home.desk, card), "/access requests")
    return [header("My requests"), *rows]


def _manage(home: Home) -> list[Block]:
    desk = home.desk
    buttons = [button(label, action) for label, action, change in _ACTIONS if change in desk.may]
    buttons += dead_letters.opener(home.undelivered)
    counted = picture(desk, home.tallies)
    title = [header("Members")] if counted or buttons else []
    acts = [actions("members", *buttons)] if buttons else []
    return [*title, *counted, *acts, *ending_soon(desk, home.soon), *_invitations(home)]


def _invitations(home: Home) -> list[Block]:
    if not home.invitations:
        return []
    rows = _rows(home.invitations, MOST_INVITATIONS, lambda row: invitation(home.desk, row), "/usher invitations")
    return [header("Recent invitations"), *rows]


def _rows(rows: Sequence[Row], most: int, block: Callable[[Row], list[Block]], all_of_them: str) -> list[Block]:
    blocks = apart([block(row) for row in rows[:most]])
    more = len(rows) - most
    if more <= 0:
        return blocks
    return [*blocks, rich(say("{more} more: type ", more=str(more)) + say(f"`{all_of_them}`."))]
