"""What the form *Permissions* can be drawn from, without anybody's database."""

from collections.abc import Mapping

from handlers.catalogue import load
from handlers.commands import Level, Mode, Named, Override
from handlers.models import Choice
from handlers.permission_queries import Sheet
from handlers.permission_rules import Controls, Settings

MEMBER = Named("m2", "Grace Hopper", "grace@example.org", "U0GRACE")


def sheet(
    catalogue: str = "resplendent",
    role: str = "staff",
    plan: str = "professional",
    *,
    mode: Mode = "full",
    level: Level = "write",
    choices: Mapping[str, Override] | None = None,
    toggles: Mapping[str, bool] | None = None,
    addons: tuple[str, ...] = (),
    names: Mapping[str, str] | None = None,
    in_space: bool = False,
    member: Named = MEMBER,
) -> Sheet:
    """`role` is one of the organization or, `in_space`, of the space Apollo."""
    rules, chosen = load(catalogue), choices or {}
    held = (rules.space if in_space else rules.organization)[role]
    return Sheet(
        member=member,
        space=Choice("s1", "Apollo") if in_space else None,
        what=Controls(rules, plan, held, in_space),
        settings=Settings(frozenset(addons), mode, level, chosen, toggles or {}),
        addons=dict.fromkeys(addons),
        names=names if names is not None else {one: one.title() for one in chosen},
    )
