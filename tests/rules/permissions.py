"""Organizations in which somebody's permissions are set, and what they may do then."""

from collections.abc import Mapping, Sequence

from handlers.catalogue import load
from handlers.commands import AddResource, ChangeSettings, OrganizationChanged, ResourceChanged
from handlers.evaluation import Question
from handlers.permission_queries import Sheet
from storage.tables import resources
from tests.people import Org, Somebody, organization, result


async def resplendent(database_url: str, *, plan: str = "professional", datasets: Sequence[str] = ()) -> Org:
    acme = await organization(database_url, catalogue="resplendent")
    if plan != load("resplendent").plan_at_setup:
        await has_plan(acme, plan)
    await add_datasets(acme, *datasets)
    return acme


async def has_plan(acme: Org, plan: str) -> None:
    result(await acme.operator(ChangeSettings(plan=plan)), OrganizationChanged)


async def add_datasets(acme: Org, *names: str, kind: str = "dataset") -> None:
    """Products know `sales` as `ds-sales`."""
    for name in names:
        result(await acme.operator(AddResource(kind, f"ds-{name}", name.capitalize())), ResourceChanged)


async def ids(acme: Org, *names: str) -> tuple[str, ...]:
    """The ids by which datasets are selected."""
    rows = {row["outside_id"]: row["id"] for row in await acme.rows(resources) if row["organization_id"] == acme.id}
    return tuple(rows[f"ds-{name}"] for name in names)


async def may(acme: Org, who: Somebody, action: str, kind: str, id_: str) -> bool:
    [decision] = await acme.usher.evaluation.decide(acme.id, [Question(who.email, action, kind, id_)])
    return decision.allowed


async def reaches(acme: Org, who: Somebody, *names: str, action: str = "read") -> str:
    """The initials of the datasets on which somebody may do that."""
    asked = [Question(who.email, action, "dataset", f"ds-{name}") for name in names]
    found = await acme.usher.evaluation.decide(acme.id, asked)
    return "".join(name[0] for name, decision in zip(names, found, strict=True) if decision.allowed)


async def has(acme: Org, who: Somebody, *toggles: str) -> Mapping[str, bool]:
    asked = [Question(who.email, "use", "feature", toggle) for toggle in toggles]
    found = await acme.usher.evaluation.decide(acme.id, asked)
    return {toggle: decision.allowed for toggle, decision in zip(toggles, found, strict=True)}


async def sheet(by: Somebody, who: Somebody, *, space: str | None = None) -> Sheet:
    """What the form shows. Raises Refusal."""
    return await by.org.usher.queries.permissions(await by.desk(), who.id, space=space)
