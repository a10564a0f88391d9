"""The whole bot with an organization in which permissions can be set: ada at the top, and whoever else is wanted."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from bot.playground import Person
from bot.playground.model import View
from handlers.commands import (
    AcceptInSlack,
    Actor,
    AddResource,
    Command,
    CreateSpace,
    Done,
    Invite,
    NoteAccount,
    Outcome,
    SetUp,
)
from handlers.evaluation import Question
from tests.running import Running, running_usher


@asynccontextmanager
async def permitted(
    database_url: str,
    roles: Mapping[str, str],
    *,
    catalogue: str = "resplendent",
    plan: str = "professional",
    spaces: Mapping[str, str] | None = None,
    datasets: tuple[str, ...] = (),
    page: Mapping[str, str] | None = None,
) -> AsyncGenerator["Stage"]:
    """`roles` by handle; `spaces`: in which space a role is held, also by handle."""
    async with running_usher(database_url=database_url, catalogue=catalogue, page=page) as bot:
        stage = Stage(bot)
        await stage.known("ada")
        done(await stage.by("ada", SetUp("Acme", "" if "/" in catalogue else catalogue, plan)))
        places = spaces or {}
        if places:
            for place in sorted(set(places.values())):
                done(await stage.operator(CreateSpace(place)))
        for name, role in roles.items():
            await stage.join(name, role, places.get(name))
        for name in datasets:
            done(await stage.operator(AddResource("dataset", f"ds-{name.lower()}", name)))
        yield stage


class Stage:
    def __init__(self, bot: Running) -> None:
        self.bot = bot

    def person(self, name: str) -> Person:
        person = self.bot.person(name)
        person.patience = 5.0
        return person

    async def organization(self) -> str:
        desk = await self.bot.usher.queries.desk(self.bot.account("ada"), self.bot.playground.world.team.id)
        assert desk.organization
        return desk.organization.id

    async def by(self, name: str, command: Command) -> Outcome:
        return await self.bot.usher.gate.perform(command, by=Actor(via="slack", account=self.bot.account(name)))

    async def operator(self, command: Command) -> Outcome:
        by = Actor(via="operator", organization=await self.organization())
        return await self.bot.usher.gate.perform(command, by=by)

    async def known(self, name: str) -> None:
        user, team = self.bot.person(name).user, self.bot.playground.world.team.id
        note = NoteAccount(
            account=self.bot.account(name),
            workspace=team,
            name=user.real_name,
            email=user.email,
            timezone=user.tz,
            deleted=False,
            guest=False,
            bot=False,
            stranger=False,
            workspace_admin=user.is_owner,
        )
        done(await self.bot.usher.gate.perform(note, by=Actor(via="system")))

    async def join(self, name: str, role: str, space: str | None) -> None:
        await self.known(name)
        email = self.bot.person(name).user.email or ""
        done(await self.operator(Invite((email,), role, space)))
        desk = await self.bot.usher.queries.desk(self.bot.account("ada"), self.bot.playground.world.team.id)
        rows = (await self.bot.usher.queries.invitations(desk)).rows
        mine = next(row.id for row in rows if row.member.email == email)
        done(await self.by(name, AcceptInSlack(mine)))

    async def may(self, name: str, action: str, kind: str, id_: str) -> bool:
        question = Question(self.bot.person(name).user.email or "", action, kind, id_)
        [decision] = await self.bot.usher.evaluation.decide(await self.organization(), [question])
        return decision.allowed

    async def opens(self, by: str, words: str) -> View:
        """The form that the command opens."""
        person = self.person(by)
        answer = await person.type(f"/usher permissions {words}".strip())
        view = answer.view or person.modal
        assert view is not None, answer
        return view


def done(outcome: Outcome) -> None:
    assert isinstance(outcome, Done), outcome


def fields(view: View) -> list[str]:
    """The labels of all that can be filled in."""
    return [control.label for control in view.inputs]


def chosen(view: View, block: str) -> list[str]:
    """What is chosen there now, as it reads."""
    [held] = view.values[block].values()
    many = held.get("selected_options")
    found = many if many is not None else [held["selected_option"]] if held.get("selected_option") else []
    return [option["text"]["text"] for option in found]
