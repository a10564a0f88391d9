"""One long story of an organization: in every round several people act at once, each as things stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.demo_cast import CHANNELS, PEOPLE
from bot.playground import ChannelSpec, Message, PersonSpec, World
from bot.playground.mailbox import Mail
from tests.crashes.ledger import Ledger, Row
from tests.crashes.people import Act, People

# "ada" holds the highest role, "grace" is admin or manager; both have a second factor.
MEMBERS = ("linus", "katherine", "shiung")
NEWCOMERS = tuple(f"newcomer{number:02}" for number in range(12))
CAST = (*PEOPLE, *(PersonSpec(name=name, real_name=name.title(), email=f"{name}@example.com") for name in NEWCOMERS))
ROOMS = (*CHANNELS, ChannelSpec(name="approvals", id="C0APPROVALS"))
APPROVALS = "C0APPROVALS"
TOP, MIDDLE, LOWER = "super_admin", "admin", "manager"

Lane = Awaitable[object]


@dataclass(frozen=True, slots=True)
class Scene:
    """How things stand when a round begins."""

    ledger: Ledger
    now: datetime
    world: World
    mails: Sequence[Mail]

    def member(self, handle: str) -> Row | None:
        return self.ledger.member_of(f"{handle}@example.com")

    def role(self, handle: str) -> str | None:
        member = self.member(handle)
        return self.ledger.role(member["id"], now=self.now) if member and member["status"] == "active" else None

    def cards(self, *, code: bool | None = None) -> list[Message]:
        """Of the requests that wait for somebody else, where their buttons stand."""
        waiting = {
            one["id"]
            for one in self.ledger.requests.values()
            if one["state"] == "pending" and not one["lone"] and code in (None, one["code"])
        }
        found = [self.world.message(*place) for place, request in self.ledger.cards.items() if request in waiting]
        return [message for message in found if message]

    def invited(self) -> list[Mail]:
        """For each who is still invited, the newest mail."""
        waiting = {one["email"] for one in self.ledger.members.values() if one["status"] == "invited"}
        newest = {mail.to: mail for mail in self.mails if any("/invitations/" in link for link in mail.links)}
        return [mail for to, mail in newest.items() if to in waiting]


class Story:
    def __init__(self, people: People, rng: Random) -> None:
        self._people = people
        self._rng = rng
        self._invited = 0

    def lanes(self, scene: Scene) -> list[Lane]:
        """What happens at once; within a lane one thing after another."""
        return [*self._seniors(scene), *self._members(scene), *self._joining(scene)]

    # ---- whoever may approve

    def _seniors(self, scene: Scene) -> list[Lane]:
        """Changing what the only other admin is takes nothing but the code of whoever stands above."""
        other = LOWER if scene.role("grace") == MIDDLE else MIDDLE
        cards = scene.cards(code=True)
        alone = not cards or self._rng.random() < 0.7
        return [
            self._both(
                self._alone("ada", "grace", other) if alone else self._decide(scene, "ada"), self._errand(scene, "ada")
            ),
            self._both(self._decide(scene, "grace"), self._errand(scene, "grace")),
        ]

    async def _both(self, *acts: Awaitable[object]) -> None:
        for act in acts:
            await act

    async def _alone(self, handle: str, target: str, role: str) -> Act | None:
        """Nobody else could approve this."""
        text = f"/usher role {self._people.person(target).mention} {role} because it is time"
        return await self._people.alone(handle, text, code=self._people.code(handle))

    async def _decide(self, scene: Scene, handle: str) -> Act | None:
        """Rather what takes a code."""
        cards = scene.cards(code=True) or scene.cards()
        if not cards:
            return None
        card = self._rng.choice(cards)
        if self._rng.random() < 0.2:
            return await self._people.deny(handle, card, "Not now")
        return await self._people.approve(handle, card, code=self._people.code(handle))

    def _errand(self, scene: Scene, handle: str) -> Awaitable[object]:
        kinds: list[Callable[[Scene, str], Awaitable[object]]] = [
            self._invite,
            self._invite,
            self._change_role,
            self._change_status,
            self._decide_at_once,
        ]
        return self._rng.choice(kinds)(scene, handle)

    async def _invite(self, scene: Scene, handle: str) -> Act:
        """One who reads mail, and one who is in Slack already while there are such."""
        self._invited += 1
        outside = f"outsider{self._invited:03}@new.example"
        unknown = [one for one in NEWCOMERS if scene.member(one) is None]
        inside = f"{self._rng.choice(unknown)}@example.com" if unknown else f"second{self._invited:03}@new.example"
        return await self._people.type(handle, f"/usher invite {outside}, {inside} as member")

    async def _change_role(self, scene: Scene, handle: str) -> Act | None:
        target = self._somebody(scene)
        if target is None:
            return None
        role = self._rng.choice(["member", "guest", "guest for 2h", "manager", "manager for 3h"])
        return await self._people.type(handle, f"/usher role {self._people.person(target).mention} {role}")

    async def _change_status(self, scene: Scene, handle: str) -> Act | None:
        gone = [one for one in MEMBERS if (row := scene.member(one)) and row["status"] == "deactivated"]
        if gone:
            mention = self._people.person(self._rng.choice(gone)).mention
            return await self._people.type(handle, f"/usher reactivate {mention}")
        mention = self._people.person(self._rng.choice(MEMBERS)).mention
        return await self._people.type(handle, f"/usher deactivate {mention} because they are away")

    async def _decide_at_once(self, scene: Scene, handle: str) -> object:
        """What takes no code; two may press the same card at once."""
        cards = scene.cards(code=False)
        return await self._people.press(handle, "Approve", cards[0]) if cards else await self._invite(scene, handle)

    def _somebody(self, scene: Scene) -> str | None:
        active = [one for one in (*MEMBERS, *NEWCOMERS) if scene.role(one)]
        return self._rng.choice(active) if active else None

    # ---- everybody else

    def _members(self, scene: Scene) -> list[Lane]:
        active = [one for one in (*MEMBERS, *NEWCOMERS) if scene.role(one)]
        return [self._wish(scene, one) for one in self._rng.sample(active, min(2, len(active)))]

    async def _wish(self, scene: Scene, handle: str) -> Act:
        member = scene.member(handle)
        waiting = [
            one
            for one in scene.ledger.requests.values()
            if member and one["requester_id"] == member["id"] and one["state"] == "pending"
        ]
        if waiting and self._rng.random() < 0.3:
            return await self._people.type(handle, f"/access cancel {waiting[0]['id']}")
        if scene.role(handle) == "manager":
            self._invited += 1
            return await self._people.type(handle, f"/usher invite by{self._invited:03}@new.example as member")
        role = self._rng.choice(["manager", "manager", "manager for 2d"])
        return await self._people.type(handle, f"/access request {role} because I can help")

    def _joining(self, scene: Scene) -> list[Lane]:
        return [*self._on_the_web(scene), *self._in_slack(scene)]

    def _on_the_web(self, scene: Scene) -> list[Lane]:
        mails = [mail for mail in scene.invited() if mail.to.endswith("@new.example")]
        if not mails or self._rng.random() < 0.3:
            return []
        return [self._people.accept(self._rng.choice(mails), factor=self._rng.random() < 0.5)]

    def _in_slack(self, scene: Scene) -> list[Lane]:
        for handle in NEWCOMERS:
            member = scene.member(handle)
            offers = [one for one in self._people.person(handle).dm() if one.button("Accept")]
            if member and member["status"] == "invited" and offers:
                return [self._people.press(handle, "Accept", offers[-1])]
        return []
