"""What every listener works with. A door is four steps: identify, read, perform, show."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TypeVar

from bot.identity import Body, Caller, Identity
from bot.slack.calls import Calls
from bot.slack.homes import Homes
from bot.slack.tasks import Tasks
from bot.slack.views import approve_code, connect
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Meta
from bot.wording.outcomes import Reader
from handlers.commands import (
    Actor,
    CardPlace,
    CodeSent,
    Command,
    Done,
    Minted,
    Outcome,
    Refused,
    Waiting,
)
from handlers.house import Usher
from handlers.models import Desk
from handlers.queries import Busy

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody whom we know, before a door. ``began``: when they came, by the clock that is never set."""

    caller: Caller
    desk: Desk
    reader: Reader = field(repr=False)
    began: float


@dataclass(frozen=True, slots=True)
class Door:
    usher: Usher
    identity: Identity
    calls: Calls
    tasks: Tasks
    homes: Homes
    link: Callable[[Minted], str] = field(repr=False)

    async def enter(self, body: Body) -> Visit | Refused:
        began = monotonic()
        caller = await self.identity.caller(body)
        if isinstance(caller, Refused):
            return caller
        desk = await self.identity.desk(caller)
        if isinstance(desk, Refused):
            return desk
        return Visit(caller, desk, Reader(desk.catalogue, desk.timezone, self.link), began)

    async def there(self, visit: Visit, request: str) -> Visit:
        """Before a request of another organization of theirs: as who they are in that one."""
        desk = await self.usher.queries.desk_there(visit.desk, request, visit.caller.workspace)
        if desk is visit.desk:
            return visit
        return replace(visit, desk=desk, reader=Reader(desk.catalogue, desk.timezone, self.link))

    async def perform(
        self,
        command: Command,
        visit: Visit,
        *,
        code: str | None = None,
        card: CardPlace | None = None,
        channel: str = "",
    ) -> Outcome:
        by: Actor = visit.caller.by(visit.desk, code=code, card=card, channel=channel)
        outcome = await self.usher.gate.perform(command, by=by)
        if not isinstance(outcome, Refused):
            self.tasks.start(self.homes.refresh(visit.caller), name="home")
        return outcome

    async def unless_busy(self, reading: Awaitable[Read]) -> Read | None:
        """After an act: it is done by now, so a database that is busy only costs what would be shown of it, and how
        the act ended is told another way."""
        try:
            return await reading
        except Busy:
            return None

    async def next_form(self, outcome: Outcome, visit: Visit) -> Block | None:
        """The form that an outcome asks for: a code, whether mailed or one's own."""
        match outcome:
            case Done(CodeSent() as sent):
                return connect.build_code(sent)
            case Waiting(on="code", request=request):
                card = await self.unless_busy(self.usher.queries.card(request))
                return approve_code.build(card, visit.desk.timezone, place=Meta(request=card.id)) if card else None
            case _:
                return None
