"""Claim a new workspace."""

from functools import cache

from bot.slack.views.blocks import Block, asked, line, modal, rich, select
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.phrase import say
from handlers import catalogue as catalogues
from handlers.commands import SetUp
from handlers.models import Choice, Desk

CALLBACK = "set-up"
TITLE = "Set up Usher"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    blocks = [
        rich(say("You become the first member, with the highest role. Everything here can be changed later.")),
        asked("name", "Name", line(typed.name, longest=100, placeholder="Example Ltd"), hint="Of your organization."),
        asked(
            "catalogue",
            "Catalogue",
            select([Choice(name, title) for name, title in titles()], desk.catalogue.name),
            hint="Which roles there are, and what each of them may do.",
        ),
        asked(
            "plan",
            "Plan",
            select([Choice(plan, plan.capitalize()) for plan in plans()]),
            optional=True,
            hint="Leave it empty for the one that the catalogue begins with.",
        ),
    ]
    return modal(TITLE, CALLBACK, blocks, submit="Set up")


@cache
def titles() -> tuple[tuple[str, str], ...]:
    return tuple((name, catalogues.load(name).title) for name in catalogues.shipped())


@cache
def plans() -> tuple[str, ...]:
    return tuple(dict.fromkeys(plan for name in catalogues.shipped() for plan in catalogues.load(name).plans))


def read(form: Filled) -> SetUp:
    catalogue = form.choice("catalogue")
    return SetUp(form.text("name"), catalogue, form.choice("plan") or _first_plan(catalogue))


def _first_plan(catalogue: str) -> str:
    return catalogues.load(catalogue).plan_at_setup if catalogue in catalogues.shipped() else ""
